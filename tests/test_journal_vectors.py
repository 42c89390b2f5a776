# SPDX-License-Identifier: Apache-2.0
"""The vectors of docs/formats/journal.md: made again byte for byte, and judged as they say."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from console.adapters.journal import export
from console.domain.words import WORDS
from tests.support.verifier import run
from tests.vectors import journal

VECTORS = json.loads(journal.FILE.read_text("utf-8"))


def test_the_file_is_what_the_script_makes() -> None:
    assert journal.FILE.read_text("utf-8") == journal.text()


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tools")
    (folder / "verify.py").write_bytes(export.VERIFIER.read_bytes())
    (folder / "words.txt").write_text("\n".join(WORDS) + "\n")
    return folder


def first(report: dict[str, Any]) -> str | None:
    return report["findings"][0]["code"] if report["findings"] else None


@pytest.mark.parametrize("vector", VECTORS["proofs"], ids=lambda vector: vector["name"])
def test_proofs(tools: Path, tmp_path: Path, vector: dict[str, Any]) -> None:
    (tmp_path / "it").write_text(vector["file"], "utf-8")
    status, report = run(tools / "verify.py", tmp_path / "it", "--key", vector["key"])
    assert (first(report), status) == (vector["code"], 4 if vector["code"] else 0)
    if not vector["code"]:
        assert (report["seq"], report["fields"]["opened"]) == (vector["seq"], len(vector["opened"]))


@pytest.mark.parametrize("vector", VECTORS["exports"], ids=lambda vector: vector["name"])
def test_exports(tools: Path, tmp_path: Path, vector: dict[str, Any]) -> None:
    files = {name: text.encode() for name, text in vector["texts"].items()}
    files |= {name: base64.b64decode(data) for name, data in vector["tiles"].items()}
    for name, data in files.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(data)
    given = vector["given"]
    (tmp_path / "policy").write_text(given.get("policy", ""))
    options = ["--policy", str(tmp_path / "policy")] if "policy" in given else ["--key", given["key"]]
    if "checkpoint" in given:
        (tmp_path / "kept").write_text(given["checkpoint"], "utf-8")
        options += ["--checkpoint", str(tmp_path / "kept")]
    options += ["--words", given["words"]] if "words" in given else []
    (tmp_path / "out" / "words.txt").write_text("\n".join(WORDS) + "\n")
    status, report = run(tools / "verify.py", tmp_path / "out", "--deep", *options)
    assert (first(report), status) == (vector["code"], 4 if vector["code"] else 0)
