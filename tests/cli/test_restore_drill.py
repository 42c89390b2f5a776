# SPDX-License-Identifier: Apache-2.0
"""The drill of a restore, by commands alone: a bare laptop, a backup, sheets or a new HSM, the quorum, a stopwatch."""

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.transcript import Run, answer
from tests.support.sheets import sheet_of
from tests.support.waits import wait_until_left

pytestmark = [pytest.mark.real, pytest.mark.long]
MOST_SECONDS = 30 * 60
SECONDS_A_COMMAND, SECONDS_A_PIN, SECONDS_A_WORD = 30, 20, 4
"""What people take: to find and type a command, to put a token in and type its PIN, to type one word of a sheet."""
SECRET = b"correct-horse-battery"
SEAL = [
    "credential",
    "seal",
    "--name",
    "salesforce-emergency-admin",
    "--kind",
    "password",
    "--class",
    "standard",
    "--card",
    "card.toml",
    "--from",
    "-",
]
REQUEST = """
incident = "INC-2026-0051"
category = "total"
jurisdictions = ["DE"]
matters = ["M-2026-00117"]
items = [{ credential = "salesforce-emergency-admin" }]
minutes = 60
releases = 2
requester = "legal-ops-1"
privilege = "attorney-client"
harm_if_delayed = "The time limit for the appeal ends today at midnight, WHICH."
reason = "The laptop was stolen while single sign-on is down, WHICH."
alternatives_tried = ["service desk call 14:20"]
[[outage]]
system = "idp"
symptom = "SAML endpoint times out"
first_seen = "2026-11-23T13:05:00Z"
checked_by = ["legal-ops-1"]
how = "browser and phone"
"""


class Stopwatch:
    """Runs commands, and reckons what the people take who type them."""

    def __init__(self, command: Run) -> None:
        self._command = command
        self._hands = 0
        self._began = time.monotonic()

    def run(self, *argv: str, pins: int = 0, words: str = "", home: str = "station") -> dict[str, Any]:
        """Return what a command said."""
        hands = SECONDS_A_COMMAND + pins * SECONDS_A_PIN + len(words.split()) * SECONDS_A_WORD
        self._hands += hands
        where = ["--station", home, "--pins", "pins.toml", "--json"]
        return answer(self._command([*argv, *where], words.encode()))

    @property
    def seconds(self) -> float:
        """What machine and people have taken."""
        return time.monotonic() - self._began + self._hands


def released(watch: Stopwatch, which: str, home: str = "station") -> str:
    """File a request, approve it twice, open it, and return the secret that is released."""
    Path("night.toml").write_text(REQUEST.replace("WHICH", which))
    act = watch.run("activation", "request", "--file", "night.toml", home=home)["activation"]
    approve = ("activation", "approve", act, "--matter", "M-2026-00117", "--keyholder")
    watch.run(*approve, "legal-1", "--confirm", "privilege", pins=1, home=home)
    watch.run(*approve, "it-1", pins=1, home=home)
    watch.run("activation", "open", act, home=home)
    name = "salesforce-emergency-admin"
    return str(watch.run("activation", "release", act, name, "--show", home=home)["secret"])


def check_time(watch: Stopwatch, what: str) -> None:
    sys.stderr.write(f"{what} to first release: {watch.seconds / 60:.1f} minutes, people reckoned in\n")
    assert watch.seconds < MOST_SECONDS


def entries(watch: Stopwatch, log: str, home: str = "station") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = watch.run("journal", "list", "--limit", "9999", "--log", log, home=home)["entries"]
    # Not who it was: names are looked up with opening keys, which no backup holds.
    return [{name: told for name, told in row.items() if name not in {"who", "people"}} for row in rows]


def sealed_and_used(command: Run) -> list[dict[str, Any]]:
    """Give the station a history: a secret, an emergency that is over; return its entries."""
    assert command([*SEAL, "--pins", "pins.toml", "--as", "it-2"], SECRET).status == 0
    watch = Stopwatch(command)
    assert released(watch, "the first time") == SECRET.decode()
    (open_,) = watch.run("activation", "list")["activations"]
    watch.run("activation", "end", open_["activation"])
    return entries(watch, "1")


def sheets_in_force(command: Run) -> str:
    """Print the station's sheets, read them back, let the quorum sign; return their words."""
    Path("paper").mkdir()
    argv = ["keyholder", "recovery", "print", "--for-station", "--sheets", "2-of-2", "--out", "paper", "--json"]
    answer(command(argv, b""))
    words = "".join(f"{sheet_of(page)}\n" for page in sorted(Path("paper").glob("station-*.pdf")))
    argv = ["keyholder", "recovery", "prove", "--for-station", "--words", "-", "--json"]
    proposal = answer(command(argv, words.encode()))["proposal"]
    for member in ("legal-1", "legal-2", "it-1"):
        argv = ["policy", "sign", proposal, "--keyholder", member, "--pins", "pins.toml", "--json"]
        signed = answer(command(argv, b""))
    assert signed["in_force"]
    return words


@pytest.mark.parametrize("lost", [("station",), ("station", "mirror")], ids=["mirror-left", "backup-only"])
def test_a_bare_laptop_and_the_sheets(unlocked: Path, command: Run, lost: tuple[str, ...]) -> None:
    """Of a backup alone every entry comes back, too; only the fields that could have been erased since stay closed."""
    words = sheets_in_force(command)
    history = sealed_and_used(command)
    assert command(["station", "backup", "copy", "--same-disk"], b"").status == 0
    assert command(["station", "lock"], b"").status == 0
    wait_until_left(unlocked / "station")
    for name in lost:
        shutil.rmtree(unlocked / name)
    (unlocked / "mirror").mkdir(mode=0o700, exist_ok=True)

    watch = Stopwatch(command)
    watch.run("station", "restore", "copy", "--sheets", "--words", "-", words=words)
    unlocking = watch.run("station", "unlock", "--as", "legal-ops-1", pins=1)
    assert unlocking["alarm"], "a new security module knows no journal: that must be said"
    renewal = watch.run("journal", "new-log")["renewal"]
    for member in ("legal-1", "legal-2", "it-1"):
        signed = watch.run("journal", "new-log", "--sign", renewal, "--keyholder", member, pins=1)
        if signed["in_force"]:
            break
    assert signed["in_force"]
    assert released(watch, "the second time") == SECRET.decode()
    check_time(watch, "bare laptop")
    found = entries(watch, "1")[: len(history)]
    if "mirror" in lost:
        # Who a pseudonym is stands in such a field.
        assert all(actor == "program" or actor.startswith("p-") for actor in (row.pop("actor") for row in found))
        for row in history:
            row.pop("actor")
    assert found == history


def test_a_new_hsm_and_the_quorum(unlocked: Path, command: Run) -> None:
    """The security module is to be changed while the old one still works: nothing is typed from paper."""
    history = sealed_and_used(command)
    watch = Stopwatch(command)
    watch.run("station", "replace-hsm", "second")
    watch.run("station", "unlock", "--as", "legal-ops-1", pins=1, home="second")
    renewal = watch.run("journal", "new-log", home="second")["renewal"]
    for member in ("legal-1", "legal-2", "it-1"):
        signed = watch.run("journal", "new-log", "--sign", renewal, "--keyholder", member, pins=1, home="second")
        if signed["in_force"]:
            break
    assert released(watch, "the second time", "second") == SECRET.decode()
    check_time(watch, "new security module")
    assert entries(watch, "1", "second")[: len(history)] == history
    assert command(["station", "lock", "--station", "second"], b"").status == 0
    assert json.loads(Path("second/genesis.json").read_text()) == json.loads(Path("station/genesis.json").read_text())
