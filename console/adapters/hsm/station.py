# SPDX-License-Identifier: Apache-2.0
"""The station's HSM while it is unlocked: through the keeper, or in a process of one's own; fits ``ports.Hsm``."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from console.adapters.child import dial, start_detached
from console.adapters.hsm.process import (
    LIMIT_S, PROCESS, TokenAddress, TokenProcess, exchange, load_fields, split_secrets, value, wipe,
)  # fmt: skip
from console.domain.errors import Unavailable
from console.domain.frame import Frame

SOCKET = "keeper.sock"
MAX_SOCKET_PATH_BYTES = 107  # sockaddr_un, unix(7)
IDLE_S = 15 * 60


class Line(Protocol):
    """How requests reach the unlocked HSM."""

    def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
        """Return the answer; raises as ``TokenProcess.call`` does."""

    def close(self) -> None:
        """Leave."""


class KeeperLine:
    """The line to a running keeper: a connection for each request, so that no window holds up a command."""

    def __init__(self, sockets: Sequence[Path], limit_s: float = LIMIT_S) -> None:
        self._sockets = sockets
        self._limit_s = limit_s

    def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
        """Return the answer. Raises ``Unavailable``: station_locked (no keeper), keeper_busy, token_broken."""
        deadline = time.monotonic() + self._limit_s
        wire = _dial(self._sockets, deadline)
        try:
            _wait_for_turn(wire, deadline)
            return exchange(wire, 1, verb, tail, fields, deadline)
        finally:
            wire.close()
            if tail is not None:
                wipe(tail)

    def close(self) -> None:
        """Nothing is open between requests."""
