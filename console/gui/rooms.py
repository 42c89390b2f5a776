# SPDX-License-Identifier: Apache-2.0
"""Every page of a station's window, made when it is first chosen: a page that nobody opens costs nothing.

A room holds the pages that belong together and what joins them to actions. Each is loaded by its own function,
so that what it needs is not loaded before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from console.gui.shell.desk import Desk
from console.gui.shell.window import Window

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from console.gui.kit.widgets import Page


@dataclass(frozen=True)
class Made:
    """The pages of a room in the order of its names, and its gestures."""

    pages: "Sequence[Page]"
    gestures: "Sequence[QObject]"


@dataclass(frozen=True)
class Room:
    """``tasks``: each page's name, and the task in the rail that it belongs to."""

    tasks: Mapping[str, str]
    make: Callable[[Desk], Made]


def add_rooms(window: Window, desk: Desk) -> None:
    """Let the window make every room when somebody first goes there."""
    for room in ROOMS:
        window.pages.promise(room.tasks, partial(_make, window, desk, room))


def _make(window: Window, desk: Desk, room: Room) -> None:
    made = room.make(desk)
    for (name, task), page in zip(room.tasks.items(), made.pages, strict=True):
        window.add_page(name, page, task=task)
    for gestures in made.gestures:
        # Kept by the window, as Qt keeps no Python object alive for its signals.
        gestures.setParent(window)
    desk.audience.present_to_new(desk.snapshot)


def _emergency(desk: Desk) -> Made:
    """Make what an emergency needs, all at once: nobody shall wait for a page then."""
    from console.gui.pages.activation.approve import ApproveScreen
    from console.gui.pages.activation.board import BoardScreen, OnePageGestures
    from console.gui.pages.activation.clock import ClockGestures, ClockScreen
    from console.gui.pages.activation.course import CourseGestures, CourseScreen
    from console.gui.pages.activation.emergency import EmergencyGestures
    from console.gui.pages.activation.far import FarGestures, FarScreen
    from console.gui.pages.activation.prepared import PreparedGestures, PreparedScreen
    from console.gui.pages.activation.request import RequestScreen
    from console.gui.pages.activation.session import SessionScreen, VetoGestures
    from console.gui.pages.activation.usage import UseGestures, UseScreen
    from console.gui.pages.journal.alarm import AlarmGestures, AlarmScreen

    board, request, approve, session = BoardScreen(), RequestScreen(), ApproveScreen(), SessionScreen()
    prepared, far, use, clock, alarm, course = (
        PreparedScreen(),
        FarScreen(),
        UseScreen(),
        ClockScreen(),
        AlarmScreen(),
        CourseScreen(),
    )
    desk.show_on(board, request, approve, session)
    emergency = EmergencyGestures(desk, board, request, approve, session)
    return Made(
        (board, request, prepared, approve, far, session, use, clock, alarm, course),
        (
            emergency,
            OnePageGestures(desk, board),
            PreparedGestures(desk, request, prepared, emergency.filed),
            FarGestures(desk, approve, session, far),
            UseGestures(desk, session, use),
            VetoGestures(desk, session),
            ClockGestures(desk, session, clock),
            AlarmGestures(desk, alarm, board),
            CourseGestures(desk, board, course),
        ),
    )


def _journal(desk: Desk) -> Made:
    from console.gui.pages.journal.entries import JournalGestures, JournalScreen
    from console.gui.pages.journal.entry import EntryGestures, EntryScreen

    journal, entry = JournalScreen(), EntryScreen()
    return Made([journal, entry], [JournalGestures(desk, journal), EntryGestures(desk, journal, entry)])


def _outside(desk: Desk) -> Made:
    from console.gui.pages.journal.outside import OutsideGestures, OutsideScreen

    screen = OutsideScreen()
    return Made([screen], [OutsideGestures(desk, screen)])


def _record(desk: Desk) -> Made:
    from console.gui.pages.record.record import RecordGestures, RecordScreen

    screen = RecordScreen()
    return Made([screen], [RecordGestures(desk, screen)])


def _counsel(desk: Desk) -> Made:
    from console.gui.pages.record.counsel import CounselGestures, CounselScreen

    screen = CounselScreen()
    return Made([screen], [CounselGestures(desk, screen)])


def _counts(desk: Desk) -> Made:
    from console.gui.pages.overview.counts import CountsGestures, CountsScreen

    screen = CountsScreen()
    return Made([screen], [CountsGestures(desk, screen)])


def _erasure(desk: Desk) -> Made:
    from console.gui.pages.privacy.erasure import ErasureGestures, ErasureScreen
    from console.gui.pages.privacy.holds import HoldsScreen

    erasure, holds = ErasureScreen(), HoldsScreen()
    return Made([erasure, holds], [ErasureGestures(desk, erasure, holds)])


def _paper(desk: Desk) -> Made:
    from console.gui.pages.paper.paper import PaperGestures, PaperScreen

    screen = PaperScreen()
    return Made([screen], [PaperGestures(desk, screen)])


def _people(desk: Desk) -> Made:
    from console.gui.pages.keyholder.away import AwayScreen
    from console.gui.pages.keyholder.enrol import EnrolmentGestures, EnrolScreen
    from console.gui.pages.keyholder.people import PeopleGestures, PeopleScreen

    people, enrol, away = PeopleScreen(), EnrolScreen(), AwayScreen()
    return Made([people, enrol, away], [PeopleGestures(desk, people), EnrolmentGestures(desk, people, enrol, away)])


def _custody(desk: Desk) -> Made:
    from console.gui.pages.keyholder.custody import CustodyGestures, CustodyScreen

    screen = CustodyScreen()
    return Made([screen], [CustodyGestures(desk, screen)])


def _sheets(desk: Desk) -> Made:
    from console.gui.pages.keyholder.sheets import SheetsScreen
    from console.gui.pages.keyholder.sheets_gestures import SheetGestures

    screen = SheetsScreen()
    return Made([screen], [SheetGestures(desk, screen)])


def _readiness(desk: Desk) -> Made:
    from console.gui.pages.readiness.readiness import ReadinessGestures, ReadinessScreen

    screen = ReadinessScreen()
    return Made([screen], [ReadinessGestures(desk, screen)])


def _upkeep(desk: Desk) -> Made:
    from console.gui.pages.backup.replacement import ReplaceGestures, ReplaceScreen
    from console.gui.pages.backup.upkeep import UpkeepGestures, UpkeepScreen

    upkeep, replace = UpkeepScreen(), ReplaceScreen()
    return Made([upkeep, replace], [UpkeepGestures(desk, upkeep), ReplaceGestures(desk, upkeep, replace)])


def _vault(desk: Desk) -> Made:
    from console.gui.pages.credential.confirm import ConfirmScreen
    from console.gui.pages.credential.gestures import VaultGestures
    from console.gui.pages.credential.seal import SealScreen
    from console.gui.pages.credential.vault import VaultScreen

    vault, seal, confirm = VaultScreen(), SealScreen(), ConfirmScreen()
    return Made([vault, seal, confirm], [VaultGestures(desk, vault, seal, confirm)])


def _carry(desk: Desk) -> Made:
    from console.gui.pages.handoff.carry import CarryGestures, CarryScreen

    screen = CarryScreen()
    return Made([screen], [CarryGestures(desk, screen)])


def _looks(_: Desk) -> Made:
    from console.gui.pages.station.looks import LooksGestures, LooksScreen

    screen = LooksScreen()
    return Made([screen], [LooksGestures(screen)])


def _everything(desk: Desk) -> Made:
    from console.gui.pages.overview.actions import EverythingGestures, EverythingScreen

    screen = EverythingScreen()
    return Made([screen], [EverythingGestures(desk.hands.window, screen)])


ROOMS = (
    Room(
        {
            "board": "board",
            "request": "request",
            "prepared": "request",
            "approve": "approve",
            "far": "approve",
            "session": "session",
            "use": "session",
            "clock": "session",
            "alarm": "alarm",
            "course": "board",
        },
        _emergency,
    ),
    Room({"journal": "journal", "entry": "journal"}, _journal),
    Room({"outside": "journal"}, _outside),
    Room({"record": "journal"}, _record),
    Room({"counsel": "journal"}, _counsel),
    Room({"counts": "journal"}, _counts),
    Room({"erasure": "journal", "holds": "journal"}, _erasure),
    Room({"paper": "journal"}, _paper),
    Room({"people": "people", "enrol": "people", "away": "people"}, _people),
    Room({"custody": "people"}, _custody),
    Room({"sheets": "people"}, _sheets),
    Room({"readiness": "readiness"}, _readiness),
    Room({"upkeep": "readiness", "replace": "readiness"}, _upkeep),
    Room({"vault": "vault", "seal": "vault", "confirm": "vault"}, _vault),
    Room({"carry": "station"}, _carry),
    Room({"looks": "station"}, _looks),
    Room({"everything": "station"}, _everything),
)
