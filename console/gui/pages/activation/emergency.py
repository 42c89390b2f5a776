# SPDX-License-Identifier: Apache-2.0
"""Gestures of one emergency: request, approve, deny, open, release, extend, end, close."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.actions.activation import approval, release
from console.actions.activation import lifecycle as activation
from console.domain.errors import ConsoleError
from console.gui.pages.activation.approve import ApproveScreen
from console.gui.pages.activation.board import BoardScreen
from console.gui.pages.activation.request import RequestScreen
from console.gui.pages.activation.session import SessionScreen
from console.gui.phrases import group, missing
from console.gui.shell.desk import Desk, call, problems_of
from console.gui.shell.window import Window
from console.language import say
from console.sentences.witness import taken_along

if TYPE_CHECKING:
    from console.actions.console import Console

WRITE_NOW = say("Nothing took the entry: write it on the paper form now, with the time.")
Result = Mapping[str, Any]
OUTCOMES = {
    "read_back": say("It was read back. It counts as shown."),
    "not_read": say("Nobody could read it. It counts as shown all the same."),
    "shown": say("The time was over and it was hidden. It counts as shown."),
}
SAID = {"extend": say("The time is extended."), "reset": say("The showings are reset."), "resume": say("It goes on.")}


class EmergencyGestures(QObject):
    """Joins the screens of an emergency to ``actions.activation``, ``approval`` and ``release``."""

    def __init__(
        self, desk: Desk, board: BoardScreen, request: RequestScreen, approve: ApproveScreen, session: SessionScreen
    ) -> None:
        super().__init__()
        self._desk, self._window = desk, desk.hands.window
        self._request, self._approve, self._session = request, approve, session
        board.task_asked.connect(self._turn_to)
        request.file_asked.connect(self._file)
        approve.approve_asked.connect(self._give_approval)
        approve.deny_asked.connect(self._deny)
        approve.withdraw_asked.connect(self._withdraw)
        approve.session_asked.connect(lambda act: self._turn_to("session", act))
        session.open_asked.connect(self._open)
        session.release_asked.connect(self._release)
        session.second_asked.connect(self._second)
        session.end_asked.connect(self._end)
        session.close_asked.connect(self._close)

    def _turn_to(self, page: str, activation: str) -> None:
        for name, screen in (("approve", self._approve), ("session", self._session)):
            if page == name:
                screen.messages.clear()
                screen.choose(activation)
        self._window.choose(page)

    def _file(self, fields: Mapping[str, Any], signs: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        requester = str(fields["requester"]) if signs else None

        def done(result: Result) -> None:
            self._request.filed()
            self._desk.look_then(lambda: self.filed(result))

        self._desk.act(
            self._request,
            say("Filing the request"),
            call(activation.request, fields, sign_as=requester),
            done,
            failed=self._show_fields,
            pin_of=requester or "",
            why=say("To sign this request as its requester."),
        )

    def filed(self, result: Result) -> None:
        """Turn to the request that was just filed."""
        self._turn_to("approve", str(result["activation"]))
        self._approve.say_done(say("The request is filed. {missing}.", missing=missing(result["missing"])))

    def _show_fields(self, error: ConsoleError) -> bool:
        found = problems_of(error)
        if found:
            what = say("The request is not complete. Nothing you entered is lost.")
            self._request.show_problems(what, say("Mend the fields named here, then file it again."), found)
        return bool(found)

    def _give_approval(self, act: str, member: str, matters: Sequence[str], confirms: Sequence[str]) -> None:
        def done(result: Result) -> None:
            self._approve.decided()
            who, head = _name(self._desk, member), result["head"]
            noted = "" if head["on"] == "token" else say(" The words: {words}", words=" ".join(head["words"]))
            along = say(
                "Proof of the journal to keep: {taken_along}{noted}", taken_along=taken_along(head), noted=noted
            )
            self._approve.say_done(
                say("{who} has approved. {missing}. {along}", who=who, missing=missing(result["missing"]), along=along)
            )

        self._desk.act(
            self._approve,
            say("Approving"),
            call(approval.approve, act, member, matters=matters, confirms=confirms),
            done,
            pin_of=member,
            why=say("To approve this request."),
        )

    def _deny(self, act: str, member: str, reason: str) -> None:
        def done(_: Result) -> None:
            self._approve.decided()
            self._approve.say_done(
                say("{member} has denied the request. It is over.", member=_name(self._desk, member))
            )

        self._desk.act(
            self._approve,
            say("Denying"),
            call(approval.deny, act, member, reason),
            done,
            failed=self._show_reason,
            pin_of=member,
            why=say("To deny this request."),
        )

    def _show_reason(self, error: ConsoleError) -> bool:
        found = problems_of(error)
        for _, sentence in found:
            self._approve.show_reason_wrong(sentence)
            self._approve.say_problem(
                say("The reason of a denial: {sentence}", sentence=sentence),
                say("Write in whole words why, then deny again."),
            )
        return bool(found)

    def _withdraw(self, act: str) -> None:
        self._simple(self._approve, say("Withdrawing"), _withdraw_it, act, say("The request is withdrawn."))

    def _open(self, act: str) -> None:
        self._simple(self._session, say("Opening"), _open_it, act, say("It is open. The time runs."))

    def _end(self, act: str) -> None:
        self._simple(
            self._session, say("Ending"), _end_it, act, say("The session is ended. Nothing more can be shown.")
        )

    def _close(self, act: str) -> None:
        self._simple(self._session, say("Completing"), _close_it, act, say("The activation is completed."))

    def _simple(
        self,
        page: ApproveScreen | SessionScreen,
        title: str,
        turn: "Callable[[Console, str], object]",
        act: str,
        said: str,
    ) -> None:
        self._desk.act(page, title, lambda console: turn(console, act), lambda _: page.say_done(said))

    def _release(self, act: str, name: str) -> None:
        def run(console: "Console") -> Result:
            return release.release(console, act, name, self._desk.hands.screen.drawing_with(console.codes))

        def done(result: Result) -> None:
            left = result["budget"]["left"]
            by_hand = f" {WRITE_NOW}" if result["on_paper"] else ""
            self._session.say_done(
                say(
                    "{name}: {outcomes} Showings left: {left}.{by_hand}",
                    name=name,
                    outcomes=OUTCOMES[result["outcome"]],
                    left=left,
                    by_hand=by_hand,
                )
            )

        self._desk.act(self._session, say("Showing"), run, done, failed=partial(_ask_time, self._window))

    def _second(self, act: str, member: str, decision: str, amount: int) -> None:
        def done(result: Result) -> None:
            lacking = [group(name) for name in result["missing"]]
            still = say(
                "{member} agrees. Still missing: {lacking}.",
                member=_name(self._desk, member),
                lacking=", ".join(lacking),
            )
            self._session.say_done(still if lacking else SAID[decision])

        self._desk.act(
            self._session,
            say("Signing"),
            call(approval.second, act, member, decision, amount),
            done,
            pin_of=member,
            why=say("To agree to this change."),
        )


def _ask_time(window: Window, error: ConsoleError) -> bool:
    """Lead to where two people say the time, when that is all that is missing."""
    if error.code == "totp_clock":
        window.choose("clock")
    return error.code == "totp_clock"


def _name(desk: Desk, member: str) -> str:
    return desk.snapshot.name_of(member) if desk.snapshot else member


def _withdraw_it(console: "Console", act: str) -> object:
    return activation.withdraw(console, act)


def _open_it(console: "Console", act: str) -> object:
    return activation.open_activation(console, act)


def _end_it(console: "Console", act: str) -> object:
    return activation.end(console, act)


def _close_it(console: "Console", act: str) -> object:
    return activation.close(console, act)
