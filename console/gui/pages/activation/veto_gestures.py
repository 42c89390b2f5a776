# SPDX-License-Identifier: Apache-2.0
"""The gesture by which one keyholder ends what is open, by their own token and for a reason."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.domain.errors import ConsoleError
from console.gui.pages.activation.session import SessionScreen
from console.gui.shell.desk import Desk, problems_of
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console


class VetoGestures(QObject):
    """Joins the session's veto to ``actions.approval``."""

    def __init__(self, desk: Desk, session: SessionScreen) -> None:
        super().__init__()
        self._desk, self._session = desk, session
        session.veto_asked.connect(self._veto)

    def _veto(self, act: str, member: str, reason: str) -> None:
        def veto(console: "Console") -> None:
            from console.actions.activation import approval

            approval.deny(console, act, member, reason, veto=True)

        self._desk.act(
            self._session,
            say("Ending"),
            veto,
            lambda _: self._session.say_done(say("The session is ended by a veto.")),
            failed=self._say_reason,
            pin_of=member,
            why=say("To end this session, though it is open."),
        )

    def _say_reason(self, error: ConsoleError) -> bool:
        found = problems_of(error)
        for _, sentence in found:
            self._session.say_problem(
                say("The reason of a veto: {sentence}", sentence=sentence), say("Write in whole words why.")
            )
        return bool(found)
