# SPDX-License-Identifier: Apache-2.0
"""Pages are made when they are first chosen, in rooms of pages that belong together."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.gui.app import PASSING, TASKS
from console.gui.catalogue import DEEDS
from console.gui.kit.widgets import Page
from console.gui.rooms import ROOMS
from console.gui.shell.window import Window


def test_every_deed_has_its_page_in_one_room_and_every_page_its_task_in_the_rail() -> None:
    pages = [name for room in ROOMS for name in room.tasks]
    assert len(pages) == len(set(pages))
    assert {deed.page for deed in DEEDS} - {"station"} <= set(pages)
    assert {task for room in ROOMS for task in room.tasks.values()} <= {name for name, _ in TASKS}


def test_a_room_is_made_when_one_of_its_pages_is_first_chosen_and_once(qtbot: QtBot) -> None:
    window = Window("Title", TASKS, "", PASSING)
    qtbot.addWidget(window)
    window.allow(("station", "journal"))
    made: list[str] = []

    def make() -> None:
        for name in ("erasure", "holds"):
            made.append(name)
            window.add_page(name, Page(name), task="journal")

    window.pages.promise({"erasure": "journal", "holds": "journal"}, make)
    window.pages.promise({"people": "people"}, lambda: made.append("people"))
    assert window.is_allowed("holds") and made == []
    window.choose("people")  # not allowed now
    window.choose("holds")
    window.choose("erasure")
    assert made == ["erasure", "holds"]
    assert window.page.accessibleName() == "erasure"


def test_a_page_that_is_chosen_while_a_panel_asks_is_made_and_not_shown(qtbot: QtBot) -> None:
    window = Window("Title", TASKS, "", PASSING)
    qtbot.addWidget(window)
    window.allow(("station", "board"))
    window.add_page("station", Page("Station"))
    panel = QWidget()
    window.add_panel(panel, window.resume)
    window.interrupt(panel)
    made: list[QWidget] = []

    def make() -> None:
        made.append(Page("Board"))
        window.add_page("board", made[0])

    window.pages.promise({"board": "board"}, make)
    window.choose("board")
    assert len(made) == 1 and window.is_interrupted
    window.resume()
    window.choose("board")
    assert window.page is made[0]
