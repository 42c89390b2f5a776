# SPDX-License-Identifier: Apache-2.0
"""Sentences about the order of retreat: the journal, the reserve on the second medium, paper."""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from console.domain.canonical import Object
from console.language import say, say_count
from console.sentences.form import Sentences, Verdicts

LIGHTS = {
    "recording": (say("Recording"), say("The journal takes every entry.")),
    "reserve": (
        say("Recording to reserve"),
        say("The journal takes no entries; the reserve on the second medium does."),
    ),
    "paper": (
        say("Write on paper"),
        say("Nothing takes entries: write down by hand what is done, with the time."),
    ),
}
"""What each light is called, and what it means. Colour and sign of it are the window's."""
TONES = {"recording": "good", "reserve": "warning", "paper": "danger"}


def light(recording: Object) -> str:
    """Return in one sentence what takes the entries now, and what waits."""
    name, meaning = LIGHTS[str(recording["light"])]
    waiting = (
        say_count(
            int(str(recording["waiting"])),
            " 1 entry waits to be taken over.",
            " {count} entries wait to be taken over.",
        )
        if recording["waiting"]
        else ""
    )
    return f"{name}: {meaning}{waiting}"


def paper(value: Object, moment: Callable[[str], str]) -> Iterator[str]:
    """Say what takes entries, how paper mode stands, what was given in it, and what is written by hand."""
    recording = cast(Object, value["recording"])
    yield light(recording)
    if value["since"] is None and recording["light"] != "paper":
        return
    if value["since"] is not None:
        yield say(
            "Paper mode was asked for at {since} by {listed}.",
            since=moment(str(value["since"])),
            listed=_listed(value["accepted"]),
        )
    if value["missing"]:
        yield say(
            "It is not accepted yet; one more is needed, of: {listed}.", listed=_listed(value["missing"])
        )
        return
    yield say("It is accepted: one-time codes can be given, and nothing else.")
    yield say(
        "Write on form {serial}, for each code:",
        serial=value["serial"] or say("(without a number: none was reserved)"),
    )
    yield from (f"  - {line}" for line in cast(Sequence[str], value["write"]))
    for code in cast(Sequence[Object], value["given"]):
        yield say(
            "Given: {credential}, code {item}, at {at}.",
            credential=code["credential"],
            item=code["item"],
            at=moment(str(code["at"])),
        )


def _listed(names: object) -> str:
    return ", ".join(cast(Sequence[str], names)) or say("nobody")


# fmt: off
REFUSED: Sentences = {
    "still_recorded": ("The journal or its reserve takes entries, so paper mode is not needed.",
        "Go on as usual."),
    "already_accepted": ("{member} has accepted paper mode already.",
        "Let somebody of another group accept it."),
    "paper_not_accepted": ("Nothing takes entries, and paper mode is not accepted; still missing: {missing}.",
        "Let one keyholder of each of two groups accept it: breakglass journal paper --accept --keyholder NAME."),
    "paper_codes_only": ("{name} is no list of one-time codes; while nothing takes entries, only those are given.",
        "Use a one-time code, or mend disk or second medium and try again."),
    "given_already": ("{name} was given once, and a part of what was recorded cannot be read just now.",
        "Put the second medium back or mend the disk, then try again; or ask for it in a new request."),
}

UNAVAILABLE: Sentences = {
    "write_on_paper": ("Neither the journal ({journal}) nor the reserve on the second medium ({reserve}) takes more.",
        "Write on paper what you do, with the time; mend disk or second medium, then try again."),
    "spool_unavailable": ("The reserve on the second medium cannot be written or read now ({why}).",
        "Put the second medium back, or make room on it, then try again."),
}

CORRUPT: Verdicts = {
    "before_unlock_shape": "What was kept while the station was locked is not in its proper form.",
    "paper_mode_shape": "The paper mode in the security module is not in its proper form.",
    "spool_shape": "A record of the reserve is not in its proper form.",
    "spool_signature": "A record of the reserve bears no signature of this station.",
    "spool_chain": "The records of the reserve do not follow one another in the journal.",
    "spool_entry": "A record of the reserve says something else than the journal says of it.",
    "spool_checkpoint": "A record of the reserve names a state of the journal that was never signed.",
    "spool_head": "The end of the reserve is not the one that the security module held.",
    "spool_cut": "The reserve on the second medium lacks records: {found} of {expected} are there.",
    "spool_edited": "A record of the reserve on the second medium was changed.",
    "spool_reordered": "The records of the reserve on the second medium are in another order.",
    "spool_replayed": "The reserve on the second medium is an old copy or another one.",
}
