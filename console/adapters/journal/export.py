# SPDX-License-Identifier: Apache-2.0
"""Export: C2SP tlog-tiles, openings, policy, format page and verifier, for somebody without this program."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console.adapters.journal.cosigned import cosigned
from console.adapters.journal.database import foreign_errors
from console.adapters.journal.log import Log
from console.adapters.journal.needs import RETIRED, Needs
from console.adapters.journal.thread import JournalThread
from console.adapters.machine import copy_durably
from console.domain import cosignature, merkle
from console.domain.canonical import MAX_DEPTH, Object, encode, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.journal import Checkpoint, Entry, check_opening, parse, scope_of
from console.domain.merkle import TILE_WIDTH
from console.domain.opening import open_opening
from console.domain.words import WORDS

AUDIENCES = ("facts", "auditor")
_PROJECT = Path(__file__).resolve().parents[3]
VERIFIER = _PROJECT / "resources" / "verify.py"
FORMAT_PAGE = _PROJECT / "docs" / "formats" / "journal.md"


@dataclass
class Fields:
    """What goes along of the committed fields, and what is held back by name."""

    openings: list[bytes] = field(default_factory=list)
    withheld: list[bytes] = field(default_factory=list)


def export(thread: JournalThread, needs: Needs, folder: Path, audience: str) -> Object:
    """Write the export of everything acknowledged; the checkpoint is anchored first.

    ``Refused``: audience_unknown, counsel_track_not_available, folder_not_empty.
    """
    if audience not in AUDIENCES:
        raise Refused("counsel_track_not_available" if audience == "counsel" else "audience_unknown")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused("folder_not_empty", folder=str(folder))
    checkpoint: Checkpoint = thread.run(_newest)
    fields, roots = Fields(), []
    for first in range(0, checkpoint.size, TILE_WIDTH):
        last = min(first + TILE_WIDTH, checkpoint.size)
        bodies = _bodies(thread, first, last)
        leaves = [merkle.leaf_hash(body) for body in bodies]
        _write_block(folder, first // TILE_WIDTH, bodies, leaves)
        roots.append(merkle.root(leaves))
        _collect_fields(thread, needs, fields, (first, last))
    _write_upper_tiles(folder, roots[: checkpoint.size // TILE_WIDTH])
    _write_papers(folder, needs, checkpoint, fields)
    if note := cosigned(thread, needs, checkpoint.size):
        _write(folder / "cosigned", note)
    os.sync()
    return {
        "size": checkpoint.size,
        "root": to_base64(checkpoint.root),
        "openings": len(fields.openings),
        "withheld": len(fields.withheld),
    }


def copy_database(thread: JournalThread, path: Path) -> None:
    """Copy the database as it is between two commits, without a tail beside it."""

    def copy(log: Log) -> None:
        with foreign_errors():
            log.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        copy_durably(log.path, path)

    thread.run(copy)


def _newest(log: Log) -> Checkpoint:
    """Return what the export ends with: anchored now, or the last that was signed where nothing is signed any more."""
    if not log.reasons:
        return log.anchor()
    if log.signing.newest is None:
        raise Refused("nothing_signed")
    return log.signing.newest


def _bodies(thread: JournalThread, first: int, last: int) -> list[bytes]:
    query = "SELECT body FROM entry WHERE seq>=? AND seq<? ORDER BY seq"
    rows = thread.run(lambda log: log.db.execute(query, (first, last)).fetchall())
    bodies = [row[0] for row in rows]
    if len(bodies) != last - first:
        raise Corrupt("entry_missing", seq=first + len(bodies))
    return bodies


def _write_block(folder: Path, index: int, bodies: Sequence[bytes], leaves: Sequence[bytes]) -> None:
    bundle = b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
    _write(folder / merkle.tile_path(None, index, len(bodies)), bundle)
    _write(folder / merkle.tile_path(0, index, len(leaves)), b"".join(leaves))


def _write_upper_tiles(folder: Path, hashes: list[bytes]) -> None:
    level = 1
    while hashes:
        blocks = [hashes[at : at + TILE_WIDTH] for at in range(0, len(hashes), TILE_WIDTH)]
        for index, block in enumerate(blocks):
            _write(folder / merkle.tile_path(level, index, len(block)), b"".join(block))
        hashes = [merkle.root(block) for block in blocks if len(block) == TILE_WIDTH]
        level += 1


def _collect_fields(thread: JournalThread, needs: Needs, fields: Fields, span: tuple[int, int]) -> None:
    query = (
        "SELECT e.body, f.name, f.sealed FROM field f JOIN entry e ON e.seq=f.seq "
        "WHERE f.seq>=? AND f.seq<? ORDER BY f.seq, f.name"
    )
    for body, name, sealed in thread.run(lambda log: log.db.execute(query, span).fetchall()):
        _collect_field(needs, fields, parse(body), name, sealed)


def _collect_field(needs: Needs, fields: Fields, entry: Entry, name: str, sealed: bytes) -> None:
    place: dict[str, object] = {"seq": entry.seq, "name": name}
    key = needs.opening_key(scope_of(entry), create=False)
    if key is None:
        fields.withheld.append(json.dumps(place).encode())
        return
    opening = open_opening(key, sealed, entry_id=entry.id, name=name)
    check_opening(entry, name, opening)
    fields.openings.append(
        encode(
            {"seq": entry.seq, "name": name, "salt": to_base64(opening.salt), "value": opening.value},
            depth=MAX_DEPTH + 1,
        )
    )


def _write_papers(folder: Path, needs: Needs, checkpoint: Checkpoint, fields: Fields) -> None:
    _write(folder / "checkpoint", checkpoint.note)
    _write(folder / "policy", cosignature.policy(needs.key, needs.witnesses, needs.witness_quorum).encode())
    alarms = [dict(past) for past in needs.before]
    _write(
        folder / "log.json",
        encode({"v": 1, "log": needs.log, "alarms": alarms, "followed": needs.barred == RETIRED}) + b"\n",
    )
    _write(folder / "openings.json", b'{"v":1,"openings":[\n' + b",\n".join(fields.openings) + b"\n]}\n")
    _write(folder / "withheld.json", b'{"v":1,"withheld":[\n' + b",\n".join(fields.withheld) + b"\n]}\n")
    _write(folder / "words.txt", ("\n".join(WORDS) + "\n").encode())
    shutil.copyfile(FORMAT_PAGE, folder / "FORMAT.md")
    shutil.copyfile(VERIFIER, folder / "verify.py")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
