# SPDX-License-Identifier: Apache-2.0
"""What a person writes to change roster and rules, and how the change is read before anybody signs it."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.canonical import Object
from console.domain.changes import differences, thin, warnings
from console.domain.errors import Refused
from console.domain.policy.amendment import amended, with_members, without
from console.domain.policy.rules import Policy
from console.domain.policy.succession import propose
from console.domain.recovery.sheets import check_value
from console.sentences import change as changes
from tests.support.fakes import FakeMachine, FakeToken
from tests.vectors.founding import found, sheet_keys

EXAMPLE = Path(__file__).parents[2] / "resources" / "examples" / "change.toml"
CLASSES = {"standard": {"it": 1, "legal": 1}, "privileged": {"it": 1, "legal": 2}}
FOUNDED = found({"it": 2, "legal": 3}).policy
KNOWN = Policy(
    replace(FOUNDED.roster, classes=CLASSES, own_console={"privileged": ("legal",)}),
    replace(FOUNDED.rules, ranges=("198.51.100.0/24",)),
)


def change(text: str) -> Object:
    return tomllib.loads(text)


def read(text: str, known: Policy = KNOWN) -> list[str]:
    """Return a change as people read it, what to mind included."""
    proposed, reinstates = amended(known, change(text))
    step = propose(known, proposed, reinstates)
    said = [changes.change(row) for row in differences(step)]
    return said + [f"Mind: {changes.warning(row)}" for row in warnings(step)]


NO_SPARE = "Mind: IT has no spare person: whoever loses one token locks its credentials."


def test_the_example_is_read_as_it_is_meant() -> None:
    assert read(EXAMPLE.read_text()) == [
        "It-1 is now called Carla Dietz-Meyer.",
        "Legal-Ops-1 leaves the operators.",
        "Class privileged: IT 1 -> 2.",
        "Classes that privilege asks for: none -> privileged.",
        "Longest time that a request may ask for: 240 minutes -> 120 minutes.",
        NO_SPARE,
    ]


SENTENCES = {
    "[classes.standard]\nlegal = 2": ["Class standard: Legal 1 -> 2."],
    "[classes.new]\nlegal = 1\nit = 2": ["Class new is new: IT 2, Legal 1.", NO_SPARE],
    '[[remove]]\nclass = "standard"': ["Class standard goes away."],
    '[[remove]]\nmember = "legal-3"': [
        "Legal-3 leaves Legal.",
        "Mind: Legal has no spare person: whoever loses one token locks its credentials.",
    ],
    "[classes.privileged]\nlegal = 1": [
        "Class privileged: Legal 2 -> 1.",
        "Mind: Fewer approvals for class privileged: Legal 2 -> 1.",
    ],
    "[classes.privileged]\nown_console = []": [
        "Class privileged, on a console of their own only: Legal -> nobody.",
        "Mind: Class privileged no longer asks for a console of one's own.",
    ],
    "[rules]\nshowing_seconds = 150\nreleases_max = 3": [
        "Most showings that a request may ask for: 12 -> 3.",
        "Time that a secret stays on the screen: 2 minutes -> 150 seconds.",
        "Mind: This allows more than before: time that a secret stays on the screen.",
    ],
    "[rules]\nranges = []": [
        "Addresses from which a secret may be used: 198.51.100.0/24 -> anywhere.",
        "Mind: This allows more than before: addresses from which a secret may be used.",
    ],
    "[rules]\nlegal_confirms = []": [
        "What Legal confirms: privilege -> none.",
        "Mind: This allows more than before: what Legal confirms.",
    ],
    '[rules]\njurisdictions = ["DE"]': ["Jurisdictions: DE, FR -> DE."],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_every_change_is_a_plain_sentence_and_every_weakening_is_minded(text: str) -> None:
    assert read(text) == SENTENCES[text]


def test_people_who_join_move_and_come_back() -> None:
    joining = replace(KNOWN.roster.member("it-2"), id="hr-1", name="Hr One", role="hr", sign=b"a", share=b"b")
    roster = with_members(KNOWN.roster, [joining])
    assert roster.groups == ("hr", "it", "legal")
    assert roster.classes["privileged"] == {"hr": 1, "it": 1, "legal": 2}
    assert roster.members[-1] == joining
    again = with_members(roster, [replace(joining, name="Hr Two")])
    assert [m.name for m in again.group("hr")] == ["Hr Two"]
    assert without(roster, "hr-1").members == KNOWN.roster.members
    suspended = replace(KNOWN, suspended=frozenset({"legal-3"}))
    assert read('[[reinstate]]\nmember = "legal-3"', suspended) == ["Legal-3 is no longer suspended."]


WRONG: list[tuple[str, str]] = [
    ("[clases.standard]\nit = 1", r"unknown_keys \(section=the file, keys=clases\)"),
    ("[rules]\nminutes = 1", r"unknown_keys \(section=rules, keys=minutes\)"),
    ("classes = 1", r"change_form \(field=classes\)"),
    ("[classes]\nstandard = 1", r"change_form \(field=classes.standard\)"),
    ('[classes.standard]\nit = "1"', r"change_form \(field=classes.standard.it\)"),
    ("[classes.standard]\nit = true", r"change_form \(field=classes.standard.it\)"),
    ("[rules]\nminutes_max = 1.5", r"change_form \(field=rules.minutes_max\)"),
    ('[rules]\nranges = "10.0.0.0/8"', r"change_form \(field=rules.ranges\)"),
    ("[rules]\njurisdictions = [1]", r"change_form \(field=rules.jurisdictions\)"),
    ("remove = 1", r"change_form \(field=remove\)"),
    ('[[remove]]\nmember = "it-1"\nclass = "standard"', r"change_form \(field=remove\)"),
    ('[[rename]]\nmember = "it-1"', r"change_form \(field=rename\)"),
    ('[[rename]]\nmember = "it-1"\nname = " "', r"change_form \(field=rename.name\)"),
    ('[[remove]]\nmember = "nobody"', r"unknown_member \(member=nobody"),
    ('[[remove]]\nclass = "none"', r"unknown_class \(name=none"),
    ("[classes.new]\nlegal = 1", r"class_without_group"),
    ("[classes.standard]\nhr = 1", r"class_without_group"),
    ("[rules]\nminutes_max = 9999", r"rules_impossible"),
    ('[[remove]]\nmember = "it-1"\n[[remove]]\nmember = "it-2"', r"threshold_impossible"),
    ("", r"nothing_changed"),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_what_is_wrong_in_a_change_file_is_named(number: int) -> None:
    text, message = WRONG[number]
    with pytest.raises(Refused, match=message):
        read(text)


def test_who_could_ask_is_looked_at_before_the_founding_is_signed() -> None:
    strict = {**CLASSES, "strict": {"it": 2, "legal": 3}}
    roster = replace(KNOWN.roster, classes=strict)
    spareless = ["Mind: Legal has no spare person: whoever loses one token locks its credentials."]
    assert [f"Mind: {changes.warning(row)}" for row in thin(roster)] == [NO_SPARE, *spareless]
    nobody = "For class strict nobody here can ask: whoever asks cannot approve. Enrol an operator."
    assert [changes.warning(row) for row in thin(without(roster, "legal-ops-1"))][2:] == [nobody]
    assert nobody in [
        changes.warning(row)
        for row in warnings(propose(Policy(roster, KNOWN.rules), Policy(without(roster, "legal-ops-1"), KNOWN.rules)))
    ]


def test_new_tokens_and_other_groups_are_said() -> None:
    member = KNOWN.roster.member("legal-1")
    known = Policy(with_members(KNOWN.roster, [replace(member, assurance="hardware")]), KNOWN.rules)
    token = FakeToken(FakeMachine(seed=b"another").random)
    points = token.enrol(("sign", "share"))
    moved = replace(member, role="it", sign=points["sign"], share=points["share"], read=None)
    roster = replace(with_members(known.roster, [moved]), recovery={"it": sheet_keys("it")})
    step = propose(known, Policy(roster, KNOWN.rules))
    assert [changes.change(row) for row in differences(step)] == [
        "Legal-1 gets another kind of token: hardware -> software.",
        "Legal-1 gets a new token.",
        "Legal-1 moves from Legal to IT.",
        f"The recovery sheets of IT begin to count; their check value is {check_value(*sheet_keys('it').points())}.",
    ]
    assert changes.warning(warnings(step)[0]) == (
        "The new token of Legal-1 is software: whoever copies it can try PINs."
    )
