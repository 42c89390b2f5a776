# SPDX-License-Identifier: Apache-2.0
"""The keeper: the unlocked station HSM behind a unix socket, for the same user, one request at a time.

A connection may be kept between requests; those that wait are served in turn, so that no window holds up a command.

It ends at ``lock``, after the idle limit, after a suspend, when its socket or its token is gone; with it the station
is locked.
"""

import os
import select
import signal
import socket
import stat
import struct
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from console.domain.errors import ConsoleError, Refused, Unavailable
from console.domain.frame import Frame
from console.tokens import wire
from console.tokens.answering import answered, ends_process
from console.tokens.failures import in_our_words
from console.tokens.request import Answer, Request, Verb
from console.tokens.station import Station, up_ns

TICK_MS = 1000
CLIENT_LIMIT_S = 1.0
MOST_CLIENTS = 64
# A module that hangs would hold the station unlocked for ever: the kernel ends the whole process then.
MODULE_LIMIT_S = 60
MAX_SOCKET_PATH_BYTES = 107  # sockaddr_un, unix(7)
SUSPENDED_NS = 1_000_000_000
PEER = struct.Struct("3i")  # struct ucred: pid, uid, gid


class Keeper:
    """Listens from the moment it is made."""

    def __init__(self, station: Station, path: Path, idle_s: int) -> None:
        self._station = station
        self._path = path
        self._idle_ns = idle_s * 1_000_000_000
        self._locked = False
        self._listener = _listening(path)
        self._inode = path.stat().st_ino
        self._clients: dict[int, socket.socket] = {}
        self._verbs: Mapping[str, Verb] = {**station.verbs(), "lock": self._lock}

    def serve(self) -> None:
        """Answer until the end; then nobody can connect any more."""
        last, slept = up_ns(), _slept_ns()
        try:
            while self._reachable() and up_ns() - last < self._idle_ns and _slept_ns() - slept < SUSPENDED_NS:
                asked = self._waited()
                self._station.sweep()
                if asked:
                    self._serve_all(asked)
                    last = up_ns()
        finally:
            self._leave()

    def _reachable(self) -> bool:
        # A runtime folder goes with its login session: a keeper that nobody can lock must not stay. Nor must one whose
        # socket a window took away to lock at once, even if the next keeper has put its own there by now.
        return not self._locked and self._is_at_its_place()

    def _is_at_its_place(self) -> bool:
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False

    def _waited(self) -> list[socket.socket]:
        """Return the clients that have sent something, or have gone, at most a tick from now."""
        poll = select.poll()
        for descriptor in (self._listener.fileno(), *self._clients):
            poll.register(descriptor, select.POLLIN)
        ready = [descriptor for descriptor, _ in poll.poll(TICK_MS)]
        if self._listener.fileno() in ready:
            self._admit()
        return [self._clients[descriptor] for descriptor in ready if descriptor in self._clients]

    def _admit(self) -> None:
        with suppress(OSError):  # A client that is gone again.
            client, _ = self._listener.accept()
            if _user_of(client) != os.geteuid():
                client.close()
                return
            client.settimeout(CLIENT_LIMIT_S)
            if len(self._clients) >= MOST_CLIENTS:
                self._drop(next(iter(self._clients.values())))
            self._clients[client.fileno()] = client

    def _serve_all(self, clients: Sequence[socket.socket]) -> None:
        for client in clients:
            if self._locked:
                return
            self._station.sweep()  # before the request: a key whose time is over answers nothing any more
            # A client that hangs, garbles or goes away is its own loss, never the keeper's.
            with suppress(OSError, ConsoleError):
                if self._converse(client):
                    continue
            self._drop(client)

    def _converse(self, client: socket.socket) -> bool:
        """Answer one request; False when the client is gone."""
        request = wire.read(client.recv_into)
        if request is None:
            return False
        # Says that its turn has come. To a client that waited too long and went away this fails, and nothing is done.
        wire.write(client.sendmsg, Frame({"id": request.head.get("id"), "interim": "ready"}))
        signal.alarm(MODULE_LIMIT_S)
        answer = answered(self._verbs, request, in_our_words)
        signal.alarm(0)
        self._locked = self._locked or ends_process(answer)
        wire.write(client.sendmsg, answer)
        return True

    def _drop(self, client: socket.socket) -> None:
        del self._clients[client.fileno()]
        client.close()

    def _lock(self, _: Request) -> Answer:
        self._leave()
        return Answer()

    def _leave(self) -> None:
        self._locked = True
        if self._is_at_its_place():
            self._path.unlink(missing_ok=True)
        self._listener.close()


def _listening(path: Path) -> socket.socket:
    """Return a listening socket of mode 0600 in a folder of mode 0700."""
    if len(os.fsencode(path)) > MAX_SOCKET_PATH_BYTES:
        raise Unavailable("socket_path_too_long", path=str(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.parent.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused("runtime_folder_open", path=str(path.parent))
    if _answers(path):
        raise Refused("already_unlocked")
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    os.umask(0o177)
    listener.bind(str(path))
    os.umask(0o077)
    listener.listen()
    return listener


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _user_of(connection: socket.socket) -> int:
    _, user, _ = PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
    return int(user)


def _slept_ns() -> int:
    """Return how long this machine was suspended since boot."""
    return up_ns() - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
