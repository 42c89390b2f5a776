# SPDX-License-Identifier: Apache-2.0
"""The shell: a banner, a status strip that never scrolls, the rail with numbered tasks, and one page at a time.

It knows no feature. A panel may interrupt: it takes the place of the page until it is answered.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QDateTime, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.gui.widgets import PlainLabel, StateMark, button
from console.language import say

RAIL_PIXELS = 176


class Strip(QFrame):
    """What always holds: locked or by whom unlocked, what is open and for how long, the time, and the lock."""

    lock_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._mark = StateMark()
        self._state = PlainLabel(say("Starting"), role="heading", wrap=False)
        self._light, self._recording = StateMark(), PlainLabel("", wrap=False)
        self._light.hide()
        self._session = PlainLabel("", wrap=False)
        self._proof = PlainLabel("", role="muted", wrap=False)
        self._activity = PlainLabel("", wrap=False)
        self._time = PlainLabel("", wrap=False)
        self.lock = button(say("Lock now"), self.lock_asked.emit, name=say("Lock now, Control L"))
        self.lock.setEnabled(False)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 6, 16, 6)
        line.setSpacing(14)
        left: tuple[QWidget, ...] = (
            self._mark,
            self._state,
            self._light,
            self._recording,
            self._session,
            self._proof,
        )
        right: tuple[QWidget, ...] = (self._activity, self._time, self.lock)
        for widget in left:
            line.addWidget(widget)
        line.addStretch(1)
        for widget in right:
            line.addWidget(widget)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._show_time)
        self._clock.start(1000)
        self._show_time()

    def show_state(self, text: str, tone: str, *, lockable: bool) -> None:
        """Say whether the station is locked."""
        self._state.setText(text)
        self._mark.set_tone(tone)
        self.lock.setEnabled(lockable)

    def show_light(self, text: str, tone: str) -> None:
        """Say what takes the entries: the journal, the reserve, paper; nothing while that is not known."""
        self._recording.setText(text)
        self._light.set_tone(tone)
        self._light.setVisible(bool(text))

    def show_session(self, text: str) -> None:
        """Say what is open and for how long."""
        self._session.setText(text)

    def show_proof(self, text: str) -> None:
        """Say how much of the journal is provable outside this room."""
        self._proof.setText(text)

    def show_activity(self, text: str) -> None:
        """Say what the program is doing."""
        self._activity.setText(f"{text} …" if text else "")

    def _show_time(self) -> None:
        now = QDateTime.currentDateTime()
        local = f"{now.toString('yyyy-MM-dd HH:mm')} {now.timeZoneAbbreviation()}"
        self._time.setText(
            local if now.offsetFromUtc() == 0 else f"{local} ({now.toUTC().toString('HH:mm')} UTC)"
        )


class Banner(QFrame):
    """Across the full width, so that nobody takes a drill for the real thing or the other way round."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("banner")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 4, 16, 4)
        label = PlainLabel(text, wrap=False)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.addWidget(label)


class Rail(QFrame):
    """The numbered tasks at the left; those that are passing are only seen while they are allowed."""

    def __init__(
        self, tasks: Sequence[tuple[str, str]], passing: Sequence[str], choose: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(RAIL_PIXELS)
        self._passing, self._buttons = passing, dict[str, QPushButton]()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(8, 14, 8, 14)
        column.setSpacing(4)
        for number, (name, title) in enumerate(tasks, 1):
            key = number % 10
            task = button(f"{key}  {title}", partial(choose, name), name=f"{title}, Alt {key}")
            task.setCheckable(True)
            task.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            task.setVisible(name not in passing)
            column.addWidget(task)
            self._buttons[name] = task
        column.addStretch(1)

    def add_below(self, text: str, pressed: Callable[[], object], *, name: str) -> None:
        """Put a button under the tasks, for what is no task of its own."""
        made = button(text, pressed, name=name)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._column.addWidget(made)

    def allow(self, names: Sequence[str]) -> None:
        """Let only these tasks be chosen."""
        for name, task in self._buttons.items():
            task.setEnabled(name in names)
            task.setVisible(name in names or name not in self._passing)

    def is_allowed(self, name: str) -> bool:
        """Say whether a task can be chosen now."""
        return self._buttons[name].isEnabled()

    def mark(self, shown: str) -> None:
        """Mark the task whose page is shown."""
        for name, task in self._buttons.items():
            task.setChecked(name == shown)


class Pages:
    """The pages by their names, each with its task; some are only promised until somebody goes there."""

    def __init__(self) -> None:
        self._made: dict[str, QWidget] = {}
        self._tasks: dict[str, str] = {}
        self._promised: dict[str, Callable[[], None]] = {}

    def promise(self, tasks: Mapping[str, str], make: Callable[[], None]) -> None:
        """Let ``make`` add these pages, each with its task, when one of them is first chosen."""
        self._tasks |= tasks
        self._promised |= dict.fromkeys(tasks, make)

    def add(self, name: str, page: QWidget, task: str) -> None:
        """Put a page behind its task."""
        self._made[name], self._tasks[name] = page, task

    def made(self, name: str) -> QWidget | None:
        """Return a page, made now if it was only promised; None while it is being made."""
        if (make := self._promised.get(name)) is not None:
            self._promised = {other: kept for other, kept in self._promised.items() if kept is not make}
            make()
        return self._made.get(name)

    def task_of(self, name: str) -> str | None:
        """Return the task of a page, made or promised."""
        return self._tasks.get(name)

    def task_shown_by(self, page: QWidget) -> str:
        """Return the task of a page that is made, or nothing."""
        return next((self._tasks[name] for name, made in self._made.items() if made is page), "")


class Window(QMainWindow):
    """The one window."""

    painted = Signal()
    """Once, after the first paint."""
    closing = Signal()
    page_chosen = Signal(str)

    def __init__(
        self, title: str, tasks: Sequence[tuple[str, str]], banner: str, passing: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.resize(1240, 700)
        self.setMinimumSize(900, 560)
        self.pages = Pages()
        self._panels: list[QWidget] = []
        self._before: QWidget | None = None
        self._focus_before: QWidget | None = None
        self._was_painted = False
        self.strip, self._stack = Strip(), QStackedWidget()
        self.rail = Rail(tasks, passing, self.choose)
        for number, (name, _) in enumerate(tasks, 1):
            self.shortcut(f"Alt+{number % 10}", partial(self.choose, name))
        self._lay_out(banner)

    def _lay_out(self, banner: str) -> None:
        body, outer = QHBoxLayout(), QWidget()
        body.setSpacing(0)
        body.addWidget(self.rail)
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(outer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if banner:
            column.addWidget(Banner(banner))
        column.addWidget(self.strip)
        column.addLayout(body, 1)
        self.setCentralWidget(outer)

    def is_allowed(self, name: str) -> bool:
        """Say whether a page can be chosen now."""
        task = self.pages.task_of(name)
        return task is not None and self.rail.is_allowed(task)

    def shortcut(self, keys: str, pressed: Callable[[], object]) -> None:
        """Say what keys do, wherever the focus is."""
        made = QShortcut(QKeySequence(keys), self)
        made.activated.connect(pressed)

    def add_page(self, name: str, page: QWidget, *, task: str = "") -> None:
        """Put a page behind its task; with ``task`` it is a further page of that one, and not in the rail."""
        self.pages.add(name, page, task or name)
        self._stack.addWidget(page)

    def add_panel(self, panel: QWidget) -> None:
        """Make a panel known that may interrupt."""
        self._panels.append(panel)
        self._stack.addWidget(panel)

    def allow(self, names: Sequence[str]) -> None:
        """Let only these tasks be chosen; a passing one is not even seen otherwise."""
        self.rail.allow(names)

    def choose(self, name: str) -> None:
        """Show a page, unless a panel is asking something or the task is not allowed now."""
        page = self.pages.made(name) if self.is_allowed(name) else None
        if page is None or self.is_interrupted:
            self._mark_current()
            return
        self._stack.setCurrentWidget(page)
        self._mark_current()
        self.page_chosen.emit(name)

    @property
    def page(self) -> QWidget:
        """The page that is shown, or that a panel interrupts."""
        return self._before or self._stack.currentWidget() or self._stack

    @property
    def is_interrupted(self) -> bool:
        """Whether a panel has the place of the page."""
        return self._stack.currentWidget() in self._panels

    def interrupt(self, panel: QWidget) -> None:
        """Put a panel in the place of the page."""
        if not self.is_interrupted:
            self._before, self._focus_before = self._stack.currentWidget(), self.focusWidget()
        self._stack.setCurrentWidget(panel)

    def resume(self) -> None:
        """Show the interrupted page again, with the focus where it was."""
        if self._before is not None:
            self._stack.setCurrentWidget(self._before)
            if self._focus_before is not None:
                self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
            self._before = self._focus_before = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that there is something to see."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window is going."""
        self.closing.emit()
        super().closeEvent(event)

    def _mark_current(self) -> None:
        self.rail.mark(self.pages.task_shown_by(self.page))
