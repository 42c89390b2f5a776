# SPDX-License-Identifier: Apache-2.0
"""The process that keeps a station unlocked."""

import os
import socket
from pathlib import Path

from console.adapters.child import PEER
from console.adapters.hsm.station import keeper_sockets


def keeper_of(folder: Path) -> int:
    """Return the process that listens on this station's socket."""
    paths = keeper_sockets(folder / "station", os.environ)
    (path,) = [path for path in paths if path.exists()]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(path))
        peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
    return int(PEER.unpack(peer)[0])
