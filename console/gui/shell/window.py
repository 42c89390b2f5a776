# SPDX-License-Identifier: Apache-2.0
"""The shell: a banner, a status strip that never scrolls, the rail with numbered tasks, and one page at a time.

It knows no feature. A panel may interrupt: it takes the place of the page until it is answered, or until the station is
locked: ``clear_way`` ends every panel, list and menu.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.gui.kit import reading_order
from console.gui.kit.sizes import grown
from console.gui.kit.widgets import Page, PlainLabel, button
from console.gui.scan.field import ScanWindow
from console.gui.shell.status_strip import Strip

RAIL_PIXELS, BOLD_PIXELS, SCROLL_PIXELS = 176, 12, 16


class Banner(QFrame):
    """Across the full width, so that nobody takes a drill for the real thing or the other way round."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("banner")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 4, 16, 4)
        self._label = PlainLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.addWidget(self._label)
        self._label.setText(text)
        if not text:
            self.hide()

    def show_text(self, text: str) -> None:
        """Show this; without a text there is no banner."""
        self._label.setText(text)
        self.setVisible(bool(text))


class Rail(QFrame):
    """The numbered tasks at the left; those that are passing are not seen at the beginning."""

    def __init__(self, tasks: Sequence[tuple[str, str]], passing: Sequence[str], choose: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self._inner, scroll = QWidget(), QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._buttons: dict[str, QPushButton] = {}
        self._allowed: Sequence[str] = [name for name, _ in tasks]
        self._on_holes = PlainLabel(role="muted")
        self._column = column = QVBoxLayout(self._inner)
        column.setContentsMargins(8, 14, 8, 14)
        column.setSpacing(4)
        for number, (name, title) in enumerate(tasks, 1):
            key = number % 10
            task = button(f"{key}  {title}", partial(choose, name), name=f"{title}, Alt {key}")
            task.setCheckable(True)
            task.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            column.addWidget(task)
            task.setVisible(name not in passing)
            self._buttons[name] = task
        column.addStretch(1)

    def sizeHint(self) -> QSize:
        """Return a width that holds the longest task in bold letters, and the scroll bar where one is needed."""
        wanted = self._inner.minimumSizeHint()
        bar = SCROLL_PIXELS if 0 < self.height() < wanted.height() else 0
        return QSize(max(grown(RAIL_PIXELS), wanted.width() + BOLD_PIXELS) + bar, wanted.height())

    def minimumSizeHint(self) -> QSize:
        """It may be as low as the window: then it scrolls."""
        return QSize(self.sizeHint().width(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A lower window may need the scroll bar."""
        super().resizeEvent(event)
        self.updateGeometry()

    def add_below(self, text: str, pressed: Callable[[], object], *, name: str) -> None:
        """Put a button under the tasks, for what is no task of its own."""
        made = button(text, pressed, name=name)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._column.addWidget(made)

    def explain_holes(self, text: str) -> None:
        """Say this under the tasks while numbers are missing between them."""
        self._on_holes.setText(text)
        self._on_holes.setContentsMargins(12, 0, 4, 8)
        self._on_holes.hide()
        self._column.addWidget(self._on_holes)

    def allow(self, names: Sequence[str], offered: Sequence[str]) -> None:
        """Let only these tasks be chosen; those that are ``offered`` are seen, and keep their numbers."""
        self._allowed = names
        first = list(self._buttons)[: len(offered)]
        self._on_holes.setVisible(bool(self._on_holes.text()) and not set(first) <= set(offered))
        for name, task in self._buttons.items():
            task.setVisible(name in offered)

    def is_allowed(self, name: str) -> bool:
        """Say whether a task can be chosen now."""
        return name in self._allowed

    def mark(self, shown: str) -> None:
        """Mark the task whose page is shown."""
        for name, task in self._buttons.items():
            task.setChecked(name == shown)


class Column(QWidget):
    """Widgets one below the other, without a margin."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)

    def add(self, widget: QWidget) -> None:
        """Put one more below."""
        self._lines.addWidget(widget)


class Pages:
    """The pages by their names, each with its task; some are only promised until somebody goes there."""

    def __init__(self) -> None:
        self._made: dict[str, QWidget] = {}
        self._tasks: dict[str, str] = {}
        self._promised: dict[str, Callable[[], None]] = {}
        self.beside: Sequence[str] = ()
        """Pages of no task in the rail: which is theirs only says when they can be chosen."""

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
        return self._tasks.get(self.name_of(page), "")

    def name_of(self, page: QWidget) -> str:
        """Return the name of a page that is made, or nothing."""
        return next((name for name, made in self._made.items() if made is page), "")

    def all_made(self) -> Mapping[str, QWidget]:
        """Return every page that is made, by its name."""
        return self._made


class Panels:
    """What may take the place of the page: how each is given up at once, and whether somebody reads a code from it."""

    def __init__(self) -> None:
        self._known: dict[QWidget, tuple[Callable[[], object], Callable[[], bool]]] = {}

    def __contains__(self, widget: object) -> bool:
        return widget in self._known

    def add(self, panel: QWidget, end: Callable[[], object], shows_code: Callable[[], bool]) -> None:
        """Make a panel known."""
        self._known[panel] = end, shows_code

    def end_all(self) -> None:
        """Give up whatever they ask or show."""
        for end, _ in self._known.values():
            end()

    def shows_code(self) -> bool:
        """Return whether somebody is reading a code or a picture from the screen."""
        return any(shows_code() for _, shows_code in self._known.values())


class Window(ScanWindow):
    """The one window."""

    painted = Signal()
    """Once, after the first paint."""
    closing = Signal()
    page_chosen = Signal(str)
    page_added = Signal(str, QWidget)
    """Before anything was shown on it, or typed."""

    def __init__(self, title: str, tasks: Sequence[tuple[str, str]], banner: str, passing: Sequence[str] = ()) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.resize(1240, 700)
        self.setMinimumSize(900, 560)
        self.pages = Pages()
        self.panels = Panels()
        self._before: QWidget | None = None
        self._focus_before: QWidget | None = None
        self._was_painted = False
        self.strip, self._stack = Strip(), QStackedWidget()
        # Every page scrolls: in a low window with large text what stands above it keeps its room.
        self._stack.setMinimumHeight(1)
        self.rail = Rail(tasks, passing, self.choose)
        for number, (name, _) in enumerate(tasks, 1):
            self.shortcut(f"Alt+{number % 10}", partial(self.choose, name))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self.shortcut(keys, partial(_press_verb, self._stack))
        self.banner = Banner(banner)
        """Above every page and every panel: neither can hide it."""
        self.above, pages = Column(), Column()
        """Stands above every page; a panel that interrupts stands alone."""
        for part in (self.above, self._stack):
            pages.add(part)
        self._stack.currentChanged.connect(lambda _: self.above.setVisible(not self.is_interrupted))
        self.setCentralWidget(_laid_out(self.banner, self.strip, self.rail, pages))

    def is_allowed(self, name: str) -> bool:
        """Say whether a page can be chosen now."""
        task = self.pages.task_of(name)
        return task is not None and self.rail.is_allowed(task)

    def shortcut(self, keys: str, pressed: Callable[[], object], *, on_panels: bool = True) -> None:
        """Say what keys do, wherever the focus is; a panel that has a meaning of its own for them hears them itself."""
        made = QShortcut(QKeySequence(keys), self)
        made.activated.connect(pressed)
        if not on_panels:
            self._stack.currentChanged.connect(lambda _: made.setEnabled(not self.is_interrupted))

    def add_page(self, name: str, page: QWidget, *, task: str = "") -> None:
        """Put a page behind its task; with ``task`` it is a further page of that one, and not in the rail."""
        self.pages.add(name, page, task or name)
        self._stack.addWidget(page)
        self.page_added.emit(name, page)

    def add_panel(
        self, panel: QWidget, end: Callable[[], object], shows_code: Callable[[], bool] = lambda: False
    ) -> None:
        """Make a panel known that may interrupt; ``end`` gives it up, ``shows_code``: somebody reads from it."""
        self.panels.add(panel, end, shows_code)
        self._stack.addWidget(panel)

    def allow(self, names: Sequence[str], offered: Sequence[str] | None = None) -> None:
        """Let only these tasks be chosen; the rail shows those that are ``offered``, or all of them."""
        self.rail.allow(names, names if offered is None else offered)

    def choose(self, name: str) -> None:
        """Show a page, unless a panel is asking something or the task is not allowed now."""
        page = self.pages.made(name) if self.is_allowed(name) else None
        if page is None or self.is_interrupted:
            _mark(self)
            return
        left = self._stack.currentWidget()
        self._stack.setCurrentWidget(page)
        if isinstance(left, Page) and left is not page:
            left.messages.clear_read()
        _mark(self)
        self.page_chosen.emit(name)
        if isinstance(page, Page) and self.isVisible() and (left is not page or not _holds_focus(page)):
            # Not where Qt leaves it: on what was pressed here last, or on the way back.
            page.arrive()

    def clear_way(self, name: str) -> None:
        """End every panel, list of files and menu, then show this page: the lock wins over all of them."""
        self.panels.end_all()
        _end_dialogs()
        self._before = self._focus_before = None
        if (page := self.pages.made(name)) is not None:
            self._stack.setCurrentWidget(page)
            _mark(self)
            self.page_chosen.emit(name)

    @property
    def page(self) -> QWidget:
        """The page that is shown, or that a panel interrupts."""
        return self._before or self._stack.currentWidget() or self._stack

    @property
    def is_interrupted(self) -> bool:
        """Whether a panel has the place of the page."""
        return self._stack.currentWidget() in self.panels

    def interrupt(self, panel: QWidget) -> None:
        """Put a panel in the place of the page."""
        if not self.is_interrupted:
            self._before, self._focus_before = self._stack.currentWidget(), self.focusWidget()
        self._stack.setCurrentWidget(panel)

    def resume(self) -> None:
        """Show the interrupted page again, with the focus where it was, or where the page begins if that is gone."""
        if (page := self._before) is not None:
            self._stack.setCurrentWidget(page)
            focused, self._before, self._focus_before = self._focus_before, None, None
            if focused is not None and isValid(focused) and focused.isVisible():
                focused.setFocus(Qt.FocusReason.OtherFocusReason)
            elif isinstance(page, Page):
                page.arrive()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001, N802 - Qt's
        """Let Tab go in reading order; what goes while it has the focus leaves it where the page begins."""
        # Qt says None where nothing has the focus, whatever its types say.
        focused, page = cast(QWidget | None, self.focusWidget()), self._stack.currentWidget()
        is_held = focused is not None and focused.isVisible() and focused.isEnabled()
        if isinstance(page, Page) and not is_held:
            page.arrive()
            return True
        return reading_order.step(self, focused, forward=forward)

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


def _mark(window: Window) -> None:
    pages, page = window.pages, window.page
    window.rail.mark("" if pages.name_of(page) in pages.beside else pages.task_shown_by(page))


def _press_verb(stack: QStackedWidget) -> None:
    shown = stack.currentWidget()
    if isinstance(shown, Page):
        shown.press_its_verb()


def _laid_out(banner: QWidget, strip: QWidget, rail: QWidget, pages: QWidget) -> QWidget:
    body, outer = QHBoxLayout(), QWidget()
    body.setSpacing(0)
    body.addWidget(rail)
    body.addWidget(pages, 1)
    column = QVBoxLayout(outer)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(banner)
    column.addWidget(strip)
    column.addLayout(body, 1)
    return outer


def _end_dialogs() -> None:
    """Close every list of files and every menu, wherever in the program."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog):
            widget.reject()
    if (popup := QApplication.activePopupWidget()) is not None:
        popup.close()


def _holds_focus(widget: QWidget) -> bool:
    focused = cast(QWidget | None, widget.window().focusWidget())
    return focused is not None and widget.isAncestorOf(focused)
