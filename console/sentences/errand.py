# SPDX-License-Identifier: Apache-2.0
"""Sentences about approvals from another console."""

from console.language import say
from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    # --- what is carried
    "not_an_errand": ("This is not a request from a station.",
        "Take what was made with: breakglass activation request-code."),
    "not_an_answer": ("This is not an answer from a keyholder's console.",
        "Take what was made with: breakglass keyholder answer."),
    "not_a_pin_card": ("This is not a card that introduces a station.",
        "Take what was made at the station with: breakglass keyholder card."),
    "not_in_card": ("This card is from before {member} joined.",
        "Once the change is in force, take in a new card, made with: breakglass keyholder card."),
    "not_a_card": ("This is not the card of somebody who joins.",
        "Take what was made on their own console with: breakglass keyholder make-card."),
    "not_a_change": ("This is not a change that waits to be signed.",
        "Take what was made at the station with: breakglass keyholder step."),
    "not_a_signature": ("This is not a signature under a change.",
        "Take what was made on their own console with: breakglass keyholder sign-step."),
    "handoff_mixed": ("These are pictures and files together, or more than one file.",
        "Give either the pictures of one thing, or one file."),
    "frames_on_page": ("{frames} pictures do not fit on one page, which holds {most}.",
        "Give a folder with --out; it gets one picture each."),
    "spoken_too_long": ("This makes {lines} lines to read aloud.",
        "Carry it as pictures or as a file instead."),
    "spoken_not_a_line": ("This is not a line of a spoken hand-over: {line}.",
        "Type each line like this: number, five groups, and the word."),
    "spoken_line_wrong": ("Line {line} was misheard or mistyped: {where}.",
        "Have this line read again, and type it anew."),
    "spoken_line_twice": ("Line {line} was typed twice.",
        "Leave one of the two out."),
    "spoken_line_missing": ("Lines are missing: {lines}.",
        "Have these lines read, and type them too."),
    # --- at the station
    "answer_to_another_request": ("This answer belongs to the activation {activation}.",
        "Scan it there with: breakglass activation approval-scan."),
    "answer_unknown": ("This answer belongs to no request of this station.",
        "Ask the keyholder which station sent the request."),
    "word_of_another_turn": ("This word was given for an earlier change of time or showings.",
        "Send the keyholder a new request code, and take the new answer."),
    "already_said": ("{group} has agreed to this change already.",
        "Ask the other groups."),
    "own_console_groups": ("Class {name} names a group under own_console that is none of: {groups}.",
        "Mend own_console of this class."),
    # --- on the keyholder's own console
    "words_needed": ("A station is pinned by its 12 words and by nothing else.",
        "Type the words from the founding certificate, or have two founders read them."),
    "pinned_another": ("This console has pinned another station: {vault}.",
        "Use a folder of its own for each station, and for its drills."),
    "errand_for_another": ("This request was sent to {member}.",
        "Give it to {member}; nobody else can open it."),
    "errand_of_another_vault": ("This request is not from the station that this console has pinned.",
        "Use the console for that station; a drill has one of its own."),
    "errand_of_another_mode": ("This request says {mode}, and the pinned station is {pinned}.",
        "Do not answer; call the administrator and Legal."),
    "errand_expired": ("The request was valid until {until}; the clock of this console says {clock}.",
        "Compare the clock; if it is right, ask for a new request."),
    "console_behind": ("This console knows change {known} of people and rules; the request begins after {since}.",
        "Ask for the request code again with: --since {known}."),
    "policy_downgrade": ("This console knows change {known} of people and rules, and was told of {told} only.",
        "Ask for a newer one. If there is none, do not answer: an old station was put back."),
    "request_before_change": ("The request was made under change {asked} of people and rules; in force is {now}.",
        "Ask for a new request."),
    "checkpoint_unproven": ("Nothing proves that the journal continues from the {remembered} entries known here.",
        "Ask for the request code again with: --remembers {remembered}."),
    "checkpoint_older": ("The request shows {told} entries of the journal, and this console knows {remembered}.",
        "Ask for a fresh request code."),
    "already_answered": ("This request was answered already: {decision}, at {at}.",
        "Send that answer, or stop the activation with --veto."),
    "turn_not_denied": ("More time or showings are not given unless somebody agrees; there is nothing to deny.",
        "Do not answer, or stop the activation with --veto."),
    "matter_needed": ("An approval needs the matter number typed again.",
        "Type it with --matter, once for each number."),
}

UNAVAILABLE: Sentences = {
    "no_console": ("There is no console of a keyholder in {folder}.",
        "Name its folder with --station; it holds the file console.toml."),
    "nothing_pinned": ("This console knows no station yet.",
        "Pin its card first with: breakglass keyholder pin."),
}

CORRUPT: Verdicts = {
    "errand_shape": "The request has a wrong form.",
    "errand_policy_differs": "The people and rules named in the request are not those that its changes lead to.",
    "checkpoint_inconsistent": "THE JOURNAL WAS REWRITTEN: this console saw {seen}; the station now shows {told}.",
    "log_older": "AN OLD JOURNAL CAME BACK: this console knows log {remembered}; the station now shows log {told}.",
    "answer_saw_another_journal": "The console of {member} was shown another journal: {seen}; here stand {told}.",
    "arrival_shape": "What came in has a wrong form: it was damaged, or made by another program.",
    "pin_card_shape": "The card of the station has a wrong form.",
    "policy_forked": "Up to change {number} these people and rules are not those that this console has verified.",
    "pinned_shape": "The pinned station of this console has a wrong form.",
    "memory_shape": "What this console remembers of the journal has a wrong form.",
    "kept_answer_shape": "A stored answer of this console has a wrong form.",
}

DECIDED = {
    "approve": say("approved"),
    "deny": say("denied"),
    "veto": say("vetoed: the activation ends"),
    **dict.fromkeys(("extend", "reset", "resume"), say("agreed")),
}
"""How a keyholder answered."""
