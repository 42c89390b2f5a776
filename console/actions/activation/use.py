# SPDX-License-Identifier: Apache-2.0
"""A sealed key at work without being shown: one signature for a JWT or a TLS challenge, within an activation's items.

Intent entry (what is signed, by its hash) → shares and item secret → the key decrypted into locked memory → into the
HSM as an object that cannot be read back, for this one signature → handed over → outcome entry. It counts as one
showing of the budget and owes no rotation. An HSM that cannot do this is told by name; nothing is signed in software.
That a key signs no more often than the budget says is the program's promise, not the HSM's.
"""

import hashlib

from console.actions.activation.release import conclude, intend, left_after, may_open, opened
from console.actions.console import Console
from console.actions.entries import unlocked_person
from console.domain import keys
from console.domain.canonical import Object, to_base64
from console.domain.credential.versions import Credential
from console.domain.errors import Refused
from console.domain.outcomes import NOT_SHOWN
from console.domain.payload import usage
from console.domain.payload.usage import ToSign
from console.ports.screen import Screen


def prepare_jwt(console: Console, claims: bytes, *, algorithm: str | None, key_id: str | None) -> ToSign:
    """Return what would be signed of these claims, for people to read first."""
    return usage.jwt(claims, algorithm, key_id, console.machine.reading().wall_ms // 1000)


def prepare_tls(challenge: bytes, *, scheme: str | None) -> ToSign:
    """Return what would be signed of a TLS challenge, for people to read first."""
    return usage.tls_answer(challenge, scheme)


def use(console: Console, act: str, name: str, wanted: ToSign, screen: Screen) -> Object:
    """Sign with a key of an open activation and hand the result over to ``screen``; return the budget left.

    Raises ``Refused``: not_a_signing_key, use_unsupported, key_of_another_kind, and as ``release`` does.
    """
    with may_open(console, act, name, "use", _check_signs) as due:
        _prove(console, wanted.mechanism)
    by = unlocked_person(console)
    intent = intend(console, due.activation, due.item, due.credential.kind, by, wanted)
    outcome = NOT_SHOWN
    try:
        with opened(console, due.activation, due.filed, due.item, due.record, burns=False) as payload:
            signature = _signature(console, payload, wanted.mechanism, wanted.content)
        outcome, made = "unknown", memoryview(bytearray(wanted.result(signature)))
        outcome = screen.show(name, made, kind=wanted.purpose, seconds=console.policy.rules.showing_seconds)
    finally:
        conclude(console, intent, outcome, by)
    return {
        "used": name,
        "for": wanted.purpose,
        "algorithm": wanted.algorithm,
        "signed": to_base64(wanted.digest()),
        "outcome": outcome,
        **left_after(console, act),
    }


def _check_signs(credential: Credential) -> None:
    if not credential.kind.signs:
        raise Refused("not_a_signing_key", name=credential.name, kind=credential.kind.name)


def _signature(console: Console, pem: memoryview, mechanism: str, message: bytes) -> bytes:
    from console.domain.payload import certificate

    with console.machine.secret(len(pem)) as room:
        key = usage.read_private_key(pem, room)
        key.check_fits(mechanism)
        public = certificate.public_half(key)
        signature = console.hsm.sign_once(mechanism, key.parts, message)
    # Before it leaves: an RSA signature with a fault in it can give the key away (Boneh, DeMillo, Lipton 1997).
    signed = hashlib.sha256(message).digest() if mechanism == keys.ECDSA_P256 else message
    keys.check_signature(public, signature, signed, signing=mechanism)
    return signature


def _prove(console: Console, mechanism: str) -> None:
    """Raise ``Refused`` (use_unsupported) unless the HSM takes, keeps and uses a throw-away key like this."""
    from console.domain.payload import certificate

    pem = memoryview(bytearray(certificate.throwaway_key(mechanism)))
    try:
        _signature(console, pem, mechanism, b"breakglass self-test")
    except Refused as error:
        raise Refused("use_unsupported", mechanism=mechanism, why=error.code) from error
