# SPDX-License-Identifier: Apache-2.0
"""What happened when in an emergency: lanes by kind, signs at their times, signs that would overlap drawn as one.

Pure: times are milliseconds since 1970 UTC, places are pixels. What is drawn where is also what the table says.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.gui.charts.axis import DAY, HOUR, MINUTE, Axis, axis
from console.gui.phrases import milliseconds, moment, precise
from console.gui.snapshot import Snapshot, View
from console.language import say, say_count
from console.wording import entry_type

COLUMNS = (say("Time"), say("Surely (UTC)"), say("What happened"), say("Who"), say("Entry"))
PROGRAM = "program"
SIGN_PIXELS = 20.0
LANES: Mapping[str, str] = {
    "asked": say("Asked"), "agreed": say("Agreed"), "open": say("Open"), "shown": say("Shown"),
    "refused": say("Refused"), "breaker": say("Breaker"), "rotated": say("Changed"),
}  # fmt: skip
"""Lane -> its title; they stand below each other in this order."""
KINDS: Mapping[str, str] = {
    "asked": "asked", "approved": "agreed", "agreed": "agreed", "opened": "open", "changed": "open", "over": "open",
    "released": "shown", "refused": "refused", "breaker": "breaker", "rotated": "rotated",
}  # fmt: skip
"""Kind of event -> its lane."""


REASONS: Mapping[str, str] = {
    "budget": say("showings used up"), "budget_used_up": say("showings used up"), "clock": say("the clock went back"),
    "quorum_not_met": say("approvals are missing"), "operator": say("by hand"), "time": say("its time was over"),
    "veto": say("by a veto"), "withdrawn": "", "extend": say("more time"), "reset": say("more showings"),
    "resume": say("going on"),
}  # fmt: skip
"""Why, in a few words; codes that are not here are told as they are."""


@dataclass(frozen=True)
class Event:
    """One thing that happened, as ``actions.course`` tells it."""

    seq: int
    time: str
    """RFC 3339, UTC."""
    kind: str
    what: str
    who: str
    surely: str
    brief: str = ""
    """What it was about, or who it was, in a word."""

    @property
    def at(self) -> int:
        """Return the same in milliseconds since 1970."""
        return milliseconds(self.time)


@dataclass(frozen=True)
class Sign:
    """One or several events of a lane, at one place."""

    lane: int
    kind: str
    x: float
    room: float
    """So much is free to the right of it, for words."""
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that is drawn between ``left`` and ``right``."""

    axis: Axis
    lanes: tuple[str, ...]
    signs: tuple[Sign, ...]
    band: tuple[float, float] | None
    """From when to when it was open."""
    now: float | None
    """Where the present moment stands, while it is not over."""


def events_of(snapshot: Snapshot, view: View) -> tuple[Event, ...]:
    """Return the events of an activation whose ``course`` is told."""
    return tuple(
        Event(
            row["seq"],
            row["time"],
            row["kind"],
            _what(row),
            _who(snapshot, row),
            row["surely"],
            _brief(snapshot, row),
        )
        for row in view["course"]
    )


def _who(snapshot: Snapshot, row: View) -> str:
    return say("the program") if row["who"] == PROGRAM else snapshot.name_of(row["who"])


def _brief(snapshot: Snapshot, row: View) -> str:
    if row["kind"] in ("asked", "approved", "agreed"):
        return _who(snapshot, row)
    return _about(row)


def _what(row: View) -> str:
    said, about = entry_type(row["type"]), _about(row)
    told = said[:1].upper() + said[1:]
    return f"{told}: {about}" if about else told


def _about(row: View) -> str:
    """Return what an event was about: a credential by its name, a reason in words."""
    about = str(row["about"] or "")
    return about if row["kind"] in ("released", "rotated") else REASONS.get(about, about.replace("_", " "))


def plan(events: Sequence[Event], left: float, right: float, now: int | None) -> Plan:
    """Return what is drawn; ``now`` is None once it is over."""
    if now is not None and events:
        now = max(now, events[-1].at)  # a clock that was set back draws nothing before what was written
    times = [event.at for event in events] + ([] if now is None else [now])
    line, lanes = axis(times, left, right), tuple(lane for lane in LANES if _in_lane(events, lane))
    signs = [
        sign
        for number, lane in enumerate(lanes)
        for sign in _signs(_in_lane(events, lane), number, line, right)
    ]
    return Plan(line, lanes, tuple(signs), _band(events, line, now), None if now is None else line.x(now))


def _in_lane(events: Sequence[Event], lane: str) -> list[Event]:
    return [event for event in events if KINDS[event.kind] == lane]


def _signs(events: Sequence[Event], lane: int, line: Axis, right: float) -> list[Sign]:
    places: list[tuple[float, list[Event]]] = []
    for event in sorted(events, key=lambda event: event.at):
        x = line.x(event.at)
        if places and x - places[-1][0] < SIGN_PIXELS:
            places[-1][1].append(event)
        else:
            places.append((x, [event]))
    ends = [*(x - SIGN_PIXELS / 2 for x, _ in places[1:]), right + SIGN_PIXELS]
    return [
        Sign(
            lane,
            here[-1].kind,
            x,
            max(0.0, min(end, _wall(line, x, right)) - x - SIGN_PIXELS / 2),
            tuple(here),
        )
        for (x, here), end in zip(places, ends, strict=True)
    ]


def _wall(line: Axis, x: float, right: float) -> float:
    """Return how far words may reach: not into what is cut short."""
    free = line.free_until(x)
    return right + SIGN_PIXELS if free >= right else free


def _band(events: Sequence[Event], line: Axis, now: int | None) -> tuple[float, float] | None:
    opened = next((event.at for event in events if event.kind == "opened"), None)
    if opened is None:
        return None
    over = next((event.at for event in events if event.kind == "over" and event.at >= opened), now)
    return line.x(opened), line.x(opened if over is None else over)


def summary(events: Sequence[Event], now: int | None) -> str:
    """Return the whole in one sentence."""
    if not events:
        return say("Nothing has happened yet.")
    counts = _counted(Counter(event.kind for event in events))
    end = say("it goes on") if now is not None else say("it is over")
    return say("{count} events since {begin}: {counts}; {end}.", count=len(events), begin=moment(events[0].time),
               counts=", ".join(counts) or say("nothing shown"), end=end)  # fmt: skip


def _counted(counts: Counter[str]) -> list[str]:
    told = {
        "approved": say_count(counts["approved"], "{count} approval", "{count} approvals"),
        "released": say_count(counts["released"], "{count} showing", "{count} showings"),
        "refused": say_count(counts["refused"], "{count} refusal", "{count} refusals"),
        "breaker": say_count(counts["breaker"], "the breaker tripped once", "the breaker tripped {count} times"),
        "rotated": say_count(counts["rotated"], "{count} secret changed since", "{count} secrets changed since"),
    }  # fmt: skip
    return [words for kind, words in told.items() if counts[kind]]


def rows(events: Sequence[Event]) -> list[tuple[str, ...]]:
    """Return the same as a table."""
    return [(precise(event.time), event.surely, event.what, event.who, str(event.seq)) for event in events]


def label(sign: Sign) -> str:
    """Return what is written beside a sign: what it was, or how many."""
    first = sign.events[0]
    return first.brief if len(sign.events) == 1 else f"× {len(sign.events)}"


def pause(milliseconds_: int) -> str:
    """Return how long a stretch was that is cut short."""
    if milliseconds_ >= 2 * DAY:
        return say_count(milliseconds_ // DAY, "{count} day", "{count} days")
    if milliseconds_ >= 2 * HOUR:
        return say_count(milliseconds_ // HOUR, "{count} hour", "{count} hours")
    return say_count(milliseconds_ // MINUTE, "{count} minute", "{count} minutes")
