# SPDX-License-Identifier: Apache-2.0
"""Gestures about people and rules: read them, sign a change, suspend, propose a leaving, prove, print custody."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.files import read_toml
from console.gui.pages.keyholder.people import PeopleScreen
from console.gui.phrases import missing
from console.gui.shell.desk import Desk, say_error
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]
PROPOSED = say("It is proposed. Read it below; it holds once the groups have signed.")


class PeopleGestures(QObject):
    """Joins the pages about people to ``actions.policy``, ``suspension``, ``proving`` and contacts."""

    def __init__(self, desk: Desk, screen: PeopleScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._window = desk.hands.window
        screen.sign_asked.connect(self._sign)
        screen.suspend_asked.connect(self._suspend)
        screen.leave_asked.connect(self._leave)
        screen.change_asked.connect(self._change)
        screen.page_asked.connect(self._turn_to)
        screen.reach.prove_asked.connect(self._prove)
        screen.reach.contact_asked.connect(self._keep_contact)
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Read people and rules anew while their page is shown."""
        if self._window.page is self._screen:
            self._read()

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _turn_to(self, page: str) -> None:
        self._window.choose(page)

    def _chosen(self, name: str) -> None:
        if name == "people":
            self._screen.messages.clear()
            self._read()

    def _read(self) -> None:
        self._desk.hands.worker.run("", read_people, self._show, lambda error: say_error(self._screen, error))

    def _show(self, value: Result) -> None:
        if self._desk.snapshot is not None:
            self._screen.show_people(value, self._desk.snapshot)

    def _sign(self, proposal: str, member: str) -> None:
        def sign(console: "Console") -> Result:
            from console.actions.policy import steps

            return steps.sign(console, proposal, member)

        def done(result: Result) -> None:
            more = say("It is in force now.") if result["in_force"] else f"{missing(result['missing'])}."
            self._screen.say_done(say("Change number {number} is signed. {more}", number=result["number"], more=more))

        self._desk.act(
            self._screen,
            say("Signing"),
            sign,
            done,
            pin_of=member,
            ends_lease=True,
            why=say("To sign the change that you have just read."),
        )

    def _suspend(self, member: str, by: str) -> None:
        def suspend(console: "Console") -> tuple[Result, bool]:
            from console.actions.policy import suspension

            return suspension.suspend(console, member, by), console.hsm.unlocked_by() == member

        def done(result: tuple[Result, bool]) -> None:
            if result[1]:
                # Who is suspended keeps nothing unlocked.
                self._window.strip.lock_asked.emit()
            else:
                self._screen.say_done(say("{member} is suspended and counts nowhere.", member=self._name(member)))

        self._desk.act(
            self._screen,
            say("Suspending"),
            suspend,
            done,
            pin_of=by,
            ends_lease=True,
            why=say("To suspend {member} at once.", member=self._name(member)),
        )

    def _leave(self, member: str) -> None:
        def propose(console: "Console") -> Result:
            from console.actions.policy import steps

            return steps.propose_without(console, member)

        def done(_: Result) -> None:
            self._screen.say_done(PROPOSED)

        self._desk.act(self._screen, say("Proposing"), propose, done)

    def _change(self, file: str) -> None:
        def propose(console: "Console") -> Result:
            from console.actions.policy import steps

            return steps.propose_change(console, read_toml(file))

        self._desk.act(self._screen, say("Proposing"), propose, lambda _: self._screen.say_done(PROPOSED))

    def _prove(self, member: str) -> None:
        def prove(console: "Console") -> Result:
            from console.actions.keyholder import proof

            return proof.prove(console, member)

        def done(result: Result) -> None:
            self._screen.say_done(say("The token of {name} works: it signed and it opened.", name=result["name"]))

        self._desk.act(
            self._screen, say("Proving"), prove, done, pin_of=member, why=say("To prove that your token works.")
        )

    def _keep_contact(self, member: str, card: Mapping[str, str]) -> None:
        def keep(console: "Console") -> Result:
            from console.actions.keyholder import enrolment
            from console.domain.keyholder.contact import Contact

            return enrolment.set_contact(console, member, Contact(**card))

        def done(_: Result) -> None:
            self._screen.say_done(say("The contact card of {member} is kept.", member=self._name(member)))

        self._desk.act(self._screen, say("Keeping it"), keep, done)

    def _name(self, member: str) -> str:
        return self._desk.snapshot.name_of(member) if self._desk.snapshot else member


def read_people(console: "Console") -> Result:
    """Return everybody with their deputies and telephones, and the policy with its open changes."""
    from console.actions import entries
    from console.actions.keyholder import enrolment
    from console.actions.policy import steps

    listed = enrolment.with_contacts(console, entries.list_keyholders(console), reached=True)
    return {**listed, "policy": steps.show(console.policy, steps.proposals(console))}
