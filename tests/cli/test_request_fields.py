# SPDX-License-Identifier: Apache-2.0
"""Every field of ``request.toml``, wrong in every way that has a name; the example as it stands is accepted."""

import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from console import settings, wording
from console.domain.activation import justification
from console.domain.errors import Refused
from console.domain.policy.rules import Rules
from console.settings import parse
from tests.cli.transcript import Run

EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"
EXAMPLE = (EXAMPLES / "request.toml").read_text()
DEADLINE = '# deadline_at_risk = "2026-11-23T23:00:00Z"'
OUTAGE = '[[outage]]\nsystem = "idp"'

WRONG = [
    ('incident = "INC-2026-0042"', "incident = 42", "incident", "not_text"),
    ('incident = "INC-2026-0042"', 'incident = "  "', "incident", "missing"),
    ('incident = "INC-2026-0042"', "", "incident", "missing"),
    ('incident = "INC-2026-0042"', 'incident = "x"', "incident", "names_nothing"),
    ('incident = "INC-2026-0042"', 'incident = "INC"\nincidents = "INC"', "incidents", "unknown_field"),
    ('category = "idp-down"', 'category = "weather"', "category", "not_in_list"),
    ('jurisdictions = ["DE"]', 'jurisdictions = ["DE", "XX"]', "jurisdictions", "not_in_list"),
    ('jurisdictions = ["DE"]', 'jurisdictions = "DE"', "jurisdictions", "not_in_list"),
    (', range = "198.51.100.0/24"', "", "used_from", "place_or_range_missing"),
    ('"198.51.100.0/24"', '"somewhere"', "used_from", "not_a_range"),
    ('matters = ["M-2026-00117"]', 'matters = ["Meyer ./. Schulze"]', "matters", "matter_is_no_number"),
    ('matters = ["M-2026-00117"]', "matters = [117]", "matters", "not_list_of_texts"),
    ("codes = 2", "codes = 0", "items", "not_list_of_items"),
    ("codes = 2", "count = 2", "items", "not_list_of_items"),
    ("codes = 2", "codes = 8", "items", "too_many_items"),
    ('"idp-recovery-codes"', '"salesforce-emergency-admin"', "items", "credential_twice"),
    ("minutes = 60", "minutes = 241", "minutes", "out_of_range"),
    ("minutes = 60", "minutes = true", "minutes", "out_of_range"),
    ("releases = 4", "releases = 0", "releases", "out_of_range"),
    ("releases = 4", 'releases = "4"', "releases", "out_of_range"),
    ('requester = "legal-ops-1"', "requester = []", "requester", "missing"),
    ('privilege = "attorney-client"', 'privilege = "yes"', "privilege", "not_in_list"),
    (DEADLINE, 'deadline_at_risk = "soon"', "deadline_at_risk", "not_a_time"),
    (DEADLINE, 'deadline_at_risk = "2026-11-23T23:00:00"', "deadline_at_risk", "time_without_zone"),
    (DEADLINE, 'deadline_at_risk = "2026-11-23T23:00:00Z"', "deadline_at_risk", "has_passed"),
    (
        'alternatives_tried = ["service desk call 14:20", "delegated login refused 14:31"]',
        "alternatives_tried = []",
        "alternatives_tried",
        "missing",
    ),
    ('alternatives_tried = ["', 'alternatives_tried = ["", "', "alternatives_tried", "not_list_of_texts"),
    (OUTAGE, "[[outage]]", "outage", "outage_incomplete"),
    (OUTAGE, '[[outage]]\nsystem = "."', "outage", "outage_names_nothing"),
    ('"2026-11-23T13:05:00Z"', '"2026-11-23T13:05:00"', "outage", "outage_incomplete"),
]


def request_with(folder: Path, old: str, new: str) -> None:
    assert old in EXAMPLE
    (folder / "request.toml").write_text(EXAMPLE.replace(old, new, 1))


def problems_of(command: Run) -> list[tuple[str, str]]:
    result = command(["activation", "request", "--file", "request.toml", "--json"], b"")
    error = json.loads(result.stdout)["error"]
    assert (result.status, error["code"], error["family"]) == (1, "request_incomplete", "refused")
    assert all(
        f"{field}: {wording.problem(field, code, error['facts']['matter'])}" in error["what"]
        for field, code in error["facts"]["problems"]
    )
    return [(field, code) for field, code in error["facts"]["problems"]]


@pytest.mark.real
def test_every_wrong_field_is_named_with_its_rule(unlocked: Path, command: Run) -> None:
    for old, new, field, code in WRONG:
        request_with(unlocked, old, new)
        assert (field, code) in problems_of(command), (old, new)


@pytest.mark.real
@pytest.mark.parametrize("field", justification.FREE_TEXTS)
def test_a_free_text_must_say_something(field: str, unlocked: Path, command: Run) -> None:
    (old,) = [line for line in EXAMPLE.splitlines() if line.startswith(f"{field} ")]
    for text in ("down", "a b c", "Serverausfallserverausfall", "aus aus aus aus aus aus aus", "1234567890 12 345 678"):
        request_with(unlocked, old, f'{field} = "{text}"')
        assert problems_of(command) == [(field, "says_nothing")]
    request_with(unlocked, old, f'{field} = "{"ein langer Text " * 200}"')
    assert problems_of(command) == [(field, "too_long")]


@pytest.mark.real
def test_two_free_texts_must_differ(unlocked: Path, command: Run) -> None:
    table = tomllib.loads(EXAMPLE)
    request_with(unlocked, table["reason"], table["harm_if_delayed"].upper())
    assert problems_of(command) == [("harm_if_delayed", "same_as_another_field")]


@pytest.mark.real
def test_nothing_is_filed_and_no_key_is_left_by_a_refused_request(unlocked: Path, command: Run) -> None:
    request_with(unlocked, "minutes = 60", "minutes = 0")
    problems_of(command)
    assert json.loads(command(["activation", "list", "--json"], b"").stdout) == {"activations": []}


@pytest.mark.real
@pytest.mark.parametrize(
    ("new", "why"),
    [("minutes = 1.5", "fraction"), ("minutes = 99999999999999999999", "large"), ('minutes = "\\uFFFF"', "letter")],
)
def test_a_value_that_no_journal_can_keep_is_refused(new: str, why: str, unlocked: Path, command: Run) -> None:
    request_with(unlocked, "minutes = 60", new)
    result = command(["activation", "request", "--file", "request.toml"], b"")
    assert result.status == 1
    assert "minutes in request.toml cannot be kept" in result.stderr
    assert why in result.stderr


def test_the_example_is_accepted_by_the_example_station() -> None:
    rules = example_rules()
    justification.check(tomllib.loads(EXAMPLE), rules, now_ms=0)
    outside = tomllib.loads(EXAMPLE.replace("198.51.100.0/24", "192.0.2.0/24"))
    with pytest.raises(Refused) as refused:
        justification.check(outside, rules, now_ms=0)
    assert refused.value.facts["problems"] == (("used_from", "range_not_allowed"),)


def example_rules() -> Rules:
    """Return the rules that the example station proposes."""
    section = parse((EXAMPLES / "station.toml").read_bytes(), Path("/station")).rules
    return Rules(
        vault="v",
        epoch=1,
        seconds_max=section.minutes_max * 60,
        seconds_hard_max=section.minutes_hard_max * 60,
        releases_max=section.releases_max,
        releases_hard_max=section.releases_hard_max,
        request_valid_seconds=section.request_valid_minutes * 60,
        showing_seconds=section.showing_seconds,
        jurisdictions=section.jurisdictions,
        matter_pattern=section.matter_pattern,
        ranges=section.ranges,
        legal_confirms=section.legal_confirms,
    )


def test_the_example_station_names_every_key() -> None:
    table = tomllib.loads((EXAMPLES / "station.toml").read_text())
    for section, kind in (
        ("station", settings.StationSection),
        ("hsm", settings.HsmSection),
        ("rules", settings.RulesSection),
    ):
        assert set(table[section]) == {field.name for field in fields(kind)}
    assert set(table["keyholder"][0]) == {field.name for field in fields(settings.KeyholderSection)}
