# SPDX-License-Identifier: Apache-2.0
"""Whoever is suspended and can write the station's files: no alarm lifts it, and their signature begins no new log."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from console import wording
from console.actions.console import Console
from console.actions.journal import renewal
from console.actions.policy import suspension
from console.adapters.journal.mirror_log import MirrorLog
from console.domain.canonical import Json
from console.domain.entries.entry import Entry
from console.domain.errors import Refused
from console.domain.renewal import Renewal, policy_of
from tests.support.activations import filed
from tests.support.alarms import delete_journal
from tests.support.copies import copy_files, restore_files
from tests.support.scenes import PASSWORD, Scene, sealed_base, staged

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A station whose it-2 is suspended, with something written since."""
    with staged(sealed_base()) as lent:
        with lent.console() as console:
            suspension.suspend(console, "it-2", "it-1")
        with lent.console() as console:
            filed(console, {"credential": PASSWORD})
        yield lent


def unproven(scene: Scene) -> None:
    """No database, and a second medium that lacks its end: nothing is proven any more."""
    delete_journal(scene)
    file = scene.folder / "mirror" / "journal.mirror"
    file.write_bytes(file.read_bytes()[:-10])


def signed_by_hand(console: Console, proposed: Renewal, *members: str) -> None:
    """Sign past the program, as a patched copy of it would, and leave the file for the next start."""
    for member in members:
        known = policy_of(proposed, console.policy)
        proposed = proposed.signed(member, known, partial(console.token(member).sign, "sign"))
    console.vault.write(f"{renewal.PROPOSALS}{proposed.id}.json", proposed.encode())


def test_nobody_suspended_signs_a_new_log_when_nothing_proves_the_old_one(scene: Scene) -> None:
    unproven(scene)
    with scene.console() as console:
        assert console.policy.suspended == frozenset()
        said: Any = renewal.propose(console)
        assert said["found"]["proven"] is False
        assert (said["suspended"], said["suspensions_lost"]) == (["it-2"], [])
        with pytest.raises(Refused, match="keyholder_suspended"):
            renewal.sign(console, said["renewal"], "it-2")
        renewal.sign(console, said["renewal"], "legal-1")
        assert renewal.sign(console, said["renewal"], "it-1")["in_force"] is True
    with scene.console() as console:
        assert console.policy.suspended == {"it-2"}


def test_a_proposal_that_leaves_the_suspension_out_changes_nothing_about_it(scene: Scene) -> None:
    unproven(scene)
    with scene.console() as console:
        renewal.propose(console)
        (proposed,) = renewal.proposals(console.vault, console.policy)
        carried = tuple(entry for entry in proposed.carried if entry["type"] != suspension.SUSPENDED)
        forged = replace(proposed, carried=carried)
        console.vault.write(f"{renewal.PROPOSALS}{forged.id}.json", forged.encode())
        with pytest.raises(Refused, match="keyholder_suspended"):
            renewal.sign(console, forged.id, "it-2")


def test_what_somebody_suspended_has_signed_is_not_resumed(scene: Scene) -> None:
    unproven(scene)
    with scene.console() as console:
        renewal.propose(console)
        (proposed,) = renewal.proposals(console.vault, console.policy)
        signed_by_hand(console, proposed, "legal-1", "it-2")
    with scene.console() as console:
        assert console.logs.current().number == 1
        answer = renewal.sign(console, proposed.id, "it-1")
        assert answer["in_force"] is True


def test_a_suspension_that_cannot_be_opened_is_named_to_the_signers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    unproven(scene)
    genuine = MirrorLog.open_fields

    def withheld(self: MirrorLog, entry: Entry) -> dict[str, Json]:
        return {} if entry.type == suspension.SUSPENDED else genuine(self, entry)

    monkeypatch.setattr(MirrorLog, "open_fields", withheld)
    with scene.console() as console:
        said: Any = renewal.propose(console)
        (lost,) = said["suspensions_lost"]
        assert (lost["person"], said["suspended"]) == ("it-2", [])
        assert wording.suspensions_lost(said["suspensions_lost"]).startswith(
            f"1 suspension could not be carried over: it-2 (entry {lost['entry']})"
        )


def test_without_an_alarm_a_signed_new_log_is_not_begun(scene: Scene) -> None:
    """An alarm that was provoked for two signatures and then undone."""
    whole = copy_files(scene.home)
    delete_journal(scene)
    with scene.console() as console:
        renewal.propose(console)
        (proposed,) = renewal.proposals(console.vault, console.policy)
        signed_by_hand(console, proposed, "legal-1", "it-1")
    restore_files(scene.home, whole)
    with scene.console() as console:
        assert console.journal.alarm() == []
        assert console.logs.current().number == 1
        with pytest.raises(Refused, match="no_alarm"):
            renewal.sign(console, proposed.id, "legal-2")
