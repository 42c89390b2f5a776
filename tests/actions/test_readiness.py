# SPDX-License-Identifier: Apache-2.0
"""The doctor on a real station: what it finds, what it measures, whom it says to call; the card it keeps fresh."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions.backup import copy
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.document import grab_card
from console.actions.keyholder import enrolment, proof
from console.actions.policy import steps, suspension
from console.actions.readiness import report, rollback
from console.adapters.vault import BackupFolder
from console.domain.canonical import Json
from console.domain.errors import Corrupt, Unavailable
from console.domain.keyholder.contact import Contact
from console.sentences.checks import CHECKS, CHECKS_NOW, command, details, now, title
from console.wiring.station import measure_rollback
from tests.support.activations import approve, filed, open_for
from tests.support.clocks import days_later
from tests.support.scenes import PASSWORD, Scene, sealed_base, staged
from tests.support.screens import Paper
from tests.support.sheets import recovery_base, sign_step

pytestmark = pytest.mark.real
DAY = 86_400_000
CERTIFICATE = "crm-client-certificate"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A station on which something of every kind is sealed."""
    with staged(sealed_base()) as lent:
        yield lent


def found(console: Console) -> dict[str, Mapping[str, Any]]:
    rows = cast(list[dict[str, Any]], report.readiness(console)["checks"])
    return {str(row["id"]): row for row in rows}


def test_every_check_is_made_and_has_its_words(scene: Scene) -> None:
    with scene.console() as console:
        value = report.readiness(console)
    rows = cast(list[dict[str, Any]], value["checks"])
    assert {row["id"] for row in rows} == set(CHECKS) == set(CHECKS_NOW)
    assert all(isinstance(row["detail"], str) and row["detail"] for row in rows)
    assert value["ready"] is True
    (tried,) = [row for row in rows if row["id"] == "recovery_drill"]
    assert title(tried) == "there are no recovery sheets to try yet"
    tokens = cast(list[dict[str, Json]], value["tokens"])
    assert {row["present"] for row in tokens} == {"here"}


def test_ages_grow_and_certificates_end(scene: Scene) -> None:
    with scene.console() as console:
        fresh = found(console)
        assert (fresh["secret_age"]["ok"], fresh["certificates"]["detail"]) == (True, f"{CERTIFICATE}: ends in 29 days")
        (row,) = [r for r in cast(list[Any], report.readiness(console)["secrets"]) if r["name"] == CERTIFICATE]
        assert row["expires_days"] == 29
        old = found(days_later(console, 400))
    assert f"{PASSWORD}: sealed 400 days ago" in old["secret_age"]["detail"]
    assert "ended 371 days ago" in old["certificates"]["detail"]


def test_what_was_shown_is_named_until_it_is_rotated(scene: Scene) -> None:
    with scene.console() as console:
        from console.actions.activation import release

        act = open_for(console, {"credential": PASSWORD})
        release.release(console, act, PASSWORD, Paper())
        rows = found(console)
        assert (rows["exposed"]["detail"], rows["drill"]["ok"]) == (PASSWORD, True)
        assert not found(days_later(console, 93))["drill"]["ok"]
        versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        versions.confirm(console, PASSWORD, "it-2", "ticket 17")
        assert found(console)["exposed"]["ok"]


def test_a_clock_that_went_back_is_named(scene: Scene) -> None:
    with scene.console() as console:
        assert found(console)["clock"]["ok"]
        assert "earlier than the newest entry" in found(days_later(console, -1))["clock"]["detail"]


# --- tokens ---------------------------------------------------------------------------------------------------


def test_a_token_is_proven_and_its_proof_grows_old(scene: Scene) -> None:
    with scene.console() as console:
        assert "legal-2: never proven, here" in found(console)["tokens"]["detail"]
        assert proof.prove(console, "legal-2")["days_since_the_last"] is None
        assert "legal-2" not in found(console)["tokens"]["detail"]
        assert "legal-2: proven 36 days ago" in found(days_later(console, 36))["tokens"]["detail"]
        assert proof.prove(days_later(console, 30), "legal-2")["days_since_the_last"] == 30
        entry = next(console.journal.entries(type_=proof.PROVEN))
        assert (entry.proof, entry.actor) == ("token", console.people["legal-2"])


def test_an_approval_proves_a_token_too(scene: Scene) -> None:
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        approve(console, act, "legal-1")
        assert set(proof.last_proofs(console)) == {"legal-1"}


def test_a_token_that_is_gone_proves_nothing(scene: Scene) -> None:
    shutil.rmtree(scene.folder / "tokens" / "legal-2")
    with scene.console() as console:
        assert "legal-2: never proven, not here" in found(console)["tokens"]["detail"]
        with pytest.raises(Unavailable):
            proof.prove(console, "legal-2")
        assert list(console.journal.entries(type_=proof.PROVEN)) == []


def test_another_persons_token_proves_nothing(scene: Scene) -> None:
    """What counts is the key: a signature made by somebody else's token is not written down."""
    with scene.console() as console:
        swapped = replace(console, token=lambda _: console.token("legal-1"))
        with pytest.raises(Corrupt, match="signature_wrong"):
            proof.prove(swapped, "legal-2")
        assert list(console.journal.entries(type_=proof.PROVEN)) == []


# --- the backup ------------------------------------------------------------------------------------------------


class Pulled(BackupFolder):
    """A disk that is pulled before the last file of a backup is on it."""

    def write(self, name: str, data: bytes) -> None:
        if name == copy.MANIFEST:
            raise Unavailable("file_unreadable", file=name, why="Input/output error")
        super().write(name, data)


def medium_of(scene: Scene, name: str) -> BackupFolder:
    return BackupFolder(scene.folder / name, scene.home, same_disk=True)


def backup_row(console: Console) -> tuple[bool, str]:
    row = copy.backup_check(console)
    return bool(row["ok"]), str(row["detail"])


def test_a_backup_is_missed_until_a_whole_one_holds_what_is_sealed(scene: Scene) -> None:
    with scene.console() as console:
        assert found(console)["backup"]["level"] == "warning"
        assert backup_row(console) == (False, "none was ever written")
        with pytest.raises(Unavailable):
            copy.make(console, Pulled(scene.folder / "pulled", scene.home, same_disk=True))
        assert backup_row(console) == (False, "none was ever written; the newest one was not finished")
        made = copy.make(console, medium_of(scene, "whole"))
        assert backup_row(console) == (True, "in order")
        assert made["size"] == copy.verify(console.vault, medium_of(scene, "whole"))["size"]
        assert backup_row(days_later(console, 35))[0]
        assert backup_row(days_later(console, 36)) == (False, "last written 36 days ago")
        versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        assert backup_row(console) == (False, f"sealed since: {PASSWORD}")


def test_a_backup_before_a_change_of_people_is_overtaken(scene: Scene) -> None:
    with scene.console() as console:
        copy.make(console, medium_of(scene, "whole"))
        assert backup_row(console)[0]
        gone = steps.propose_change(console, {"remove": [{"member": "it-2"}]})
        sign_step(console, str(gone["proposal"]))
        assert backup_row(console) == (False, "people, rules or sheets changed since")


# --- who must act ---------------------------------------------------------------------------------------------


def test_whoever_must_act_is_named_with_a_telephone(scene: Scene) -> None:
    with scene.console() as console:
        assert [who["phone"] for who in found(console)["hsm_rollback"]["call"]] == ["", ""]
        enrolment.set_contact(console, "it-2", Contact(phone="+49 40 555 0117"))
        first, second = found(console)["hsm_rollback"]["call"]
    assert (first["name"], first["phone"], second["phone"]) == ("Deniz Eren", "+49 40 555 0117", "")


def test_under_the_alarm_the_doctor_still_answers(scene: Scene) -> None:
    """The journal is gone: what cannot be checked says so, and nothing is green that nobody looked at."""
    for path in scene.home.glob("journal.db*"):
        path.unlink()
    with scene.console() as console:
        rows = found(console)
    assert not rows["anchor"]["ok"]
    assert details(rows["journal"]) == details(rows["anchor"]) == "The journal's file is missing."
    for id_ in ("lockout", "tokens", "clock", "grab_card", "prepared", "drill"):
        assert not rows[id_]["ok"], id_


# --- what the security module keeps ---------------------------------------------------------------------------


def test_the_rollback_drill_measures_and_touches_nothing(scene: Scene) -> None:
    hsm = scene.home / "hsm"
    before = {path: path.read_bytes() for path in hsm.rglob("*") if path.is_file() and path.name != "lock"}
    measured = measure_rollback(scene.station.settings)
    assert before == {path: path.read_bytes() for path in hsm.rglob("*") if path.is_file() and path.name != "lock"}
    # SoftHSM keeps its keys in files: an old copy brings back what it destroyed and replaced.
    assert measured == {"destroys": "no", "anchors": "no"}
    with scene.console() as console:
        assert "not measured yet" in found(console)["hsm_rollback"]["detail"]
        rollback.note_rollback(console, measured)
        row = found(console)["hsm_rollback"]
    assert (row["ok"], row["level"]) == (False, "warning")
    assert row["detail"] == "software: stays destroyed: no, stays remembered: no; measured 0 days ago"
    assert (now(row), command(row)) == ("Let nobody put an old copy of this device back.", "")


def test_a_device_is_never_measured_by_guessing(scene: Scene) -> None:
    settings = scene.station.settings
    device = replace(settings, hsm=replace(settings.hsm, module="/usr/lib/other.so"))
    assert measure_rollback(device) == {"destroys": "unproven", "anchors": "unproven"}
    with scene.console() as console:
        rollback.note_rollback(console, {"destroys": "yes", "anchors": "yes"})
        assert found(console)["hsm_rollback"]["ok"]
        # Measured on another module: it says nothing about this one.
        assert not found(replace(console, settings=device))["hsm_rollback"]["ok"]


# --- the grab card --------------------------------------------------------------------------------------------


def test_the_grab_card_is_stale_when_people_or_numbers_change(scene: Scene, tmp_path: Path) -> None:
    with scene.console() as console:
        assert found(console)["grab_card"]["detail"] == "none was ever printed"
        assert grab_card.grab_card(console).startswith(b"%PDF")
        assert found(console)["grab_card"]["ok"]
        enrolment.set_contact(console, "legal-1", Contact(phone="+49 40 555 0117"))
        assert not found(console)["grab_card"]["ok"]
        grab_card.grab_card(console)
        assert found(console)["grab_card"]["ok"]
        suspension.suspend(console, "it-2", "it-1")
    with scene.console() as console:
        assert not found(console)["grab_card"]["ok"]
        (entry, *_) = console.journal.entries(type_=grab_card.PRINTED)
        # What was printed is committed to, not told: a telephone number could be guessed from a bare hash.
        assert (entry.body, list(entry.c)) == ({}, ["content"])


def test_the_grab_card_is_printed_though_somebody_who_left_keeps_a_sheet() -> None:
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            # Of the group they were dealt to, it-2 keeps the second sheet of the station's set.
            gone = steps.propose_change(console, {"remove": [{"member": "it-2"}]})
            sign_step(console, str(gone["proposal"]))
        with scene.console() as console:
            (scene.folder / "card.pdf").write_bytes(grab_card.grab_card(console))
            assert found(console)["grab_card"]["ok"]
        read = ["pdftotext", "-layout", str(scene.folder / "card.pdf"), "-"]
        assert "(has left)" in subprocess.run(read, capture_output=True, text=True, check=True).stdout
