# SPDX-License-Identifier: Apache-2.0
"""Whoever takes out the token with which they unlocked has gone: the station locks, unless others need the port."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from console.domain.station import Place, place_after
from console.gui.shell.desk import Desk
from console.gui.snapshot import Snapshot
from console.language import say

TICK_MS = 1000
SIGNED_BY_MANY = ("people", "alarm")
"""Tasks at which several people sign one after the other."""


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
