# SPDX-License-Identifier: Apache-2.0
"""How the window looks: the bundled fonts, and one stylesheet in the colours of the system's light or dark scheme."""

import sys
import tomllib
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

RESOURCES = Path(__file__).parent.parent.parent / "resources"
FONTS = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf")
MONO_FONT = "NotoSansMono-Regular.ttf"
FAMILY, MONO_FAMILY = "Noto Sans", "Noto Sans Mono"
POINTS = 11


def application() -> QApplication:
    """Return the one application of this process; what one window began may go on in another."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    app = QApplication(sys.argv[:1])
    app.setApplicationName("breakglass")
    apply(app)
    return app


def apply(app: QApplication) -> None:
    """Give the program its fonts and colours, and follow the system when it turns light or dark."""
    # Bundled, because on a machine without fonts every letter would be a box.
    for name in FONTS:
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / name))
    app.setFont(QFont(FAMILY, POINTS))
    app.setStyle("Fusion")
    _paint(app)
    app.styleHints().colorSchemeChanged.connect(lambda: _paint(app))


def mono_font(points: int) -> QFont:
    """Return the font for secrets and codes, in which 0 and O, 1 and l differ; loaded at its first use."""
    if MONO_FAMILY not in QFontDatabase.families():
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / MONO_FONT))
    return QFont(MONO_FAMILY, points)


def _paint(app: QApplication) -> None:
    scheme = "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"
    colours = colours_of(scheme)
    app.setPalette(_palette(colours))
    sheet = Template((RESOURCES / "style" / "window.qss").read_text())
    app.setStyleSheet(sheet.substitute(colours, scheme=scheme, folder=(RESOURCES / "style").as_posix()))


def colours_of(scheme: str) -> dict[str, str]:
    """Return name -> colour of the light or the dark window."""
    return tomllib.loads((RESOURCES / "style" / f"{scheme}.toml").read_text())


def _palette(colours: dict[str, str]) -> QPalette:
    palette, role = QPalette(), QPalette.ColorRole
    for which, name in (
        (role.Window, "page"), (role.WindowText, "text"), (role.Base, "surface"), (role.Text, "text"),
        (role.AlternateBase, "page"), (role.Button, "surface"), (role.ButtonText, "text"),
        (role.Highlight, "accent"), (role.HighlightedText, "on_accent"), (role.PlaceholderText, "muted"),
    ):  # fmt: skip
        palette.setColor(which, QColor(colours[name]))
    return palette
