# SPDX-License-Identifier: Apache-2.0
"""What is told to somebody who does not look: time running out, an approval, a stop, the lock. Each once.

The seconds of a countdown are shown and never told: a screen reader that counts says nothing else any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from console.gui.phrases import missing
from console.gui.snapshot import Snapshot, View
from console.language import say

TIME_LEFT = {
    600: say("{incident}: 10 minutes left"),
    300: say("{incident}: 5 minutes left"),
    60: say("{incident}: 1 minute left"),
    30: say("{incident}: 30 seconds left"),
}
"""Seconds before the end -> what is told then."""
TURNED = {
    "approved": say("{incident}: approved, ready to open"),
    "open": say("{incident}: open, the time runs"),
    "frozen": say("{incident}: frozen, nothing can be shown"),
    "ended": say("{incident}: ended, nothing more can be shown"),
}
RUNNING = ("open", "frozen")
LOCKED = say("The station is locked")
TICK_MS = 1000


@dataclass(frozen=True)
class Seen:
    """What was known of an activation at the last look."""

    state: str
    approvals: int
    left: int


def news(before: Mapping[str, Seen], snapshot: Snapshot) -> list[str]:
    """Return what has happened since; of an activation that was not known only what happens from now on."""
    told = []
    for view in snapshot.live:
        known, now = before.get(str(view["activation"])), seen(snapshot, view)
        if known is not None:
            told += [text.format(incident=view["justification"]["incident"]) for text in _turns(known, now, view)]
    return told


def seen(snapshot: Snapshot, view: View) -> Seen:
    """Return how an activation stands now."""
    return Seen(str(view["state"]), len(view["approvals"]), snapshot.seconds_left(view))


def _turns(known: Seen, now: Seen, view: View) -> list[str]:
    told = []
    if now.approvals > known.approvals:
        told.append(f"{{incident}}: {missing(view['missing'])}")
    if now.state != known.state and now.state in TURNED:
        told.append(TURNED[now.state])
    passed = [limit for limit in TIME_LEFT if known.left > limit >= now.left > 0]
    if now.state in RUNNING and passed:
        told.append(TIME_LEFT[min(passed)])
    return told


class Announcer(QObject):
    """Looks at every snapshot, and once a second at what time is left; ``tell`` says a text aloud, once."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell
        self._snapshot: Snapshot | None = None
        self._known: dict[str, Seen] = {}
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._look)

    def present(self, snapshot: Snapshot) -> None:
        """Tell what is new."""
        self._snapshot = snapshot
        self._look()
        (self._tick.start if snapshot.live else self._tick.stop)()

    def forget(self) -> None:
        """Tell that the station is locked."""
        self._snapshot, self._known = None, {}
        self._tick.stop()
        self._tell(LOCKED)

    def _look(self) -> None:
        if self._snapshot is None:
            return
        for text in news(self._known, self._snapshot):
            self._tell(text)
        self._known = {str(view["activation"]): seen(self._snapshot, view) for view in self._snapshot.live}
