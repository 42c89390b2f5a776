# SPDX-License-Identifier: Apache-2.0
"""Notes that the station's HSM holds: the newest checkpoint of the log, the head of its spool, a paper mode.

A new one is made before the old one is destroyed: at any moment there is one.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

from pkcs11 import Attribute, Object, ObjectClass, Session

from console.domain.errors import Misused
from console.tokens.request import Answer, Request, Verb

APPLICATION = "breakglass"
ANCHOR, SPOOL, PAPER = "anchor", "spool", "paper"

A = Attribute


class OpenSession(Protocol):
    """Lends a session; ``rw``: one that may write."""

    def __call__(self, *, rw: bool = False) -> AbstractContextManager[Session]:
        """Lend it."""


class Notes:
    """What can be asked about them."""

    def __init__(self, open_: OpenSession) -> None:
        self._open = open_

    def verbs(self) -> Mapping[str, Verb]:
        """Return the closed list of what can be asked."""
        return {
            "anchor": partial(self._held, ANCHOR),
            "set_anchor": partial(self._hold, ANCHOR),
            "spool_head": partial(self._held, SPOOL),
            "set_spool_head": partial(self._hold, SPOOL),
            "paper_mode": partial(self._held, PAPER),
            "set_paper_mode": partial(self._hold, PAPER),
        }

    def _held(self, label: str, _: Request) -> Answer:
        """Answer the notes, oldest first."""
        with self._open() as session:
            return Answer({"notes": [bytes(found[A.VALUE]).hex() for _, found in _numbered(session, label)]})

    def _hold(self, label: str, request: Request) -> Answer:
        """Create the new note from the tail, then destroy the older ones; an empty tail leaves no head."""
        if not request.tail and label == ANCHOR:
            raise Misused("request_garbled", why="an anchor is never taken away")
        with self._open(rw=True) as session:
            old = _numbered(session, label)
            number = old[-1][0] + 1 if old else 0
            if request.tail:
                create(session, f"{label}-{number:012d}", bytes(request.tail))
            for _, before in old:
                before.destroy()
        return Answer()


def create(session: Session, label: str, value: bytes) -> None:
    """Create a data object of ours."""
    session.create_object(
        {
            A.CLASS: ObjectClass.DATA,
            A.TOKEN: True,
            A.PRIVATE: True,
            A.APPLICATION: APPLICATION,
            A.LABEL: label,
            A.VALUE: value,
        }
    )


def data(session: Session, label: str | None = None) -> list[Object]:
    """Return our data objects, or those of one label."""
    wanted = {A.CLASS: ObjectClass.DATA, A.APPLICATION: APPLICATION}
    return list(session.get_objects(wanted if label is None else {**wanted, A.LABEL: label}))


def _numbered(session: Session, label: str) -> list[tuple[int, Object]]:
    """Return (number, object) of the objects ``<label>-<12 digits>`` in the order in which they were made."""
    pattern = re.compile(rf"{label}-(\d{{12}})\Z")
    labelled = [(pattern.match(str(found[A.LABEL])), found) for found in data(session)]
    return sorted(((int(name[1]), found) for name, found in labelled if name), key=lambda pair: pair[0])
