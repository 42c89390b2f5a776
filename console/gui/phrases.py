# SPDX-License-Identifier: Apache-2.0
"""Pure words for the window: states, times, groups of letters, how a code is spelt aloud."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from console.domain.moment import here, local_and_utc
from console.language import say, say_count
from console.sentences.terms import GROUPS

STATES: Mapping[str, tuple[str, str]] = {
    "requested": (say("Waiting for approvals"), "warning"),
    "approved": (say("Approved, ready to open"), "good"),
    "open": (say("OPEN"), "danger"),
    "frozen": (say("FROZEN"), "warning"),
    "ended": (say("Ended, not yet completed"), "plain"),
    "closed": (say("Completed"), "plain"),
    "denied": (say("Denied"), "plain"),
    "withdrawn": (say("Withdrawn"), "plain"),
    "expired": (say("Expired, never opened"), "plain"),
}
"""State -> what it is in words, and its tone."""

SOURCES: Mapping[str, str] = {
    "journal": say("the journal itself"),
    "mirror": say("the second medium"),
    "files": say("the sealed files"),
}
ANSWERS: Mapping[str, str] = {
    "approve": say("approved"),
    "deny": say("denied"),
    "veto": say("ended by a veto"),
    "extend": say("agrees to more time"),
    "reset": say("agrees to more showings"),
    "resume": say("agrees that it goes on"),
}
PERSON_STATES: Mapping[str, tuple[str, str]] = {
    "active": (say("active"), "good"),
    "away": (say("away, with a console elsewhere"), "plain"),
    "suspended": (say("SUSPENDED, counts nowhere"), "danger"),
}
PROOFS_SHORT: Mapping[str, str] = {
    "token": say("token"),
    "unlock": say("unlock"),
    "claimed": say("claimed"),
    "program": say("program"),
}
"""How somebody's part in an entry is proven, for a narrow column."""
KEYS_IN: Mapping[str, str] = {
    "hardware": say("keys in hardware"),
    "software": say("keys in software"),
    "attested": say("keys in hardware, attested"),
}

ANYWHERE = "\u200b"
"""A space without width: a line may end here."""
_LONG_WORD = re.compile(r"\S{25,}")
_NATO = (
    "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey xray yankee zulu"
).split()
_DIGITS = say("zero one two three four five six seven eight nine").split()
_SIGNS: Mapping[str, str] = {
    "-": say("dash"),
    "_": say("underscore"),
    ".": say("dot"),
    ",": say("comma"),
    "@": say("at"),
    "#": say("hash"),
    "!": say("exclamation mark"),
    "?": say("question mark"),
    "/": say("slash"),
    "\\": say("backslash"),
    "+": say("plus"),
    "*": say("star"),
    "=": say("equals"),
    "%": say("percent"),
    "&": say("ampersand"),
    "$": say("dollar"),
    ":": say("colon"),
    ";": say("semicolon"),
    " ": say("space"),
}


def group(name: str) -> str:
    """Return a group as people say it."""
    return GROUPS.get(name, name)


def minutes(count: int) -> str:
    """Return so many minutes."""
    return say_count(count, "1 minute", "{count} minutes")


def releases(count: int) -> str:
    """Return so many releases."""
    return say_count(count, "1 showing", "{count} showings")


def how_much(of_minutes: int, of_releases: int) -> str:
    """Return for how long and how often something may be opened."""
    return say("{minutes}, {releases} in all", minutes=minutes(of_minutes), releases=releases(of_releases))


def missing(counts: Mapping[str, int]) -> str:
    """Return who is still missing, in words."""
    lacking = [f"{count} × {group(name)}" for name, count in counts.items() if count]
    return say("Still missing: ") + ", ".join(lacking) if lacking else say("Nobody is missing")


def span(seconds: int) -> str:
    """Return a time left as hours, minutes and seconds."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def in_fours(text: str) -> list[str]:
    """Return the letters in groups of four; a space that belongs to the secret is drawn as ␣."""
    shown = text.replace(" ", "␣")
    return [shown[at : at + 4] for at in range(0, len(shown), 4)]


def breakable(text: str) -> str:
    """Return a text whose long words (signatures, hashes) can go on in the next line; nobody sees where."""
    return _LONG_WORD.sub(lambda word: ANYWHERE.join(_eights(word[0])), text)


def _eights(word: str) -> list[str]:
    return [word[at : at + 8] for at in range(0, len(word), 8)]


def spoken(text: str) -> str:
    """Return how a code is read aloud, group by group: digits, spelling words, capital letters said so."""
    groups = [text[at : at + 4] for at in range(0, len(text), 4)]
    return " · ".join(" ".join(_spell(letter) for letter in letters) for letters in groups)


def _spell(letter: str) -> str:
    if letter.isascii() and letter.isdigit():
        return _DIGITS[int(letter)]
    if letter.isascii() and letter.isalpha():
        word = _NATO[ord(letter.lower()) - ord("a")]
        return word if letter.islower() else say("capital {word}", word=word)
    return _SIGNS.get(letter, say("character {ord}", ord=ord(letter)))


def short(activation: str) -> str:
    """Return the part of an activation's id that tells it from others on a screen."""
    return activation[-6:]


def logs(current: int) -> list[tuple[object, str]]:
    """Return the journals that can be read, the one in force first, as (number or None, words)."""
    older = [
        (number, say("Journal {number}, from before an alarm", number=number)) for number in range(current - 1, 0, -1)
    ]
    return [(None, say("The journal in force")), *older]


def read_aloud(card: Mapping[str, Any]) -> str:
    """Return what the owner of a card does with its words; ``card``: as ``actions.enrolment`` describes it."""
    return say("Read these twelve words to the station's people, by voice: {words}", words=" ".join(card["words"]))


def listed(texts: Sequence[str]) -> str:
    """Return texts as one line."""
    return ", ".join(texts)


def moment(rfc3339: str) -> str:
    """Return a time as the local clock shows it, with UTC."""
    return local_and_utc(here(rfc3339), "%H:%M")


def precise(rfc3339: str) -> str:
    """Return a time to the second as the local clock shows it, with UTC."""
    return local_and_utc(here(rfc3339))


def milliseconds(rfc3339: str) -> int:
    """Return a time in milliseconds since 1970 UTC."""
    return int(datetime.fromisoformat(rfc3339).timestamp() * 1000)


def local_offset(at: int) -> int:
    """Return how far the local clock is ahead of UTC at a time, in milliseconds."""
    ahead = datetime.fromtimestamp(at / 1000, UTC).astimezone().utcoffset()
    return int(ahead.total_seconds() * 1000) if ahead else 0


def clock_times(at: int) -> tuple[str, str]:
    """Return a time on the local clock and in UTC; where a day begins it is its date."""
    utc = datetime.fromtimestamp(at / 1000, UTC)
    return _hour_or_date(utc.astimezone()), _hour_or_date(utc)


def _hour_or_date(time: datetime) -> str:
    if time.second:
        return f"{time:%H:%M:%S}"
    return f"{time:%H:%M}" if time.hour or time.minute else f"{time:%m-%d}"
