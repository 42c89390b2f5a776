# SPDX-License-Identifier: Apache-2.0
"""Write ``resources/vectors/times.json`` anew: ``python -m tests.vectors.times``. A test makes it and compares.

A made-up log: of each entry what the rule of docs/formats/journal.md, section 11, reads, and between which times it
was written.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.domain.canonical import Object
from console.domain.entries.entry import Reading, to_rfc3339
from console.domain.journal.clock import BREAKS, Timeline, break_of, outside_of

FILE = Path(__file__).parents[2] / "resources" / "vectors" / "times.json"
NOON = 1_795_435_200_000
"""2026-11-23T12:00:00Z: when the first boot was an hour old."""
MINUTE, HOUR = 60_000, 3_600_000
NS = 1_000_000


@dataclass
class Told:
    """A log that is being told; its clocks go on as said."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    now: Reading = field(default_factory=lambda: Reading(NOON, "boot-1", HOUR * NS))

    def write(self, type_: str, after_ms: int, **body: object) -> None:
        """Write an entry so long after the one before."""
        self.now = Reading(self.now.wall_ms + after_ms, self.now.boot, self.now.up_ns + after_ms * NS)
        t = {"wall": to_rfc3339(self.now.wall_ms), "boot": self.now.boot, "up_ns": str(self.now.up_ns)}
        self.entries.append({"seq": len(self.entries), "type": type_, "t": t, "body": body})

    def breaks(self, type_: str, wall_ms: int, boot: str, up_ms: int) -> None:
        """Note a break: the clocks go on from here."""
        last = self.now
        self.now = Reading(wall_ms, boot, up_ms * NS)
        self.write(type_, 0, last_boot=last.boot, last_up_ns=str(last.up_ns), last_wall=to_rfc3339(last.wall_ms))


@dataclass(frozen=True)
class Said:
    """An entry as the rule reads it."""

    seq: int
    type: str
    t: Reading
    body: Object


def vectors() -> dict[str, Any]:
    """Return the log and the intervals of its entries."""
    log = _log()
    said = [Said(e["seq"], e["type"], t, e["body"]) for e, t in zip(log.entries, _readings(log), strict=True)]
    known = Timeline(
        len(said),
        [break_of(e) for e in said if e.type in BREAKS],
        [found for e in said if (found := outside_of(e))],
        lambda seq: said[seq].t,
    )
    rows = []
    for entry, row in zip(said, log.entries, strict=True):
        ends = known.interval(entry.seq, entry.t)
        rows.append(
            {
                **row,
                "not_before": None if ends.not_before is None else to_rfc3339(ends.not_before),
                "not_after": None if ends.not_after is None else to_rfc3339(ends.not_after),
            }
        )
    return {"entries": rows, "unbounded": known.unbounded(), "contradictions": known.contradictions()}


def _log() -> Told:
    """Two people say the time; a boot in 2019, and the clock set right; an answer from home; a witness; a sleep."""
    log = Told()
    log.write("station.founded", 0)
    log.write("activation.requested", 10 * MINUTE)
    log.write("clock.attested", 5 * MINUTE + 7, time="2026-11-23T13:15:00+01:00", size=2)
    log.write("activation.opened", MINUTE)
    log.breaks("clock.boot", NOON - 7 * 365 * 24 * HOUR, "boot-2", 30_000)
    log.breaks("clock.step", log.now.wall_ms, "boot-2", 30_000)
    log.write("release.intended", 2 * MINUTE)
    log.breaks("clock.step", NOON + 3 * HOUR, "boot-2", 10 * MINUTE)
    log.write(
        "activation.approved", 3 * MINUTE, time="2026-11-23T15:02:30.500Z", seen={"size": 6, "root": "A" * 43 + "="}
    )
    log.write("activation.approved", 1, seen={"size": 6, "root": "A" * 43 + "="})
    log.write("clock.attested", 1, time="2026-11-23T15:03:00", size=9)
    log.write("witness.cosigned", HOUR, time="2026-11-23T16:00:00Z", size=11)
    log.breaks("clock.slept", log.now.wall_ms + HOUR, "boot-2", 3 * HOUR)
    log.write("activation.ended", 1)
    return log


def _readings(log: Told) -> list[Reading]:
    return [Reading(0, row["t"]["boot"], int(row["t"]["up_ns"])) for row in log.entries]


def text() -> str:
    """Return the file."""
    return json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
