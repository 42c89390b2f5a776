# SPDX-License-Identifier: Apache-2.0
"""The person at the terminal; fits the port ``Operator``.

Rules: a question goes to /dev/tty and nowhere else, so that pipes on stdin and stdout are free. A PIN or a secret is
read without echo into a buffer that is wiped. A confirmation is a typed word; anything else is no. With ``--pins``
nobody is asked anything.
"""

import os
import select
import stat
import sys
import termios
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from console import wording
from console.cli.plain import plain
from console.domain.errors import Cancelled, ConsoleError, Refused, Unavailable
from console.domain.pin import LEAST_PIN_LETTERS, SPENT, check_new_pin
from console.language import say
from console.settings import load_toml

MISTYPED = ("pin_wrong", "pin_short", "typed_differently")
"""What whoever types a PIN can mend at once."""
MAX_LINE = 4095
"""What a terminal in line mode delivers at most, its end included (termios(3)); the rest is dropped in silence."""
OTHER_SCREEN, FIRST_SCREEN = "\x1b[?1049h\x1b[2J\x1b[H", "\x1b[2J\x1b[?1049l"
"""The terminal's second screen has no scrollback: what stood on it is gone when it is left."""


class Terminal:
    """The terminal of this command, or the PINs of a script."""

    def __init__(self, tty: str, pins_file: str | None = None) -> None:
        self._tty = tty
        self._pins = read_pins(pins_file) if pins_file else None
        self._prepared: dict[str, bytearray] = {}
        self._kept: dict[str, bytearray] = {}

    def prepare_pin(self, member: str) -> None:
        """Ask a PIN now, for the next ``pin``: while somebody types, the station is not held."""
        self._prepared[member] = self.pin(member)

    @contextmanager
    def keeping_pins(
        self, members: Sequence[str], *, new: Container[str], try_pin: Callable[[str], None] = lambda _: None
    ) -> Iterator[None]:
        """Ask all these PINs now, a ``new`` one twice, and keep them while a station is founded; then wipe them.

        ``try_pin``: raises ``Refused`` (pin_wrong) where the PIN of a token that is there is wrong; it is asked again.
        """
        try:
            for member in members:
                self._kept[member] = _until_right(
                    partial(self._asked, member, new, try_pin), is_script=self._pins is not None
                )
            yield
        finally:
            for pin in self._kept.values():
                pin[:] = bytes(len(pin))
            self._kept.clear()

    def _asked(self, member: str, new: Container[str], try_pin: Callable[[str], None]) -> bytearray:
        if member in new and self._pins is None:
            told = say(
                "New PIN for {member} (at least {least} letters or digits)", member=member, least=LEAST_PIN_LETTERS
            )
            return self.secret_twice(told, check_new_pin)
        pin = self.pin(member)
        if member in new:
            return pin
        self._kept[member] = pin
        try:
            try_pin(member)
        except ConsoleError:
            del self._kept[member]
            pin[:] = bytes(len(pin))
            raise
        return pin

    def pin(self, member: str) -> bytearray:
        """Return a member's PIN; the caller wipes it. Raises ``Cancelled``, ``Refused`` (pin_not_in_file)."""
        if member in self._kept:
            return bytearray(self._kept[member])
        if member in self._prepared:
            return self._prepared.pop(member)
        if self._pins is None:
            return self.secret(say("PIN of {member}: ", member=member))
        if member not in self._pins:
            raise Refused("pin_not_in_file", member=member)
        return bytearray(self._pins[member].encode())

    def say(self, code: str, **facts: object) -> None:
        """Tell the person something."""
        sys.stderr.write(plain(wording.message(code, facts)) + "\n")
        sys.stderr.flush()

    def has_person(self) -> bool:
        """Say whether somebody can be asked: a script that brings PINs is asked nothing."""
        return self._pins is None and self.has_terminal()

    def has_terminal(self) -> bool:
        """Say whether there is a terminal to show something on."""
        try:
            with self.device():
                return True
        except Unavailable:
            return False

    def ask(self, question: str) -> str:
        """Return what was typed, without its ends; ``Cancelled`` at the end of input."""
        with self.device() as device:
            os.write(device, plain(question).encode())
            return _line(device).decode(errors="replace").strip()

    def confirm(self, question: str, word: str) -> None:
        """Go on only if exactly this word is typed; else ``Cancelled``."""
        if self.ask(say("{question} Type {word} to go on: ", question=question, word=word)) != word:
            raise Cancelled

    def secret(self, question: str) -> bytearray:
        """Return what was typed without echo; ``Cancelled`` for nothing, ``Unavailable`` (no_terminal)."""
        with self.device() as device, _silent(device):
            os.write(device, plain(question).encode())
            typed = _line(device)
            os.write(device, b"\n")
        if not typed:
            raise Cancelled
        return typed

    def secret_twice(self, question: str, check: Callable[[bytearray], None] = lambda _: None) -> bytearray:
        """Return what was typed twice the same; ``Refused`` (typed_differently), and as ``check`` after the first."""
        first = self.secret(f"{question}: ")
        try:
            check(first)
        except Refused:
            first[:] = bytes(len(first))
            raise
        second = self.secret(say("{question}, again: ", question=question))
        same = first == second
        second[:] = bytes(len(second))
        if not same:
            first[:] = bytes(len(first))
            raise Refused("typed_differently")
        return first

    @contextmanager
    def device(self) -> Iterator[int]:
        """Lend the terminal's descriptor; ``Unavailable`` (no_terminal)."""
        try:
            device = os.open(self._tty, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as error:
            raise Unavailable("no_terminal") from error
        try:
            if not os.isatty(device):
                raise Unavailable("no_terminal")
            yield device
        finally:
            os.close(device)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Lend the second screen, for what is typed in the open and must not stay in the scrollback."""
        with self.device() as device:
            os.write(device, OTHER_SCREEN.encode())
            try:
                yield
            finally:
                os.write(device, FIRST_SCREEN.encode())

    def show(self, title: str, secret: memoryview, *, seconds: int) -> str:
        """Show it on the second screen and erase it; return ``read_back`` once ``read`` is typed, else ``not_read``."""
        with self.device() as device:
            os.write(device, f"{OTHER_SCREEN}{plain(title)}\n\n".encode())
            try:
                write_all(device, secret)
                os.write(device, b"\n\n")
                return "read_back" if _typed_in_time(device, say("read"), seconds) else "not_read"
            finally:
                os.write(device, FIRST_SCREEN.encode())


def read_pins(file: str) -> dict[str, str]:
    """Return member id -> PIN.

    Raises ``Refused``: pins_file_exposed, pins_file_wrong; ``Unavailable``: file_unreadable.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as opened:
            found = os.fstat(descriptor)
            private = found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & ~0o600
            if not private or not stat.S_ISREG(found.st_mode):
                raise Refused("pins_file_exposed", file=file)
            table = load_toml(opened.read(), file)
    except OSError as error:
        raise Unavailable("file_unreadable", file=file, why=os.strerror(error.errno or 0)) from error
    if not all(isinstance(pin, str) and pin for pin in table.values()):
        raise Refused("pins_file_wrong", file=file)
    return table


def write_all(descriptor: int, data: memoryview) -> None:
    """Write every byte, without a copy."""
    while data:
        data = data[os.write(descriptor, data) :]


def _line(device: int) -> bytearray:
    """Return one line without its end, in a buffer of its own."""
    room = bytearray(MAX_LINE + 1)
    size = os.readv(device, [room])
    if size == 0:
        raise Cancelled
    if size >= MAX_LINE:
        raise Refused("secret_too_long", limit=MAX_LINE - 1)
    line = room[:size].rstrip(b"\r\n")
    room[:] = bytes(len(room))
    return line


@contextmanager
def _silent(device: int) -> Iterator[None]:
    before = termios.tcgetattr(device)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(device, termios.TCSAFLUSH, silent)
    try:
        yield
    finally:
        termios.tcsetattr(device, termios.TCSAFLUSH, before)


def _typed_in_time(device: int, word: str, seconds: int) -> bool:
    deadline = time.monotonic() + seconds
    poll = select.poll()
    poll.register(device, select.POLLIN)
    while True:
        asked = say("Type {word} once you have it; it goes away after {seconds} seconds: ", word=word, seconds=seconds)
        os.write(device, asked.encode())
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            return False
        try:
            if _line(device).decode(errors="replace").strip() == word:
                return True
        except Cancelled:
            return False


def _until_right(ask: Callable[[], bytearray], *, is_script: bool) -> bytearray:
    """Ask until it is right; a script, and whose token would not hear one more, are asked once."""
    while True:
        try:
            return ask()
        except Refused as error:
            if is_script or error.code not in MISTYPED or error.facts.get("tries") in SPENT:
                raise
            told = wording.explain(error)
            sys.stderr.write(plain(f"{told.what}\n{told.now}") + "\n")
            sys.stderr.flush()
