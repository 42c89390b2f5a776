# SPDX-License-Identifier: Apache-2.0
"""The course of one break-glass: what happened when, from the request to the last secret that was changed after it."""

from collections.abc import Iterator, Mapping

from console.actions.activation.lifecycle import load
from console.actions.console import Console
from console.actions.entries import names
from console.actions.journal import times
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Entry, to_rfc3339
from console.domain.journal.clock import Timeline
from console.domain.outcomes import NOT_SHOWN

KINDS: Mapping[str, str] = {
    "activation.requested": "asked",
    "activation.asked": "asked",
    "activation.approved": "approved",
    "recovery.used": "approved",
    "activation.seconded": "agreed",
    "activation.opened": "opened",
    "activation.extended": "changed",
    "activation.reset": "changed",
    "activation.resumed": "changed",
    "activation.frozen": "breaker",
    "release.intended": "released",
    "activation.refused": "refused",
    "ceremony.refused": "refused",
    "activation.denied": "refused",
    "activation.ended": "over",
    "activation.closed": "over",
    "activation.expired": "over",
    "activation.withdrawn": "over",
    "credential.confirmed": "rotated",
}
"""Type of entry -> what kind of event it is; what is not here is no event of its own."""
ABOUT = ("credential", "why", "code", "decision", "slot")
"""What of an entry's body says more, the first that is there."""


def course(console: Console, act: str) -> Object:
    """Return the events of an activation in order: ``time``, ``kind``, ``type``, ``about``, ``who``, ``surely``."""
    entries = [*console.journal.entries(act=act), *_rotations(console, act)]
    known = times.near(console, entries)
    failed = {e.body["intent"] for e in entries if e.type == "release.outcome" and e.body["outcome"] == NOT_SHOWN}
    people = names(console)
    events: list[Json] = [
        _event(entry, people, known) for entry in entries if entry.type in KINDS and entry.seq not in failed
    ]
    return {"activation": act, "events": events}


def _rotations(console: Console, act: str) -> Iterator[Entry]:
    """Yield what made the secrets useless that this activation showed."""
    activation = load(console, act)
    exposed, left = activation.exposed(), set(activation.exposed())
    if not left:
        return
    for entry in console.journal.entries(type_="credential.confirmed"):
        name, version = str(entry.body["credential"]), entry.body["version"]
        if name in left and isinstance(version, int) and version > exposed[name]:
            left.discard(name)
            yield entry


def _event(entry: Entry, people: Mapping[str, str], known: Timeline | None) -> dict[str, Json]:
    about = next((entry.body[name] for name in ABOUT if entry.body.get(name) is not None), None)
    return {
        "seq": entry.seq,
        "time": to_rfc3339(entry.t.wall_ms),
        "kind": KINDS[entry.type],
        "type": entry.type,
        "about": about,
        "who": people.get(entry.actor, entry.actor),
        "surely": times.brief(known, entry) if known else "",
    }
