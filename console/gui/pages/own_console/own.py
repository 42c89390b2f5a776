# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console: know the station, take a request in, read it, decide, hand the answer back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame

from console.actions.keyholder import enrolment
from console.actions.own_console import answer
from console.actions.own_console.answer import CARD
from console.domain.errors import Cancelled, ConsoleError
from console.domain.handoff import frames
from console.domain.keyholder.enrolment import parse_card
from console.gui.kit import form
from console.gui.kit.confirmation import Twice
from console.gui.kit.decision import Decision
from console.gui.kit.denial import Denial
from console.gui.kit.form import Field
from console.gui.kit.readback import Line, ReadBack, asked, why
from console.gui.kit.widgets import Page, PlainLabel, button, card, row
from console.gui.phrases import ANSWERS, listed, moment, read_aloud
from console.gui.scan.field import ScanField
from console.gui.shell.desk import Desk, call, problems_of, say_error
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Person, View
from console.language import say
from console.sentences.terms import ASKED

if TYPE_CHECKING:
    from console.actions.own_console.answer import Opened, OwnConsole
    from console.domain.keyholder.enrolment import Card

COMPARE = say("Type the twelve words from paper, or as two founders read them aloud. Never from the card itself.")
NEXT = say(
    "The station's people need your card, and its twelve words by voice. "
    "Then they send you a change: sign it under Changes. When it is in force, the station's card comes."
)
Result = Mapping[str, Any]
FITS = {
    True: say("which fits the request"),
    False: say("which does NOT fit the request"),
    None: say("the request does not say"),
}


class OwnScreen(Page):
    """Shows what this console knows and what it is asked; reports what its keyholder does."""

    pin_asked = Signal(object, object)
    """The card, the twelve words."""
    read_asked = Signal(object)
    """A request."""
    agree_asked = Signal(object, object)
    """Matters as typed, what was confirmed."""
    refuse_asked = Signal(str, bool)
    """Reason, and whether it shall end though it may be open already."""
    card_asked = Signal(str)
    """Folder for the files of this person's own card."""
    show_asked = Signal(str)
    """Folder for the answer's files."""

    def __init__(self, name: str) -> None:
        super().__init__(say("The console of {name}", name=name))
        self.readable()
        self._knows, self._mode = PlainLabel(), PlainLabel()
        self._mode.set_tone("warning")
        self._card, self._words = (
            ScanField(say("The station's card: file or pictures"), [frames.PIN_CARD]),
            form.line(),
        )
        self._request = ScanField(say("The request: file or pictures"), [frames.ERRAND])
        self._folder = form.line()
        self._folder.setText("~/Documents")
        self._read_back = ReadBack()
        self._decision = Decision(self.say_problem, self.reveal)
        self._decision.approved.connect(lambda _, *said: self.agree_asked.emit(*said))
        self._denial = Denial(self.say_problem, self.reveal)
        self._denial.denied.connect(lambda _, why: self.refuse_asked.emit(why, False))
        self._veto_why = form.line()
        self._mine = _mine(lambda: self.card_asked.emit(self._folder.text().strip()))
        self._pinning, self._asking = self._make_pinning(), self._make_asking()
        self._answer = self._make_answer()
        self._answers = self.parts(
            (say("Approve it"), self._decision),
            (say("Deny it"), self._denial),
            (say("End the session, though it may be open"), self._make_veto()),
        )
        for widget in (
            self._mode,
            self._knows,
            self._pinning,
            self._mine,
            self._asking,
            self._read_back,
            self._answers,
            self._answer,
        ):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        for widget in (self._mode, self._mine, self._pinning, self._asking):
            widget.hide()
        self._knows.setText(say("One moment: this console is being opened."))
        self.forget()

    def show_pinned(self, station: str, *, is_drill: bool, has_card: bool) -> None:
        """Show which station is known; without one only a card can be taken in, and one's own shown again."""
        self._knows.setText(station or say("This console knows no station yet."))
        self._mode.setText(say("▲  THIS IS A DRILL: nothing here opens anything real.") if is_drill else "")
        self._mode.setVisible(is_drill)
        self._mine.setVisible(has_card and not station)
        self._pinning.setVisible(not station)
        self._asking.setVisible(bool(station))
        self.forget()

    def show_request(self, title: str, lines: Sequence[Line], me: Person, confirms: Sequence[str], said: View) -> None:
        """Read a request back, and let its keyholder decide."""
        self._read_back.show_lines(title, lines)
        self._clear()
        self._decision.offer([me], confirms, said)
        self._denial.offer([me])
        for widget in (self._read_back, self._answers):
            widget.show()
        self._answer.hide()
        self.reveal(self._read_back)

    def show_answered(self) -> None:
        """Offer the answer once more."""
        self._clear()
        self._answers.hide()
        self._answer.show()

    def forget(self) -> None:
        """Show no request."""
        self._read_back.forget()
        self._clear()
        for files in (self._card, self._request):
            files.clear()
        for widget in (self._read_back, self._answers, self._answer):
            widget.hide()

    def show_reason_wrong(self, sentence: str) -> None:
        """Say at the field what is wrong with the reason of a denial."""
        self._denial.show_reason_wrong(sentence)

    def _clear(self) -> None:
        for part in (self._decision, self._denial, self._veto_why):
            part.clear()
        self._answers.turn_to(self._decision)

    def _make_pinning(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Which station is yours"), role="heading"))
        column.addWidget(Field(say("The station's card: file or pictures"), self._card))
        column.addWidget(Field(say("Its twelve words"), self._words, COMPARE))
        column.addLayout(row(button(say("Know this station"), self._ask_pin, weight="primary")))
        return frame

    def _make_asking(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Take a request in"), role="heading"))
        column.addWidget(Field(say("The request: file or pictures"), self._request))
        column.addLayout(row(button(say("Read it"), self._ask_read, weight="primary")))
        return frame

    def _make_veto(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("End the session, though it may be open"), role="heading"))
        column.addWidget(Field(say("Reason, if you end it"), self._veto_why))
        column.addWidget(Twice(say("End the session"), say("Yes, end it: nothing more can be shown"), self._ask_veto))
        return frame

    def _make_answer(self) -> QFrame:
        frame, column = card()
        column.addWidget(PlainLabel(say("Hand the answer back"), role="heading"))
        column.addWidget(Field(say("Folder, if you save it as files"), self._folder))
        show = button(say("Show the answer as pictures"), self._ask_show, weight="primary")
        column.addLayout(row(show))
        return frame

    def _ask_show(self) -> None:
        self.show_asked.emit(self._folder.text().strip())

    def _ask_pin(self) -> None:
        words = self._words.text().replace(",", " ").split()
        card = self._card.given()
        if card is None:
            self.say_problem(*self._card.lacking())
        elif not words:
            self.say_problem(
                say("The twelve words are missing."), say("Type them from paper, or as they are read to you.")
            )
        else:
            self.pin_asked.emit(card, words)

    def _ask_read(self) -> None:
        request = self._request.given()
        if request is not None:
            self.read_asked.emit(request)
        else:
            self.say_problem(*self._request.lacking())

    def _ask_veto(self) -> None:
        self.refuse_asked.emit(self._veto_why.text(), True)


class OwnGestures(QObject):
    """Joins the one page of a keyholder's own console to ``actions.own_console``."""

    def __init__(self, desk: Desk, screen: OwnScreen, me: Person) -> None:
        super().__init__()
        self._desk, self._screen, self._me = desk, screen, me
        self._opened: Opened | None = None
        self._sent: HandOver | None = None
        screen.pin_asked.connect(self._pin)
        screen.read_asked.connect(self._read)
        screen.agree_asked.connect(self._agree)
        screen.refuse_asked.connect(self._refuse)
        screen.show_asked.connect(self._show_answer)
        screen.card_asked.connect(self._show_card)
        desk.hands.window.strip.lock_asked.connect(partial(self.lock, ""))
        desk.hands.window.shortcut("Ctrl+L", partial(self.lock, ""))

    def begin(self) -> None:
        """Look which station this console knows."""
        self._desk.hands.worker.run_locked(say("Looking"), _known, self._show_known, self._failed)

    def lock(self, why: str = "") -> None:
        """Show no request any more: its keyholder has gone; ``why`` is told to whoever comes next."""
        self._opened = self._sent = None
        self._desk.locked()
        self._screen.forget()
        self._desk.hands.window.clear_way("own")
        self._desk.hands.window.strip.show_holder(why)
        self._desk.hands.worker.run_locked(say("Looking"), _known, self._show_known, self._failed)

    def _show_known(self, found: tuple[Result | None, bool]) -> None:
        known, has_card = found
        is_drill = known is not None and known["mode"] != "real"
        told = (
            say(
                "It knows the station {organisation}. Its words: {words}",
                organisation=known["organisation"],
                words=" ".join(known["words"]),
            )
            if known
            else ""
        )
        self._screen.show_pinned(told, is_drill=is_drill, has_card=has_card)
        self._desk.hands.window.banner.show_text(
            say("DRILL: the station that this console knows is not the real one.") if is_drill else ""
        )
        state = f"{say('DRILL · ') if is_drill else ''}{say('The console of {name}', name=self._me.name)}"
        self._desk.hands.window.strip.show_state(state, "plain", lockable=True)

    def _failed(self, error: ConsoleError | Cancelled) -> None:
        say_error(self._screen, error)

    def _pin(self, card: bytes, words: Sequence[str]) -> None:
        def done(known: Result) -> None:
            self._show_known((known, False))
            self._screen.say_done(say("This console knows its station now. Take a request in."))

        self._act(say("Comparing the words"), call(answer.pin, card, words), done)

    def _show_card(self, folder: str) -> None:
        def read(own: "OwnConsole") -> "tuple[Card, HandOver]":
            from console.wiring.station import codes

            data = own.files.read(CARD)
            return parse_card(data), handed_over(codes(), f"{self._me.id}-card", data)

        def done(found: "tuple[Card, HandOver]") -> None:
            card, sent = found
            self._desk.hands.show_pictures(say("Your card"), read_aloud(enrolment.describe(card)), sent, folder)

        self._act(say("Looking"), read, done)

    def _read(self, request: bytes) -> None:
        def read(own: "OwnConsole") -> "tuple[Opened, Result]":
            opened = answer.read(own, request)
            return opened, answer.describe(own, opened)

        def done(found: "tuple[Opened, Result]") -> None:
            self._opened, value = found
            names = {member.id: member.name for member in self._opened.policy.roster.members}
            title = say("You are asked to {asked}", asked=ASKED[value["decision"]])
            self._screen.show_request(
                title, list(_lines(value, names)), self._me, value["confirms"], value["justification"]
            )

        self._act(say("Reading the request"), read, done, why=say("To read this request. Nothing is approved yet."))

    def _agree(self, matters: Sequence[str], confirms: Sequence[str]) -> None:
        def agree(own: "OwnConsole", opened: "Opened") -> tuple[Mapping[str, Any], bytes]:
            return answer.agree(own, opened, matters, confirms)

        self._answer(agree)

    def _refuse(self, reason: str, veto: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        def refuse(own: "OwnConsole", opened: "Opened") -> tuple[Mapping[str, Any], bytes]:
            return answer.refuse(own, opened, reason, veto=veto)

        self._answer(refuse)

    def _answer(self, decide: "Callable[[OwnConsole, Opened], tuple[Mapping[str, Any], bytes]]") -> None:
        opened = self._opened
        if opened is None:
            return

        def signed(own: "OwnConsole") -> tuple[Result, HandOver]:
            from console.wiring.station import codes

            value, data = decide(own, opened)
            return value, handed_over(codes(), "answer", data)

        self._act(say("Signing"), signed, self._answered, why=say("To sign your answer."), failed=self._show_reason)

    def _show_reason(self, error: ConsoleError) -> bool:
        found = problems_of(error)
        for _, sentence in found:
            self._screen.show_reason_wrong(sentence)
            self._screen.say_problem(
                say("The reason: {sentence}", sentence=sentence), say("Write in whole words why, then try again.")
            )
        return bool(found)

    def _answered(self, answered: tuple[Result, HandOver]) -> None:
        value, self._sent = answered
        self._screen.show_answered()
        again = (
            say("It is the answer you gave before.") if value["repeated"] else say("Hand it back to the station now.")
        )
        self._screen.say_done(
            say("Your answer is signed: {answers}. {again}", answers=ANSWERS[value["decision"]], again=again)
        )

    def _show_answer(self, folder: str) -> None:
        if self._sent is not None:
            told = say("Only the station can read these pictures. Send them back the way the request came.")
            self._desk.hands.show_pictures(say("Your answer"), told, self._sent, folder)

    def _act(
        self,
        title: str,
        action: Callable[[Any], Any],
        done: Callable[[Any], None],
        *,
        why: str = "",
        failed: Callable[[ConsoleError], bool] = lambda _: False,
    ) -> None:
        self._desk.act_locked(
            self._screen, title, action, done, pin_of=self._me.id if why else "", why=why, failed=failed
        )


def _mine(show: Callable[[], None]) -> QFrame:
    frame, column = card()
    column.addWidget(PlainLabel(say("Until then: your own card"), role="heading"))
    column.addWidget(PlainLabel(NEXT))
    column.addLayout(row(button(say("Show my card and its words"), show)))
    return frame


def _known(own: "OwnConsole") -> tuple[Result | None, bool]:
    known = answer.describe_pinned(own) if answer.pinned_if_any(own) else None
    return known, answer.CARD in own.files.names("")


def _lines(value: Result, names: Mapping[str, str]) -> Iterator[Line]:
    def name_of(member: str) -> str:
        return names.get(member, member)

    if value["journal"] > 1:
        yield (
            say("Mind"),
            say("The station began its journal anew after an alarm. Ask those who signed that."),
            "warning",
        )
    yield say("Station"), value["station"], ""
    yield from asked(value, value["releases"], name_of)
    yield from why(value["justification"], name_of)
    # One line for each credential, however many of its codes are asked for.
    for place in {place["credential"]: place for place in value["places"] if place["ranges"]}.values():
        told = say(
            "{credential} lets in from {ranges}; {fits}.",
            credential=place["credential"],
            ranges=listed(place["ranges"]),
            fits=FITS[place["fits"]],
        )
        yield say("Place of use"), told, "" if place["fits"] else "warning"
    yield say("To be changed after"), listed(value["owes"]) or say("nothing"), ""
    yield say("Valid until"), moment(value["valid_until"]), "plain"
    yield say("Clock here"), moment(value["clock"]), ""
