# SPDX-License-Identifier: Apache-2.0
"""Whatever the bytes of an export or a proof are, verify.py gives a verdict: it never crashes, and it says why."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.verifier import run
from tests.vectors.forge import P256, WITNESSES, Forged
from tests.vectors.verdicts import TOKENS, bent, sample

KEY = ("--key", P256.public.vkey())
VERDICTS = {2: "not judged", 0: "verified", 3: "consistent, origin unproven", 4: "corrupt"}
Change = Callable[[bytes], bytes]


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Return a change of bytes: flipped, cut, doubled, or with something put in."""
    kind, at, length = draw(st.tuples(st.integers(0, 4), st.floats(0, 1), st.integers(1, 40)))
    token, byte = draw(st.sampled_from(TOKENS) | st.binary(max_size=30)), draw(st.integers(1, 255))

    def change(data: bytes) -> bytes:
        return bent(data, at, length, kind, byte, token)

    return change


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Forged]:
    """Return an honest export, and the log that it is of."""
    log, folder = sample(), tmp_path_factory.mktemp("fuzz") / "honest"
    log.write(folder, cosigned=log.cosigned(0, 1, size=5), witnesses=WITNESSES, quorum=2)
    return folder, log


def judged(honest: Path, path: Path, *arguments: str) -> dict[str, Any]:
    """Return the report, and check that it is one."""
    status, report = run(honest / "verify.py", path, *arguments)
    assert report["verdict"] == VERDICTS[status]
    assert report["ok"] is (status in (0, 3)) is (report["findings"] == [])
    # What is given beside the files is the only excuse for saying nothing of them.
    assert status != 2 or "--policy" in arguments
    for finding in report["findings"]:
        assert finding.keys() == {"code", "seq", "detail"}
    return report


@settings(max_examples=100)
@given(data=st.data())
def test_any_file_of_an_export_may_be_anything(bench: tuple[Path, Forged], data: st.DataObject) -> None:
    honest, _ = bench
    names = sorted(str(path.relative_to(honest)) for path in honest.rglob("*") if path.is_file())
    name = data.draw(st.sampled_from([name for name in names if not name.endswith(".py")]))
    change, arguments = data.draw(changes()), data.draw(st.sampled_from([KEY, ()]))
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "out"
        shutil.copytree(honest, folder)
        (folder / name).write_bytes(change((folder / name).read_bytes()))
        judged(honest, folder, *arguments, "--deep")


@settings(max_examples=100)
@given(data=st.data())
def test_a_station_may_sign_anything(bench: tuple[Path, Forged], data: st.DataObject) -> None:
    honest, log = bench
    other = Forged(openings=dict(log.openings), withheld=list(log.withheld), erased=list(log.erased))
    place, change = data.draw(st.integers(0, log.size - 1)), data.draw(changes())
    for seq, entry in enumerate(log.entries):
        other.take(change(entry)[:65535] if seq == place else entry)
    with tempfile.TemporaryDirectory() as base:
        judged(honest, other.write(Path(base) / "out"), *KEY, "--deep")


@settings(max_examples=100)
@given(change=changes())
def test_a_proof_may_be_anything(bench: tuple[Path, Forged], change: Change) -> None:
    honest, log = bench
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(change(log.prove(0)))
        judged(honest, Path(file.name), *KEY)


WORDS = ["log", "witness", "group", "quorum", "any", "all", "none", "2", "0", "w1", "\n", "\n", "#", KEY[1]]
POLICIES = st.lists(st.sampled_from([*WORDS, WITNESSES[0].key.vkey()]), max_size=30).map(" ".join)


@given(policy=st.binary(max_size=200) | POLICIES.map(str.encode))
def test_a_policy_may_be_anything(bench: tuple[Path, Forged], policy: bytes) -> None:
    honest, _ = bench
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(policy)
        judged(honest, honest, "--policy", file.name)


def test_the_honest_one_is_verified(bench: tuple[Path, Forged]) -> None:
    honest, _ = bench
    assert judged(honest, honest, *KEY, "--deep")["ok"]
