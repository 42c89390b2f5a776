# SPDX-License-Identifier: Apache-2.0
"""A row that goes on in a second line where there is no more room: nothing is cut off, nothing has to be scrolled."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem


class FlowLayout(QLayout):
    """Puts its widgets side by side, from the left, and begins a new line when one does not fit."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 10, line_gap: int = 10) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._corner: QWidgetItem | None = None
        self._gap, self._line_gap = gap, line_gap

    def keep_corner(self, widget: QWidget) -> None:
        """Keep the upper right corner for a widget: lines beside it are shorter."""
        self.addChildWidget(widget)
        self._corner = QWidgetItem(widget)

    @property
    def corner(self) -> QWidget | None:
        """What has the corner."""
        return None if self._corner is None else self._corner.widget()

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more, at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return one of them."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one of them back."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at this width."""
        return self._place(QRect(0, 0, width, 0), is_trial=True)

    def sizeHint(self) -> QSize:
        """Return the size of everything on one line."""
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(hint.width() + self._gap for hint in hints) - self._gap
        return self._framed(QSize(max(0, width), max((hint.height() for hint in hints), default=0)))

    def minimumSize(self) -> QSize:
        """Return the size of the largest one."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        if self._corner is not None:
            size += QSize(self._corner.sizeHint().width() + self._gap, 0)
        return self._framed(size)

    def setGeometry(self, rect: QRect) -> None:
        """Put everything in its place."""
        super().setGeometry(rect)
        self._place(rect, is_trial=False)

    def _framed(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _place(self, rect: QRect, *, is_trial: bool) -> int:
        inside = rect.marginsRemoved(self.contentsMargins())
        corner = self._corner.sizeHint() if self._corner is not None else QSize()
        if self._corner is not None and not is_trial:
            self._corner.setGeometry(QRect(QPoint(inside.right() + 1 - corner.width(), inside.top()), corner))
        top, waiting = inside.top(), [item for item in self._items if not item.isEmpty()]
        while waiting:
            beside = corner.width() + self._gap if top - inside.top() < corner.height() else 0
            line, waiting = _split(waiting, inside.width() - beside, self._gap)
            height, left = max(size.height() for _, size in line), inside.left()
            for item, size in line:
                if not is_trial:
                    middle = top + (height - size.height()) // 2
                    item.setGeometry(QRect(left, middle, size.width(), size.height()))
                left += size.width() + self._gap
            top += height + self._line_gap
        lowest = max(top - self._line_gap, inside.top() + corner.height())
        return lowest - rect.top() + self.contentsMargins().bottom()


Sized = list[tuple[QLayoutItem, QSize]]


def _split(items: list[QLayoutItem], width: int, gap: int) -> tuple[Sized, list[QLayoutItem]]:
    """Return what fits on one line, at least one, and the rest."""
    line: Sized = []
    used = -gap
    for item in items:
        size = _fitted(item, width)
        if line and used + gap + size.width() > width:
            break
        line.append((item, size))
        used += gap + size.width()
    return line, items[len(line) :]


def _fitted(item: QLayoutItem, width: int) -> QSize:
    size = item.sizeHint()
    if size.width() <= width:
        return size
    return QSize(width, item.heightForWidth(width) if item.hasHeightForWidth() else size.height())
