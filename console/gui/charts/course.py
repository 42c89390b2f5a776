# SPDX-License-Identifier: Apache-2.0
"""What happened when, drawn: a lane for each kind, a shape for each, local time above and UTC below."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from console.gui.charts import course_plan
from console.gui.charts.axis import FREE_PIXELS, Stretch
from console.gui.charts.chart import Chart, Ink, write
from console.gui.charts.course_plan import LANES, Event, Plan, Sign
from console.gui.charts.labels import Words
from console.gui.snapshot import Snapshot, View
from console.language import say

HEAD_PIXELS, LANE_PIXELS, FOOT_PIXELS = 26.0, 34.0, 26.0
HALF = 8.0
WIDTHS = (250, 150, 300, 130)
HEADS = (say("Local"), say("UTC"))
OVER = ("ended", "closed", "denied", "withdrawn", "expired")
TONES = {"refused": "danger", "breaker": "danger", "approved": "good", "agreed": "good", "rotated": "good"}
Points = tuple[tuple[float, float], ...]
SHAPES: dict[str, Points] = {
    "asked": ((-1, -1), (1, 0), (-1, 1)),
    "opened": ((-1, 1), (0, -1), (1, 1)),
    "changed": ((-1, -0.3), (0, -1), (1, -0.3), (0.5, 1), (-0.5, 1)),
    "over": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "released": ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    "breaker": ((-0.4, -1), (0.4, -1), (1, -0.4), (1, 0.4), (0.4, 1), (-0.4, 1), (-1, 0.4), (-1, -0.4)),
}
"""Corners around the middle of a sign, in halves of its size; what is not here is round, or a cross."""


class CourseDrawing:
    """Draws lanes of signs on one line of time."""

    def __init__(self) -> None:
        self._events: Sequence[Event] = ()
        self._now: int | None = None
        self._signs: Sequence[Sign] = ()

    def present(self, events: Sequence[Event], now: int | None) -> None:
        """Draw these; ``now`` is None once it is over."""
        self._events, self._now = events, now

    def height_for(self, _: float) -> float:
        """Return how high all lanes are together."""
        return HEAD_PIXELS + len(course_plan.lanes_of(self._events)) * LANE_PIXELS + FOOT_PIXELS

    def told_at(self, x: float, y: float) -> str:
        """Return in full what happened here, line by line."""
        here = (sign for sign in self._signs if abs(y - _middle(sign.lane)) < LANE_PIXELS / 2)
        found = next((sign for sign in here if _is_at(sign, x)), None)
        return "\n".join(map(course_plan.told, found.events)) if found else ""

    def draw(self, painter: QPainter, ink: Ink, width: float) -> None:
        """Draw the times, the lanes, and what happened in them."""
        measure = QFontMetricsF(painter.font()).horizontalAdvance
        beside = 2 * HALF + max(map(measure, (*LANES.values(), *HEADS)))
        plan = course_plan.plan(self._events, beside + 3 * HALF, width - FREE_PIXELS, self._now, measure)
        self._signs, bottom = plan.signs, HEAD_PIXELS + len(plan.lanes) * LANE_PIXELS
        for number, lane in enumerate(plan.lanes):
            y = _middle(number)
            painter.setPen(QPen(ink["hair"], 1))
            painter.drawLine(QPointF(beside, y), QPointF(width, y))
            painter.setPen(ink["text"])
            write(painter, LANES[lane], 0, y - HALF - 2, beside)
        _draw_times(painter, ink, plan, bottom)
        _draw_band(painter, ink, plan)
        for part in plan.axis.stretches:
            if part.is_cut:
                _draw_cut(painter, ink, part, bottom)
        for sign in plan.signs:
            _draw_sign(painter, ink, sign)


def _is_at(sign: Sign, x: float) -> bool:
    words = sign.words
    return abs(x - sign.x) <= HALF + 2 or (words is not None and words.x <= x <= words.end)


def _middle(lane: int) -> float:
    return HEAD_PIXELS + lane * LANE_PIXELS + LANE_PIXELS / 2


def _draw_times(painter: QPainter, ink: Ink, plan: Plan, bottom: float) -> None:
    painter.setPen(ink["muted"])
    for head, y in zip(HEADS, (0, bottom + 4), strict=True):
        write(painter, head, 0, y, plan.axis.stretches[0].left)
    for words in plan.pauses:
        _write(painter, words, 0)
    for mark in plan.marks:
        painter.setPen(QPen(ink["hair"], 1))
        painter.drawLine(QPointF(mark.x, HEAD_PIXELS - 4), QPointF(mark.x, bottom))
        painter.setPen(ink["muted"])
        _write(painter, mark.local, 0)
        _write(painter, mark.utc, bottom + 4)
    if plan.now is not None:
        painter.setPen(QPen(ink["focus"], 2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(plan.now, HEAD_PIXELS - 4), QPointF(plan.now, bottom))


def _draw_band(painter: QPainter, ink: Ink, plan: Plan) -> None:
    """Draw from when to when it was open."""
    if plan.band is not None:
        y = _middle(plan.lanes.index("open"))
        left, right = plan.band
        painter.setPen(QPen(ink["danger"], 1))
        painter.setBrush(ink["danger_ground"])
        painter.drawRect(QRectF(left, y - 5, max(2.0, right - left), 10))


def _draw_cut(painter: QPainter, ink: Ink, part: Stretch, bottom: float) -> None:
    """Draw that time was left out here."""
    left, right = course_plan.zigzags(part)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink["page"])
    painter.drawRect(QRectF(left, HEAD_PIXELS - 4, right - left, bottom - HEAD_PIXELS + 4))
    painter.setPen(QPen(ink["edge"], 1.5))
    for x in (left, right):
        painter.drawPolyline(
            [
                QPointF(x + (3 if n % 2 else -3), HEAD_PIXELS - 4 + n * 8)
                for n in range(int((bottom - HEAD_PIXELS + 4) / 8) + 1)
            ]
        )


def _draw_sign(painter: QPainter, ink: Ink, sign: Sign) -> None:
    y, colour = _middle(sign.lane), ink[TONES.get(sign.kind, "accent")]
    painter.setPen(QPen(ink["surface"], 1.5))
    painter.setBrush(colour)
    if sign.kind in SHAPES:
        painter.drawPolygon(QPolygonF([QPointF(sign.x + a * HALF, y + b * HALF) for a, b in SHAPES[sign.kind]]))
    elif sign.kind == "refused":
        painter.setPen(QPen(colour, 3.5))
        for side in (-1, 1):
            painter.drawLine(QPointF(sign.x - HALF, y - side * HALF), QPointF(sign.x + HALF, y + side * HALF))
    else:
        painter.setPen(QPen(colour, 3))
        painter.setBrush(colour if sign.kind == "approved" else ink["surface"])
        painter.drawEllipse(QPointF(sign.x, y), HALF - 1, HALF - 1)
    painter.setPen(ink["text"])
    if sign.words is not None:
        _write(painter, sign.words, y - HALF - 2)


def _write(painter: QPainter, words: Words, y: float) -> None:
    write(painter, words.text, words.x, y, words.width)


class CourseChart(Chart):
    """What happened when, of one activation."""

    def __init__(self) -> None:
        self._drawn = CourseDrawing()
        super().__init__(say("What happened when"), self._drawn, course_plan.COLUMNS, WIDTHS)

    def present(self, snapshot: Snapshot, view: View, now: int) -> None:
        """Show the course of an activation; ``now``: milliseconds since 1970, to draw while it goes on."""
        events = course_plan.events_of(snapshot, view)
        at = None if view["state"] in OVER else now
        self._drawn.present(events, at)
        self.tell(course_plan.summary(events, at), course_plan.rows(events))
