# SPDX-License-Identifier: Apache-2.0
"""Looks: contrast by the style files, the choice and where it is kept, the desktop's palette, letters without fonts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from console.gui.kit import form, looks, theme
from console.gui.kit.looks import CONTRAST, DARK, DEFAULT, LIGHT, PERCENTS, Looks
from console.gui.kit.widgets import ON_DARK, ON_LIGHT
from console.gui.pages.station.looks import LooksGestures, LooksScreen, listen
from console.gui.shell.window import Window
from tests.gui.contrast import ratio

TEXTS = (
    ("text", "page"),
    ("text", "surface"),
    ("text", "rail"),
    ("text", "chosen"),
    ("muted", "page"),
    ("muted", "surface"),
    ("muted", "rail"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_strip", "strip"),
    ("on_banner", "banner"),
    ("danger", "page"),
    ("danger", "surface"),
    ("good", "page"),
    ("good", "surface"),
    ("warning", "page"),
    ("warning", "surface"),
    ("text", "danger_ground"),
    ("text", "good_ground"),
    ("text", "warning_ground"),
    ("danger", "chosen"),
)
"""(foreground, ground): every pair in which the stylesheet writes."""
PARTS = (
    ("edge", "page"),
    ("edge", "surface"),
    ("focus", "page"),
    ("focus", "surface"),
    ("focus", "rail"),
    ("accent", "page"),
    ("accent", "surface"),
    ("accent", "rail"),
    ("accent", "chosen"),
    ("banner", "strip"),
    ("danger", "danger_ground"),
    ("good", "good_ground"),
    ("warning", "warning_ground"),
    ("focus", "danger_ground"),
)
"""Edges of what can be pressed or filled in, focus rings, signs: 3:1."""


@pytest.mark.parametrize("scheme", [LIGHT, DARK, CONTRAST])
def test_every_pair_of_colours_has_its_contrast(scheme: str) -> None:
    colours = theme.colours_of(scheme)
    text, part = (7.0, 4.5) if scheme == CONTRAST else (4.5, 3.0)
    for pairs, least in ((TEXTS, text), (PARTS, part)):
        low = {pair: ratio(colours[pair[0]], colours[pair[1]]) for pair in pairs}
        assert {pair: found for pair, found in low.items() if found < least} == {}
    grounds = [colours[name] for name in ("page", "surface", "strip", "good_ground")]
    for ground in grounds:
        marks = ON_LIGHT if QColor(ground).lightness() > 128 else ON_DARK
        assert all(ratio(mark, ground) >= 3 for mark in marks.values()), ground


def test_the_style_files_name_the_same_colours() -> None:
    assert set(theme.colours_of(LIGHT)) == set(theme.colours_of(DARK)) == set(theme.colours_of(CONTRAST))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    theme.apply(theme.application())
    made = Window("Title", (("looks", "Looks"),), "")
    qtbot.addWidget(made)
    page = LooksScreen()
    made.add_page("looks", page)
    gestures = LooksGestures(page)
    gestures.setParent(made)
    listen(made)
    made.allow(("looks",))
    made.choose("looks")
    made.show()
    yield made
    theme.choose(theme.application(), DEFAULT)


def kept(folder: Path) -> Looks:
    return looks.read(looks.file_of({"XDG_CONFIG_HOME": str(folder)}))


def test_text_grows_by_keys_on_every_page_and_stays_so(window: Window, tmp_path: Path) -> None:
    control, small = Qt.KeyboardModifier.ControlModifier, window.font().pointSize()
    box = form.number(1, 9, 1)
    for _ in range(len(PERCENTS) + 2):
        QTest.keyClick(window, Qt.Key.Key_Plus, control)
    assert kept(tmp_path) == Looks("system", 200)
    assert window.font().pointSize() == 2 * small
    assert box.maximumWidth() == form.number(1, 9, 1).maximumWidth() == 280
    assert "200 percent" in [label.text() for label in window.findChildren(QLabel)]
    QTest.keyClick(window, Qt.Key.Key_Minus, control)
    assert theme.now().percent == PERCENTS[-2]
    QTest.keyClick(window, Qt.Key.Key_0, control)
    assert theme.now().percent == 100 and box.maximumWidth() == 140


def test_a_scheme_is_chosen_on_its_page_and_kept(window: Window, tmp_path: Path) -> None:
    choices = {choice.text(): choice for choice in window.findChildren(QRadioButton)}
    choices["High contrast"].click()
    assert kept(tmp_path) == Looks(CONTRAST, 100)
    assert window.palette().window().color() == QColor("#000000")
    choices["Dark"].click()
    assert theme.colour("page") == QColor(theme.colours_of(DARK)["page"])


def test_nothing_moves_from_under_the_hand_that_chooses(window: Window) -> None:
    made = [w for kind in (QRadioButton, QPushButton) for w in window.page.findChildren(kind)]
    QApplication.processEvents()
    before = [w.mapToGlobal(QPoint()) for w in made]
    next(w for w in made if w.text() == "Deutsch").click()
    QApplication.processEvents()
    assert [w.mapToGlobal(QPoint()) for w in made] == before
    said = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("It is kept: the next start speaks it.") for text in said)


def test_a_choice_that_cannot_be_kept_is_said_and_holds(window: Window, tmp_path: Path) -> None:
    (tmp_path / "breakglass").write_text("a file where the folder should be")
    next(b for b in window.findChildren(QPushButton) if b.text() == "Larger").click()
    assert theme.now().percent == 110
    assert "The choice cannot be kept." in [label.text() for label in window.findChildren(QLabel)]


@pytest.mark.parametrize(
    "damaged",
    ["", "{", "[]", '{"scheme": "pink", "percent": 100}', '{"scheme": "dark", "percent": 130}', '{"scheme": "dark"}'],
)
def test_what_was_kept_and_is_damaged_is_as_if_nothing_was_chosen(tmp_path: Path, damaged: str) -> None:
    file = looks.file_of({"HOME": str(tmp_path)})
    file.parent.mkdir(parents=True)
    file.write_text(damaged)
    assert looks.read(file) == DEFAULT


def test_a_desktop_with_high_contrast_brings_its_own_palette() -> None:
    palette, role = QPalette(), QPalette.ColorRole
    for which, name in (
        (role.Window, "#000000"),
        (role.WindowText, "#00ff00"),
        (role.Base, "#101010"),
        (role.Highlight, "#ffff00"),
        (role.HighlightedText, "#0000aa"),
    ):
        palette.setColor(which, QColor(name))
    colours = theme.colours_of_palette(palette)
    assert set(colours) == set(theme.colours_of(LIGHT))
    assert set(colours.values()) == {"#000000", "#00ff00", "#101010", "#ffff00", "#0000aa"}
    for pairs, least in ((TEXTS, 4.5), (PARTS, 3.0)):
        written = [pair for pair in pairs if pair[1] != "chosen"]
        assert all(ratio(colours[one], colours[other]) >= least for one, other in written)


NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>"""
LETTERS = """
from PySide6.QtGui import QTextLayout
from console.gui.kit import theme
app = theme.application()
for font in (app.font(), theme.mono_font(11)):
    layout = QTextLayout("Aa0\u00e4\u00df\u0416\u03a9\u20ac\u2026\u25b2\u2192\u25cf\u00b7", font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    runs = layout.glyphRuns()
    print({run.rawFont().familyName() for run in runs} <= {"Noto Sans", "Noto Sans Mono"},
          all(run.glyphIndexes() and 0 not in run.glyphIndexes() for run in runs))
"""


def test_letters_are_letters_on_a_machine_without_any_font(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(NO_FONTS)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    told = subprocess.run(
        [sys.executable, "-c", LETTERS], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert told.splitlines() == ["True True", "True True"]
    assert isinstance(QApplication.instance(), QApplication)
