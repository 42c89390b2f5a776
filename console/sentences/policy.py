# SPDX-License-Identifier: Apache-2.0
"""Sentences about changing roster and rules, people who join, leave and are suspended."""

from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "unknown_proposal": ("There is no open proposal {id}; open are: {known}.",
        "Use one of these names, or propose the change again."),
    "newcomers_sign_first": ("Whoever joins signs first, with the new token; missing: {members}.",
        "Let them sign, then sign again."),
    "signed_already": ("{member} has signed this change already and counts once.",
        "Let the others sign who are still missing."),
    "nothing_changed": ("The proposal changes nothing.",
        "Change something in it, then propose it again."),
    "other_vault": ("The proposal belongs to another station or another mode.",
        "Propose it at the station that it was written for."),
    "id_seen_before": ("The short name {member} has belonged to {name} before.",
        "Choose another short name; a changed name and a new token take two steps."),
    "change_form": ("The change file is wrong at {field}.",
        "Compare it with the example change.toml and mend it."),
    "not_suspended": ("{member} is not suspended.",
        "Leave {member} out of the section reinstate."),
    "keyholder_suspended": ("{member} is suspended and counts nowhere.",
        "Ask another person; the quorum can let {member} back in."),
    "unlocker_left": ("{member}, who unlocked the station, has left or is suspended.",
        "Lock the station, and let somebody else unlock it."),
    "other_group": ("{member} belongs to {group}, and is suspended by their own group only.",
        "Ask a keyholder of that group."),
    "group_too_small": ("Only {left} of {group} would be left, and a class asks for {needed}.",
        "Add somebody to that group first, or lower what the class asks."),
    "class_in_use": ("{credential} is sealed under the class {name}, which would go away.",
        "Keep the class as long as something is sealed under it."),
    "would_lock_out": ("{credential} could not be opened any more: {left} of {group} left, {needed} needed.",
        "Seal it again first (breakglass policy reseal --plan), or change it."),
    "too_few_holders": ("Of {group} only {left} can open {credential} now, and {needed} are needed.",
        "Ask for fewer credentials at once, or for each in a request of its own."),
    "requester_needed": ("{member} asks, and cannot approve: of {group} only {left} can then, and {needed} are needed.",
        "Let somebody else ask: an operator, or anybody else by name as requester in the request."),
    "privilege_needed": ("{credential} is of the class {name}, which is for privileged matters.",
        "Say in the field privilege which kind of privilege is at stake."),
    "joined_later": ("{member} joined, or got a new token, after this request was filed.",
        "Ask somebody who was here before, or file a new request."),
    "key_seen_before": ("The key of {member} has belonged to somebody else before.",
        "Give {member} a fresh token with keys of its own."),
}

UNAVAILABLE: Sentences = {}

CORRUPT: Verdicts = {
    "policy_behind": "The journal knows change {journal} of people and rules; the files end at {number}. "
        "An old copy was put back.",
    "policy_differs": "Change {number} of people and rules is not the one that the journal knows.",
    "suspension_shape": "A suspension in the journal has a wrong form.",
    "roster_unknown": "Something was sealed for a list of people that never held at this station.",
    "step_of_another_policy": "A change of people and rules does not follow from the one before it.",
    "step_shape": "A change of people and rules has a wrong form.",
    "step_unsigned": "Change {number} of people and rules is not signed by everybody it needs.",
}
