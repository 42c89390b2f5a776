# SPDX-License-Identifier: Apache-2.0
"""Every page for people who see little, press badly or have only keys: names, sizes, room, contrast, focus, Tab."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from console.gui.kit import theme
from console.gui.kit.looks import CONTRAST, DARK, DEFAULT, LIGHT, Looks
from console.gui.rooms import ROOMS
from console.gui.shell.window import Window
from tests.gui import audit
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, no_stray_windows, on_window

pytestmark = pytest.mark.real

PAGES = ["station", *(name for room in ROOMS for name in room.tasks if name != "alarm")]
SETTLED_MS, FILLED_MS = 40, 500
USUAL, MIDDLE, LEAST = QSize(1366, 768), QSize(1240, 700), QSize(900, 560)
CASES = [(USUAL, 100), (USUAL, 150), (USUAL, 200), (MIDDLE, 200), (LEAST, 100), (LEAST, 150), (LEAST, 200)]
TWICE_AS_LARGE_ON_LEAST = CASES[-1]
"""There a page may have to be scrolled sideways: it has half the width that WCAG 2.2, 1.4.10 (AA) asks for."""


@pytest.fixture
def hands(qtbot: QtBot, sample: Sample) -> Iterator[Hands]:
    with on_window(qtbot, sample.settings) as lent:
        lent.find(QListWidget, "Who are you?")
        lent.unlock(4, sample.pins["legal-ops-1"], "Eva Falk")
        lent.find(QPushButton, "Request break-glass access")
        yield lent
    theme.choose(theme.application(), DEFAULT)


def over_all_pages(hands: Hands, look: Callable[[Window], list[str]]) -> dict[str, list[str]]:
    """Return what is found on each page that has something."""
    found = {}
    for name in PAGES:
        hands.window.choose(name)
        hands.qtbot.wait(SETTLED_MS)
        if look(hands.window):
            # What the worker has just brought may still be on its way to its place.
            hands.qtbot.wait(FILLED_MS)
        said = look(hands.window)
        if said:
            found[name] = said
    return found


def test_names_and_sizes_of_everything(hands: Hands) -> None:
    with no_stray_windows():
        assert over_all_pages(hands, lambda window: audit.names(window) + audit.sizes(window)) == {}


@pytest.mark.long
@pytest.mark.parametrize(("size", "percent"), CASES, ids=lambda v: v if isinstance(v, int) else str(v.width()))
def test_nothing_is_cut_off_or_scrolls_sideways(hands: Hands, size: QSize, percent: int) -> None:
    hands.window.resize(size)
    theme.choose(theme.application(), Looks(LIGHT, percent))
    is_least = (size, percent) == TWICE_AS_LARGE_ON_LEAST
    look = audit.cut_off if is_least else lambda window: audit.cut_off(window) + audit.sideways(window)
    assert over_all_pages(hands, look) == {}
    assert hands.window.size() == size


@pytest.mark.long
@pytest.mark.parametrize("scheme", [LIGHT, DARK, CONTRAST])
def test_everything_stands_out_by_its_pixels(hands: Hands, scheme: str) -> None:
    theme.choose(theme.application(), Looks(scheme))
    assert over_all_pages(hands, audit.contrast) == {}


@pytest.mark.long
def test_every_control_is_reached_by_tab_and_shows_it(hands: Hands) -> None:
    hands.window.activateWindow()
    assert over_all_pages(hands, audit.unreachable) == {}
    assert over_all_pages(hands, audit.unseen_focus) == {}
