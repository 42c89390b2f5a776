# SPDX-License-Identifier: Apache-2.0
"""Approve and open per token implementation, as ratios to the bare token operations in the same run.

    python tests/benchmarks/implementations.py [--quick] [--json] [--write] [--folder DIR]

Each arrangement of ``tests/tokens`` that is installed. *Approve* is what a person's token does for a request of one
item, with everything around it but the journal: find the token, open the share, seal it to the request key, sign. Its
floor is login, decapsulation, login and signature on the same token in this one process, without pipe, folder guard
or checks; of the software key file the same in bare cryptography. *Open* is what the station's HSM does for two
approvals, were it of this make. Medians; PINs are stretched already.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import pytest
from pkcs11 import PrivateKey, Session

from console.adapters.hsm.process import KEY_FILE
from console.adapters.hsm.station import unlock
from console.domain import keys
from console.domain.errors import ConsoleError
from console.domain.keyholder import keyfile
from console.domain.policy.keyholder import TokenKeys
from console.tokens import keys as token_keys
from console.tokens.module import Module
from console.tokens.p11raw import RawModule
from tests.benchmarks.performance import Row, finish, in_turns, options, row, timed
from tests.tokens.devices import IMPLEMENTATIONS, Device
from tests.tokens.quorum import sealed_to

DIGEST = bytes(range(32))
OPENING = "open-benchmark"


class BareToken:
    """The same token in this process: what somebody would write who has only its module."""

    def __init__(self, device: Device, folder: Path) -> None:
        if device.address.folder is not None:  # Not the live one: SoftHSM writes at each login.
            shutil.copytree(device.address.folder / "tokens", folder / "tokens")
            (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
            os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
        os.environ.update(device.environment)
        self.raw = RawModule(str(device.address.module), device.address.reserved)
        self._token = Module(self.raw, nullcontext, counts_tries=True).find(device.address.label, {}).token
        self._pin = device.pin.encode()

    def close(self) -> None:
        """Let the module go."""
        self.raw.finalize()

    def use(self, act: Callable[[Session, bytearray], object]) -> None:
        """Do something with the user logged in, and close everything."""
        pin = bytearray(self._pin)
        session = self._token.open()
        self.raw.login(session, pin)
        act(session, pin)
        self.raw.close_sessions(self._token.slot.slot_id)

    def approve(self, known: TokenKeys, sealed: bytes) -> None:
        """Open one share and sign once."""

        def share(session: Session, pin: bytearray) -> None:
            key = self._key(session, known.share, "share")
            token_keys.decapsulate(self.raw, key, known.mechanism, [sealed], pin)

        def sign(session: Session, pin: bytearray) -> None:
            key = self._key(session, known.sign, "sign")
            token_keys.sign(self.raw, key, known.signing, DIGEST, pin)

        self.use(share)
        self.use(sign)

    def _key(self, session: Session, public: bytes, name: str) -> PrivateKey:
        return token_keys.private_by_id(session, token_keys.ids_of(self.raw, session, [public])[public], name)


def measure(name: str, rounds: int) -> Iterator[Row]:
    """Yield the rows of one implementation; raises pytest's skip where it is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="bg-"))
    try:
        with IMPLEMENTATIONS[name](folder) as device:
            if device.enter:
                pytest.skip("it lives in a namespace of its own, which this process cannot enter")
            yield _approving(name, device, folder / "bare", rounds)
            yield from _opening(name, device, folder / "bare-station", rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _approving(name: str, device: Device, folder: Path, rounds: int) -> Row:
    with closing(device.token()) as enrolling:
        known = enrolling.enrol(("sign", "share", "read"))
    with closing(device.token(known)) as token:
        glass = sealed_to({"legal-1": (token, known)}, {"it": 1, "legal": 1}, {"it": 1, "legal": 1})
        sealed = _encapsulation(known)
        folder.mkdir()
        with _bare_approval(device, known, sealed, folder) as bare:
            ours, floor = in_turns(rounds, partial(timed, partial(glass.approve, "legal-1")), partial(timed, bare))
    return row(f"approve, {name}", ours, floor)


@contextmanager
def _bare_approval(device: Device, known: TokenKeys, sealed: bytes, folder: Path) -> Iterator[Callable[[], object]]:
    if device.address.module != KEY_FILE:
        with closing(BareToken(device, folder)) as bare:
            yield partial(bare.approve, known, sealed)
        return
    assert device.disk is not None
    file = keyfile.parse((device.disk / keyfile.FILE_NAME).read_bytes())
    scalars = keyfile.opened(file, keyfile.stretch(bytearray(device.pin.encode()), file))
    yield lambda: (keyfile.shared_x(scalars["share"], sealed), keyfile.sign(scalars["sign"], DIGEST))


def _encapsulation(known: TokenKeys) -> bytes:
    blob = keys.seal_to(known.share, bytes(33), info=b"", mechanism=known.mechanism)
    if known.mechanism == keys.P256_HPKE:
        return blob[: keys.POINT_BYTES]
    return blob[: keys.check_rsa(known.share).key_size // 8]


def _opening(name: str, device: Device, folder: Path, rounds: int) -> Iterator[Row]:
    try:
        hsm = unlock(device.address, bytearray(device.pin.encode()), "legal-1", environment=device.environment)
    except ConsoleError:
        return
    with closing(hsm), ExitStack() as stack:
        try:
            point = hsm.make_key(OPENING)
            hsm.derive(OPENING, [point])
        except ConsoleError:
            return  # It makes no keys, or has no ECDH: no HSM for a station.
        blobs = [(keys.seal_to(point, bytes(33), info=b"share"), b"share")] * 2
        points = [blob[: keys.POINT_BYTES] for blob, _ in blobs]
        folder.mkdir()
        bare = stack.enter_context(closing(BareToken(device, folder)))

        def measure_both(session: Session, _: bytearray) -> list[list[float]]:
            key = token_keys.private_key(session, OPENING)
            floor = partial(timed, partial(token_keys.derive, bare.raw, key, points))
            ours = partial(timed, partial(keys.open_sealed, partial(hsm.derive, OPENING), point, blobs))
            return in_turns(rounds, ours, floor)

        found: list[list[float]] = []
        bare.use(lambda session, pin: found.extend(measure_both(session, pin)))
        series, floors = found
        yield row(f"open two approvals, {name}", series, floors)


def main() -> int:
    """Measure, print."""
    chosen, rows = options(__doc__), list[Row]()
    for name in IMPLEMENTATIONS:
        try:
            rows += measure(name, 3 if chosen.quick else 31)
        except pytest.skip.Exception as skipped:
            sys.stderr.write(f"{name}: {skipped.msg}\n")
    return finish("Approve and open, per implementation", rows, chosen)


if __name__ == "__main__":
    sys.exit(main())
