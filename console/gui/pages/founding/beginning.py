# SPDX-License-Identifier: Apache-2.0
"""What is seen where there is no station yet: what this computer shall become."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from console.actions.keyholder import enrolment
from console.domain.errors import ConsoleError
from console.domain.keyholder.enrolment import check_named
from console.domain.payload import certificate
from console.gui.kit.files import read_all, write_all
from console.gui.kit.old_token import ask_left_over
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.pages.founding.card import NewCardScreen
from console.gui.pages.founding.found import FoundScreen
from console.gui.pages.founding.plan import Plan, draft_of, medium_of, read_draft, station_toml
from console.gui.pages.founding.restoration import PutBackScreen
from console.gui.phrases import read_aloud
from console.gui.shell.desk import Desk, say_error
from console.gui.shell.operator import Asked
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot
from console.language import say
from console.settings import (
    DRAFT_NAME,
    FILE_NAME,
    KeyholderSection,
    is_begun,
    is_own,
    lacks_module,
    parse,
    without_station,
)

if TYPE_CHECKING:
    from console.domain.keyholder.enrolment import Card

WAYS = (
    (
        "found",
        say("Found a new station"),
        say("Nobody has one here yet. It takes about half an hour, with everybody in the room."),
    ),
    ("putback", say("Put a lost station back"), say("There was one, and a backup or its second medium is at hand.")),
    (
        "newcard",
        say("Make this computer my own console"),
        say("You approve from here, for a station that is somewhere else."),
    ),
)
Result = Mapping[str, Any]
FOUNDING_LOOK, FOUNDING = say("Looking over the answers"), say("Founding the station")
FOR_KEYS = say("To make this person's keys.")
LEFT_OVER = say("This token is there from a founding that was not finished. Type the PIN that was chosen for it then.")


class BeginningScreen(Page):
    """Reports what somebody wants to begin."""

    chosen = Signal(str)

    def __init__(self, folder: str) -> None:
        super().__init__(say("What shall this computer become?"))
        self.readable()
        self.column.addWidget(
            PlainLabel(say("There is no station in the folder {folder}.", folder=folder), role="muted")
        )
        for name, title, told in WAYS:
            frame, column = card()
            column.addWidget(PlainLabel(told))
            column.addLayout(row(button(title, partial(self.chosen.emit, name))))
            self.column.addWidget(frame)
        self.column.addStretch(1)


class BeginningGestures(QObject):
    """Joins the pages of an empty folder to ``console.wiring.founding``."""

    begun = Signal()
    """The folder is a station, or an own console, from now on."""

    def __init__(
        self,
        desk: Desk,
        folder: Path,
        start: BeginningScreen,
        found: FoundScreen,
        putback: PutBackScreen,
        newcard: NewCardScreen,
    ) -> None:
        super().__init__()
        self._desk, self._folder = desk, folder
        self._found, self._putback, self._newcard = found, putback, newcard
        self._typed: list[list[str]] = []
        start.chosen.connect(desk.hands.window.choose)
        found.kept.connect(self._keep)
        found.place_given.connect(self._look_at_place)
        found.found_asked.connect(self._look_over)
        putback.sheet_typed.connect(self._take)
        putback.forget_asked.connect(self.forget)
        putback.back_asked.connect(lambda folder, is_lost: self._put_back(folder, is_lost=is_lost))
        newcard.make_asked.connect(self._make_card)
        desk.hands.pictures.closed.connect(self._card_taken)
        desk.hands.worker.busy.connect(lambda title: found.show_working(is_working=title == FOUNDING))

    def begin(self) -> None:
        """Go on with a founding, or with putting a station back, that was interrupted."""
        if lacks_module(self._folder):
            self._go_on_restored()
        draft = self._folder / DRAFT_NAME
        if draft.is_file():
            self._found.show_plan(read_draft(draft.read_bytes()))
            self._desk.hands.window.choose("found")

    def present(self, _: Snapshot) -> None:
        """There is no station here."""

    def forget(self) -> None:
        """Keep no word of a sheet."""
        self._typed = []
        self._putback.forget()

    # --- founding -------------------------------------------------------------------------------------------

    def _keep(self, plan: Plan) -> None:
        try:
            write_all(str(self._folder), {DRAFT_NAME: draft_of(plan)}, deep=True)
        except ConsoleError as error:
            say_error(self._found, error)

    def _look_at_place(self, plan: Plan) -> None:
        """See whether the second medium will do, while its field is before everybody's eyes."""
        medium = medium_of(plan)

        def look(_: object) -> bool:
            from console.wiring import founding

            founding.check_medium(self._folder, medium)
            return plan.mode == "real" and founding.is_on_same_disk(self._folder, medium)

        self._desk.act_locked(
            self._found, say("Looking at the folder"), look, self._found.take_place, failed=self._found.show_refused
        )

    def _look_over(self, plan: Plan) -> None:
        """See whether a station can be founded like this, before anybody types a PIN."""
        data = station_toml(plan, self._folder)

        def look(_: object) -> list[str]:
            from console.wiring import founding

            if not is_begun(self._folder):
                _drop_other(self._folder / FILE_NAME, data)
            return founding.left_over(founding.check(self._folder, data))

        self._desk.act_locked(
            self._found, FOUNDING_LOOK, look, partial(self._ask_left, plan, data), failed=self._found.show_refused
        )

    def _ask_left(self, plan: Plan, data: bytes, left: Sequence[str]) -> None:
        names = [person.name for person in plan.people if person.id in left]
        ask_left_over(self._found, names, lambda anew: self._found_it(plan, data, left, anew=anew))

    def _found_it(self, plan: Plan, data: bytes, there: Sequence[str], *, anew: bool) -> None:
        operator, left = self._desk.hands.operator, () if anew else there

        def found(_: object) -> Result:
            from console.wiring import founding

            if anew:
                chosen = parse(data, self._folder)
                for member in there:
                    founding.put_token_aside(chosen, chosen.keyholder(member))
            return founding.found(self._folder, data, operator)

        def try_pin(member: str) -> None:
            from console.wiring import founding

            founding.try_pin(self._folder, data, member, operator)

        def done(_: Result) -> None:
            (self._folder / DRAFT_NAME).unlink(missing_ok=True)
            self.begun.emit()

        operator.call_by({person.id: person.name for person in plan.people})
        self._desk.act_locked(
            self._found,
            FOUNDING,
            found,
            done,
            try_pin=try_pin,
            failed=self._found.show_refused,
            all_pins=[
                Asked(p.id, p.section().is_software and p.id not in left, LEFT_OVER if p.id in left else FOR_KEYS)
                for p in plan.people
            ],
        )

    # --- putting back ---------------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        """Check one sheet by itself at once: a slip is found while the paper is still on the table."""
        words, number = text.split(), len(self._typed) + 1
        source = Path(self._putback.source() or self._folder).expanduser()

        def check(_: object) -> None:
            from console.wiring import founding

            founding.check_sheets(self._folder, source, [*self._typed, words])

        def done(_: None) -> None:
            self._typed.append(words)
            self._putback.show_typed(number)

        self._desk.act_locked(self._putback, say("Checking the sheet"), check, done)

    def _put_back(self, source: str, *, is_lost: bool) -> None:
        words = self._typed if is_lost else None

        def put_back(_: object) -> Result:
            from console.wiring import founding

            place = Path(source).expanduser()
            return founding.put_back(self._folder, place, self._desk.hands.operator, words)

        def done(_: Result) -> None:
            self.forget()
            self._go_on_restored()

        self._desk.act_locked(self._putback, say("Putting the station back"), put_back, done)

    def _go_on_restored(self) -> None:
        if not lacks_module(self._folder):
            self.begun.emit()
            return
        self._desk.hands.window.choose("putback")
        self._putback.ask_for_sheets()

    # --- an own console -------------------------------------------------------------------------------------

    def _make_card(self, said: Result, vouched: Sequence[str], folder: str) -> None:
        asked = KeyholderSection(said["id"], said["name"], said["role"], said["module"], said["token"])
        try:
            check_named(asked.id, asked.name, asked.role)
        except ConsoleError as error:
            # Before anybody chooses a PIN for it.
            say_error(self._newcard, error)
            return
        is_there = asked.is_software and (self._folder / "token").exists()
        ask_left_over(
            self._newcard,
            [asked.name] if is_there else [],
            lambda anew: self._make_it(asked, vouched, folder, is_new=anew or not is_there, anew=anew),
        )

    def _make_it(
        self, asked: KeyholderSection, vouched: Sequence[str], folder: str, *, is_new: bool, anew: bool
    ) -> None:

        def make(_: object) -> "tuple[Card, HandOver]":
            from console.wiring import founding
            from console.wiring.station import codes

            files = [made for data in read_all(vouched).values() for made in certificate.read_all(data)]
            section = founding.own_section(self._folder, asked)
            if anew:
                founding.put_token_aside(without_station(self._folder, section), section)
            card = founding.make_own(self._folder, section, self._desk.hands.operator, files)
            return card, handed_over(codes(), f"{section.id}-card", card.encode())

        def done(made: "tuple[Card, HandOver]") -> None:
            card, sent = made
            self._desk.hands.show_pictures(say("Your card"), read_aloud(enrolment.describe(card)), sent, folder)

        self._desk.hands.operator.call_by({asked.id: asked.name})
        self._desk.act_locked(
            self._newcard,
            say("Making the card"),
            make,
            done,
            all_pins=[Asked(asked.id, asked.is_software and is_new, say("To make your keys."))],
        )

    def _card_taken(self) -> None:
        if is_own(self._folder):
            self.begun.emit()


def _drop_other(file: Path, data: bytes) -> None:
    """Remove the station file of a founding that was cut, if the answers have changed since."""
    if file.is_file() and file.read_bytes() != data:
        file.unlink()
