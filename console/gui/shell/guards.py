# SPDX-License-Identifier: Apache-2.0
"""What locks an unlocked station from outside the window: the system, and the token of whoever unlocked.

Both are loaded at the first unlock: a locked window needs neither.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.domain.errors import Cancelled, ConsoleError
from console.gui.kit.widgets import Page
from console.gui.shell.desk import Desk, say_error

if TYPE_CHECKING:
    from console.actions.console import Locked
    from console.gui.shell.logind import Logind
    from console.gui.shell.token_lock import Seen, TokenLock


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
        from console.gui.shell.token_lock import TokenLock

        self._token = TokenLock(self._desk, found, member, self._lock)

    def _failed(self, error: ConsoleError | Cancelled) -> None:
        if isinstance(page := self._desk.hands.window.page, Page):
            say_error(page, error)


def _watch(member: str, locked: "Locked") -> "Seen":
    from console.wiring.watch import token_watch

    return token_watch(locked, member)
