# SPDX-License-Identifier: Apache-2.0
"""Gestures about readiness: check, ask what a loss would do, print the grab card."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.files import write_all
from console.gui.kit.widgets import Page
from console.gui.pages.readiness.readiness import ReadinessScreen
from console.gui.phrases import group
from console.gui.shell.desk import Desk
from console.gui.shell.long_work import LongWork
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.progress import Progress

Result = Mapping[str, Any]
CARD, CERTIFICATE = "grab-card.pdf", "founding-certificate.pdf"


class ReadinessGestures(QObject):
    """Joins the readiness page to ``actions.readiness``, ``lockout`` and ``grab_card``."""

    def __init__(self, desk: Desk, screen: ReadinessScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._checking = LongWork(desk, screen, screen.progress, say("Checking"))
        screen.check_asked.connect(self._check)
        screen.what_if_asked.connect(self._what_if)
        screen.print_asked.connect(self._print)
        screen.certificate_asked.connect(self._certify)
        screen.page_asked.connect(self._lead)
        desk.hands.window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Checks are made when somebody asks for them, not every few seconds."""

    def forget(self) -> None:
        """The station is being locked."""
        self._checking.stop()
        self._screen.forget()

    def _lead(self, page: str, part: str) -> None:
        """Go where something is mended."""
        window = self._desk.hands.window
        if window.pages.name_of(window.page) != page:
            window.choose(page)
        shown = window.page
        if part and isinstance(shown, Page):
            shown.turn_to_part(part)

    def _chosen(self, name: str) -> None:
        if name == "readiness":
            self._check()

    def _check(self) -> None:
        def check(console: "Console", progress: "Progress") -> tuple[Result, Result, Result, Sequence[str]]:
            from console.actions.readiness import lockout, report

            found, matrix = report.readiness(console, progress), lockout.matrix(console)
            # Losing a PIN is losing its token; the words say so once.
            losses = [loss for loss in lockout.known_losses(console.policy) if not loss.startswith("pin:")]
            return found, matrix, _names(console), losses

        self._checking.run(check, self._show)

    def _show(self, found: tuple[Result, Result, Result, Sequence[str]]) -> None:
        self._desk.warnings = sum(not row["ok"] for row in found[0]["checks"])
        self._screen.show_checks(*found)

    def _what_if(self, lost: Sequence[str]) -> None:
        def matrix(console: "Console") -> tuple[Result, Result]:
            from console.actions.readiness import lockout

            return lockout.matrix(console, lost), _names(console)

        self._desk.act(self._screen, say("Looking"), matrix, lambda found: self._screen.show_after(*found))

    def _print(self, folder: str) -> None:
        def printed(console: "Console") -> str:
            from console.actions.document import grab_card

            return write_all(folder, {CARD: grab_card.grab_card(console)})

        def done(where: str) -> None:
            self._screen.say_done(
                say("Written: {card} in {where}. Print it, and throw the old one away.", card=CARD, where=where)
            )

        self._desk.act(self._screen, say("Printing"), printed, done)

    def _certify(self, folder: str) -> None:
        def printed(console: "Console") -> str:
            from console.actions.document import certificate

            return write_all(folder, {CERTIFICATE: certificate.certificate(console)})

        def done(where: str) -> None:
            told = say("Written: {file} in {where}. Print it for each of you.", file=CERTIFICATE, where=where)
            self._screen.say_done(told)

        self._desk.act(self._screen, say("Printing"), printed, done)


def _names(console: "Console") -> Result:
    roster = console.policy.roster
    people = {member.id: member.name for member in roster.members}
    return {**people, **{name: group(name) for name in roster.groups}, "station": say("the station")}
