# SPDX-License-Identifier: Apache-2.0
"""The two panels that interrupt: the PIN and the secret, asked for and shown across threads."""

import threading
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.adapters.qr import QrCodes
from console.domain.errors import Cancelled, ConsoleError, Refused
from console.domain.handoff import frames
from console.gui.kit.picture_view import PictureGrid, PictureView, fitting
from console.gui.kit.widgets import Page
from console.gui.shell.operator import Asked, PinPanel, WindowOperator, Wrong
from console.gui.shell.pictures import PicturesPanel
from console.gui.shell.pin_retry import Again
from console.gui.shell.secret_display import SecretPanel, SecretView, WindowScreen
from console.gui.shell.window import Window


def in_thread(call: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(call())
        except Cancelled as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, found


def button(page: QWidget, name: str) -> QPushButton:
    (found,) = [made for made in page.findChildren(QPushButton) if made.accessibleName() == name]
    return found


@pytest.fixture
def panel(qtbot: QtBot) -> PinPanel:
    made = PinPanel()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def operator(panel: PinPanel) -> WindowOperator:
    return WindowOperator(panel, lambda member: f"Name of {member}", panel.show, panel.hide)


def test_a_pin_asked_before_is_handed_over_at_once(qtbot: QtBot, panel: PinPanel, operator: WindowOperator) -> None:
    begun: list[bool] = []
    operator.ask("it-1", "To approve.", lambda: begun.append(True))
    assert operator.is_asking
    edit = panel.findChildren(QLineEdit)[0]
    assert edit.echoMode() == QLineEdit.EchoMode.NoEcho
    QTest.keyClicks(edit, "4711")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert begun == [True]
    assert edit.text() == ""
    pin = operator.pin("it-1")
    assert pin == b"4711"


@pytest.mark.parametrize(
    ("tries", "told"),
    [("many", "never locks itself"), ("few", "Only a few tries are left."), ("unknown", "does not say")],
)
def test_after_a_wrong_pin_the_same_person_is_asked_at_once(
    qtbot: QtBot, panel: PinPanel, operator: WindowOperator, tries: str, told: str
) -> None:
    page, begun = Page("Approve"), list[str]()
    qtbot.addWidget(page)
    again = Again("it-1", "To approve.", lambda: begun.append("again"))
    again.ask_if_mistyped(Refused("pin_wrong", tries=tries, member="it-1"), page, operator)
    said = "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))
    assert "This is not the PIN of Name of it-1." in said
    assert told in said
    assert panel.focusWidget() is panel.findChildren(QLineEdit)[0]
    QTest.keyClicks(panel.focusWidget(), "4711")
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Return)
    assert begun == ["again"]
    assert operator.pin("it-1") == b"4711"


@pytest.mark.parametrize(
    "error",
    [
        Refused("pin_wrong", tries="last", member="it-1"),
        Refused("pin_wrong", tries="none", member="it-1"),
        Refused("pin_locked", member="it-1"),
        Refused("matters_differ"),
        Cancelled(),
    ],
)
def test_nobody_is_asked_again_whose_token_would_not_hear_it(
    qtbot: QtBot, operator: WindowOperator, error: ConsoleError | Cancelled
) -> None:
    page = Page("Approve")
    qtbot.addWidget(page)
    Again("it-1", "", lambda: pytest.fail("it began")).ask_if_mistyped(error, page, operator)
    assert not operator.is_asking


def test_a_pin_that_nobody_took_is_wiped(qtbot: QtBot, panel: PinPanel, operator: WindowOperator) -> None:
    operator.ask("it-1", "", lambda: None)
    pin = bytearray(b"4711")
    panel.given.emit(pin)
    operator.forget()
    assert pin == bytes(4)


def test_the_worker_waits_for_a_pin(qtbot: QtBot, panel: PinPanel, operator: WindowOperator) -> None:
    thread, found = in_thread(lambda: operator.pin("it-1"))
    qtbot.waitUntil(panel.isVisible)
    QTest.keyClicks(panel.findChildren(QLineEdit)[0], "12")
    button(panel, "Continue").click()
    thread.join(5)
    assert found == [bytearray(b"12")]


def test_esc_and_the_lock_call_it_off(qtbot: QtBot, panel: PinPanel, operator: WindowOperator) -> None:
    def press_escape() -> None:
        QTest.keyClick(panel, Qt.Key.Key_Escape)

    for call_off in (press_escape, operator.call_off):
        thread, found = in_thread(lambda: operator.pin("it-1"))
        qtbot.waitUntil(lambda: operator.is_asking)
        call_off()
        thread.join(5)
        assert [type(error) for error in found] == [Cancelled]


def test_an_empty_pin_is_not_taken(qtbot: QtBot, panel: PinPanel, operator: WindowOperator) -> None:
    operator.ask("it-1", "", lambda: None)
    button(panel, "Continue").click()
    assert operator.is_asking
    assert "No PIN was typed." in [label.text() for label in panel.findChildren(QLabel)]


@pytest.fixture
def secret(qtbot: QtBot) -> SecretPanel:
    made = SecretPanel()
    qtbot.addWidget(made)
    return made


def codes_on(widget: QWidget) -> list[str]:
    """Return every code that a camera before this widget would read."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.ReadWrite)
    widget.grab().save(buffer, "PNG")
    return QrCodes().scan(bytes(buffer.data().data()))


def picture_of(panel: SecretPanel) -> list[str]:
    (found,) = panel.findChildren(PictureView)
    return codes_on(found)


def view(panel: SecretPanel) -> SecretView:
    return panel.findChildren(SecretView)[0]


def showing(
    qtbot: QtBot, panel: SecretPanel, text: str, kind: str, seconds: int = 60
) -> tuple[threading.Thread, list[Any]]:
    screen = WindowScreen(panel, panel.show, panel.hide).drawing_with(QrCodes())
    panel.window_screen = screen  # type: ignore[attr-defined]
    room = memoryview(bytearray(text.encode()))
    found = in_thread(lambda: screen.show("crm-admin", room, kind=kind, seconds=seconds))
    qtbot.waitUntil(lambda: panel.is_showing)
    return found


def test_a_password_is_hidden_until_somebody_shows_it(qtbot: QtBot, secret: SecretPanel) -> None:
    thread, found = showing(qtbot, secret, "hunter two", "password")
    assert view(secret).accessibleName() == "Secret, hidden"
    assert told(secret, "It is covered, so that nobody reads along.") and not told(secret, "Read aloud")
    button(secret, "Show the secret").click()
    assert not told(secret, "It is covered") and button(secret, "Hide the secret").text() == "Hide"
    assert view(secret).accessibleName() == "Secret, on the screen"
    readable = [widget.accessibleName() for widget in secret.findChildren(QWidget)]
    assert not [name for name in readable if "hunter" in name or "hotel" in name]
    QTest.keyClick(secret, Qt.Key.Key_Escape)
    assert view(secret).accessibleName() == "Secret, hidden"
    assert secret.is_showing
    button(secret, "I have it (read back)").click()
    thread.join(5)
    assert found == ["read_back"]


def told(panel: SecretPanel, start: str) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.text().startswith(start)]


def test_what_must_be_heard_when_it_is_read_back_stands_there(qtbot: QtBot, secret: SecretPanel) -> None:
    thread, _ = showing(qtbot, secret, "4821-99aQ", "codes")
    assert told(secret, "Let them read all of it back.") == [
        "Let them read all of it back. You must hear at the end: nine nine alfa capital quebec"
    ]
    button(secret, "I have it (read back)").click()
    thread.join(5)
    assert not told(secret, "Let them read all of it back.")


def test_nothing_is_left_in_the_panel_afterwards(qtbot: QtBot, secret: SecretPanel) -> None:
    thread, found = showing(qtbot, secret, "12345678", "codes")
    assert picture_of(secret) == ["12345678"]
    button(secret, "Could not read it").click()
    thread.join(5)
    assert found == ["not_read"]
    assert picture_of(secret) == []
    assert view(secret).accessibleName() == "Secret, hidden"
    assert not [
        label for label in secret.findChildren(QLabel) if "12345678" in label.text() or "two three" in label.text()
    ]


def test_a_showing_ends_by_itself(qtbot: QtBot, secret: SecretPanel) -> None:
    thread, found = showing(qtbot, secret, "abc", "password", seconds=1)
    qtbot.waitUntil(lambda: not secret.is_showing)
    thread.join(5)
    assert found == ["shown"]


def test_the_lock_ends_a_showing(qtbot: QtBot, secret: SecretPanel) -> None:
    thread, found = showing(qtbot, secret, "abc", "password")
    secret.answer("shown")
    thread.join(5)
    assert found == ["shown"]


def test_a_new_pin_is_typed_twice_and_may_be_taken_more_than_once(panel: PinPanel, operator: WindowOperator) -> None:
    begun: list[bool] = []
    operator.ask_new("it-3", lambda: begun.append(True))
    first, second = bytearray(b"471100"), bytearray(b"471100")
    panel.given.emit(first)
    assert not begun
    panel.given.emit(second)
    assert begun == [True]
    assert [operator.pin("it-3"), operator.pin("it-3")] == [b"471100", b"471100"]
    operator.forget()
    assert first == second == bytes(6)


def test_two_different_new_pins_begin_nothing(panel: PinPanel, operator: WindowOperator) -> None:
    begun: list[bool] = []
    operator.ask_new("it-3", lambda: begun.append(True))
    first = bytearray(b"471100")
    panel.given.emit(first)
    panel.given.emit(bytearray(b"471109"))
    assert not begun
    assert first == bytes(6)
    assert operator.is_asking
    operator.call_off()
    assert not begun


def test_a_new_pin_that_is_too_short_is_refused_as_it_is_typed(panel: PinPanel, operator: WindowOperator) -> None:
    begun: list[bool] = []
    operator.ask_new("it-3", lambda: begun.append(True))
    told = "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))
    assert "It needs at least 6 letters or digits." in told
    short = bytearray("äöü12".encode())
    panel.given.emit(short)
    assert short == bytes(8)
    told = "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))
    assert "This PIN is too short" in told
    for _ in range(2):
        panel.given.emit(bytearray("äöü123".encode()))
    assert begun == [True]


def test_a_wrong_pin_is_told_at_once_and_nobody_else_is_asked_again(panel: PinPanel, operator: WindowOperator) -> None:
    begun: list[bool] = []

    def tries(member: str, right: Callable[[], None], wrong: Callable[[Wrong], None]) -> None:
        if member == "it-1" and operator.pin(member) != b"0815":
            wrong(("It was wrong.", "Type it again."))
        else:
            right()

    asked = [Asked(member, False, "left over") for member in ("legal-1", "it-1")]
    operator.ask_all(asked, lambda: begun.append(True), tries)
    panel.given.emit(bytearray(b"4711"))
    first = bytearray(b"0816")
    panel.given.emit(first)
    assert operator.asked == "it-1"
    assert first == bytes(4)
    told = "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))
    assert "It was wrong." in told and "left over" in told
    assert not begun
    panel.given.emit(bytearray(b"0815"))
    assert begun == [True]
    assert [operator.pin("legal-1"), operator.pin("it-1")] == [b"4711", b"0815"]


@pytest.fixture
def pictures(qtbot: QtBot) -> PicturesPanel:
    made = PicturesPanel()
    qtbot.addWidget(made)
    made.show()
    return made


def test_pictures_go_round_stand_still_and_step(qtbot: QtBot, pictures: PicturesPanel) -> None:
    drawn = [QrCodes().render(text) for text in ("ONE", "TWO", "THREE")]
    pictures.present("Request", "For somebody.", drawn, lambda: None)
    view = pictures.findChildren(PictureView)[0]
    assert view.accessibleName() == "Picture 1 of 3"
    qtbot.waitUntil(lambda: view.accessibleName() == "Picture 2 of 3")
    QTest.keyClick(pictures, Qt.Key.Key_Left)
    QTest.keyClick(pictures, Qt.Key.Key_Left)
    assert view.accessibleName() == "Picture 3 of 3"
    assert button(pictures, "Go on").isVisible()


def test_escape_closes_the_pictures_and_shows_nothing_more(qtbot: QtBot, pictures: PicturesPanel) -> None:
    pictures.present("Request", "For somebody.", [QrCodes().render("ONE")], lambda: None)
    with qtbot.waitSignal(pictures.closed):
        QTest.keyClick(pictures, Qt.Key.Key_Escape)
    pictures.close_it()  # once more is nothing


def test_only_what_is_missing_there_goes_round(qtbot: QtBot, pictures: PicturesPanel) -> None:
    drawn = [QrCodes().render(f"PICTURE-{number}") for number in range(1, 8)]
    pictures.present("Request", "For somebody.", drawn, lambda: None)
    (edit,) = pictures.findChildren(QLineEdit)
    edit.setText("2, 5-6")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert "Picture 2 of 7. Only these are shown: 2, 5-6." in [t.text() for t in pictures.findChildren(QLabel)]
    seen = []
    for _ in range(4):
        seen += codes_on(pictures.findChildren(PictureView)[0])
        QTest.keyClick(pictures, Qt.Key.Key_Right)
    assert seen == ["PICTURE-2", "PICTURE-5", "PICTURE-6", "PICTURE-2"]
    edit.setText("8")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert any("8 is no picture" in label.text() for label in pictures.findChildren(QLabel))
    edit.clear()
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert "Picture 1 of 7" in [t.text() for t in pictures.findChildren(QLabel)]


def test_all_pictures_stand_still_side_by_side(qtbot: QtBot, pictures: PicturesPanel) -> None:
    texts = [f"BG1/{number}" for number in range(9)]
    pictures.resize(1100, 700)
    pictures.present("Request", "For somebody.", [QrCodes().render(text) for text in texts], lambda: None)
    button(pictures, "All at once").click()
    (grid,) = pictures.findChildren(PictureGrid)
    qtbot.waitUntil(lambda: grid.height() >= grid.heightForWidth(grid.width()))
    assert sorted(codes_on(grid)) == texts
    button(pictures, "One after the other").click()
    assert codes_on(pictures.findChildren(PictureView)[0]) == [texts[0]]


def test_a_full_frame_has_whole_pixels_and_a_white_edge_in_a_dark_window(qtbot: QtBot) -> None:
    view = PictureView()
    view.setStyleSheet("background: black")
    qtbot.addWidget(view)
    frame = frames.split("errand", Random(1).randbytes(290))[0]
    view.resize(700, 600)
    view.show_picture(QrCodes().render(frame))
    assert codes_on(view) == [frame]
    image = view.grab().toImage()
    modules = QImage.fromData(QrCodes().render(frame)).width() // 8
    assert fitting(QImage.fromData(QrCodes().render(frame)), 600) == modules * 7
    assert all(image.pixelColor(x, y).lightness() == 255 for x in (0, 350, 699) for y in (0, 599))


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window("Test", [("page", "Page")], "DRILL: nothing here opens anything real.")
    made.add_page("page", Page("Page"))
    qtbot.addWidget(made)
    made.show()
    made.choose("page")
    return made


def shown(window: Window, text: str) -> bool:
    return any(label.isVisible() for label in window.findChildren(QLabel) if label.text() == text)


def test_a_code_fills_the_screen_below_the_banner_and_escape_goes_back(
    qtbot: QtBot, window: Window, secret: SecretPanel
) -> None:
    window.add_panel(secret, lambda: secret.answer("shown"))
    screen = WindowScreen(secret, lambda: window.interrupt(secret), window.resume).drawing_with(QrCodes())
    secret.window_screen = screen  # type: ignore[attr-defined]
    room = memoryview(bytearray(b"4821-9930"))
    thread, found = in_thread(lambda: screen.show("crm-admin", room, kind="codes", seconds=60))
    qtbot.waitUntil(lambda: secret.is_showing)
    (before,) = secret.findChildren(PictureView)
    small = before.height()
    button(secret, "Fill the screen").click()
    qtbot.waitUntil(lambda: before.height() > small)
    assert window.isFullScreen()
    assert shown(window, "DRILL: nothing here opens anything real.")
    assert not window.strip.isVisible()
    assert codes_on(window) == ["4821-9930"]
    QTest.keyClick(secret, Qt.Key.Key_Escape)
    assert window.strip.isVisible()
    assert secret.is_showing
    QTest.keyClick(secret, Qt.Key.Key_F11)
    button(secret, "I have it (read back)").click()
    thread.join(5)
    assert found == ["read_back"]
    assert window.strip.isVisible()
    assert not window.isFullScreen()
