# SPDX-License-Identifier: Apache-2.0
"""What has come in, read out: what it is, from whom, for whom, until when; and what speaks against it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from console.gui.kit.readback import Line
from console.gui.phrases import moment
from console.language import say
from console.sentences.arrival import BELONGS, KINDS

Told = Mapping[str, Any]


def is_wanted(kind: str, wanted: Sequence[str]) -> bool:
    """Return whether this kind of thing may come in here; no kinds: all."""
    return not wanted or kind in wanted


def refusal(kind: str, wanted: Sequence[str]) -> tuple[str, str]:
    """Return what came instead of what belongs here, and where it belongs."""
    here = say(" or ").join(KINDS[name] for name in wanted)
    what = say("This is {what}. Here belongs: {here}.", what=KINDS[kind], here=here)
    return what, BELONGS[kind]


def lines(told: Told) -> list[Line]:
    """Return label, text and tone of each line."""
    return list(_lines(told))


def spoken(told: Told) -> str:
    """Return the same in one text."""
    return " ".join(f"{label}: {text}." for label, text, _ in lines(told))


def _lines(told: Told) -> Iterator[Line]:
    yield say("What it is"), KINDS[told["kind"]], ""
    yield say("From"), *_sender(told["sender"])
    yield say("For"), *_reader(told["reader"])
    yield say("Valid until"), *_until(told)
    if told["old"] is not None:
        older = say("It is older than what is known here, which is change number {number}.", number=told["old"])
        yield say("Mind"), older, "warning"
    yield say("Proven"), say("Nothing yet. It is checked when you go on."), "plain"


def _sender(who: Mapping[str, str]) -> tuple[str, str]:
    named = {
        "here": say("the station that is known here"),
        "sealed": say("it does not say so openly"),
        "another": say("a station that is not known here"),
        "station": say("a station"),
        "witness": say("a witness"),
    }
    return _named(named, who), "warning" if who["is"] == "another" else ""


def _reader(who: Mapping[str, str]) -> tuple[str, str]:
    named = {
        "you": say("you"),
        "sealed": say("only its reader's token can tell"),
        "anybody": say("whoever has it"),
        "keyholder": say("keyholders of that station"),
        "station": say("a station"),
        "witness": say("a witness of that journal"),
        "waiting": say("the request that waits here"),
        "another": say("no request that waits here"),
    }
    return _named(named, who), "warning" if who["is"] in ("another", "person") else ""


def _named(words: Mapping[str, str], who: Mapping[str, str]) -> str:
    known = words.get(who["is"], "")
    return ": ".join(part for part in (known, who["name"]) if part)


def _until(told: Told) -> tuple[str, str]:
    until = told["until"]
    if until is None:
        return say("no time limit"), ""
    if until == "sealed":
        return say("only its reader can see that"), ""
    if told["over"]:
        return say("{moment}: it is over", moment=moment(until)), "warning"
    return moment(until), ""
