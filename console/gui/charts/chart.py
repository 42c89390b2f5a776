# SPDX-License-Identifier: Apache-2.0
"""A drawn picture with a table that says the same; one key turns from one to the other.

The picture's accessible name is one sentence with the values. It changes when its words change, not at every tick.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShortcut,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from console.gui.kit import sizes, theme
from console.gui.kit.models import TextModel
from console.gui.kit.tables import ROW_PIXELS, fit_columns, make_table
from console.gui.kit.tool_tip import tip
from console.gui.kit.widgets import PlainLabel, button, row
from console.language import say

KEY = "T"
MOST_ROWS, HEAD_PIXELS = 12, 14
"""A table is as high as its rows, and with more of them it scrolls; a head is higher than a row by so much."""
FOCUS_PIXELS = 2.0
Colours = Mapping[str, str]


class Drawing(Protocol):
    """What a picture shows; places are pixels at the usual size of text."""

    def draw(self, painter: QPainter, ink: "Ink", width: float) -> None:
        """Draw everything within this width."""

    def height_for(self, width: float) -> float:
        """Return how high it is when it is so wide."""

    def told_at(self, x: float, y: float) -> str:
        """Return in full what was drawn here, also where it is shortened; nothing where nothing is."""


class Picture(QLabel):
    """Where a drawing is seen: it has the focus, a name, and a height that fits."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing
        # A label with a picture is an image to a screen reader; a bare widget would be nothing that has a name.
        nothing = QPixmap(1, 1)
        nothing.fill(Qt.GlobalColor.transparent)
        self.setPixmap(nothing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.colours: Colours = {}
        """Name -> colour; empty: those of the window."""

    def sizeHint(self) -> QSize:
        """Return a size at which everything has room."""
        return QSize(320, self.fitting_height())

    def fitting_height(self) -> int:
        """Return how high it is at its present width and size of text."""
        scale = _scale()
        return int(self._drawing.height_for(self._inner_width()) * scale + 2 * FOCUS_PIXELS * scale) + 1

    def fit(self) -> None:
        """Take the height that it needs, and paint anew."""
        if self.height() != self.fitting_height():
            self.setFixedHeight(self.fitting_height())
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell in full what is under the mouse."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        x, y = (at / _scale() - FOCUS_PIXELS for at in (event.pos().x(), event.pos().y()))
        QToolTip.showText(event.globalPos(), tip(self._drawing.told_at(x, y)), self)
        return True

    def _inner_width(self) -> float:
        return self.width() / _scale() - 2 * FOCUS_PIXELS

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
        self._drawing.draw(painter, ink, self._inner_width())
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

    def __init__(self, title: str, drawing: Drawing, columns: Sequence[str], widths: Sequence[int]) -> None:
        super().__init__()
        self._title, self._picture, self._model = title, Picture(drawing), TextModel(columns)
        self._table = make_table(self._model, title, widths)
        self._turn = button("", self.turn, weight="small")
        self._turn.setToolTip(say("T does the same while the focus is in the picture or its table."))
        head = row(PlainLabel(title, role="heading", wrap=False))
        head.addWidget(self._turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._picture)
        column.addWidget(self._table)
        self._table.hide()
        self._say_turn()
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
        if self.is_table:
            fit_columns(self._table)
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
        self._say_turn()
        if to_table:
            fit_columns(self._table)
        shown = self._table if to_table else self._picture
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_turn(self) -> None:
        """Say where the button turns to; of several pictures on a page each is named."""
        to_picture = self.is_table
        self._turn.setText(say("Show as a picture") if to_picture else say("Show as a table"))
        self._turn.setAccessibleName(
            say("{title}: show as a picture", title=self._title)
            if to_picture
            else say("{title}: show as a table", title=self._title)
        )
