# SPDX-License-Identifier: Apache-2.0
"""An object read aloud: lines of five groups, each group with a check letter, each line with a check word.

    1/1  2222H4  LUATR8  6WL3SM  298NJS  9JZZ2F  rose

The alphabet has no 0, 1, I or O. A group holds five letters and a check letter, which depends on its place: any one
wrong letter and any two groups of a line changed over are noticed, and so are most of two lines. The word at the end
depends on the whole line, its number and how many there are; the object's own hash stands at the end.
"""

from collections.abc import Mapping

from console.domain.canonical import digest
from console.domain.errors import Corrupt, Refused
from console.domain.handoff.frames import pack, unpack
from console.domain.words import WORDS

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
NAMES = dict(
    zip(
        ALPHABET,
        (
            "two three four five six seven eight niner Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel Juliett Kilo "
            "Lima Mike November Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
        ).split(),
        strict=True,
    )
)
"""How each letter is said (ICAO Annex 10)."""
GROUPS = 5
LETTERS = 5
HASH_BYTES = 5
LENGTH_BYTES = 3
MAX_LINES = 999
SECONDS_PER_GROUP = 5
"""Six letters said, heard, typed: for telling people beforehand how long it takes."""

_BITS = 5
_LINE_BITS = GROUPS * LETTERS * _BITS
_FIELD = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)


def lines(data: bytes) -> list[str]:
    """Return an object as lines to read aloud. Raises ``Refused`` (spoken_too_long)."""
    packed = pack(data)
    body = len(packed).to_bytes(LENGTH_BYTES, "big") + packed + digest("spoken", data)[:HASH_BYTES]
    bits = len(body) * 8
    count = -(-bits // _LINE_BITS)
    if count > MAX_LINES:
        raise Refused("spoken_too_long", lines=count)
    number = int.from_bytes(body, "big") << count * _LINE_BITS - bits
    letters = _letters(number, count * GROUPS * LETTERS)
    width = GROUPS * LETTERS
    return [_line(letters[at * width : (at + 1) * width], at + 1, count) for at in range(count)]


def read(typed: str) -> bytes:
    """Return the object that lines spell, in any order; small letters and other spaces are fine.

    Raises ``Refused``: spoken_line_wrong (with the line and, where it shows, the group), spoken_line_twice,
    spoken_line_missing, spoken_not_a_line; ``Corrupt``: handoff_garbled.
    """
    found: dict[int, str] = {}
    count = 0
    for line in filter(None, (line.strip() for line in typed.upper().splitlines())):
        number, count, letters = _read_line(line, count)
        if number in found:
            raise Refused("spoken_line_twice", line=number)
        found[number] = letters
    if missing := [number for number in range(1, count + 1) if number not in found] or not found:
        raise Refused("spoken_line_missing", lines=missing if found else "all")
    return _object("".join(found[number] for number in range(1, count + 1)))


def length(data: bytes) -> Mapping[str, int]:
    """Return how long it is, read aloud: ``lines``, ``groups``, ``minutes``."""
    count = len(lines(data))
    return {"lines": count, "groups": count * GROUPS, "minutes": -(-count * GROUPS * SECONDS_PER_GROUP // 60)}


def spelled(group: str) -> str:
    """Return the letters of a group as they are said."""
    return " ".join(NAMES[letter] for letter in group)


def _line(letters: str, number: int, count: int) -> str:
    groups = [letters[at : at + LETTERS] for at in range(0, len(letters), LETTERS)]
    checked = [group + _check_letter(group, number, place) for place, group in enumerate(groups)]
    return "  ".join([f"{number}/{count}", *checked, _word(letters, number, count)])


def _read_line(line: str, count: int) -> tuple[int, int, str]:
    head, *groups = line.split()
    at, _, of = head.partition("/")
    if not (at.isascii() and at.isdigit() and of.isascii() and of.isdigit()) or len(head) > 7:
        raise Refused("spoken_not_a_line", line=line[:20])
    number, told = int(at), int(of)
    if not 1 <= number <= told or (count and told != count):
        raise Refused("spoken_line_wrong", line=number, where="its number")
    if len(groups) != GROUPS + 1:
        raise Refused("spoken_line_wrong", line=number, where=f"it needs {GROUPS} groups and a word")
    letters = "".join(_read_group(group, number, place) for place, group in enumerate(groups[:GROUPS]))
    if groups[GROUPS] != _word(letters, number, told).upper():
        raise Refused("spoken_line_wrong", line=number, where="the word at its end")
    return number, told, letters


def _read_group(group: str, number: int, place: int) -> str:
    is_whole = len(group) == LETTERS + 1 and not set(group) - set(ALPHABET)
    if not is_whole or _check_letter(group[:LETTERS], number, place) != group[LETTERS]:
        raise Refused("spoken_line_wrong", line=number, where=f"group {place + 1}")
    return group[:LETTERS]


def _check_letter(group: str, number: int, place: int) -> str:
    """Return a weighted sum over GF(32), the weights all different and none 0, shifted by the group's place."""
    total = (number * GROUPS + place) % len(ALPHABET)
    for weight, letter in enumerate(group, start=2):
        total ^= times(weight, ALPHABET.index(letter))
    return ALPHABET[total]


def times(a: int, b: int) -> int:
    """Return the product of two elements of GF(32)."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a <<= 1
        a ^= _FIELD if a >> _BITS else 0
        b >>= 1
    return product


def _word(letters: str, number: int, count: int) -> str:
    made = digest("spoken-line", letters.encode(), bytes([number >> 8, number & 255, count >> 8, count & 255]))
    return WORDS[int.from_bytes(made[:2], "big") & 2047]


def _letters(number: int, count: int) -> str:
    return "".join(ALPHABET[number >> shift & 31] for shift in range((count - 1) * _BITS, -1, -_BITS))


def _object(letters: str) -> bytes:
    number = 0
    for letter in letters:
        number = number << _BITS | ALPHABET.index(letter)
    bits = len(letters) * _BITS
    body = (number >> bits % 8).to_bytes(bits // 8, "big")
    end = LENGTH_BYTES + int.from_bytes(body[:LENGTH_BYTES], "big")
    data = unpack(body[LENGTH_BYTES:end])
    if digest("spoken", data)[:HASH_BYTES] != body[end : end + HASH_BYTES] or any(body[end + HASH_BYTES :]):
        raise Corrupt("handoff_garbled")
    return data
