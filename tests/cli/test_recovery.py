# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets by command: printed, read from the paper, typed in again, signed, tried, used."""

import os
from argparse import Namespace
from itertools import pairwise
from pathlib import Path

import pytest

from console.cli import recovery
from console.cli.call import Call
from console.cli.main import run
from console.cli.terminal import FIRST_SCREEN, Terminal
from tests.cli.conftest import no_window
from tests.cli.keyboard import Keyboard, typing
from tests.cli.transcript import Run, answer
from tests.support.sheets import sheet_of

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def printed(unlocked: Path, command: Run) -> dict[str, str]:
    """Return per slot the sheets that were printed, one a line."""
    Path("out").mkdir()
    lines = {}
    for slot, option, sheets in (("legal", "--group=legal", "2-of-2"), ("station", "--for-station", "2-of-2")):
        argv = ["keyholder", "recovery", "print", option, "--sheets", sheets, "--out", "out", "--copies", "2", "--json"]
        plan = answer(command(argv, b""))
        pages = sorted(Path("out").glob(f"{slot}-0001-*.pdf"))
        assert (plan["pages"], plan["copies"], plan["to"]) == (2 * len(pages), 2, "disk")
        lines[slot] = "".join(f"{sheet_of(page)}\n" for page in pages)
    return lines


def test_from_print_to_use(printed: dict[str, str], command: Run) -> None:
    """The words reach the program through a pipe; the quorum signs once for all slots; then the sheets are in force."""
    for slot, option in (("legal", "--group=legal"), ("station", "--for-station")):
        proven = answer(
            command(["keyholder", "recovery", "prove", option, "--words", "-", "--json"], printed[slot].encode())
        )
        assert proven["unread"] == []
    for member in ("legal-1", "legal-2", "it-1"):
        signed = answer(
            command(["policy", "sign", proven["proposal"], "--keyholder", member, "--pins", "pins.toml", "--json"], b"")
        )
    assert signed["in_force"]
    for option, slot in (("--group=legal", "legal"), ("--for-station", "station")):
        reading, writing = os.pipe()
        os.write(writing, printed[slot].encode())
        os.close(writing)
        tried = command(["keyholder", "recovery", "drill", option, "--words", str(reading), "--json"], b"")
        os.close(reading)
        assert answer(tried)["works"]
    rows = {row["slot"]: row for row in answer(command(["keyholder", "recovery", "status", "--json"], b""))["recovery"]}
    assert {slot: row["state"] for slot, row in rows.items()} == {
        "it": "none",
        "legal": "in_force",
        "station": "in_force",
    }
    check = command(["station", "check"], b"")
    assert "it: no sheets" in check.stdout
    used = command(
        [
            "keyholder",
            "recovery",
            "use",
            "--activation",
            "none",
            "--group",
            "legal",
            "--keyholder",
            "it-1",
            "--words",
            "-",
            "--pins",
            "pins.toml",
        ],
        printed["legal"].encode(),
    )
    assert (used.status, used.stdout) == (1, "")
    sign_by_sheets(printed, command)


def sign_by_sheets(printed: dict[str, str], command: Run) -> None:
    """Take the sheets away by their own signature, with one of IT."""
    Path("change.toml").write_text('[[remove]]\nsheets = "legal"\n')
    proposal = answer(command(["policy", "propose", "change.toml", "--json"], b""))["proposal"]
    argv = ["policy", "sign", proposal, "--sheets", "legal", "--words", "-", "--pins", "pins.toml"]
    assert command([*argv, "--answer", "x"], b"").status == 2
    signed = command([*argv, "--keyholder", "it-1", "--present", "Anna Berg"], printed["legal"].encode())
    assert signed.status == 0, signed.stderr
    for line in ("Signed with the recovery sheets of Legal.", "It is in force now.", "These sheets are spent."):
        assert line in signed.stdout
    shown = command(["policy", "show"], b"").stdout
    assert "The newest change was signed with the recovery sheets of Legal." in shown


def test_a_slip_of_the_hand_is_told_by_its_place(printed: dict[str, str], command: Run) -> None:
    first, second = printed["legal"].splitlines()
    words = second.split()
    words[6] = "academic" if words[6] != "academic" else "acid"
    wrong = f"{first}\n{' '.join(words)}\n"
    result = command(["keyholder", "recovery", "prove", "--group", "legal", "--words", "-"], wrong.encode())
    assert result.status == 1
    assert result.stderr.splitlines()[0] == "Word 7 of sheet 2 is another one than on the paper."
    assert not [word for word in (*first.split(), *words) if len(word) > 6 and word in result.stderr]


def test_what_is_said_for_people(printed: dict[str, str], command: Run) -> None:
    """After printing, who must be there and what comes next; after reading back, what to sign."""
    again = command(["keyholder", "recovery", "print", "--group", "it", "--sheets", "2-of-2", "--out", "out"], b"")
    assert again.status == 0
    assert "Carla Dietz" in again.stdout
    assert "recovery prove --group it" in again.stdout
    proven = command(["keyholder", "recovery", "prove", "--group", "legal", "--words", "-"], printed["legal"].encode())
    assert "policy sign" in proven.stdout


def test_words_are_typed_in_the_open_and_leave_nothing_on_the_screen(
    unlocked: Path, keyboard: Keyboard, capfd: pytest.CaptureFixture[str]
) -> None:
    """A person reads the preflight, prints, and types each sheet: a few words at a time or all at once.

    A sheet that is mistyped is asked for again, and no other.
    """
    Path("out").mkdir()

    def ran(*argv: str) -> int:
        return run(["keyholder", "recovery", *argv], open_window=no_window, tty=keyboard.name)

    argv = ("print", "--group", "it", "--sheets", "2-of-2", "--out", "out")
    assert typing(keyboard, [("Type print to go on: ", "no\n")], lambda: ran(*argv)) == 130
    assert list(Path("out").iterdir()) == []
    assert typing(keyboard, [("Type print to go on: ", "print\n")], lambda: ran(*argv)) == 0
    first, second = (sheet_of(page).split() for page in sorted(Path("out").iterdir()))
    lines = [
        ("Sheet 1, word 1 and on", f"{' '.join(first[:12])}\n"),
        ("Sheet 1, word 13 and on", f"{' '.join(first[12:])}\n"),
        ("Sheet 2, word 1 and on", f"{' '.join([*second[:7], 'acadmic', *second[8:]])}\n"),
        ("Word 8 of sheet 2 is not a word of any sheet.", f"{' '.join(second)}\n"),
        ("Sheet 3, word 1 and on", "\n"),
    ]
    assert typing(keyboard, lines, lambda: ran("prove", "--group", "it")) == 0
    assert keyboard.look().endswith(FIRST_SCREEN)
    said = capfd.readouterr()
    assert "the words appear as you type" in said.err
    # Two in a row: a single one, such as "envelope", is also a word of the advice.
    words = (said.out + said.err).split()
    assert not {*pairwise(first), *pairwise(second)} & {*pairwise(words)}


@pytest.mark.parametrize("sheets", ["2", "2-3", "0-of-2", "two-of-three"])
def test_a_split_that_is_none_is_wrong_usage(unlocked: Path, command: Run, sheets: str) -> None:
    argv = ["keyholder", "recovery", "print", "--group", "it", "--sheets", sheets, "--out", "out"]
    assert command(argv, b"").status == 2


@pytest.mark.parametrize(
    ("said", "words", "typed", "present"),
    [
        ([], None, "Anna Berg;  Ben Clausen ;", ["Anna Berg", "Ben Clausen"]),
        ([], None, "", []),
        ([], "-", "nobody asks", []),
        (["Anna Berg"], None, "nobody asks", ["Anna Berg"]),
    ],
)
def test_who_else_is_there_is_asked_of_whoever_types_the_words(
    said: list[str], words: str | None, typed: str, present: list[str], tmp_path: Path
) -> None:
    class Person(Terminal):
        """Somebody at the terminal."""

        def ask(self, question: str) -> str:
            """Answer the only question."""
            assert question.startswith("Who else is here?")
            return typed

    call = Call(Namespace(present=said, words=words), Person("/dev/tty", None), no_window)
    assert recovery.present_with(call) == present
