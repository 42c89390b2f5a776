# SPDX-License-Identifier: Apache-2.0
"""The station's HSM while it is unlocked: through the keeper, or in a process of one's own; fits the port ``Hsm``."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Protocol, cast

from console.adapters.child import Wire, dial, start_detached
from console.adapters.hsm.process import (
    LIMIT_S,
    PROCESS,
    TokenAddress,
    TokenProcess,
    exchange,
    good,
    load_fields,
    received,
    split_secrets,
    value,
    wipe,
)
from console.domain.errors import ConsoleError, Unavailable
from console.domain.frame import Frame

MAX_SOCKET_PATH_BYTES = 107  # sockaddr_un, unix(7)
IDLE_S = 15 * 60
MAC_BYTES = 20
HELD = {"spool": "spool_head", "paper": "paper_mode"}


class Line(Protocol):
    """How requests reach the unlocked HSM."""

    def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
        """Return the answer; raises as ``TokenProcess.call`` does."""

    def close(self) -> None:
        """Leave."""


class KeeperLine:
    """The line to a running keeper, which serves all its clients in turn; the connection is kept until ``close``."""

    def __init__(self, sockets: Sequence[Path], limit_s: float = LIMIT_S) -> None:
        self._sockets = sockets
        self._limit_s = limit_s
        self._wire: Wire | None = None
        self._number = 0
        # The journal's thread signs and anchors while the worker asks for other things.
        self._turn = Lock()

    def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
        """Return the answer. Raises ``Unavailable``: station_locked (no keeper), keeper_busy, token_broken."""
        with self._turn:
            self._number += 1
            head = {"id": self._number, "verb": verb, **fields}
            request = Frame(head, bytearray() if tail is None else tail)
            return good(self._answer(request, time.monotonic() + self._limit_s))

    def close(self) -> None:
        """Leave the keeper to others; the next request connects again."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def see_it_end(self) -> None:
        """Wait until the keeper is gone, and with it every write to its folder; no longer than for an answer."""
        if self._wire is not None:
            with suppress(Unavailable):
                self._wire.receive(time.monotonic() + self._limit_s)

    def _answer(self, request: Frame, deadline: float) -> Frame:
        wire = self._begun(request, deadline)
        try:
            answer = received(wire, request, deadline)
        except BaseException:
            # Kept only after a whole answer: the next request would read the rest of this one.
            wire.close()
            raise
        self._wire = wire
        return answer

    def _begun(self, request: Frame, deadline: float) -> Wire:
        """Return the connection on which the keeper has begun with this request."""
        kept, self._wire = self._wire, None
        if kept is not None:
            try:
                return _begin(kept, request, deadline)
            except Unavailable as error:
                # The keeper that closed it has not begun. Perhaps there is another one by now.
                if error.code != "station_locked":
                    raise
        return _begin(_dial(self._sockets, deadline), request, deadline)


class OwnLine:
    """The line to a token process that one command unlocked for itself; when it breaks, the station is locked."""

    def __init__(self, process: TokenProcess) -> None:
        self._process: TokenProcess | None = process

    def call(self, verb: str, tail: bytearray | None = None, /, **fields: object) -> Frame:
        """Return the answer; ``Unavailable`` (station_locked) after the process was lost."""
        if self._process is None:
            raise Unavailable("station_locked")
        try:
            return self._process.call(verb, tail, **fields)
        except Unavailable:
            self.close()
            raise

    def close(self) -> None:
        """Lock."""
        if self._process is not None:
            self._process.close()
            self._process = None


class OutsideKeys:
    """What the unlocked station HSM does with keys from outside, each held for one use."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def sign_once(self, mechanism: str, key: Sequence[memoryview], message: bytes) -> bytes:
        """Return the signature of a private key, given as its parts, that the HSM holds for this alone.

        Raises ``Refused``: unsupported (it cannot import such keys), key_not_protected (it would not keep them).
        """
        sizes = [len(part) for part in key]
        answer = self._secretly("sign_once", key, mechanism=mechanism, sizes=sizes, message=message.hex())
        return bytes.fromhex(str(value(answer)["signature"]))

    def mac_once(self, seed: memoryview, counters: Sequence[int]) -> list[bytes]:
        """Return the HMAC-SHA-1 (20 bytes) of each counter by a seed that the HSM holds for this alone; as above."""
        return split_secrets(self._secretly("mac_once", [seed], counters=list(counters)).tail, MAC_BYTES)

    def _secretly(self, verb: str, parts: Sequence[memoryview], **fields: object) -> Frame:
        tail = bytearray(sum(len(part) for part in parts))
        try:
            at = 0
            for part in parts:
                tail[at : at + len(part)] = part
                at += len(part)
            return self._line.call(verb, tail, **fields)
        finally:
            wipe(tail)


class StationHsm(OutsideKeys):
    """The closed list of what the unlocked station HSM does."""

    def unlocked_by(self) -> str:
        """Return the member id of the person whose slot unlocked the station."""
        return str(self._value("unlocked_by")["member"])

    def keys(self) -> list[str]:
        """Return the names of all key pairs in the HSM."""
        return [str(name) for name in cast(list[object], self._value("keys")["keys"])]

    def make_key(self, name: str, *, until_up_ns: int | None = None) -> bytes:
        """Make a P-256 key pair and return its uncompressed point (65 bytes); ``log`` is Ed25519 (32 bytes) if it can.

        With ``until_up_ns`` (suspend-inclusive clock) the keeper destroys it then. Raises ``Refused`` (key_exists).
        """
        return bytes.fromhex(str(self._value("make_key", key=name, until_up_ns=until_up_ns)["point"]))

    def keep_key(self, name: str, *, until_up_ns: int) -> None:
        """Move the time at which a key ends by itself; ``Refused`` (key_gone) if it does not exist."""
        self._value("keep_key", key=name, until_up_ns=until_up_ns)

    def destroy_key(self, name: str) -> None:
        """Destroy a key pair; a missing one is no error."""
        self._value("destroy_key", key=name)

    def sign(self, key: str, message: bytes) -> bytes:
        """Return the signature (64 bytes) of ``log`` (Ed25519, else ECDSA over SHA-256) or ``request`` (ECDSA)."""
        answer = self._line.call("sign", bytearray(message), key=key)
        return bytes.fromhex(str(value(answer)["signature"]))

    def derive(self, key: str, points: Sequence[bytes]) -> list[bytes]:
        """Return the raw ECDH x coordinates (32 bytes each); ``Refused`` (key_gone) when the key does not exist."""
        answer = self._line.call("derive", None, key=key, points=[point.hex() for point in points])
        return split_secrets(answer.tail)

    def anchor(self) -> list[bytes]:
        """Return the anchored checkpoints, oldest first."""
        return [bytes.fromhex(str(note)) for note in cast(list[object], self._value("anchor")["notes"])]

    def set_anchor(self, note: bytes) -> None:
        """Make the new anchor, then destroy the older ones."""
        self._line.call("set_anchor", bytearray(note))

    def held(self, what: str) -> list[bytes]:
        """Return what it holds of ``spool`` (heads) or ``paper`` (a paper mode), oldest first; mostly nothing."""
        return [bytes.fromhex(str(note)) for note in cast(list[object], self._value(HELD[what])["notes"])]

    def hold(self, what: str, note: bytes) -> None:
        """Hold this, then forget what was held before; ``b""`` leaves nothing."""
        self._line.call(f"set_{HELD[what]}", bytearray(note))

    def pinned(self) -> bytes:
        """Return the pinned genesis hash; ``Refused`` (not_pinned) before genesis."""
        return bytes.fromhex(str(self._value("pinned")["genesis"]))

    def pin(self, genesis: bytes) -> None:
        """Pin the genesis hash; ``Refused`` (already_pinned) the second time."""
        self._value("pin", genesis=genesis.hex())

    def close(self) -> None:
        """Leave; locks if this process unlocked for itself."""
        self._line.close()

    def _value(self, verb: str, **fields: object) -> Mapping[str, object]:
        return value(self._line.call(verb, None, **fields))


@contextmanager
def _called_the_hsm() -> Iterator[None]:
    """Say of the station's own token that it is missing: "the token" would be taken for a person's."""
    try:
        yield
    except Unavailable as error:
        if error.code in ("token_absent", "other_token"):
            raise Unavailable("hsm_absent") from error
        raise


def unlock(address: TokenAddress, pin: bytearray, member: str, *, environment: Mapping[str, str]) -> StationHsm:
    """Return the HSM unlocked for this process alone; ``close`` or the end of the process locks it. Wipes the PIN."""
    process = TokenProcess(address, environment)
    try:
        with _called_the_hsm():
            process.call("unlock", pin, label=address.label, member=member)
    except ConsoleError:
        process.close()
        raise
    return StationHsm(OwnLine(process))


def start_keeper(
    address: TokenAddress,
    pin: bytearray,
    member: str,
    sockets: Sequence[Path],
    *,
    environment: Mapping[str, str],
    idle_s: int = IDLE_S,
) -> None:
    """Start the keeper, which outlives this process. Wipes the PIN. ``Refused`` (already_unlocked, pin_wrong …)."""
    socket = next((path for path in sockets if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES), None)
    if socket is None:
        raise Unavailable("socket_path_too_long")
    wire = start_detached(PROCESS, environment)
    steps = (
        Frame({"id": 1, "verb": "load", **load_fields(address)}),
        Frame({"id": 2, "verb": "unlock", "label": address.label, "member": member}, pin),
        Frame({"id": 3, "verb": "keep", "socket": str(socket), "idle_s": idle_s}),
    )
    try:
        with _called_the_hsm():
            for request in steps:
                exchange(wire, request, time.monotonic() + LIMIT_S)
    finally:
        wipe(pin)
        wire.close()


def lock(sockets: Sequence[Path]) -> None:
    """End the keeper and see it gone: then its token may be pulled.

    ``Unavailable`` (station_locked) if there is none.
    """
    with closing(KeeperLine(sockets)) as line:
        line.call("lock")
        line.see_it_end()


def cut(sockets: Sequence[Path]) -> None:
    """Lock without asking the keeper, which may be busy: nobody reaches it any more, and it ends within a second.

    What it is answering just now it answers; a module that hangs it ends at its limit.
    """
    for path in sockets:
        path.unlink(missing_ok=True)


def through_keeper(sockets: Sequence[Path]) -> StationHsm:
    """Return the HSM through the running keeper."""
    return StationHsm(KeeperLine(sockets))


def keeper_sockets(station: Path, environment: Mapping[str, str]) -> list[Path]:
    """Return where the keeper of a station may listen, the best place first.

    The user's runtime folder ends with the login session; where there is none, the station's own folder.
    """
    own = station / "run" / "keeper.sock"
    runtime = environment.get("XDG_RUNTIME_DIR")
    if not runtime or not Path(runtime).is_dir():
        return [own]
    name = hashlib.sha256(os.fsencode(station.resolve())).hexdigest()[:16]
    return [Path(runtime) / "breakglass" / f"{name}.sock", own]


def _dial(sockets: Sequence[Path], deadline: float) -> Wire:
    for path in sockets:
        try:
            return dial(path, deadline)
        except Unavailable as error:
            if error.code == "no_answer":
                raise Unavailable("keeper_busy") from error
    raise Unavailable("station_locked")


def _begin(wire: Wire, request: Frame, deadline: float) -> Wire:
    """Send a request and wait until its turn has come. What is raised (closing the wire) says that it never came."""
    try:
        wire.send(request, deadline)
        wire.receive(deadline)
    except Unavailable as error:
        wire.close()
        raise Unavailable("keeper_busy" if error.code == "no_answer" else "station_locked") from error
    except BaseException:
        wire.close()
        raise
    return wire
