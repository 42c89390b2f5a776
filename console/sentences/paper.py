# SPDX-License-Identifier: Apache-2.0
"""Sentences about the order of retreat: the journal, the reserve on the second medium, paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from console.domain.canonical import Json, Object
from console.language import say, say_count
from console.sentences import change
from console.sentences.template import Sentences, Verdicts

LIGHTS = {
    "recording": (say("Recording"), say("The journal takes every entry.")),
    "reserve": (
        say("Recording to reserve"),
        say("The journal takes no entries; the reserve on the second medium does."),
    ),
    "paper": (say("Write on paper"), say("Nothing takes entries: write down by hand what is done, with the time.")),
}
"""What each light is called, and what it means. Colour and sign of it are the window's."""
TONES = {"recording": "good", "reserve": "warning", "paper": "danger"}
PLAIN = "plain"


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


class Step(NamedTuple):
    """One thing to do; ``tone``: good (done), warning (waits for somebody now), plain (nobody but people can tell)."""

    tone: str
    text: str


def paper(value: Object, moment: Callable[[str], str]) -> Iterator[str]:
    """Say what takes entries, how paper mode stands, and what is done, step by step."""
    yield from standing(value, moment)
    yield steps_title(value)
    yield from (step.text for step in steps(value))


def standing(value: Object, moment: Callable[[str], str]) -> Iterator[str]:
    """Say what takes entries now, and whether paper mode is accepted; which codes were given in it, and when."""
    yield light(cast(Object, value["recording"]))
    if value["since"] is not None:
        yield say(
            "Paper mode was asked for at {since} by {listed}.",
            since=moment(str(value["since"])),
            listed=_accepted(value),
        )
    if value["since"] is not None and not value["missing"]:
        yield say("It is accepted: one-time codes can be given, and nothing else.")
    for code in cast(Sequence[Object], value["given"]):
        yield say(
            "Given: {credential}, code {item}, at {at}.",
            credential=code["credential"],
            item=code["item"],
            at=moment(str(code["at"])),
        )


def steps_title(value: Object) -> str:
    """Return what the steps are for, as things stand."""
    return _TITLES[_state(value)]


def steps(value: Object) -> list[Step]:
    """Return what is done, one thing after the other, each with its number."""
    told = _in_reserve() if _state(value) == "reserve" else _on_paper(value)
    return [Step(tone, f"{number}. {text}") for number, (tone, text) in enumerate(told, 1)]


_TITLES = {
    "recording": say("Nothing is to be done now. If nothing takes entries one day, do this:"),
    "reserve": say("Do this, one step after the other:"),
    "paper": say("Do this, one step after the other:"),
}


def _state(value: Object) -> str:
    """Return the light; while paper mode is not settled, it is paper all the same."""
    return "paper" if value["since"] is not None else str(cast(Object, value["recording"])["light"])


def _in_reserve() -> Iterator[tuple[str, str]]:
    yield PLAIN, say("Go on as usual: the second medium keeps every entry. Leave it where it is.")
    yield PLAIN, say("Make room on the disk, or have it mended.")
    yield PLAIN, say("Then the journal takes over by itself what waits on the second medium.")


def _on_paper(value: Object) -> Iterator[tuple[str, str]]:
    yield PLAIN, say("Put the second medium back, or make room on the disk. If that helps, go on as usual.")
    yield PLAIN, _take_a_form(value["serial"])
    yield PLAIN, say("Write on it whatever is done from now on, each with its time.")
    yield _accepting(value)
    yield _giving(value)
    written = "; ".join(say(text) for text in cast(Sequence[str], value["write"]))
    yield PLAIN, say("Write down for each code: {written}.", written=written)
    yield PLAIN, say("At the end, two of you sign the form.")
    yield (PLAIN, say("Once entries are taken again, the station writes down by itself which codes were given."))
    yield (PLAIN, say("Type the rest of the form in as a note. Let somebody else compare the two, and keep the form."))


def _take_a_form(serial: Json) -> str:
    if serial is None:
        return say("Take a sheet of paper, as no form is numbered. Write down the station, who is there, and the time.")
    return say("Take form {serial}. Write down who is there, and the time.", serial=serial)


def _accepting(value: Object) -> tuple[str, str]:
    told = say("Two keyholders of two groups accept paper mode, each on their own token.")
    if _state(value) != "paper":
        return PLAIN, told
    if not value["missing"]:
        return "good", say("Done: {told} It was {listed}.", told=told, listed=_accepted(value))
    needed = [change.group(name) for name in cast(Sequence[str], value["missing"])]
    lacking = say("Now: {told} Still needed is somebody of: {listed}.", told=told, listed=_listed(needed))
    return "warning", lacking


def _giving(value: Object) -> tuple[str, str]:
    told = say(
        "Show one-time codes of an activation that was opened before. Nothing else is shown until entries "
        "are taken again."
    )
    is_now = _state(value) == "paper" and not value["missing"]
    return ("warning", say("Now: {told}", told=told)) if is_now else (PLAIN, told)


def _accepted(value: Object) -> str:
    people = cast(Mapping[str, str], value["people"])
    return _listed([people.get(name, name) for name in cast(Sequence[str], value["accepted"])])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or say("nobody")


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
    "paper_none_reserved": ("No number for a paper form is reserved that is not used.",
        "Reserve numbers first."),
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
    "spool_checkpoint": "A record of the reserve names a state that is not of this journal's past.",
    "spool_head": "The end of the reserve is not the one that the security module held.",
    "spool_cut": "The reserve on the second medium lacks records: {found} of {expected} are there.",
    "spool_edited": "A record of the reserve on the second medium was changed.",
    "spool_reordered": "The records of the reserve on the second medium are in another order.",
    "spool_replayed": "The reserve on the second medium is an old copy or another one.",
}
