# SPDX-License-Identifier: Apache-2.0
"""What happened when, drawn: a lane for each kind, a shape for each, local time above and UTC below."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from console.gui.charts import course_plan
from console.gui.charts.axis import Stretch
from console.gui.charts.chart import Chart, Ink, Picture, write
from console.gui.charts.course_plan import LANES, Event, Plan, Sign
from console.gui.phrases import clock_times, local_offset
from console.gui.snapshot import Snapshot, View
from console.language import say

TITLE_PIXELS, RIGHT_PIXELS = 96.0, 26.0
HEAD_PIXELS, LANE_PIXELS, FOOT_PIXELS = 26.0, 34.0, 26.0
HALF = 8.0
LEAST_WORDS = 34.0
WIDTHS = (250, 150, 300, 130)
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


class CoursePicture(Picture):
    """Draws lanes of signs on one line of time."""

    def __init__(self) -> None:
        super().__init__()
        self._events: Sequence[Event] = ()
        self._now: int | None = None

    def present(self, events: Sequence[Event], now: int | None) -> None:
        """Draw these; ``now`` is None once it is over."""
        self._events, self._now = events, now

    def plan(self, width: float) -> Plan:
        """Return what stands where."""
        return course_plan.plan(self._events, TITLE_PIXELS + HALF, width - RIGHT_PIXELS, self._now)

    def height_for(self, width: float) -> float:
        """Return how high all lanes are together."""
        return HEAD_PIXELS + len(self.plan(width).lanes) * LANE_PIXELS + FOOT_PIXELS

    def draw(self, painter: QPainter, ink: Ink, width: float) -> None:
        """Draw the times, the lanes, and what happened in them."""
        plan = self.plan(width)
        bottom = HEAD_PIXELS + len(plan.lanes) * LANE_PIXELS
        for number, lane in enumerate(plan.lanes):
            y = _middle(number)
            painter.setPen(QPen(ink["hair"], 1))
            painter.drawLine(QPointF(TITLE_PIXELS, y), QPointF(width, y))
            painter.setPen(ink["text"])
            write(painter, LANES[lane], 0, y - HALF - 2, TITLE_PIXELS - HALF)
        _draw_times(painter, ink, plan, bottom)
        _draw_band(painter, ink, plan)
        for part in plan.axis.stretches:
            if part.is_cut:
                _draw_cut(painter, ink, part, bottom)
        for sign in plan.signs:
            _draw_sign(painter, ink, sign)


def _middle(lane: int) -> float:
    return HEAD_PIXELS + lane * LANE_PIXELS + LANE_PIXELS / 2


def _draw_times(painter: QPainter, ink: Ink, plan: Plan, bottom: float) -> None:
    painter.setPen(ink["muted"])
    write(painter, say("Local"), 0, 0, TITLE_PIXELS)
    write(painter, say("UTC"), 0, bottom + 4, TITLE_PIXELS)
    start = plan.axis.stretches[0].start
    for at in plan.axis.ticks(local_offset(start)):
        x, (local, utc) = plan.axis.x(at), clock_times(at)
        painter.setPen(QPen(ink["hair"], 1))
        painter.drawLine(QPointF(x, HEAD_PIXELS - 4), QPointF(x, bottom))
        painter.setPen(ink["muted"])
        write(painter, local, x - 18, 0, 90)
        write(painter, utc, x - 18, bottom + 4, 90)
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
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink["page"])
    painter.drawRect(
        QRectF(part.left + 12, HEAD_PIXELS - 4, part.right - part.left - 24, bottom - HEAD_PIXELS + 4)
    )
    painter.setPen(QPen(ink["edge"], 1.5))
    for x in (part.left + 14, part.right - 14):
        painter.drawPolyline([
            QPointF(x + (3 if n % 2 else -3), HEAD_PIXELS - 4 + n * 8)
            for n in range(int((bottom - HEAD_PIXELS + 4) / 8) + 1)
        ])  # fmt: skip
    painter.setPen(ink["muted"])
    write(painter, course_plan.pause(part.end - part.start), part.left - 6, 0, part.right - part.left + 40)


def _draw_sign(painter: QPainter, ink: Ink, sign: Sign) -> None:
    y, colour = _middle(sign.lane), ink[TONES.get(sign.kind, "accent")]
    painter.setPen(QPen(ink["surface"], 1.5))
    painter.setBrush(colour)
    if sign.kind in SHAPES:
        painter.drawPolygon(
            QPolygonF([QPointF(sign.x + a * HALF, y + b * HALF) for a, b in SHAPES[sign.kind]])
        )
    elif sign.kind == "refused":
        painter.setPen(QPen(colour, 3.5))
        for side in (-1, 1):
            painter.drawLine(QPointF(sign.x - HALF, y - side * HALF), QPointF(sign.x + HALF, y + side * HALF))
    else:
        painter.setPen(QPen(colour, 3))
        painter.setBrush(colour if sign.kind == "approved" else ink["surface"])
        painter.drawEllipse(QPointF(sign.x, y), HALF - 1, HALF - 1)
    painter.setPen(ink["text"])
    if sign.room > LEAST_WORDS or len(sign.events) > 1:
        write(
            painter, course_plan.label(sign), sign.x + HALF + 4, y - HALF - 2, max(sign.room - 8, LEAST_WORDS)
        )


class CourseChart(Chart):
    """What happened when, of one activation."""

    def __init__(self) -> None:
        self._drawn = CoursePicture()
        super().__init__(say("What happened when"), self._drawn, course_plan.COLUMNS, WIDTHS)

    def present(self, snapshot: Snapshot, view: View, now: int) -> None:
        """Show the course of an activation; ``now``: milliseconds since 1970, to draw while it goes on."""
        events = course_plan.events_of(snapshot, view)
        at = None if view["state"] in OVER else now
        self._drawn.present(events, at)
        self.tell(course_plan.summary(events, at), course_plan.rows(events))
