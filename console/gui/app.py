# SPDX-License-Identifier: Apache-2.0
"""The window as a program: paint first, then open the station in the worker; lock when nobody is there any more."""

from console.gui.kit import theme
from console.gui.pages.station.unlock import UnlockScreen
from console.gui.shell.window import Window
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
DRILL = say("DRILL: this station is not the real one. Nothing here opens anything real.")


def run(settings: Settings, *, banner: str | None = None) -> int:
    """Open the window on a station and stay until it is closed; return the exit status."""
    app = theme.application()
    window, unlock = make_window(settings, banner)
    window.painted.connect(lambda: _furnish(settings, window, unlock))
    window.show()
    return app.exec()


def make_window(settings: Settings, banner: str | None) -> tuple[Window, UnlockScreen]:
    """Return the shell with its first page, before anything of the station is known."""
    station = settings.station
    told = banner if banner is not None else "" if station.mode == "real" else DRILL
    title = f"Break-Glass Console: {station.organisation}/{station.name}"
    # In the list of windows, too, it must not be taken for the real one.
    window = Window(say("DRILL · {title}", title=title) if told else title, TASKS, told, PASSING)
    unlock = UnlockScreen(f"{station.organisation}/{station.name}", settings.present())
    window.add_page("station", unlock)
    window.allow(("station",))
    window.choose("station")
    return window, unlock


def _furnish(settings: Settings, window: Window, unlock: UnlockScreen) -> None:
    # Everything that the first paint can do without is loaded here.
    from console.gui.assembly import furnish

    furnish(settings, window, unlock)
