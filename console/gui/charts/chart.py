# SPDX-License-Identifier: Apache-2.0
"""A drawn picture with a table that says the same; one key turns from one to the other.

The picture's accessible name is one sentence with the values. It changes when its words change, not at every tick.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShortcut,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from console.gui import sizes, theme
from console.gui.models import TextModel
from console.gui.tables import ROW_PIXELS, make_table
from console.gui.widgets import PlainLabel, button, row
from console.language import say

KEY = "T"
MOST_ROWS, HEAD_PIXELS = 12, 14
"""A table is as high as its rows, and with more of them it scrolls; a head is higher than a row by so much."""
FOCUS_PIXELS = 2.0
Colours = Mapping[str, str]


class Picture(QLabel):
    """What is drawn; ``draw`` and ``height_for`` are what each kind has of its own."""

    def __init__(self) -> None:
        super().__init__()
        # A label with a picture is an image to a screen reader; a bare widget would be nothing that has a name.
        nothing = QPixmap(1, 1)
        nothing.fill(Qt.GlobalColor.transparent)
        self.setPixmap(nothing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.colours: Colours = {}
        """Name -> colour; empty: those of the window."""

    def draw(self, painter: QPainter, ink: "Ink", width: float) -> None:
        """Draw everything within this width."""
        raise NotImplementedError

    def height_for(self, width: float) -> float:
        """Return how high it is when it is so wide."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        """Return a size at which everything has room."""
        return QSize(320, self.fitting_height())

    def fitting_height(self) -> int:
        """Return how high it is at its present width and size of text."""
        scale = _scale()
        return (
            int(self.height_for(self.width() / scale - 2 * FOCUS_PIXELS) * scale + 2 * FOCUS_PIXELS * scale)
            + 1
        )

    def fit(self) -> None:
        """Take the height that it needs, and paint anew."""
        if self.height() != self.fitting_height():
            self.setFixedHeight(self.fitting_height())
        self.update()

    def resizeEvent(self, _: object) -> None:
        """Break the lines anew."""
        self.fit()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw, and a ring around it while it has the focus."""
        painter, ink, scale = QPainter(self), Ink(self.colours), _scale()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(ink["focus"], FOCUS_PIXELS))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        # Signs grow with the text: what was computed for its usual size holds for every other.
        painter.setFont(QFont(self.font().families(), theme.POINTS))
        painter.scale(scale, scale)
        painter.translate(FOCUS_PIXELS, FOCUS_PIXELS)
        self.draw(painter, ink, self.width() / scale - 2 * FOCUS_PIXELS)
        painter.end()


class Ink:
    """The colours of a picture: those of the window, or others."""

    def __init__(self, others: Colours) -> None:
        self._others = others

    def __getitem__(self, name: str) -> QColor:
        return QColor(self._others[name]) if self._others else theme.colour(name)


def _scale() -> float:
    return theme.now().percent / 100


def write(painter: QPainter, text: str, x: float, y: float, width: float) -> None:
    """Write one line whose top left corner is here, its end left out where there is no room."""
    metrics = QFontMetricsF(painter.font())
    told = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.drawText(int(x), int(y + metrics.ascent()), told)


class Chart(QWidget):
    """A picture, its heading, and its table."""

    def __init__(self, title: str, picture: Picture, columns: Sequence[str], widths: Sequence[int]) -> None:
        super().__init__()
        self._title, self._picture, self._model = title, picture, TextModel(columns)
        self._table = make_table(self._model, title, widths)
        self._turn = button(say("Show as a table (T)"), self.turn, weight="small")
        head = row(PlainLabel(title, role="heading", wrap=False))
        head.addWidget(self._turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(picture)
        column.addWidget(self._table)
        self._table.hide()
        keys = QShortcut(QKeySequence(KEY), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.turn)

    @property
    def is_table(self) -> bool:
        """Whether the table is shown."""
        return not self._table.isHidden()

    def tell(self, summary: str, rows: Sequence[tuple[str, ...]]) -> None:
        """Say what the picture shows now; it is drawn anew."""
        told = say("{title}. {summary} Press T for a table.", title=self._title, summary=summary)
        if self._picture.accessibleName() != told:
            self._picture.setAccessibleName(told)
        if len(rows) != self._model.rowCount():
            lines = 1 + min(len(rows), MOST_ROWS)
            sizes.keep(self._table, leastHeight=ROW_PIXELS, height=lines * ROW_PIXELS + HEAD_PIXELS)
        self._model.renew(rows)
        self._picture.fit()

    def forget(self) -> None:
        """Say nothing any more: the station is locked."""
        self._picture.setAccessibleName("")
        self._model.show_rows([])

    def turn(self) -> None:
        """Show the table instead of the picture, or the other way round; the focus goes along."""
        to_table = not self.is_table
        self._picture.setVisible(not to_table)
        self._table.setVisible(to_table)
        self._turn.setText(say("Show as a picture (T)") if to_table else say("Show as a table (T)"))
        self._turn.setAccessibleName(self._turn.text())
        shown = self._table if to_table else self._picture
        shown.setFocus(Qt.FocusReason.OtherFocusReason)
