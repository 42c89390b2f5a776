# SPDX-License-Identifier: Apache-2.0
"""Sentences about readiness, lock-out, prepared requests and the grab card."""

from collections.abc import Mapping, Sequence

from console.language import say, say_each
from console.sentences import terms
from console.sentences.template import Sentences, Verdicts

# fmt: off
REFUSED: Sentences = {
    "unknown_loss": ("{loss} is nothing that can be lost here; what can is: {known}.",
        "Use one of these words exactly as it is written."),
    "unknown_prepared": ("There is no prepared request {name}; known are: {known}.",
        "Use one of these names, or file a request of your own with --file."),
    "prepared_name": ("{name} cannot be the name of a prepared request.",
        "Use small letters, digits and hyphens, at most 64, beginning with a letter."),
    "prepared_only_the_hour": ("A prepared request cannot say what only the hour can tell: {fields}.",
        "Leave these fields out; they are asked for when it is filed."),
    "prepared_agreed": ("These fields were agreed on and stay as they are: {fields}. Only these are left: {left}.",
        "Leave them out, or file a request of your own with --file."),
    "prepared_unsigned": ("Not everybody has agreed on {name} yet; still missing: {missing}.",
        "Let one keyholder of each of these groups sign it, or file with --file."),
    "prepared_expired": ("The agreement on {name} is older than {days} days.",
        "File a request of your own with --file; agree again when there is time."),
    "prepared_changed": ("{name} was proposed anew since it was read, so nothing was signed.",
        "Read it again, and sign only what you mean."),
    "prepared_overtaken": ("Other people stand in the roster since {name} was agreed on.",
        "File a request of your own with --file; propose and agree again when there is time."),
}

UNAVAILABLE: Sentences = {}

CORRUPT: Verdicts = {
    "prepared_shape": "A prepared request in the journal has not the form it should have.",
}

COST_WARNINGS = say_each({
    "last_for_target": "{name} is the last usable credential for this target: {target}.",
    "stale": "{name} is sealed to people of an earlier roster; it still opens.",
    "exposed": "{name} was shown before and not changed since; it may not work any more.",
    "codes_left": "{name}: codes left afterwards: {left}.",
    "nobody_to_spare": "{group}: nobody may be missing; {left} can approve in all.",
    "no_phone": "{group}: nobody's telephone number is on record.",
})

PREPARED_STATES = say_each({
    "agreed": "agreed",
    "proposed": "waits for signatures",
    "overtaken": "other people since: agree again",
    "expired": "too old: agree again",
})
STANDS_UNTIL_THEN = say("the one agreed on before stands until then")

_LOSSES = say_each({
    "hsm": "the security module",
    "disk": "the station's disk",
    "mirror": "the second medium",
    "backup": "the backup",
    "database": "the journal's database",
    "camera": "the camera",
    "printer": "the printer",
    "clock": "the clock",
})
_OF = say_each({
    "person": "{who} (token and sheet)",
    "token": "{who}'s token or PIN",
    "sheets": "the recovery sheets of {who}",
})


def loss(name: str, people: Mapping[str, object]) -> str:
    """Return the words for a loss; ``people``: member id -> name."""
    kind, _, who = name.partition(":")
    if name == "sheets:station":
        return say("the recovery sheets of the station")
    if kind in _OF:
        return _OF[kind].format(who=people.get(who) or terms.word(who))
    return _LOSSES.get(kind, name or say("nothing at all"))


def losses(names: Sequence[str], people: Mapping[str, object]) -> str:
    """Return the words for several losses at once."""
    return say(" and ").join(loss(name, people) for name in names)


def prepared_state(row: Mapping[str, object]) -> str:
    """Say how far a prepared request is; of one that is proposed anew, what stands meanwhile."""
    state = PREPARED_STATES[str(row["state"])]
    return f"{state}; {STANDS_UNTIL_THEN}" if row["replaces"] else state
