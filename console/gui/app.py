# SPDX-License-Identifier: Apache-2.0
"""The window as a program: paint first, then open the station in the worker; lock when nobody is there any more."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from console.gui import lean, theme
from console.gui.screens.unlock import UnlockScreen
from console.gui.window import Window
from console.language import say
from console.settings import Settings

TASKS = (
    ("station", say("Station")),
    ("board", say("Board")),
    ("request", say("Request")),
    ("approve", say("Approve")),
    ("session", say("Session")),
    ("journal", say("Journal")),
    ("people", say("People")),
    ("readiness", say("Readiness")),
    ("vault", say("Vault")),
    ("alarm", say("Alarm")),
)
PASSING = ("alarm",)
"""Tasks that are only there while there is something to do."""
TOUCHES = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel)
DRILL = say("DRILL: this station is not the real one. Nothing here opens anything real.")


class IdleLock(QObject):
    """Calls ``lock`` after some minutes without a key or a move of the pointer, in any part of the program."""

    def __init__(self, app: QApplication, minutes: int, lock: Callable[[], None]) -> None:
        super().__init__(app)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(minutes * 60_000)
        self._timer.timeout.connect(lock)
        self._timer.start()
        app.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Begin to count anew at every touch."""
        if event.type() in TOUCHES:
            self._timer.start()
        return False


def run(settings: Settings, *, banner: str | None = None) -> int:
    """Open the window on a station and stay until it is closed; return the exit status."""
    app = theme.application()
    window, unlock = make_window(settings, banner)
    window.painted.connect(lambda: _furnish(app, settings, window, unlock))
    window.show()
    return app.exec()


def make_window(settings: Settings, banner: str | None) -> tuple[Window, UnlockScreen]:
    """Return the shell with its first page, before anything of the station is known."""
    station = settings.station
    told = banner if banner is not None else "" if station.mode == "real" else DRILL
    window = Window(f"Break-Glass Console: {station.organisation}/{station.name}", TASKS, told, PASSING)
    unlock = UnlockScreen(f"{station.organisation}/{station.name}", settings.present())
    window.add_page("station", unlock)
    window.allow(("station",))
    window.choose("station")
    return window, unlock


def _furnish(app: QApplication, settings: Settings, window: Window, unlock: UnlockScreen) -> None:
    # Everything that the first paint can do without is loaded here.
    from console.gui.furnish import furnish

    station = furnish(settings, window, unlock)
    IdleLock(app, settings.station.idle_minutes, station.lock)
    lean.go_on()
