# SPDX-License-Identifier: Apache-2.0
"""Erasing: two people agree, and what was said can be read nowhere any more, while every proof holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.actions import activation, erasure, journal
from console.actions.ports import Console
from console.domain.errors import Refused
from tests.kill.stage import PASSWORD, Scene, approve, filed, recovery_base, staged

pytestmark = [pytest.mark.real, pytest.mark.long]
REASON = "Anmeldung und Register sind seit heute nicht erreichbar, Kennwort Zwetschgenmus."


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(recovery_base()) as lent:
        yield lent


def denied(console: Console) -> str:
    """File a request, approve it, withdraw it; return its activation."""
    act = filed(console, {"credential": PASSWORD}, reason=REASON)
    approve(console, act, "legal-1")
    activation.withdraw(console, act)
    return act


def erase(console: Console, *members: str, **what: str) -> str:
    """Propose an erasure and let these approve it; return its id."""
    id_ = str(erasure.propose(console, "request", **what)["erasure"])
    for member in members:
        erasure.approve(console, id_, member)
    return id_


def test_a_requester_is_erased_inside_one_activation(scene: Scene, tmp_path: Path) -> None:
    with scene.console() as console:
        act, other = denied(console), denied_again(console)
        (requested,) = console.journal.entries(act=act, type_="activation.requested")
        assert console.journal.open_fields(requested)
        erase(console, "legal-1", "it-1", subject="legal-ops-1", act=act)
        assert console.journal.open_fields(requested) == {}
        with pytest.raises(Refused) as error:
            activation.load_request(console, act)
        assert error.value.code == "request_erased"
        assert activation.load_request(console, other).activation == other
        verdict = journal.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]
    with scene.console() as console:
        assert console.journal.open_fields(requested) == {}
        exported = journal.export(console, tmp_path / "out")
        assert exported["erased"] == 1
    for where in (scene.home, scene.folder / "mirror", tmp_path / "out"):
        for file in where.rglob("*"):
            if file.is_file():
                assert b"Zwetschgenmus" not in file.read_bytes() or file.name == "openings.json"


def denied_again(console: Console) -> str:
    act = filed(console, {"credential": PASSWORD})
    activation.withdraw(console, act)
    return act
