# SPDX-License-Identifier: Apache-2.0
"""A prepared request: agreed on in peacetime, filed at night with three fields."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDateTime, QObject, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from console.actions.activation import prepared
from console.domain.errors import ConsoleError
from console.gui.kit import form
from console.gui.kit.files import read_toml
from console.gui.kit.form import Field, Lead, TimeField
from console.gui.kit.signers import Signers
from console.gui.kit.widgets import Page, PlainLabel, button, card, clear_layout, row
from console.gui.pages.activation.cost import CostCard
from console.gui.pages.activation.prepared_form import Preparing
from console.gui.pages.activation.request import RequestScreen
from console.gui.phrases import how_much, listed
from console.gui.shell.desk import Desk, call, problems_of, say_error
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences.readiness import prepared_state
from console.sentences.terms import CATEGORIES, PRIVILEGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.actions.console import Console

NO_SIGNER = ("", say("Nobody: whoever unlocked is the requester"))
Result = Mapping[str, Any]


class PreparedScreen(Page):
    """Shows the prepared requests; reports which one is filed with what, and who agrees on one."""

    file_asked = Signal(str, object, str)
    """Name, what only the hour can tell, as ``prepared.request`` takes it, and whose token signs (empty: none)."""
    cost_asked = Signal(str)
    sign_asked = Signal(str, str, str)
    """Name, member, the id of what they read."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("From a prepared request"))
        self.readable()
        self._rows: Sequence[View] = ()
        self._which, self._says = form.choice([]), PlainLabel()
        self._which.currentIndexChanged.connect(lambda _: self._say())
        self._incident, self._reason = form.line("INC-2026-0042"), form.text()
        first_seen = TimeField(say("First seen"))
        self._first_seen = first_seen.edit
        self._fields = {
            "incident": Field(say("Incident number"), self._incident),
            "reason": Field(say("Reason"), self._reason, say("Why the normal way does not work, in whole sentences.")),
            "first_seen": first_seen,
        }
        self._signer = form.choice([NO_SIGNER])
        self._fields["signer"] = Field(say("Signed by"), self._signer, say("Whoever signs is the requester."))
        self._cost, self._waiting = CostCard(), QVBoxLayout()
        self._waiting.setSpacing(14)
        self._nothing = PlainLabel(say("No prepared request is agreed on. File a request of your own."))
        self._filing = self._make_filing()
        self.column.addLayout(row(button(say("Back to the full form"), self.back_asked.emit)))
        self.preparing = Preparing(self.say_problem)
        self._file_part, self._wait_part = self._make_file_part(), QWidget()
        self._wait_part.setLayout(self._waiting)
        self._waiting.setContentsMargins(0, 0, 0, 0)
        self._parts = self.parts(
            (say("Use a prepared one"), self._file_part),
            (say("Agree on a new one"), self._wait_part),
            (say("Prepare another one"), self.preparing),
        )
        self._parts.allow(self._wait_part, allowed=False)
        self.column.addWidget(self._parts)
        self.column.addStretch(1)

    def show_prepared(self, rows: Sequence[View], snapshot: Snapshot) -> None:
        """Show what can be filed and what waits for signatures; what was entered stays."""
        self.preparing.offer(snapshot)
        form.fill(self._signer, [NO_SIGNER, *((p.id, p.name) for p in snapshot.people if p.state == "active")])
        if rows == self._rows:
            return
        self._rows = rows
        ready = [value for value in rows if value["state"] == "agreed"]
        form.fill(self._which, [(value["name"], value["name"]) for value in ready])
        self._filing.setVisible(bool(ready))
        self._nothing.setVisible(not ready)
        self._say()
        clear_layout(self._waiting)
        others = [value for value in rows if value["state"] != "agreed"]
        for value in others:
            self._waiting.addWidget(self._other(value, snapshot))
        self._parts.allow(self._wait_part, allowed=bool(others))
        if others and not ready:
            self._parts.turn_to(self._wait_part)

    def show_cost(self, value: View) -> None:
        """Show what opening will cost."""
        self._cost.present(value)
        self.reveal(self._cost)

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, sentence) at its field and all of them at the top."""
        what = say("The request is not complete. Nothing you entered is lost.")
        now = say("Mend the fields named here, then file it again.")
        self.say_problem(what, now, self._lead(problems))

    def show_unprepared(self, problems: Sequence[tuple[str, str]], *, is_file: bool) -> None:
        """Show what is wrong with a request that somebody prepares, at its fields or its file, and at the top."""
        tell = self.preparing.lead_to_file if is_file else self.preparing.form.show_problems
        what = say("The request is not complete. Nothing you entered is lost.")
        now = say("Mend the fields named here, then propose it again.")
        self.say_problem(what, now, tell(problems, self.reveal))

    def proposed(self, text: str) -> None:
        """Turn to where it is signed."""
        self.preparing.clear()
        self._parts.allow(self._wait_part, allowed=True)
        self._parts.turn_to(self._wait_part)
        self.say_done(text)

    def _lead(self, problems: Sequence[tuple[str, str]]) -> list[Lead]:
        leads: list[Lead] = []
        for name, sentence in problems:
            field = self._fields.get(name, self._fields["first_seen"])
            field.show_wrong(sentence)
            leads.append((f"{field.label}: {sentence}", partial(self.reveal, field.control)))
        return leads

    def filed(self) -> None:
        """Begin anew at the top: what is filed next must say nothing of this emergency."""
        self._incident.clear()
        self._reason.clear()
        self._first_seen.setDateTime(QDateTime.currentDateTime())
        self._signer.setCurrentIndex(0)
        self._cost.forget()
        self.to_top()

    def forget(self) -> None:
        """Show nothing of the station; what was entered stays for whoever unlocks again."""
        self._rows = ()
        self.preparing.file.clear()
        clear_layout(self._waiting)
        self._cost.forget()

    def _make_file_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self._nothing, self._filing, self._cost):
            column.addWidget(widget)
        return part

    def _make_filing(self) -> QFrame:
        frame, column = card()
        column.addWidget(Field(say("Prepared request"), self._which))
        column.addWidget(self._says)
        for field in self._fields.values():
            column.addWidget(field)
        column.addLayout(
            row(
                button(say("File this request"), self._file, weight="primary"),
                button(say("What opening will cost"), self._ask_cost),
            )
        )
        return frame

    def _other(self, value: View, snapshot: Snapshot) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(f"{value['name']}: {prepared_state(value)}", role="heading"))
        column.addWidget(PlainLabel(_says(value["template"])))
        if value["state"] == "proposed":
            lacking = dict.fromkeys(value["unsigned"], 1)
            signers = Signers([p for p in snapshot.keyholders() if p.role in lacking], lacking, ())
            signers.signing.connect(lambda member: self.sign_asked.emit(value["name"], member, value["id"]))
            column.addWidget(signers)
        return frame

    def _say(self) -> None:
        chosen = next((value for value in self._rows if value["name"] == self._which.currentData()), None)
        self._cost.forget()
        self._says.setText(_says(chosen["template"]) if chosen else "")

    def _file(self) -> None:
        self.messages.clear()
        for field in self._fields.values():
            field.show_wrong("")
        hour = {
            "incident": self._incident.text().strip(),
            "first_seen": form.rfc3339(self._first_seen),
            "reason": self._reason.toPlainText().strip(),
        }
        signer = str(self._signer.currentData() or "")
        self.file_asked.emit(str(self._which.currentData()), hour, signer)

    def _ask_cost(self) -> None:
        self.cost_asked.emit(str(self._which.currentData()))


class PreparedGestures(QObject):
    """Joins the prepared page, and the cost on both pages of a request, to ``actions.prepared``.

    ``filed`` turns to the request that was just filed.
    """

    def __init__(
        self, desk: Desk, request: RequestScreen, screen: PreparedScreen, filed: "Callable[[Result], None]"
    ) -> None:
        super().__init__()
        self._desk, self._request, self._screen, self._filed = desk, request, screen, filed
        self._window = desk.hands.window
        request.prepared_asked.connect(lambda: self._window.choose("prepared"))
        request.cost_asked.connect(self._cost_of_form)
        screen.file_asked.connect(self._file)
        screen.cost_asked.connect(self._cost_of_prepared)
        screen.preparing.form_proposed.connect(self._propose)
        screen.preparing.file_proposed.connect(self._propose_file)
        screen.sign_asked.connect(self._sign)
        screen.back_asked.connect(lambda: self._window.choose("request"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Read them anew while their page is shown."""
        if self._window.page is self._screen:
            self._read()

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _chosen(self, name: str) -> None:
        if name == "prepared":
            self._read()

    def _read(self) -> None:
        def read(console: "Console") -> Sequence[Result]:
            rows: Sequence[Result] = prepared.list_prepared(console)["prepared"]  # type: ignore[assignment]
            return rows

        def show(rows: Sequence[Result]) -> None:
            if self._desk.snapshot is not None:
                self._screen.show_prepared(rows, self._desk.snapshot)

        self._desk.hands.worker.run("", read, show, lambda error: say_error(self._screen, error))

    def _file(self, name: str, hour: Result, signer: str) -> None:
        def done(result: Result) -> None:
            self._screen.filed()
            self._desk.look_then(lambda: self._filed(result))

        self._desk.act(
            self._screen,
            say("Filing the request"),
            call(prepared.request, name, hour, sign_as=signer or None),
            done,
            failed=self._show_fields,
            pin_of=signer,
            why=say("To sign this request as its requester."),
        )

    def _show_fields(self, error: ConsoleError) -> bool:
        if found := problems_of(error):
            self._screen.show_problems(found)
        return bool(found)

    def _propose(self, name: str, fields: Result) -> None:
        self._propose_what(name, lambda: fields, is_file=False)

    def _propose_file(self, name: str, file: str) -> None:
        self._propose_what(name, lambda: read_toml(file), is_file=True)

    def _propose_what(self, name: str, template: "Callable[[], Result]", *, is_file: bool) -> None:
        def failed(error: ConsoleError) -> bool:
            if found := problems_of(error):
                self._screen.show_unprepared(found, is_file=is_file)
            return bool(found)

        def done(_: Result) -> None:
            self._screen.proposed(say("{name} is proposed: each group signs it below.", name=name))

        self._desk.act(
            self._screen,
            say("Proposing"),
            lambda console: prepared.propose(console, name, template()),
            done,
            failed=failed,
        )

    def _sign(self, name: str, member: str, read: str) -> None:
        self._desk.act(
            self._screen,
            say("Signing"),
            call(prepared.sign, name, member, read=read),
            lambda _: self._screen.say_done(say("{name} is signed.", name=name)),
            pin_of=member,
            why=say("To agree on this prepared request."),
        )

    def _cost_of_prepared(self, name: str) -> None:
        def cost(console: "Console") -> Result:
            return prepared.cost(console, prepared.standing_one(console, name).prepared.template)

        self._desk.act(self._screen, say("Reckoning"), cost, self._screen.show_cost)

    def _cost_of_form(self, fields: Result) -> None:
        self._desk.act(self._request, say("Reckoning"), call(prepared.cost, fields), self._request.show_cost)


def _says(template: View) -> str:
    items = listed([str(item["credential"]) for item in template["items"]])
    told = [
        say("Opens: {items}; {how_much}.", items=items, how_much=how_much(template["minutes"], template["releases"])),
        say("What is down: {categories}.", categories=CATEGORIES.get(template["category"], template["category"])),
        say("Harm if it waits: {harm_if_delayed}", harm_if_delayed=template["harm_if_delayed"]),
        say(
            "Matters: {matters}. Jurisdictions: {jurisdictions}.",
            matters=listed(template["matters"]),
            jurisdictions=listed(template["jurisdictions"]),
        ),
        say("Privilege: {privileges}.", privileges=PRIVILEGES.get(template["privilege"], template["privilege"])),
    ]
    return "\n".join(told)
