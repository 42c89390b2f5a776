# SPDX-License-Identifier: Apache-2.0
"""The export and its verifier: honest exports pass in a Python without this program, every other one is refused."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from console.adapters.journal import export
from console.domain import merkle, words
from console.domain.errors import Refused
from console.domain.merkle import CompactRange
from tests import verifier
from tests.journals import Surroundings, draft

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
        journal.append(
            [draft(n, fields={"why": f"geheim {n}", "who": "x"} if n == 7 else None) for n in range(300)]
        )
        journal.append([draft(300, act="act-2", fields={"why": "withheld"})])
        older = journal.checkpoint().note
        journal.append([draft(number) for number in range(301, SIZE)])
        summary = journal.export(folder, audience="auditor")
        root = journal.checkpoint().root
    counts = {"openings": 3, "withheld": 0, "erased": 0}
    assert summary == {"size": SIZE, "root": base64.b64encode(root).decode(), **counts}
    withhold(folder, 300)
    return Exported(folder, around.key.vkey(), older, root)


def withhold(folder: Path, seq: int) -> None:
    """Hold the fields of an entry back from this recipient."""
    opened, held = (json.loads((folder / f"{name}.json").read_text()) for name in ("openings", "withheld"))
    held["withheld"] += [{"seq": seq, "name": o["name"]} for o in opened["openings"] if o["seq"] == seq]
    opened["openings"] = [o for o in opened["openings"] if o["seq"] != seq]
    for name, value in (("openings", opened), ("withheld", held)):
        (folder / f"{name}.json").write_text(json.dumps(value))


@pytest.fixture
def changed(honest: Exported, tmp_path: Path) -> Exported:
    """Return a copy that the test may tamper with."""
    folder = tmp_path / "copy"
    shutil.copytree(honest.folder, folder)
    return Exported(folder, honest.key, honest.older, honest.root)


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


def test_it_is_one_short_file() -> None:
    source = export.VERIFIER.read_text()
    assert len(source.splitlines()) < 300
    imported = {
        name.split(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
        for name in line.partition(" ")[2].partition(" import ")[0].split(", ")
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_export_is_complete(honest: Exported) -> None:
    names = {str(path.relative_to(honest.folder)) for path in honest.folder.rglob("*") if path.is_file()}
    tiles = {merkle.tile_path(*tile) for tile in merkle.tiles(SIZE)}
    bundles = {merkle.tile_path(None, n, w) for level, n, w in merkle.tiles(SIZE) if level == 0}
    others = set(
        "checkpoint policy log.json openings.json withheld.json erased.json words.txt FORMAT.md verify.py".split()
    )
    assert names == tiles | bundles | others


@pytest.mark.parametrize("depth", [[], ["--deep"]])
def test_an_honest_export_is_verified_with_the_key(honest: Exported, depth: list[str]) -> None:
    status, report = run_alone(honest.folder, "--key", honest.key, *depth)
    assert (status, report["verdict"], report["ok"], report["size"]) == (0, "verified", True, SIZE)
    assert report["root"] == base64.b64encode(honest.root).decode()
    assert report["vouched_until"].endswith("Z")
    assert report["fields"] == ({"opened": 2, "withheld": 1, "erased": 0} if depth else None)


def test_without_the_key_the_origin_is_unproven(honest: Exported) -> None:
    status, report = run(honest.folder, "--deep")
    assert (status, report["verdict"]) == (3, "consistent, origin unproven")


def test_it_is_held_against_an_older_checkpoint_and_words(honest: Exported, tmp_path: Path) -> None:
    (tmp_path / "older").write_bytes(honest.older)
    spoken = " ".join(words.to_words(honest.root))
    status, _ = run(
        honest.folder, "--key", honest.key, "--checkpoint", str(tmp_path / "older"), "--words", spoken
    )
    assert status == 0
    older_root = base64.b64decode(honest.older.split(b"\n")[2])
    status, _ = run(
        honest.folder, "--key", honest.key, "--words", "301 " + " ".join(words.to_words(older_root))
    )
    assert status == 0
    status, report = run(honest.folder, "--key", honest.key, "--words", "300 " + spoken)
    assert (status, report["findings"][0]["code"]) == (4, "words_differ")


def test_it_speaks_words_without_json(honest: Exported) -> None:
    command = [sys.executable, str(honest.folder / "verify.py"), "--key", honest.key]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "verdict: verified" in text and "size: 600" in text and "depth: bytes" in text


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


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        before = (folder / name).read_bytes()
        after = change(before)
        assert after != before
        (folder / name).write_bytes(after)

    return apply


def in_openings(
    change: Callable[[list[dict[str, Any]]], object], name: str = "openings"
) -> Callable[[Path], None]:
    def apply(data: bytes) -> bytes:
        value = json.loads(data)
        change(value[name])
        return json.dumps(value).encode()

    return edit(f"{name}.json", apply)


def swap_values(openings: list[dict[str, Any]]) -> None:
    for member in ("salt", "value"):
        openings[0][member], openings[1][member] = openings[1][member], openings[0][member]


BYTES_ATTACKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "edited body": (edit("tile/entries/000", lambda data: data.replace(b"xxx", b"yyy", 1)), "tile_differs"),
    "edited last entry": (edit("tile/entries/002.p/88", lambda data: data.replace(b"xxx", b"yyy", 1)), "tile_differs"),
    "edited tile": (edit("tile/0/001", lambda data: data[:40] + b"\0" + data[41:]), "tile_differs"),
    "edited upper tile": (edit("tile/1/000.p/2", lambda data: data[::-1]), "tile_differs"),
    "cut bundle": (edit("tile/entries/001", lambda data: data[:-1]), "bundle_garbled"),
    "longer bundle": (edit("tile/entries/001", lambda data: data + b"\0\1x"), "bundle_garbled"),
    "missing bundle": (lambda folder: (folder / "tile/entries/001").unlink(), "file_missing"),
    "missing checkpoint": (lambda folder: (folder / "checkpoint").unlink(), "file_missing"),
    "unknown tile": (lambda folder: (folder / "tile/0/003").write_bytes(b"x"), "file_unknown"),
    "other size": (edit("checkpoint", lambda note: note.replace(b"\n600\n", b"\n599\n")), "checkpoint_signature"),
    "other origin": (edit("checkpoint", lambda note: note.replace(b"07/", b"08/")), "checkpoint_unsigned"),
    "extension line": (edit("checkpoint", lambda note: note.replace(b"\n\n", b"\nmore\n\n")), "checkpoint_garbled"),
    "no signature": (edit("checkpoint", lambda note: note.partition(b"\n\n")[0] + b"\n\n"), "checkpoint_garbled"),
}  # fmt: skip
DEEP_ATTACKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "other value": (in_openings(lambda found: found[0].update(value="harmlos")), "commitment_mismatch"),
    "other salt": (in_openings(lambda found: found[0].update(salt="AA" * 20 + "AAA=")), "commitment_mismatch"),
    "swapped openings": (in_openings(swap_values), "commitment_mismatch"),
    "lost opening": (in_openings(lambda found: found.pop()), "field_lost"),
    "opening of nothing": (in_openings(lambda found: found.append(found[0] | {"seq": 8})), "field_unknown"),
    "not listed as withheld": (in_openings(lambda found: found.clear(), "withheld"), "field_lost"),
    "withheld although opened": (
        in_openings(lambda found: found.append({"seq": 7, "name": "why"}), "withheld"), "field_unknown"),
    "garbled openings": (edit("openings.json", lambda data: b"[" + data), "garbled"),
}  # fmt: skip


@pytest.mark.parametrize("name", BYTES_ATTACKS)
@pytest.mark.parametrize("depth", [[], ["--deep"]])
def test_a_changed_export_is_refused(changed: Exported, name: str, depth: list[str]) -> None:
    attack, code = BYTES_ATTACKS[name]
    attack(changed.folder)
    status, report = run(changed.folder, "--key", changed.key, *depth)
    assert (status, report["verdict"], report["ok"]) == (4, "corrupt", False)
    first = report["findings"][0]
    assert first["code"] == code
    assert first["seq"] == {"edited body": 0, "edited last entry": 512, "edited tile": 257}.get(
        name, first["seq"]
    )


@pytest.mark.parametrize("name", DEEP_ATTACKS)
def test_changed_fields_are_refused_in_depth(changed: Exported, name: str) -> None:
    attack, code = DEEP_ATTACKS[name]
    attack(changed.folder)
    status, report = run(changed.folder, "--key", changed.key, "--deep")
    assert (status, report["findings"][0]["code"]) == (4, code)


def resigned(folder: Path, around: Surroundings, entries: list[bytes]) -> None:
    """Write an export of these bytes as the station itself would sign it."""
    from console.domain import checkpoint

    leaves = [merkle.leaf_hash(entry) for entry in entries]
    tree = CompactRange()
    for leaf in leaves:
        tree = tree.append(leaf)
    text = checkpoint.text(around.log, tree.size, tree.root())
    bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    shutil.rmtree(folder / "tile")
    for path, data in (
        (merkle.tile_path(None, 0, tree.size), bundle),
        (merkle.tile_path(0, 0, tree.size), b"".join(leaves)),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / "checkpoint").write_bytes(checkpoint.assemble(text, around.key, around.sign(text)))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"seq":2', b'"seq":3', "entry_out_of_place"),
        (b'"mode":"drill"', b'"mode":"real"', "entry_out_of_place"),
        (b"station-07", b"station-08", "entry_out_of_place"),
        (b'"prev":"', b'"prev":"AAAA', "entry_shape"),
        (b'"v":1', b'"v":2', "entry_shape"),
        (b'"v":1}', b'"v":1,"w":1}', "entry_shape"),
        (b'"v":1}', b'"v":1 }', "not_canonical"),
        (b'"body":', b'"body":[],"c":{},"body":', "not_canonical"),
        (b'"proof":"token"', b'"proof":"trust"', "entry_shape"),
        (b'"act":"act-1"', b'"act":null', "entry_shape"),
        (b'"track":"facts"', b'"track":"counsel"', "entry_shape"),
        (b'"number":2', b'"number":2.5', "not_canonical"),
    ],
)
def test_a_station_that_signs_rubbish_is_found_in_depth(
    honest: Exported, tmp_path: Path, old: bytes, new: bytes, code: str
) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        entries = [entry.data for entry in journal.append([draft(number) for number in range(3)])]
        journal.export(tmp_path / "out", audience="facts")
    assert old in entries[2]
    resigned(tmp_path / "out", around, [*entries[:2], entries[2].replace(old, new, 1)])
    assert run(tmp_path / "out", "--key", honest.key)[0] == 0
    status, report = run(tmp_path / "out", "--key", honest.key, "--deep")
    assert (status, report["findings"][0]["code"], report["findings"][0]["seq"]) == (4, code, 2)


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
