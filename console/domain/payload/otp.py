# SPDX-License-Identifier: Apache-2.0
"""One-time codes from a seed: HOTP (RFC 4226) and TOTP (RFC 6238, HMAC-SHA-1), and whether a clock was set.

Seeds are read where they lie and MACs come from elsewhere: no copy of a seed is made that could not be wiped.
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Iterable, Sequence

from console.domain.entries.entry import Reading
from console.domain.errors import Corrupt, Refused
from console.domain.payload.text import decoded

PERIOD_SECONDS = 30
DIGITS = (6, 7, 8)
MIN_SEED_BYTES = 10
SHORTEST_KEY_BYTES = 20
MAC_BYTES = 20
DRIFT_STEPS = 10
LOOK_AHEAD = 50
SET_MS = 30_000
"""A wall clock that moved by more than this against the suspend-inclusive one was set."""
TEST_SEED, TEST_MAC = b"12345678901234567890", bytes.fromhex("cc93cf18508d94934c64b65d8ba7667fb7cde4b0")
"""RFC 4226, appendix D: the MAC of counter 0."""

_SEED = re.compile(rb'"seed":\s*"([A-Z2-7]+)"')
_NUMBER = rb'"%b":\s*(\d{1,15})\b'
_LETTERS = {letter: value for value, letter in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}
_URI = re.compile(r"otpauth://(?P<kind>[a-z]+)/[^?]*\?(?P<settings>.*)\Z")


# --- what is sealed ---------------------------------------------------------------------------------------


def totp_payloads(secret: bytes) -> list[bytes]:
    """Return what is sealed of a seed in base32 or an ``otpauth://totp/`` address; ``Refused`` if it is wrong."""
    said = _settings(decoded(secret), "totp")
    if said.get("period", str(PERIOD_SECONDS)) != str(PERIOD_SECONDS):
        raise Refused("otp_settings", field="period")
    return [json.dumps({"seed": _seed(said["secret"]), "digits": _digits(said), "period": PERIOD_SECONDS}).encode()]


def hotp_payloads(secret: bytes) -> list[bytes]:
    """Return what is sealed of a seed in base32 (counter 0) or an ``otpauth://hotp/`` address with its counter."""
    said = _settings(decoded(secret), "hotp")
    counter = said.get("counter", "0")
    if not counter.isascii() or not counter.isdigit() or len(counter) > 15:
        raise Refused("otp_settings", field="counter")
    return [json.dumps({"seed": _seed(said["secret"]), "digits": _digits(said), "counter": int(counter)}).encode()]


def _settings(text: str, kind: str) -> dict[str, str]:
    if not text.strip().startswith("otpauth:"):
        return {"secret": text}
    found = _URI.match(text.strip())
    if not found or found["kind"] != kind:
        raise Refused("otp_settings", field="kind")
    said = dict(part.partition("=")[::2] for part in found["settings"].split("&"))
    if said.get("algorithm", "SHA1").upper() != "SHA1":
        raise Refused("otp_settings", field="algorithm")
    return {"secret": "", **said}


def _digits(said: dict[str, str]) -> int:
    digits = said.get("digits", str(DIGITS[0]))
    if digits not in map(str, DIGITS):
        raise Refused("otp_settings", field="digits")
    return int(digits)


def _seed(text: str) -> str:
    # Outside ASCII, upper() makes Latin letters of others: a mistyped seed would become another one.
    letters = ("".join(text.split()).upper() if text.isascii() else text).rstrip("=")
    try:
        seed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError) as error:
        raise Refused("seed_not_base32") from error
    if len(seed) < MIN_SEED_BYTES:
        raise Refused("seed_too_short", least=MIN_SEED_BYTES)
    return letters


# --- what is read of it -----------------------------------------------------------------------------------


def read_seed(payload: memoryview, room: memoryview) -> memoryview:
    """Return the part of ``room`` (zeros, as long as the payload) into which the seed was decoded.

    A short one keeps zeros behind it: HMAC adds them anyway (RFC 2104 section 2), and not every token takes fewer than
    20 bytes. ``Corrupt`` (seed_unreadable).
    """
    found = _SEED.search(payload)
    if not found:
        raise Corrupt("seed_unreadable")
    bits = held = size = 0
    for letter in payload[slice(*found.span(1))]:
        bits, held = bits << 5 | _LETTERS[letter], held + 5
        if held >= 8:
            held -= 8
            room[size] = bits >> held
            bits, size = bits & (1 << held) - 1, size + 1
    return room[: max(size, SHORTEST_KEY_BYTES)]


def read_number(payload: memoryview, name: str) -> int:
    """Return ``digits`` or ``counter`` of a sealed seed; ``Corrupt`` (seed_unreadable)."""
    found = re.search(_NUMBER % name.encode(), payload)
    if not found:
        raise Corrupt("seed_unreadable")
    return int(found[1])


def macs(seed: memoryview, counters: Sequence[int]) -> list[bytes]:
    """Return the HMAC-SHA-1 of each counter, computed here: where the token cannot."""
    return [hmac.digest(seed, counter.to_bytes(8, "big"), "sha1") for counter in counters]


def code(mac: bytes, digits: int) -> bytes:
    """Return the code of a MAC (RFC 4226 section 5.3)."""
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}".encode()


def totp_step(wall_ms: int) -> int:
    """Return the time step of a wall clock reading (RFC 6238 section 4.2)."""
    return wall_ms // 1000 // PERIOD_SECONDS


def seconds_left(wall_ms: int) -> int:
    """Return for how many seconds the present code of a TOTP seed still counts: 1 to 30."""
    return PERIOD_SECONDS - wall_ms // 1000 % PERIOD_SECONDS


def drifts() -> list[int]:
    """Return the steps by which a target's clock may be ahead (or, below zero, behind), the likeliest first."""
    return sorted(range(-DRIFT_STEPS, DRIFT_STEPS + 1), key=abs)


def was_set(readings: Iterable[Reading]) -> bool:
    """Return whether the wall clock was set between readings in order, as far as the other clock can tell.

    Within a boot all are compared with its first, so that many small steps are one. Across a boot nobody knows how
    long the machine was off: only a clock that went back is seen.
    """
    first: Reading | None = None
    last: Reading | None = None
    for at in readings:
        if first is None or last is None or at.boot != last.boot:
            if last is not None and at.wall_ms < last.wall_ms:
                return True
            first = at
        if abs((at.wall_ms - first.wall_ms) - (at.up_ns - first.up_ns) // 1_000_000) > SET_MS:
            return True
        last = at
    return False
