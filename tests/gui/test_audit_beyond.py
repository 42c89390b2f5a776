# SPDX-License-Identifier: Apache-2.0
"""The audit of what is no page of an unlocked station: the alarm, panels that interrupt, the other two windows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from console.adapters.qr import QrCodes
from console.domain.handoff.errand import ERRAND
from console.gui.kit import theme
from console.gui.kit.looks import CONTRAST, DARK, DEFAULT, LIGHT, Looks
from console.gui.kit.widgets import Page
from console.gui.own_window import make_own_window
from console.gui.pages.founding.found import FoundScreen
from console.gui.pages.founding.plan import Newcomer, Plan
from console.gui.pages.founding.steps import STEPS
from console.gui.scan.field import ScanField
from console.gui.shell.intake import Intake
from console.gui.shell.operator import DIFFERED, PinPanel
from console.gui.shell.pictures import PicturesPanel
from console.gui.shell.secret_display import SecretPanel, Showing
from console.gui.shell.window import Window
from console.gui.shell.worker import Worker
from console.gui.start_window import make_start_window
from tests.camera.scene import seen, taken
from tests.gui import audit
from tests.gui.conftest import Sample
from tests.gui.hands import Hands, on_window
from tests.support.fakes import FakeCamera, FakeCameras
from tests.support.handoffs import LABEL, REQUEST, NoStation, frames

pytestmark = [pytest.mark.real, pytest.mark.long]

SIZES = ((QSize(1366, 768), 100), (QSize(900, 560), 150), (QSize(1240, 700), 200))
SETTLED_MS = 300
PEOPLE = (Newcomer("legal-1", "Anna Berg", "legal"), Newcomer("it-1", "Carla Dietz", "it"))
PLAN = Plan("legal.example", "hamburg-1", "drill", "/media/second/station", people=PEOPLE, sample="M-2026-00117")


@pytest.fixture(autouse=True)
def looks() -> Iterator[None]:
    """Everything looks as it was made before and after."""
    theme.choose(theme.application(), DEFAULT)
    yield
    theme.choose(theme.application(), DEFAULT)


def faults(hands: Hands) -> list[str]:
    """Return what is wrong with what is shown: names, sizes, room, width in three sizes; contrast in all looks."""
    found, window = [], hands.window
    for size, percent in SIZES:
        window.resize(size)
        theme.choose(theme.application(), Looks(LIGHT, percent))
        hands.qtbot.wait(SETTLED_MS)
        said = [*audit.names(window), *audit.sizes(window), *audit.cut_off(window), *audit.sideways(window)]
        found += [f"{size.width()} at {percent} %: {one}" for one in said]
    for scheme in (LIGHT, DARK, CONTRAST):
        theme.choose(theme.application(), Looks(scheme))
        hands.qtbot.wait(SETTLED_MS)
        found += [f"{scheme}: {one}" for one in audit.contrast(window)]
    return found


def over(hands: Hands, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the faults of each page that has some."""
    found = {}
    for name in names:
        hands.window.choose(name)
        if said := faults(hands):
            found[name] = said
    return found


def shown(qtbot: QtBot, window: Window) -> Hands:
    qtbot.addWidget(window)
    window.show()
    return Hands(qtbot, window)


def test_the_alarm(qtbot: QtBot, alarmed: Sample) -> None:
    with on_window(qtbot, alarmed.settings) as hands:
        hands.unlock(0, alarmed.pins["legal-1"], "Anna Berg")
        hands.find(QPushButton, "Begin a new journal")
        assert over(hands, ["alarm"]) == {}
        hands.press("Begin a new journal")
        hands.read("Found: ")
        assert faults(hands) == []


def test_the_window_before_there_is_a_station(qtbot: QtBot, tmp_path: Path) -> None:
    window, _ = make_start_window(tmp_path)
    hands = shown(qtbot, window)
    assert over(hands, ["beginning", "putback", "newcard"]) == {}
    window.choose("found")
    page = window.page
    assert isinstance(page, FoundScreen)
    for step in range(len(STEPS)):
        page.show_plan(Plan(**{**vars(PLAN), "step": step}))
        assert (step, faults(hands)) == (step, [])
    window.close()


def test_the_console_of_ones_own(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "console.toml").write_text(
        '[keyholder]\nid = "legal-2"\nname = "Ben Clausen"\nrole = "legal"\n', encoding="utf-8"
    )
    window, _ = make_own_window(tmp_path)
    hands = shown(qtbot, window)
    hands.read("This console knows no station yet.")
    assert over(hands, ["own", "witness", "step", "telephone", "carry"]) == {}
    window.close()


@pytest.fixture
def bare(qtbot: QtBot) -> Iterator[Hands]:
    """Lend hands on a window in which only a panel can be seen."""
    window = Window("Test", [("page", "Page")], "")
    window.add_page("page", Page("Page"))
    window.choose("page")
    yield shown(qtbot, window)
    window.close()


def test_the_panel_for_a_pin(bare: Hands) -> None:
    panel = PinPanel()
    bare.window.add_panel(panel, lambda: None)
    bare.window.interrupt(panel)
    panel.ask("Anna Berg", "To approve this request.", ("The PIN was wrong.", "Two tries are left."))
    assert faults(bare) == []
    panel.ask_new("Anna Berg", again=True, wrong=DIFFERED)
    assert faults(bare) == []


@pytest.mark.parametrize(("kind", "secret"), [("password", b"b67a4-73cbr-8db32-9uba7"), ("codes", b"14303003")])
def test_the_panel_that_shows_a_secret(bare: Hands, kind: str, secret: bytes) -> None:
    panel = SecretPanel()
    bare.window.add_panel(panel, lambda: None)
    bare.window.interrupt(panel)
    picture = QrCodes().render(secret.decode()) if kind == "codes" else b""
    panel.present(Showing("idp-recovery-codes · one-time codes", memoryview(bytearray(secret)), kind, 120, picture))
    assert faults(bare) == []
    panel.answer("not_read")


def test_the_panel_of_pictures(bare: Hands) -> None:
    panel = PicturesPanel()
    bare.window.add_panel(panel, lambda: None)
    bare.window.interrupt(panel)
    pictures = [QrCodes().render(text) for text in frames(Random(3).randbytes(900))]
    panel.present("The request for Ben Clausen", "For Ben Clausen alone.", pictures, lambda: None)
    bare.press("Pause")
    assert faults(bare) == []
    bare.press("All at once")
    assert faults(bare) == []


def test_the_panel_that_scans(qtbot: QtBot) -> None:
    window, page = Window("Test", [("page", "Page")], ""), Page("Page")
    page.column.addWidget(ScanField(LABEL, [ERRAND]))
    window.add_page("page", page)
    texts = frames(REQUEST)
    held = FakeCamera("Webcam", [taken(seen(text)) for text in (texts[0], texts[3])], "loop")
    cameras, worker = FakeCameras({"video0": held}), Worker(NoStation)  # type: ignore[arg-type]
    intake = Intake(window, worker, lambda: cameras, is_own=False)
    worker.start()
    hands = shown(qtbot, window)
    window.choose("page")
    hands.press(f"Scan: {LABEL}")
    hands.read("2 of 5 pictures are here. Missing: 2-3, 5.")
    assert faults(hands) == []
    del intake
    window.close()
    worker.stop()
