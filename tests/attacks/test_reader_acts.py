# SPDX-License-Identifier: Apache-2.0
"""Somebody who may only read along tries to do more; somebody at the other end of the telephone is lied to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from console.actions import overview
from console.actions.activation import approval, lifecycle, release
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.journal import before_unlock
from console.actions.journal import reading as journal
from console.actions.paper import mode
from console.actions.policy import steps, suspension
from console.actions.privacy import hold
from console.actions.privacy.reader import limited
from console.actions.sealed import records
from console.actions.station import lifecycle as station_actions
from console.demo.emergency import REQUEST
from console.demo.station import card
from console.domain import status
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Request
from console.domain.canonical import decode_object, digest, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.keyholder.names import RESTORING
from console.domain.sealed import envelope
from console.ports.journal import Journal
from console.ports.logs import Logs
from console.ports.machine import Machine
from console.settings import read
from console.wiring.station import Station
from tests.attacks.reading_along import LATER, READER, read_along_base
from tests.support.activations import filed
from tests.support.alarms import delete_journal
from tests.support.fakes import NOON, FakeMachine
from tests.support.newcomers import PIN
from tests.support.remote import pinned_home
from tests.support.scenes import PASSWORD, UNLOCKER, Scene, staged
from tests.support.screens import Paper
from tests.support.stations import Pins

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(read_along_base()) as lent:
        yield lent


@pytest.fixture
def reading(scene: Scene) -> Iterator[Console]:
    """Lend the station as unlocked by the reader, on their own token."""
    station_actions.lock(scene.station.locked)
    place = Station(read(scene.home), Pins({**scene.station.operator.pins, READER: PIN}))  # type: ignore[attr-defined]
    try:
        assert place.unlock(READER)["member"] == READER
        with place.console() as console:
            yield console
    finally:
        station_actions.lock(place.locked)
        place.close()


def test_a_reader_sees_journal_and_counts(reading: Console) -> None:
    told = overview.overview(reading)
    assert (told["open"], told["open_jurisdictions"]) == (1, ["DE"])
    assert told["incidents"] == [REQUEST["incident"]]
    assert journal.verify(reading, deep=True)["ok"]
    assert journal.list_entries(reading)["size"] == reading.journal.size()
    assert len(str(overview.status_code(reading)["code"])) == 24
    assert mode.present(reading) is None


ATTEMPTS: dict[str, Callable[[Console, str], object]] = {
    "requests": lambda console, _: filed(console, {"credential": PASSWORD}),
    "approves": lambda console, act: approval.approve(console, act, READER),
    "uses the token of another": lambda console, act: approval.second(console, act, "legal-1", "extend", 60),
    "releases": lambda console, act: release.release(console, act, PASSWORD, Paper()),
    "ends": lifecycle.end,
    "seals": lambda console, _: versions.seal(
        console, "new-one", "password", "standard", bytearray(b"secret"), card("new-one")
    ),
    "rotates": lambda console, _: versions.rotate(console, PASSWORD, bytearray(b"secret")),
    "proposes": lambda console, _: steps.propose_without(console, "it-2"),
    "suspends": lambda console, _: suspension.suspend(console, "it-2", "it-1"),
    "holds": lambda console, act: hold.place(console, [f"act:{act}"], "legal-1", "because of a claim that is pending"),
}


def test_a_reader_can_bring_about_nothing(reading: Console, scene: Scene) -> None:
    before = reading.journal.size()
    for name, attempt in ATTEMPTS.items():
        with pytest.raises(Refused) as error:
            attempt(reading, scene.act)
        assert error.value.code in ("reader_only_reads", "not_a_keyholder", "activation_state"), name
        assert reading.journal.size() == before, name
    for name in ("requests", "releases", "seals", "proposes"):
        with pytest.raises(Refused) as error:
            ATTEMPTS[name](reading, scene.act)
        assert error.value.code == "reader_only_reads", name


def test_a_reader_is_limited_while_somebody_else_has_unlocked(scene: Scene) -> None:
    """As with ``breakglass --as``: they see, and the other's unlock lends them nothing."""
    with scene.station.console(as_member=READER) as console:
        assert console.hsm.unlocked_by() == UNLOCKER
        assert overview.overview(console)["open"] == 1
        with pytest.raises(Refused, match="reader_only_reads"):
            lifecycle.end(console, scene.act)


def test_the_ports_behind_the_journal_are_closed_to_a_reader(reading: Console, tmp_path: Path) -> None:
    """Opening keys are not theirs to destroy, and an older log leaves with them no more than the present one does.

    Under the alarm no entry would come before it and refuse them.
    """
    attempts: tuple[Callable[[], object], ...] = (
        lambda: reading.logs.destroy_opening_keys(["station"]),
        reading.logs.database_keys,
        lambda: reading.journal.export(tmp_path, audience="facts"),
        lambda: reading.journal.prove(0, audience="facts"),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as error:
            attempt()
        assert error.value.code == "reader_only_reads"

    class Followed:
        """Logs of which the present one is an older one, too."""

        def __getattr__(self, name: str) -> object:
            return getattr(reading.logs, name)

        @contextmanager
        def older(self, *_: object) -> Iterator[Journal]:
            yield cast(Any, reading.journal)._inner

    inner = replace(reading, logs=cast(Logs, Followed()))
    with limited(inner, READER).logs.older(1) as older, pytest.raises(Refused, match="reader_only_reads"):
        older.export(tmp_path, audience="facts")


def test_a_reader_unlocks_under_the_alarm_too_and_it_is_kept(scene: Scene) -> None:
    """Whoever reads along may see an alarm as everybody else: that they did is the one file they may bring about."""
    station_actions.lock(scene.station.locked)
    delete_journal(scene)
    place = Station(scene.station.settings, Pins({READER: PIN}))
    assert place.unlock(READER)["alarm"]
    (kept,) = (scene.home / before_unlock.FOLDER).iterdir()
    with place.console() as console:
        assert console.journal.alarm() and before_unlock.FOLDER + kept.name in console.vault.names("")
        attempts: tuple[Callable[[], object], ...] = (
            lambda: console.vault.write("policy/000002.json", b""),
            lambda: console.vault.remove(before_unlock.FOLDER + kept.name),
        )
        for attempt in attempts:
            with pytest.raises(Refused, match="reader_only_reads"):
                attempt()
    station_actions.lock(place.locked)
    place.close()


def test_what_a_cut_restore_left_keeps_no_reader_outside(scene: Scene) -> None:
    station_actions.lock(scene.station.locked)
    (scene.home / RESTORING).touch()
    place = Station(scene.station.settings, Pins({READER: PIN}))
    assert place.unlock(READER)["member"] == READER
    assert (scene.home / RESTORING).exists()
    station_actions.lock(place.locked)
    place.close()


def test_what_approvals_are_sealed_to_does_not_open_for_a_reader(reading: Console, scene: Scene) -> None:
    point = reading.policy.roster.member(READER).share
    attempts: tuple[Callable[[], object], ...] = (
        lambda: reading.hsm.derive(f"open-{scene.act}", [point]),
        lambda: reading.hsm.sign("request", b"anything"),
        lambda: reading.hsm.make_key("state-99"),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as error:
            attempt()
        assert error.value.code == "reader_only_reads"


def test_a_request_in_a_readers_name_counts_nowhere(scene: Scene) -> None:
    """Even a station that signs it: every keyholder's console refuses it by the roster."""
    with scene.console() as console:
        good = lifecycle.load_request(console, scene.act)
        body = {**good.body, "requester": READER, "proof": "unlock"}
        signed = console.hsm.sign("request", ceremony.request_digest(body))
        with pytest.raises(Refused) as error:
            ceremony.check_request(Request(body, signed, None), lifecycle.policy_of(console, good))
    assert error.value.code == "reader_only_reads"


def test_a_record_that_a_reader_sealed_never_opens(scene: Scene) -> None:
    """With the reader's true signature and the station's under it."""
    file = records.record_file(LATER, 1, 0)
    with scene.console() as console:
        made = dict(decode_object(console.vault.read(file)))
        place = Station(read(scene.home), Pins({READER: PIN}))
        try:
            signed = digest("sign-record", envelope.record_hash(made))
            own = place.token(READER).sign("sign", signed)
        finally:
            place.close()
        station = console.hsm.sign("request", signed)
        made["signatures"] = {"station": to_base64(station), "sealer": to_base64(own), "member": READER}
        with pytest.raises(Corrupt) as error:
            records.check_signed(console, made, LATER, 1, 0)
    assert error.value.code == "record_sealed_by_reader"


def test_the_other_end_of_the_telephone(scene: Scene) -> None:
    """A true code is believed; replayed, older, of another station, misheard: each is refused by its name."""
    with scene.console() as console:
        home = pinned_home(scene, console, READER, take_along=False)
        home = replace(home, operator=Pins({READER: PIN}))
        first = str(overview.status_code(console)["groups"])
    with home.console() as own:
        heard = overview.check_status(own, first.lower())
        assert (heard["open"], heard["jurisdictions"], heard["alarm"]) == (1, 1, False)
        assert overview.check_status(own, first)["same_as_before"]
        for wrong, code in (
            (first[:-1] + ("2" if first[-1] != "2" else "3"), "status_misheard"),
            (status.code_of(status.Status(1, 2, 0, 0, 0, False, 0), bytes(32)), "status_forged"),
        ):
            with pytest.raises(Refused) as error:
                overview.check_status(own, wrong)
            assert error.value.code == code
        at = replace(NOON, wall_ms=own.machine.reading().wall_ms + 11 * 60_000)
        later = replace(own, machine=cast(Machine, FakeMachine(at)))
        with pytest.raises(Refused) as error:
            overview.check_status(later, first)
        assert error.value.code == "status_old"
    with scene.console() as console:
        lifecycle.end(console, scene.act)
        second = str(overview.status_code(console)["code"])
    with home.console() as own:
        heard = overview.check_status(own, second)
        assert heard["open"] == 0
        assert isinstance(heard["grown"], int)
        assert heard["grown"] > 0
        # The station's own key, and a journal that was put back.
        with scene.console() as console:
            (shared,) = console.hsm.derive("journal", [console.policy.roster.member(READER).share])
            key = status.key_of(shared, console.policy.roster.vault, READER)
        now = own.machine.reading().wall_ms // 60_000
        with pytest.raises(Corrupt) as shrunk:
            overview.check_status(own, status.code_of(status.Status(now, 3, 1, 1, 0, False, 0), key))
        assert shrunk.value.code == "status_shrunk"
