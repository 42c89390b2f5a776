# SPDX-License-Identifier: Apache-2.0
"""Erasing: two people agree, and what was said can be read nowhere any more, while every proof holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.actions.journal import reading
from console.actions.privacy import erasure, notices
from console.actions.record import notes
from console.cli import privacy_lines
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.sentences.entry_words import what_it_says
from tests.support.activations import approve, filed
from tests.support.scenes import PASSWORD, Scene, staged
from tests.support.sheets import recovery_base

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
    lifecycle.withdraw(console, act)
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
            lifecycle.load_request(console, act)
        assert error.value.code == "request_erased"
        assert lifecycle.load_request(console, other).activation == other
        told = reading.show_entry(console, requested.seq)
        (erased,) = console.journal.entries(type_="privacy.erased")
        assert told["erased"] == erased.seq
        assert f"erased; entry {erased.seq} says so" in dict(what_it_says(told, str))["Request"]
        (kept,) = console.journal.entries(act=other, type_="activation.requested")
        assert reading.show_entry(console, kept.seq)["erased"] is None
        verdict = reading.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]
    with scene.console() as console:
        assert console.journal.open_fields(requested) == {}
        exported = reading.export(console, tmp_path / "out")
        assert exported["erased"] == 1
    for where in (scene.home, scene.folder / "mirror", tmp_path / "out"):
        for file in where.rglob("*"):
            if file.is_file():
                assert b"Zwetschgenmus" not in file.read_bytes() or file.name == "openings.json"


def test_counsels_notes_stay_and_whoever_agrees_is_told_so_before(scene: Scene) -> None:
    with scene.console() as console:
        act = denied(console)
        note = {"title": "Vermerk", "text": "Eva Falk hat angerufen.", "activation": act}
        added = cast(list[Object], notes.add(console, "note", "counsel", note)["entries"])
        told = erasure.propose(console, "request", act=act, subject="legal-ops-1")
        stays = [row["seq"] for row in added if row["track"] == "counsel"]
        assert told["counsel_notes"] == stays and len(stays) == 1
        assert cast(list[str], told["not_covered"])[:2] == ["counsel", "drafts"]
        for member in ("legal-1", "it-1"):
            told = erasure.approve(console, str(told["erasure"]), member)
        assert told["erased"] and told["counsel_notes"] == stays
        said = "\n".join(privacy_lines.erasure(told))
        assert f"stands in it and stays: entry {stays[0]}." in said
        assert "nothing here erases them" in said and "Ask one of Legal" in said


def test_what_was_erased_already_waits_for_nobody_and_owes_no_second_notice(scene: Scene, tmp_path: Path) -> None:
    with scene.console() as console:
        act = denied(console)
        reading.export(console, tmp_path / "out")
        later = str(erasure.propose(console, "order", act=act, subject="legal-ops-1")["erasure"])
        erase(console, "legal-1", "it-1", subject="legal-ops-1", act=act)
        status = notices.status(console)
        waiting = next(row for row in cast(list[Object], status["erasures"]) if row["erasure"] == later)
        assert (waiting["over"], waiting["erased"]) == ("erased_before", None)
        with pytest.raises(Refused) as error:
            erasure.approve(console, later, "legal-1")
        assert error.value.code == "erased_before"
        assert notices.status(console)["notices_owed"] == 1


def denied_again(console: Console) -> str:
    act = filed(console, {"credential": PASSWORD})
    lifecycle.withdraw(console, act)
    return act
