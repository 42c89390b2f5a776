# SPDX-License-Identifier: Apache-2.0
"""People join by the command, near and far; who held what is listed and printed; how they are reached is kept."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.cli.main import run
from console.settings import read
from tests.cli.conftest import no_window
from tests.cli.keyboard import Keyboard, typing
from tests.cli.transcript import Result
from tests.support.newcomers import fake_card
from tests.support.stations import opened

pytestmark = pytest.mark.real
Command = Callable[[list[str]], Result]
AS = ["--pins", "pins.toml"]


@pytest.fixture(autouse=True)
def unlocked(station: Path) -> None:
    """Unlock once for all commands of a test."""
    pins = tomllib.loads((station / "pins.toml").read_text())
    opened(read(station / "station"), pins).close()


def add_pin(folder: Path, member: str) -> None:
    with (folder / "pins.toml").open("a") as file:
        file.write(f'{member} = "13571357"\n')


def told(result: Result) -> Any:
    assert result.status == 0, result
    return json.loads(result.stdout)


def signed(command: Command, proposal: str, *members: str) -> Any:
    for member in members:
        value = told(command(["policy", "sign", proposal, "--keyholder", member, *AS, "--json"]))
    return value


def test_near(station: Path, command: Command) -> None:
    add_pin(station, "legal-3")
    enrol = ["keyholder", "enrol", "--name", "Fritz Gäbler", "--role", "legal", *AS]
    value = told(command([*enrol, "--json"]))
    assert (value["enrolled"]["id"], value["proposal"]["newcomers_missing"]) == ("legal-3", [])
    text = (station / "station" / "station.toml").read_text()
    assert text.endswith(
        '[[keyholder]]\nid = "legal-3"\nname = "Fritz Gäbler"\nrole = "legal"\nfolder = "tokens/legal-3"\n'
    )
    # Whoever was cut short does the same again, and finds the same proposal.
    again = told(command([*enrol, "--json"]))
    assert again["proposal"]["proposal"] == value["proposal"]["proposal"]
    assert (station / "station" / "station.toml").read_text() == text
    shown = command(["policy", "show", *AS])
    assert "Fritz Gäbler" in shown.stdout
    # As the station file says it, not in seconds.
    assert "Longest time that a request may ask for: 240 minutes." in shown.stdout


@pytest.mark.long
def test_a_pin_that_nobody_knows_any_more(station: Path, command: Command) -> None:
    """A token that nobody counts by yet is put aside; one that somebody counts by stays where it is."""
    tokens = station / "station" / "tokens"
    add_pin(station, "legal-3")
    enrol = ["keyholder", "enrol", "--name", "Fritz Gabler", "--role", "legal", *AS]
    told(command([*enrol, "--json"]))
    text = (station / "pins.toml").read_text()
    (station / "pins.toml").write_text(text.replace("13571357", "24682468"))
    forgotten = command(enrol)
    assert (forgotten.status, "not the PIN" in forgotten.stderr) == (1, True)
    assert "run this again with --new-token" in forgotten.stderr
    value = told(command([*enrol, "--new-token", "--json"]))
    assert {path.name for path in tokens.iterdir()} == {
        "legal-3",
        "legal-3.pin-salt",
        "legal-3.cut-0",
        "legal-3.pin-salt.cut-0",
    }
    signed(command, value["proposal"]["proposal"], "legal-1", "legal-2", "it-1")
    told(command([*enrol, "--id", "legal-3", "--new-token", "--json"]))
    assert not (tokens / "legal-3.cut-1").exists()
    assert (tokens / "legal-3-2").is_dir()


def check_slips(command: Command, proposal: str, home: list[str]) -> None:
    """What belongs to another step is no evidence of anything: it is named as a slip, and nobody is alarmed."""
    for argv, what in (
        (["keyholder", "enrol", "--card", "step", *AS], "not the card of somebody who joins"),
        (["policy", "sign", proposal, "--answer", "card", *AS], "not a signature under a change"),
        (["keyholder", "sign-step", "card", "--out", "x.bg", *home], "not a change that waits to be signed"),
        (["keyholder", "pin", "answer.bg", *home], "not a card that introduces a station"),
        (["keyholder", "pin", "pins.toml", *home], "not a card that introduces a station"),
    ):
        refused = command(argv)
        assert (refused.status, what in refused.stderr) == (1, True), refused


@pytest.mark.long
def test_far(station: Path, command: Command) -> None:
    """The card as pictures to the station, the proposal as pictures back, the signature as a file."""
    add_pin(station, "it-3")
    home = ["--station", str(station / "home"), "--pins", "pins.toml"]
    make = ["keyholder", "make-card", "--id", "it-3", "--name", "Fritz Gabler", "--role", "it"]
    made = told(command([*make, "--out", "card", *home, "--json"]))
    words = " ".join(made["words"])
    assert told(command([*make, "--out", "again.bg", *home, "--json"]))["words"] == made["words"]
    wrong = command([*make[:-1], "IT department", "--out", "x.bg", "--station", str(station / "other")])
    assert (wrong.status, "IT department cannot be the name of a group" in wrong.stderr) == (1, True)
    assert all(name.endswith(".png") for name in made["files"])
    unread = command(["keyholder", "enrol", "--card", "card", *AS])
    assert (unread.status, "Nobody has compared" in unread.stderr) == (1, True)
    differ = command(["keyholder", "enrol", "--card", "card", "--words", words.upper() + " zoo", *AS])
    assert (differ.status, "not those of the card of it-3" in differ.stderr) == (1, True)
    enrol = ["keyholder", "enrol", "--card", "card", "--words", words.upper(), *AS]
    proposal = told(command([*enrol, "--json"]))["proposal"]["proposal"]
    assert f"breakglass keyholder step {proposal} --out DIR" in command(enrol).stdout
    told(command(["keyholder", "step", proposal, "--out", "step", *AS, "--json"]))
    genesis = " ".join(told(command(["policy", "genesis", "--json"]))["words"])
    told(command(["keyholder", "card", "it-1", "--out", "early.bg", *AS, "--json"]))
    early = command(["keyholder", "pin", "early.bg", "--words", genesis, *home])
    assert (early.status, "from before it-3 joined" in early.stderr) == (1, True)
    told(command(["keyholder", "sign-step", "step", "--words", genesis, "--out", "answer.bg", *home, "--json"]))
    taken = told(command(["policy", "sign", proposal, "--answer", "answer.bg", *AS, "--json"]))
    assert taken["newcomers_missing"] == []
    twice = command(["policy", "sign", proposal, "--answer", "answer.bg", *AS])
    assert (twice.status, "it-3 has signed this change already" in twice.stderr) == (1, True)
    check_slips(command, proposal, home)
    signed(command, proposal, "legal-1", "legal-2")
    last = command(["policy", "sign", proposal, "--keyholder", "it-1", *AS])
    assert "It is in force now." in last.stdout
    assert "console of Fritz Gabler: breakglass keyholder card it-3 --out DIR" in last.stdout
    assert "until it is sealed again: breakglass policy reseal --plan" in last.stdout
    people = {row["id"]: row for row in told(command(["keyholder", "list", *AS, "--json"]))["keyholders"]}
    assert people["it-3"]["state"] == "away"
    refused = command(["policy", "sign", proposal, "--keyholder", "it-3", *AS])
    assert (refused.status, "no token at this station" in refused.stderr) == (1, True)


def test_the_words_are_typed_as_they_are_heard(station: Path) -> None:
    """On a terminal the station does not show the words: who could read them off would not listen."""
    card = fake_card("it-3", role="it")
    (station / "card.bg").write_bytes(card.encode())
    keyboard = Keyboard()
    try:
        for words, status in ((f"{' '.join(reversed(card.words()))}\n", 1), (f"{' '.join(card.words())}\n", 0)):
            answered = typing(
                keyboard,
                [("type what you hear", words)],
                lambda: run(["keyholder", "enrol", "--card", "card.bg"], open_window=no_window, tty=keyboard.name),
            )
            assert answered == status
    finally:
        keyboard.close()


@pytest.mark.long
def test_another_person_s_console_is_not_overwritten(station: Path, command: Command) -> None:
    add_pin(station, "it-3")
    home = ["--station", str(station / "home"), "--pins", "pins.toml", "--out", "card"]
    make = ["keyholder", "make-card", "--role", "it", "--id", "it-3", *home]
    assert command([*make, "--name", "Fritz Gabler"]).status == 0
    assert command([*make, "--name", "Fritz Gabler"]).status == 0
    other = command([*make, "--name", "Gesa Hahn"])
    assert (other.status, "console of it-3 already" in other.stderr) == (1, True)


def test_contacts_and_deputies(station: Path, command: Command) -> None:
    reach = ["keyholder", "contact", "legal-1", *AS]
    assert command([*reach, "--phone", "+49 40 1", "--deputy", "legal-2"]).status == 0
    told(command([*reach, "--reach", "after 22:00 ring twice", "--json"]))
    wrong = command([*reach, "--deputy", "it-1"])
    assert (wrong.status, "it-1 cannot stand in for legal-1" in wrong.stderr) == (1, True)
    rows = told(command(["keyholder", "list", *AS, "--json"]))["keyholders"]
    first = next(row for row in rows if row["id"] == "legal-1")
    assert first["deputies"] == ["legal-2"]
    assert "phone" not in first
    rows = told(command(["keyholder", "list", "--contacts", *AS, "--json"]))["keyholders"]
    first = next(row for row in rows if row["id"] == "legal-1")
    assert (first["phone"], first["reach"]) == ("+49 40 1", "after 22:00 ring twice")


@pytest.mark.long
def test_custody_is_listed_printed_and_accounted_for(station: Path, command: Command) -> None:
    add_pin(station, "it-3")
    value = told(command(["keyholder", "enrol", "--name", "Fritz Gabler", "--role", "it", *AS, "--json"]))
    signed(command, value["proposal"]["proposal"], "legal-1", "legal-2", "it-1")
    early = command(["keyholder", "returned", "it-3", "--note", "to Anna Berg", *AS])
    assert (early.status, "no token but the one in force" in early.stderr) == (1, True)
    left = told(command(["keyholder", "remove", "it-3", *AS, "--json"]))
    signed(command, left["proposal"], "legal-1", "legal-2", "it-1")
    value = told(command(["keyholder", "returned", "it-3", "--note", "to Anna Berg", *AS, "--json"]))
    row = next(row for row in value["tokens"] if row["member"] == "it-3")
    assert (row["token"], row["unaccounted"], row["until"] is None) == ("returned", False, False)
    listed = command(["keyholder", "custody", "--pdf", "custody.pdf", *AS])
    assert "handed back" in listed.stdout
    assert (station / "custody.pdf").read_bytes().startswith(b"%PDF")
