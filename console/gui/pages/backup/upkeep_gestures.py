# SPDX-License-Identifier: Apache-2.0
"""Gestures of peacetime: write and check a backup, measure the security module, seal again what is stale."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.kit.finding import upper
from console.gui.pages.backup.upkeep import UpkeepScreen
from console.gui.phrases import moment
from console.gui.shell.desk import Desk, say_error
from console.language import say
from console.sentences.checks import CHECKS_WRONG, OTHERWISE

if TYPE_CHECKING:
    from console.actions.console import Console

Result = Mapping[str, Any]
WRITTEN = say("The backup is written into {folder}: {files} files. Keep it away from this station.")
WHOLE = say("This backup is whole: {files} files, written {made}.")
KEPT = {
    "yes": say("stays so"),
    "no": say("DOES NOT stay so: an old copy brings it back"),
    "unproven": say("is unproven"),
}
MEASURED = say("What it destroys {destroyed}; what it replaces {replaced}.")
AGAIN = say("Sealed again: {done}. Items that are still to be done: {left}.")


class UpkeepGestures(QObject):
    """Joins the page of upkeep to ``actions.backup``, ``rollback`` and ``reseal``."""

    def __init__(self, desk: Desk, screen: UpkeepScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        window = desk.hands.window
        screen.back_asked.connect(lambda: window.choose("readiness"))
        screen.backup_asked.connect(lambda folder, same: self._backup(folder, same_disk=same))
        screen.verify_asked.connect(self._verify)
        screen.measure_asked.connect(self._measure)
        screen.plan_asked.connect(self._plan)
        screen.reseal_asked.connect(self._reseal)
        desk.show_on(screen)

    def _backup(self, folder: str, *, same_disk: bool) -> None:
        def made(console: "Console") -> Result:
            from console.actions.backup import copy
            from console.wiring.station import backup_folder

            place = Path(folder).expanduser()
            return copy.make(console, backup_folder(place, console.settings.folder, same_disk=same_disk))

        self._act(say("Writing the backup"), made, WRITTEN)

    def _verify(self, folder: str) -> None:
        def verified(console: "Console") -> Result:
            from console.actions.backup import copy
            from console.wiring.station import backup_folder

            found = copy.verify(console.vault, backup_folder(Path(folder).expanduser(), console.settings.folder))
            return {**found, "made": moment(str(found["made"]))}

        self._act(say("Checking the backup"), verified, WHOLE)

    def _measure(self) -> None:
        def measured(console: "Console") -> Result:
            from console.actions.readiness import rollback
            from console.wiring.station import measure_rollback

            return rollback.note_rollback(console, measure_rollback(console.settings))

        def done(found: Result) -> None:
            kept = str(found["destroys"]), str(found["anchors"])
            told = MEASURED.format(destroyed=KEPT[kept[0]], replaced=KEPT[kept[1]])
            if set(kept) == {"yes"}:
                self._screen.say_done(told)
            else:
                now = OTHERWISE["hsm_rollback_measured"]
                self._screen.say_warning(upper(CHECKS_WRONG["hsm_rollback"]), f"{told} {now}")

        self._desk.act(self._screen, say("Measuring"), measured, done)

    def _plan(self) -> None:
        self._desk.act(self._screen, say("Reckoning"), _planned, self._screen.show_plan)

    def _reseal(self, act: str, sealer: str) -> None:
        def sealed(console: "Console") -> Result:
            from console.actions.activation import reseal

            told = reseal.reseal(console, act, sign_as=sealer)
            return {"done": len(told["resealed"]), "left": told["stale_left"]}  # type: ignore[arg-type]

        def done(result: Result) -> None:
            self._screen.say_done(AGAIN.format(**result))
            # Quietly: what was just said stays.
            failed = partial(say_error, self._screen)
            self._desk.hands.worker.run("", _planned, self._screen.show_plan, failed)

        self._desk.act(
            self._screen, say("Sealing again"), sealed, done, pin_of=sealer, why=say("To sign what is sealed again.")
        )

    def _act(self, title: str, action: "Callable[[Console], Result]", said: str) -> None:
        self._desk.act(self._screen, title, action, lambda result: self._screen.say_done(said.format(**result)))


def _planned(console: "Console") -> Result:
    from console.actions.activation import reseal

    return reseal.plan(console)
