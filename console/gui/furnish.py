# SPDX-License-Identifier: Apache-2.0
"""The rest of the window, after its first paint: the other screens, the worker, and what joins them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.gui.clockwatch import ClockWatch, Watch
from console.gui.desk import Desk, Hands
from console.gui.gestures.alarm import AlarmGestures
from console.gui.gestures.carry import CarryGestures
from console.gui.gestures.clock import ClockGestures
from console.gui.gestures.counsel import CounselGestures
from console.gui.gestures.counts import CountsGestures
from console.gui.gestures.custody import CustodyGestures
from console.gui.gestures.emergency import EmergencyGestures
from console.gui.gestures.enrolment import EnrolmentGestures
from console.gui.gestures.erasure import ErasureGestures
from console.gui.gestures.everything import EverythingGestures
from console.gui.gestures.far import FarGestures
from console.gui.gestures.journal import JournalGestures
from console.gui.gestures.onepage import OnePageGestures
from console.gui.gestures.outside import OutsideGestures
from console.gui.gestures.paper import PaperGestures
from console.gui.gestures.people import PeopleGestures
from console.gui.gestures.prepared import PreparedGestures
from console.gui.gestures.readiness import ReadinessGestures
from console.gui.gestures.record import RecordGestures
from console.gui.gestures.replace import ReplaceGestures
from console.gui.gestures.sheets import SheetGestures
from console.gui.gestures.station import StationGestures
from console.gui.gestures.upkeep import UpkeepGestures
from console.gui.gestures.usage import UseGestures
from console.gui.gestures.vault import VaultGestures
from console.gui.gestures.veto import VetoGestures
from console.gui.operator import PinPanel, WindowOperator
from console.gui.pictures import PicturesPanel
from console.gui.screens.alarm import AlarmScreen
from console.gui.screens.approve import ApproveScreen
from console.gui.screens.away import AwayScreen
from console.gui.screens.board import BoardScreen
from console.gui.screens.carry import CarryScreen
from console.gui.screens.clock import ClockScreen
from console.gui.screens.confirm import ConfirmScreen
from console.gui.screens.counsel import CounselScreen
from console.gui.screens.counts import CountsScreen
from console.gui.screens.custody import CustodyScreen
from console.gui.screens.enrol import EnrolScreen
from console.gui.screens.erasure import ErasureScreen
from console.gui.screens.everything import EverythingScreen
from console.gui.screens.far import FarScreen
from console.gui.screens.holds import HoldsScreen
from console.gui.screens.journal import JournalScreen
from console.gui.screens.outside import OutsideScreen
from console.gui.screens.paper import PaperScreen
from console.gui.screens.people import PeopleScreen
from console.gui.screens.prepared import PreparedScreen
from console.gui.screens.readiness import ReadinessScreen
from console.gui.screens.record import RecordScreen
from console.gui.screens.replace import ReplaceScreen
from console.gui.screens.request import RequestScreen
from console.gui.screens.seal import SealScreen
from console.gui.screens.session import SessionScreen
from console.gui.screens.sheets import SheetsScreen
from console.gui.screens.unlock import UnlockScreen
from console.gui.screens.upkeep import UpkeepScreen
from console.gui.screens.usage import UseScreen
from console.gui.screens.vault import VaultScreen
from console.gui.showing import SecretPanel, WindowScreen
from console.gui.widgets import Page
from console.gui.window import Window
from console.gui.worker import Place, Worker
from console.language import say
from console.settings import Settings, read

if TYPE_CHECKING:
    from console.actions.ports import Operator


def furnish(settings: Settings, window: Window, unlock: UnlockScreen) -> StationGestures:
    """Add the screens and start the worker; return what can lock the station."""
    names = {section.id: section.name for section in settings.keyholders}
    hands = make_hands(window, names, lambda operator: _open(settings.folder, operator))
    board, request, approve = BoardScreen(), RequestScreen(), ApproveScreen()
    session, journal, alarm, sheets = SessionScreen(), JournalScreen(), AlarmScreen(), SheetsScreen()
    far, prepared, readiness = FarScreen(), PreparedScreen(), ReadinessScreen()
    people, enrol, custody, away = PeopleScreen(), EnrolScreen(), CustodyScreen(), AwayScreen()
    pages: tuple[tuple[str, str, Page], ...] = (
        ("board", "board", board), ("request", "request", request), ("request", "prepared", prepared),
        ("approve", "approve", approve), ("approve", "far", far), ("session", "session", session),
        ("journal", "journal", journal), ("people", "people", people), ("people", "enrol", enrol),
        ("people", "custody", custody), ("people", "away", away), ("people", "sheets", sheets),
        ("readiness", "readiness", readiness), ("alarm", "alarm", alarm),
    )  # fmt: skip
    for task, name, page in pages:
        window.add_page(name, page, task=task)
    desk = Desk(hands)
    desk.show_on(board, request, approve, session)
    station = StationGestures(desk, unlock)
    emergency = EmergencyGestures(desk, board, request, approve, session)
    # Kept by the window, as Qt keeps no Python object alive for its signals.
    for part in (
        desk,
        station,
        emergency,
        OnePageGestures(desk, board),
        *_session(desk, window, session),
        PreparedGestures(desk, request, prepared, emergency.filed),
        ReadinessGestures(desk, readiness),
        *_beside_the_journal(desk, window, journal),
        AlarmGestures(desk, alarm, board),
        PeopleGestures(desk, people),
        CustodyGestures(desk, custody),
        SheetGestures(desk, sheets),
        FarGestures(desk, approve, session, far),
        EnrolmentGestures(desk, people, enrol, away),
        *_vault(desk, window),
        *_beside_everything(desk, window),
        *_beside_readiness(desk, window, readiness),
    ):
        part.setParent(window)
    watch(hands, window, station.lock_at_the_end)
    _watch_clock(hands, window)
    hands.worker.start()
    station.begin()
    return station


def _beside_the_journal(desk: Desk, window: Window, journal: JournalScreen) -> Iterator[QObject]:
    """Add the pages that the journal leads to; yield its gestures and theirs."""
    outside, record, counsel = OutsideScreen(), RecordScreen(), CounselScreen()
    counts, erasure, holds, paper = CountsScreen(), ErasureScreen(), HoldsScreen(), PaperScreen()
    pages = (
        ("outside", outside), ("record", record), ("counsel", counsel), ("counts", counts), ("erasure", erasure),
        ("holds", holds), ("paper", paper),
    )  # fmt: skip
    for name, page in pages:
        window.add_page(name, page, task="journal")
    yield JournalGestures(desk, journal)
    yield OutsideGestures(desk, journal, outside)
    yield RecordGestures(desk, journal, record)
    yield CounselGestures(desk, journal, counsel)
    yield CountsGestures(desk, counts)
    yield ErasureGestures(desk, erasure, holds)
    yield PaperGestures(desk, paper)


def _beside_readiness(desk: Desk, window: Window, readiness: ReadinessScreen) -> Iterator[QObject]:
    """Add the pages that the readiness leads to; yield their gestures."""
    upkeep, replace = UpkeepScreen(), ReplaceScreen()
    for name, page in (("upkeep", upkeep), ("replace", replace)):
        window.add_page(name, page, task="readiness")
    yield UpkeepGestures(desk, readiness, upkeep)
    yield ReplaceGestures(desk, upkeep, replace)


def _beside_everything(desk: Desk, window: Window) -> Iterator[QObject]:
    """Add the pages that belong to no task; yield their gestures."""
    carry, everything = CarryScreen(), EverythingScreen()
    for name, page in (("carry", carry), ("everything", everything)):
        window.add_page(name, page, task="station")
    yield CarryGestures(desk, carry)
    yield EverythingGestures(window, everything)


def _session(desk: Desk, window: Window, session: SessionScreen) -> Iterator[QObject]:
    """Add the pages that a session leads to; yield their gestures."""
    use, clock = UseScreen(), ClockScreen()
    for name, page in (("use", use), ("clock", clock)):
        window.add_page(name, page, task="session")
    yield UseGestures(desk, session, use)
    yield VetoGestures(desk, session)
    yield ClockGestures(desk, session, clock)


def _vault(desk: Desk, window: Window) -> Iterator[QObject]:
    """Add the pages about what is sealed; yield their gestures."""
    vault, seal, confirm = VaultScreen(), SealScreen(), ConfirmScreen()
    for name, page in (("vault", vault), ("seal", seal), ("confirm", confirm)):
        window.add_page(name, page, task="vault")
    yield VaultGestures(desk, vault, seal, confirm)


def _watch_clock(hands: Hands, window: Window) -> None:
    """Begin to watch as soon as the worker has loaded what that takes."""

    def make(_: object) -> Watch | None:
        from console.wiring import clock_watch

        return clock_watch()

    def begin(found: Watch | None) -> None:
        if found is not None:
            watching = ClockWatch(hands.worker, found)
            watching.setParent(window)
            window.closing.connect(watching.end)

    hands.worker.run_locked("", make, begin, lambda _: None)


def _open(folder: Path, operator: "Operator") -> Place:
    # In the worker: loading the station's libraries takes longer than painting the window.
    from console.wiring import Station

    # Read anew each time: whoever joined stands in the file, not in what was read when the window opened.
    place: Place = Station(read(folder), operator)
    return place


def make_hands(window: Window, names: Mapping[str, str], open_place: "Callable[[Operator], Place]") -> Hands:
    """Return what gestures work with, its panels known to the window."""
    pin, secret, pictures = PinPanel(), SecretPanel(), PicturesPanel()
    for panel in (pin, secret, pictures):
        window.add_panel(panel)
    pictures.closed.connect(window.resume)
    operator = WindowOperator(
        pin, lambda member: names.get(member, member), lambda: window.interrupt(pin), window.resume
    )
    screen = WindowScreen(secret, lambda: window.interrupt(secret), window.resume)
    return Hands(window, Worker(lambda: open_place(operator)), operator, screen, pictures)


def watch(hands: Hands, window: Window, lock: Callable[[], None]) -> None:
    """Show what the worker does; ``lock`` when the window closes."""
    for part in (hands.worker, hands.operator, hands.screen):
        part.setParent(window)
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
