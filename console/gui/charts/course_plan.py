# SPDX-License-Identifier: Apache-2.0
"""What happened when in an emergency: lanes by kind, signs at their times, signs that would overlap drawn as one.

Pure: times are milliseconds since 1970 UTC, places are pixels. What is drawn where is also what the table says.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from console.gui.charts.axis import DAY, FREE_PIXELS, HOUR, MINUTE, Axis, Stretch, axis
from console.gui.charts.labels import GAP, REACH, Measure, Words, beside, centred
from console.gui.phrases import clock_times, local_offset, milliseconds, moment, precise
from console.gui.snapshot import Snapshot, View
from console.language import say, say_count
from console.wording import entry_type, surely

COLUMNS = (say("Time"), say("Proven time (UTC)"), say("What happened"), say("Who"), say("Entry"))
PROGRAM = "program"
SIGN_PIXELS = 20.0
LANES: Mapping[str, str] = {
    "asked": say("Asked"),
    "agreed": say("Agreed"),
    "open": say("Open"),
    "shown": say("Shown"),
    "refused": say("Refused"),
    "breaker": say("Breaker"),
    "rotated": say("Changed"),
}
"""Lane -> its title; they stand below each other in this order."""
KINDS: Mapping[str, str] = {
    "asked": "asked",
    "approved": "agreed",
    "agreed": "agreed",
    "opened": "open",
    "changed": "open",
    "over": "open",
    "released": "shown",
    "refused": "refused",
    "breaker": "breaker",
    "rotated": "rotated",
}
"""Kind of event -> its lane."""


REASONS: Mapping[str, str] = {
    "budget": say("showings used up"),
    "budget_used_up": say("showings used up"),
    "clock": say("the clock went back"),
    "quorum_not_met": say("approvals are missing"),
    "operator": say("by hand"),
    "time": say("its time was over"),
    "veto": say("by a veto"),
    "withdrawn": "",
    "extend": say("more time"),
    "reset": say("more showings"),
    "resume": say("going on"),
}
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
    events: tuple[Event, ...]
    words: Words | None
    """What is written beside it, where there is room."""


@dataclass(frozen=True)
class Mark:
    """A time on the line, by the local clock and in UTC."""

    x: float
    local: Words
    utc: Words


@dataclass(frozen=True)
class Plan:
    """Everything that is drawn between ``left`` and ``right``."""

    axis: Axis
    lanes: tuple[str, ...]
    signs: tuple[Sign, ...]
    marks: tuple[Mark, ...]
    pauses: tuple[Words, ...]
    """How long each was that is cut short."""
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
            _what(snapshot, row),
            _who(snapshot, row),
            surely(row["surely"]),
            _brief(snapshot, row),
        )
        for row in view["course"]
    )


def _who(snapshot: Snapshot, row: View) -> str:
    return say("the program") if row["who"] == PROGRAM else snapshot.name_of(row["who"])


def _brief(snapshot: Snapshot, row: View) -> str:
    if row["kind"] in ("asked", "approved", "agreed"):
        return _who(snapshot, row)
    return _about(snapshot, row)


def _what(snapshot: Snapshot, row: View) -> str:
    said, about = entry_type(row["type"]), _about(snapshot, row)
    told = said[:1].upper() + said[1:]
    return f"{told}: {about}" if about else told


def _about(snapshot: Snapshot, row: View) -> str:
    """Return what an event was about: a credential or a person by name, a reason in words."""
    about = str(row["about"] or "")
    if row["kind"] in ("released", "rotated"):
        return about
    return REASONS.get(about, snapshot.name_of(about).replace("_", " "))


def plan(events: Sequence[Event], left: float, right: float, now: int | None, measure: Measure) -> Plan:
    """Return what is drawn; ``now`` is None once it is over. Titles stand left of ``left``."""
    if now is not None and events:
        now = max(now, events[-1].at)  # a clock that was set back draws nothing before what was written
    times = [event.at for event in events] + ([] if now is None else [now])
    line, lanes = axis(times, left, right), lanes_of(events)
    end = right + FREE_PIXELS if now is None else line.x(now)
    signs = [
        sign for number, lane in enumerate(lanes) for sign in _signs(_in_lane(events, lane), number, line, end, measure)
    ]
    pauses = _pauses(line, measure)
    return Plan(
        line,
        lanes,
        tuple(signs),
        tuple(_marks(line, pauses, measure)),
        tuple(pauses),
        _band(events, line, now),
        None if now is None else line.x(now),
    )


def lanes_of(events: Sequence[Event]) -> tuple[str, ...]:
    """Return the lanes in which something happened, in their order."""
    return tuple(lane for lane in LANES if _in_lane(events, lane))


def _in_lane(events: Sequence[Event], lane: str) -> list[Event]:
    return [event for event in events if KINDS[event.kind] == lane]


def _signs(events: Sequence[Event], lane: int, line: Axis, end: float, measure: Measure) -> list[Sign]:
    signs, places = list[Sign](), _places(events, line, measure)
    ends = [*(x - REACH for x, _ in places[1:]), end]
    for (x, here), until in zip(places, ends, strict=True):
        begin, wall = line.free_around(x)
        if signs:
            last = signs[-1]
            begin = max(begin, last.x + REACH, last.words.end if last.words else 0.0) + GAP
        words = beside(_label(here), x, (begin, min(until - GAP, wall)), measure)
        signs.append(Sign(lane, here[-1].kind, x, tuple(here), words))
    return signs


def _places(events: Sequence[Event], line: Axis, measure: Measure) -> list[tuple[float, list[Event]]]:
    """Return what is drawn as one sign, and where: behind several of them there is room for their number."""
    places: list[tuple[float, list[Event]]] = []
    for event in sorted(events, key=lambda event: event.at):
        x = line.x(event.at)
        if places and x - places[-1][0] < _room_of(places[-1][1], measure):
            places[-1][1].append(event)
        else:
            places.append((x, [event]))
    return places


def _room_of(events: Sequence[Event], measure: Measure) -> float:
    return SIGN_PIXELS if len(events) == 1 else 2 * (REACH + GAP) + measure(_label(events))


def _pauses(line: Axis, measure: Measure) -> list[Words]:
    found: list[Words] = []
    for part in line.stretches:
        words = centred(pause(part.end - part.start), sum(zigzags(part)) / 2, measure) if part.is_cut else None
        if words is not None and not words.is_on(found):
            found.append(words)
    return found


def zigzags(part: Stretch) -> tuple[float, float]:
    """Return where the two edges of what was cut out stand; before them is room for the words of a sign."""
    return part.left + FREE_PIXELS + 8, part.right - 14


def _marks(line: Axis, pauses: Sequence[Words], measure: Measure) -> Iterator[Mark]:
    """Yield the times that have room between the pauses, and beside each other."""
    taken = list(pauses)
    for at in line.ticks(local_offset(line.stretches[0].start)):
        local, utc = (centred(text, line.x(at), measure) for text in clock_times(at))
        if not local.is_on(taken) and not utc.is_on(taken):
            taken += [local, utc]
            yield Mark(line.x(at), local, utc)


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
    return say(
        "{count} events since {begin}: {counts}; {end}.",
        count=len(events),
        begin=moment(events[0].time),
        counts=", ".join(counts) or say("nothing shown"),
        end=end,
    )


def _counted(counts: Counter[str]) -> list[str]:
    told = {
        "approved": say_count(counts["approved"], "{count} approval", "{count} approvals"),
        "released": say_count(counts["released"], "{count} showing", "{count} showings"),
        "refused": say_count(counts["refused"], "{count} refusal", "{count} refusals"),
        "breaker": say_count(counts["breaker"], "the breaker tripped once", "the breaker tripped {count} times"),
        "rotated": say_count(counts["rotated"], "{count} secret changed since", "{count} secrets changed since"),
    }
    return [words for kind, words in told.items() if counts[kind]]


def rows(events: Sequence[Event]) -> list[tuple[str, ...]]:
    """Return the same as a table."""
    return [(precise(event.time), event.surely, event.what, event.who, str(event.seq)) for event in events]


def _label(events: Sequence[Event]) -> str:
    """Return what is written beside a sign: what it was, or how many."""
    return events[0].brief if len(events) == 1 else f"× {len(events)}"


def told(event: Event) -> str:
    """Return the whole of an event in a line."""
    return say("{time}: {what}, by {who}", time=precise(event.time), what=event.what, who=event.who)


def pause(milliseconds_: int) -> str:
    """Return how long a stretch was that is cut short."""
    if milliseconds_ >= 2 * DAY:
        return say_count(milliseconds_ // DAY, "{count} day", "{count} days")
    if milliseconds_ >= 2 * HOUR:
        return say_count(milliseconds_ // HOUR, "{count} hour", "{count} hours")
    return say_count(milliseconds_ // MINUTE, "{count} minute", "{count} minutes")
