# SPDX-License-Identifier: Apache-2.0
"""Gestures about the station itself: look at it, sign its genesis, unlock it, lock it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from console.domain.errors import Cancelled, ConsoleError, Refused
from console.gui.pages.station.unlock import UnlockScreen
from console.gui.shell.desk import Desk, say_error
from console.gui.shell.next_step import tasks_of
from console.gui.shell.station_words import LOCKED, SEALED, owed, state
from console.gui.snapshot import Snapshot
from console.language import say
from console.sentences.paper import LIGHTS, TONES

if TYPE_CHECKING:
    from console.actions.console import Console, Locked

EVERYTHING = ("station", "board", "request", "approve", "session", "journal", "people", "readiness", "vault")
MOST_MS = 3000
"""So long the lock waits for the worker, which notes it in the journal; logind gives five seconds before a suspend."""


class StationGestures(QObject):
    """Joins the unlock screen, the strip and the rail to ``actions.station``."""

    opened = Signal(str)
    """By whom it is unlocked, once the window shows it."""
    shut = Signal()
    """It is locked: nothing can be opened any more."""

    def __init__(self, desk: Desk, screen: UnlockScreen, cut: Callable[[], None]) -> None:
        super().__init__()
        self._desk, self._screen, self._window = desk, screen, desk.hands.window
        self._cut = cut
        """Ends the keeper without asking it, and without the worker."""
        self._is_first_look = True
        self._unlocked_here = self._is_locked = self._is_locking = False
        self._why = ""
        screen.unlock_asked.connect(self._unlock)
        screen.sign_asked.connect(self._sign)
        screen.lock_asked.connect(self.lock)
        self._window.strip.lock_asked.connect(self.lock)
        self._window.shortcut("Ctrl+L", self.lock)
        self._window.shortcut("Esc", partial(self._window.choose, "board"), on_panels=False)
        desk.on_locked, desk.on_lost = self._show_locked, self.begin
        desk.show_on(self)

    def begin(self) -> None:
        """Look whether the station is locked; another face may have unlocked it."""
        self._desk.hands.worker.run_locked(say("Opening the station"), _look, self._looked, self._look_failed)

    def lock(self, why: str = "") -> None:
        """Lock, whatever is going on; ``why`` is told to whoever comes next."""
        if self._is_locking or (self._is_locked and not self._desk.hands.worker.is_busy):
            # Somebody began to unlock, and has gone.
            self._desk.hands.operator.call_off()
            return
        self._is_locking, self._why = True, why
        QTimer.singleShot(MOST_MS, self, self.force)
        worker = self._desk.hands.worker
        try:
            self._desk.locked()
        finally:
            # Both at once: the second must not hang on the first, nor on this thread when the window is closing.
            worker.run(say("Locking"), _note_lock, _nothing, _nothing)
            worker.run_locked(say("Locking"), _lock, lambda _: self._over(), self._lock_failed)

    def lock_at_the_end(self) -> None:
        """Lock as the window closes, if it was this window that unlocked; another face keeps what it opened."""
        if self._unlocked_here:
            self.lock()

    def present(self, snapshot: Snapshot) -> None:
        """Show who has unlocked."""
        name = snapshot.name_of(snapshot.unlocked_by)
        self._desk.hands.operator.call_by({person.id: person.name for person in snapshot.people})
        is_alarm = snapshot.alarm is not None
        strip = self._window.strip
        strip.show_state(*state(snapshot), lockable=True)
        strip.show_holder(
            say("ALARM · unlocked by {name}", name=name) if is_alarm else say("Unlocked by {name}", name=name)
        )
        strip.show_owed(owed(snapshot))
        strip.show_light(LIGHTS[snapshot.light][0], TONES[snapshot.light])
        self._screen.show_unlocked(name)
        offered = tasks_of(snapshot)
        self._window.allow(offered if is_alarm or snapshot.is_reading() else EVERYTHING, offered)
        if self._is_first_look:
            self._is_first_look = False
            self.opened.emit(snapshot.unlocked_by)
            if is_alarm or not self._desk.returning.come_back(snapshot):
                self._window.choose("alarm" if is_alarm else "board")

    def forget(self) -> None:
        """The next snapshot is a first look again."""
        self._is_first_look = True

    def _over(self) -> None:
        self._is_locking = False
        self.begin()

    def force(self) -> None:
        """Lock without the worker, if it has not yet: it hangs on a device or a long work, and the entry is missing."""
        if self._is_locking:
            self._cut()
            self._show_that_locked()

    def _looked(self, found: tuple[Mapping[str, Any], Mapping[str, object] | None]) -> None:
        genesis, keeper = found
        self._screen.show_genesis(genesis)
        if keeper is not None:
            self._is_locked = False
            self._window.strip.show_state(*SEALED, lockable=True)
            self._desk.unlocked()
            return
        self._show_that_locked()
        self._window.allow(("station",))
        self._window.choose("station")
        self._screen.focus()

    def _show_that_locked(self) -> None:
        self._is_locked = True
        self.shut.emit()
        self._window.strip.show_state(*LOCKED, lockable=False)
        self._window.strip.show_holder(self._why)

    def _lock_failed(self, error: ConsoleError | Cancelled) -> None:
        self._is_locking = False
        self._cut()
        self._look_failed(error)

    def _look_failed(self, error: ConsoleError | Cancelled) -> None:
        self._window.strip.show_state(say("Not usable"), "danger", lockable=False)
        say_error(self._screen, error)

    def _unlock(self, member: str) -> None:
        from console.actions.station import lifecycle

        self._why, self._is_locked = "", False

        def done(_: object) -> None:
            self._unlocked_here = True
            self._desk.hands.worker.run(say("Unlocking"), lifecycle.note_unlock, opened, failed)

        def opened(_: object) -> None:
            self._desk.unlocked()

        def failed(error: ConsoleError | Cancelled) -> None:
            say_error(self._screen, error)
            if isinstance(error, Refused):
                # Whom the journal refuses does not stay logged in.
                self._cut()
                self.begin()
            else:
                self._desk.unlocked()

        self._desk.act_locked(
            self._screen,
            say("Unlocking"),
            lambda locked: lifecycle.unlock(locked, member),
            done,
            pin_of=member,
            why=say("To unlock this station."),
        )

    def _sign(self, member: str) -> None:
        from console.actions.station import lifecycle

        def sign(locked: "Locked") -> Mapping[str, Any]:
            return lifecycle.sign_genesis(locked, member)

        why = say("To sign the founding document.")
        self._desk.act_locked(self._screen, say("Signing"), sign, self._screen.show_genesis, pin_of=member, why=why)

    def _show_locked(self) -> None:
        self._unlocked_here = False
        self._window.strip.show_state(say("Locking"), "warning", lockable=False)
        self._screen.show_starting()
        self._window.allow(("station",))
        self._window.clear_way("station")


def _nothing(_: object) -> None:
    """An entry that cannot be written must not keep the station unlocked."""


def _look(locked: "Locked") -> tuple[Mapping[str, Any], Mapping[str, object] | None]:
    from console.actions.station import lifecycle

    return lifecycle.genesis(locked), locked.keepers.status()


def _note_lock(console: "Console") -> None:
    from console.actions.station import lifecycle

    lifecycle.note_lock(console)


def _lock(locked: "Locked") -> None:
    from console.actions.station import lifecycle

    lifecycle.lock(locked)
