# SPDX-License-Identifier: Apache-2.0
"""What is sought in the journal: words, a kind of entry, a person, a time, an activation, an older journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from console.gui.kit import form, sizes
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.phrases import logs
from console.language import say

TYPE_PIXELS, TEXT_PIXELS = 240, 270
FIELD_PIXELS = 42
TYPING_MS = 250
"""So long after the last key the search begins."""
TIMES = (
    ("", say("At any time")),
    ("1", say("In the last day")),
    ("7", say("In the last 7 days")),
    ("30", say("In the last 30 days")),
    ("365", say("In the last year")),
    ("-30", say("More than 30 days ago")),
    ("-365", say("More than a year ago")),
)
ANY = ("", say("Any activation"))


@dataclass(frozen=True)
class Query:
    """What is sought; empty is everything.

    ``days``: not older than so many, or, below zero, older. ``before``: the number below which the page begins, None is
    the newest. ``log``: an older journal.
    """

    text: str = ""
    type: str | None = None
    person: str | None = None
    days: int | None = None
    before: int | None = None
    log: int | None = None
    act: str | None = None

    def is_filtered(self) -> bool:
        """Return whether entries are left out, so that the numbers on a page have gaps."""
        return replace(self, before=None, log=None) != Query()


class Filters(QWidget):
    """One row of fields; ``changed`` once somebody has stopped typing, or has chosen."""

    changed = Signal()
    typing = Signal()
    """Somebody types: the journal will be asked at once."""
    left_downwards = Signal()
    """Somebody goes on from the words to what was found."""

    def __init__(self) -> None:
        super().__init__()
        self.words = dict[str, str]()
        """What the types of entries are called."""
        self._text = form.line(say("Search: a name or a word"))
        self._type = form.choice([("", say("All entries"))])
        self._person = form.choice([("", say("By anybody"))])
        self._when, self._log, self._act = form.choice(TIMES), form.choice(logs(1)), form.choice([ANY])
        self._boxes = (self._type, self._person, self._when, self._act, self._log)
        self._timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._lay_out()
        self._listen()

    def set_words(self, words: Mapping[str, str]) -> None:
        """Say what the types of entries are called."""
        self.words = dict(words)
        form.fill(self._type, [("", say("All entries")), *words.items()])

    def set_people(self, people: Sequence[tuple[str, str]]) -> None:
        """Offer these people, (id, name) each."""
        named = [(id_, say("By or about {name}", name=name)) for id_, name in people]
        form.fill(self._person, [("", say("By anybody")), *named])

    def set_choices(self, current: int, acts: Sequence[tuple[str, str]]) -> None:
        """Offer these activations, and the journals from before an alarm if there was one."""
        form.fill(self._act, [ANY, *acts])
        self._act.setVisible(bool(acts))
        form.fill(self._log, logs(current))
        self._log.setVisible(current > 1)

    def query(self, before: int | None = None) -> Query:
        """Return what is sought now, below entry ``before``."""
        days = self._when.currentData()
        return Query(
            self._text.text(),
            self._type.currentData() or None,
            self._person.currentData() or None,
            int(days) if days else None,
            before,
            self.log,
            self._act.currentData() or None,
        )

    def is_used(self) -> bool:
        """Return whether anything but everything of the journal in force is sought."""
        return self.query() != Query()

    def settle(self) -> None:
        """What was typed is being sought: nothing is waited for any more."""
        self._timer.stop()

    @property
    def log(self) -> int | None:
        """The older journal that is chosen; None is the one in force."""
        found = self._log.currentData()
        return None if found is None else int(found)

    def clear(self) -> None:
        """Seek nothing in particular, in the journal in force; nobody is told."""
        for field in (self._text, *self._boxes):
            field.blockSignals(True)
        self._text.clear()
        for box in self._boxes:
            box.setCurrentIndex(0)
        for field in (self._text, *self._boxes):
            field.blockSignals(False)
        self._timer.stop()

    def forget(self) -> None:
        """Hold no words: the station is locked."""
        self._text.clear()
        self._timer.stop()

    def _listen(self) -> None:
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self._text)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.left_downwards)
        self._text.textChanged.connect(lambda _: self._timer.start())
        self._text.textEdited.connect(lambda _: self.typing.emit())
        self._text.returnPressed.connect(self.changed)
        self._text.returnPressed.connect(self.left_downwards)
        self._timer.timeout.connect(self.changed)
        for box in self._boxes:
            box.currentIndexChanged.connect(lambda _: self.changed.emit())

    def _lay_out(self) -> None:
        named = (
            (self._text, say("Search")),
            (self._type, say("Which entries")),
            (self._person, say("Whose")),
            (self._when, say("When")),
            (self._act, say("Which activation")),
            (self._log, say("Which journal")),
        )
        for field, name in named:
            field.setAccessibleName(name)
            field.setMinimumHeight(FIELD_PIXELS)
        self._text.setClearButtonEnabled(True)
        sizes.keep(self._text, leastWidth=TEXT_PIXELS)
        for box in (self._type, self._act):
            sizes.keep(box, mostWidth=TYPE_PIXELS)
        for box in (self._act, self._log):
            box.hide()
        self.setFocusProxy(self._text)
        line = row(*(field for field, _ in named))
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)


class SoughtBar(QWidget):
    """Says which entries are shown, and while a search leaves some out that it does, with what clears it."""

    clear_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._where = PlainLabel(role="muted", wrap=False)
        self._in_force = PlainLabel(say("A search is in force."), wrap=False)
        self._in_force.set_tone("warning")
        self._clear = button(
            say("Clear the search (Escape)"), self.clear_asked.emit, name=say("Clear the search, Escape")
        )
        line = row(self._where, self._in_force, self._clear)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        self.tell("", is_in_force=False)

    def tell(self, where: str, *, is_in_force: bool) -> None:
        """Say this of what is shown."""
        self._where.setText(where)
        self._in_force.setVisible(is_in_force)
        self._clear.setVisible(is_in_force)
