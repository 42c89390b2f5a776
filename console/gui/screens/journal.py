# SPDX-License-Identifier: Apache-2.0
"""The journal: pages of entries, newest first, and whether it verifies."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from console.gui import form
from console.gui.models import JournalModel
from console.gui.phrases import moment
from console.gui.tables import make_table
from console.gui.widgets import Page, PlainLabel, button, row

WIDTHS = (56, 190, 205, 110, 80, 100)


class JournalScreen(Page):
    """Shows one page; reports which page is wanted, and that somebody wants it verified."""

    page_asked = Signal(object, object)
    """Type (None: all), and the number before which the page ends (None: the newest)."""
    verify_asked = Signal()
    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Journal")
        self._model, self._words = JournalModel(), dict[str, str]()
        self._table = make_table(self._model, "Journal entries", WIDTHS)
        self._numbers: list[int] = []
        self._before: list[int | None] = [None]
        self._filter = form.choice([("", "All entries")])
        self._filter.currentIndexChanged.connect(lambda _: self.newest())
        self._where = PlainLabel(role="muted", wrap=False)
        self._older, self._newer = button("Older", self._go_older), button("Newer", self._go_newer)
        self._verify = button("Verify the journal", self._ask_verify, weight="primary")
        self._cancel = button("Stop verifying", self.cancel_asked.emit)
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Verifying")
        self._lay_out()

    def set_words(self, words: Mapping[str, str]) -> None:
        """Say what the types of entries are called."""
        self._words = dict(words)
        form.fill(self._filter, [("", "All entries"), *words.items()])

    def show_page(self, entries: Sequence[Mapping[str, Any]], size: int) -> None:
        """Show a page of entries, newest first."""
        self._numbers = [int(entry["seq"]) for entry in entries]
        self._model.fill(entries, self._words)
        told = (
            f"Entries {self._numbers[0]} to {self._numbers[-1]} of {size}"
            if self._numbers
            else f"No such entry among {size}"
        )
        self._where.setText(told)
        self._table.setAccessibleName(told)
        self._older.setEnabled(bool(self._numbers) and self._numbers[-1] > 0)
        self._newer.setEnabled(len(self._before) > 1)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far the verification has come."""
        self._progress.setMaximum(max(1, total))
        self._progress.setValue(done)
        self._progress.setFormat(f"{done} of {total} entries verified")

    def show_verdict(self, verdict: Mapping[str, Any], findings: Sequence[str]) -> None:
        """Say in words what the verification found."""
        self._stop_progress()
        if verdict["ok"]:
            until = verdict["vouched_until"]
            vouched = f", vouched until {moment(until)}" if until else ""
            self.say_done(f"Verified up to entry {int(verdict['size']) - 1}{vouched}. Root {verdict['root']}")
        else:
            what = f"The journal does not verify: {len(findings)} findings. " + " ".join(findings)
            self.say_problem(what, "Stop working with this station, keep it as it is, and report this.")

    def stop_verifying(self) -> None:
        """Show that nothing is being verified any more."""
        self._stop_progress()

    def forget(self) -> None:
        """Show nothing: the station is locked."""
        self._model.fill([], {})
        self._where.clear()

    def newest(self) -> None:
        """Ask for the newest page."""
        self._before = [None]
        self._ask()

    def _lay_out(self) -> None:
        self._cancel.hide()
        self._progress.hide()
        self._filter.setAccessibleName("Show which entries")
        self._filter.setMinimumHeight(42)
        label = PlainLabel("Show", role="field", wrap=False)
        label.setBuddy(self._filter)
        head = row(label, self._filter)
        head.addWidget(self._cancel)
        head.addWidget(self._verify)
        self.column.addLayout(head)
        self.column.addWidget(self._progress)
        self.column.addWidget(self._table, 1)
        self.column.addLayout(row(self._newer, self._older, self._where))

    def _ask_verify(self) -> None:
        self.messages.clear()
        self._progress.show()
        self._cancel.show()
        self._progress.setMaximum(0)
        self.verify_asked.emit()

    def _stop_progress(self) -> None:
        self._progress.hide()
        self._cancel.hide()

    def _go_older(self) -> None:
        if self._numbers:
            self._before.append(self._numbers[-1])
            self._ask()

    def _go_newer(self) -> None:
        if len(self._before) > 1:
            self._before.pop()
        self._ask()

    def _ask(self) -> None:
        self.page_asked.emit(self._filter.currentData() or None, self._before[-1])
