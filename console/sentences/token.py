# SPDX-License-Identifier: Apache-2.0
"""Sentences about tokens of every make."""

from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "token_unfit": ("The token cannot be used here: no {key} key passed its test ({tried}).",
        "Make the keys with the maker's tool as docs/tokens.md says, or use another token."),
    "software_key_refused": ("The keys of {member} would lie in files, and this station asks for a token.",
        "Get a token for this person, or set accept_software_keys = true in [station]."),
    "mechanism_for_tests_only": ("The token of {member} can only do {mechanism}, which is for drills.",
        "Enrol another token for this person; a real station needs it."),
}

UNAVAILABLE: Sentences = {
    "other_token": ("Another token than the enrolled one is plugged in; it is called {label} too.",
        "Take it out and plug in the token that was enrolled for this person."),
}

CORRUPT: Verdicts = {
    "key_file_damaged": "A software key file is damaged or was edited. Put back its copy, or enrol the person anew.",
    "not_an_rsa_key": "A public key is damaged, too short, or not in the one form that counts.",
    "mechanism_unknown": "The list of people names a way of using keys that this program does not know.",
}
