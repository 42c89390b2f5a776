# SPDX-License-Identifier: Apache-2.0
"""A sheet is one page with every word on it; it comes out on paper or in memory, on a disk in a drill only."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from console.actions.keyholder.recovery import DRILL_BANNER
from console.adapters.paper import PaperPages
from console.adapters.paper.memory import MemoryFolder
from console.adapters.paper.press import SheetPress, in_memory, printers
from console.adapters.slip39 import WordSheets
from console.domain.canonical import Json
from console.domain.errors import Misused, Refused, Unavailable
from tests.support.fakes import FakeMachine
from tests.support.pictures import FONTS, is_one_page, words
from tests.support.texts import german

MEMORY = Path("/dev/shm")
PAGES = PaperPages(FONTS)
WORDS = WordSheets().split(bytes(32), [(2, 3)], 7, FakeMachine().random)[0][0]
CONTENT: dict[str, Json] = {
    "station": "kanzlei.example/hamburg-01",
    "vault": "0193a5c7-2b1e-7c44-9f0a-6d2b1c7e8f90",
    "mode_words": "",
    "what": "the group legal",
    "group": "legal",
    "holder": "Dr. Jörg Müßiggang-von der Schulenburg",
    "generation": 12,
    "number": 2,
    "needed": 2,
    "count": 3,
    "words": WORDS,
    "check": "EFDF-YFHP",
    "made": "2026-11-24T02:55:23.021Z",
}


def test_every_word_stands_on_one_page_with_its_number() -> None:
    page = PAGES.recovery_sheet(CONTENT)
    assert is_one_page(page)
    said = words(page)
    assert [n for n, word in enumerate(WORDS, 1) if f"{n} {word}" not in said] == []
    for text in ("EFDF-YFHP", "Dr. Jörg Müßiggang-von der Schulenburg (Legal)", "2 of 3; any 2", "Never photograph"):
        assert text in said
    assert page == PAGES.recovery_sheet(CONTENT)


def test_a_sheet_speaks_the_language_of_the_face() -> None:
    told: list[str] = []

    def say(text: str, /, **values: object) -> str:
        told.append(text)
        return german()[text].format(**values) if values else german()[text]

    said = words(PaperPages(FONTS, say).recovery_sheet({**CONTENT, "mode_words": DRILL_BANNER}))
    assert all(f"{n} {word}" in said for n, word in enumerate(WORDS, 1))
    assert "Wiederherstellungsbogen: geheim" in said and "2 von 3; beliebige 2 davon" in said
    assert not [text for text in told if len(text.split()) > 2 and text in said]


def test_a_drill_says_so() -> None:
    assert "DRILL" in words(PAGES.recovery_sheet({**CONTENT, "mode_words": "DRILL: this opens nothing."}))


def test_what_print_systems_list_of_a_page_is_no_word() -> None:
    head = PAGES.recovery_sheet(CONTENT).split(b"/Contents")[0]
    assert not [word for word in WORDS if len(word) > 6 and word.encode() in head]


def test_a_content_with_a_gap_is_our_own_mistake() -> None:
    with pytest.raises(Misused, match="words"):
        PAGES.recovery_sheet({name: value for name, value in CONTENT.items() if name != "words"})


# --- where it comes out -------------------------------------------------------------------------------------


LISTED = "Office accepting requests since today\n\tpaused\nCellar accepting requests since today\n"


def tools(folder: Path, *, ready: bool = True, prints: bool = True) -> dict[str, str]:
    """Make a print system that keeps what it is given beside itself."""
    folder.mkdir()
    (folder / "listed").write_text(LISTED)
    scripts = {
        "lp": f'echo "$@" > {folder}/asked; cat > {folder}/page; exit {int(not prints)}',
        "lpstat": f"cat {folder}/listed; exit {int(not ready)}",
    }
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o700)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def press(out: str, tmp_path: Path, *, drill: bool = False, **tool: bool) -> SheetPress:
    return SheetPress(out, drill=drill, environment=tools(tmp_path / "bin", **tool), spool=tmp_path / "spool")


def test_a_disk_is_refused_outside_a_drill(tmp_path: Path) -> None:
    if in_memory(tmp_path):
        pytest.skip("temporary files lie in memory here")
    with pytest.raises(Refused, match="sheets_not_on_disk"):
        press(str(tmp_path), tmp_path).put("sheet.pdf", b"words", 1)
    assert not (tmp_path / "sheet.pdf").exists()
    drill = SheetPress(str(tmp_path), drill=True, environment={})
    assert drill.check() == {"to": "disk", "where": str(tmp_path)}
    drill.put("sheet.pdf", b"words", 1)
    assert (tmp_path / "sheet.pdf").read_bytes() == b"words"
    assert stat.S_IMODE((tmp_path / "sheet.pdf").stat().st_mode) == 0o600


def test_a_folder_in_memory_is_taken(tmp_path: Path) -> None:
    if not (MEMORY.is_dir() and in_memory(MEMORY)):
        pytest.skip("no memory file system here")
    folder = MEMORY / f"breakglass-test-{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        made = press(str(folder), tmp_path)
        assert made.check()["to"] == "memory"
        made.put("sheet.pdf", b"words", 1)
        assert (folder / "sheet.pdf").read_bytes() == b"words"
    finally:
        (folder / "sheet.pdf").unlink(missing_ok=True)
        folder.rmdir()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="folder_missing"):
        press(str(tmp_path / "none"), tmp_path).check()


def test_the_printer_gets_the_page_and_the_copies(tmp_path: Path) -> None:
    made = press("printer", tmp_path)
    assert made.check()["to"] == "printer"
    made.put("legal-0001-legal-1.pdf", b"the page", 2)
    assert (tmp_path / "bin" / "page").read_bytes() == b"the page"
    assert (tmp_path / "bin" / "asked").read_text() == "-s -n 2 -t legal-0001-legal-1.pdf\n"


def test_the_printers_are_known_by_name_and_the_one_that_is_named_prints(tmp_path: Path) -> None:
    made = press("printer:Cellar", tmp_path)
    environment = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    assert printers(environment) == ["Office", "Cellar"]
    assert printers({"PATH": str(tmp_path / "nowhere")}) == []
    assert made.check() == {"to": "printer", "where": "Cellar"}
    made.put("sheet.pdf", b"the page", 1)
    assert (tmp_path / "bin" / "asked").read_text() == "-s -n 1 -t sheet.pdf -d Cellar\n"
    with pytest.raises(Unavailable, match="printer_missing"):
        SheetPress("printer:Attic", drill=True, environment=environment).check()


def test_the_folder_that_the_program_makes_is_gone_with_its_pages(tmp_path: Path) -> None:
    if not (MEMORY.is_dir() and in_memory(MEMORY)):
        pytest.skip("no memory file system here")
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        dead = Path(place, "breakglass-sheets-999999999-left")
        dead.mkdir()
        (dead / "it-1.pdf").write_bytes(b"words")
        folder = MemoryFolder({}, Path(place))
        made = Path(folder.make())
        assert not dead.exists()
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
        SheetPress(str(made), drill=False, environment={}).put("legal-1.pdf", b"words", 1)
        again = Path(folder.make())
        assert again != made and not made.exists()
        (again / "legal-1.pdf").write_bytes(b"words")
        (again / "of the printing program").mkdir()
        (again / "of the printing program" / "copy.pdf").write_bytes(b"words")
        assert folder.remove()
        assert not folder.remove()
        Path(folder.make()).rmdir()
        assert not folder.remove()
        assert not list(Path(place).iterdir())


def test_a_link_that_is_planted_there_leads_to_no_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"kept")
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        planted = Path(place, "breakglass-sheets-999999999-planted")
        planted.symlink_to(tmp_path)
        folder = MemoryFolder({}, Path(place))
        folder.make()
        assert folder.remove() is False
        assert planted.is_symlink()
    assert (tmp_path / "journal.db").read_bytes() == b"kept"


def test_a_folder_on_a_disk_is_never_taken_for_one_in_memory(tmp_path: Path) -> None:
    if in_memory(tmp_path):
        pytest.skip("temporary files lie in memory here")
    with pytest.raises(Unavailable, match="no_memory_folder"):
        MemoryFolder({"XDG_RUNTIME_DIR": str(tmp_path)}, tmp_path).make()
    assert not list(tmp_path.iterdir())


def test_a_printer_that_does_not_answer_or_print(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="printer_missing"):
        press("printer", tmp_path, ready=False).check()
    with pytest.raises(Unavailable, match="printer_missing"):
        SheetPress("printer", drill=True, environment={"PATH": str(tmp_path / "nowhere")}).check()
    (tmp_path / "more").mkdir()
    with pytest.raises(Unavailable, match="not_printed"):
        press("printer", tmp_path / "more", prints=False).put("sheet.pdf", b"words", 1)


def test_a_print_system_that_writes_to_the_disk_is_refused_outside_a_drill(tmp_path: Path) -> None:
    if in_memory(tmp_path):
        pytest.skip("temporary files lie in memory here")
    (tmp_path / "spool").mkdir()
    with pytest.raises(Refused, match="spool_on_disk"):
        press("printer", tmp_path).check()
