# SPDX-License-Identifier: Apache-2.0
"""Verification of the stored journal, in one process between two commits or in several over the closed file.

Depth ``bytes``: bodies -> leaves -> tiles -> root -> newest checkpoint and anchors. Depth ``deep``: also
canonical form, seq, prev, every stored signature, commitments, and the projections.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import pairwise

from console.adapters.journal import checkers
from console.adapters.journal.context import RETIRED, Context
from console.adapters.journal.database import Connection
from console.adapters.journal.deep import Identity
from console.adapters.journal.erasures import erased_at
from console.adapters.journal.reader import Filter, read_chunk
from console.adapters.journal.stretch import MAX_FINDINGS, Found, Read, Stretch, check_stretch, rows_of
from console.adapters.journal.thread import JournalThread
from console.domain.canonical import Object, to_base64
from console.domain.entries.entry import Checkpoint, Entry, parse, to_rfc3339
from console.domain.errors import Cancelled, Corrupt
from console.domain.journal import checkpoint, merkle
from console.domain.journal.cosignature import ASKED, COSIGNED, check_shown
from console.domain.journal.merkle import TILE_WIDTH, CompactRange
from console.domain.journal.spool import MERGED, SETTLED, Merged

PARALLEL_ENTRIES = 40_000
"""From here on it takes longer than starting processes does."""

Progress = Callable[[int, int], bool]


def verify(
    thread: JournalThread, context: Context, *, deep: bool, progress: Progress | None, processes: int | None = None
) -> Object:
    """Return the verdict as docs/commands.md has it; raises ``Cancelled`` when ``progress`` says so.

    ``processes``: how many check; by default one for each core that this process may use, if it is worth it.
    """
    size: int = thread.run(lambda log: log.tree.size)
    signed: Checkpoint | None = thread.run(lambda log: log.signing.newest)
    claims = _claims(thread, context, signed)
    whole = Found(CompactRange(), CompactRange())
    for reason in thread.run(lambda log: [code for code in log.reasons if code != RETIRED]):
        whole.report(reason, None, "found when the journal was opened")
    count = processes or (checkers.cores() if size >= PARALLEL_ENTRIES else 1)
    lagging: int = thread.run(lambda log: log.pending[0][0] if log.pending else log.tree.size)
    stretches = [
        Stretch(first, last, deep, lagging, {at: said for at, said in claims.items() if first < at <= last})
        for first, last in pairwise(_bounds(size, count))
    ]
    _put_together(whole, _checked(thread, context, stretches, _counted(progress, size)))
    _check_claims(whole, claims, size)
    _check_upper_tiles(thread, whole, size)
    if deep:
        _count_projections(thread, whole, size)
        _check_spools(thread, context, whole, size)
        _check_witnesses(thread, context, whole, size)
    return _verdict(thread, whole, size, signed)


def _bounds(size: int, count: int) -> list[int]:
    """Return where stretches begin and end: ``count`` of about the same length, each of whole tiles."""
    width = max(TILE_WIDTH, -(-size // count // TILE_WIDTH) * TILE_WIDTH)
    return [*range(0, size, width), size]


def _counted(progress: Progress | None, size: int) -> Callable[[int], None]:
    done = 0

    def went_on(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None and not progress(done, size):
            raise Cancelled

    return went_on


def _checked(
    thread: JournalThread, context: Context, stretches: Sequence[Stretch], went_on: Callable[[int], None]
) -> list[Found]:
    identity = Identity(context.log, context.mode, context.key)

    erased = erased_at(thread, context, stretches[-1].last) if stretches and stretches[-1].deep else {}

    def keys(scopes: Collection[str]) -> dict[str, bytes | int | None]:
        return {scope: context.opening_key(scope, create=False) or erased.get(scope) for scope in scopes}

    if len(stretches) > 1:
        # Where the tail cannot be moved into the file (a full disk), one process reads both as the writer does.
        with suppress(checkers.TailRemains):
            return checkers.check_in_processes(thread, stretches, identity, keys, went_on)
    read = _between_commits(thread)
    return [check_stretch(read, stretch, identity, keys, went_on) for stretch in stretches]


def _between_commits(thread: JournalThread) -> Read:
    return lambda job: thread.run(lambda log: job(log.db))


def _put_together(whole: Found, parts: Sequence[Found]) -> None:
    for part in parts:
        for finding in part.findings[: MAX_FINDINGS - len(whole.findings)]:
            whole.findings.append(finding)
        if part.before != whole.tree and not whole.findings:
            whole.report("tile_differs", None, f"the tree before entry {part.before.size}")
        whole.tree = part.tree
        whole.streams, whole.kinds = whole.streams + part.streams, whole.kinds + part.kinds


def _claims(thread: JournalThread, context: Context, signed: Checkpoint | None) -> dict[int, list[tuple[bytes, str]]]:
    claims: dict[int, list[tuple[bytes, str]]] = {}
    if signed is not None:
        claims.setdefault(signed.size, []).append((signed.root, "checkpoint_differs"))
    for note in thread.run(lambda _: context.anchors()):
        try:
            anchor = checkpoint.open_note(note, [context.key])
        except Corrupt:
            continue  # the alarm has named it when the journal was opened
        claims.setdefault(anchor.size, []).append((anchor.root, "anchor_differs"))
    return claims


def _check_claims(whole: Found, claims: dict[int, list[tuple[bytes, str]]], size: int) -> None:
    """What the stretches did not reach: the empty tree, and sizes that the log has not."""
    for root, code in claims.get(0, ()):
        if root != merkle.EMPTY_ROOT:
            whole.report(code, 0, "the root differs from the signed one")
    for claimed in sorted(claims):
        if claimed > whole.tree.size:
            whole.report("shorter_than_checkpoint", claimed, f"the database has {size} entries")


def _check_upper_tiles(thread: JournalThread, whole: Found, size: int) -> None:
    """Compare the roots of level 1 and above with those below them, and look for tiles that should not be."""
    level, full = 0, size // TILE_WIDTH
    while full:
        stored = _tile_roots(thread, level)
        if set(stored) != set(range(full)):
            whole.report("tile_differs", None, f"tiles of level {level}")
            return
        roots = [stored[n] for n in range(full)]
        above = _tile_roots(thread, level + 1)
        for n in range(full // TILE_WIDTH):
            if merkle.root(roots[n * TILE_WIDTH : (n + 1) * TILE_WIDTH]) != above.get(n):
                whole.report("tile_differs", None, f"tile {n} of level {level + 1}")
                return
        level, full = level + 1, full // TILE_WIDTH
    if thread.run(lambda log: log.db.execute("SELECT 1 FROM tile WHERE level>=?", (level,)).fetchone()):
        whole.report("tile_differs", None, f"tiles of level {level}")


def _tile_roots(thread: JournalThread, level: int) -> dict[int, bytes]:
    query = "SELECT n, root FROM tile WHERE level=?"
    return dict(thread.run(lambda log: log.db.execute(query, (level,)).fetchall()))


def _count_projections(thread: JournalThread, whole: Found, size: int) -> None:
    """Every row that belongs to an entry was met; so more rows than that belong to none."""

    def counts(db: Connection) -> tuple[int, int, int]:
        (streams,) = db.execute("SELECT count(*) FROM stream").fetchone()
        (kinds,) = db.execute("SELECT count(*) FROM kind").fetchone()
        (orphans,) = db.execute("SELECT count(*) FROM field WHERE seq>=?", (size,)).fetchone()
        return streams, kinds, orphans

    if _between_commits(thread)(counts) != (whole.streams, whole.kinds, 0):
        whole.report("projection_differs", None, "rows that belong to no entry")


def _check_spools(thread: JournalThread, context: Context, whole: Found, size: int) -> None:
    """Check that what was taken over from the spool is one chain each, up to the head that the HSM held."""
    merged = Merged(context.key, partial(_root_at, thread))
    for entry in sorted(_told(thread, (MERGED, SETTLED), size), key=lambda entry: entry.seq):
        try:
            merged.check(entry)
        except Corrupt as error:
            whole.report(error.code, entry.seq)
            return


def _check_witnesses(thread: JournalThread, context: Context, whole: Found, size: int) -> None:
    """Check that every state that was shown to a witness, or signed by one, was this log's."""
    for entry in _told(thread, (ASKED, COSIGNED), size):
        try:
            check_shown(entry, context.key, partial(_root_at, thread))
        except Corrupt as error:
            whole.report(error.code, entry.seq)


def _root_at(thread: JournalThread, size: int) -> bytes:
    """Return the root at a size that an entry was written after: the entry at that place carries it."""
    return parse(rows_of(_between_commits(thread), size, size + 1)[0][3]).prev


def _told(thread: JournalThread, types: Sequence[str], size: int) -> Iterator[Entry]:
    for type_ in types:
        rest: Filter | None = Filter(None, type_, -1, size, newest_first=False)
        while rest is not None:
            bodies, rest = thread.run(partial(read_chunk, wanted=rest, limit=None))
            with suppress(Corrupt):  # of another shape: named already
                yield from map(parse, bodies)


def _verdict(thread: JournalThread, whole: Found, size: int, signed: Checkpoint | None) -> Object:
    if size and signed is None:
        whole.report("checkpoint_missing", None, "no signed checkpoint covers this log")
    return {
        "ok": not whole.findings,
        "size": size,
        "root": to_base64(whole.tree.root()),
        "vouched_until": _vouched_until(thread, signed) if not whole.findings else None,
        "checkpoint": signed.note.decode() if signed else "",
        "findings": whole.findings,
    }


def _vouched_until(thread: JournalThread, signed: Checkpoint | None) -> str | None:
    """Return the wall time of the last entry under the newest checkpoint."""
    if signed is None or signed.size == 0:
        return None
    rows = rows_of(_between_commits(thread), signed.size - 1, signed.size)
    return to_rfc3339(parse(rows[0][3]).t.wall_ms)
