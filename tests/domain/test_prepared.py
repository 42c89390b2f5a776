# SPDX-License-Identifier: Apache-2.0
"""Prepared requests: what may be agreed before the hour, what is left to say, and what opening will cost."""

import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.activation import justification, prepared
from console.domain.activation.prepared import Prepared, Usable
from console.domain.errors import Corrupt, Refused
from console.domain.policy.rules import Rules

EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"
TEMPLATE = tomllib.loads((EXAMPLES / "prepared.toml").read_text())
RULES = Rules(
    vault="vault",
    epoch=1,
    seconds_max=14400,
    seconds_hard_max=28800,
    releases_max=12,
    releases_hard_max=48,
    request_valid_seconds=14400,
    showing_seconds=120,
    jurisdictions=("DE", "FR"),
    matter_pattern="M-[0-9]{4}-[0-9]{5}",
    ranges=("198.51.100.0/24",),
    legal_confirms=("privilege",),
)
HOUR = {
    "incident": "INC-2026-0042",
    "first_seen": "2026-11-23T13:05:00Z",
    "reason": "Anmeldung seit 14:05 nicht erreichbar.",
}
ROSTER, DAY = b"r" * 32, prepared.DAY_MS


def made(**changes: Any) -> Prepared:
    template = {name: value for name, value in {**TEMPLATE, **changes}.items() if value is not None}
    return Prepared("vault", "sign-on-down", ROSTER, template)


def test_the_example_and_three_fields_make_a_whole_request() -> None:
    prepared.check(made(), RULES)
    filled = made().filled(HOUR, "legal-ops-1")
    justification.check(filled, RULES, now_ms=0)
    assert set(filled) | set(justification.OPTIONAL) == set(justification.FIELDS)
    assert filled["outage"][0]["checked_by"] == ["legal-ops-1"]  # type: ignore[index,call-overload]


def test_the_examples_say_the_same_fields() -> None:
    """What request.toml has and prepared.toml has not is what the hour tells."""
    whole = tomllib.loads((EXAMPLES / "request.toml").read_text())
    assert set(whole) - set(TEMPLATE) == {"incident", "reason", "requester"}
    assert prepared.HOUR_OPTIONAL == ("deadline_at_risk", "requester")
    assert set(whole["outage"][0]) - set(TEMPLATE["outage"][0]) == {"first_seen", "checked_by"}
    assert isinstance(datetime.fromisoformat(whole["outage"][0]["first_seen"]), datetime)


@pytest.mark.parametrize("lacking", prepared.HOUR)
def test_each_of_the_three_is_needed(lacking: str) -> None:
    hour = {name: value for name, value in HOUR.items() if name != lacking}
    with pytest.raises(Refused, match="request_incomplete"):
        justification.check(made().filled(hour, "legal-ops-1"), RULES, now_ms=0)


@pytest.mark.parametrize("field", ["items", "minutes", "releases", "privilege", "matters", "used_from", "category"])
def test_nothing_that_was_agreed_can_be_said_again(field: str) -> None:
    """At the hour nobody makes it longer, wider or about something else."""
    with pytest.raises(Refused, match="prepared_agreed"):
        made().filled({**HOUR, field: "another"}, "legal-ops-1")


def test_a_field_that_nobody_knows_was_not_agreed_on() -> None:
    with pytest.raises(Refused, match="request_incomplete") as caught:
        made().filled({**HOUR, "colour": "blue"}, "legal-ops-1")
    assert caught.value.facts["problems"] == (("colour", "unknown_field"),)


@pytest.mark.parametrize("field", [*prepared.HOUR, *prepared.HOUR_OPTIONAL])
def test_a_template_cannot_say_what_only_the_hour_tells(field: str) -> None:
    with pytest.raises(Refused, match="prepared_only_the_hour"):
        prepared.check(made(**{field: "2026-11-23T13:05:00Z"}), RULES)


def test_a_template_cannot_say_who_checked_the_outage() -> None:
    with pytest.raises(Refused, match="prepared_only_the_hour"):
        prepared.check(made(outage=[{**TEMPLATE["outage"][0], "checked_by": ["legal-1"]}]), RULES)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minutes": 100000}, "request_incomplete"),
        ({"matters": ["Berger ./. Huber"]}, "request_incomplete"),
        ({"outage": None}, "request_incomplete"),
        ({"outage": "idp"}, "request_incomplete"),
        ({"harm_if_delayed": "urgent"}, "request_incomplete"),
        ({"unknown": 1}, "request_incomplete"),
    ],
)
def test_what_could_never_be_filed_is_not_agreed_on(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        prepared.check(made(**changes), RULES)


@pytest.mark.parametrize("name", ["", "Sign on", "x", "ä-b", "a" * 65, "../x"])
def test_names(name: str) -> None:
    with pytest.raises(Refused, match="prepared_name"):
        prepared.check(replace(made(), name=name), RULES)


def test_every_part_is_in_what_is_signed() -> None:
    one = made()
    others = [replace(one, vault="b"), replace(one, name="bb"), replace(one, roster=b"s" * 32), made(minutes=61)]
    assert len({other.signed_digest() for other in [one, *others]}) == 5
    assert Prepared.from_json(one.to_json()) == one
    with pytest.raises(Corrupt, match="prepared_shape"):
        Prepared.from_json({"vault": "vault"})


GROUPS = ("legal", "it")


@pytest.mark.parametrize(
    ("signed", "roster", "now", "state"),
    [
        ({}, ROSTER, 0, "proposed"),
        ({"legal": 0}, ROSTER, 0, "proposed"),
        ({"legal": 0, "it": 0}, ROSTER, 180 * DAY, "agreed"),
        ({"legal": 0, "it": 0}, ROSTER, 181 * DAY, "expired"),
        ({"legal": 0, "it": 90 * DAY}, ROSTER, 181 * DAY, "agreed"),
        ({"legal": 0, "it": 0}, b"s" * 32, 0, "overtaken"),
    ],
)
def test_states(signed: dict[str, int], roster: bytes, now: int, state: str) -> None:
    assert prepared.state(made(), GROUPS, signed, roster, now) == state


# --- what opening will cost -----------------------------------------------------------------------------------


def test_the_last_for_a_target_is_named_however_the_target_is_spelled() -> None:
    known = [
        Usable("a", "CRM  production", True),
        Usable("b", "crm production", True),
        Usable("c", "idp", True),
        Usable("d", "idp", False),
    ]
    assert [one.name for one in prepared.last_for_target(known, {"a", "c"})] == ["c"]
    assert [one.name for one in prepared.last_for_target(known, {"a", "b"})] == ["a", "b"]


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.booleans()), max_size=6), st.sets(st.integers(0, 5)))
def test_nobody_is_last_while_another_usable_one_opens_the_same(rows: list[tuple[str, bool]], chosen: set[int]) -> None:
    known = [Usable(str(n), target, usable) for n, (target, usable) in enumerate(rows)]
    asked = {one.name for one in known if int(one.name) in chosen}
    last = {one.name for one in prepared.last_for_target(known, asked)}
    for one in known:
        others = [o for o in known if o.target == one.target and o.usable and o.name not in asked]
        assert (one.name in last) == (one.name in asked and not others)


def test_how_long_it_took() -> None:
    assert prepared.typical_minutes([]) is None
    assert prepared.typical_minutes([60_000, 61_000, 3_600_000]) == 2
