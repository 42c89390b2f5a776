# SPDX-License-Identifier: Apache-2.0
"""The rest of the window, after its first paint: the worker, the panels that ask, and what leads to the other pages."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.gui.kit.widgets import announce
from console.gui.pages.station.looks import listen
from console.gui.pages.station.unlock import UnlockScreen
from console.gui.pages.station.unlock_gestures import StationGestures
from console.gui.rooms import add_rooms
from console.gui.shell.announcements import Announcer
from console.gui.shell.clock_watch import ClockWatch, Watch
from console.gui.shell.desk import Desk, Hands
from console.gui.shell.guards import Guards
from console.gui.shell.idleness import IdleLock
from console.gui.shell.intake import Intake
from console.gui.shell.network_proof import NetworkProof
from console.gui.shell.next_card import NextCard, NextStepGestures
from console.gui.shell.operator import PinPanel, WindowOperator
from console.gui.shell.pictures import PicturesPanel
from console.gui.shell.secret_display import SecretPanel, WindowScreen
from console.gui.shell.window import Window
from console.gui.shell.worker import Place, Worker
from console.language import say
from console.settings import Settings, read

if TYPE_CHECKING:
    from console.ports.cameras import Cameras
    from console.ports.operator import Operator


def furnish(settings: Settings, window: Window, unlock: UnlockScreen) -> StationGestures:
    """Promise the other pages and start the worker; return what can lock the station."""
    names = {section.id: section.name for section in settings.keyholders}
    hands = make_hands(window, names, lambda operator: _open(settings.folder, operator))
    desk = Desk(hands)
    station = StationGestures(desk, unlock, lambda: _cut(settings))
    announcer = Announcer(partial(announce, window.strip))
    desk.show_on(announcer)
    # Kept by the window, as Qt keeps no Python object alive for its signals.
    for part in (desk, station, announcer):
        part.setParent(window)
    add_rooms(window, desk)
    _lead_from_anywhere(window)
    NextStepGestures(desk, NextCard()).setParent(window)
    watch(hands, window, station.lock_at_the_end)
    _watch_clock(hands, window)
    guards = Guards(desk, station.lock)
    station.opened.connect(guards.begin)
    station.shut.connect(guards.end)
    window.closing.connect(guards.end)
    # After the worker had its time: a window that is closed leaves nothing unlocked that it has unlocked.
    window.closing.connect(station.force)
    IdleLock(window, settings.station.idle_minutes, station.lock)
    hands.worker.start()
    station.begin()
    return station


def _lead_from_anywhere(window: Window) -> None:
    """Put in reach what is wanted from every page: all actions, and writing something down."""
    everything = partial(window.choose, "everything")
    window.pages.beside = "everything", "looks"
    window.rail.explain_holes(say("Alt and a number opens a task. A missing number: nothing there for you now."))
    window.rail.add_below(say("All actions"), everything, name=say("All actions, Control K"))
    window.shortcut("Ctrl+K", everything)
    window.shortcut("Ctrl+N", partial(window.choose, "record"))


def _cut(settings: Settings) -> None:
    from console.wiring.watch import cut_keeper

    cut_keeper(settings)


def _watch_clock(hands: Hands, window: Window) -> None:
    """Begin to watch as soon as the worker has loaded what that takes."""

    def make(_: object) -> Watch | None:
        from console.wiring.watch import clock_watch

        return clock_watch()

    def begin(found: Watch | None) -> None:
        if found is not None:
            watching = ClockWatch(hands.worker, found)
            watching.setParent(window)
            window.closing.connect(watching.end)

    hands.worker.run_locked("", make, begin, lambda _: None)


def _open(folder: Path, operator: "Operator") -> Place:
    # In the worker: loading the station's libraries takes longer than painting the window.
    from console.wiring.station import Station

    # Read anew each time: whoever joined stands in the file, not in what was read when the window opened.
    place: Place = Station(read(folder), operator, say)
    return place


def make_hands(
    window: Window, names: Mapping[str, str], open_place: "Callable[[Operator], Place]", *, is_own: bool = False
) -> Hands:
    """Return what gestures work with, its panels known to the window."""
    pin, secret, pictures = PinPanel(), SecretPanel(), PicturesPanel()
    window.add_panel(pin, pin.call_off)
    window.add_panel(secret, lambda: secret.answer("shown"), lambda: secret.is_showing)
    window.add_panel(pictures, pictures.close_it, lambda: pictures.is_showing)
    pictures.closed.connect(window.resume)
    operator = WindowOperator(
        pin, lambda member: names.get(member, member), lambda: window.interrupt(pin), window.resume
    )
    screen = WindowScreen(secret, lambda: window.interrupt(secret), window.resume)
    worker = Worker(lambda: open_place(operator))
    return Hands(window, worker, operator, screen, pictures, Intake(window, worker, _cameras, is_own=is_own))


def _cameras() -> "Cameras":
    from console.wiring.station import cameras

    return cameras()


def watch(hands: Hands, window: Window, lock: Callable[[], None]) -> None:
    """Show what the worker does; ``lock`` when the window closes."""
    listen(window)
    for part in (hands.worker, hands.operator, hands.screen, hands.intake):
        part.setParent(window)
    NetworkProof(window)
    hands.worker.busy.connect(window.strip.show_activity)
    hands.operator.said.connect(lambda code, facts: window.strip.show_activity(_sentence(code, facts)))
    hands.worker.broken.connect(
        lambda: window.strip.show_state(say("The program has failed: close it"), "danger", lockable=False)
    )

    def close() -> None:
        lock()
        hands.screen.end()
        hands.operator.call_off()
        hands.worker.stop()

    window.closing.connect(close)


def _sentence(code: str, facts: dict[str, object]) -> str:
    from console.wording import message

    return message(code, facts)
