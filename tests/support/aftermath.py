# SPDX-License-Identifier: Apache-2.0
"""What must be true of a station after any kill: checked by opening it again, as the next process of any kind would."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from console.actions.activation import release
from console.actions.console import Console
from console.actions.journal import reading
from console.adapters.journal.mirror import MIRROR_NAME, read_records
from console.domain.errors import Refused
from tests.kill.steps import VERBS, Step
from tests.support.scenes import Base, Scene, staged
from tests.support.screens import Paper

PROJECT = Path(__file__).parent.parent.parent
STATION_FILES = (
    "canaries",
    "cards",
    "counsel",
    "drafts",
    "escrow",
    "records",
    "recovery",
    "slots",
    "state",
    "table",
    "genesis.json",
    "database-key.json",
)


class Victims:
    """Runs verbs in processes that are killed."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.victim"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, verb: str, scene: Scene, point: int | None = None, **more: object) -> int:
        """Run a verb, killed before its ``point``-th step; return its exit code (minus the signal that ended it)."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        job = {"folder": str(scene.folder), "act": scene.act, "verb": verb, "point": point, **more}
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def close(self) -> None:
        """End the server."""
        self._server.communicate()


@contextmanager
def killed(victims: Victims, verb: str, base: Base, point: int) -> Iterator[Scene]:
    """Lend a station on which a verb was killed before its ``point``-th step, opened again and found settled."""
    with staged(base) as scene:
        assert victims.run(verb, scene, point) == -signal.SIGKILL
        assert steps_taken(scene) == list(VERBS[verb][:point])
        check_settled(scene)
        yield scene


def steps_taken(scene: Scene) -> list[Step]:
    """Return the steps that the victim noted before it took them."""
    lines = (scene.folder / "steps").read_text().splitlines()
    return [Step(*line.split(": ", 1)) for line in lines]


def check_settled(scene: Scene) -> None:
    """Open the station twice: whole the first time, and nothing left to mend the second."""
    with scene.console() as console:
        check_journal(console)
        check_keys(console)
        size = console.journal.size()
    with scene.console() as console:
        assert console.journal.size() == size, "a second sweep found something to do"


def check_journal(console: Console) -> None:
    """One root, no alarm, every intent with exactly one outcome."""
    verdict = reading.verify(console, deep=True)
    assert verdict["ok"], verdict["findings"]
    intents = [entry.seq for entry in console.journal.entries(type_="release.intended")]
    outcomes = [entry.body["intent"] for entry in console.journal.entries(type_="release.outcome")]
    assert sorted(intents) == sorted(outcomes)  # type: ignore[type-var]


def check_keys(console: Console) -> None:
    """One key for each table, and a request key for nothing but what is going on."""
    kinds = [name.split("-")[0] for name in console.hsm.keys()]
    assert (kinds.count("state"), kinds.count("table")) == (1, 1)
    begun = {entry.act for entry in console.journal.entries(type_="activation.requested")}
    assert {name.removeprefix("open-") for name in console.hsm.keys() if name.startswith("open-")} <= begun


def shown_by_victim(scene: Scene) -> list[bytes]:
    """Return what the victim had put on its screen."""
    file = scene.folder / "shown"
    return file.read_bytes().splitlines() if file.exists() else []


def release_all(scene: Scene, name: str, times: int) -> tuple[list[bytes], Any]:
    """Release a credential so many times or until it is gone; return what was shown and the budget."""
    paper, budget = Paper(), None
    with scene.console() as console:
        for _ in range(times):
            try:
                budget = release.release(console, scene.act, name, paper)["budget"]
            except Refused as error:
                assert error.code == "code_gone"
    return [secret for _, secret in paper.shown], budget


def unlike_on_mirror(scene: Scene) -> list[str]:
    """Return the station's files that the second medium lacks or holds otherwise."""
    ours, theirs = (_files(scene.folder / medium) for medium in ("station", "mirror"))
    return sorted(name for name in ours if ours[name] != theirs.get(name))


def entries_on_mirror(scene: Scene) -> list[int]:
    """Return the numbers of the entries that the second medium has, in its order."""
    return [seq for seq, _ in read_records(scene.folder / "mirror" / MIRROR_NAME)]


def _files(root: Path) -> dict[str, bytes]:
    tops = [root / name for name in STATION_FILES]
    found = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file()]
    return {os.fspath(path.relative_to(root)): path.read_bytes() for path in found if path.name[0] != "."}
