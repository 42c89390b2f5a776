# SPDX-License-Identifier: Apache-2.0
"""The steps of founding a station, each with one question: what it shows of a plan, what it makes of it, what lacks."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.domain.errors import Refused
from console.domain.groups import CLASSES
from console.domain.keyholder import names
from console.domain.keyholder.names import is_person
from console.domain.policy.keyholder import OPERATOR, person_key
from console.gui.explanations import explain
from console.gui.kit import form, sizes
from console.gui.kit.files import FolderField
from console.gui.kit.form import Field
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import PlainLabel, button, clear_layout, row
from console.gui.pages.founding.plan import GROUPS, Newcomer, Plan, said
from console.gui.pages.founding.step import MISSING, Lack, Step
from console.gui.pages.founding.token_choice import TokenChoice
from console.gui.phrases import group
from console.language import say
from console.sentences.terms import word
from console.settings import EMBEDDED

CLASS_WORDS = {
    "standard": say("Standard: what any emergency may need"),
    "privileged": say("Privileged: what touches clients' secrets"),
}
ORGANISATION_HINT = say(
    "As on the internet: letters without accents, digits, full stops and hyphens, no blanks. Kept for good. "
    "For example: kanzlei-nord.example"
)
NAME_HINT = say("One short word: letters without accents, digits and hyphens, no blanks. For example: hamburg-1")
MEDIUM_HINT = say(
    "An empty folder on another disk, which is there already: every entry is copied there, sealed. "
    "For example: /media/second/breakglass"
)
MEDIUM_FAULTS = ("bare", "missing", "inside", "unwritable", "used")
ACCEPT = say("Keys in software are accepted, although files can be copied")
NOBODY, ROW_PIXELS, MOST_ROWS = -1, 45, 5


class StationStep(Step):
    """Which station it is."""

    def __init__(self) -> None:
        super().__init__(say("Which station is it?"))
        self._organisation = self.asked(say("Organisation"), form.line(), ORGANISATION_HINT)
        self._name = self.asked(say("Name of this station"), form.line(), NAME_HINT)
        self._mode = form.choice(
            [("", say("Please choose")), ("drill", say("A drill, to learn and to try")), ("real", say("The real one"))]
        )
        kind = self.add_field(say("What it is for"), self._mode, say("A drill never opens anything real."))
        self._mode.activated.connect(lambda _: kind.show_wrong(""))
        self._mode.activated.connect(lambda _: self.answered.emit())
        self._mirror = FolderField(say("Folder on the second medium"))
        medium = self.add_field(say("Folder on the second medium"), self._mirror, MEDIUM_HINT)
        self._mirror.changed.connect(lambda: medium.show_wrong(""))
        self._mirror.named.connect(self.answered.emit)
        self.concerns = {
            "organisation_form": self._organisation,
            "station_name_form": self._name,
            **{f"second_medium_{why}": self._mirror for why in MEDIUM_FAULTS},
        }

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""
        self._organisation.setText(plan.organisation)
        self._name.setText(plan.name)
        self._mirror.fill(plan.mirror)
        self._mode.setCurrentIndex(self._mode.findData(plan.mode))

    def taken(self, plan: Plan) -> Plan:
        """Return the plan with what was answered here."""
        return replace(
            plan,
            organisation=self._organisation.text().strip(),
            name=self._name.text().strip(),
            mirror=self._mirror.name(),
            mode=str(self._mode.currentData()),
        )

    def lacks(self, plan: Plan) -> Iterator[Lack]:
        """Yield what is missing here, or cannot be."""
        for edit, text in (
            (self._organisation, plan.organisation),
            (self._name, plan.name),
            (self._mode, plan.mode),
            (self._mirror, plan.mirror),
        ):
            if not text:
                yield f"{edit.accessibleName()}: {MISSING}", edit
        yield from _misnamed(names.check_organisation, plan.organisation, self._organisation)
        yield from _misnamed(names.check_station, plan.name, self._name)


class ModuleStep(Step):
    """What keeps the station's own keys."""

    def __init__(self) -> None:
        super().__init__(say("What keeps the station's own keys?"))
        self._token = TokenChoice(say("Security module"), say("the station's device"))
        self._accept = Tick(ACCEPT)
        self.column.addWidget(self._token)
        self.column.addWidget(self._accept)
        self._token.changed.connect(self.answered.emit)
        self._accept.clicked.connect(lambda _: self.answered.emit())
        self.concerns = {
            "software_hsm_in_real_mode": self._accept,
            "software_key_refused": self._accept,
            "token_label_form": self._token,
            "module_missing": self._token,
        }

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
        for box in self._boxes.values():
            box.editingFinished.connect(self.answered.emit)
        self.concerns = dict.fromkeys(("threshold_impossible", "class_without_group"), next(iter(self._boxes.values())))

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
        self._law = self.asked(say("Countries whose law holds"), form.line("DE, FR"), say("Two letters each."))
        self.concerns = {"rules_impossible": self._sample}

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
        if not plan.jurisdictions or not all(map(_is_country, plan.jurisdictions)):
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


class PeopleStep(Step):
    """Who takes part."""

    def __init__(self) -> None:
        super().__init__(say("Who takes part?"))
        self._people: tuple[Newcomer, ...] = ()
        self._changing = NOBODY
        self._list = QListWidget()
        self._list.setAccessibleName(say("People so far"))
        self._so_far = PlainLabel(role="field")
        self._name = form.line()
        roles = [*((name, group(name)) for name in GROUPS), (OPERATOR, group(OPERATOR))]
        self._role, self._token = form.choice(roles), TokenChoice(say("Their token"), say("their device"))
        self._take = button("", self._add)
        self.concerns = dict.fromkeys(("key_or_person_twice", "person_name_form", "short_name_form"), self._list)
        self._lay_out()
        self._show()

    def fill(self, plan: Plan) -> None:
        """Show what a plan says so far."""
        self._people, self._changing = plan.people, NOBODY
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

    def begin(self) -> None:
        """Put the focus where the next person is typed."""
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        hint = say("People of a group approve. An operator asks and writes down, and approves nothing.")
        self.column.addWidget(self._so_far)
        self.column.addWidget(self._list)
        self._of_chosen = [
            button(say("Change the chosen person"), self._change),
            button(say("Take the chosen person out"), self._take_out),
        ]
        self.column.addLayout(row(*self._of_chosen))
        self.asked(say("Name of the person"), self._name, say("For example: Anna Berg"))
        self.add_field(say("Group"), self._role, hint)
        self.column.addWidget(self._token)
        self.column.addLayout(row(self._take))

    def _wrong(self, name: str) -> str:
        """Return what is wrong with a name, or an empty text."""
        others = [person.name for n, person in enumerate(self._people) if n != self._changing]
        if not name:
            return MISSING
        if not is_person(name):
            told = explain(Refused("person_name_form", name=name))
            return f"{told.what} {told.now}"
        if person_key(name) in map(person_key, others):
            return say("{name} takes part already.", name=name)
        return ""

    def _add(self) -> None:
        name, role, module = self._name.text().strip(), str(self._role.currentData()), self._token.module
        wrong = self._wrong(name)
        self.mark(self._name, wrong)
        self._token.show_wrong("" if module else MISSING)
        if wrong or not module:
            (self._name if wrong else self._token).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._put(name, role, module)
        self._name.clear()
        self.begin()
        self.answered.emit()

    def _put(self, name: str, role: str, module: str) -> None:
        people, at = list(self._people), self._changing
        is_same_role = at != NOBODY and people[at].role == role
        id_ = people[at].id if is_same_role else Plan(people=self._people).free_id(role)
        made = Newcomer(id_, name, role, module, self._token.label)
        if at == NOBODY:
            people.append(made)
        else:
            people[at] = made
        self._people, self._changing = tuple(people), NOBODY
        self._show(people.index(made))

    def _change(self) -> None:
        at = self._list.currentRow()
        if not 0 <= at < len(self._people):
            return
        self._changing, person = at, self._people[at]
        self._name.setText(person.name)
        self._role.setCurrentIndex(self._role.findData(person.role))
        self._token.fill(person.module, person.token)
        self._show(at)
        self.begin()

    def _take_out(self) -> None:
        at = self._list.currentRow()
        if not 0 <= at < len(self._people):
            return
        self._people = self._people[:at] + self._people[at + 1 :]
        self._changing = NOBODY
        self._show(min(at, len(self._people) - 1))
        self.answered.emit()

    def _show(self, chosen: int = NOBODY) -> None:
        self._list.clear()
        for person in self._people:
            kind = say("in software") if person.module == EMBEDDED else person.module
            self._list.addItem(QListWidgetItem(f"{person.name}   ({group(person.role)}, {kind})"))
        self._list.setCurrentRow(chosen)
        for item in filter(None, [self._list.item(chosen)]):
            self._list.scrollToItem(item)
        # Nothing to choose among is nothing to see, or to go to.
        for part in (self._list, *self._of_chosen):
            part.setVisible(bool(self._people))
        sizes.keep(self._list, height=min(MOST_ROWS, len(self._people)) * ROW_PIXELS + 2)
        self._so_far.setText(
            say("People so far: {count}", count=len(self._people)) if self._people else say("Nobody so far.")
        )
        is_new = self._changing == NOBODY
        self._take.setText(say("Add this person") if is_new else say("Keep this change"))
        self._take.setAccessibleName(self._take.text())


def _misnamed(check: Callable[[str], None], name: str, where: QWidget) -> Iterator[Lack]:
    try:
        if name:
            check(name)
    except Refused as error:
        yield explain(error).what, where


def _is_country(name: str) -> bool:
    return len(name) == 2 and name.isascii() and name.isalpha()


STEPS = (StationStep, ModuleStep, PeopleStep, NumbersStep, MattersStep, ReadStep)
