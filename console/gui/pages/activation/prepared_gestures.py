# SPDX-License-Identifier: Apache-2.0
"""Gestures about prepared requests and about what opening will cost."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.domain.errors import ConsoleError
from console.gui.kit.files import read_toml
from console.gui.pages.activation.prepared import PreparedScreen
from console.gui.pages.activation.request import RequestScreen
from console.gui.shell.desk import Desk, problems_of, say_error
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.actions.console import Console

Result = Mapping[str, Any]


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
            from console.actions.activation import prepared

            rows: Sequence[Result] = prepared.list_prepared(console)["prepared"]  # type: ignore[assignment]
            return rows

        def show(rows: Sequence[Result]) -> None:
            if self._desk.snapshot is not None:
                self._screen.show_prepared(rows, self._desk.snapshot)

        self._desk.hands.worker.run("", read, show, lambda error: say_error(self._screen, error))

    def _file(self, name: str, hour: Result, signer: str) -> None:
        def file(console: "Console") -> Result:
            from console.actions.activation import prepared

            return prepared.request(console, name, hour, sign_as=signer or None)

        def done(result: Result) -> None:
            self._screen.filed()
            self._desk.look_then(lambda: self._filed(result))

        self._desk.act(
            self._screen,
            say("Filing the request"),
            file,
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
        def propose(console: "Console") -> Result:
            from console.actions.activation import prepared

            return prepared.propose(console, name, template())

        def failed(error: ConsoleError) -> bool:
            if found := problems_of(error):
                self._screen.show_unprepared(found, is_file=is_file)
            return bool(found)

        def done(_: Result) -> None:
            self._screen.proposed(say("{name} is proposed: each group signs it below.", name=name))

        self._desk.act(self._screen, say("Proposing"), propose, done, failed=failed)

    def _sign(self, name: str, member: str, read: str) -> None:
        def sign(console: "Console") -> Result:
            from console.actions.activation import prepared

            return prepared.sign(console, name, member, read=read)

        self._desk.act(
            self._screen,
            say("Signing"),
            sign,
            lambda _: self._screen.say_done(say("{name} is signed.", name=name)),
            pin_of=member,
            why=say("To agree on this prepared request."),
        )

    def _cost_of_prepared(self, name: str) -> None:
        def cost(console: "Console") -> Result:
            from console.actions.activation import prepared

            return prepared.cost(console, prepared.standing_one(console, name).prepared.template)

        self._desk.act(self._screen, say("Reckoning"), cost, self._screen.show_cost)

    def _cost_of_form(self, fields: Result) -> None:
        def cost(console: "Console") -> Result:
            from console.actions.activation import prepared

            return prepared.cost(console, fields)

        self._desk.act(self._request, say("Reckoning"), cost, self._request.show_cost)
