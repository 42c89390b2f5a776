# SPDX-License-Identifier: Apache-2.0
"""A request as pictures, and a place of which nothing is known."""

from contextlib import AbstractContextManager
from random import Random

from console.domain.errors import Unavailable
from console.domain.handoff import frames as handoff
from console.domain.handoff.errand import ERRAND, Sealed

LABEL = "The request: file or pictures"


REQUEST = Sealed(ERRAND, bytes(8), bytes(8), Random(1).randbytes(1400)).encode()


class NoStation:
    """A place of which nothing is known."""

    locked = None

    def console(self) -> AbstractContextManager[object]:
        raise Unavailable("no_station", folder="")

    def forget_pins(self) -> None: ...
    def close(self) -> None: ...


def frames(data: bytes, kind: str = ERRAND) -> list[str]:
    return handoff.split(kind, data)
