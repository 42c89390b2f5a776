# SPDX-License-Identifier: Apache-2.0
"""The budget, drawn: what is left is filled, what is used is empty; what is nearly over is hatched, and says so."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from console.gui.charts import budget
from console.gui.charts.budget import Budget, Part
from console.gui.charts.chart import Chart, Ink, write
from console.gui.snapshot import View
from console.language import say

LINE_PIXELS, BAR_PIXELS, GAP = 22.0, 26.0, 12.0
WIDTHS = (150, 110, 110)


class GaugeDrawing:
    """Draws two bars, each below its words."""

    def __init__(self) -> None:
        self._budget = Budget(0, 0, 0, 0)

    def present(self, now: Budget) -> None:
        """Draw this."""
        self._budget = now

    def height_for(self, _: float) -> float:
        """Return how high two bars are."""
        return 2 * (LINE_PIXELS + BAR_PIXELS) + GAP

    def told_at(self, _x: float, _y: float) -> str:
        """Return nothing: all its words have room."""
        return ""

    def draw(self, painter: QPainter, ink: Ink, width: float) -> None:
        """Draw words and bars."""
        bars = (budget.showings(self._budget, width - 2), budget.time(self._budget, width - 2))
        low = (say("the last one") if self._budget.releases_left else "", say("soon over"))
        y = 0.0
        for told, parts, is_low, warning in zip(budget.told(self._budget), bars, self._budget.is_low, low, strict=True):
            painter.setPen(ink["warning"] if is_low else ink["text"])
            minded = ", ".join(part for part in (told, warning) if part)
            write(painter, f"▲ {minded}" if is_low else told, 0, y, width)
            _draw_bar(painter, ink, parts, y + LINE_PIXELS, is_low=is_low)
            y += LINE_PIXELS + BAR_PIXELS + GAP


def _draw_bar(painter: QPainter, ink: Ink, parts: Sequence[Part], y: float, *, is_low: bool) -> None:
    colour = ink["warning"] if is_low else ink["accent"]
    full = QBrush(colour, Qt.BrushStyle.BDiagPattern) if is_low else QBrush(colour)
    painter.setPen(QPen(ink["edge"], 1))
    for part in parts:
        painter.setBrush(full if part.is_left else QBrush(ink["page"]))
        painter.drawRect(QRectF(part.left + 1, y, part.width, BAR_PIXELS))


class BudgetGauge(Chart):
    """How many showings and how much time are left."""

    def __init__(self) -> None:
        self._drawn = GaugeDrawing()
        super().__init__(say("What is left"), self._drawn, budget.COLUMNS, WIDTHS)

    def present(self, view: View, seconds_left: int) -> None:
        """Show what an activation has left; called every second."""
        now = budget.of(view, seconds_left)
        self._drawn.present(now)
        self.tell(budget.summary(now), budget.rows(now))
