# SPDX-License-Identifier: Apache-2.0
"""The light in the strip: what takes the entries, in a word, a sign and a colour."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.gui.app import DRILL, PASSING, TASKS
from console.gui.kit import theme
from console.gui.kit.widgets import StateMark
from console.gui.shell.window import Window
from console.sentences.paper import LIGHTS, TONES


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app)
    made = Window("Break-Glass Console", TASKS, DRILL, PASSING)
    qtbot.addWidget(made)
    made.resize(900, 560)
    made.strip.show_state("Unlocked by Anna Berg", "warning", lockable=True)
    made.show()
    return made


def test_each_light_has_a_word_a_sign_and_a_colour_of_its_own(window: Window) -> None:
    signs = set()
    for light, (told, _) in LIGHTS.items():
        window.strip.show_light(told, TONES[light])
        QApplication.processEvents()
        assert told in {label.text() for label in window.strip.findChildren(QLabel) if label.isVisible()}
        _, mark = [one for one in window.strip.findChildren(StateMark) if one.isVisible()]
        picture = mark.grab().toImage().convertToFormat(mark.grab().toImage().Format.Format_Mono)
        signs.add(bytes(picture.constBits()))
        assert window.strip.width() == 900
    assert len(signs) == 3


def test_nothing_is_claimed_while_nothing_is_known(window: Window) -> None:
    window.strip.show_light("Recording", "good")
    window.strip.show_light("", "plain")
    QApplication.processEvents()
    assert [one.isVisible() for one in window.strip.findChildren(StateMark)].count(True) == 1
