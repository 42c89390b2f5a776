# SPDX-License-Identifier: Apache-2.0
"""One-time codes as the RFCs compute them, what can be sealed of a seed, and whether a clock was set."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import Corrupt, Refused
from console.domain.payload import otp
from tests.support.fakes import NOON, FakeMachine

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# RFC 4226 appendix D.
HOTP = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split()
# RFC 6238 appendix B, SHA-1, 8 digits: the secret is ASCII "12345678901234567890".
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


def code(payload: bytes, counter: int, digits: int = 6) -> str:
    """Return the code of a counter, computed in software."""
    seed = otp.read_seed(memoryview(payload), memoryview(bytearray(len(payload))))
    return otp.code(otp.macs(seed, [counter])[0], digits).decode()


def test_hotp_is_that_of_rfc_4226() -> None:
    (payload,) = otp.hotp_payloads(SEED.encode())
    assert [code(payload, counter) for counter in range(10)] == HOTP
    assert otp.macs(memoryview(otp.TEST_SEED), [0]) == [otp.TEST_MAC]


@pytest.mark.parametrize(("seconds", "shown"), RFC_6238)
def test_totp_is_that_of_rfc_6238(seconds: int, shown: str) -> None:
    (payload,), step = otp.totp_payloads(SEED.encode()), otp.totp_step(seconds * 1000)
    assert (code(payload, step), code(payload, step, 8)) == (shown[-6:], shown)


def test_a_step_lasts_thirty_seconds() -> None:
    assert [otp.totp_step(ms) for ms in (0, 29_999, 30_000, 59_999, 60_000)] == [0, 0, 1, 1, 2]


@given(st.integers(0, 2**40), st.binary(min_size=10, max_size=80))
def test_a_seed_of_any_length_is_read_as_it_was_sealed(counter: int, seed: bytes) -> None:
    """And what is filled up with zeros gives the same code."""
    (payload,) = otp.totp_payloads(base64.b32encode(seed).lower())
    room = memoryview(bytearray(len(payload)))
    assert bytes(otp.read_seed(memoryview(payload), room)).rstrip(b"\0") == seed.rstrip(b"\0")
    assert code(payload, counter) == otp.code(otp.macs(memoryview(seed), [counter])[0], 6).decode()


def test_an_address_says_counter_and_digits() -> None:
    address = f"otpauth://hotp/VPN:a@b?secret={SEED}&issuer=VPN&counter=7&digits=8"
    (sealed,) = otp.hotp_payloads(address.encode())
    said = json.loads(sealed)
    assert said == {"seed": SEED, "digits": 8, "counter": 7}
    payload = memoryview(json.dumps(said).encode())
    assert (otp.read_number(payload, "digits"), otp.read_number(payload, "counter")) == (8, 7)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (f"otpauth://totp/x?secret={SEED}", "kind"),
        ("otpauth://hotp", "kind"),
        (f"otpauth://hotp/x?secret={SEED}&counter=-1", "counter"),
        (f"otpauth://hotp/x?secret={SEED}&digits=5", "digits"),
        (f"otpauth://hotp/x?secret={SEED}&algorithm=SHA256", "algorithm"),
    ],
)
def test_an_address_that_cannot_be_done_is_refused(text: str, field: str) -> None:
    with pytest.raises(Refused, match=f"otp_settings.*{field}"):
        otp.hotp_payloads(text.encode())


def test_another_period_is_refused() -> None:
    with pytest.raises(Refused, match=r"otp_settings.*period"):
        otp.totp_payloads(f"otpauth://totp/x?secret={SEED}&period=60".encode())


@pytest.mark.parametrize("text", ["", "otpauth://hotp/x?counter=1"])
def test_no_seed_is_no_seed(text: str) -> None:
    with pytest.raises(Refused, match="seed_too_short"):
        otp.hotp_payloads(text.encode())


@pytest.mark.parametrize("payload", [b"", b'{"seed": "a"}', b"not a seed at all"])
def test_what_is_no_sealed_seed(payload: bytes) -> None:
    with pytest.raises(Corrupt, match="seed_unreadable"):
        otp.read_seed(memoryview(payload), memoryview(bytearray(40)))
    with pytest.raises(Corrupt, match="seed_unreadable"):
        otp.read_number(memoryview(payload), "digits")


def test_the_likeliest_drift_is_tried_first() -> None:
    assert otp.drifts()[:3] == [0, -1, 1]
    assert sorted(otp.drifts()) == list(range(-10, 11))


@pytest.mark.parametrize(("seconds", "was_set"), [(29, False), (31, True), (-29, False), (-31, True)])
def test_a_step_of_the_clock_is_seen(seconds: int, was_set: bool) -> None:
    machine = FakeMachine()
    readings = [machine.reading()]
    machine.advance(600)
    readings.append(machine.reading())
    machine.step(seconds)
    assert otp.was_set([*readings, machine.reading()]) == was_set


def test_many_small_steps_are_one() -> None:
    machine, readings = FakeMachine(), [NOON]
    for _ in range(4):
        machine.advance(60)
        machine.step(10)
        readings.append(machine.reading())
    assert otp.was_set(readings)


def test_across_a_boot_only_a_clock_that_went_back_is_seen() -> None:
    machine = FakeMachine()
    machine.reboot(off_seconds=7200)
    later = machine.reading()
    assert not otp.was_set([NOON, later])
    assert otp.was_set([NOON, replace(later, wall_ms=NOON.wall_ms - 1)])
