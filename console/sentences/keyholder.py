# SPDX-License-Identifier: Apache-2.0
"""Sentences about people who join, near and far, about their tokens and about how they are reached."""

from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "keyholder_away": ("{member} has a console elsewhere and no token at this station.",
        "Send it to {member} as a file or as pictures, and take the answer back."),
    # --- the enrolment card
    "card_id": ("{member} cannot be the short name of a person.",
        "Use small letters, digits and hyphens, at most 32, beginning with a letter."),
    "card_role": ("{role} cannot be the name of a group.",
        "Use the station's short word for it, in small letters, like legal, it or operator."),
    "card_name": ("The name of {member} is empty, too long, or has signs that are no letters.",
        "Make the card again with the person's plain name."),
    "card_assurance": ("The card says {assurance} of its token and does not show it.",
        "Make the card again on the person's own computer."),
    "card_words_differ": ("The words that were typed are not those of the card of {member}.",
        "Compare them again by voice; if they still differ, throw the card away."),
    "words_missing": ("Nobody has compared the twelve words of the card yet.",
        "Let its owner read them aloud, and type them after --words."),
    "read_key_wrong": ("Only people of Legal have a key for what counsel writes; {member} is {role}.",
        "Make the card again with the role that this person is to have."),
    "console_exists": ("{folder} is the console of {member} already.",
        "Name another folder with --station for another person or another token."),
    "token_opens_more": ("This token also holds other keys: {keys}. Whoever has it may open more with it than this.",
        "Take a token of its own, or accept these keys by name (also)."),
    # --- may they join
    "already_enrolled": ("{member} is known here with this very token.",
        "Nothing is to be done; use another token to replace it."),
    "member_is_another": ("{member} is {name} of {role}, and stays it.",
        "Choose another short name, or remove {member} first."),
    "person_twice": ("{name} is known here already, as {member}.",
        "Nobody counts twice: give {member} a new token, or remove {member} first."),
    "key_replaced_before": ("A key on this token belonged to {member} before and was replaced.",
        "Use a fresh token with keys of its own; an old one does not come back."),
    "key_of_the_station": ("A key of {member} is one of the station's own or of its recovery sheets.",
        "Stop and report this: a person's key must be made on the person's token."),
    "past_knowledge": ("{member} held shares of {group} that still open: {credentials}.",
        "Rotate these first; else one person would hold both halves."),
    "answer_to_another_step": ("This signature belongs to another change than {proposal}.",
        "Ask for a signature under the change that is open now."),
    # --- what became of tokens
    "token_in_force": ("{member} uses no token but the one in force.",
        "Remove {member} or replace the token first, then write down what became of it."),
    "note_missing": ("It does not say who took the token back, or how it was destroyed.",
        "Say it after --note."),
    # --- how people are reached
    "contact_empty": ("Nothing is said of how to reach {member}.",
        "Give at least one of --phone, --mail, --reach or --deputy."),
    "contact_too_long": ("A line of a contact card has at most {most} letters.",
        "Shorten it to what somebody needs at night."),
    "deputy_wrong": ("{deputy} cannot stand in for {member}.",
        "Name somebody else of {group}."),
}

UNAVAILABLE: Sentences = {}

CORRUPT: Verdicts = {
    "card_shape": "An enrolment card has a wrong form, or was changed after it was signed.",
    "attestation_wrong": "The maker's certificates do not vouch for the keys of this token.",
    "answer_shape": "A signature from elsewhere has a wrong form.",
    "bundle_shape": "A change that was sent to be signed has a wrong form.",
}
