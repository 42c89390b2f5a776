# SPDX-License-Identifier: Apache-2.0
"""How the window looks: the bundled fonts, and one stylesheet in the colours and the size of text that were chosen.

Without a choice it follows the desktop: light or dark, and the desktop's own palette where it asks for high contrast.
"""

import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import QLibraryInfo, Qt, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from console.gui.kit import looks, sizes
from console.gui.kit.garbage import Collector
from console.gui.kit.looks import CONTRAST, DARK, DEFAULT, LIGHT, SYSTEM, Looks
from console.language import ENGLISH, spoken

RESOURCES = Path(__file__).parents[3] / "resources"
FONTS = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSansMono-Regular.ttf")
FAMILY, MONO_FAMILY = "Noto Sans", "Noto Sans Mono"
POINTS = 11
TEXT_PIXELS = {"title_px": 22, "heading_px": 16, "big_px": 28}
HALF = 128
"""Of 255: what is lighter is a light ground."""


@dataclass
class _Shown:
    looks: Looks
    colours: dict[str, str]


_shown = _Shown(DEFAULT, {})


def application() -> QApplication:
    """Return the one application of this process; what one window began may go on in another."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    app = QApplication(sys.argv[:1])
    app.setApplicationName("breakglass")
    Collector(app)
    apply(app, looks.read(looks.file_of(os.environ)))
    _speak(app)
    return app


def _speak(app: QApplication) -> None:
    """Let Qt's own words (of the file dialog, of a field's menu) be in the language of this process, too."""
    if spoken() != ENGLISH:
        words = QTranslator(app)
        words.load(f"qtbase_{spoken()}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        app.installTranslator(words)


def apply(app: QApplication, chosen: Looks = DEFAULT) -> None:
    """Give the program its fonts and colours, and follow the desktop when that changes."""
    if not _shown.colours:
        _dress(app)
    choose(app, chosen)


def _dress(app: QApplication) -> None:
    """Do what is done once in a process: a style that is set anew takes the old one from under its widgets."""
    # Bundled, because on a machine without fonts every letter would be a box.
    for name in FONTS:
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / name))
    app.setStyle("Fusion")
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(lambda: choose(app, now()))
    hints.accessibility().contrastPreferenceChanged.connect(lambda: choose(app, now()))


def choose(app: QApplication, chosen: Looks) -> None:
    """Let everything look so from now on."""
    _shown.looks = chosen
    # The second has the signs that the first lacks: triangle, arrow.
    app.setFont(QFont([FAMILY, MONO_FAMILY], sized(POINTS)))
    _shown.colours = colours = _of_desktop(app) if chosen.scheme == SYSTEM else colours_of(chosen.scheme)
    app.setPalette(_palette(colours))
    app.setStyleSheet(_sheet(colours, chosen))
    sizes.set_percent(chosen.percent)


def now() -> Looks:
    """Return what is chosen now."""
    return _shown.looks


def colour(name: str) -> QColor:
    """Return a colour of the present looks by its name in the style files."""
    return QColor((_shown.colours or colours_of(LIGHT))[name])


def sized(points: int) -> int:
    """Return a size of text at the present percentage."""
    return points * _shown.looks.percent // 100


def mono_font(points: int) -> QFont:
    """Return the font for secrets and codes, in which 0 and O, 1 and l differ."""
    return QFont(MONO_FAMILY, sized(points))


def colours_of(scheme: str) -> dict[str, str]:
    """Return name -> colour of the light or the dark window, or that of high contrast."""
    return tomllib.loads((RESOURCES / "style" / f"{scheme}.toml").read_text())


def colours_of_palette(palette: QPalette) -> dict[str, str]:
    """Return name -> colour out of a desktop's palette alone: whoever made it knows what they can see."""
    role = QPalette.ColorRole
    wanted = {
        role.Window: ("page", "strip", "rail", "chosen"),
        role.WindowText: ("muted", "edge", "hair", "focus", "on_strip", "text", "danger", "good", "warning"),
        role.Base: ("surface", "danger_ground", "good_ground", "warning_ground"),
        role.Highlight: ("accent", "accent_hover", "banner"),
        role.HighlightedText: ("on_accent", "on_banner"),
    }
    return {name: palette.color(which).name() for which, names in wanted.items() for name in names}


def _of_desktop(app: QApplication) -> dict[str, str]:
    hints = app.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        # An empty one takes ours away: what is left is the desktop's.
        app.setPalette(QPalette())
        return colours_of_palette(app.palette())
    return colours_of(DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT)


def _sheet(colours: dict[str, str], chosen: Looks) -> str:
    sheet = Template((RESOURCES / "style" / "window.qss").read_text())
    texts = {name: f"{pixels * chosen.percent // 100}px" for name, pixels in TEXT_PIXELS.items()}
    is_light = QColor(colours["surface"]).lightness() > HALF
    is_contrast = chosen.scheme == CONTRAST
    return sheet.substitute(
        colours,
        **texts,
        scheme=LIGHT if is_light else DARK,
        line="2px" if is_contrast else "1px",
        check=DARK if QColor(colours["on_accent"]).lightness() < HALF else LIGHT,
        folder=(RESOURCES / "style").as_posix(),
    )


def _palette(colours: dict[str, str]) -> QPalette:
    palette, role = QPalette(), QPalette.ColorRole
    for which, name in (
        (role.Window, "page"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.Text, "text"),
        (role.AlternateBase, "page"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.PlaceholderText, "muted"),
    ):
        palette.setColor(which, QColor(colours[name]))
    return palette
