# SPDX-License-Identifier: Apache-2.0
"""Writing down and counsel's notes in the window, on real tokens: saved by itself, moved, final, read, closed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from console.actions.record import counsel, drafts, notes
from console.gui.pages.record.counsel import NotesView
from console.settings import read
from console.wiring.station import Station
from tests.gui.hands import Hands, by_anna, on_window
from tests.support.scenes import staged
from tests.support.sheets import recovery_base, words_of
from tests.support.stations import Pins, make_station

pytestmark = [pytest.mark.real, pytest.mark.long]

MATTER = "M-2026-00117"
FACT = "Um 14 Uhr fiel die Anmeldung aus."
SECRET = "Der Mandant rechnet mit einer Klage der Gegenseite."


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    settings, pins = make_station(tmp_path)
    with by_anna(qtbot, settings, pins) as lent:
        lent.window.choose("journal")
        lent.press("Write something down, Control N")
        yield lent


def text_of(hands: Hands, name: str) -> QPlainTextEdit:
    found: QPlainTextEdit = hands.find(QPlainTextEdit, name)
    return found


def write(hands: Hands) -> None:
    hands.find(QLineEdit, "Matter number").setText(MATTER)
    hands.find(QLineEdit, "Title of the facts").setText("Ausfall")
    text_of(hands, "Facts").setPlainText(f"{FACT} {SECRET}")
    hands.read("Saved ")


def mark(edit: QPlainTextEdit, passage: str) -> None:
    cursor = edit.textCursor()
    start = edit.toPlainText().index(passage)
    cursor.setPosition(start)
    cursor.setPosition(start + len(passage), QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)


def said_by(window: QWidget) -> str:
    """Return everything that another program of the session could read of the page by accessible names."""
    return "\n".join(w.accessibleName() for w in window.findChildren(QWidget) if w.isVisible())


def test_from_a_draft_to_the_reader(hands: Hands, tmp_path: Path) -> None:
    write(hands)
    facts, theirs = text_of(hands, "Facts"), text_of(hands, "For Legal's readers only")
    mark(facts, SECRET)
    hands.press("Move the marked passage to Legal's part")
    hands.qtbot.waitUntil(lambda: theirs.toPlainText() == SECRET)
    assert facts.toPlainText() == FACT
    hands.reveal(QPlainTextEdit, "For Legal's readers only")
    hands.picture("record")

    facts.setPlainText(f"{FACT} {SECRET}")
    hands.read("The facts repeat a sentence that is for counsel alone.")
    facts.setPlainText(FACT)
    hands.press("Make it final")
    hands.press("Yes, write it down for good")
    hands.read("It is written down for good, as entry ")
    assert (facts.toPlainText(), theirs.toPlainText()) == ("", "")

    hands.press("Back to the journal")
    hands.press("Read counsel's notes")
    hands.read("Notes for Legal's readers: 1")
    hands.press("Open the notes")
    hands.read("No reader is chosen.")
    hands.choose("Reader", "Ben Clausen (Legal)")
    hands.press("Open the notes")
    hands.pin(hands.pins["legal-2"], "Ben Clausen")
    hands.read("Notes opened: 1. The journal says so.")
    view: NotesView = hands.find(NotesView, "Notes on the screen: 1")
    hands.picture("counsel")
    assert SECRET in view._text
    assert SECRET not in said_by(hands.window)
    assert SECRET not in "\n".join(hands.texts())
    folder = tmp_path / "export"
    hands.press("Export for counsel")
    hands.find(QLineEdit, "Folder").setText(str(folder))
    hands.press("Export the notes")
    hands.pin(hands.pins["legal-2"], "Ben Clausen")
    hands.read("Exported: 4 fields opened")
    assert SECRET in (folder / "openings.json").read_text()
    hands.press("Read")
    hands.press("Close the notes")
    hands.qtbot.waitUntil(lambda: view._text == "")


def test_what_was_typed_is_saved_before_the_lock_and_the_notes_are_closed_by_it(hands: Hands, tmp_path: Path) -> None:
    write(hands)
    hands.find(QPlainTextEdit, "For Legal's readers only").setPlainText("Kurz vor dem Sperren getippt.")
    hands.press("Lock now, Control L")
    hands.read("Locked")
    place = Station(read(tmp_path / "station"), Pins(hands.pins))
    try:
        with place.console(as_member="legal-1") as console:
            (row,) = cast(Any, drafts.list_drafts(console)["drafts"])
            shown = cast(Any, drafts.show(console, row["draft"]))
        assert shown["counsel"]["text"] == "Kurz vor dem Sperren getippt."
        assert shown["facts"]["text"] == f"{FACT} {SECRET}"
    finally:
        place.close()
    hands.unlock(0, hands.pins["legal-1"], "Anna Berg")
    hands.read("Unlocked by Anna Berg")
    # The same page, and the same draft on it.
    theirs = text_of(hands, "For Legal's readers only")
    hands.qtbot.waitUntil(lambda: theirs.toPlainText().startswith("Kurz vor"))
    hands.press("Destroy this draft")
    hands.press("Yes, destroy it")
    hands.read("The draft is destroyed.")
    assert theirs.toPlainText() == ""


@pytest.mark.long
def test_the_sheets_of_legal_admit_a_newcomer_and_show_nothing(qtbot: QtBot) -> None:
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            # Written while the second reader was suspended: theirs is the key that is missing.
            less = replace(console, policy=replace(console.policy, suspended=frozenset({"legal-2"})))
            notes.add(less, "note", "counsel", {"title": "Lage", "text": SECRET, "matter": MATTER})
        with on_window(qtbot, read(scene.home)) as hands:
            hands.read("Unlocked by Eva Falk")
            hands.window.choose("people")
            hands.press("Recovery sheets")
            hands.choose("Sheets of", "Legal")
            for number, words in enumerate(words_of(scene)["legal"], 1):
                hands.find(QPlainTextEdit, "All words of one sheet").setPlainText(" ".join(words))
                hands.press("This is one sheet")
                hands.read(f"Sheets typed so far: {number}.")
            hands.press("Admit to counsel's notes")
            hands.choose("Newcomer who shall read", "Ben Clausen")
            hands.press("Admit by these sheets")
            hands.press("Yes, admit them: the sheets are spent then")
            hands.read("Admitted, to 1 key of counsel's notes.")
            hands.read("Legal: spent: print new sheets")
            assert SECRET not in "\n".join(hands.texts())
        with scene.console() as console:
            assert [note["text"] for note in cast(Any, counsel.read(console, "legal-2"))["notes"]] == [SECRET]
