# SPDX-License-Identifier: Apache-2.0
"""The steps of founding a station, each with one question: what it shows of a plan, what it makes of it, what lacks."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.domain.groups import CLASSES
from console.domain.keyholder import OPERATOR
from console.gui import form, sizes
from console.gui.form import Field
from console.gui.phrases import group
from console.gui.plan import GROUPS, Newcomer, Plan, said
from console.gui.tick import Tick
from console.gui.token_choice import TokenChoice
from console.gui.widgets import PlainLabel, button, clear_layout, row
from console.language import say
from console.sentences.terms import word
from console.settings import EMBEDDED

MISSING = say("It is missing or empty.")
Lack = tuple[str, QWidget]
"""What is wrong in words, and where."""
CLASS_WORDS = {
    "standard": say("Standard: what any emergency may need"),
    "privileged": say("Privileged: what touches clients' secrets"),
}
ACCEPT = say("Keys in software are accepted, although files can be copied")


class Step(QFrame):
    """One question; a step that has nothing to add shows and takes nothing."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.title = title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(18, 14, 18, 14)
        self.column.setSpacing(8)
        self.column.addWidget(PlainLabel(title, role="heading"))

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        return plan

    def lacks(self, _: Plan) -> Iterator[Lack]:
        """Yield what is missing here."""
        yield from ()

    def begin(self) -> None:
        """Put the focus on the first thing that can be answered."""
        inside = [
            child for child in self.findChildren(QWidget) if child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        for first in inside[:1]:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def asked(self, label: str, edit: QLineEdit, hint: str = "") -> QLineEdit:
        """Add a line that must not stay empty."""
        self.column.addWidget(Field(label, edit, hint))
        return edit


class StationStep(Step):
    """Which station it is."""

    def __init__(self) -> None:
        super().__init__(say("Which station is it?"))
        self._organisation = self.asked(
            say("Organisation"), form.line("legal.example"), say("As on the internet. Kept for good.")
        )
        self._name = self.asked(
            say("Name of this station"), form.line("hamburg-1"), say("Short, without blanks.")
        )
        self._mode = form.choice(
            [("drill", say("A drill, to learn and to try")), ("real", say("The real one"))]
        )
        self.column.addWidget(
            Field(say("What it is for"), self._mode, say("A drill never opens anything real."))
        )
        hint = say("A folder on another disk: every entry is copied there, sealed.")
        self._mirror = self.asked(
            say("Folder on the second medium"), form.line("/media/second/breakglass"), hint
        )

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""
        self._organisation.setText(plan.organisation)
        self._name.setText(plan.name)
        self._mirror.setText(plan.mirror)
        self._mode.setCurrentIndex(self._mode.findData(plan.mode))

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        return replace(
            plan, organisation=self._organisation.text().strip(), name=self._name.text().strip(),
            mirror=self._mirror.text().strip(), mode=str(self._mode.currentData()),
        )  # fmt: skip

    def lacks(self, _: Plan) -> Iterator[Lack]:
        """Yield what is missing here."""
        for edit in (self._organisation, self._name, self._mirror):
            if not edit.text().strip():
                yield f"{edit.accessibleName()}: {MISSING}", edit


class ModuleStep(Step):
    """What keeps the station's own keys."""

    def __init__(self) -> None:
        super().__init__(say("What keeps the station's own keys?"))
        self._token = TokenChoice(say("Security module"), say("the station's device"))
        self._accept = Tick(ACCEPT)
        self.column.addWidget(self._token)
        self.column.addWidget(self._accept)

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""
        self._token.fill(plan.module, plan.token)
        self._accept.setChecked(plan.accept_software)

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        token = self._token.label or plan.token
        return replace(plan, module=self._token.module, token=token, accept_software=self._accept.isChecked())

    def lacks(self, plan: Plan) -> Iterator[Lack]:
        """Yield what is missing here."""
        if not plan.module:
            yield say("Module of the device: {missing}", missing=MISSING), self._token
        if plan.module == EMBEDDED and plan.mode == "real" and not plan.accept_software:
            yield say("A real station wants a device, or your consent to software."), self._accept


class PeopleStep(Step):
    """Who takes part."""

    def __init__(self) -> None:
        super().__init__(say("Who takes part?"))
        self._people: tuple[Newcomer, ...] = ()
        self._list = QListWidget()
        self._list.setAccessibleName(say("People so far"))
        sizes.keep(self._list, height=130)
        self._name = form.line("Anna Berg")
        roles = [*((name, group(name)) for name in GROUPS), (OPERATOR, group(OPERATOR))]
        self._role, self._token = form.choice(roles), TokenChoice(say("Their token"), say("their device"))
        hint = say("People of a group approve. An operator asks and writes down, and approves nothing.")
        self.column.addWidget(self._list)
        self.column.addLayout(row(button(say("Take the chosen person out"), self._take_out)))
        self.column.addWidget(Field(say("Name of the person"), self._name))
        self.column.addWidget(Field(say("Group"), self._role, hint))
        self.column.addWidget(self._token)
        self.column.addLayout(row(button(say("Add this person"), self._add)))

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""
        self._people = plan.people
        self._show()

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        return replace(plan, people=self._people)

    def lacks(self, plan: Plan) -> Iterator[Lack]:
        """Yield what is missing here."""
        if self._name.text().strip():
            yield say("{words} is typed and not added yet.", words=self._name.text().strip()), self._name
        for name in GROUPS:
            if not plan.count_of(name):
                yield say("Nobody of {name} takes part yet.", name=group(name)), self._name

    def _add(self) -> None:
        name, role = self._name.text().strip(), str(self._role.currentData())
        module = self._token.module
        if name and module:
            id_ = Plan(people=self._people).free_id(role)
            self._people = (*self._people, Newcomer(id_, name, role, module, self._token.label))
            self._name.clear()
        self._show()
        (self._name if module else self._token).setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_out(self) -> None:
        at = self._list.currentRow()
        self._people = tuple(person for n, person in enumerate(self._people) if n != at)
        self._show()

    def _show(self) -> None:
        self._list.clear()
        for person in self._people:
            kind = "software" if person.module == EMBEDDED else person.module
            self._list.addItem(QListWidgetItem(f"{person.name}   ({group(person.role)}, {kind})"))


class NumbersStep(Step):
    """How many must agree."""

    def __init__(self) -> None:
        super().__init__(say("How many must agree?"))
        self.column.addWidget(PlainLabel(say("Nothing opens before so many of each group have approved.")))
        self._boxes = {(class_, name): form.number(1, 9, 1) for class_ in CLASSES for name in GROUPS}
        for class_ in CLASSES:
            self.column.addWidget(PlainLabel(CLASS_WORDS[class_], role="field"))
            for name in GROUPS:
                self.column.addWidget(
                    Field(
                        say("{kind}: of {name}", kind=str(word(class_)).capitalize(), name=group(name)),
                        self._boxes[class_, name],
                    )
                )

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""
        for (class_, name), box in self._boxes.items():
            box.setValue(plan.needed.get(class_, {}).get(name, 1))

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        needed = {c: {name: self._boxes[c, name].value() for name in GROUPS} for c in CLASSES}
        return replace(plan, needed=needed)

    def lacks(self, plan: Plan) -> Iterator[Lack]:
        """Yield what is missing here."""
        first = next(iter(self._boxes.values()))
        yield from ((told, first) for told in plan.lacking())


class MattersStep(Step):
    """What matter numbers look like, and whose law holds."""

    def __init__(self) -> None:
        super().__init__(say("What do your matter numbers look like?"))
        hint = say("Every request must name a matter like this one: other digits, the same letters.")
        self._sample = self.asked(say("One matter number"), form.line("M-2026-00117"), hint)
        self._law = self.asked(
            say("Countries whose law holds"), form.line("DE, FR"), say("Two letters each.")
        )

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""
        self._sample.setText(plan.sample)
        self._law.setText(", ".join(plan.jurisdictions))

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        law = tuple(self._law.text().upper().replace(",", " ").split())
        return replace(plan, sample=self._sample.text().strip(), jurisdictions=law)

    def lacks(self, plan: Plan) -> Iterator[Lack]:
        """Yield what is missing here."""
        if not any(letter.isdigit() for letter in plan.sample):
            yield say("One matter number: it has no digit in it."), self._sample
        if not plan.jurisdictions or any(len(name) != 2 for name in plan.jurisdictions):
            yield say("Countries: write two letters for each, like DE."), self._law


class ReadStep(Step):
    """Everything once more, before it is made."""

    def __init__(self) -> None:
        super().__init__(say("Is all of this right?"))
        self._lines = QVBoxLayout()
        self.column.addLayout(self._lines)
        self.column.addWidget(PlainLabel(say("Next, everybody with a token in software chooses a PIN.")))
        self.column.addWidget(PlainLabel(say("Nobody can find out a PIN, and nobody can replace it.")))

    def fill(self, plan: Plan) -> None:
        """Show the whole plan."""
        clear_layout(self._lines)
        for name, words in said(plan):
            self._lines.addWidget(PlainLabel(f"{name}: {words}"))


STEPS = (StationStep, ModuleStep, PeopleStep, NumbersStep, MattersStep, ReadStep)
