# SPDX-License-Identifier: Apache-2.0
"""A request says who, what, where and why, or learns of everything that is missing at once; nothing makes it crash."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import categories, privileges
from console.domain.activation import justification
from console.domain.activation.justification import FIELDS, check, free_text
from console.domain.canonical import Json, Object, encode
from console.domain.entries.entry import from_rfc3339
from console.domain.errors import Refused
from tests.vectors.founding import JUSTIFICATION, RULES

GOOD: Mapping[str, Json] = {
    **JUSTIFICATION,
    "requester": "legal-ops-1",
    "items": [{"credential": "salesforce-emergency-admin"}, {"credential": "idp-recovery-codes", "codes": 2}],
}
OUTAGE: dict[str, Any] = GOOD["outage"][0]  # type: ignore[index,assignment]
REASON = "SSO und CRM seit 14:05 nicht erreichbar."
NOW = from_rfc3339("2026-11-23T13:30:00.000Z")
NO_RANGES = replace(RULES, ranges=())


def problems(value: Object, last: Object | None = None) -> list[tuple[str, str]]:
    """Return what is wrong with a request."""
    try:
        check(value, RULES, last, now_ms=NOW)
    except Refused as refused:
        assert refused.code == "request_incomplete"
        found = refused.facts["problems"]
        assert isinstance(found, tuple) and found
        return list(found)
    return []


def outage(**change: Any) -> Json:
    """Return the list of outages with a change to its first row."""
    return [{**OUTAGE, **change}]


def item(name: Json = "a", **more: Any) -> dict[str, Json]:
    """Return a row of the items."""
    return {"credential": name, **more}


ACCEPTED: list[tuple[str, Json]] = [
    *(("category", category) for category in categories.LABELS),
    *(("privilege", privilege) for privilege in privileges.LABELS),
    *(("incident", text) for text in ("x" * 200, "INC-4", "#7", "事故")),
    ("requester", "somebody who is not enrolled"),
    ("jurisdictions", ["DE", "FR"]),
    ("jurisdictions", ["DE", "DE"]),
    ("used_from", None),
    ("used_from", {"place": "Paris", "range": "2001:db8:1::/48"}),
    ("used_from", {"place": "Paris", "range": "198.51.100.7"}),
    ("matters", ["M-2026-00117", "M-2026-00118"]),
    ("items", [item(str(n)) for n in range(8)]),
    ("items", [item(codes=8)]),
    ("items", [item(codes=7), item("b")]),
    ("minutes", 1),
    ("minutes", 240),
    ("releases", 1),
    ("releases", 12),
    ("harm_if_delayed", "Die Frist läuft ab"),
    ("deadline_at_risk", None),
    ("deadline_at_risk", ""),
    ("deadline_at_risk", "2026-11-23T23:00:00+01:00"),
    ("deadline_at_risk", "2026-11-23T13:30:01Z"),
    ("deadline_at_risk", "2026-11-23T13:29:00-08:00"),
    ("reason", "abcde fghij klmno"),
    ("reason", "数据库完全无法访问 客户 无法等待 所以现在"),
    ("reason", "x" * 10 + " yy " + "z" * 1986),
    ("alternatives_tried", ["one"]),
    *(("outage", outage(system=name)) for name in ("SAP", "R3", "AD", "1&1", "系统")),
    ("outage", [OUTAGE, {**OUTAGE, "system": "crm"}]),
    ("outage", outage(first_seen="2026-11-23T13:05:00-08:00")),
]


@pytest.mark.parametrize(("field", "value"), ACCEPTED)
def test_accepted(field: str, value: Json) -> None:
    assert problems({**GOOD, field: value}) == []


NEEDED = [name for name in FIELDS if name not in justification.OPTIONAL]
EMPTY: list[Json] = [None, "", " \t", []]
REFUSED: list[tuple[str, Any, str]] = [
    *((name, empty, "missing") for name in NEEDED for empty in EMPTY),
    ("incident", 5, "not_text"),
    ("incident", "x" * 201, "not_text"),
    ("incident", {"a": 1}, "not_text"),
    *(("incident", text, "names_nothing") for text in ("x", "-", "...", "é", "№ -", "x!")),
    ("requester", ["legal-ops-1"], "not_text"),
    ("requester", True, "not_text"),
    ("category", "coffee", "not_in_list"),
    ("category", 5, "not_in_list"),
    ("category", ["total"], "not_in_list"),
    ("privilege", "secret", "not_in_list"),
    ("privilege", {}, "not_in_list"),
    ("jurisdictions", ["DE", "XX"], "not_in_list"),
    ("jurisdictions", "DE", "not_in_list"),
    ("jurisdictions", [["DE"]], "not_in_list"),
    ("jurisdictions", [5], "not_in_list"),
    ("used_from", "Hamburg", "place_or_range_missing"),
    ("used_from", {}, "place_or_range_missing"),
    ("used_from", {"place": "Hamburg"}, "place_or_range_missing"),
    ("used_from", {"place": "", "range": "198.51.100.0/24"}, "place_or_range_missing"),
    ("used_from", {"place": " ", "range": "198.51.100.0/24"}, "place_or_range_missing"),
    ("used_from", {"place": 5, "range": "198.51.100.0/24"}, "place_or_range_missing"),
    ("used_from", {"place": {"a": 1.5}, "range": "198.51.100.0/24"}, "place_or_range_missing"),
    ("used_from", {"place": "Hamburg", "range": "198.51.100.0/24", "x": 1}, "place_or_range_missing"),
    ("used_from", {"place": "Hamburg", "range": "somewhere"}, "not_a_range"),
    ("used_from", {"place": "Hamburg", "range": 5}, "not_a_range"),
    ("used_from", {"place": "Hamburg", "range": "198.51.100.1/24"}, "not_a_range"),
    ("used_from", {"place": "Hamburg", "range": "198.51.100.0/23"}, "not_a_range|range_not_allowed"),
    ("used_from", {"place": "Hamburg", "range": "203.0.113.0/24"}, "range_not_allowed"),
    ("used_from", {"place": "Hamburg", "range": "::/0"}, "range_not_allowed"),
    ("matters", ["Müller gegen Maier"], "matter_is_no_number"),
    ("matters", ["M-2026-00117\n"], "matter_is_no_number"),
    ("matters", ["M-2026-00117", "xM-2026-00117"], "matter_is_no_number"),
    ("matters", "M-2026-00117", "not_list_of_texts"),
    ("matters", [5], "not_list_of_texts"),
    ("matters", [""], "not_list_of_texts"),
    ("matters", {}, "not_list_of_texts"),
    ("items", "a", "not_list_of_items"),
    ("items", ["a"], "not_list_of_items"),
    ("items", [{}], "not_list_of_items"),
    ("items", [item(5)], "not_list_of_items"),
    ("items", [item(secret=1)], "not_list_of_items"),
    ("items", [item(codes=0)], "not_list_of_items"),
    ("items", [item(codes=True)], "not_list_of_items"),
    ("items", [item(codes="2")], "not_list_of_items"),
    ("items", [item(codes=1.5)], "not_list_of_items"),
    ("items", {}, "not_list_of_items"),
    ("items", [item(), item()], "credential_twice"),
    ("items", [item(codes=9)], "too_many_items"),
    ("items", [item(str(n)) for n in range(9)], "too_many_items"),
    ("minutes", 0, "out_of_range"),
    ("minutes", 241, "out_of_range"),
    ("minutes", -5, "out_of_range"),
    ("minutes", True, "out_of_range"),
    ("minutes", "60", "out_of_range"),
    ("minutes", 1.5, "out_of_range"),
    ("releases", 13, "out_of_range"),
    ("releases", 0, "out_of_range"),
    ("releases", {}, "out_of_range"),
    ("harm_if_delayed", "asap", "says_nothing"),
    ("harm_if_delayed", 5, "not_text"),
    ("reason", "it is urgent", "says_nothing"),
    ("reason", "urgent urgent urgent", "says_nothing"),
    ("reason", "1234567890 1234567 123", "says_nothing"),
    ("reason", "x" * 100, "says_nothing"),
    ("reason", "........ .......... ......", "says_nothing"),
    ("reason", ["because of it all"], "not_text"),
    ("reason", "one two " + "x" * 2000, "too_long"),
    ("deadline_at_risk", "2026-11-23T23:00:00", "time_without_zone"),
    ("deadline_at_risk", "2026-11-23", "time_without_zone"),
    ("deadline_at_risk", "tomorrow", "not_a_time"),
    ("deadline_at_risk", 20261123, "not_a_time"),
    ("deadline_at_risk", {}, "not_a_time"),
    ("deadline_at_risk", "2026-02-30T00:00:00Z", "not_a_time"),
    ("deadline_at_risk", "2026-11-23T13:30:00Z", "has_passed"),
    ("deadline_at_risk", "1970-01-01T00:00:00Z", "has_passed"),
    ("deadline_at_risk", "2026-11-23T14:29:59+01:00", "has_passed"),
    ("alternatives_tried", "none", "not_list_of_texts"),
    ("alternatives_tried", [" "], "not_list_of_texts"),
    ("outage", "idp", "outage_incomplete"),
    ("outage", ["idp"], "outage_incomplete"),
    ("outage", {}, "outage_incomplete"),
    ("outage", [{}], "outage_incomplete"),
    ("outage", outage(more=1), "outage_incomplete"),
    ("outage", outage(system=""), "outage_incomplete"),
    ("outage", outage(system=5), "outage_incomplete"),
    ("outage", outage(how={"a": 1.5}), "outage_incomplete"),
    ("outage", outage(symptom="x" * 201), "outage_incomplete"),
    ("outage", outage(first_seen="2026-11-23T13:05:00"), "outage_incomplete"),
    ("outage", outage(first_seen=5), "outage_incomplete"),
    ("outage", outage(checked_by="legal-ops-1"), "outage_incomplete"),
    ("outage", outage(checked_by=[]), "outage_incomplete"),
    ("outage", [OUTAGE, {**OUTAGE, "how": None}], "outage_incomplete"),
    *(("outage", [OUTAGE, {**OUTAGE, name: "x"}], "outage_names_nothing") for name in justification.OUTAGE_TEXTS),
    ("outage", outage(system="?!"), "outage_names_nothing"),
]


@pytest.mark.parametrize(("field", "value", "code"), REFUSED)
def test_refused(field: str, value: Json, code: str) -> None:
    ((named, said),) = problems({**GOOD, field: value})
    assert named == field
    assert said in code.split("|")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = problems({**GOOD, "reason": "asap", "minutes": 0, "matters": ["Müller"], "password": "x", "incident": ""})
    assert sorted(found) == [
        ("incident", "missing"),
        ("matters", "matter_is_no_number"),
        ("minutes", "out_of_range"),
        ("password", "unknown_field"),
        ("reason", "says_nothing"),
    ]
    assert [code for _, code in problems({})] == ["missing"] * (len(FIELDS) - len(justification.OPTIONAL))


def test_without_ranges_any_range_will_do() -> None:
    check({**GOOD, "used_from": {"place": "Hamburg", "range": "203.0.113.0/24"}}, NO_RANGES, now_ms=NOW)


@pytest.mark.parametrize("spelling", [REASON, REASON.upper(), f"  {REASON.replace(' ', '  ')} "])
def test_the_same_text_in_another_field_or_in_the_last_request_is_refused(spelling: str) -> None:
    twice = {**GOOD, "reason": REASON, "harm_if_delayed": spelling}
    assert problems(twice) == [("harm_if_delayed", "same_as_another_field")]
    assert problems({**GOOD, "reason": REASON}, {"reason": spelling}) == [("reason", "same_as_last_request")]
    assert problems({**GOOD, "reason": REASON}, {"harm_if_delayed": spelling}) == []
    assert problems(GOOD, {"reason": 5}) == []


@pytest.mark.parametrize(
    ("text", "code"), [("a clear no from us all", None), ("no", "says_nothing"), (None, "not_text")]
)
def test_a_denial_must_say_something_too(text: Json, code: str | None) -> None:
    assert free_text(text) == code


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.text(max_size=250)
    | st.sampled_from(["DE", "M-2026-00117", "198.51.100.0/24", "2026-11-23T23:00:00Z", "10.0.0.0/33", "fe80::1%0"])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*justification.OUTAGE_FIELDS, "credential", "codes", "place", "range", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "x"]), ANYTHING), st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_whatever_stands_in_it_the_answer_is_a_list_of_problems(value: Any, last: Any) -> None:
    assert problems(value, last)


@given(st.sampled_from(FIELDS), ANYTHING)
def test_whatever_stands_in_one_field_it_is_named_or_it_can_be_signed(field: str, value: Any) -> None:
    found = problems({**GOOD, field: value})
    assert {name for name, _ in found} <= {field}
    if not found and not isinstance(value, str | list | dict):
        encode({**GOOD, field: value})
