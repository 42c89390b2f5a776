# SPDX-License-Identifier: Apache-2.0
"""Where somebody wants to go in the journal: the number of an entry, or a date, by the local clock or in UTC."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from console.gui.kit import form, sizes
from console.gui.kit.widgets import PlainLabel, button, row
from console.language import say

KEYS = "Ctrl+G"
DAYS = ("%Y-%m-%d", "%d.%m.%Y")
TIMES = ("%H:%M", "%H:%M:%S")
FIELD_PIXELS = 230
_NUMBER = re.compile(r"#?(?:\d{1,15}|\d{1,3}(?:[., ]\d{3}){1,4})\Z", re.ASCII)
_ZONE = re.compile(r"\s*(?:UTC|Z)\Z", re.IGNORECASE)


def place_of(text: str) -> int | datetime | None:
    """Return an entry's number, or the last moment that a date or time means (with its zone); None: it says neither."""
    said = text.strip()
    in_utc = _ZONE.search(said)
    moment = _moment(_ZONE.sub("", said))
    if moment is not None:
        return moment.replace(tzinfo=UTC) if in_utc else moment.astimezone()
    return int(re.sub(r"\D", "", said)) if _NUMBER.match(said) else None


class JumpBar(QWidget):
    """One field for both, which a key leads to from anywhere on its page."""

    asked = Signal(object)
    """An ``int``, or a ``datetime`` with its zone."""
    unclear = Signal()
    begun = Signal()
    """Somebody types: the journal will be asked at once."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._place = form.line(say("like 1204 or 2026-11-23 22:56"))
        self._place.setAccessibleName(say("Go to an entry's number or a date, Control G"))
        sizes.keep(self._place, leastWidth=FIELD_PIXELS)
        self._place.returnPressed.connect(self._ask)
        self._place.textEdited.connect(lambda _: self.begun.emit())
        label = PlainLabel(say("Entry or date"), role="field", wrap=False)
        label.setBuddy(self._place)
        line = row(label, self._place, button(say("Go there"), self._ask))
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        # Wherever the focus is in the window, as long as this page is the one that is shown.
        keys = QShortcut(QKeySequence(KEYS), page)
        keys.activated.connect(self._begin)

    def forget(self) -> None:
        """Hold nothing: the station is locked."""
        self._place.clear()

    def _begin(self) -> None:
        self._place.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._place.selectAll()

    def _ask(self) -> None:
        place = place_of(self._place.text())
        if place is None:
            self.unclear.emit()
        else:
            self.asked.emit(place)


@dataclass
class Place:
    """The pages that were turned; None is the newest."""

    page: int
    """How many there are on one."""
    _turned: list[int | None] = field(default_factory=lambda: [None])

    @property
    def before(self) -> int | None:
        """The number below which the page begins."""
        return self._turned[-1]

    @property
    def is_newest(self) -> bool:
        """Whether nothing newer is left to turn to."""
        return self._turned == [None]

    def newest(self) -> None:
        """Go to the newest page."""
        self._turned = [None]

    def go_to(self, number: int) -> None:
        """Go to the page that begins with this number."""
        self._turned = [number + 1]

    def older(self, looked_to: int) -> None:
        """Turn to what lies below."""
        self._turned.append(looked_to)

    def newer(self, size: int, *, has_gaps: bool) -> None:
        """Turn back; from where somebody went to by number, on: numbers without gaps tell where a page begins."""
        if len(self._turned) > 1:
            self._turned.pop()
        elif self._turned[0] is not None:
            above = self._turned[0] + self.page
            self._turned = [None if has_gaps or above >= size else above]


def _moment(said: str) -> datetime | None:
    for day in DAYS:
        with suppress(ValueError):
            return datetime.combine(datetime.strptime(said, day), time.max)
        for clock in TIMES:
            with suppress(ValueError):
                found = datetime.strptime(said, f"{day} {clock}")
                return found.replace(second=59 if clock == TIMES[0] else found.second, microsecond=999_999)
    return None
