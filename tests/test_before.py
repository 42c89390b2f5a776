# SPDX-License-Identifier: Apache-2.0
"""A station and its exports, made by the program at commit f46c073 (before entries had classes), work with today's.

``fixtures/before.tar.xz`` was made by that commit's own program. ``demo --headless`` told its whole story: seven
credentials, sheets, an approval from another city, releases, a killed process, a signature, the breaker, a rotation,
an export (``exports/first-log``), the loss of the journal and a second log after its alarm. Then, by command:
``record add`` for counsel, ``record read``, ``keyholder contact``, ``journal hold``, ``activation prepare`` (agreed on
by legal-2 and it-1), ``activation request --prepared``, ``journal paper --reserve``, ``journal export`` for an auditor
and for counsel, and ``record add --track facts``. The tokens are the demo's throw-away ones, and their PINs lie beside
them. What the program writes anew by itself was left out: ``softhsm2.conf``, which names folders of one machine, and
the ballast.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from console.adapters.journal.export import VERIFIER
from tests.support import verifier

pytestmark = pytest.mark.real
FIXTURE = Path(__file__).parent / "fixtures" / "before.tar.xz"
FIRST = "demo.example/console-demo/log-1+cf6c0d32+AWBbv0Nkn6GF7Aq2ibFf/yP3jpPvnNdQPhTjtpc4Muvy"
SECOND = "demo.example/console-demo/log-2+b3fb95ff+AWBbv0Nkn6GF7Aq2ibFf/yP3jpPvnNdQPhTjtpc4Muvy"
KEYS = {"first-log": FIRST, "auditor": SECOND, "counsel": SECOND}
ADVICE = "The time limit was kept: Zustellung über das beA, 21:10."
PASSWORD = b"set at the target by it-1 on the day after"
ENTRIES = 60
TYPES = set(
    """
    activation.approved activation.ended activation.opened activation.requested counsel.entry counsel.key_made
    counsel.opened credential.confirmed credential.restated credential.sealed journal.exported journal.head_taken
    keyholder.contact keyholder.enrolled log.renewed paper.printed paper.reserved policy.changed privacy.held
    record.added recovery.printed recovery.proven release.intended release.outcome request.agreed request.prepared
    station.alarm station.founded station.locked station.unlocked
    """.split()
)
REQUEST = """
incident = "INC-2026-0045"
category = "total"
jurisdictions = ["DE"]
matters = ["M-2026-00117"]
items = [{ credential = "salesforce-emergency-admin" }]
minutes = 10
releases = 1
requester = "legal-ops-1"
privilege = "attorney-client"
harm_if_delayed = "The time limit for the appeal runs out today at midnight."
reason = "Sign-on and CRM have been unreachable since 14:05, the brief is only reachable this way."
alternatives_tried = ["service desk call 14:20", "delegated login refused 14:31"]

[[outage]]
system = "idp"
symptom = "SAML endpoint times out"
first_seen = "2026-11-23T13:05:00Z"
checked_by = ["legal-ops-1"]
how = "browser and phone, two networks"
"""


class Before:
    """The station of before in a folder of its own, and today's command on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str) -> bytes:
        """Run a command that must succeed; return what it says."""
        done = self._start(arguments)
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
        return done.stdout

    def fail(self, *arguments: str) -> tuple[int, str]:
        """Run a command that must fail; return its exit status, and what it says of it in one line."""
        done = self._start(arguments)
        return done.returncode, " ".join(done.stderr.decode().split())

    def _start(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        given = ["--station", str(self.folder / "station"), "--pins", str(self.folder / "pins.toml")]
        command = [sys.executable, "-m", "console", *arguments, *given]
        return subprocess.run(command, capture_output=True, check=False, timeout=120, env=dict(os.environ))

    def json(self, *arguments: str) -> Any:
        """Return the answer of a command."""
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(FIXTURE) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def before(kept: Path, tmp_path: Path) -> Iterator[Before]:
    place = Before(Path(shutil.copytree(kept, tmp_path / "before")))
    place.run("station", "unlock", "--as", "legal-ops-1")
    yield place
    place.run("station", "lock")


def test_the_journal_verifies_deeply_and_every_entry_reads(before: Before) -> None:
    verdict = before.json("journal", "verify", "--deep")
    assert (verdict["ok"], verdict["findings"]) == (True, [])
    listed = before.json("journal", "list", "--limit", "1000")
    assert [entry["seq"] for entry in listed["entries"]] == list(range(listed["size"]))
    assert listed["size"] >= ENTRIES
    # The request nobody opened has lapsed on the station by now: that entry is today's program's.
    assert {entry["type"] for entry in listed["entries"]} - {"activation.expired"} == TYPES
    for seq in (0, 31, 42):
        assert before.json("journal", "show", str(seq))["type"] == listed["entries"][seq]["type"]
    assert before.run("journal", "list", "--limit", "1000").count(b"\n") > ENTRIES


def test_a_sealed_record_opens_and_is_what_was_sealed(before: Before, tmp_path: Path) -> None:
    (tmp_path / "request.toml").write_text(REQUEST)
    act = before.json("activation", "request", "--file", str(tmp_path / "request.toml"))["activation"]
    restated = ("--matter", "M-2026-00117")
    before.run("activation", "approve", act, "--keyholder", "legal-1", *restated, "--confirm", "privilege")
    before.run("activation", "approve", act, "--keyholder", "it-2", *restated)
    before.run("activation", "open", act)
    assert PASSWORD in before.run("activation", "release", act, "salesforce-emergency-admin", "--out", "-")


def test_a_token_without_its_salt_says_what_is_missing(before: Before) -> None:
    """It was told that the PIN is wrong, for ever; and a new salt was made, which hid that the old one was missing."""
    salt = before.folder / "tokens" / "legal-2.pin-salt"
    kept = salt.rename(before.folder / "kept-salt")
    code, said = before.fail("record", "read", "--keyholder", "legal-2", "--out", "-")
    assert code == 3
    assert f"The file {salt} is missing." in said and "own file back" in said and "PIN is wrong" not in said
    assert not salt.exists()
    kept.rename(salt)
    assert ADVICE.encode() in before.run("record", "read", "--keyholder", "legal-2", "--out", "-")


def test_counsel_reads_its_note_of_before(before: Before) -> None:
    assert ADVICE.encode() in before.run("record", "read", "--keyholder", "legal-2", "--out", "-")


def test_today_s_export_of_it_is_verified(before: Before, tmp_path: Path) -> None:
    before.run("journal", "export", str(tmp_path / "out"), "--for", "auditor")
    status, report = verifier.run(VERIFIER, tmp_path / "out", "--key", SECOND)
    assert (status, report["verdict"], report["alarm"]) == (0, "verified", ["journal_missing"])


@pytest.mark.parametrize("name", KEYS)
def test_an_export_of_before_is_verified_by_both_programs(kept: Path, name: str) -> None:
    folder = kept / "exports" / name
    for program in (VERIFIER, folder / "verify.py"):
        status, report = verifier.run(program, folder, "--key", KEYS[name])
        assert (status, report["verdict"], report["findings"]) == (0, "verified", [])
        assert report["fields"]["opened"] > 0


def test_each_recipient_of_before_reads_what_is_meant_for_them(kept: Path) -> None:
    opened = {
        name: {
            row["name"]: row["value"]
            for row in json.loads((kept / "exports" / name / "openings.json").read_text())["openings"]
        }
        for name in KEYS
    }
    assert opened["counsel"]["text"] == ADVICE
    assert ADVICE not in opened["auditor"].values()
    assert opened["auditor"].keys() - opened["counsel"].keys()


def test_the_fixture_names_no_machine_and_is_small(kept: Path) -> None:
    assert FIXTURE.stat().st_size < 1_000_000
    data = b"".join(path.read_bytes() for path in kept.rglob("*") if path.is_file())
    assert not [place for place in (b"/tmp", b"/home", b"/root") if place + b"/" in data]
