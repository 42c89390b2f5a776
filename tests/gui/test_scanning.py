# SPDX-License-Identifier: Apache-2.0
"""Whatever comes in comes through one field: by camera, typing scanner or files, and in words before it is used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from console.adapters.qr import QrCodes
from console.domain.handoff import frames as handoff
from console.domain.handoff.errand import ANSWER, ERRAND, Sealed
from console.gui.kit import theme
from console.gui.kit.widgets import Page
from console.gui.scan.boxes import FrameBoxes
from console.gui.scan.field import ScanField
from console.gui.shell.intake import Intake
from console.gui.shell.window import Window
from console.gui.shell.worker import Worker
from tests.camera.scene import seen, taken
from tests.gui.hands import Hands
from tests.support.fakes import FakeCamera, FakeCameras
from tests.support.handoffs import LABEL, REQUEST, NoStation, frames
from tests.support.scanners import typed

OTHER = Sealed(ERRAND, bytes(8), bytes(8), Random(2).randbytes(1400)).encode()
WRONG = Sealed(ANSWER, bytes(8), bytes(8), Random(3).randbytes(200)).encode()


@dataclass
class Desk:
    """A window with one field, and the cameras before it."""

    hands: Hands
    field: ScanField
    cameras: FakeCameras
    intake: Intake

    def scan(self) -> None:
        """Turn to scanning."""
        self.hands.press(f"Scan: {LABEL}")

    def take(self) -> None:
        """Take it as soon as it was said in words."""
        self.hands.read("This came in")
        self.hands.press("Take it")

    def show(self, *texts: str, end: str = "loop") -> None:
        """Hold these pictures before the camera, in turn."""
        pictures = [taken(seen(text)) for text in texts]
        self.cameras.plugged = {"video0": FakeCamera("Webcam", pictures, end)}


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    theme.apply(theme.application())
    window, page, field = Window("Test", [("page", "Page")], ""), Page("Page"), ScanField(LABEL, [ERRAND])
    page.column.addWidget(field)
    window.add_page("page", page)
    worker, cameras = Worker(NoStation), FakeCameras({})  # type: ignore[arg-type]
    intake = Intake(window, worker, lambda: cameras, is_own=False)
    worker.start()
    qtbot.addWidget(window)
    window.show()
    window.choose("page")
    yield Desk(Hands(qtbot, window), field, cameras, intake)
    window.close()
    worker.stop()


def boxes(hands: Hands) -> str:
    (found,) = hands.window.findChildren(FrameBoxes)
    return found.accessibleName()


def shuffled(texts: Sequence[str]) -> list[str]:
    return Random(5).sample(texts, len(texts))


def test_a_message_comes_in_by_camera_and_is_said_in_words_before_it_is_taken(desk: Desk) -> None:
    desk.show(*shuffled(frames(REQUEST)))
    desk.scan()
    desk.hands.read("a request to a keyholder, sealed")
    desk.hands.read("All 5 pictures are here.")
    assert desk.field.given() is None
    desk.hands.picture("scan-whole")
    desk.take()
    assert desk.field.given() == REQUEST
    desk.hands.read("a request to a keyholder, sealed")
    desk.hands.qtbot.waitUntil(lambda: not desk.hands.window.is_interrupted)


def test_what_is_missing_stands_in_words_and_in_boxes(desk: Desk) -> None:
    texts = frames(REQUEST)
    desk.show(texts[0], texts[3])
    desk.scan()
    desk.hands.read("2 of 5 pictures are here. Missing: 2-3, 5.")
    assert boxes(desk.hands) == "2 of 5 pictures are here. Missing: 2-3, 5."
    desk.hands.picture("scan-missing")
    desk.hands.press("Begin anew")
    desk.hands.read("2 of 5 pictures are here.")


def test_pictures_of_another_message_are_told_and_not_mixed_in(desk: Desk) -> None:
    desk.show(frames(REQUEST)[0], *frames(OTHER))
    desk.scan()
    desk.hands.read("A picture of another message was seen.")
    desk.hands.read("1 of 5 pictures are here.")
    desk.cameras.plugged["video0"].pictures = desk.cameras.plugged["video0"].pictures[1:]
    desk.hands.press("Look for cameras")
    desk.hands.press("Begin anew")
    desk.take()
    assert desk.field.given() == OTHER


def test_what_belongs_elsewhere_is_refused_by_name(desk: Desk) -> None:
    desk.show(*frames(WRONG, ANSWER))
    desk.scan()
    desk.hands.read("This is a keyholder's answer, sealed. Here belongs: a request to a keyholder, sealed.")
    desk.hands.read("Take it in at the station: Approve, then Ask from far.")
    desk.hands.press("Take it")
    desk.hands.read("There is a problem")
    QTest.keyClick(desk.hands.window.focusWidget(), Qt.Key.Key_Escape)
    assert desk.field.given() is None


@pytest.mark.parametrize("text", ["4821-9930", "https://example.org", "BG2/X", handoff.split("note", b"x")[0][:-1]])
def test_a_code_that_is_no_picture_of_ours_is_told(desk: Desk, text: str) -> None:
    desk.show(text)
    desk.scan()
    desk.hands.read("There is a problem")
    assert not [said for said in desk.hands.texts() if text in said]


@pytest.mark.long
def test_a_camera_that_is_pulled_out_loses_no_picture(desk: Desk) -> None:
    texts = frames(REQUEST)
    desk.show(*texts[:3], end="gone")
    desk.scan()
    desk.hands.read("The camera Webcam does not answer any more.")
    desk.hands.read("3 of 5 pictures are here.")
    assert desk.hands.find(QComboBox, "Camera").currentText() == "No camera"
    desk.show(*texts[3:])
    desk.hands.press("Look for cameras")
    desk.take()
    assert desk.field.given() == REQUEST


def scanned(desk: Desk, text: str) -> None:
    line = desk.hands.find(QLineEdit, "A scanner that types")
    line.setText(text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_a_scanner_types_through_a_german_keyboard(desk: Desk) -> None:
    from console.domain.handoff.scanner import CALIBRATION

    desk.scan()
    assert desk.hands.focused() == "A scanner that types"
    scanned(desk, typed(frames(REQUEST)[0], "German"))
    desk.hands.read("What the scanner typed is no picture of this program.")
    assert desk.hands.focused() == "A scanner that types"
    scanned(desk, typed(frames(REQUEST)[0], "French"))
    desk.hands.read("The scanner typed ")
    desk.hands.press("It types wrong letters")
    desk.hands.picture("scan-calibrate")
    assert desk.hands.code() == CALIBRATION
    scanned(desk, typed(CALIBRATION, "German")[:-1])
    desk.hands.read("The scanner typed 75 letters, and the calibration code has 76.")
    scanned(desk, typed(CALIBRATION, "German"))
    desk.hands.read("The keyboard of the scanner is learnt.")
    for text in frames(REQUEST):
        scanned(desk, typed(text, "German"))
    desk.hands.read("This came in")
    assert desk.hands.focused() == "A scanner that types"
    desk.take()
    assert desk.field.given() == REQUEST


@pytest.mark.long
def test_files_fill_what_the_camera_did_not_see(desk: Desk, tmp_path: Path) -> None:
    texts = frames(REQUEST)
    (tmp_path / "rest.png").write_bytes(QrCodes().page(texts[2:]))
    desk.show(*texts[:2])
    desk.scan()
    desk.hands.read("2 of 5 pictures are here.")
    desk.hands.type_file("Files: PNG, JPEG or PDF", str(tmp_path / "rest.png"))
    desk.take()
    assert desk.field.given() == REQUEST


@pytest.mark.parametrize("name", ["/dev/zero", "/dev", "/nowhere", "/proc/self/mem"])
def test_a_name_that_is_no_file_is_refused_and_holds_nobody_up(desk: Desk, name: str) -> None:
    desk.hands.type_file(LABEL, name)
    desk.hands.qtbot.waitUntil(lambda: "cannot be read" in desk.field.lacking()[0])
    assert desk.field.given() is None


def test_a_name_that_changes_drops_what_was_read(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.bg").write_bytes(REQUEST)
    desk.hands.give(LABEL, str(tmp_path / "a.bg"))
    desk.hands.find(QLineEdit, LABEL).setText(str(tmp_path / "b.bg"))
    assert desk.field.given() is None
    assert desk.field.lacking()[0] == "It is still being read."
    desk.hands.qtbot.waitUntil(lambda: "cannot be read" in desk.field.lacking()[0])


def test_the_lock_ends_scanning_and_gives_the_camera_back(desk: Desk) -> None:
    desk.show(frames(REQUEST)[0])
    desk.scan()
    desk.hands.read("1 of 5 pictures are here.")
    desk.intake.close_it()
    assert not desk.hands.window.is_interrupted
    camera = desk.cameras.plugged["video0"]
    desk.hands.qtbot.wait(400)
    shown = camera.shown
    desk.hands.qtbot.wait(200)
    assert camera.shown == shown
