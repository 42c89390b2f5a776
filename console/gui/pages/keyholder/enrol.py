# SPDX-License-Identifier: Apache-2.0
"""Enrolling somebody: near, with their token here; or from elsewhere, by their card and its words, heard by voice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame

from console.actions.activation import remote
from console.actions.keyholder import enrolment
from console.domain.handoff import frames
from console.domain.payload import certificate
from console.domain.policy.keyholder import WITHOUT_GROUP
from console.gui.kit import form
from console.gui.kit.files import FilesField, read_all
from console.gui.kit.form import Field
from console.gui.kit.old_token import ask_left_over
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.pages.keyholder.away import AwayScreen
from console.gui.pages.keyholder.people import PeopleScreen, read_people
from console.gui.phrases import group, missing
from console.gui.scan.field import ScanField
from console.gui.shell.desk import Desk, call, say_error
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.settings import EMBEDDED, KeyholderSection, Settings

if TYPE_CHECKING:
    from console.actions.console import Console

VOUCHED = say("Files of the token's maker (optional)")
ALSO = say("Only if it shall open other things, too: it is refused by their names first.")
NEW_GROUP, ALONE = say("Their group may be a new one"), ("", say("A change of its own"))
Result = Mapping[str, Any]
PROPOSED = say("{name} is proposed. Read the change below; it holds once it is signed.")


class EnrolScreen(Page):
    """Shows two forms; reports a person whose token is here, or the card of one who is elsewhere."""

    near_asked = Signal(object)
    """``name``, ``role``, ``module`` (empty: a software token, made now), ``token`` (its label), ``also`` (labels of
    other keys that may be on it), ``attestation`` (files of its maker), ``new_group``, ``onto`` (an open change)."""
    card_asked = Signal(object, str, bool, str)
    """The card, the twelve words as heard, whether its group may be new, an open change it joins."""
    back_asked = Signal()

    def __init__(self) -> None:
        super().__init__(say("Enrol somebody"))
        self.readable()
        self._name, self._role = form.line("Gerd Hahn"), form.choice([])
        self._module, self._token = form.line("/usr/lib/opensc-pkcs11.so"), form.line()
        self._files, self._words = ScanField(say("Their card: file or pictures"), [frames.CARD]), form.line()
        self._also, self._vouched = form.line(say("several with ; between them")), FilesField(VOUCHED)
        self._group, self._new = form.line(), Tick(NEW_GROUP)
        self._onto = form.choice([ALONE])
        self.column.addLayout(row(button(say("Back to people"), self.back_asked.emit)))
        self.column.addWidget(PlainLabel(say("Either way only a change is proposed. It counts once it is signed.")))
        self.column.addWidget(
            Field(say("Part of which change"), self._onto, say("People of one change are signed together."))
        )
        self.column.addWidget(
            self.parts((say("Their token is here"), self._near()), (say("They are somewhere else"), self._by_card()))
        )
        self.column.addStretch(1)

    def offer(self, groups: Sequence[str]) -> None:
        """Offer these groups."""
        form.fill(self._role, [(name, group(name)) for name in (*groups, *WITHOUT_GROUP)])

    def offer_changes(self, proposals: Sequence[View]) -> None:
        """Offer the changes that are still open."""
        rows = [(row["proposal"], say("Change number {number}, still open", number=row["number"])) for row in proposals]
        form.fill(self._onto, [ALONE, *rows])

    def forget(self) -> None:
        """Empty everything: the station is locked, or somebody was enrolled."""
        for edit in (self._name, self._module, self._token, self._also, self._words, self._group):
            edit.clear()
        self._files.clear()
        self._vouched.clear()

    def _near(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Their token is here"), role="heading"))
        self._name_field = Field(say("Name of the person"), self._name)
        column.addWidget(self._name_field)
        column.addWidget(Field(say("Group"), self._role))
        column.addWidget(
            Field(say("or a group that is new (optional)"), self._group, say("Its short name, like board."))
        )
        hint = say("The file that the maker of the token gives. Leave it empty for a software token.")
        column.addWidget(Field(say("Module of the token (optional)"), self._module, hint))
        column.addWidget(Field(say("Label of the token (optional)"), self._token))
        column.addWidget(Field(VOUCHED, self._vouched, say("Certificates that prove where its keys were made.")))
        column.addWidget(Field(say("Other keys on the token, accepted (optional)"), self._also, ALSO))
        column.addLayout(row(button(say("Enrol with this token"), self._ask_near, weight="primary")))
        return frame

    def _by_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("They are somewhere else"), role="heading"))
        column.addWidget(Field(say("Their card: file or pictures"), self._files))
        hint = say("Call them. Type the words that they read aloud, not the words of the card.")
        self._words_field = Field(say("Their twelve words, as you hear them"), self._words, hint)
        column.addWidget(self._words_field)
        column.addWidget(self._new)
        column.addLayout(row(button(say("Enrol by this card"), self._ask_card, weight="primary")))
        return frame

    def _ask_near(self) -> None:
        self._name_field.show_wrong("")
        if not self._name.text().strip():
            self._name_field.show_wrong(say("It is missing or empty."))
            self.say_problem(
                say("The name is missing."),
                say("Type the name of the person."),
                [(say("Name of the person"), lambda: self.reveal(self._name))],
            )
            return
        self.near_asked.emit(
            {
                "name": self._name.text().strip(),
                "onto": str(self._onto.currentData()),
                "role": self._group.text().strip() or str(self._role.currentData()),
                "new_group": bool(self._group.text().strip()),
                "module": self._module.text().strip(),
                "token": self._token.text().strip(),
                "also": tuple(part.strip() for part in self._also.text().split(";") if part.strip()),
                "attestation": self._vouched.names(),
            }
        )

    def _ask_card(self) -> None:
        self._words_field.show_wrong("")
        data = self._files.given()
        if data is None:
            self.say_problem(*self._files.lacking())
            return
        if not self._words.text().strip():
            self._words_field.show_wrong(say("It is missing or empty."))
            self.say_problem(
                say("The words are missing."),
                say("Call the person and type the words that you hear."),
                [(say("Their twelve words"), lambda: self.reveal(self._words))],
            )
            return
        said = (self._new.isChecked(), str(self._onto.currentData()))
        self.card_asked.emit(data, self._words.text(), *said)


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
        def done(result: Result) -> None:
            self._enrolled(str(result["enrolled"]["name"]))

        self._desk.act(
            self._screen,
            say("Comparing the words"),
            call(enrolment.enrol_by_card, card, spoken, new_group=is_new, onto=onto or None),
            done,
            ends_lease=True,
        )

    # --- somebody who is away signs -----------------------------------------------------------------------

    def _introduce(self, member: str, folder: str) -> None:
        def card(console: "Console") -> tuple[Result, HandOver]:
            value, data = remote.pin_card(console, member)
            return value, handed_over(console.codes, f"card-{member}", data)

        def done(made: tuple[Result, HandOver]) -> None:
            told = say("No secret is in it. The twelve words: {words}", words=" ".join(made[0]["words"]))
            self._desk.hands.show_pictures(say("The card of this station"), told, made[1], folder)

        self._desk.act(self._away, say("Drawing the pictures"), card, done)

    def _send(self, proposal: str, folder: str) -> None:
        def bundle(console: "Console") -> HandOver:
            return handed_over(console.codes, f"step-{proposal}", enrolment.bundle(console, proposal))

        told = say("They take these in on their own console. No secret is in them.")

        def done(sent: HandOver) -> None:
            self._desk.hands.show_pictures(say("A change to be signed"), told, sent, folder)

        self._desk.act(self._away, say("Drawing the pictures"), bundle, done)

    def _take(self, proposal: str, answer: bytes) -> None:
        def done(result: Result) -> None:
            self._away.forget()
            more = say("It is in force now.") if result["in_force"] else f"{missing(result['missing'])}."
            self._away.say_done(say("Their signature is taken in. {more}", more=more))

        self._desk.act(
            self._away, say("Taking it in"), call(enrolment.take_answer, proposal, answer), done, ends_lease=True
        )


def _attestation(names: Sequence[str]) -> list[bytes]:
    return [made for data in read_all(names).values() for made in certificate.read_all(data)]


def _read(console: "Console") -> Settings:
    from console.settings import read

    return read(console.settings.folder)
