# SPDX-License-Identifier: Apache-2.0
"""The quorum board, drawn: a filled disc with a tick for who agreed, a sheet for recovery sheets, a broken ring for who
is missing; and below each its words."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from console.gui.charts import seats
from console.gui.charts.chart import Chart, Ink, write
from console.gui.charts.seats import Bench, Cell, Place
from console.gui.snapshot import Snapshot, View
from console.language import say

SEAT_PIXELS = 40.0
WORDS_AT = 44.0
LINE_PIXELS = 18.0
WIDTHS = (110, 90, 150)


class QuorumDrawing:
    """Draws benches of seats."""

    def __init__(self) -> None:
        self._benches: Sequence[Bench] = ()
        self._drawn: Sequence[Place] = ()

    def present(self, benches: Sequence[Bench]) -> None:
        """Draw these."""
        self._benches = benches

    def height_for(self, width: float) -> float:
        """Return how high the board is."""
        return seats.arrange(self._benches, width).height

    def draw(self, painter: QPainter, ink: Ink, width: float) -> None:
        """Draw every bench."""
        self._drawn = seats.arrange(self._benches, width).places
        plain, bold = painter.font(), painter.font()
        bold.setBold(True)
        for place in self._drawn:
            painter.setFont(bold)
            painter.setPen(ink["text"])
            write(painter, seats.head(place.bench), place.x, place.y, place.width)
            painter.setFont(plain)
            write(painter, seats.foot(place.bench), place.x, place.foot, place.width)
            for cell in place.cells:
                _draw_seat(painter, ink, cell)

    def told_at(self, x: float, y: float) -> str:
        """Return who has the seat, or who could still agree."""
        return seats.told_at(self._drawn, x, y)


def _draw_seat(painter: QPainter, ink: Ink, cell: Cell) -> None:
    place = QRectF(cell.x + 3, cell.y + 2, SEAT_PIXELS - 4, SEAT_PIXELS - 4)
    {"given": _draw_given, "sheets": _draw_sheet, "missing": _draw_missing}[cell.seat.state](painter, ink, place)
    painter.setPen(ink["text"])
    width = seats.CELL_WIDTH - 8
    write(painter, cell.seat.who or seats.words(cell.seat), cell.x, cell.y + WORDS_AT, width)
    if cell.seat.who:
        painter.setPen(ink["muted"])
        write(painter, seats.words(cell.seat), cell.x, cell.y + WORDS_AT + LINE_PIXELS, width)


def _draw_given(painter: QPainter, ink: Ink, place: QRectF) -> None:
    painter.setPen(QPen(ink["good"], 2))
    painter.setBrush(ink["good"])
    painter.drawEllipse(place)
    x, y, side = place.x(), place.y(), place.width()
    painter.setPen(QPen(ink["surface"], 4))
    painter.drawPolyline([QPointF(x + side * a, y + side * b) for a, b in ((0.27, 0.52), (0.44, 0.69), (0.74, 0.33))])


def _draw_sheet(painter: QPainter, ink: Ink, place: QRectF) -> None:
    sheet = place.adjusted(5, 0, -5, 0)
    painter.setPen(QPen(ink["good"], 2.5))
    painter.setBrush(ink["good_ground"])
    painter.drawRect(sheet)
    for part in (0.3, 0.5, 0.7):
        y = sheet.y() + sheet.height() * part
        painter.drawLine(QPointF(sheet.x() + 6, y), QPointF(sheet.right() - 6, y))


def _draw_missing(painter: QPainter, ink: Ink, place: QRectF) -> None:
    painter.setPen(QPen(ink["warning"], 2.5, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(place)


class QuorumBoard(Chart):
    """Who agreed, and who is missing."""

    def __init__(self) -> None:
        self._drawn = QuorumDrawing()
        super().__init__(say("Who must agree"), self._drawn, seats.COLUMNS, WIDTHS)

    def present(self, snapshot: Snapshot, view: View) -> None:
        """Show the approvals of an activation."""
        benches = seats.benches(snapshot, view)
        self._drawn.present(benches)
        self.tell(seats.summary(benches), seats.rows(benches))
