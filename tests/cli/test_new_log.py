# SPDX-License-Identifier: Apache-2.0
"""From the alarm to the first secret of the new log, by commands, as one of Legal and one of IT do it at night."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.transcript import Result
from tests.support.waits import wait_until_left

pytestmark = pytest.mark.real
Command = Callable[..., Result]
MOST_ACTS = 12
MOST_SECONDS = 300


class Night:
    """Runs commands and counts what people must do: each command, and each PIN."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self.acts = 0
        self.began = time.monotonic()

    def run(self, *argv: str, pins: int = 0) -> dict[str, Any]:
        self.acts += 1 + pins
        result = self._command([*argv, "--json", "--pins", "pins.toml"])
        assert result.status == 0, result
        return dict(json.loads(result.stdout))


def provoke(unlocked: Path, command: Command) -> None:
    """Seal something, then put the journal of before back."""
    secret = unlocked / "secret.txt"
    before = (unlocked / "station" / "journal.db").read_bytes()
    for name, kind in (("salesforce-emergency-admin", "password"), ("idp-recovery-codes", "codes")):
        sealed = ["credential", "seal", "--name", name, "--kind", kind, "--class", "standard", "--card", "card.toml"]
        secret.write_text("correct-horse-battery" if kind == "password" else "11112222\n33334444\n55556666\n")
        assert command([*sealed, "--from", "secret.txt", "--pins", "pins.toml"]).status == 0
    (unlocked / "station" / "journal.db").write_bytes(before)


def test_from_the_alarm_to_the_first_secret(unlocked: Path, command: Command) -> None:
    provoke(unlocked, command)
    night = Night(command)
    refused = command(["activation", "request", "--file", "request.toml", "--json"])
    assert json.loads(refused.stdout)["error"]["code"] in (
        "journal_alarm",
        "unknown_credential",
    )  # the older journal knows none
    proposal = night.run("journal", "new-log")
    assert proposal["alarm"] == ["shorter_than_anchor"]
    assert proposal["found"]["proven"] is True
    night.run("journal", "new-log", "--sign", proposal["renewal"], "--keyholder", "legal-1", pins=1)
    begun = night.run("journal", "new-log", "--sign", proposal["renewal"], "--keyholder", "it-1", pins=1)
    assert begun["in_force"] is True
    act = night.run("activation", "request", "--file", "request.toml")["activation"]
    for member in ("legal-1", "it-1"):
        approved = ["--matter", "M-2026-00117", *([] if member == "it-1" else ["--confirm", "privilege"])]
        night.run("activation", "approve", act, "--keyholder", member, *approved, pins=1)
    night.run("activation", "open", act)
    night.acts += 1
    shown = command(["activation", "release", act, "salesforce-emergency-admin", "--show", "--pins", "pins.toml"])
    assert shown.status == 0, shown
    assert "correct-horse-battery" in shown.stdout
    assert "An alarm stands: demo.example/console-demo/log-1" in shown.stderr
    seconds = time.monotonic() - night.began
    sys.stdout.write(f"alarm to first secret: {night.acts} deliberate acts, {seconds:.1f} s of machine time\n")
    assert night.acts <= MOST_ACTS
    assert seconds < MOST_SECONDS


def founded_on_paper(folder: Path, command: Command) -> str:
    """Return when the founding certificate says that the station was founded."""
    assert command(["policy", "certificate", "--out", "certificate.pdf"]).status == 0
    told = subprocess.run(
        ["pdftotext", "-layout", str(folder / "certificate.pdf"), "-"], capture_output=True, check=True
    )
    (line,) = (line for line in told.stdout.decode().splitlines() if line.startswith("Founded "))
    return line.removeprefix("Founded ").strip()


@pytest.mark.long
def test_a_certificate_tells_the_founding_and_not_the_new_log(unlocked: Path, command: Command) -> None:
    before = founded_on_paper(unlocked, command)
    provoke(unlocked, command)
    proposal = json.loads(command(["journal", "new-log", "--json"]).stdout)["renewal"]
    time.sleep(1)  # the paper tells seconds
    for member in ("legal-2", "it-2"):
        sign = ["journal", "new-log", "--sign", proposal, "--keyholder", member, "--pins", "pins.toml"]
        assert command(sign).status == 0
    assert founded_on_paper(unlocked, command) == before
    (unlocked / "station" / "journal.db").unlink()
    assert founded_on_paper(unlocked, command).startswith("not known")


@pytest.mark.long
def test_the_alarm_stays_on_what_leaves_the_station(unlocked: Path, command: Command) -> None:
    provoke(unlocked, command)
    proposal = json.loads(command(["journal", "new-log", "--json"]).stdout)["renewal"]
    for member in ("legal-2", "it-2"):
        sign = ["journal", "new-log", "--sign", proposal, "--keyholder", member, "--pins", "pins.toml"]
        assert command(sign).status == 0
    assert command(["journal", "export", "new"]).status == 0
    assert command(["journal", "export", "old", "--log", "1"]).status == 0
    verdicts = {name: verdict_of(unlocked / name) for name in ("new", "old")}
    assert [verdict["ok"] for verdict in verdicts.values()] == [True, True]
    assert verdicts["new"]["alarm"] == ["shorter_than_anchor"]
    assert verdicts["new"]["after"]["origin"].endswith("/log-1")
    assert verdicts["old"]["alarm"] is None
    assert command(["journal", "verify", "--log", "1"]).status == 4
    listed = json.loads(command(["journal", "list", "--log", "1", "--json"]).stdout)
    assert listed["entries"][0]["type"] == "station.founded"
    proven = json.loads(command(["journal", "prove", "0", "--log", "1", "--out", "first", "--json"]).stdout)
    assert (proven["type"], proven["log"]) == ("station.founded", "demo.example/console-demo/log-1")
    told = subprocess.run([sys.executable, "old/verify.py", "first"], capture_output=True, text=True, check=False)
    assert (told.returncode, "origin unproven" in told.stdout) == (3, True)


def verdict_of(folder: Path) -> dict[str, Any]:
    command = [sys.executable, str(folder / "verify.py"), "--deep", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return dict(json.loads(told.stdout))


@pytest.mark.parametrize("argv", [["--sign", "abc"], ["--keyholder", "legal-1"]])
def test_a_signature_names_both(folder: Path, command: Command, argv: list[str]) -> None:
    assert command(["journal", "new-log", *argv]).status == 2


@pytest.mark.long
def test_backup_and_restore_by_commands(unlocked: Path, command: Command) -> None:
    """A station whose folder is lost but for its HSM comes back, with the alarm and the way out of it."""
    refused = command(["station", "backup", "copy", "--json"])
    assert refused.status == 1, refused
    assert command(["station", "backup", "copy", "--same-disk"]).status == 0
    assert command(["station", "backup", "copy", "--verify"]).status == 0
    assert command(["station", "restore", "copy"]).status == 1
    assert command(["station", "lock"]).status == 0
    wait_until_left(unlocked / "station")
    (unlocked / "station").rename(unlocked / "lost")
    (unlocked / "station").mkdir()
    (unlocked / "lost" / "hsm").rename(unlocked / "station" / "hsm")
    assert command(["station", "restore", "copy"]).status == 0
    told = json.loads(command(["station", "unlock", "--as", "it-1", "--pins", "pins.toml", "--json"]).stdout)
    assert told["alarm"] == ["shorter_than_anchor"]
    assert json.loads(command(["journal", "new-log", "--json"]).stdout)["found"]["proven"] is True
