# SPDX-License-Identifier: Apache-2.0
"""The rest of the window, after its first paint: the other screens, the worker, and what joins them."""

from typing import TYPE_CHECKING

from console.gui.desk import Desk, Hands
from console.gui.gestures.emergency import EmergencyGestures
from console.gui.gestures.journal import JournalGestures
from console.gui.gestures.station import StationGestures
from console.gui.operator import PinPanel, WindowOperator
from console.gui.screens.approve import ApproveScreen
from console.gui.screens.board import BoardScreen
from console.gui.screens.journal import JournalScreen
from console.gui.screens.request import RequestScreen
from console.gui.screens.session import SessionScreen
from console.gui.screens.unlock import UnlockScreen
from console.gui.showing import SecretPanel, WindowScreen
from console.gui.window import Window
from console.gui.worker import Place, Worker
from console.settings import Settings

if TYPE_CHECKING:
    pass


def furnish(settings: Settings, window: Window, unlock: UnlockScreen) -> StationGestures:
    """Add the screens and start the worker; return what can lock the station."""
    hands = _hands(settings, window)
    board, request, approve = BoardScreen(), RequestScreen(), ApproveScreen()
    session, journal = SessionScreen(), JournalScreen()
    for name, page in zip(("board", "request", "approve", "session", "journal"),
                          (board, request, approve, session, journal), strict=True):  # fmt: skip
        window.add_page(name, page)
    desk = Desk(hands)
    desk.show_on(board, request, approve, session)
    station = StationGestures(desk, unlock)
    # Kept by the window, as Qt keeps no Python object alive for its signals.
    for part in (
        desk,
        station,
        EmergencyGestures(desk, board, request, approve, session),
        JournalGestures(desk, journal),
    ):
        part.setParent(window)
    _watch(hands, window, station)
    hands.worker.start()
    station.begin()
    return station


def _hands(settings: Settings, window: Window) -> Hands:
    pin, secret = PinPanel(), SecretPanel()
    window.add_panel(pin)
    window.add_panel(secret)
    names = {section.id: section.name for section in settings.keyholders}
    operator = WindowOperator(
        pin, lambda member: names.get(member, member), lambda: window.interrupt(pin), window.resume
    )
    screen = WindowScreen(secret, lambda: window.interrupt(secret), window.resume)

    def open_place() -> "Place":
        # In the worker: loading the station's libraries takes longer than painting the window.
        from console.wiring import Station

        place: Station = Station(settings, operator)
        return place

    return Hands(window, Worker(open_place), operator, screen)


def _watch(hands: Hands, window: Window, station: StationGestures) -> None:
    for part in (hands.worker, hands.operator, hands.screen):
        part.setParent(window)
    hands.worker.busy.connect(window.strip.show_activity)
    hands.operator.said.connect(lambda code, facts: window.strip.show_activity(_sentence(code, facts)))
    hands.worker.broken.connect(
        lambda: window.strip.show_state("The program has failed: close it", "danger", lockable=False)
    )

    def close() -> None:
        station.lock_at_the_end()
        hands.screen.end()
        hands.operator.call_off()
        hands.worker.stop()

    window.closing.connect(close)


def _sentence(code: str, facts: dict[str, object]) -> str:
    from console.wording import message

    return message(code, facts)
