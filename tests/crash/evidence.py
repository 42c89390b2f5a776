# SPDX-License-Identifier: Apache-2.0
"""What a load was promised before it was ended, and whether the station keeps it."""

import base64
import json
import os
import select
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.actions.console import Console
from console.domain.canonical import to_base64
from console.domain.journal.merkle import leaf_hash
from console.domain.payload import otp
from tests.crash.scenes import COUNTED
from tests.support.aftermath import check_journal, check_keys
from tests.support.scenes import CODES

MOST_COUNTED = 200

Line = Mapping[str, Any]


class Ear:
    """Reads what a load says, through a fifo that outlives it."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        self.path = path
        # Reading and writing, so that neither opening waits for the other end.
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._rest = b""
        self._lines: list[Line] = []
        self._next = 0
        """The first line that nobody has waited for."""

    def hear(self, seconds: float) -> list[Line]:
        """Return the lines that come in, at most so long; at once when there are some."""
        if not select.select([self._descriptor], [], [], max(0.0, seconds))[0]:
            return []
        *whole, self._rest = (self._rest + os.read(self._descriptor, 1 << 16)).split(b"\n")
        heard: list[Line] = [json.loads(line) for line in whole]
        self._lines += heard
        return heard

    def wait_for(self, what: str, seconds: float = 30.0) -> Line:
        """Return the next line of this kind."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for place in range(self._next, len(self._lines)):
                if self._lines[place]["what"] == what:
                    self._next = place + 1
                    return self._lines[place]
            self._next = len(self._lines)
            self.hear(deadline - time.monotonic())
        raise AssertionError(f"the load never said {what}: {self._lines[-5:]}")

    def wait(self, seconds: float) -> None:
        """Go on listening for so long: a full pipe would stop the load."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.hear(left)

    def all(self) -> list[Line]:
        """Return every line, once nobody is left to write any."""
        while self.hear(0):
            pass
        os.close(self._descriptor)
        return self._lines


@dataclass
class Evidence:
    """What one station was heard to promise, over all its crashes."""

    signed: dict[int, str] = field(default_factory=dict)
    """For each size the root that the log key signed; there can be one only."""
    shown: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: int = 0
    unknown: int = 0
    """Outcomes that a sweep had to write."""
    _size: int = 0
    _root: bytes = b""

    def check(self, console: Console, lines: Sequence[Line], sealed: Mapping[str, bytes]) -> None:
        """Compare the station, opened again, with what its load said: raises ``AssertionError``."""
        assert console.journal.alarm() == []
        assert console.journal.status()["findings"] == []
        assert console.vault.unmirrored() == []
        self._check_signed(console, [line for line in lines if line["what"] == "signed"])
        self._check_entries(console, [line for line in lines if line["what"] == "ack"])
        shown = [(line["title"], line["secret"]) for line in lines if line["what"] == "shown"]
        self.check_shown(shown, sealed)
        check_journal(console)
        check_keys(console)
        self._size, self._root = console.journal.size(), console.journal.checkpoint().root

    def _check_signed(self, console: Console, lines: Sequence[Line]) -> None:
        for line in lines:
            _, size, root = line["text"].rstrip("\n").split("\n")
            assert self.signed.setdefault(int(size), root) == root, f"two roots were signed for size {size}"
            assert to_base64(console.journal.root_at(int(size))) == root, f"the root at {size} is another now"
        if self._size:
            assert console.journal.root_at(self._size) == self._root

    def _check_entries(self, console: Console, lines: Sequence[Line]) -> None:
        entries = list(console.journal.entries(after=self._size - 1))
        stored = {entry.seq: (entry.id, to_base64(leaf_hash(entry.data))) for entry in entries}
        promised = {line["seq"]: (line["id"], line["leaf"]) for line in lines}
        assert len(promised) == len(lines), "one place was promised twice"
        lost = {seq: place for seq, place in promised.items() if stored.get(seq) != place}
        assert not lost, f"acknowledged and not there: {lost}"
        assert max(Counter(entry.id for entry in entries).values(), default=1) == 1, "an entry is there twice"
        self.acknowledged += len(lines)
        swept = [entry for entry in entries if entry.type == "release.outcome" and entry.proof == "program"]
        self.unknown += len(swept)

    def check_shown(self, shown: Sequence[tuple[str, str]], sealed: Mapping[str, bytes]) -> None:
        """Check that these, after all that was shown before, follow one another: no code comes again."""
        self.shown += shown
        every = {CODES: sealed[CODES].decode().split(), COUNTED: counted(sealed[COUNTED])}
        for name, codes in every.items():
            rest = iter(codes)
            told = [secret for title, secret in self.shown if title == name]
            assert all(code in rest for code in told), f"{name}: {told} of {codes}"


def counted(seed: bytes) -> list[str]:
    """Return the first of the counted codes of a seed in base32."""
    key = memoryview(base64.b32decode(seed))
    return [otp.code(mac, 6).decode() for mac in otp.macs(key, range(MOST_COUNTED))]


def end(process: int) -> None:
    """Kill -9; a load that lost its keeper or its disk may have ended by itself."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
    os.close(process)
