# SPDX-License-Identifier: Apache-2.0
"""Gestures about recovery sheets: how they stand, print a set, type sheets in, read them back, try and use them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.actions.activation import stand_in
from console.actions.keyholder import recovery, sheet_status
from console.actions.record import counsel
from console.domain.errors import ConsoleError
from console.gui.pages.keyholder.sheets import MEMORY, PRINTER, SheetsScreen
from console.gui.phrases import group, listed, missing
from console.gui.shell.desk import Desk, call, say_error
from console.gui.snapshot import Snapshot
from console.language import say, say_count

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.memory import MemoryFolder
    from console.ports.press import Press

Result = Mapping[str, Any]
Plan = tuple[str, int, int, int, str]
IN_MEMORY = say("The pages lie in {folder} for now. Print them, then remove them below.")
PRINTED = say("Printed, check value {check}. Now type the sheets in from the paper, to read them back.")


class SheetGestures(QObject):
    """Joins the page about recovery sheets to ``actions.recovery``, ``sheet_status`` and ``stand_in``."""

    def __init__(self, desk: Desk, screen: SheetsScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._window = desk.hands.window
        self._typed: list[list[str]] = []
        self._printing = SheetPrinting(desk, screen, self._read)
        screen.sheet_typed.connect(self._take)
        screen.forget_asked.connect(self._forget_words)
        screen.prove_asked.connect(self._prove)
        screen.drill_asked.connect(self._drill)
        screen.standing_in.use_asked.connect(self._use)
        screen.admitting.admit_asked.connect(self._admit)
        screen.back_asked.connect(lambda: self._window.choose("people"))
        self._window.page_chosen.connect(self._chosen)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Offer the groups of this station, and what waits."""
        self._screen.offer(snapshot)

    def forget(self) -> None:
        """The station is being locked, or somebody has left the page."""
        self._typed = []
        self._screen.forget()
        # Last: what goes wrong with a file must leave no word here.
        self._printing.forget()

    def _chosen(self, name: str) -> None:
        self.forget()
        if name == "sheets":
            self._screen.messages.clear()
            self._read()
            self._printing.look_for_printers()

    def _read(self) -> None:
        self._desk.hands.worker.run(
            "", call(sheet_status.status), self._screen.show_status, lambda error: say_error(self._screen, error)
        )

    # --- typing in ----------------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        """Check one sheet by itself at once: a slip is found while the paper is still on the table."""
        words, number = text.split(), len(self._typed) + 1

        def check(console: "Console") -> None:
            console.sheets.read(number, words)

        def done(_: None) -> None:
            self._typed.append(words)
            self._screen.show_typed(number)

        self._desk.act(self._screen, say("Checking the sheet"), check, done)

    def _prove(self, slot: str) -> None:
        def done(told: Result) -> None:
            unread = [f"{group(name)} {number}" for name, number in told["unread"]]
            more = say(" Not read back yet: {unread}.", unread=listed(unread)) if unread else ""
            then = say(" Now let the groups sign it on the page People.") if told["proposal"] else ""
            self._done(
                say(
                    "The set was read back, check value {check}.{more}{then}", check=told["check"], more=more, then=then
                )
            )

        self._desk.act(self._screen, say("Reading the set back"), call(recovery.prove, slot, self._typed), done)

    def _drill(self, slot: str) -> None:
        def done(told: Result) -> None:
            self._done(say("These sheets work, check value {check}. Nothing is spent.", check=told["check"]))

        self._desk.act(self._screen, say("Trying the sheets"), call(sheet_status.drill, slot, self._typed), done)

    def _use(self, act: str, witness: str, present: Sequence[str], again: str) -> None:
        slot = self._screen.typed_of()

        def done(told: Result) -> None:
            self._done(say("The sheets stand in and are spent. {missing}.", missing=missing(told["missing"])))

        self._desk.act(
            self._screen,
            say("Using the sheets"),
            call(stand_in.use, act, slot, self._typed, witness, present=present, again=again or None),
            done,
            pin_of=witness,
            why=say("To witness that these sheets are used."),
        )

    def _admit(self, newcomer: str, again: str) -> None:
        def done(told: Result) -> None:
            self._done(
                say_count(
                    told["keys"],
                    "Admitted, to 1 key of counsel's notes. The sheets are spent.",
                    "Admitted, to {count} keys of counsel's notes. The sheets are spent.",
                )
            )

        self._desk.act(
            self._screen,
            say("Admitting"),
            call(counsel.admit_by_sheets, [newcomer], self._typed, again=again or None),
            done,
        )

    def _done(self, said: str) -> None:
        self._forget_words()
        self._screen.say_done(said)
        self._read()

    def _forget_words(self) -> None:
        self._typed = []
        self._screen.show_typed(0)


class SheetPrinting(QObject):
    """Joins the page about recovery sheets to ``recovery.preflight`` and ``print_sheets``."""

    def __init__(self, desk: Desk, screen: SheetsScreen, printed: Callable[[], None]) -> None:
        super().__init__()
        self._desk, self._screen, self._printed = desk, screen, printed
        self._plan: Plan | None = None
        self._memory: MemoryFolder | None = None
        screen.plan_asked.connect(self._preflight)
        screen.print_asked.connect(self._print)
        screen.remove_asked.connect(self._remove)
        desk.hands.window.closing.connect(self._empty)

    def forget(self) -> None:
        """The station is being locked, or somebody has left the page."""
        self._empty()
        self._plan = None

    def look_for_printers(self) -> None:
        """Offer the printers that the computer knows."""

        def look(_: "Console") -> Sequence[str]:
            from console.wiring.station import printers

            return printers()

        self._desk.hands.worker.run("", look, self._screen.outlet.offer, lambda error: say_error(self._screen, error))

    def _preflight(self, *plan: Any) -> None:
        slot, needed, count, copies, out = plan
        if out == MEMORY:
            try:
                out = self._folder_in_memory()
            except ConsoleError as error:
                say_error(self._screen, error)
                return

        def look(console: "Console") -> Result:
            return recovery.preflight(console, slot, needed, count, copies, _press(console, out))

        def done(told: Result) -> None:
            self._plan = (slot, needed, count, copies, out)
            self._screen.show_plan(told)

        self._plan = None
        self._desk.act(self._screen, say("Looking"), look, done)

    def _print(self) -> None:
        if self._plan is None:
            return
        slot, needed, count, copies, out = self._plan

        def printed(console: "Console") -> Result:
            return recovery.print_sheets(console, slot, needed, count, copies, _press(console, out))

        def done(told: Result) -> None:
            self._plan = None
            self._screen.printed()
            more = f" {IN_MEMORY.format(folder=out)}" if self._is_ours(out) else ""
            self._screen.say_done(PRINTED.format(check=told["check"]) + more)
            self._screen.show_in_memory(are_there=self._is_ours(out))
            self._printed()

        def failed(_: ConsoleError) -> bool:
            # Half a set is shredded on paper, and here too.
            if self._is_ours(out):
                self._plan = None
                self._screen.printed()
                self._empty()
            return False

        self._desk.act(self._screen, say("Printing"), printed, done, failed=failed)

    def _folder_in_memory(self) -> str:
        from console.wiring.station import memory_folder

        self._memory = self._memory or memory_folder()
        return self._memory.make()

    def _is_ours(self, folder: str) -> bool:
        return self._memory is not None and self._memory.is_at(folder)

    def _remove(self) -> None:
        self._empty()
        self._screen.show_in_memory(are_there=False)
        self._screen.say_done(say("The pages are removed from memory."))

    def _empty(self) -> None:
        if self._memory is not None:
            self._memory.remove()


def _press(console: "Console", out: str) -> "Press":
    from console.wiring.station import press

    where = out if out.startswith(f"{PRINTER}:") else str(Path(out).expanduser())
    made: Press = press(where, drill=console.policy.roster.mode == "drill")
    return made
