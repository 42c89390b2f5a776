# SPDX-License-Identifier: Apache-2.0
"""The step of a founding that asks who takes part: people are added, changed and taken out one by one."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from console.domain.errors import Refused
from console.domain.keyholder.names import is_person
from console.domain.policy.keyholder import OPERATOR, person_key
from console.gui.explanations import explain
from console.gui.kit import form, sizes
from console.gui.kit.widgets import PlainLabel, button, row
from console.gui.pages.founding.plan import GROUPS, Newcomer, Plan
from console.gui.pages.founding.step import MISSING, Lack, Step
from console.gui.pages.founding.token_choice import TokenChoice
from console.gui.phrases import group
from console.language import say
from console.settings import EMBEDDED

NOBODY, ROW_PIXELS, MOST_ROWS = -1, 45, 5


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
