# SPDX-License-Identifier: Apache-2.0
"""A journal with software keys around it, for the tests and benchmarks that need one."""

import os
import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.adapters.journal.context import Context, Reserve
from console.adapters.journal.journal import Journal, create, open_journal
from console.adapters.journal.log import Log
from console.adapters.journal.recorder import Recorder
from console.adapters.machine import uuid7
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Draft, Reading
from console.domain.errors import ConsoleError, Corrupt
from console.domain.journal import checkpoint
from console.domain.journal.checkpoint import VerifierKey, key_of
from console.ports.journal import Journal as JournalPort
from tests.support.memory_journal import MemoryJournal, Stored

LOG = "example.org/station-07/log-1"
DATABASE_KEY = bytes(range(32))
BALLAST_BYTES = 64 * 1024


def findings(status: Object) -> list[Object]:
    """Return what a journal's status says is wrong with it."""
    return cast(list[Object], status["findings"])


def recording(status: Object) -> Object:
    """Return what a journal's status says takes entries now."""
    return cast(Object, status["recording"])


@dataclass
class Surroundings:
    """What a journal needs, all in software: a log key, an anchor, opening keys, a clock, a mirror."""

    folder: Path
    log: str = LOG
    mode: str = "drill"
    signing_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.derive_private_key(7, ec.SECP256R1()))
    anchored: list[bytes] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    opening_keys: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fail: dict[str, ConsoleError] = field(default_factory=dict)
    """What the next call of that name raises."""
    anchors_hold: bool = False
    outside: list[bytes] = field(default_factory=list)
    """What came back from people."""

    @property
    def database(self) -> Path:
        return self.folder / "journal.db"

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    @property
    def key(self) -> VerifierKey:
        point = self.signing_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return key_of(self.log, point)

    def needs(self) -> Context:
        return Context(
            log=self.log,
            mode=self.mode,
            key=self.key,
            signer=self.sign,
            anchors=lambda: list(self.anchored),
            set_anchor=self.set_anchor,
            opening_key=self.opening_key,
            reading=self.reading,
            random=os.urandom,
            mirror=self.mirror,
            seal_to_mirror=lambda plain: b"sealed:" + plain,
            reserve=Reserve(
                lambda: list(self.heads),
                self.set_head,
                lambda plain: b"sealed:" + plain,
                lambda sealed: [_unsealed(each) for each in sealed],
            ),
            anchors_hold=self.anchors_hold,
            outside=lambda: list(self.outside),
        )

    def create(self) -> None:
        self.mirror.mkdir(exist_ok=True)
        create(self.database, bytearray(DATABASE_KEY), self.needs())

    def open(self, *, ballast_bytes: int = BALLAST_BYTES) -> Journal:
        return open_journal(self.database, bytearray(DATABASE_KEY), self.needs(), ballast_bytes=ballast_bytes)

    def journal(self) -> AbstractContextManager[JournalPort]:
        """Open it as any user of the port does."""
        return self.open()

    def record(self) -> Recorder:
        """Open the journal with its spool behind it."""
        return Recorder(self.open(), self.needs(), new_id)

    def sign(self, text: bytes) -> bytes:
        self._called("sign")
        r, s = decode_dss_signature(self.signing_key.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def note(self, size: int, root: bytes) -> bytes:
        """Return a checkpoint that the log's key signs, of this log's past or not."""
        text = checkpoint.text(self.log, size, root)
        return checkpoint.assemble(text, self.key, self.sign(text))

    def set_anchor(self, note: bytes) -> None:
        self._called("anchor")
        self.anchored[:] = [note]

    def set_head(self, note: bytes) -> None:
        self._called("head")
        self.heads[:] = [note] if note else []

    def opening_key(self, scope: str, *, create: bool) -> bytes | None:
        if create:
            self.opening_keys.setdefault(scope, os.urandom(32))
        return self.opening_keys.get(scope)

    def reading(self) -> Reading:
        return Reading(time.time_ns() // 1_000_000, "b007", time.clock_gettime_ns(time.CLOCK_BOOTTIME))

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.fail:
            raise self.fail.pop(name)


@dataclass
class InMemory(Surroundings):
    """The same around a log that is nowhere but in memory."""

    stored: Stored = field(default_factory=Stored)

    def create(self) -> None:
        """There is no file to make."""

    def journal(self) -> AbstractContextManager[JournalPort]:
        return MemoryJournal(self.needs(), self.stored)


def _unsealed(sealed: bytes) -> bytes:
    if not sealed.startswith(b"sealed:"):
        raise Corrupt("seal_broken")
    return sealed.removeprefix(b"sealed:")


def new_id() -> str:
    """Return an id for an entry."""
    return uuid7(1_795_435_200_000, os.urandom(10))


def draft(
    number: int = 0,
    *,
    type_: str = "activation.noted",
    act: str | None = "act-1",
    body: Object | None = None,
    fields: Mapping[str, Json] | None = None,
) -> Draft:
    """Return a draft of about 600 stored bytes, or with the body given."""
    filled: Object = {"number": number, "text": "x" * 200} if body is None else body
    return Draft(
        type=type_,
        actor="member-1",
        proof="token",
        id=uuid7(1_795_435_200_000, os.urandom(10)),
        body=filled,
        fields=fields or {},
        act=act,
    )


@contextmanager
def log_full(recorder: Recorder) -> Iterator[None]:
    """Let no file of this process grow beyond what the log's WAL has: its writes fail, those of the spool do not."""
    assert isinstance(recorder.inner, Journal)
    for number in range(16):
        recorder.inner.thread.run(partial(_grow, number=number))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _grow(log: Log, number: int) -> None:
    log.db.execute(f"PRAGMA user_version={number}")
