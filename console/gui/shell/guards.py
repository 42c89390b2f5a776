# SPDX-License-Identifier: Apache-2.0
"""What locks an unlocked station from outside the window: the system, and the token of whoever unlocked.

The bus to the system is loaded at the first unlock: a locked window needs none.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

from console.domain.errors import Cancelled, ConsoleError
from console.domain.station import Place, place_after
from console.gui.kit.widgets import Page
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Locked
    from console.gui.shell.logind import Logind

TICK_MS = 1000
SIGNED_BY_MANY = ("people", "alarm")
"""Tasks at which several people sign one after the other."""


class Guards(QObject):
    """One for the life of the window; ``lock`` is told the reason."""

    def __init__(self, desk: Desk, lock: Callable[[str], None]) -> None:
        super().__init__(desk.hands.window)
        self._desk, self._lock = desk, lock
        self._logind: Logind | None = None
        self._token: TokenLock | None = None

    def begin(self, member: str) -> None:
        """The station is unlocked by a person: watch."""
        from console.gui.shell.logind import Logind

        self._logind = self._logind or Logind(self, self._lock)
        self._logind.hold()
        self._desk.hands.worker.run_locked("", partial(_watch, member), partial(self._watch, member), self._failed)

    def end(self) -> None:
        """The station is locked: let the machine sleep, and the token go."""
        if self._logind is not None:
            self._logind.release()
        token, self._token = self._token, None
        if token is not None:
            token.end()

    def _watch(self, member: str, found: "Seen") -> None:
        self._token = TokenLock(self._desk, found, member, self._lock)

    def _failed(self, error: ConsoleError | Cancelled) -> None:
        if isinstance(page := self._desk.hands.window.page, Page):
            say_error(page, error)


class Seen(Protocol):
    """Tells whether one person's token is there: ``console.wiring.watch.TokenWatch``."""

    def look(self) -> bool | None: ...
    def close(self) -> None: ...


class TokenLock(QObject):
    """Calls ``lock`` with the reason."""

    def __init__(self, desk: Desk, watch: Seen, member: str, lock: Callable[[str], None]) -> None:
        super().__init__(desk.hands.window)
        self._desk, self._watch, self._member, self._lock = desk, watch, member, lock
        self.place = Place.UNSEEN
        """Where the token is, as it was seen last."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(TICK_MS)

    def look(self) -> None:
        """Look once, unless a token is at work: nothing may come between its login and its signature."""
        if self._desk.hands.operator.is_in_use:
            return
        is_in = self._watch.look()
        if is_in is None:
            return
        self.place = place_after(self.place, is_in=is_in, others_awaited=self._others_awaited())
        is_out = self.place is Place.OUT_FOR_OTHERS
        self._desk.hands.window.strip.show_token(say("Their token is out. Control L locks.") if is_out else "")
        if self.place is Place.GONE:
            self._lock(say("Locked because the token that had unlocked was taken out."))

    def end(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._watch.close()
        self.deleteLater()

    def _others_awaited(self) -> bool:
        hands, snapshot = self._desk.hands, self._desk.snapshot
        if hands.operator.asked not in ("", self._member):
            return True
        if hands.window.pages.task_shown_by(hands.window.page) in SIGNED_BY_MANY:
            return True
        return snapshot is not None and awaits_others(snapshot)


def awaits_others(snapshot: Snapshot) -> bool:
    """Return whether a request, more time, or going on after a clock step waits for the tokens of other people."""
    return any(
        view["state"] in ("requested", "frozen") or any(one["missing"] for one in view["seconding"])
        for view in snapshot.live
    )


def _watch(member: str, locked: "Locked") -> "Seen":
    from console.wiring.watch import token_watch

    return token_watch(locked, member)
