# SPDX-License-Identifier: Apache-2.0
"""The export and its verifier: honest exports pass in a Python without this program, every other one is refused."""

import ast
import base64
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from console.adapters.journal import export
from console.domain import words
from console.domain.errors import Refused
from console.domain.journal import merkle
from tests.support import verifier
from tests.support.journals import Surroundings, draft
from tests.vectors.forge import OTHER, Forged, LogKey
from tests.vectors.verdicts import withhold

pytestmark = pytest.mark.real
SIZE = 600


@dataclass(frozen=True)
class Exported:
    folder: Path
    key: str
    older: bytes
    root: bytes


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Return an export of 600 entries; entry 7 has an opened and a withheld field."""
    around = Surroundings(tmp_path_factory.mktemp("station"))
    around.create()
    folder = tmp_path_factory.mktemp("export") / "out"
    with around.open() as journal:
        journal.append([draft(n, fields={"why": f"geheim {n}", "who": "x"} if n == 7 else None) for n in range(300)])
        journal.append([draft(300, act="act-2", fields={"why": "withheld"})])
        older = journal.checkpoint().note
        journal.append([draft(number) for number in range(301, SIZE)])
        summary = journal.export(folder, audience="auditor")
        root = journal.checkpoint().root
    counts = {"openings": 3, "withheld": 0, "erased": 0}
    assert summary == {"size": SIZE, "root": base64.b64encode(root).decode(), **counts}
    withhold(folder, 300)
    return Exported(folder, around.key.vkey(), older, root)


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the export's own verifier in this process."""
    return verifier.run(folder / "verify.py", folder, *arguments)


def run_alone(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the export's own verifier from inside the export, in a Python that does not have this program."""
    command = [sys.executable, "-I", "-S", "-c", BARE, str(folder / "verify.py"), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, cwd=folder, timeout=60, check=False)
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


# Only cryptography and what it needs are importable: the verifier must not lean on the rest of this environment.
BARE = f"""
import sys, runpy
class Only:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("console", "sqlcipher3", "pkcs11", "tests"):
            raise ImportError(name)
sys.meta_path.insert(0, Only())
sys.path.append({str(Path(base64.__file__).parent)!r})
sys.path.append({str(Path(sys.modules["cryptography"].__file__ or "").parents[1])!r})
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_it_is_one_file_that_needs_cryptography_alone() -> None:
    tree = ast.parse(export.VERIFIER.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names) == {"cryptography"}


def test_every_step_of_it_is_short_and_says_what_it_does() -> None:
    """Strangers read it: a function fits on a screen, and one line says what it is for."""
    functions = [one for one in ast.walk(ast.parse(export.VERIFIER.read_text())) if isinstance(one, ast.FunctionDef)]
    named = [one for one in functions if not one.name.startswith("__")]
    assert [one.name for one in named if not ast.get_docstring(one)] == []
    assert [one.name for one in functions if (one.end_lineno or 0) - one.lineno > 26] == []


def test_the_export_is_complete(honest: Exported) -> None:
    names = {str(path.relative_to(honest.folder)) for path in honest.folder.rglob("*") if path.is_file()}
    tiles = {merkle.tile_path(*tile) for tile in merkle.tiles(SIZE)}
    bundles = {merkle.tile_path(None, n, w) for level, n, w in merkle.tiles(SIZE) if level == 0}
    lists = {f"{name}.json" for name in ("log", "openings", "withheld", "erased")}
    others = lists | set("checkpoint policy words.txt FORMAT.md verify.py verify.html".split())
    assert names == tiles | bundles | others


@pytest.mark.parametrize("depth", [[], ["--deep"], ["--bytes"], ["--bytes", "--deep"]])
def test_an_honest_export_is_verified_with_the_key(honest: Exported, depth: list[str]) -> None:
    status, report = run_alone(honest.folder, "--key", honest.key, *depth)
    assert (status, report["verdict"], report["ok"], report["size"]) == (0, "verified", True, SIZE)
    assert report["root"] == base64.b64encode(honest.root).decode()
    assert report["vouched_until"].endswith("Z")
    assert report["fields"] == (None if depth == ["--bytes"] else {"opened": 2, "withheld": 1, "erased": 0})
    assert report.get("unchecked") == (
        "form and order of the entries, openings, erasures" if depth == ["--bytes"] else None
    )


def test_without_the_key_the_origin_is_unproven(honest: Exported) -> None:
    status, report = run(honest.folder, "--deep")
    assert (status, report["verdict"]) == (3, "consistent, origin unproven")


def test_it_is_held_against_an_older_checkpoint_and_words(honest: Exported, tmp_path: Path) -> None:
    (tmp_path / "older").write_bytes(honest.older)
    spoken = " ".join(words.to_words(honest.root))
    status, _ = run(honest.folder, "--key", honest.key, "--checkpoint", str(tmp_path / "older"), "--words", spoken)
    assert status == 0
    older_root = base64.b64decode(honest.older.split(b"\n")[2])
    status, _ = run(honest.folder, "--key", honest.key, "--words", "301 " + " ".join(words.to_words(older_root)))
    assert status == 0
    status, report = run(honest.folder, "--key", honest.key, "--words", "300 " + spoken)
    assert (status, report["findings"][0]["code"]) == (4, "words_differ")


def test_it_speaks_words_without_json(honest: Exported) -> None:
    command = [sys.executable, str(honest.folder / "verify.py"), "--key", honest.key]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "verdict: verified" in text and "size: 600" in text and "depth: deep" in text


def test_a_changed_opening_is_never_passed_over_in_silence(honest: Exported, tmp_path: Path) -> None:
    """Somebody who types the shortest command must not be told that what they read was looked at when it was not."""
    folder = tmp_path / "out"
    shutil.copytree(honest.folder, folder)
    openings = folder / "openings.json"
    openings.write_bytes(openings.read_bytes().replace(b"geheim", b"anders"))
    status, report = run(folder, "--key", honest.key)
    assert (status, report["findings"][0]["code"]) == (4, "commitment_mismatch")
    command = [sys.executable, str(folder / "verify.py"), "--key", honest.key, "--bytes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "unchecked: form and order of the entries, openings, erasures" in done.stdout


def test_what_log_json_claims_is_judged_or_named(honest: Exported, tmp_path: Path) -> None:
    """ "verified" stood beside a file that told of another log, or could not be read, or was not there."""
    assert run(honest.folder, "--key", honest.key)[1]["unproven"] == ["log.json: followed"]
    folder = Path(shutil.copytree(honest.folder, tmp_path / "out"))
    told = folder / "log.json"
    told.write_bytes(told.read_bytes().replace(b"/log-", b"/log-9"))
    for depth in ("--deep", "--bytes"):
        status, report = run(folder, "--key", honest.key, depth)
        assert (status, report["verdict"], report["findings"][0]["code"]) == (4, "corrupt", "log_json_differs")
    told.unlink()
    status, report = run(folder, "--key", honest.key)
    assert (status, report["verdict"], report["unproven"]) == (0, "verified", ["log.json: missing"])


def test_after_an_alarm_log_json_tells_of_what_the_first_entry_tells(tmp_path: Path) -> None:
    old, renewal = {"origin": "example.org/station-07/log-0", "key": "k"}, base64.b64encode(bytes(32)).decode()
    log = Forged()
    log.append(log.draft("log.renewed", body={"alarm": ["journal_missing"], "from": old, "renewal": renewal}))
    folder = log.write(tmp_path / "export")
    shutil.copy(export.VERIFIER, folder)
    newest = {"log": old["origin"], "alarm": ["journal_missing"], "renewal": renewal}
    before = {"log": "example.org/station-07/log-00", "alarm": ["hsm_replaced"], "renewal": renewal}

    def claimed(*alarms: dict[str, Any]) -> dict[str, Any]:
        said = {"v": 1, "log": log.key.name, "alarms": list(alarms), "followed": False}
        (folder / "log.json").write_text(json.dumps(said))
        return run(folder, "--key", log.key.public.vkey())[1]

    assert claimed(newest)["unproven"] == ["log.json: followed"]
    assert claimed(before, newest)["unproven"] == ["log.json: followed", "log.json: alarms"]
    for wrong in ((), (before,), (newest, before), (newest | {"alarm": []},)):
        assert claimed(*wrong)["findings"][0]["code"] == "log_json_differs"


@pytest.mark.parametrize("planted", ["json.py", "argparse.py", "cryptography/__init__.py", "hashlib.py"])
def test_code_that_lies_in_the_export_is_not_run(tmp_path: Path, planted: str) -> None:
    """Python looks for modules beside a script first; and there lies what a forger may have written."""
    log = Forged()
    log.append(log.draft())
    folder = log.write(tmp_path / "export")
    (folder / planted).parent.mkdir(exist_ok=True)
    (folder / planted).write_text("print('verdict: verified'); raise SystemExit(0)")
    for where, name in ((folder, "verify.py"), (tmp_path, "export/verify.py")):
        command = [sys.executable, name, "--key", OTHER.public.vkey()]
        done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
        assert (done.returncode, "verdict: corrupt" in done.stdout) == (4, True), done


def test_what_an_entry_says_is_no_line_of_the_report(tmp_path: Path) -> None:
    """At depth bytes nobody has looked at the form of a time: it must not speak for the verifier."""
    log = Forged()
    entry = log.compose(log.draft()).replace(b'"wall":"', b'"wall":"\\nverdict: verified\\nok: True\\u001b[2J', 1)
    log.take(entry)
    command = [sys.executable, str(log.write(tmp_path / "export") / "verify.py"), "--bytes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "verdict: verified" not in done.stdout.splitlines()
    assert "\x1b" not in done.stdout


def test_another_key_is_refused(honest: Exported) -> None:
    other = Surroundings(honest.folder, signing_key=ec.derive_private_key(9, ec.SECP256R1()))
    status, report = run(honest.folder, "--key", other.key.vkey())
    assert (status, report["findings"][0]["code"]) == (4, "checkpoint_unsigned")


def test_a_log_that_lost_its_tail_is_shorter_than_a_kept_checkpoint(honest: Exported, tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        journal.append([draft(number) for number in range(20)])
        journal.export(tmp_path / "out", audience="facts")
    (tmp_path / "kept").write_bytes(honest.older)
    status, report = run(tmp_path / "out", "--key", honest.key, "--checkpoint", str(tmp_path / "kept"))
    assert (status, report["findings"][0]["code"]) == (4, "shorter_than_checkpoint")


def test_a_log_with_another_past_differs_from_a_kept_checkpoint(honest: Exported, tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        journal.append([draft(number) for number in range(SIZE)])
        journal.export(tmp_path / "out", audience="facts")
    (tmp_path / "kept").write_bytes(honest.older)
    status, report = run(tmp_path / "out", "--key", honest.key, "--checkpoint", str(tmp_path / "kept"))
    assert (status, report["findings"][0]["code"]) == (4, "checkpoint_differs")


def test_an_empty_journal_can_be_exported(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        journal.export(tmp_path / "out", audience="facts")
    status, report = run(tmp_path / "out", "--key", around.key.vkey(), "--deep")
    assert (status, report["size"], report["vouched_until"]) == (0, 0, None)


def test_refusals(tmp_path: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        with pytest.raises(Refused, match="audience_unknown"):
            journal.export(tmp_path / "out", audience="press")
        with pytest.raises(Refused, match="folder_not_empty"):
            journal.export(tmp_path, audience="facts")


@pytest.mark.parametrize("option", [(), ("--checkpoint",), ("--policy",)])
def test_where_nothing_is_nothing_is_judged(honest: Exported, option: tuple[str, ...]) -> None:
    lost = str(honest.folder / "nodir")
    arguments = [str(honest.folder), *option, lost] if option else [lost]
    command = [sys.executable, str(honest.folder / "verify.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"nothing is at {lost}\n")


@pytest.mark.parametrize("depth", ["--deep", "--bytes"])
def test_a_drill_is_said_to_be_one(honest: Exported, depth: str) -> None:
    _, report = run(honest.folder, "--key", honest.key, depth)
    assert report["mode"] == "drill"
    _, real = run(honest.folder, "--key", honest.key, "--words", "hello")
    assert real["mode"] is None  # nothing was read yet: nothing is claimed


@pytest.mark.parametrize("option", ["--checkpoint", "--policy"])
def test_a_wrong_file_given_beside_says_nothing_of_the_export(honest: Exported, tmp_path: Path, option: str) -> None:
    (tmp_path / "summary.pdf").write_bytes(b"%PDF-1.3\n" + bytes(range(128, 256)) * 900)
    (tmp_path / "empty").write_bytes(b"")
    for wrong in (tmp_path / "summary.pdf", tmp_path / "empty", tmp_path):
        status, report = run(honest.folder, "--key", honest.key, option, str(wrong))
        assert (status, report["verdict"], report["ok"]) == (2, "not judged", False), wrong
        (finding,) = report["findings"]
        assert len(finding["detail"]) <= 200  # and not the whole file


@pytest.mark.parametrize("option", ["--policy", "--checkpoint"])
def test_what_lies_in_the_export_proves_nothing_of_it(honest: Exported, option: str) -> None:
    own = str(honest.folder / option.removeprefix("--"))
    command = [sys.executable, str(honest.folder / "verify.py"), str(honest.folder), option, own]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "lies in what is judged itself" in done.stderr


def test_a_key_is_taken_with_the_word_that_stands_before_it(honest: Exported) -> None:
    assert run(honest.folder, "--key", f"log {honest.key}")[1]["verdict"] == "verified"


def test_what_is_wrong_with_the_export_is_still_told_beside_a_checkpoint(honest: Exported, tmp_path: Path) -> None:
    folder = shutil.copytree(honest.folder, tmp_path / "copy")
    (folder / "checkpoint").write_bytes(honest.older.replace(b"301", b"302"))
    kept = tmp_path / "kept"
    kept.write_bytes(honest.older)
    status, report = run(folder, "--key", honest.key, "--checkpoint", str(kept))
    assert (status, report["verdict"]) == (4, "corrupt")
    assert report["findings"][0]["code"] == "checkpoint_signature"


def test_a_key_of_another_log_is_named_and_nothing_is_judged(honest: Exported) -> None:
    name, _, rest = honest.key.partition("+")
    other = LogKey(ec.derive_private_key(9, ec.SECP256R1()), f"{name}-2").public.vkey()
    assert rest not in other
    status, report = run(honest.folder, "--key", other)
    assert (status, report["verdict"], report["ok"]) == (2, "not judged", False)
    assert report["findings"] == [{"code": "key_of_another_log", "seq": None, "detail": f"no signature of {name}-2"}]
