# SPDX-License-Identifier: Apache-2.0
"""Gestures that carry an object by hand: out as pictures or lines, back into a file; they need nothing of a station."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from console.gui.kit.files import read_all, write_all
from console.gui.pages.handoff.carry import CarryScreen
from console.gui.shell.desk import Desk
from console.gui.shell.pictures import HandOver
from console.gui.snapshot import Snapshot
from console.language import say

Result = Mapping[str, Any]
Taken = tuple[Result, bytes]
TAKEN = say("It is: {kind}, {bytes} bytes. Nothing of it is verified here. It is in {where}: {name}.")


class CarryGestures(QObject):
    """Joins the page to ``actions.handoff``."""

    def __init__(self, desk: Desk, screen: CarryScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        screen.show_asked.connect(self._show)
        screen.spoken_asked.connect(self._speak)
        screen.take_asked.connect(self._take)
        screen.heard_asked.connect(self._hear)
        desk.show_on(self)

    def present(self, _: Snapshot) -> None:
        """Nothing here depends on what goes on."""

    def forget(self) -> None:
        """The station is being locked."""
        self._screen.forget()

    def _show(self, names: Sequence[str], size: int, folder: str) -> None:
        def drawn(_: object) -> HandOver:
            from console.actions.handoff import transfer
            from console.wiring.station import codes

            name, data = _first(names)
            made = transfer.pictures(codes(), data, frame_bytes=size)
            return HandOver(Path(name).stem, data, tuple(made))

        def done(sent: HandOver) -> None:
            self._desk.hands.show_pictures(
                say("A file as pictures"), say("Whoever films them has the file."), sent, folder
            )

        self._desk.act_locked(self._screen, say("Drawing the pictures"), drawn, done)

    def _speak(self, names: Sequence[str]) -> None:
        def spoken(_: object) -> Result:
            from console.actions.handoff import transfer

            return transfer.spoken(_first(names)[1])

        def done(value: Result) -> None:
            self._screen.show_lines([*value["names"], "", *value["text"]])

        self._desk.act_locked(self._screen, say("Writing the lines"), spoken, done)

    def _take(self, data: bytes, folder: str) -> None:
        def taken() -> Taken:
            from console.actions.handoff import transfer

            return {"kind": transfer.kind_of(data), "bytes": len(data)}, data

        self._keep(taken, folder)

    def _hear(self, lines: Sequence[str], folder: str) -> None:
        def heard() -> Taken:
            from console.actions.handoff import transfer

            return transfer.heard("\n".join(lines))

        self._keep(heard, folder)

    def _keep(self, read: Callable[[], Taken], folder: str) -> None:
        def kept(_: object) -> Result:
            value, data = read()
            name = f"{value['kind']}.bg"
            return {**value, "name": name, "where": write_all(folder, {name: data})}

        def done(value: Result) -> None:
            self._screen.say_done(TAKEN.format(**value))

        self._desk.act_locked(self._screen, say("Reading"), kept, done)


def _first(names: Sequence[str]) -> tuple[str, bytes]:
    return next(iter(read_all(names[:1]).items()))
