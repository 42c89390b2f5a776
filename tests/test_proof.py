# SPDX-License-Identifier: Apache-2.0
"""Proofs of single entries: what the journal hands out, and what verify.py says of it, honest and changed."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from console.adapters.journal import export
from console.adapters.journal.journal import Journal
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.domain.journal import merkle
from console.domain.words import WORDS, to_words
from tests.support.journals import Surroundings, draft
from tests.support.verifier import run

pytestmark = pytest.mark.real
SIZE = 300
FIELDS: dict[int, Object] = {7: {"why": "geheim", "who": {"name": "x"}}, 8: {"why": "y"}}


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Surroundings:
    """Return a journal of 300 entries; entry 7 has two fields, entry 8 one that this station cannot open."""
    around = Surroundings(tmp_path_factory.mktemp("station"))
    around.create()
    with around.open() as journal:
        for n in range(SIZE):
            journal.append([draft(n, act="act-8" if n == 8 else "act-1", fields=FIELDS.get(n))])
    del around.opening_keys["act:act-8"]
    return around


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the verifier and the list of words, as an auditor keeps them."""
    folder = tmp_path_factory.mktemp("tools")
    (folder / "verify.py").write_bytes(export.VERIFIER.read_bytes())
    (folder / "words.txt").write_text("\n".join(WORDS) + "\n")
    return folder


def prove(around: Surroundings, seq: int) -> bytes:
    with around.open() as journal:
        return journal.prove(seq, audience="auditor").data


def judge(tools: Path, data: bytes, *arguments: str) -> tuple[int, dict[str, Any]]:
    file = tools / "it.tlog-proof"
    file.write_bytes(data)
    return run(tools / "verify.py", file, *arguments)


@pytest.mark.parametrize("seq", [0, 1, 7, 8, 255, 256, SIZE - 1])
def test_a_proof_is_verified_with_the_key(around: Surroundings, tools: Path, seq: int) -> None:
    status, report = judge(tools, prove(around, seq), "--key", around.key.vkey())
    assert (status, report["verdict"], report["depth"]) == (0, "verified", "proof")
    assert (report["seq"], report["size"], report["origin"]) == (seq, SIZE, around.log)
    assert report["vouched_until"].endswith("Z")
    opened = {7: {"opened": 2, "withheld": 0, "erased": 0}, 8: {"opened": 0, "withheld": 1, "erased": 0}}
    assert report["fields"] == opened.get(seq, {"opened": 0, "withheld": 0, "erased": 0})


def test_what_was_proven_is_told_and_what_is_withheld_is_named(around: Surroundings, tools: Path) -> None:
    _, report = judge(tools, prove(around, 7), "--key", around.key.vkey())
    assert (report["mode"], report["entry"]["seq"], report["withheld"]) == ("drill", 7, [])
    assert {one["name"]: one["value"] for one in report["opened"]} == FIELDS[7]
    _, report = judge(tools, prove(around, 8), "--key", around.key.vkey())
    assert (report["opened"], report["withheld"]) == ([], sorted(FIELDS[8]))


def test_a_file_that_is_no_proof_is_told_in_words(around: Surroundings, tools: Path) -> None:
    for data in (b"", prove(around, 7) + bytes(2**24), b"%PDF-1.3\n" + bytes(range(256)) * 999, prove(around, 7)[:300]):
        status, report = judge(tools, data, "--key", around.key.vkey())
        assert status == 4
        assert report["findings"][0]["detail"] == "no whole proof"


def test_it_is_a_proof_as_the_standard_has_it(around: Surroundings) -> None:
    header, extra, index, *rest = prove(around, 7).decode().split("\n")
    blank = rest.index("")
    path = [base64.b64decode(line) for line in rest[:blank]]
    assert header == "c2sp.org/tlog-proof@v1"
    assert index == "index 7"
    entry = base64.b64decode(json.loads(base64.b64decode(extra.removeprefix("extra ")))["entry"])
    origin, size, root, *_ = rest[blank + 1 :]
    assert (origin, int(size)) == (around.log, SIZE)
    merkle.verify_inclusion(7, SIZE, merkle.leaf_hash(entry), path, base64.b64decode(root))


def test_without_a_key_its_origin_is_unproven(around: Surroundings, tools: Path) -> None:
    status, report = judge(tools, prove(around, 7))
    assert (status, report["verdict"]) == (3, "consistent, origin unproven")


def test_it_is_held_against_words_of_its_size(around: Surroundings, tools: Path) -> None:
    with around.open() as journal:
        words = " ".join(to_words(journal.checkpoint().root))
    data, key = prove(around, 7), ("--key", around.key.vkey())
    assert judge(tools, data, *key, "--words", words)[0] == 0
    assert judge(tools, data, *key, "--words", f"{SIZE} {words}")[0] == 0
    _, report = judge(tools, data, *key, "--words", f"{SIZE - 1} {words}")
    assert report["findings"][0]["code"] == "claim_not_comparable"
    _, report = judge(tools, data, *key, "--words", " ".join([*words.split()[1:], WORDS[0]]))
    assert report["findings"][0]["code"] == "words_differ"


def test_another_key_is_refused(around: Surroundings, tools: Path) -> None:
    other = Surroundings(tools, signing_key=ec.derive_private_key(9, ec.SECP256R1()))
    status, report = judge(tools, prove(around, 7), "--key", other.key.vkey())
    assert (status, report["findings"][0]["code"]) == (4, "checkpoint_unsigned")


@pytest.mark.parametrize("seq", [-1, SIZE, SIZE + 5])
def test_there_is_no_proof_of_what_is_not_there(around: Surroundings, seq: int) -> None:
    with around.open() as journal, pytest.raises(Refused, match="unknown_entry"):
        journal.prove(seq, audience="auditor")


def test_a_proof_is_a_few_hashes_and_reads_a_few_tiles(around: Surroundings) -> None:
    with around.open() as journal:
        journal.prove(7, audience="auditor")
        asked: list[str] = []
        journal.thread.run(lambda log: log.db.set_trace_callback(asked.append))
        proof = journal.prove(200, audience="auditor")
        journal.thread.run(lambda log: log.db.set_trace_callback(None))
    assert len(proof.data.split(b"\n")) < 20
    assert len(asked) < 30


def test_an_open_journal_is_proven_while_it_grows(tmp_path: Path, tools: Path) -> None:
    around = Surroundings(tmp_path)
    around.create()
    with around.open() as journal:
        for size in range(1, 20):
            _check_all(around, journal, tools, size)


def _check_all(around: Surroundings, journal: Journal, tools: Path, size: int) -> None:
    journal.append([draft(size)])
    data = journal.prove(size // 2, audience="facts").data
    status, report = judge(tools, data, "--key", around.key.vkey())
    assert (status, report["size"], report["seq"]) == (0, size, size // 2)
