# SPDX-License-Identifier: Apache-2.0
"""A token process as seen by the console: one request at a time, each with a time limit; errors come back as ours."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from console.adapters.child import Child, Wire, error_of
from console.domain.errors import ConsoleError, Corrupt, Unavailable
from console.domain.frame import Frame

PROCESS = "console.tokens"
KEY_FILE = Path("software")
"""In place of a module: none, but a software key file in the folder."""
LIMIT_S = 10.0


@dataclass(frozen=True)
class TokenAddress:
    """Where a token is to be found; the label is a hint, its public keys decide."""

    module: Path
    """The PKCS#11 module of its maker, or ``KEY_FILE``."""
    label: str
    folder: Path | None = None
    """Our own folder, of SoftHSM tokens (embedded default) or with a software key file; None for a device."""
    reserved: str | None = None
    """Arguments of the module, where it takes any (NSS, YubiHSM)."""


class TokenProcess:
    """Started at the first call, ended after a late answer or a broken token, started again at the next call."""

    def __init__(self, address: TokenAddress, environment: Mapping[str, str], limit_s: float = LIMIT_S) -> None:
        self._address = address
        self._environment = environment
        self._limit_s = limit_s
        self._child: Child | None = None
        self._number = 0
        # The journal's thread signs and anchors while the worker asks for other things: one request at a time.
        self._turn = Lock()

    def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
        """Return the answer; a given tail is wiped. Raises what the token process raises, and ``Unavailable``
        (token_broken) for a hang, a crash or a garbled answer (docs/formats/token-process.md)."""
        with self._turn:
            try:
                return self._exchange(self._child or self._started(), verb, tail, fields)
            except (Unavailable, Corrupt) as error:
                self._drop_if_broken(error)
                raise
            finally:
                if tail is not None:
                    wipe(tail)

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _started(self) -> Child:
        kind = ("software",) if self._address.module == KEY_FILE else ()
        child = Child(PROCESS, self._environment, kind)
        try:
            self._exchange(child, "load", None, load_fields(self._address))
        except ConsoleError:
            child.end()
            raise
        self._child = child
        return child

    def _exchange(self, child: Child, verb: str, tail: bytearray | None, fields: Mapping[str, object]) -> Frame:
        self._number += 1
        request = Frame({"id": self._number, "verb": verb, **fields}, bytearray() if tail is None else tail)
        return exchange(child.wire, request, time.monotonic() + self._limit_s)

    def _drop_if_broken(self, error: ConsoleError) -> None:
        if error.code in ("token_broken", "token_removed") and self._child is not None:
            self._child.kill()
            self._child.wire.close()
            self._child = None


def load_fields(address: TokenAddress) -> dict[str, object]:
    """Return the fields of the first request to a token process."""
    folder = None if address.folder is None else str(address.folder)
    return {"module": str(address.module), "folder": folder, "reserved": address.reserved}


def exchange(wire: Wire, request: Frame, deadline: float) -> Frame:
    """Send a request and return its answer. What the wire itself does is ``Unavailable`` (token_broken)."""
    try:
        wire.send(request, deadline)
    except Unavailable as error:
        raise Unavailable("token_broken", why=error.code, verb=request.head["verb"]) from error
    return good(received(wire, request, deadline))


def received(wire: Wire, request: Frame, deadline: float) -> Frame:
    """Return the answer to a request, whatever it says; ``Unavailable`` (token_broken) when none comes."""
    verb = request.head["verb"]
    try:
        answer = wire.receive(deadline)
        while "interim" in answer.head:
            answer = wire.receive(deadline)
    except (Unavailable, Corrupt) as error:
        raise Unavailable("token_broken", why=error.code, verb=verb) from error
    if answer.head.get("id") != request.head["id"]:
        raise Unavailable("token_broken", why="answer_to_another_request", verb=verb)
    return answer


def good(answer: Frame) -> Frame:
    """Return an answer that is none of the errors it may be, else raise that."""
    error = answer.head.get("error")
    if error is None:
        return answer
    if not isinstance(error, dict):
        raise Unavailable("token_broken", why="answer_garbled")
    raise error_of(error)


def wipe(buffer: bytearray) -> None:
    """Overwrite a buffer with zeros."""
    buffer[:] = bytes(len(buffer))


def value(answer: Frame) -> Mapping[str, object]:
    """Return the plain values of an answer."""
    ok = answer.head.get("ok")
    if not isinstance(ok, dict):
        raise Unavailable("token_broken", why="answer_garbled")
    return ok


def split_secrets(tail: bytearray, size: int = 32) -> list[bytes]:
    """Return the secrets that stand one after the other in a tail, and wipe it."""
    secrets = [bytes(tail[start : start + size]) for start in range(0, len(tail), size)]
    wipe(tail)
    return secrets
