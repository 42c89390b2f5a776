# SPDX-License-Identifier: Apache-2.0
"""Sentences about use without showing: signatures, TLS answers, one-time codes in the token."""

from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "signed_to_disk": ("{folder} lies on a disk, where what was signed must not stay.",
        "Choose a folder in memory, such as one under /dev/shm."),
    # --- signing without showing
    "signing_key_unreadable": ("This is no unencrypted private key, RSA of 2048 to 4096 bits or P-256.",
        "Give the key as PEM, without a passphrase."),
    "use_only": ("{name} is a key that signs and is never shown.",
        "Let it sign with: breakglass activation use."),
    "not_a_signing_key": ("{name} cannot sign: it is of the kind {kind}.",
        "Show it with: breakglass activation release."),
    "use_algorithm": ("There is no algorithm {algorithm} here; known are: {known}.",
        "Choose one of these with --alg."),
    "key_id": ("The name of the key may have up to 200 letters, digits and signs, without blanks.",
        "Give with --kid the name that the target knows."),
    "claims_wrong": ("These claims are not signed: {why}.",
        "Mend the claims file; it needs aud, and exp at most ten minutes ahead."),
    "challenge_form": ("This is not the challenge of a TLS 1.3 client, so it is not signed.",
        "Let the TLS program write exactly what RFC 8446 section 4.4.3 says."),
    "key_of_another_kind": ("The sealed key does not sign like this: it is of the kind {kind}.",
        "Choose another algorithm with --alg."),
    "key_not_usable": ("The sealed key is of a kind that cannot sign here.",
        "Show it instead, and seal an RSA or P-256 key next time."),
    "use_unsupported": ("The station's security module cannot do this ({mechanism}: {why}), so nothing was signed.",
        "Show the certificate instead, or use another credential for this target."),
    # --- codes from a seed
    "otp_settings": ("The address of this seed says something that cannot be done here: {field}.",
        "Set it up with SHA-1, 6 to 8 digits and 30 seconds, or another kind."),
    "totp_clock": ("The clock of this station was set, so time-based codes are not shown.",
        "Let keyholders of two groups say the time: breakglass station attest-time."),
    "two_groups_needed": ("The word of people from two different groups is needed.",
        "Name a keyholder of each of two groups with --keyholder."),
    "time_unreadable": ("{time} is no date and time.",
        "Write it like 2026-11-24 02:15."),
    "time_differs": ("That time lies {seconds} seconds from the clock of this station; {limit} are allowed.",
        "Set the clock of this machine right, then say the time again."),
    "drift_kind": ("{name} has no seed, so its codes cannot drift.",
        "Choose a credential with time-based or counted codes."),
    "drift_needs_activation": ("No open activation covers {name}.",
        "Open one that asks for it, then enter the code that is shown there."),
    "drift_tries": ("{tries} codes did not fit in this activation; no more are compared.",
        "Ask the owner of the target, or open another activation."),
    "drift_not_found": ("This code is none of those around the present one of {name}.",
        "Enter the code that is shown there now; check that it is the right account."),
}

UNAVAILABLE: Sentences = {}

CORRUPT: Verdicts = {
    "seed_unreadable": "A sealed seed does not have its form.",
}
