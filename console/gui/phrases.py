# SPDX-License-Identifier: Apache-2.0
"""Pure words for the window: states, times, groups of letters, how a code is spelt aloud."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

STATES: Mapping[str, tuple[str, str]] = {
    "requested": ("Waiting for approvals", "warning"),
    "approved": ("Approved, ready to open", "good"),
    "open": ("OPEN", "danger"),
    "frozen": ("FROZEN", "warning"),
    "ended": ("Ended", "plain"),
    "closed": ("Closed", "plain"),
    "denied": ("Denied", "plain"),
    "withdrawn": ("Withdrawn", "plain"),
    "expired": ("Expired, never opened", "plain"),
}
"""State -> what it is in words, and its tone."""

GROUPS: Mapping[str, str] = {
    "legal": "Legal", "it": "IT", "operator": "operator", "compliance": "compliance (reads along)",
}  # fmt: skip
KINDS: Mapping[str, str] = {
    "password": "password", "api-key": "API key", "codes": "one-time codes", "totp": "time-based code",
    "hotp": "counted code", "certificate": "certificate with key", "signing-key": "signing key",
}  # fmt: skip
CATEGORIES: Mapping[str, str] = {
    "idp-down": "Identity provider down", "crm-down": "CRM down", "llm-down": "Language model down",
    "total": "Everything down", "security": "Security incident", "loss-of-staff": "Loss of staff",
}  # fmt: skip
SOURCES: Mapping[str, str] = {
    "journal": "the journal itself", "mirror": "the second medium", "files": "the sealed files",
}  # fmt: skip
ASKED: Mapping[str, str] = {
    "approve": "approve this request", "extend": "agree to more time", "reset": "agree to more releases",
    "resume": "agree that it goes on after a clock step",
}  # fmt: skip
ANSWERS: Mapping[str, str] = {
    "approve": "approved", "deny": "denied", "veto": "ended by a veto", "extend": "agrees to more time",
    "reset": "agrees to more releases", "resume": "agrees that it goes on",
}  # fmt: skip
PERSON_STATES: Mapping[str, tuple[str, str]] = {
    "active": ("active", "good"),
    "away": ("away, with a console elsewhere", "plain"),
    "suspended": ("SUSPENDED, counts nowhere", "danger"),
}
ASSURANCES: Mapping[str, str] = {
    "hardware": "hardware token", "software": "software token", "attested": "hardware token, attested",
}  # fmt: skip
PRIVILEGES: Mapping[str, str] = {
    "none": "None", "attorney-client": "Attorney-client", "work-product": "Work product",
    "lpp": "Legal professional privilege", "mixed": "Mixed",
}  # fmt: skip

_NATO = (
    "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey xray yankee zulu"
).split()
_DIGITS = "zero one two three four five six seven eight nine".split()
_SIGNS: Mapping[str, str] = {
    "-": "dash", "_": "underscore", ".": "dot", ",": "comma", "@": "at", "#": "hash", "!": "exclamation mark",
    "?": "question mark", "/": "slash", "\\": "backslash", "+": "plus", "*": "star", "=": "equals", "%": "percent",
    "&": "ampersand", "$": "dollar", ":": "colon", ";": "semicolon", " ": "space",
}  # fmt: skip


def group(name: str) -> str:
    """Return a group as people say it."""
    return GROUPS.get(name, name)


def missing(counts: Mapping[str, int]) -> str:
    """Return who is still missing, in words."""
    lacking = [f"{count} × {group(name)}" for name, count in counts.items() if count]
    return "Still missing: " + ", ".join(lacking) if lacking else "Nobody is missing"


def span(seconds: int) -> str:
    """Return a time left as hours, minutes and seconds."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def in_fours(text: str) -> list[str]:
    """Return the letters in groups of four; a space that belongs to the secret is drawn as ␣."""
    shown = text.replace(" ", "␣")
    return [shown[at : at + 4] for at in range(0, len(shown), 4)]


def spoken(text: str) -> str:
    """Return how a code is read aloud, group by group: digits, spelling words, capital letters said so."""
    groups = [text[at : at + 4] for at in range(0, len(text), 4)]
    return " · ".join(" ".join(_spell(letter) for letter in letters) for letters in groups)


def _spell(letter: str) -> str:
    if letter.isascii() and letter.isdigit():
        return _DIGITS[int(letter)]
    if letter.isascii() and letter.isalpha():
        word = _NATO[ord(letter.lower()) - ord("a")]
        return word if letter.islower() else f"capital {word}"
    return _SIGNS.get(letter, f"character {ord(letter)}")


def short(activation: str) -> str:
    """Return the part of an activation's id that tells it from others on a screen."""
    return activation[-6:]


def logs(current: int) -> list[tuple[object, str]]:
    """Return the journals that can be read, the one in force first, as (number or None, words)."""
    older = [(number, f"Journal {number}, from before an alarm") for number in range(current - 1, 0, -1)]
    return [(None, "The journal in force"), *older]


def listed(texts: Sequence[str]) -> str:
    """Return texts as one line."""
    return ", ".join(texts)


def moment(rfc3339: str) -> str:
    """Return a time as the local clock shows it, with UTC."""
    utc = datetime.fromisoformat(rfc3339).astimezone(UTC)
    local = utc.astimezone()
    told = f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
    return told if local.utcoffset() == utc.utcoffset() else f"{told} ({utc:%H:%M} UTC)"
