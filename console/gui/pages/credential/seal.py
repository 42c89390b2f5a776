# SPDX-License-Identifier: Apache-2.0
"""Seal a secret: a new credential with its use card, or a new version of one that exists."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from console.domain import kinds
from console.domain.credential.versions import NAME, alike, lacking
from console.domain.kinds import Kind, Seed
from console.gui.kit import form
from console.gui.kit.form import Field, Lead
from console.gui.kit.secret_field import SecretField
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import group, listed
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences import seed
from console.sentences.kinds import KINDS
from console.sentences.terms import word

STAYS = say("The version before opens until somebody else has confirmed that the target has the new one.")
EMPTY = say("It is missing or empty.")
NAME_RULE = say("Small letters, digits, hyphens; a letter first.")
ONE_A_LINE = ("steps", "ranges")
READABLE = say("Everybody in the roster reads this card while the secret is sealed: write no secret here.")


class SealScreen(Page):
    """Reports what shall be sealed; the secret itself is fetched with ``secret`` and wiped by whoever fetched it."""

    seal_asked = Signal(object)
    """What stands beside the secret: ``name``, ``kind``, ``class``, ``card``, ``sealer``; of a new version only
    ``name`` and ``sealer``."""
    compare_asked = Signal(object)
    """As ``seal_asked``, of a seed: its present code comes first, with ``ask_whether_right``."""
    version_asked = Signal(str)
    """What was entered is a new version of this credential."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Seal a new credential"))
        self.readable()
        self.secret = SecretField()
        self._version_of: View | None = None
        self._known: list[str] = []
        self._is_another = ""
        """The name of which somebody has said that it is another credential's."""
        self._shows_code = False
        self._says = PlainLabel(STAYS)
        self._kind = form.choice(list(KINDS.items()))
        self._class, self._sealer = form.choice([]), form.choice([])
        self._kind.currentIndexChanged.connect(lambda _: self._ask_for())
        self._card = UseCard()
        self._name = self._card.name
        self._about = self._make_about()
        self.column.addLayout(row(button(say("Back to what is sealed"), self.back_asked.emit)))
        self.column.addWidget(self._about)
        self.column.addWidget(self._make_sealing())
        self.column.addWidget(self._card.more)
        self.column.addStretch(1)

    def begin(self, version_of: View | None, unlocked_by: str) -> None:
        """Ask for a new credential, or for a new version of one."""
        self.forget_secret()
        self._is_another = ""
        self._card.clear_wrong()
        self._sealer.setCurrentIndex(max(0, self._sealer.findData(unlocked_by)))
        self.turn_to(version_of)

    def turn_to(self, version_of: View | None) -> None:
        """Ask for that; a secret that was entered stays."""
        self.messages.clear()
        self._version_of = version_of
        title = (
            say("Seal a new version of {name}", name=version_of["name"]) if version_of else say("Seal a new credential")
        )
        self.title.setText(title)
        self._about.setVisible(version_of is None)
        self._card.more.setVisible(version_of is None)
        self._says.setVisible(version_of is not None)
        self._ask_for()
        self.reveal(self.secret.focus() if version_of else self._name)

    def present(self, snapshot: Snapshot) -> None:
        """Offer the classes in force, and everybody whose token can be here."""
        self._known = [str(value["name"]) for value in snapshot.credentials]
        form.fill(self._class, [(name, str(word(name))) for name in snapshot.bounds.classes])
        here = [p for p in snapshot.people if p.state == "active"]
        form.fill(self._sealer, [(p.id, f"{p.name} ({group(p.role)})") for p in here])

    def forget_secret(self) -> None:
        """Keep nothing of the secret: it was sealed, or somebody has left the page."""
        self.secret.clear()
        if self._shows_code:
            self.messages.clear()
        self._shows_code = False

    def forget(self) -> None:
        """The station is being locked."""
        self.forget_secret()
        self.messages.clear()

    def ask_whether_right(self, asked: Mapping[str, Any], code: str, seconds: int) -> None:
        """Show what the seed gives now: one that is wrong would be found when it is needed."""
        self._shows_code = True
        leads: list[Lead] = [
            (say("It is right: seal it"), partial(self.seal_asked.emit, asked)),
            (say("Show the present code"), partial(self.compare_asked.emit, asked)),
            (say("It is wrong: give it again"), self._start_again),
        ]
        self.say_question(seed.gives(code, seconds), seed.WHETHER_RIGHT, leads)

    def sealed(self) -> None:
        """Empty everything: it is sealed."""
        self.forget_secret()
        self._card.clear()

    def _make_about(self) -> QFrame:
        frame, column = card()
        column.addWidget(self._card.named)
        column.addWidget(Field(say("Kind"), self._kind))
        column.addWidget(Field(say("Class"), self._class, say("How many of each group must agree to open it.")))
        for field in self._card.needed:
            column.addWidget(field)
        return frame

    def _make_sealing(self) -> QFrame:
        frame, column = card()
        column.addWidget(self._says)
        column.addWidget(self.secret)
        column.addWidget(Field(say("Sealed by"), self._sealer, say("Signs on their own token.")))
        column.addLayout(row(button(say("Seal it"), self._ask, weight="primary")))
        return frame

    def _ask_for(self) -> None:
        self.secret.ask_for(self._wanted_kind())

    def _wanted_kind(self) -> Kind:
        return kinds.of(self._version_of["kind"] if self._version_of else self._kind.currentData())

    def _start_again(self) -> None:
        self.messages.clear()
        self.reveal(self.secret.start_again())

    def _ask(self) -> None:
        self.messages.clear()
        if leads := self._card.show_wrong(self.reveal) if self._version_of is None else []:
            what = say("It cannot be sealed yet. Nothing you entered is lost.")
            self.say_problem(what, say("Mend the fields named here, then seal it."), leads)
            return
        if wrong := self.secret.problem():
            self.say_problem(wrong, say("Give the secret again."), [(say("Go there"), self._start_again)])
            return
        asked: dict[str, Any] = {"sealer": str(self._sealer.currentData())}
        name = self._name.text().strip()
        if self._version_of is not None:
            asked["name"] = str(self._version_of["name"])
        elif (like := alike(name, self._known)) and name != self._is_another:
            self._ask_which(name, like)
            return
        else:
            asked |= {
                "name": name,
                "kind": str(self._kind.currentData()),
                "class": str(self._class.currentData()),
                "card": self._card.said(),
            }
        (self.compare_asked if self._wanted_kind().seed is Seed.TIME else self.seal_asked).emit(asked)

    def _ask_which(self, name: str, like: Sequence[str]) -> None:
        """Ask before a second credential begins under a name that is easily taken for the first one's."""

        def tell_apart() -> None:
            self._is_another = name
            self._ask()

        leads: list[Lead] = [
            (say("It is a new version of {name}", name=other), partial(self.version_asked.emit, other))
            for other in like
        ]
        if name in self._known:
            what = say("{name} is sealed already.", name=name)
        else:
            what = say("{name} could be taken for {names}.", name=name, names=listed(like))
            leads.append((say("It is another credential"), tell_apart))
        why = say("Is it a new secret for the same access? Then it is sealed as its new version.")
        self.say_question(what, why, leads)


class UseCard:
    """Fields for what must be said of a credential, a frame with what may be said, and what was entered in both."""

    def __init__(self) -> None:
        self.name = form.line("crm-emergency-admin")
        self.named = Field(say("Name"), self.name, say("Small letters, digits, hyphens. It stays for good."))
        self._edits: dict[str, Any] = {
            "target": form.line(),
            "account": form.line(),
            "rotate": form.text(),
            "where": form.line(),
            "steps": form.text(),
            "if_refused": form.line(),
            "ranges": form.text(),
            "residence": form.line("DE"),
        }
        edits = self._edits
        self._needed = {
            "target": Field(say("System"), edits["target"], say("Which one it is for.")),
            "account": Field(say("Account"), edits["account"]),
            "rotate": Field(say("How to change it"), edits["rotate"], say("After it was shown.")),
        }
        self.needed = tuple(self._needed.values())
        self.more, column = card()
        column.addWidget(PlainLabel(say("More on its use card, if there is more to say"), role="heading"))
        column.addWidget(PlainLabel(READABLE))
        column.addWidget(Field(say("Where"), edits["where"]))
        column.addWidget(Field(say("Steps"), edits["steps"], say("One a line.")))
        column.addWidget(Field(say("If refused"), edits["if_refused"]))
        column.addWidget(Field(say("Lets in from these addresses"), edits["ranges"], say("One range a line.")))
        column.addWidget(Field(say("Keeps its data in"), edits["residence"]))

    def clear(self) -> None:
        """Empty every field."""
        self.name.clear()
        for edit in self._edits.values():
            edit.clear()

    def clear_wrong(self) -> None:
        """Say nothing at the fields any more."""
        for field in (self.named, *self.needed):
            field.show_wrong("")

    def show_wrong(self, reveal: Callable[[QWidget], None]) -> list[Lead]:
        """Say at each field what is wrong with it; return that with what leads there."""
        self.clear_wrong()
        name = self.name.text().strip()
        wrong = [] if NAME.match(name) else [(self.named, NAME_RULE if name else EMPTY)]
        wrong += [(self._needed[part], EMPTY) for part in lacking(self.said())]
        for field, told in wrong:
            field.show_wrong(told)
        return [(f"{field.label}: {told}", partial(reveal, field.control)) for field, told in wrong]

    def said(self) -> dict[str, object]:
        """Return the use card as ``credential.seal`` takes it: what is empty is left out."""
        said: dict[str, object] = {}
        for name, edit in self._edits.items():
            text = (edit.text() if hasattr(edit, "text") else edit.toPlainText()).strip()
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines:
                said[name] = lines if name in ONE_A_LINE else " ".join(lines)
        return said
