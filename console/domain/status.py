# SPDX-License-Identifier: Apache-2.0
"""The station's state in 24 letters, read over the telephone and checked by whoever holds the other half of the key.

    K7QX 2M9A …   six groups of four, in the alphabet of ``spoken``

120 bits, first to last: 60 of content, 50 of HMAC-SHA-256, 10 of check. The content: version 2, minute 20, size of the
log 20, open activations 4, jurisdictions with one 4, rotations owed 4, alarm 1, showings 5; each count stops at its
greatest value, which means "so many or more". The two check letters make a Reed-Solomon code over GF(32): any one wrong
letter is named with its place, any two wrong ones are noticed, and none of that needs the key or tells of it.

Whoever has not the key is believed with probability 2^-50 each time. An old code is refused by its minute, one that
says less than what was heard before by its size: so a replay holds for ``MINUTES_APART`` minutes, and never goes back.
"""

import hmac
from dataclasses import dataclass
from itertools import accumulate

from console.domain.canonical import digest
from console.domain.errors import Corrupt, Refused
from console.domain.handoff.spoken import ALPHABET, times

LETTERS = 24
GROUP = 4
MAC_BITS = 50
MINUTES_APART = 10
"""How far the minute may lie from the clock of whoever checks."""

_VERSION = 1
_FIELDS = (
    ("version", 2),
    ("minute", 20),
    ("size", 20),
    ("open", 4),
    ("jurisdictions", 4),
    ("owed", 4),
    ("alarm", 1),
    ("shown", 5),
)
_CONTENT_BITS = sum(bits for _, bits in _FIELDS)
_BITS = 5
_SIGNS = LETTERS - 2
_WRAP = 1 << 20
_POWERS = list(accumulate([2] * 30, times, initial=1))
"""The powers of x in GF(32), of which there are 31."""


@dataclass(frozen=True)
class Status:
    """What a code says; ``minute`` (since 1970) and ``size`` modulo 2^20, counts up to their greatest value."""

    minute: int
    size: int
    open: int
    jurisdictions: int
    owed: int
    alarm: bool
    shown: int

    def content(self) -> int:
        """Return the 60 bits."""
        values = {
            "version": _VERSION,
            "minute": self.minute % _WRAP,
            "size": self.size % _WRAP,
            "open": self.open,
            "jurisdictions": self.jurisdictions,
            "owed": self.owed,
            "alarm": int(self.alarm),
            "shown": self.shown,
        }
        number = 0
        for name, bits in _FIELDS:
            number = number << bits | min(values[name], (1 << bits) - 1)
        return number


@dataclass(frozen=True)
class Heard:
    """What a checker remembers of the last code that was right: whole minute, whole size, the letters.

    ``log``: the number of the newest log that the checker knew then; the founding's if it knew none.
    """

    minute: int
    size: int
    letters: str
    log: int = 1


def key_of(shared: bytes, vault: str, member: str) -> bytes:
    """Return the key of one reader and one station (32 bytes) from the secret that only their two tokens compute."""
    return digest("status-key", shared, vault.encode(), member.encode())


def code_of(status: Status, key: bytes) -> str:
    """Return the 24 letters."""
    content = status.content()
    number = content << MAC_BITS | _mac(content, key)
    letters = [number >> _BITS * at & 31 for at in reversed(range(_SIGNS))]
    first, second = _syndromes(letters)
    # The two last letters make both sums zero: c22 + c23 = first, x^22 c22 + x^23 c23 = second.
    low, high = _POWERS[_SIGNS], _POWERS[_SIGNS + 1]
    last = _divided(second ^ times(low, first), low ^ high)
    return "".join(ALPHABET[value] for value in (*letters, first ^ last, last))


def in_groups(letters: str) -> str:
    """Return the letters as they are shown and read."""
    return " ".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def letters_of(typed: str) -> str:
    """Return the letters that somebody typed, without blanks, in capitals.

    ``Refused``: status_length, status_letter (a letter that no code has), status_misheard (one letter, with its place),
    status_garbled (more than one).
    """
    letters = "".join(typed.upper().replace("-", " ").split())
    for place, letter in enumerate(letters, 1):
        if letter not in ALPHABET:
            raise Refused("status_letter", place=place, letter=letter)
    if len(letters) != LETTERS:
        raise Refused("status_length", letters=len(letters), needed=LETTERS)
    first, second = _syndromes([ALPHABET.index(letter) for letter in letters])
    if first and second and (at := _POWERS.index(_divided(second, first))) < LETTERS:
        raise Refused("status_misheard", place=at + 1, group=at // GROUP + 1, letter=letters[at])
    if first or second:
        raise Refused("status_garbled")
    return letters


def opened(letters: str, key: bytes) -> Status:
    """Return what a code says; ``Refused`` (status_forged) unless it was made with this key, status_version."""
    number = 0
    for letter in letters[:_SIGNS]:
        number = number << _BITS | ALPHABET.index(letter)
    content, mac = number >> MAC_BITS, number & (1 << MAC_BITS) - 1
    if not hmac.compare_digest(mac.to_bytes(7, "big"), _mac(content, key).to_bytes(7, "big")):
        raise Refused("status_forged")
    values, left = {}, _CONTENT_BITS
    for name, bits in _FIELDS:
        left -= bits
        values[name] = content >> left & (1 << bits) - 1
    if values.pop("version") != _VERSION:
        raise Refused("status_version")
    return Status(alarm=bool(values.pop("alarm")), **values)


def heard(
    status: Status, letters: str, now_minute: int, before: Heard | None, least_size: int = 0, log: int = 1
) -> Heard:
    """Return what to remember once a code is believed.

    ``least_size``: of the station's log number ``log``, as a checkpoint told it that is known here; the size of a log
    before that one bounds nothing. ``Refused``: status_old,
    status_ahead (its minute is not this one), status_older (than the last one heard); ``Corrupt``: status_shrunk.
    """
    minute = now_minute + _apart(status.minute, now_minute)
    if minute < now_minute - MINUTES_APART:
        raise Refused("status_old", minutes=now_minute - minute)
    if minute > now_minute + MINUTES_APART:
        raise Refused("status_ahead", minutes=minute - now_minute)
    if before is not None and minute < before.minute:
        raise Refused("status_older", minutes=before.minute - minute)
    known = max(least_size, before.size if before and before.log >= log else 0)
    size = known + _apart(status.size, known)
    if known and size < known:
        raise Corrupt("status_shrunk", size=size, known=known)
    return Heard(minute, size if known else status.size, letters, log)


def _apart(told: int, known: int) -> int:
    """Return how far a value modulo 2^20 lies from a whole one, the nearer way round."""
    return (told - known + _WRAP // 2) % _WRAP - _WRAP // 2


def _mac(content: int, key: bytes) -> int:
    made = hmac.digest(key, b"bg/v1/status\0" + content.to_bytes(8, "big"), "sha256")
    return int.from_bytes(made[:7], "big") >> 7 * 8 - MAC_BITS


def _syndromes(letters: list[int]) -> tuple[int, int]:
    first = second = 0
    for at, value in enumerate(letters):
        first ^= value
        second ^= times(value, _POWERS[at])
    return first, second


def _divided(a: int, b: int) -> int:
    return times(a, _POWERS[-_POWERS.index(b) % 31]) if a else 0
