# SPDX-License-Identifier: Apache-2.0
"""Stretches of the log checked by processes of their own, over the file of the closed database, while nobody writes.

The database key reaches a process in the wipeable tail of one frame, and nowhere else. Opening keys it asks for by
scope, chunk by chunk, and forgets them with the chunk.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from console.adapters.child import Child, Wire, error_of, first_with_word
from console.adapters.journal.database import foreign_errors, open_database
from console.adapters.journal.deep import Identity, OpeningKeys
from console.adapters.journal.log import Log
from console.adapters.journal.stretch import Found, Stretch
from console.adapters.journal.thread import JournalThread
from console.domain.canonical import Object, from_base64, to_base64
from console.domain.errors import Corrupt
from console.domain.frame import Frame
from console.domain.journal import merkle
from console.domain.journal.checkpoint import parse_vkey

PROCESS = "console.adapters.journal.checker"
SILENCE_S = 60.0
MAX_PROCESSES = 4
KEY_BYTES = 32


class TailRemains(Exception):
    """The tail of the database could not be moved into its file."""


@dataclass
class _Checker:
    """One process and what it has come to."""

    child: Child
    found: Found | None = None


def cores() -> int:
    """Return how many processes may run at once here."""
    return min(MAX_PROCESSES, len(os.sched_getaffinity(0)))


def check_in_processes(
    thread: JournalThread,
    stretches: Sequence[Stretch],
    identity: Identity,
    keys: OpeningKeys,
    went_on: Callable[[int], None],
) -> list[Found]:
    """Check each stretch in a process; raises what one of them raises, what ``went_on`` raises, and ``TailRemains``."""
    with _lent(thread, identity) as (path, key):
        checkers = []
        try:
            for stretch in stretches:
                checkers.append(_Checker(Child(PROCESS, os.environ)))
                order = _order(path, identity, stretch)
                checkers[-1].child.wire.send(Frame(order, key), time.monotonic() + SILENCE_S)
            _serve(checkers, keys, went_on)
        finally:
            for checker in checkers:
                checker.child.kill()
                checker.child.wire.close()
    return [cast(Found, checker.found) for checker in checkers]


@contextmanager
def _lent(thread: JournalThread, identity: Identity) -> Iterator[tuple[str, bytearray]]:
    """Lend the closed database, whole and without a tail, and a copy of its key; nobody writes meanwhile."""
    if not thread.run(_close):
        raise TailRemains
    path, key = thread.run(lambda log: (str(log.path), bytearray(log.key)), on_closed=True)
    try:
        yield path, key
    finally:
        key[:] = bytes(len(key))
        thread.run(partial(_open_again, identity), on_closed=True)


def _close(log: Log) -> bool:
    """Close the database if its tail can be moved into the file."""
    with foreign_errors():
        busy, left, _ = log.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy or left:
            return False
        db, log.db = log.db, None
        db.close()
    return True


def _open_again(identity: Identity, log: Log) -> None:
    log.db = open_database(log.path, log.key, identity.log, identity.mode)


def _serve(checkers: Sequence[_Checker], keys: OpeningKeys, went_on: Callable[[int], None]) -> None:
    """Answer the processes until each has told what it found."""
    left = {checker.child.wire: checker for checker in checkers}
    while left:
        deadline = time.monotonic() + SILENCE_S
        wire = first_with_word(left, deadline)
        said = wire.receive(deadline)
        if "done" in said.head:
            went_on(cast(int, said.head["done"]))
        elif "scopes" in said.head:
            _answer_keys(wire, cast(list[str], said.head["scopes"]), keys)
        elif "error" in said.head:
            raise error_of(cast(dict[str, Any], said.head["error"]))
        else:
            left.pop(wire).found = decode_found(said.head)


def _answer_keys(wire: Wire, scopes: list[str], keys: OpeningKeys) -> None:
    found = keys(scopes)
    known = {scope: key for scope, key in found.items() if isinstance(key, bytes)}
    erased = {scope: at for scope, at in found.items() if isinstance(at, int)}
    tail = bytearray(b"".join(known.values()))
    wire.send(Frame({"known": list(known), "erased": erased}, tail), time.monotonic() + SILENCE_S)
    tail[:] = bytes(len(tail))


def _order(path: str, identity: Identity, stretch: Stretch) -> dict[str, object]:
    claims = [[size, to_base64(root), code] for size, said in stretch.claims.items() for root, code in said]
    return {
        "path": path,
        "log": identity.log,
        "mode": identity.mode,
        "key": identity.key.vkey(),
        "first": stretch.first,
        "last": stretch.last,
        "deep": stretch.deep,
        "lagging": stretch.lagging,
        "claims": claims,
    }


def read_order(head: Any) -> tuple[str, Identity, Stretch]:
    """Return what a process is to check: the database's path, which log it is, and the stretch."""
    claims: dict[int, list[tuple[bytes, str]]] = {}
    for size, root, code in head["claims"]:
        claims.setdefault(size, []).append((from_base64(root), code))
    stretch = Stretch(head["first"], head["last"], head["deep"], head["lagging"], claims)
    return head["path"], Identity(head["log"], head["mode"], parse_vkey(head["key"])), stretch


def encode_found(found: Found) -> dict[str, object]:
    """Return what a process tells in the end."""
    return {
        "before": _range(found.before.size, found.before.encode()),
        "tree": _range(found.tree.size, found.tree.encode()),
        "findings": found.findings,
        "streams": found.streams,
        "kinds": found.kinds,
    }


def decode_found(head: Any) -> Found:
    """Return what a process has told; ``Corrupt`` when it is nothing of the kind."""
    try:
        before, tree = (
            merkle.decode_range(head[name]["size"], from_base64(head[name]["hashes"])) for name in ("before", "tree")
        )
        findings = cast(list[Object], head["findings"])
        return Found(before, tree, findings, int(head["streams"]), int(head["kinds"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Corrupt("frame_garbled") from error


def _range(size: int, hashes: bytes) -> dict[str, object]:
    return {"size": size, "hashes": to_base64(hashes)}
