# SPDX-License-Identifier: Apache-2.0
"""The few widgets that every screen is made of: plain text only, big enough under stress, always with a name.

A label without an accessible name is read by its text; so labels get none, and the text always says the value.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.domain.controls import unsteered
from console.gui.kit import sizes
from console.gui.kit.first_focus import SETTLED_MS, FirstFocus, first_in
from console.gui.kit.flow import FlowLayout
from console.gui.kit.parts import Parts
from console.gui.kit.verb import RELEASES, Verb, is_press
from console.language import say

READ_MS = 4000
"""So long a problem is before somebody's eyes until it counts as read."""
HALF = 128
"""Of 255: a lighter text stands on a dark ground."""
ON_LIGHT = {"good": "#1c7c49", "warning": "#9a5f00", "danger": "#c01f2e"}
ON_DARK = {"good": "#7fd6a0", "warning": "#f3c56b", "danger": "#ff9f98"}
"""Of a mark: 3:1 and more on every ground that the window has."""
READABLE_PIXELS = 860
"""The widest column of text: about seventy letters a line in the forms."""


class PlainLabel(QLabel):
    """Text that is never taken for HTML, whatever somebody wrote into a reason; long lines wrap."""

    def __init__(self, text: str = "", *, role: str = "", wrap: bool = True) -> None:
        super().__init__(unsteered(text))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setProperty("role", role)

    def setText(self, text: str) -> None:
        """Show this text; what would turn its words round is spelt out."""
        super().setText(unsteered(text))

    def set_tone(self, tone: str) -> None:
        """Colour it: danger, good, warning or plain. The words say the same without the colour."""
        set_style(self, "tone", tone)


class NaturalLabel(PlainLabel):
    """As wide as its text on one line; wraps only where even a whole line is too short."""

    def __init__(self, text: str = "", *, role: str = "") -> None:
        super().__init__(text, role=role)
        if not text:
            self.hide()

    def sizeHint(self) -> QSize:
        """Return the size on one line."""
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, max(self.fontMetrics().height(), self.heightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        """Return the size of a short word: the rest wraps."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), self.fontMetrics().averageCharWidth() * 8), hint.height())

    def show_text(self, text: str) -> None:
        """Show a text; without one there is no place for it either."""
        if text != self.text():
            self.setText(text)
        self.setVisible(bool(text))


class StateMark(QWidget):
    """A small drawn sign for a state; a shape of its own for each tone, so that colour is never alone."""

    SIDE = 20

    def __init__(self, tone: str = "plain") -> None:
        super().__init__()
        self.setFixedSize(self.SIDE, self.SIDE)
        self._tone = tone

    def set_tone(self, tone: str) -> None:
        """Choose the sign: good (disc), warning (triangle), danger (octagon), plain (ring)."""
        self._tone = tone
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the sign."""
        text = self.palette().windowText().color()
        colours = ON_DARK if text.lightness() > HALF else ON_LIGHT
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(colours[self._tone]) if self._tone in colours else text
        painter.setPen(QPen(colour, 2.5))
        painter.setBrush(colour if self._tone in colours else Qt.BrushStyle.NoBrush)
        if self._tone == "warning":
            painter.drawPolygon(QPolygonF([QPointF(10, 3), QPointF(18, 17), QPointF(2, 17)]))
        elif self._tone == "danger":
            corners = ((6, 2), (14, 2), (18, 6), (18, 14), (14, 18), (6, 18), (2, 14), (2, 6))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        else:
            painter.drawEllipse(QRectF(3, 3, 14, 14))
        painter.end()


class Messages(QFrame):
    """What went wrong or well, at the top of a page; it takes the focus.

    What was done goes away with the next gesture on its page, and when somebody leaves the page. A problem stays until
    a gesture of the page begins anew, or somebody leaves the page who had time to read it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen = QElapsedTimer()
        self._is_done, self._said, self._pressed = False, 0, -1
        """How many messages there were, and how many when a button was last pressed: a newer one stays."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(16, 12, 16, 12)
        self._lines.setSpacing(6)
        self.hide()

    def problem(self, what: str, now: str, problems: Sequence[tuple[str, Callable[[], None]]] = ()) -> None:
        """Say what happened and what to do now; each problem is a button that leads to its field."""
        self._fill("danger", say("There is a problem"), [what, now])
        self._lead(problems)
        self._speak(" ".join([what, now, *(text for text, _ in problems)]))

    def question(self, what: str, why: str, answers: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """Ask before something is done; each answer is a button."""
        self._fill("warning", what, [why])
        self._lead(answers)
        self._speak(" ".join([what, why, *(text for text, _ in answers)]))

    def good(self, text: str) -> None:
        """Say what was done."""
        self._fill("good", say("Done"), [text])
        self._is_done = True
        cast(QApplication, QApplication.instance()).installEventFilter(self)
        self._speak(text)

    def warning(self, title: str, text: str) -> None:
        """Say what needs attention."""
        self._fill("warning", title, [text])
        self._speak(f"{title}. {text}")

    def clear(self) -> None:
        """Take the message away."""
        self.hide()
        self._empty()

    def clear_done(self) -> None:
        """Take the message away if it only says what was done."""
        if self._is_done:
            self.clear()

    def clear_read(self) -> None:
        """Take the message away if it says what was done, or stood before somebody's eyes long enough to be read."""
        if self._is_done or (self._seen.isValid() and self._seen.elapsed() >= READ_MS):
            self.clear()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to be read."""
        super().showEvent(event)
        if not self._seen.isValid():
            self._seen.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear, while it says what was done, that a button of its page is pressed."""
        page = self.parentWidget()
        if page is not None and is_press(event) and isinstance(watched, QAbstractButton):
            if page.isAncestorOf(watched):
                self._pressed = self._said
        elif event.type() in RELEASES and self._pressed == self._said:
            # Not before: a button that moves away under the pointer would not hear the click.
            QTimer.singleShot(0, self, partial(self._let_go, self._said))
        return False

    def _let_go(self, said: int) -> None:
        if said == self._said:
            self.clear_done()

    def _fill(self, tone: str, title: str, lines: Sequence[str]) -> None:
        self._empty()
        set_style(self, "message", tone)
        self._lines.addLayout(marked(tone, PlainLabel(title, role="heading")))
        for line in filter(None, lines):
            self._lines.addWidget(PlainLabel(line))

    def _lead(self, leads: Sequence[tuple[str, Callable[[], None]]]) -> None:
        for text, lead in leads:
            self._lines.addWidget(button(text, lead, weight="small"))

    def _empty(self) -> None:
        self._is_done = False
        self._seen.invalidate()
        self._said += 1
        cast(QApplication, QApplication.instance()).removeEventFilter(self)
        clear_layout(self._lines)

    def _speak(self, text: str) -> None:
        self.setAccessibleName(text)
        self.show()
        if self.isVisible():
            self._seen.start()
            # Only here: on a page that somebody has left it would take the keys away from where they type now.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, text)


class Page(QWidget):
    """A scrolling column with a title and a place for messages; what every screen is."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAccessibleName(title)
        self.messages = Messages()
        self._canvas = canvas = QWidget()
        canvas.setObjectName("canvas")
        self.column = QVBoxLayout(canvas)
        self.column.setContentsMargins(28, 20, 28, 28)
        self.column.setSpacing(14)
        self.title = PlainLabel(title, role="title")
        self.column.addWidget(self.title)
        self.column.addWidget(self.messages)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # It may be as low as what stands around it leaves: it scrolls.
        self._scroll.setMinimumHeight(1)
        self._scroll.setAccessibleName(title)
        self._scroll.setWidget(canvas)
        self._first_focus = FirstFocus(canvas, self._scroll)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(self._scroll)

    def stand_below(self, widget: QWidget) -> None:
        """Let a widget stand under the column, where it never scrolls away."""
        self._outer.addWidget(widget)

    def readable(self) -> None:
        """Keep the column narrow enough to read, at the left."""
        sizes.keep(self._canvas, mostWidth=READABLE_PIXELS)

    def parts(self, *parts: tuple[str, QWidget]) -> Parts:
        """Return parts of this page, to stand in its column: what was said in one is gone in the next."""
        made = Parts(*parts)
        made.chosen.connect(self.messages.clear)
        return made

    def turn_to_part(self, part: str) -> None:
        """Show the part of this name, without what was said before, and begin there."""
        self.messages.clear()
        for parts in self.findChildren(Parts):
            if (shown := parts.turn_to_named(part)) is not None:
                self.reveal(first_in(shown))

    def arrive(self) -> None:
        """Give the focus to what is done first here: the first field, or the button of the page's one verb."""
        self._first_focus.give()

    def press_its_verb(self) -> None:
        """Press the one button that this page is for, wherever the focus is; with several nothing is pressed."""
        verbs = [one for one in self.findChildren(Verb) if one.isVisible() and one.weight == "primary"]
        if len(verbs) == 1 and verbs[0].hears:
            verbs[0].click()

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a widget and give it the focus, in whichever part of the page it is."""
        for parts in self.findChildren(Parts):
            parts.turn_to_holder_of(widget)
        if self.isVisible():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bring_in_sight(widget)

    def bring_in_sight(self, widget: QWidget) -> None:
        """Scroll to a widget; the focus stays where somebody may be typing."""
        # Later, because what was just added has no place yet; never, if it is gone by then.
        QTimer.singleShot(SETTLED_MS, widget, lambda: self._scroll.ensureWidgetVisible(widget, 40, 80))

    def say_problem(self, what: str, now: str, problems: Sequence[tuple[str, Callable[[], None]]] = ()) -> None:
        """Show a problem at the top and scroll there."""
        self.messages.problem(what, now, problems)
        self.to_top()

    def say_question(self, what: str, why: str, answers: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """Show a question at the top and scroll there."""
        self.messages.question(what, why, answers)
        self.to_top()

    def say_done(self, text: str) -> None:
        """Show at the top what was done."""
        self.messages.good(text)
        self.to_top()

    def say_warning(self, title: str, text: str) -> None:
        """Show at the top what was done and came out badly."""
        self.messages.warning(title, text)
        self.to_top()

    def to_top(self) -> None:
        """Show where the page begins."""
        self._scroll.verticalScrollBar().setValue(0)


def button(text: str, pressed: Callable[[], object], *, weight: str = "", name: str = "") -> Verb:
    """Return a button; Enter and Space press it when it has the focus. ``name`` is read aloud instead of the text."""
    return Verb(text, pressed, weight=weight, name=name)


def row(*widgets: QWidget) -> FlowLayout:
    """Return a row of widgets, at the left; it goes on in the next line when there is no room."""
    line = FlowLayout()
    for widget in widgets:
        line.addWidget(widget)
    return line


def marked(tone: str, label: QLabel) -> QHBoxLayout:
    """Return a text with the sign of a state before it; a long one wraps beside the sign."""
    line = spread()
    line.addWidget(StateMark(tone), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(label, 1)
    return line


def spread(*widgets: QWidget) -> QHBoxLayout:
    """Return a row of widgets that share its whole width."""
    line = QHBoxLayout()
    line.setSpacing(10)
    for widget in widgets:
        line.addWidget(widget)
    return line


def card() -> tuple[QFrame, QVBoxLayout]:
    """Return a framed surface and its column."""
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(18, 14, 18, 14)
    column.setSpacing(8)
    return frame, column


def set_style(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the stylesheet looks at, and paint anew."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def clear_layout(layout: QVBoxLayout | QHBoxLayout | FlowLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner := item.layout(), QVBoxLayout | QHBoxLayout | FlowLayout):
            clear_layout(inner)


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say this once."""
    # Not at the start: with them come all roles and events, which the first page does not need.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
