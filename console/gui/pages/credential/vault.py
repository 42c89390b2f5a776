# SPDX-License-Identifier: Apache-2.0
"""What is sealed: every credential with its state, and what can be done with the one that is chosen."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.domain import kinds
from console.domain.credential.versions import owes_new_version
from console.gui.kit import form, sizes
from console.gui.kit.form import Field
from console.gui.kit.models import TextModel
from console.gui.kit.tables import make_table
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.phrases import group, listed
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences.kinds import KINDS
from console.sentences.terms import word
from console.wording import CREDENTIAL_STATES

COLUMNS = (say("Name"), say("Kind"), say("Class"), say("Version"), say("Codes left"), say("State"))
WIDTHS = (230, 160, 110, 80, 100)
CARD_WORDS = {
    "target": say("System"),
    "account": say("Account"),
    "where": say("Where"),
    "steps": say("Steps"),
    "if_refused": say("If refused"),
    "ranges": say("Lets in from"),
    "residence": say("Keeps its data in"),
    "rotate": say("How to change it"),
}
LEAST_PIXELS = 180
"""Five rows, so that what can be done with the chosen one is seen without scrolling."""
SEAL = (
    say("It was shown, or is used up. Change it at its system first, then seal here what holds there now."),
    say("Seal the new version of {name}"),
)
CONFIRM = (
    say("Its new version is sealed. Somebody else confirms that its system has it; then nothing more is owed."),
    say("Confirm the new version of {name}"),
)


class VaultScreen(Page):
    """Shows what is sealed; reports what shall be done with which credential, by its name."""

    seal_asked = Signal()
    card_asked = Signal(str)
    rotate_asked = Signal(str)
    confirm_asked = Signal(str)
    drift_asked = Signal(str, str)
    """Name, and the code that the target's owner can see now."""

    def __init__(self) -> None:
        super().__init__(say("What is sealed"))
        self._rows: list[View] = []
        self._names: Mapping[str, str] = {}
        self._model = TextModel(COLUMNS)
        self._table = make_table(self._model, say("Sealed credentials"), WIDTHS)
        self._table.selectionModel().currentRowChanged.connect(lambda *_: self._choose())
        self._chosen, self._said = PlainLabel(role="heading"), PlainLabel()
        self._card, self._seen = QVBoxLayout(), form.line("123 456")
        self._show = button(say("Use card"), lambda: self._report(self.card_asked))
        self._rotate = button(say("Seal a new version"), lambda: self._report(self.rotate_asked))
        self._confirm = button(say("Confirm the new version"), lambda: self._report(self.confirm_asked))
        self._drift = Field(say("The code that its owner sees now"), self._seen, say("In an open activation only."))
        self._compare = button(say("How far is it off"), self._ask_drift)
        self._owing = Owing()
        self._owing.seal_asked.connect(self.rotate_asked)
        self._owing.confirm_asked.connect(self.confirm_asked)
        self._begin = button(say("Seal a new credential"), self.seal_asked.emit, weight="primary")
        self._begin_also = button(say("Seal a new credential"), self.seal_asked.emit)
        self._lay_out()
        self.forget()

    def present(self, snapshot: Snapshot) -> None:
        """Show what is sealed; what was chosen stays chosen."""
        rows = list(snapshot.credentials)
        self._names = {person.id: person.name for person in snapshot.people}
        if rows == self._rows:
            return
        name = self.chosen()
        self._rows = rows
        self._model.show_rows([_cells(value) for value in rows])
        self.choose(name)

    def choose(self, name: str) -> None:
        """Choose this credential; if it is none of them, the first that owes something, or the first."""
        names = [value["name"] for value in self._rows]
        owing = [value["name"] for value in self._rows if owes(value)]
        wanted = name if name in names else next(iter(owing), "")
        places = [n for n, each in enumerate(names) if each == wanted]
        self._table.selectRow(places[0] if places else 0)
        self._choose()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._rows = []
        self._model.show_rows([])
        self.messages.clear()
        self._choose()

    def chosen(self) -> str:
        """Return the name of the credential that is chosen, or an empty text."""
        at = self._table.currentIndex().row()
        return str(self._rows[at]["name"]) if 0 <= at < len(self._rows) else ""

    def show_card(self, value: View) -> None:
        """Show a use card: where the secret goes, by which steps, and how it is rotated."""
        clear_layout(self._card)
        for line in _card_lines(value["card"]):
            self._card.addWidget(PlainLabel(line))
        self.reveal(self._show)

    def _lay_out(self) -> None:
        frame, column = card()
        column.addWidget(self._chosen)
        column.addWidget(self._said)
        column.addLayout(row(self._show, self._rotate, self._confirm))
        column.addLayout(self._card)
        column.addWidget(self._drift)
        column.addLayout(row(self._compare))
        self.column.addLayout(row(self._begin))
        self.column.addWidget(self._owing)
        sizes.keep(self._table, leastHeight=LEAST_PIXELS)
        self.column.addWidget(self._table, 1)
        self.column.addWidget(frame)
        self.column.addLayout(row(self._begin_also))
        self._frame = frame

    def _choose(self) -> None:
        clear_layout(self._card)
        self._seen.clear()
        self._lead_on()
        found = next((value for value in self._rows if value["name"] == self.chosen()), None)
        self._frame.setVisible(found is not None)
        if found is not None:
            self._chosen.setText(str(found["name"]))
            self._said.setText("\n".join(self._told(found)))
            is_waiting = found["candidate"] is not None
            self._rotate.setVisible(is_waiting or self._owing.next != found["name"])
            self._confirm.setVisible(is_waiting and self._owing.next != found["name"])
            for part in (self._drift, self._compare):
                part.setVisible(kinds.of(found["kind"]).seed is not None)

    def _lead_on(self) -> None:
        """Lead on with what is owed: only where nothing is, a credential that was never here comes first."""
        self._owing.present(self._rows, self.chosen())
        self._begin.setVisible(not self._owing.next)
        self._begin_also.setVisible(bool(self._owing.next))

    def _told(self, value: View) -> Iterator[str]:
        if value["candidate"] is not None:
            yield say(
                "Version {candidate} waits until somebody else confirms that the target has it.",
                candidate=value["candidate"],
            )
        if value["stale"]:
            yield say("Sealed under people or rules that have changed since: seal it again.")
        holders = [
            f"{group(name)}: {listed([self._names.get(member, member) for member in members])}"
            for name, members in value["openable_by"].items()
        ]
        yield say("Can be opened with: {holders}", holders="; ".join(holders))

    def _report(self, asked: SignalInstance) -> None:
        self.messages.clear()
        asked.emit(self.chosen())

    def _ask_drift(self) -> None:
        self.messages.clear()
        self.drift_asked.emit(self.chosen(), self._seen.text().strip())


def owes(credential: View) -> bool:
    """Return whether a credential owes a new version."""
    return owes_new_version(kinds.of(credential["kind"]), credential["state"])


class Owing(QFrame):
    """Says what is owed, and has the one button for the next of it; hidden while nothing is."""

    seal_asked = Signal(str)
    confirm_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._next = ""
        self._title, self._says, self._others = (PlainLabel(role="heading"), PlainLabel(), PlainLabel(role="muted"))
        self._seal = button("", lambda: self.seal_asked.emit(self._next), weight="primary")
        self._confirm = button("", lambda: self.confirm_asked.emit(self._next), weight="primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        for label in (self._title, self._says, self._others):
            column.addWidget(label)
        column.addLayout(row(self._seal, self._confirm))
        self.hide()

    @property
    def next(self) -> str:
        """The name of what the button is about; empty where nothing is owed."""
        return self._next

    def present(self, credentials: Sequence[View], chosen: str) -> None:
        """Lead on with the chosen credential if it owes, else with the first that does."""
        owing = sorted(filter(owes, credentials), key=lambda value: value["name"] != chosen)
        self.setVisible(bool(owing))
        self._next = str(owing[0]["name"]) if owing else ""
        if owing:
            self._lead_on(owing[0], [str(value["name"]) for value in owing[1:]])

    def _lead_on(self, value: View, others: Sequence[str]) -> None:
        is_waiting = value["candidate"] is not None
        words, verb = CONFIRM if is_waiting else SEAL
        self._title.setText(say("{name} owes a new version", name=self._next))
        self._says.setText(words)
        self._others.setText(say("Owed as well: {names}.", names=listed(others)))
        self._others.setVisible(bool(others))
        self._seal.setVisible(not is_waiting)
        self._confirm.setVisible(is_waiting)
        made = self._confirm if is_waiting else self._seal
        made.setText(verb.format(name=self._next))
        made.setAccessibleName(made.text())


def _cells(value: View) -> tuple[str, ...]:
    left = "" if value["codes_left"] is None else str(value["codes_left"])
    kind = KINDS.get(value["kind"], str(value["kind"]))
    state = CREDENTIAL_STATES[value["state"]]
    return str(value["name"]), kind, str(word(value["class"])), str(value["version"]), left, state


def _card_lines(said: View) -> Iterator[str]:
    for name, words in CARD_WORDS.items():
        value = said.get(name)
        if value:
            yield f"{words}: {listed(value) if isinstance(value, list) else value}"
