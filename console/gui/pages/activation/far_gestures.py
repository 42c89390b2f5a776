# SPDX-License-Identifier: Apache-2.0
"""Gestures of an approval from another city: the request out as pictures, the answer looked at, then taken in."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.pages.activation.approve import ApproveScreen
from console.gui.pages.activation.far import FarScreen
from console.gui.pages.activation.session import SessionScreen
from console.gui.phrases import ANSWERS, group, moment
from console.gui.shell.desk import Desk, say_error
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]


class FarGestures(QObject):
    """Joins the page of far approvals to ``actions.remote``."""

    def __init__(self, desk: Desk, approve: ApproveScreen, session: SessionScreen, screen: FarScreen) -> None:
        super().__init__()
        self._desk, self._session, self._screen = desk, session, screen
        self._activation = ""
        self._came_from = "approve"
        approve.far_asked.connect(self._turn_to)
        session.far_asked.connect(self._turn_to)
        screen.send_asked.connect(self._send)
        screen.look_asked.connect(self._look)
        screen.take_asked.connect(self._take)
        screen.back_asked.connect(self._go_back)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Look who is still missing while the page is shown."""
        if self._desk.hands.window.page is self._screen:
            self._read()

    def forget(self) -> None:
        """The station is being locked."""
        self._activation = ""
        self._screen.forget()

    def _turn_to(self, activation: str) -> None:
        self._activation = activation
        self._came_from = "session" if self._desk.hands.window.page is self._session else "approve"
        self._screen.messages.clear()
        self._desk.hands.window.choose("far")
        self._read()

    def _go_back(self) -> None:
        self._desk.hands.window.choose(self._came_from)

    def _read(self) -> None:
        act = self._activation = self._activation or self._the_one_waiting()
        if not act:
            self._screen.say_problem(
                say("No request was chosen."), say("Choose it on the page Approve, then ask from far there.")
            )
            return

        def read(console: "Console") -> Result:
            from console.actions.activation import remote

            return remote.missing(console, act)

        self._desk.hands.worker.run("", read, self._show, lambda error: say_error(self._screen, error))

    def _the_one_waiting(self) -> str:
        """Return the one request that waits for somebody; nothing where there are several."""
        found = self._desk.snapshot
        waiting = [str(v["activation"]) for v in found.live if v["state"] == "requested"] if found else []
        return waiting[0] if len(waiting) == 1 else ""

    def _show(self, value: Result) -> None:
        found = self._desk.snapshot
        others = [p for p in found.people if p.role in found.groups and p.state != "suspended"] if found else []
        self._screen.show_missing(value, [(p.id, f"{p.name} ({group(p.role)})") for p in others])

    def _send(self, act: str, member: str, folder: str, asked: Result) -> None:
        def send(console: "Console") -> tuple[Result, HandOver]:
            from console.actions.activation import remote

            value, data = remote.request_code(
                console,
                act,
                member,
                decision=asked["decision"],
                amount=asked["amount"],
                since=asked.get("since"),
                remembers=asked.get("remembers"),
            )
            return value, handed_over(console.codes, f"request-{member}", data)

        def done(sent: tuple[Result, HandOver]) -> None:
            told = say(
                "For {member} alone. An answer counts until {valid_until}.",
                member=self._name(member),
                valid_until=moment(sent[0]["valid_until"]),
            )
            self._desk.hands.show_pictures(
                say("The request for {member}", member=self._name(member)), told, sent[1], folder
            )

        self._desk.act(self._screen, say("Drawing the pictures"), send, done)

    def _look(self, act: str, data: bytes) -> None:
        def said(value: Result) -> None:
            why = say(" Reason: {reason}", reason=value["reason"]) if value["reason"] else ""
            told = say(
                "The answer of {member}: {answers}.{why}",
                member=self._name(value["member"]),
                answers=ANSWERS[value["decision"]],
                why=why,
            )
            self._screen.say_answer(told)

        self._desk.act(self._screen, say("Reading the answer"), _reading(act, data, take=False), said)

    def _take(self, act: str, data: bytes) -> None:
        def done(result: Result) -> None:
            self._screen.say_answer("")
            lacking = [f"{count} × {group(name)}" for name, count in result.get("missing", {}).items() if count]
            more = (
                say("Still missing: {lacking}.", lacking=", ".join(lacking)) if lacking else say("Nobody is missing.")
            )
            self._screen.say_done(say("The answer is taken in. {more}", more=more))

        self._desk.act(self._screen, say("Taking it in"), _reading(act, data, take=True), done)

    def _name(self, member: str) -> str:
        return self._desk.snapshot.name_of(member) if self._desk.snapshot else member


def _reading(act: str, data: bytes, *, take: bool) -> "Callable[[Console], Result]":
    def read(console: "Console") -> Result:
        from console.actions.activation import remote

        if take:
            return remote.approval_scan(console, act, data)
        return remote.read_answer(console, act, data)

    return read
