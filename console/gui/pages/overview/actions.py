# SPDX-License-Identifier: Apache-2.0
"""All actions: what the person who unlocked may do, by name, with a field to search in; Enter leads to the page."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from console.gui.catalogue import DEEDS, Deed, matching
from console.gui.kit import form
from console.gui.kit.form import Field
from console.gui.kit.widgets import Page, PlainLabel
from console.gui.shell.window import Window
from console.language import say

ROW_PIXELS = 44


class EverythingScreen(Page):
    """Shows what can be done now; reports which page somebody goes to."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("All actions"))
        self.readable()
        self._deeds: tuple[Deed, ...] = ()
        self._sought, self._list = form.line(say("a word of what you want to do")), QListWidget()
        self._list.setAccessibleName(say("What can be done"))
        self._list.setMinimumHeight(10 * ROW_PIXELS)
        self.column.addWidget(
            Field(say("Search in all actions"), self._sought, say("The arrows choose, Enter goes there."))
        )
        self._none = PlainLabel(say("No action has these words. Try one word, or empty the field to see all."))
        self.column.addWidget(self._none)
        self.column.addWidget(self._list, 1)
        self._sought.textChanged.connect(lambda _: self._show())
        self._sought.returnPressed.connect(self._go)
        self._list.itemActivated.connect(lambda _: self._go())

    def offer(self, deeds: Sequence[Deed]) -> None:
        """Offer these, with an empty field that has the focus."""
        self._deeds = tuple(deeds)
        self._sought.clear()
        self._show()
        self._sought.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows choose, wherever the focus is."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            at = self._list.currentRow() + steps[Qt.Key(event.key())]
            self._list.setCurrentRow(max(0, min(self._list.count() - 1, at)))
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        self._list.clear()
        for deed in matching(self._sought.text(), self._deeds):
            item = QListWidgetItem(deed.words)
            item.setData(Qt.ItemDataRole.UserRole, deed.page)
            item.setSizeHint(QSize(0, ROW_PIXELS))
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._none.setVisible(not self._list.count())

    def _go(self) -> None:
        if (item := self._list.currentItem()) is not None:
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))


class EverythingGestures(QObject):
    """Joins the page of all actions to the window."""

    def __init__(self, window: Window, screen: EverythingScreen) -> None:
        super().__init__()
        self._window, self._screen = window, screen
        window.page_chosen.connect(self._chosen)
        screen.chosen.connect(window.choose)

    def _chosen(self, name: str) -> None:
        if name == "everything":
            self._screen.offer([deed for deed in DEEDS if self._window.is_allowed(deed.page)])
