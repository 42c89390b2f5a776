# SPDX-License-Identifier: Apache-2.0
"""Witnesses by command: asked with pictures, signed on a console of one's own, taken back as a page or as a line."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.transcript import Result, Run
from tests.support.activations import filed
from tests.support.copies import journal_files, put_back
from tests.support.scenes import PASSWORD, Scene, staged
from tests.support.witnesses import witnessed_base

MATTER = "M-2026-00117"

pytestmark = [pytest.mark.real, pytest.mark.long]


class Two:
    """The station, and the console of legal-1 at home."""

    def __init__(self, run: Run, scene: Scene, out: Path) -> None:
        self._run, self._scene, self.out = run, scene, out

    def station(self, *argv: str) -> Result:
        return self._at(self._scene.home, argv)

    def home(self, *argv: str) -> Result:
        return self._at(self._scene.folder / "home-legal-1", argv)

    def _at(self, folder: Path, argv: tuple[str, ...]) -> Result:
        pins = self._scene.folder / "pins.toml"
        pins.chmod(0o600)
        return self._run([*argv, "--station", str(folder), "--pins", str(pins)], b"")

    def asked(self, out: str, *more: str) -> None:
        told = self.station("journal", "checkpoint", "--witness", "legal-1", "--out", str(self.out / out), *more)
        assert told.status == 0, told


def value(result: Result) -> dict[str, Any]:
    assert result.status == 0, result
    return dict(json.loads(result.stdout))


def test_a_witness_by_pictures_and_by_a_typed_line(command: Run, tmp_path: Path) -> None:
    with staged(witnessed_base()) as scene:
        two = Two(command, scene, tmp_path)
        line = value(two.home("keyholder", "witness", "--json"))["line"]
        assert line.startswith("legal-1 demo.example/console-demo/witness-")
        assert line in two.station("policy", "show").stdout.replace(", ", "\n")
        before = two.station("journal", "status").stdout
        assert "no witness has signed it yet" in before
        assert "The security module is files" in before

        two.asked("ask.png")
        scanned = value(two.station("handoff", "scan", str(tmp_path / "ask.png"), "--json"))
        assert (scanned["kind"], scanned["describes"]["verified"]) == ("witness", False)
        signed = two.home("keyholder", "witness", str(tmp_path / "ask.png"), "--out", str(tmp_path / "answer.png"))
        assert signed.status == 0, signed
        assert "to be typed" in signed.stdout
        taken = two.station("journal", "cosign", str(tmp_path / "answer.png"))
        assert taken.status == 0, taken
        assert taken.stdout.startswith("legal-1 signed ")
        assert "last witnessed by Anna Berg" in two.station("journal", "status").stdout

        with scene.console() as console:
            filed(console, {"credential": PASSWORD})
        two.asked("again")
        pictures = sorted(map(str, (tmp_path / "again").iterdir()))
        typed = value(two.home("keyholder", "witness", *pictures, "--out", str(tmp_path / "a.bg"), "--json"))["line"]
        taken = two.station("journal", "cosign", *typed.replace("—", "").split())
        assert taken.status == 0, taken
        refused = two.station("journal", "cosign", typed)
        assert (refused.status, "before, and that is kept" in refused.stderr) == (1, True)

        export = tmp_path / "export"
        assert two.station("journal", "export", str(export)).status == 0
        assert (export / "cosigned").read_text().count("\n— ") == 2
        held = value(two.station("journal", "verify", "--checkpoint", str(export / "cosigned"), "--json"))
        assert held["compared"]["same"]


def test_a_station_that_was_put_back_is_called_out_on_both_sides(command: Run, tmp_path: Path) -> None:
    with staged(witnessed_base()) as scene:
        two, before = Two(command, scene, tmp_path), journal_files(scene)
        with scene.console() as console:
            filed(console, {"credential": PASSWORD})
        newest = value(two.station("journal", "checkpoint", "--json"))
        (tmp_path / "receipt").write_text(newest["note"])
        two.asked("ask.bg")
        answer = str(tmp_path / "answer.bg")
        assert two.home("keyholder", "witness", str(tmp_path / "ask.bg"), "--out", answer).status == 0
        put_back(scene, before)

        two.asked("old.bg")
        refused = two.home("keyholder", "witness", str(tmp_path / "old.bg"), "--out", answer + "2")
        assert (refused.status, "the station was put back" in refused.stderr) == (1, True)
        loud = two.station("journal", "cosign", answer)
        assert loud.status == 4
        assert "SAW ANOTHER JOURNAL" in loud.stderr
        assert loud.stderr.count("root ") == 2
        words = two.station("journal", "verify", "--words", " ".join(newest["words"]), "--size", str(newest["size"]))
        assert (words.status, "ANOTHER journal" in words.stdout) == (4, True)
        assert two.station("journal", "verify", "--words", "a b").status == 2
        verdict = two.station("journal", "verify", "--checkpoint", str(tmp_path / "receipt"))
        assert verdict.status == 4
        alarmed = two.station("activation", "list", "--json")
        assert alarmed.status in (0, 4), alarmed
        again = value(two.station("journal", "new-log", "--json"))
        assert again["alarm"] == ["shorter_than_outside"] or "outside_differs" in again["alarm"]


def test_a_receipt_for_who_takes_nothing_along(command: Run, tmp_path: Path) -> None:
    with staged(witnessed_base()) as scene:
        two = Two(command, scene, tmp_path)
        with scene.console() as console:
            act = filed(console, {"credential": PASSWORD})
        receipt = tmp_path / "receipt.png"
        told = two.station(
            "activation", "approve", act, "--keyholder", "it-1", "--matter", MATTER, "--receipt", str(receipt)
        )
        assert told.status == 0, told
        held = value(two.station("journal", "verify", "--checkpoint", str(receipt), "--json"))
        assert held["compared"]["same"]
        shutil.copy(receipt, tmp_path / "kept.png")
        status = value(two.station("journal", "status", "--json"))
        assert status["provable"]["by"] == "Carla Dietz"
