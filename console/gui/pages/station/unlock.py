# SPDX-License-Identifier: Apache-2.0
"""The station: who unlocks it, who has not signed its genesis yet, who has unlocked it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import KEYS_IN, group, listed
from console.language import say
from console.settings import KeyholderSection

ROW_PIXELS = 46
NEXT = (
    say("The founding is finished. What next:"),
    say("1. Everybody writes the twelve words down on paper, by hand, and takes them home."),
    say("2. Unlock. On the page Vault, seal the first secrets."),
    say("3. On the page Readiness, print the founding certificate and the grab card."),
    say("4. On the page People, show the station's card to everybody with a console of their own."),
)


class UnlockScreen(Page):
    """Shows whether the station is locked; reports who wants to unlock, sign or lock."""

    unlock_asked = Signal(str)
    sign_asked = Signal(str)
    lock_asked = Signal()

    def __init__(self, station: str, people: Sequence[KeyholderSection]) -> None:
        super().__init__(say("Station {station}", station=station))
        self.readable()
        self._names = {person.id: person.name for person in people}
        self._unsigned: Sequence[str] = ()
        self._heading, self._text = PlainLabel(role="heading"), PlainLabel()
        self._people = QListWidget()
        self._people.setAccessibleName(say("Who are you?"))
        for person in people:
            item = QListWidgetItem(f"{person.name}   ({group(person.role)}, {person.id})")
            item.setData(Qt.ItemDataRole.UserRole, person.id)
            item.setSizeHint(QSize(0, ROW_PIXELS))
            self._people.addItem(item)
        self._people.setCurrentRow(0)
        self._next = PlainLabel("\n".join(NEXT))
        self._next.hide()
        self._people.itemActivated.connect(lambda _: self._go())
        self._go_button = button(say("Unlock"), self._go, weight="primary")
        self._lock_button = button(say("Lock the station"), self.lock_asked.emit)
        self._words = PlainLabel()
        self._offer(list(self._names))
        self._lay_out()
        self.show_starting()

    def _lay_out(self) -> None:
        frame, column = card()
        for widget in (self._next, self._heading, self._text, self._people):
            column.addWidget(widget)
        column.addLayout(row(self._go_button, self._lock_button))
        self.column.addWidget(frame)
        self._about, about = card()
        about.addWidget(PlainLabel(say("The twelve words of this station"), role="heading"))
        about.addWidget(self._words)
        about.addWidget(
            PlainLabel(
                say("Compare them with the words written down at the founding. If yours differ: stop."), role="muted"
            )
        )
        self.column.addWidget(self._about)
        self._document, inside = card()
        inside.addWidget(PlainLabel(say("What everybody signs"), role="heading"))
        inside.addWidget(PlainLabel(say("Read it aloud, line by line. It cannot be mended afterwards."), role="muted"))
        self._lines = PlainLabel()
        inside.addWidget(self._lines)
        self.column.addWidget(self._document)
        self.column.addStretch(1)

    def show_starting(self) -> None:
        """Show that the station is being looked at."""
        self._show(say("One moment"), say("The station is being opened."), people=False)
        self._about.hide()
        self._document.hide()

    def show_genesis(self, genesis: Mapping[str, Any]) -> None:
        """Show the locked station: either who must still sign, or who may unlock."""
        self._words.setText(" ".join(genesis["words"]))
        self._about.show()
        was_unsigned = bool(self._unsigned)
        self._unsigned = [str(member) for member in genesis["unsigned"]]
        self._document.setVisible(bool(self._unsigned))
        self._lines.setText("\n".join(_read_out(genesis)) if self._unsigned else "")
        self._next.setVisible(was_unsigned and not self._unsigned)
        self._offer(self._unsigned or list(self._names))
        if self._unsigned:
            names = listed([self._names.get(member, member) for member in self._unsigned])
            told = say("Nothing opens before all have signed it. Not yet signed by: {names}.", names=names)
            self._show(say("The founding is not finished"), told, people=True)
            self._go_button.setText(say("Sign the founding document"))
        else:
            self._show(say("Locked"), say("Who are you? Choose your name; then your PIN is asked."), people=True)
            self._go_button.setText(say("Unlock"))
        self._go_button.setAccessibleName(self._go_button.text())

    def _offer(self, members: Sequence[str]) -> None:
        """Offer these people: whoever has signed signs no more."""
        rows = [self._people.item(n) for n in range(self._people.count())]
        offered = [item for item in rows if item.data(Qt.ItemDataRole.UserRole) in members]
        for item in rows:
            item.setHidden(item not in offered)
        if offered and self._people.currentItem() not in offered:
            self._people.setCurrentItem(offered[0])
        self._people.setFixedHeight(min(8, max(1, len(offered))) * ROW_PIXELS + 4)

    def show_unlocked(self, name: str) -> None:
        """Show by whom the station is unlocked."""
        self._next.hide()
        self._show(
            say("Unlocked by {name}", name=name),
            say("Whatever is requested or written down now carries this name."),
            people=False,
        )
        self._lock_button.show()

    def focus(self) -> None:
        """Give the focus to where work goes on."""
        (self._people if self._people.isVisible() else self._lock_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, heading: str, text: str, *, people: bool) -> None:
        self._heading.setText(heading)
        self._text.setText(text)
        self._people.setVisible(people)
        self._go_button.setVisible(people)
        self._lock_button.hide()

    def _go(self) -> None:
        item = self._people.currentItem()
        if item is not None:
            member = str(item.data(Qt.ItemDataRole.UserRole))
            (self.sign_asked if self._unsigned else self.unlock_asked).emit(member)


def _read_out(genesis: Mapping[str, Any]) -> Iterator[str]:
    """Say the founding document in words."""
    from console.sentences import change

    limits = genesis["rules"]
    yield (say("A drill: nothing real opens with it") if genesis["mode"] == "drill" else say("The real station"))
    for member in genesis["members"]:
        keys = KEYS_IN.get(member["assurance"], member["assurance"])
        yield f"{member['name']} ({member['id']}): {group(member['role'])}, {keys}"
    for name, counts in genesis["classes"].items():
        yield say(
            "To open {name}: {items}",
            name=name,
            items=", ".join((say("{count} of {of}", count=count, of=group(of)) for of, count in counts.items())),
        )
    for name, told in limits.items():
        if name in change.RULES and told is not None:
            yield change.rule(name, told)
    for warning in genesis["warnings"]:
        yield say("Mind: {warning}", warning=change.warning(warning))
