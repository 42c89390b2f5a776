# SPDX-License-Identifier: Apache-2.0
"""A process that checks one stretch of the journal: ``python -I -m console.adapters.journal.checker READING WRITING``.

It gets one order with the database key in its tail, opens the file for reading only, and tells how far it has come
and what it found. It has no network and leaves no dump; at the end of its pipe it ends.
"""

import sys
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from console.adapters.child import Wire, said_of
from console.adapters.journal.checkers import KEY_BYTES, SILENCE_S, encode_found, read_order
from console.adapters.journal.database import DatabaseError, open_unchanging, translate
from console.adapters.journal.stretch import check_stretch
from console.confinement import forbid_dumps, shut_network
from console.domain.errors import ConsoleError, Corrupt, Unavailable
from console.domain.frame import Frame


class Parent:
    """The process that asked, at the other end of the pipe."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def receive(self) -> Frame:
        """Return the next frame."""
        return self._wire.receive(time.monotonic() + SILENCE_S)

    def tell(self, **head: object) -> None:
        """Tell something."""
        self._wire.send(Frame(head), time.monotonic() + SILENCE_S)

    def went_on(self, count: int) -> None:
        """Tell that so many more entries are checked."""
        self.tell(done=count)

    def keys(self, scopes: Collection[str]) -> Mapping[str, bytes | int | None]:
        """Ask for the opening keys of these scopes."""
        self.tell(scopes=sorted(scopes))
        answer = self.receive()
        known, erased, tail = answer.head["known"], answer.head["erased"], answer.tail
        if not isinstance(known, list) or not isinstance(erased, dict) or len(tail) != KEY_BYTES * len(known):
            raise Corrupt("frame_garbled")
        found: dict[str, bytes | int] = {
            scope: bytes(tail[at * KEY_BYTES : (at + 1) * KEY_BYTES]) for at, scope in enumerate(known)
        }
        tail[:] = bytes(len(tail))
        return {scope: found.get(scope, erased.get(scope)) for scope in scopes}


def check(parent: Parent) -> None:
    """Do what the parent orders and tell it what came of it."""
    order = parent.receive()
    path, identity, stretch = read_order(order.head)
    db = open_unchanging(Path(path), order.tail, identity.log)
    order.tail[:] = bytes(len(order.tail))
    found = check_stretch(lambda job: job(db), stretch, identity, parent.keys, parent.went_on)
    parent.tell(**encode_found(found))


def main(arguments: list[str]) -> None:
    """Check one stretch."""
    forbid_dumps()
    shut_network()
    parent = Parent(Wire(int(arguments[0]), int(arguments[1])))
    with suppress(Unavailable):  # the parent is gone, or has no time any more
        try:
            check(parent)
        except ConsoleError as error:
            parent.tell(error=said_of(error))
        except DatabaseError as error:
            parent.tell(error=said_of(translate(error)))


if __name__ == "__main__":
    main(sys.argv[1:])
