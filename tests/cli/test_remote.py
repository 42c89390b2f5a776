# SPDX-License-Identifier: Apache-2.0
"""Approving from home by command: pictures, files and spoken lines, in two folders with their own tokens."""

import json
import shutil
import tomllib
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from PIL import Image

from console.cli.main import run
from console.domain.canonical import Json, Object
from tests.cli.conftest import no_window
from tests.cli.keyboard import Keyboard, typing
from tests.cli.transcript import Run

pytestmark = [pytest.mark.real, pytest.mark.long]
MATTER = "M-2026-00117"
REQUEST = """
incident = "INC-2026-0042"
category = "idp-down"
jurisdictions = ["DE"]
used_from = { place = "Hamburg, Raum 4.12", range = "198.51.100.0/28" }
matters = ["M-2026-00117"]
items = [{ credential = "sales" }]
minutes = 60
releases = 4
requester = "legal-ops-1"
privilege = "attorney-client"
harm_if_delayed = "Frist zur Berufungsbegründung läuft heute um 24:00 Uhr ab."
reason = "SSO und CRM seit 14:05 nicht erreichbar, nur der Notzugang geht."
alternatives_tried = ["service desk call 14:20"]

[[outage]]
system = "idp"
symptom = "SAML endpoint times out"
first_seen = "2026-11-23T13:05:00Z"
checked_by = ["legal-ops-1"]
how = "browser and phone, two networks"
"""
CARD = """
target = "Sales"
account = "emergency@legal.example"
rotate = "Set a new password at the target."
ranges = ["198.51.100.0/24"]
residence = "DE"
"""


class Desk:
    """Runs the command at the station and at home."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run = run
        self.folder = folder

    def __call__(self, *argv: str, stdin: bytes = b"", status: int = 0) -> Object:
        """Run a command that should end like this; return its JSON."""
        result = self.run([*argv, "--pins", str(self.folder / "pins.toml"), "--json"], stdin)
        assert result.status == status, result.stdout + result.stderr
        value: dict[str, Json] = json.loads(result.stdout)
        return value

    def refused(self, *argv: str, status: int = 1) -> str:
        """Return the code of an error that ends like this."""
        error = self(*argv, status=status)["error"]
        assert isinstance(error, dict)
        return str(error["code"])


def at_home(folder: Path, member: str, role: str) -> str:
    """Let a person take their token home."""
    home = folder / f"home-{member}"
    home.mkdir()
    shutil.move(folder / "tokens" / member, home / "token")
    shutil.move(folder / "tokens" / f"{member}.pin-salt", home / "token.pin-salt")
    (home / "console.toml").write_text(f'[keyholder]\nid = "{member}"\nname = "x"\nrole = "{role}"\n')
    return str(home)


@pytest.fixture
def desk(unlocked: Path, command: Run) -> Desk:
    desk = Desk(command, unlocked)
    (unlocked / "request.toml").write_text(REQUEST)
    (unlocked / "card.toml").write_text(CARD)
    sealing = ("--name", "sales", "--kind", "password", "--class", "standard", "--card", "card.toml")
    desk("credential", "seal", *sealing, "--from", "-", stdin=b"correct horse battery")
    return desk


def as_a_messenger_leaves_it(file: str) -> str:
    """Shrink a picture to 1,280 pixels and press it to JPEG 50, as a messenger does."""
    image = Image.open(file).convert("L")
    image.thumbnail((1280, 1280))
    pressed = BytesIO()
    image.save(pressed, "JPEG", quality=50)
    left = file.replace(".png", ".jpg")
    Path(left).write_bytes(pressed.getvalue())
    return left


def pinned(desk: Desk, member: str, role: str) -> str:
    home = at_home(desk.folder, member, role)
    card = desk("keyholder", "card", member, "--out", f"card-{member}.png")
    words = card["words"]
    assert isinstance(words, Sequence)
    known = desk("keyholder", "pin", f"card-{member}.png", "--words", " ".join(map(str, words)), "--station", home)
    assert (known["member"], known["mode"]) == (member, "drill")
    return home


def test_one_by_pictures_one_by_file_open_the_glass(desk: Desk) -> None:
    it, legal = pinned(desk, "it-1", "it"), pinned(desk, "legal-1", "legal")
    act = str(desk("activation", "request", "--file", "request.toml")["activation"])
    people = desk("activation", "missing", act)["people"]
    assert isinstance(people, Sequence)
    assert len(people) == 4

    sent = desk("activation", "request-code", act, "--keyholder", "it-1", "--out", "to-it")["files"]
    assert isinstance(sent, Sequence)
    arrived = [as_a_messenger_leaves_it(str(name)) for name in sent]
    answer = ("keyholder", "answer", *arrived[::-1], "--station", it, "--out", "reply.png")
    assert desk.refused(*answer) == "matter_needed"
    assert desk.refused(*answer, "--matter", "M-2026-00118") == "matters_differ"
    given = desk(*answer, "--matter", MATTER)
    assert given["decision"] == "approve"
    shown = given["asked"]
    assert isinstance(shown, dict)
    assert shown["places"] == [{"credential": "sales", "ranges": ["198.51.100.0/24"], "residence": "DE", "fits": True}]
    taken = desk("activation", "approval-scan", act, as_a_messenger_leaves_it("reply.png"))
    assert taken["missing"] == {"it": 0, "legal": 1}

    desk("activation", "request-code", act, "--keyholder", "legal-1", "--out", "to-legal.bg")
    assert desk.refused("keyholder", "answer", "to-legal.bg", "--station", it, "--out", "x.bg") == "errand_for_another"
    desk("keyholder", "answer", "to-legal.bg", "--station", legal, "--out", "back.bg", "--matter", MATTER)
    assert desk("activation", "approval-scan", act, "back.bg")["state"] == "approved"
    assert desk("activation", "open", act)["state"] == "open"


def test_a_denial_read_aloud_and_typed(desk: Desk) -> None:
    it = pinned(desk, "it-1", "it")
    act = str(desk("activation", "request", "--file", "request.toml")["activation"])
    desk("activation", "request-code", act, "--keyholder", "it-1", "--out", "to-it.bg")
    reason = "Der Dienst läuft bei uns wieder normal."
    desk("keyholder", "answer", "to-it.bg", "--station", it, "--out", "back.bg", "--deny", reason)
    lines = desk("handoff", "show", "back.bg", "--spoken")["text"]
    assert isinstance(lines, Sequence)
    Path("typed.txt").write_text("\n".join(map(str, lines)).lower())
    assert desk("handoff", "scan", "--typed", "typed.txt", "--out", "heard.bg")["kind"] == "answer"
    assert desk("activation", "approval-scan", act, "heard.bg")["state"] == "denied"


def test_a_person_types_the_matter_number_again_and_confirms(desk: Desk, keyboard: Keyboard) -> None:
    """Nothing is read from the request: what stands there proves nothing about its reader."""
    legal = pinned(desk, "legal-1", "legal")
    act = str(desk("activation", "request", "--file", "request.toml")["activation"])
    desk("activation", "request-code", act, "--keyholder", "legal-1", "--out", "to-legal.bg")
    pin = tomllib.loads(Path("pins.toml").read_text())["legal-1"]
    argv = ["keyholder", "answer", "to-legal.bg", "--station", legal, "--out", "back.bg"]
    lines = [("PIN of legal-1", f"{pin}\n"), ("type the matter numbers", f"{MATTER}\n"), ("Type confirm", "confirm\n")]
    with redirect_stdout(StringIO()):
        assert typing(keyboard, lines, lambda: run(argv, open_window=no_window, tty=keyboard.name)) == 0
    assert desk("activation", "approval-scan", act, "back.bg")["missing"] == {"it": 1, "legal": 0}


def test_what_is_handed_over_is_pictures_or_one_file(desk: Desk) -> None:
    act = str(desk("activation", "request", "--file", "request.toml")["activation"])
    desk("activation", "request-code", act, "--keyholder", "it-1", "--out", "to-it.png")
    desk("activation", "request-code", act, "--keyholder", "it-1", "--out", "to-it.bg")
    assert desk("handoff", "scan", "to-it.png")["kind"] == "errand"
    desk("activation", "request-code", act, "--keyholder", "it-1", "--out", "to-it")
    assert desk("handoff", "scan", "to-it")["kind"] == "errand"
    scan = ("activation", "approval-scan", act)
    assert desk.refused(*scan, "to-it.png", "to-it.bg") == "handoff_mixed"
    assert desk.refused(*scan, "to-it.bg", "to-it.bg") == "not_an_answer"
    assert desk.refused(*scan, "to-it.png") == "not_an_answer"
    assert desk.refused("handoff", "show", "to-it.bg", status=2) == "wrong_usage"
    assert desk.refused("handoff", "scan", status=2) == "wrong_usage"


def test_what_is_asked_is_said_in_words_before_anything_is_signed(desk: Desk) -> None:
    it = pinned(desk, "it-1", "it")
    act = str(desk("activation", "request", "--file", "request.toml")["activation"])
    desk("activation", "request-code", act, "--keyholder", "it-1", "--out", "to-it.bg")
    argv = ["keyholder", "answer", "to-it.bg", "--station", it, "--out", "back.bg", "--pins", "pins.toml"]
    said = desk.run(argv, b"").stderr
    for text in (
        "THIS IS A DRILL",
        "approve this request",
        "legal-ops-1",
        "Frist zur Berufungsbegründung",
        MATTER,
        "sales",
        "standard",
        "198.51.100.0/24",
        "Hamburg",
        "must be changed once shown",
        "clock of this console",
        "privilege",
    ):
        assert text in said
    assert not Path("back.bg").exists()
    assert not (Path(it) / "answers").exists()


def test_the_station_is_no_console_and_the_console_is_no_station(desk: Desk) -> None:
    it = at_home(desk.folder, "it-1", "it")
    Path("x.bg").write_bytes(b"x")
    answer = ("keyholder", "answer", "x.bg", "--out", "y.bg")
    assert desk.refused(*answer, status=3) == "no_console"
    assert desk.refused(*answer, "--station", it) == "not_an_errand"
    assert desk.refused("activation", "list", "--station", it, status=3) == "no_station"
