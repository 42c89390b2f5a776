# SPDX-License-Identifier: Apache-2.0
"""What a request must say: the fields of ``request.toml``, checked all at once so that nobody mends one at a time.

A free text fails with fewer than 15 letters or 3 different words, or when it equals another field or the same
field of the last request. What names something has a digit or two letters: "R3" does, "x" and "-" do not.
Matters are identifiers that fit the station's pattern: a name is refused.
A deadline that has passed is refused: nobody can meet it any more, and it was mistyped or left as it was offered.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_network
from typing import cast

from console.domain import categories, privileges
from console.domain.activation.matter import example
from console.domain.canonical import Json, Object
from console.domain.controls import is_line
from console.domain.errors import Refused
from console.domain.journal.clock import to_ms
from console.domain.policy.rules import Rules

FREE_TEXTS = ("reason", "harm_if_delayed")
MIN_LETTERS = 15
MIN_WORDS = 3
MAX_TEXT = 2000
MAX_SHORT_TEXT = 200
MAX_ITEMS = 8
FIELDS = (
    "incident",
    "category",
    "jurisdictions",
    "used_from",
    "matters",
    "items",
    "minutes",
    "releases",
    "requester",
    "privilege",
    "harm_if_delayed",
    "deadline_at_risk",
    "reason",
    "alternatives_tried",
    "outage",
)
SAID = tuple(name for name in FIELDS if name not in ("items", "requester", "minutes", "releases"))
"""What stands in the request as its justification; the other fields have places of their own there."""
OPTIONAL = ("deadline_at_risk", "used_from")
OUTAGE_TEXTS = ("system", "symptom", "how")
OUTAGE_FIELDS = (*OUTAGE_TEXTS, "first_seen", "checked_by")
PLACE_FIELDS = ("place", "range")

Problem = tuple[str, str]
"""A field and the code of what is wrong with it; ``console.wording`` has the sentence."""


def check(value: Object, rules: Rules, last: Object | None = None, *, now_ms: int) -> None:
    """Raise ``Refused`` (request_incomplete) with every field that is wrong at ``now_ms`` (wall clock, since 1970)."""
    problems = list(_problems(value, rules, last, now_ms))
    if problems:
        raise Refused("request_incomplete", problems=tuple(problems), matter=example(rules.matter_pattern))


def check_restated(asked: Sequence[str], typed: Sequence[str]) -> None:
    """Raise ``Refused`` (matters_differ) unless exactly these matter numbers were typed again, in any order."""
    if sorted(typed) != sorted(asked):
        raise Refused("matters_differ")


def check_reason(reason: Json) -> None:
    """Raise ``Refused`` (request_incomplete) for a reason that says nothing."""
    if wrong := free_text(reason):
        raise Refused("request_incomplete", problems=(("reason", wrong),))


def _problems(value: Object, rules: Rules, last: Object | None, now_ms: int) -> Iterator[Problem]:
    yield from ((name, "unknown_field") for name in value if name not in FIELDS)
    yield from ((name, "missing") for name in FIELDS if name not in OPTIONAL and _is_empty(value.get(name)))
    present = {name: item for name, item in value.items() if name in FIELDS and not _is_empty(item)}
    for name, item in present.items():
        wrong = _CHECKS[name](item, rules)
        if wrong:
            yield name, wrong
    if _has_passed(present.get("deadline_at_risk"), now_ms):
        yield "deadline_at_risk", "has_passed"
    yield from _repeated(present, last or {})


def _is_empty(item: Json) -> bool:
    return item is None or item == [] or (isinstance(item, str) and not item.strip())


def _repeated(present: Mapping[str, Json], last: Object) -> Iterator[Problem]:
    texts = {name: _fold(present[name]) for name in FREE_TEXTS if isinstance(present.get(name), str)}
    if len(set(texts.values())) < len(texts):
        yield FREE_TEXTS[1], "same_as_another_field"
    for name, text in texts.items():
        if isinstance(last.get(name), str) and _fold(last[name]) == text:
            yield name, "same_as_last_request"


def _fold(text: Json) -> str:
    return " ".join(str(text).casefold().split())


def free_text(item: Json, _: Rules | None = None) -> str | None:
    """Return the code of what is wrong with a free text, or None."""
    if not isinstance(item, str):
        return "not_text"
    letters = sum(letter.isalpha() for letter in item)
    words = {word for word in re.findall(r"\w+", item.casefold()) if any(c.isalpha() for c in word)}
    if letters < MIN_LETTERS or len(words) < MIN_WORDS:
        return "says_nothing"
    return "too_long" if len(item) > MAX_TEXT else None


def _short_text(item: Json, _: Rules) -> str | None:
    return None if _is_short_text(item) else "not_text"


def _incident(item: Json, rules: Rules) -> str | None:
    return _short_text(item, rules) or (None if names_something(str(item)) else "names_nothing")


def names_something(text: str) -> bool:
    """Say whether a short text can name or describe anything: it has a digit or two letters."""
    return any(letter.isdigit() for letter in text) or sum(letter.isalpha() for letter in text) > 1


def _is_short_text(item: Json) -> bool:
    # It stands beside words of the program's own: another line, or words turned round, would pass for those.
    return isinstance(item, str) and bool(item.strip()) and len(item) <= MAX_SHORT_TEXT and is_line(item)


def _one_of(*allowed: str) -> Callable[[Json, Rules], str | None]:
    return lambda item, _: None if item in allowed else "not_in_list"


def _texts(item: Json, _: Rules) -> str | None:
    return None if _is_texts(item) else "not_list_of_texts"


def _is_texts(item: Json) -> bool:
    return isinstance(item, list) and all(isinstance(text, str) and text.strip() for text in item)


def _jurisdictions(item: Json, rules: Rules) -> str | None:
    known = _is_texts(item) and set(cast(list[str], item)) <= set(rules.jurisdictions)
    return None if known else "not_in_list"


def _matters(item: Json, rules: Rules) -> str | None:
    if not _is_texts(item):
        return "not_list_of_texts"
    fits = all(re.fullmatch(rules.matter_pattern, matter) for matter in cast(list[str], item))
    return None if fits else "matter_is_no_number"


def _within(limit: str) -> Callable[[Json, Rules], str | None]:
    def check_number(item: Json, rules: Rules) -> str | None:
        unit = 60 if limit == "seconds_max" else 1
        number = isinstance(item, int) and not isinstance(item, bool)
        return None if number and 1 <= cast(int, item) * unit <= getattr(rules, limit) else "out_of_range"

    return check_number


def _time(item: Json, _: Rules | None = None) -> str | None:
    try:
        return None if datetime.fromisoformat(cast(str, item)).tzinfo else "time_without_zone"
    except (ValueError, TypeError):
        return "not_a_time"


def _has_passed(item: Json, now_ms: int) -> bool:
    named = to_ms(item) if isinstance(item, str) else None
    return named is not None and named <= now_ms


def _used_from(item: Json, rules: Rules) -> str | None:
    if not isinstance(item, dict) or set(item) != {*PLACE_FIELDS} or not _is_short_text(item["place"]):
        return "place_or_range_missing"
    try:
        inside = lies_in(str(item["range"]), rules.ranges)
    except ValueError:
        return "not_a_range"
    return None if inside or not rules.ranges else "range_not_allowed"


def lies_in(range_: str, allowed: Iterable[str]) -> bool:
    """Return whether a range of addresses lies in one of those allowed; ``ValueError``: one of them is no range."""
    asked, nets = ip_network(range_), [ip_network(net) for net in allowed]
    return any(asked.version == net.version and asked.subnet_of(net) for net in nets)  # type: ignore[arg-type]


def _items(item: Json, _: Rules) -> str | None:
    rows = cast(Sequence[Mapping[str, Json]], item)
    if not isinstance(item, list) or not all(isinstance(row, dict) for row in rows):
        return "not_list_of_items"
    if any(set(row) - {"credential", "codes", "stale"} or not isinstance(row.get("credential"), str) for row in rows):
        return "not_list_of_items"
    if any(not isinstance(row.get("stale", False), bool) for row in rows):
        return "not_list_of_items"
    codes = [row.get("codes", 1) for row in rows]
    if any(not isinstance(n, int) or isinstance(n, bool) or n < 1 for n in codes):
        return "not_list_of_items"
    names = [str(row["credential"]) for row in rows]
    if len(set(names)) < len(names):
        return "credential_twice"
    return "too_many_items" if sum(cast(list[int], codes)) > MAX_ITEMS else None


def _outage(item: Json, _: Rules) -> str | None:
    rows = cast(Sequence[Mapping[str, Json]], item)
    if not isinstance(item, list) or not all(isinstance(row, dict) for row in rows):
        return "outage_incomplete"
    for row in rows:
        if set(row) != set(OUTAGE_FIELDS) or not all(_is_short_text(row[name]) for name in OUTAGE_TEXTS):
            return "outage_incomplete"
        if _time(row["first_seen"]) or not row["checked_by"] or not _is_texts(row["checked_by"]):
            return "outage_incomplete"
    is_named = all(names_something(str(row[name])) for row in rows for name in OUTAGE_TEXTS)
    return None if is_named else "outage_names_nothing"


_CHECKS: Mapping[str, Callable[[Json, Rules], str | None]] = {
    "incident": _incident,
    "category": _one_of(*categories.LABELS),
    "jurisdictions": _jurisdictions,
    "used_from": _used_from,
    "matters": _matters,
    "items": _items,
    "minutes": _within("seconds_max"),
    "releases": _within("releases_max"),
    "requester": _short_text,
    "privilege": _one_of(*privileges.LABELS),
    "harm_if_delayed": free_text,
    "deadline_at_risk": _time,
    "reason": free_text,
    "alternatives_tried": _texts,
    "outage": _outage,
}
