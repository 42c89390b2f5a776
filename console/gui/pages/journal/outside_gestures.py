# SPDX-License-Identifier: Apache-2.0
"""Gestures about what left the room: compare what came back, hand out a receipt, ask a witness, take its answer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.gui.pages.journal.outside import REWRITTEN, OutsideScreen
from console.gui.phrases import group, moment
from console.gui.shell.desk import Desk
from console.gui.shell.long_work import LongWork
from console.gui.shell.pictures import HandOver, handed_over
from console.gui.snapshot import Snapshot
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console
    from console.ports.progress import Progress

Result = Mapping[str, Any]


class OutsideGestures(QObject):
    """Joins the page to ``actions.witnesses``, ``actions.comparing`` and ``actions.heads``."""

    def __init__(self, desk: Desk, screen: OutsideScreen) -> None:
        super().__init__()
        self._desk, self._screen = desk, screen
        self._comparing = LongWork(desk, screen, screen.progress, say("Comparing"))
        self._exporting = LongWork(desk, screen, screen.progress, say("Exporting"))
        screen.export_asked.connect(self._export)
        window = desk.hands.window
        screen.back_asked.connect(lambda: window.choose("journal"))
        screen.compare_asked.connect(self._compare)
        screen.words_asked.connect(self._compare_words)
        screen.receipt_asked.connect(self._give)
        screen.ask_asked.connect(self._ask)
        screen.take_asked.connect(self._take)
        desk.show_on(self)

    def present(self, snapshot: Snapshot) -> None:
        """Show how far the journal is provable, and by whom."""
        self._screen.set_logs(snapshot.log)
        if snapshot.standing is None:
            return
        from console.sentences import witness

        people = [(person.id, f"{person.name} ({group(person.role)})") for person in snapshot.keyholders()]
        line = f"{witness.standing(snapshot.standing, moment)} {witness.protection(snapshot.standing)}"
        self._screen.show_standing(line, snapshot.standing["witnesses"], people)

    def forget(self) -> None:
        """The station is being locked."""
        self._comparing.stop()
        self._exporting.stop()
        self._screen.forget()

    def _compare(self, note: bytes, deep: bool, log: int | None) -> None:  # noqa: FBT001 - a signal's
        def compare(console: "Console", progress: "Progress") -> Result:
            from console.actions.journal import comparison, reading

            with reading.of_log(console, log) as chosen:
                return comparison.with_note(chosen, note, log=log, deep=deep, progress=progress)

        self._comparing.run(compare, self._say_verdict)

    def _compare_words(self, size: int, words: Sequence[str], deep: bool) -> None:  # noqa: FBT001 - a signal's
        def compare(console: "Console", progress: "Progress") -> Result:
            from console.actions.journal import comparison

            return comparison.with_words(console, size, words, deep=deep, progress=progress)

        self._comparing.run(compare, self._say_verdict)

    def _export(self, audience: str, folder: str, log: int | None) -> None:
        def export(console: "Console", progress: "Progress") -> Result:
            from console.actions.journal import reading

            place = Path(folder).expanduser()
            return reading.export(console, place, audience=audience, log=log, progress=progress)

        def done(told: Result) -> None:
            said = say(
                "{size} entries are in {folder}: {openings} fields open, {withheld} held back. "
                "verify.py and verify.html in it judge it.",
                size=told["size"],
                folder=folder,
                openings=told["openings"],
                withheld=told["withheld"],
            )
            key = say("Give the key of the journal another way: {key}", key=told["key"]) if told["key"] else ""
            self._screen.say_done(f"{said} {key}".strip())

        self._exporting.run(export, done)

    def _say_verdict(self, verdict: Result) -> None:
        from console.wording import finding

        found = [f"{finding(str(row['code']))}: {row['detail']}" for row in verdict["findings"]]
        if found:
            self._screen.say_problem(say("THE JOURNAL IS NOT WHAT IT WAS: ") + " ".join(found), REWRITTEN)
        else:
            self._screen.say_done(
                say("The journal continues what was shown: {size} entries.", size=verdict["compared"]["size"])
            )
            self._screen.taken()

    def _give(self, member: str, folder: str) -> None:
        def give(console: "Console") -> tuple[Result, HandOver]:
            from console.actions.journal import heads

            head = heads.receipt(console, member)
            return head, handed_over(console.codes, f"journal-{head['size']}", str(head["note"]).encode())

        def done(given: tuple[Result, HandOver]) -> None:
            head, sent = given
            told = say("{size} entries. Their words: {words}", size=head["size"], words=" ".join(head["words"]))
            self._desk.hands.show_pictures(say("Proof of the journal, to keep elsewhere"), told, sent, folder)

        self._desk.act(self._screen, say("Drawing the receipt"), give, done)

    def _ask(self, who: str, old: int | None, folder: str) -> None:
        def ask(console: "Console") -> tuple[Result, HandOver]:
            from console.actions.journal import witnesses

            value, data = witnesses.ask(console, who, old)
            return value, handed_over(console.codes, f"witness-{value['size']}", data)

        def done(asked: tuple[Result, HandOver]) -> None:
            value, sent = asked
            told = say(
                "{size} entries, root {root}. {old} are known there.",
                size=value["size"],
                root=value["root"],
                old=value["old"],
            )
            self._desk.hands.show_pictures(
                say("For the witness {witness}", witness=value["witness"]), told, sent, folder
            )

        self._desk.act(self._screen, say("Drawing the request"), ask, done)

    def _take(self, given: str | bytes) -> None:
        def take(console: "Console") -> Result:
            from console.actions.journal import witnesses

            typed = given if isinstance(given, str) else given.decode(errors="replace")
            return witnesses.take(console, typed)

        def done(value: Result) -> None:
            told = [
                say(
                    "{witness} signed {size} entries, {time}.",
                    witness=row["witness"],
                    size=row["size"],
                    time=moment(row["time"]),
                )
                for row in value["cosigned"]
            ]
            self._screen.say_done(" ".join(told))
            self._screen.taken()

        self._desk.act(self._screen, say("Taking the answer in"), take, done)
