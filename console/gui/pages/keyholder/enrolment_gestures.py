# SPDX-License-Identifier: Apache-2.0
"""Gestures by which people join, near and far, and by which somebody who is away signs a change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.files import read_all
from console.gui.kit.old_token import ask_left_over
from console.gui.pages.keyholder.away import AwayScreen
from console.gui.pages.keyholder.enrol import EnrolScreen
from console.gui.pages.keyholder.people import PeopleScreen
from console.gui.pages.keyholder.people_gestures import read_people
from console.gui.phrases import missing
from console.gui.shell.desk import Desk, say_error
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot
from console.language import say
from console.settings import EMBEDDED, KeyholderSection, Settings

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]
PROPOSED = say("{name} is proposed. Read the change below; it holds once it is signed.")


class EnrolmentGestures(QObject):
    """Joins the pages about joining to ``actions.enrolment``."""

    def __init__(self, desk: Desk, people: PeopleScreen, screen: EnrolScreen, away: AwayScreen) -> None:
        super().__init__()
        self._desk, self._people, self._screen, self._away = desk, people, screen, away
        self._window = desk.hands.window
        screen.near_asked.connect(self._enrol_near)
        screen.card_asked.connect(self._enrol_by_card)
        away.card_asked.connect(self._introduce)
        away.send_asked.connect(self._send)
        away.take_asked.connect(self._take)
        for page in (screen, away):
            page.back_asked.connect(lambda: self._window.choose("people"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Offer the groups of this station."""
        self._screen.offer(snapshot.groups)

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()
        self._away.forget()

    def _chosen(self, name: str) -> None:
        if name in ("away", "enrol"):
            page = self._away if name == "away" else self._screen
            self._desk.hands.worker.run("", read_people, self._offer_away, lambda error: say_error(page, error))

    def _offer_away(self, value: Result) -> None:
        people = self._desk.snapshot.people if self._desk.snapshot else ()
        self._away.offer(value["policy"]["proposals"], people)
        self._screen.offer_changes(value["policy"]["proposals"])

    # --- near ---------------------------------------------------------------------------------------------

    def _enrol_near(self, said: Result) -> None:
        asked = KeyholderSection(
            "", said["name"], said["role"], said["module"] or EMBEDDED, said["token"], also=said["also"]
        )

        def place(console: "Console") -> tuple[KeyholderSection, bool]:
            from console.settings import place_for
            from console.wiring.founding import is_left_over

            known, present = _read(console), {m.id for m in console.policy.roster.members}
            section = place_for(known, present, asked)
            return section, is_left_over(known, section, present)

        def placed(found: tuple[KeyholderSection, bool]) -> None:
            section, is_left = found
            ask_left_over(
                self._screen, [section.name] if is_left else [], lambda anew: self._enrol_at(section, said, anew=anew)
            )

        self._desk.act(self._screen, say("Looking for a place"), place, placed)

    def _enrol_at(self, section: KeyholderSection, said: Result, *, anew: bool) -> None:
        def enrol(console: "Console") -> Result:
            from console.actions.keyholder import enrolment
            from console.wiring.founding import put_token_aside
            from console.wiring.station import Station

            known = _read(console)
            if anew:
                put_token_aside(known, section)
            newcomer = Station(replace(known, keyholders=(*known.keyholders, section)), self._desk.hands.operator)
            try:
                return enrolment.enrol_here(
                    console,
                    newcomer.locked,
                    section.id,
                    _attestation(said["attestation"]),
                    new_group=said["new_group"],
                    onto=said["onto"] or None,
                )
            finally:
                newcomer.close()

        is_new = anew or (section.folder is not None and not section.folder.exists())
        self._desk.hands.operator.call_by({section.id: section.name})
        self._desk.act(
            self._screen,
            say("Enrolling"),
            enrol,
            lambda _: self._enrolled(section.name),
            ends_lease=True,
            pin_of=section.id,
            new_pin=is_new,
            why=say("To prove the new token."),
        )

    def _enrolled(self, name: str) -> None:
        self._screen.forget()
        self._window.choose("people")
        self._people.say_done(PROPOSED.format(name=name))

    # --- by card ------------------------------------------------------------------------------------------

    def _enrol_by_card(self, card: bytes, spoken: str, is_new: bool, onto: str) -> None:  # noqa: FBT001
        def enrol(console: "Console") -> Result:
            from console.actions.keyholder import enrolment

            return enrolment.enrol_by_card(console, card, spoken, new_group=is_new, onto=onto or None)

        def done(result: Result) -> None:
            self._enrolled(str(result["enrolled"]["name"]))

        self._desk.act(self._screen, say("Comparing the words"), enrol, done, ends_lease=True)

    # --- somebody who is away signs -----------------------------------------------------------------------

    def _introduce(self, member: str, folder: str) -> None:
        def card(console: "Console") -> tuple[Result, HandOver]:
            from console.actions.activation import remote

            value, data = remote.pin_card(console, member)
            return value, handed_over(console.codes, f"card-{member}", data)

        def done(made: tuple[Result, HandOver]) -> None:
            told = say("No secret is in it. The twelve words: {words}", words=" ".join(made[0]["words"]))
            self._desk.hands.show_pictures(say("The card of this station"), told, made[1], folder)

        self._desk.act(self._away, say("Drawing the pictures"), card, done)

    def _send(self, proposal: str, folder: str) -> None:
        def bundle(console: "Console") -> HandOver:
            from console.actions.keyholder import enrolment

            return handed_over(console.codes, f"step-{proposal}", enrolment.bundle(console, proposal))

        told = say("They take these in on their own console. No secret is in them.")

        def done(sent: HandOver) -> None:
            self._desk.hands.show_pictures(say("A change to be signed"), told, sent, folder)

        self._desk.act(self._away, say("Drawing the pictures"), bundle, done)

    def _take(self, proposal: str, answer: bytes) -> None:
        def take(console: "Console") -> Result:
            from console.actions.keyholder import enrolment

            return enrolment.take_answer(console, proposal, answer)

        def done(result: Result) -> None:
            self._away.forget()
            more = say("It is in force now.") if result["in_force"] else f"{missing(result['missing'])}."
            self._away.say_done(say("Their signature is taken in. {more}", more=more))

        self._desk.act(self._away, say("Taking it in"), take, done, ends_lease=True)


def _attestation(names: Sequence[str]) -> list[bytes]:
    from console.domain.payload import certificate

    return [made for data in read_all(names).values() for made in certificate.read_all(data)]


def _read(console: "Console") -> Settings:
    from console.settings import read

    return read(console.settings.folder)
