# SPDX-License-Identifier: Apache-2.0
"""Export: C2SP tlog-tiles, openings, policy, format page and verifier, for somebody without this program."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from console.adapters.journal import erasures
from console.adapters.journal.context import RETIRED, Context
from console.adapters.journal.cosignatures import cosigned
from console.adapters.journal.database import foreign_errors
from console.adapters.journal.erasures import ERASED, WITHHELD
from console.adapters.journal.log import Log
from console.adapters.journal.thread import JournalThread
from console.adapters.machine import check_outside, copy_durably, make_folder
from console.domain.canonical import MAX_DEPTH, Json, Object, encode, to_base64
from console.domain.entries.entry import Checkpoint, Entry, Opening, check_opening, parse, scope_of
from console.domain.errors import Cancelled, ConsoleError, Corrupt, Misused, Refused, Unavailable
from console.domain.journal import cosignature, merkle
from console.domain.journal.merkle import TILE_WIDTH
from console.domain.journal.opening import open_opening
from console.domain.keyholder import contact
from console.domain.record.counsel import CounselKey
from console.domain.words import WORDS

FOR_COUNSEL = "counsel"
AUDIENCES = ("facts", FOR_COUNSEL, "auditor")
_PROJECT = Path(__file__).resolve().parents[3]
VERIFIER = _PROJECT / "resources" / "verify.py"
VERIFY_PAGE = _PROJECT / "resources" / "verify.html"
FORMAT_PAGE = _PROJECT / "docs" / "formats" / "journal.md"


Opener = Callable[[Entry, Mapping[str, bytes]], Mapping[str, Opening]]
"""Opens of an entry's sealed fields what the recipient may see."""


class Listing:
    """A file of one JSON object with one list, written row by row: a long journal has no room in memory."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._file.write(b'{"v":1,"%s":[' % name.encode())
        self.count = 0

    def append(self, row: bytes) -> None:
        """Write one more row."""
        self._file.write((b",\n" if self.count else b"\n") + row)
        self.count += 1

    def end(self) -> None:
        """End the list."""
        self._file.write(b"\n]}\n" if self.count else b"\n\n]}\n")


class Fields:
    """What goes along of the committed fields, what is held back, and what was erased, by name."""

    def __init__(self, folder: Path, opener: Opener, state_of: Callable[[Entry], str]) -> None:
        self.open, self.state_of = opener, state_of
        with ExitStack() as files:
            self.openings, *kept = (
                Listing(files.enter_context(_private(folder / f"{name}.json")), name)
                for name in ("openings", WITHHELD, ERASED)
            )
            self._files = files.pop_all()
        self.kept = dict(zip((WITHHELD, ERASED), kept, strict=True))

    def close(self) -> None:
        """End the lists; whatever fails, no file stays open."""
        with self._files:
            for listing in (self.openings, *self.kept.values()):
                listing.end()


def export(
    thread: JournalThread,
    context: Context,
    folder: Path,
    opener: Opener,
    progress: Callable[[int, int], bool] | None = None,
) -> Object:
    """Write the export of everything acknowledged; the checkpoint is anchored first. Cut short, it leaves nothing.

    What it opens lies in the clear: the folder and all in it are its owner's only. ``Refused``: folder_not_empty;
    ``Unavailable``: not_written.
    """
    check_outside(folder)
    make_folder(folder.absolute())
    if any(folder.iterdir()):
        raise Refused("folder_not_empty", folder=str(folder))
    try:
        return _write_all(thread, context, folder, opener, progress or (lambda _, __: True))
    except (Cancelled, ConsoleError):
        _empty(folder)
        raise
    except OSError as error:  # the medium is full, was taken out, or lets nobody write any more
        _empty(folder)
        why = os.strerror(error.errno or 0)
        raise Unavailable("not_written", path=str(folder), why=why) from error


def _write_all(
    thread: JournalThread, context: Context, folder: Path, opener: Opener, progress: Callable[[int, int], bool]
) -> Object:
    checkpoint: Checkpoint = thread.run(_newest)
    roots, state_of = [], erasures.states(thread, context, checkpoint.size)
    with closing(Fields(folder, opener, state_of)) as fields:
        for first in range(0, checkpoint.size, TILE_WIDTH):
            last = min(first + TILE_WIDTH, checkpoint.size)
            bodies = _bodies(thread, first, last)
            leaves = [merkle.leaf_hash(body) for body in bodies]
            _write_block(folder, first // TILE_WIDTH, bodies, leaves)
            roots.append(merkle.root(leaves))
            _collect_fields(thread, fields, (first, last))
            if not progress(last, checkpoint.size):
                raise Cancelled
    _write_upper_tiles(folder, roots[: checkpoint.size // TILE_WIDTH])
    _write_papers(folder, context, checkpoint)
    if note := cosigned(thread, context, checkpoint.size):
        _write(folder / "cosigned", note)
    os.sync()
    return {
        "size": checkpoint.size,
        "root": to_base64(checkpoint.root),
        "openings": fields.openings.count,
        WITHHELD: fields.kept[WITHHELD].count,
        ERASED: fields.kept[ERASED].count,
    }


def copy_database(thread: JournalThread, path: Path) -> None:
    """Copy the database as it is between two commits, without a tail beside it."""

    def copy(log: Log) -> None:
        with foreign_errors():
            log.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        copy_durably(log.path, path)

    thread.run(copy)


def _empty(folder: Path) -> None:
    """Remove what was written: half an export must not look like one."""
    with suppress(OSError):  # of a medium that fails
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


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


def opener(context: Context, audience: str, counsel: Mapping[str, CounselKey]) -> Opener:
    """Return what opens fields for an audience: for counsel what these keys open and no fact, for others facts only.

    How people are reached goes to nobody: it proves nothing about who did what. ``Refused`` (audience_unknown).
    """
    if audience not in AUDIENCES:
        raise Refused("audience_unknown")
    if counsel and audience != FOR_COUNSEL:
        raise Misused("tracks_mixed")

    def open_facts(entry: Entry, sealed: Mapping[str, bytes]) -> Mapping[str, Opening]:
        key = context.opening_key(scope_of(entry), create=False)
        if key is None:
            return {}
        opened = {name: open_opening(key, sealed[name], entry_id=entry.id, name=name) for name in sealed}
        for name, opening in opened.items():
            check_opening(entry, name, opening)
        private = contact.PRIVATE if entry.type == contact.CONTACT else ()
        return {name: opening for name, opening in opened.items() if name not in private}

    def open_counsel(entry: Entry, sealed: Mapping[str, bytes]) -> Mapping[str, Opening]:
        key = counsel.get(scope_of(entry).removeprefix("counsel:")) if entry.track == FOR_COUNSEL else None
        return {} if key is None else key.open(entry, sealed)

    # Never both: what one recipient may read must not teach him the other track.
    return open_counsel if audience == FOR_COUNSEL else open_facts


def _collect_fields(thread: JournalThread, fields: Fields, span: tuple[int, int]) -> None:
    query = (
        "SELECT e.body, f.name, f.sealed FROM field f JOIN entry e ON e.seq=f.seq "
        "WHERE f.seq>=? AND f.seq<? ORDER BY f.seq, f.name"
    )
    rows = thread.run(lambda log: log.db.execute(query, span).fetchall())
    for body, group in groupby(rows, key=itemgetter(0)):
        _collect_entry(fields, parse(body), {name: sealed for _, name, sealed in group})


def _collect_entry(fields: Fields, entry: Entry, sealed: Mapping[str, bytes]) -> None:
    opened, state = fields.open(entry, sealed), fields.state_of(entry)
    for name in sealed:
        place: dict[str, Json] = {"seq": entry.seq, "name": name}
        opening = opened.get(name)
        if opening is None:
            # What is gone without an entry that says so is listed nowhere: to a verifier it is lost.
            if state in fields.kept:
                fields.kept[state].append(json.dumps(place).encode())
            continue
        shown: Object = {**place, "salt": to_base64(opening.salt), "value": opening.value}
        fields.openings.append(encode(shown, depth=MAX_DEPTH + 1))


def _write_papers(folder: Path, context: Context, checkpoint: Checkpoint) -> None:
    _write(folder / "checkpoint", checkpoint.note)
    _write(folder / "policy", cosignature.policy(context.key, context.witnesses, context.witness_quorum).encode())
    alarms = [dict(past) for past in context.before]
    _write(
        folder / "log.json",
        encode({"v": 1, "log": context.log, "alarms": alarms, "followed": context.barred == RETIRED}) + b"\n",
    )
    _write(folder / "words.txt", ("\n".join(WORDS) + "\n").encode())
    _write(folder / "FORMAT.md", FORMAT_PAGE.read_bytes())
    _write(folder / "verify.py", VERIFIER.read_bytes())
    _write(folder / "verify.html", VERIFY_PAGE.read_bytes())


def _write(path: Path, data: bytes) -> None:
    make_folder(path.parent)
    with _private(path) as file:
        file.write(data)


def _private(path: Path) -> BinaryIO:
    """Make a file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")
