# SPDX-License-Identifier: Apache-2.0
"""Codes from seeds on a real station: in the token, never twice, stopped by a clock that was set, mended by people."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from console.actions.activation import lifecycle, release
from console.actions.console import Console
from console.actions.credential import drift, otp, versions
from console.actions.entries import by_token
from console.actions.sealed import tables
from console.actions.station import clock
from console.domain.entries.entry import to_rfc3339
from console.domain.errors import Refused
from console.domain.payload import otp as rules
from tests.support.activations import open_for
from tests.support.clocks import SetClock
from tests.support.forgery import write
from tests.support.keys import HOTP, HOTP_CODES, TOTP, keys_base
from tests.support.scenes import PASSWORD, Scene, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real

MINUTE = 60


@pytest.fixture
def machine() -> SetClock:
    return SetClock()


@pytest.fixture
def scene(machine: SetClock) -> Iterator[Scene]:
    with staged(keys_base()) as lent:
        lent.station._machine = machine
        yield lent


@pytest.fixture
def console(scene: Scene) -> Iterator[Console]:
    with scene.console() as lent:
        yield lent


def released(console: Console, act: str, name: str) -> bytes:
    paper = Paper()
    release.release(console, act, name, paper)
    ((_, shown),) = paper.shown
    return shown


def totp(step: int) -> bytes:
    """Return the code of a step, as another authenticator with the same seed shows it."""
    return rules.code(rules.macs(memoryview(rules.TEST_SEED), [step])[0], 6)


def step(console: Console) -> int:
    return rules.totp_step(console.machine.reading().wall_ms)


def last(console: Console, type_: str) -> Any:
    return next(console.journal.entries(type_=type_, newest_first=True)).body


class NoImports:
    """An HSM whose module takes no keys from outside, or computes something else with them."""

    def __init__(self, hsm: Any, made: list[bytes] | None = None) -> None:
        self._hsm, self._made = hsm, made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hsm, name)

    def mac_once(self, *_: object) -> list[bytes]:
        """Refuse, or answer what the test said."""
        if self._made is None:
            raise Refused("unsupported", module_error="MechanismInvalid")
        return self._made


class OnlyItsTest(NoImports):
    """An HSM that passes its test and fails when it counts."""

    def mac_once(self, *_: object) -> list[bytes]:
        """Compute the first time."""
        if self.is_tried:
            raise Refused("unsupported", module_error="FunctionFailed")
        self.is_tried = True
        return [rules.TEST_MAC]

    is_tried = False


# --- before it is sealed ----------------------------------------------------------------------------------


def test_the_present_code_of_a_seed_is_known_before_it_is_sealed(console: Console) -> None:
    before, written = step(console), len(list(console.journal.entries()))
    told = otp.present_code(console.machine, bytearray(base64.b32encode(rules.TEST_SEED)))
    assert str(told["code"]).encode() in [totp(before), totp(before + 1)]
    assert 1 <= cast(int, told["seconds_left"]) <= rules.PERIOD_SECONDS
    assert len(list(console.journal.entries())) == written
    with pytest.raises(Refused, match="seed_not_base32"):
        otp.present_code(console.machine, bytearray(b"no seed at all"))


# --- where it is computed ---------------------------------------------------------------------------------


def test_a_code_is_computed_in_the_token(scene: Scene, console: Console) -> None:
    before = step(console)
    shown = released(console, scene.act, TOTP)
    assert shown in [totp(before), totp(before + 1)]
    assert last(console, "release.intended")["computed"] == "hsm"


@pytest.mark.parametrize("made", [None, [bytes(20)]])
def test_else_in_software_and_the_entry_says_so(scene: Scene, console: Console, made: list[bytes] | None) -> None:
    unable = replace(console, hsm=NoImports(console.hsm, made))
    before = step(console)
    assert released(unable, scene.act, TOTP) in [totp(before), totp(before + 1)]
    assert last(console, "release.intended")["computed"] == "software"
    with pytest.raises(Refused, match="totp_wait"):
        released(console, scene.act, TOTP)


# --- HOTP -------------------------------------------------------------------------------------------------


def test_hotp_counts(scene: Scene, console: Console) -> None:
    assert [released(console, scene.act, HOTP) for _ in range(3)] == HOTP_CODES[:3]
    assert (last(console, "release.intended")["step"], last(console, "release.intended")["computed"]) == (2, "hsm")


def test_the_larger_of_table_and_journal_counts(scene: Scene, console: Console) -> None:
    """A table put back to an older number, and one that is ahead of the journal."""
    assert released(console, scene.act, HOTP) == HOTP_CODES[0]
    row = versions.counter_row(HOTP, 1)
    otp.pass_counter(console, row, 0)
    assert released(console, scene.act, HOTP) == HOTP_CODES[1]
    otp.pass_counter(console, row, 5)
    assert released(console, scene.act, HOTP) == HOTP_CODES[5]


class Dark:
    """A screen that fails before anything appears, as far as anybody can tell."""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Fail."""
        raise Refused("descriptor_closed", descriptor=9)


def test_a_code_whose_showing_failed_does_not_come_again(scene: Scene, console: Console) -> None:
    with pytest.raises(Refused, match="descriptor_closed"):
        release.release(console, scene.act, HOTP, Dark())
    assert last(console, "release.outcome")["outcome"] == "unknown"
    assert released(console, scene.act, HOTP) == HOTP_CODES[1]


def test_a_code_that_was_never_computed_comes_next(scene: Scene, console: Console) -> None:
    with pytest.raises(Refused, match="unsupported"):
        released(replace(console, hsm=OnlyItsTest(console.hsm)), scene.act, HOTP)
    assert last(console, "release.outcome")["outcome"] == "failed"
    assert released(console, scene.act, HOTP) == HOTP_CODES[0]


def test_a_new_seed_begins_anew_and_the_old_counter_goes(scene: Scene, console: Console) -> None:
    released(console, scene.act, HOTP)
    versions.rotate(console, HOTP, bytearray(b"otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=4"))
    versions.confirm(console, HOTP, "it-2", "the target takes it")
    rows = tables.rows(console.hsm, console.vault, tables.STATE)
    assert versions.counter_row(HOTP, 1) not in rows
    lifecycle.end(console, scene.act)
    act = open_for(console, {"credential": HOTP})
    assert released(console, act, HOTP) == HOTP_CODES[4]


# --- drift ------------------------------------------------------------------------------------------------


def test_hotp_goes_on_after_the_code_shown_elsewhere(scene: Scene, console: Console) -> None:
    released(console, scene.act, HOTP)
    answer = drift.drift(console, HOTP, "254 676")
    assert (answer["offset"], answer["next"]) == (4, 6)
    assert released(console, scene.act, HOTP) == HOTP_CODES[6]
    with pytest.raises(Refused, match="drift_not_found"):
        drift.drift(console, HOTP, HOTP_CODES[2].decode())


@pytest.mark.parametrize("offset", [-10, 4])
def test_totp_counts_with_the_offset_that_was_found(scene: Scene, console: Console, offset: int) -> None:
    answer = drift.drift(console, TOTP, totp(step(console) + offset).decode())
    assert answer["offset"] in (offset, offset - 1)
    released(console, scene.act, TOTP)
    assert abs(last(console, "release.intended")["step"] - step(console) - offset) <= 1
    assert totp(step(console) + offset) not in b"".join(e.data for e in console.journal.entries())


def test_few_tries_and_each_in_the_journal(scene: Scene, console: Console) -> None:
    for _ in range(drift.TRIES):
        with pytest.raises(Refused, match="drift_not_found"):
            drift.drift(console, TOTP, totp(step(console) + 40).decode())
    assert len(list(console.journal.entries(act=scene.act, type_="activation.refused"))) == drift.TRIES
    with pytest.raises(Refused, match="drift_tries"):
        drift.drift(console, TOTP, totp(step(console)).decode())


def test_only_while_an_activation_of_it_is_open(scene: Scene, console: Console) -> None:
    with pytest.raises(Refused, match="drift_needs_activation"):
        drift.drift(console, "idp-admin-totp", "123456")
    with pytest.raises(Refused, match="drift_kind"):
        drift.drift(console, PASSWORD, "123456")
    lifecycle.end(console, scene.act)
    with pytest.raises(Refused, match="drift_needs_activation"):
        drift.drift(console, TOTP, "123456")


def test_no_code_is_searched_in_letters(console: Console) -> None:
    with pytest.raises(Refused, match="drift_not_found"):
        drift.drift(console, TOTP, "\uff11\uff12\uff13\uff14\uff15\uff16")


# --- the clock --------------------------------------------------------------------------------------------


def now(console: Console) -> str:
    return to_rfc3339(console.machine.reading().wall_ms)


def test_a_clock_that_was_set_stops_codes_until_two_groups_say_the_time(
    scene: Scene, console: Console, machine: SetClock
) -> None:
    machine.wall_s = 10 * MINUTE
    for _ in range(2):  # An entry after the step does not make it forgotten.
        with pytest.raises(Refused, match="totp_clock"):
            released(console, scene.act, TOTP)
    with pytest.raises(Refused, match="totp_clock"):
        drift.drift(console, TOTP, "123456")
    assert released(console, scene.act, HOTP) == HOTP_CODES[0]
    with pytest.raises(Refused, match="two_groups_needed"):
        clock.attest(console, ["legal-1", "legal-2"], now(console))
    clock.attest(console, ["legal-1", "it-1"], now(console))
    before = step(console)
    assert released(console, scene.act, TOTP) in [totp(before), totp(before + 1)]
    machine.wall_s = 0
    with pytest.raises(Refused, match="totp_clock"):
        released(console, scene.act, TOTP)


@pytest.mark.parametrize(
    ("time", "code"),
    [("noon", "time_unreadable"), ("2026-11-24T02:00:00", "time_unreadable"), ("2026-01-01T00:00:00Z", "time_differs")],
)
def test_a_time_that_is_not_the_clocks(console: Console, time: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        clock.attest(console, ["legal-1", "it-1"], time)


def test_operators_attest_nothing(console: Console) -> None:
    with pytest.raises(Refused, match="not_a_keyholder"):
        clock.attest(console, ["legal-1", "legal-ops-1"], now(console))


def test_an_attestation_without_its_signatures_counts_for_nothing(
    scene: Scene, console: Console, machine: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written by a program in which the check was patched out."""
    machine.wall_s = 10 * MINUTE
    monkeypatch.setattr(clock, "_signed", lambda *_: bytes(64))
    clock.attest(console, ["legal-1", "it-1"], now(console))
    with pytest.raises(Refused, match="totp_clock"):
        released(console, scene.act, TOTP)


def test_an_offset_ends_with_the_clock_it_was_found_by(scene: Scene, console: Console) -> None:
    drift.drift(console, TOTP, totp(step(console) + 3).decode())
    assert otp.drift(console, TOTP) in (2, 3)
    clock.attest(console, ["it-2", "legal-2"], now(console))
    assert otp.drift(console, TOTP) == 0


def test_a_seed_lies_nowhere(scene: Scene) -> None:
    with scene.console() as console:
        versions.list_credentials(console)
        shown = released(console, scene.act, HOTP), released(console, scene.act, TOTP)
        assert all(code not in entry.data for entry in console.journal.entries() for code in shown)
    kept = b"".join(path.read_bytes() for path in scene.folder.rglob("*") if path.is_file())
    for form in (rules.TEST_SEED, rules.TEST_SEED.hex().encode(), scene.sealed[HOTP]):
        assert form not in kept


def test_an_attestation_written_down_once_more_counts_for_nothing(
    scene: Scene, console: Console, machine: SetClock
) -> None:
    """Two people's word from before the clock was set, copied into a new entry after it."""
    clock.attest(console, ["legal-1", "it-1"], now(console))
    (entry,) = console.journal.entries(type_="clock.attested")
    machine.wall_s = 10 * MINUTE
    fields: Any = console.journal.open_fields(entry)
    write(console, "clock.attested", by_token("legal-1"), entry.body, fields=fields, critical=True)
    with pytest.raises(Refused, match="totp_clock"):
        released(console, scene.act, TOTP)
