# SPDX-License-Identifier: Apache-2.0
"""Serves every field for what comes in: reads its files, scans for it, says what came, refuses what belongs elsewhere.

One for a window. Its panel is made when somebody scans for the first time.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject

from console.domain.errors import Cancelled, ConsoleError
from console.gui.kit.files import read_all
from console.gui.scan import arrival as arriving
from console.gui.scan.field import ScanField
from console.gui.shell.window import Window
from console.gui.shell.worker import Worker

if TYPE_CHECKING:
    from console.gui.scan.panel import ScanPanel
    from console.ports.cameras import Cameras

Told = Mapping[str, Any]
T = TypeVar("T")
NOTHING_KNOWN = ("station_locked", "no_station", "no_console")
"""Here a thing is said in words, too: by what it says of itself."""


class Place(Protocol):
    """Where something comes in: a field of a page, or the panel that scans for one."""

    wanted: Sequence[str]
    """The kinds that belong here; none: all."""
    ticket: int
    """Another one as soon as something else is asked for."""

    def show_arrival(self, data: bytes, told: Told) -> None: ...
    def show_refused(self, what: str, now: str) -> None: ...


class Intake(QObject):
    """Joins the fields of a window to ``actions.handoff`` and ``actions.arrival``."""

    def __init__(self, window: Window, worker: Worker, cameras: "Callable[[], Cameras]", *, is_own: bool) -> None:
        super().__init__()
        self._window, self._worker, self._cameras, self._is_own = window, worker, cameras, is_own
        self._panel: ScanPanel | None = None
        self._field: ScanField | None = None
        window.read_asked.connect(self._read)
        window.scan_asked.connect(self._scan)
        window.closing.connect(self.close_it)

    def close_it(self) -> None:
        """Scan no more: the lock wins over it."""
        if self._field is not None and self._panel is not None:
            self._panel.close_it()

    def _read(self, field: ScanField, names: Sequence[str]) -> None:
        def read(_: object) -> bytes:
            from console.actions.handoff import transfer
            from console.wiring.station import codes

            return transfer.take_in(codes(), read_all(names))

        self._run_for(field, read, partial(self._came, field))

    def _came(self, place: Place, data: bytes) -> None:
        """Say in words what came, unless it is something that belongs elsewhere."""
        ticket = place.ticket

        def done(told: Told) -> None:
            if place.ticket != ticket:
                return
            if arriving.is_wanted(told["kind"], place.wanted):
                place.show_arrival(data, told)
            else:
                place.show_refused(*arriving.refusal(told["kind"], place.wanted))

        def failed(error: ConsoleError | Cancelled) -> None:
            if isinstance(error, ConsoleError) and error.code in NOTHING_KNOWN:
                self._worker.run_locked("", partial(_tell_by_itself, data), done, partial(_refuse, place, ticket))
            else:
                _refuse(place, ticket, error)

        run = self._worker.run_locked if self._is_own else self._worker.run
        run("", partial(_tell, data), done, failed)

    def _run_for(self, place: Place, action: Callable[[object], T], done: Callable[[T], None]) -> None:
        """Act in the worker, and forget what comes of it once the place asks for something else."""
        ticket = place.ticket

        def still_asked(result: T) -> None:
            if place.ticket == ticket:
                done(result)

        self._worker.run_locked("", action, still_asked, partial(_refuse, place, ticket))

    def _scan(self, field: ScanField) -> None:
        if self._window.is_interrupted:
            return
        self._field = field
        panel = self._panel = self._panel or self._made()
        self._window.interrupt(panel)
        panel.present(field.label, field.wanted)

    def _made(self) -> "ScanPanel":
        from console.gui.scan.camera_feed import Eye
        from console.gui.scan.panel import ScanPanel
        from console.wiring.station import codes

        eye = Eye(self._cameras(), codes())
        panel = ScanPanel(eye, codes())
        eye.setParent(panel)
        self._window.add_panel(panel, panel.close_it)
        panel.whole.connect(partial(self._came, panel))
        panel.read_asked.connect(partial(self._read_into, panel))
        panel.closed.connect(self._closed)
        return panel

    def _read_into(self, panel: "ScanPanel", names: Sequence[str]) -> None:
        if not names:
            return

        def read(_: object) -> list[str]:
            from console.actions.handoff import transfer
            from console.wiring.station import codes

            return transfer.texts(codes(), read_all(names))

        self._run_for(panel, read, panel.take_all)

    def _closed(self, data: bytes | None, told: Told) -> None:
        field, self._field = self._field, None
        if field is None:
            # The lock ends every panel, also those that nobody sees.
            return
        self._window.resume()
        if data is not None:
            field.clear()
            field.show_arrival(data, told)


def _tell(data: bytes, place: Any) -> Told:
    from console.actions.handoff import arrival
    from console.actions.own_console.answer import OwnConsole

    known = arrival.at_own(place) if isinstance(place, OwnConsole) else arrival.at_station(place)
    return arrival.tell(data, known)


def _tell_by_itself(data: bytes, _: object) -> Told:
    from console.actions.handoff import arrival

    return arrival.tell(data, arrival.Known())


def _refuse(place: Place, ticket: int, error: ConsoleError | Cancelled) -> None:
    from console.gui.explanations import explain

    if place.ticket == ticket:
        told = explain(error)
        place.show_refused(told.what, told.now)
