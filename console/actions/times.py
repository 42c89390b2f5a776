# SPDX-License-Identifier: Apache-2.0
"""When entries were written, as far as clocks that are not the station's bound it (``domain.clock``)."""

from collections.abc import Iterable
from typing import cast

from console.actions.ports import Console
from console.domain.canonical import Json, Object
from console.domain.clock import BREAKS, OUTSIDE, Interval, Timeline, break_of, outside_of
from console.domain.journal import Entry, Reading, to_rfc3339


def timeline(console: Console) -> Timeline:
    """Return all that bounds the entries of this journal from outside."""
    breaks = sorted(_of_types(console, BREAKS), key=lambda entry: entry.seq)
    outside = [found for entry in _of_types(console, OUTSIDE) if (found := outside_of(entry))]
    return Timeline(console.journal.size(), map(break_of, breaks), outside, lambda seq: _clocks(console, seq))


def interval(known: Timeline, entry: Entry) -> dict[str, Json]:
    """Return ``not_before`` and ``not_after`` of an entry, RFC 3339 or null."""
    return _ends(known.interval(entry.seq, entry.t))


def report(console: Console) -> Object:
    """Return how well the times of all entries are known: the widest interval, and how many have an open end."""
    known = timeline(console)
    widest = known.widest()
    breaks = {type_: len(list(console.journal.entries(type_=type_))) for type_ in BREAKS}
    return {
        "unbounded": known.unbounded(), "contradictions": known.contradictions(),
        "widest": {"seq": widest[0], **_ends(widest[1]), "ms": widest[1].width()} if widest else None,
        "noted": cast(Json, breaks),
    }  # fmt: skip


def _ends(known: Interval) -> dict[str, Json]:
    ends = {"not_before": known.not_before, "not_after": known.not_after}
    return {name: None if ms is None else to_rfc3339(ms) for name, ms in ends.items()}


def _of_types(console: Console, types: Iterable[str]) -> list[Entry]:
    return [entry for type_ in types for entry in console.journal.entries(type_=type_)]


def _clocks(console: Console, seq: int) -> Reading:
    (entry,) = console.journal.entries(after=seq - 1, before=seq + 1)
    return entry.t
