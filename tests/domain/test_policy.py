# SPDX-License-Identifier: Apache-2.0
"""A roster that could lock out or count one person twice is refused; nothing but the pinned genesis is in force."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.canonical import Json, decode_object, encode, to_base64
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.policy import rules
from console.domain.policy.rules import Policy, Roster, check_roster, check_rules, load, parse
from console.domain.words import to_words
from tests.vectors.founding import CLASS, RULES, Founding, changed, found, sheet_keys
from tests.vectors.sealing import FILE

MADE = found()
ROSTER = MADE.policy.roster
GENESIS = MADE.signed()
PINNED = MADE.policy.genesis


def test_what_was_signed_and_pinned_is_in_force() -> None:
    assert load(GENESIS, PINNED) == replace(MADE.policy, roster=replace(ROSTER, recovery={"it": None, "legal": None}))


def test_a_roster_with_everything_comes_back() -> None:
    known = changed(
        MADE.policy,
        own_console={CLASS: ("legal",)},
        previous=bytes(32),
        recovery={"it": None, "legal": sheet_keys("legal")},
    )
    again, signatures = parse(rules.document(known, {}))
    assert (again, signatures) == (known, {})
    assert again.roster.recipients(CLASS)["legal"].recovery == sheet_keys("legal").point


def test_who_stands_in_the_roster() -> None:
    assert [member.id for member in ROSTER.group("legal")] == ["legal-1", "legal-2"]
    assert [member.id for member in ROSTER.keyholders()] == ["it-1", "it-2", "legal-1", "legal-2"]
    assert ROSTER.member("legal-ops-1").role == "operator"
    with pytest.raises(
        Refused, match=r"unknown_member \(member=nobody, known=it-1, it-2, legal-1, legal-2, legal-ops-1"
    ):
        ROSTER.member("nobody")


def test_several_classes_ask_the_greatest_of_each_group() -> None:
    roster = replace(ROSTER, classes={"a": {"it": 1, "legal": 2}, "b": {"it": 2, "legal": 1}})
    assert roster.thresholds(["a"]) == {"it": 1, "legal": 2}
    assert roster.thresholds(["a", "b"]) == {"it": 2, "legal": 2}
    with pytest.raises(Refused, match=r"unknown_class \(name=c, known=a, b\)"):
        roster.thresholds(["a", "c"])


def test_a_seal_is_dealt_in_the_rosters_order() -> None:
    dealt = ROSTER.recipients(CLASS)["legal"]
    assert (dealt.threshold, list(dealt.keys), dealt.recovery) == (1, ["legal-1", "legal-2"], None)
    assert dealt.keys["legal-2"] == ROSTER.member("legal-2").share_key


# --- rosters that are refused -----------------------------------------------------------------------------

FIRST, *REST = ROSTER.members


def with_first(**change: Any) -> Roster:
    """Return the roster with another first member."""
    return replace(ROSTER, members=(replace(FIRST, **change), *REST))


@pytest.mark.parametrize(
    ("roster", "code"),
    [
        (with_first(id="it-2"), "key_or_person_twice"),
        (with_first(name="It-2"), "key_or_person_twice"),
        (with_first(share=REST[0].share), "key_or_person_twice"),
        (with_first(sign=REST[0].share), "key_or_person_twice"),
        (with_first(read=FIRST.share), "key_or_person_twice"),
        (with_first(role="finance"), "unknown_role"),
        (with_first(role="operator"), None),
        (replace(ROSTER, groups=("it", "it")), "group_names"),
        (replace(ROSTER, groups=("it", "legal", "operator")), "group_names"),
        (replace(ROSTER, groups=("it", "legal-team")), "group_names"),
        (replace(ROSTER, classes={}), "no_classes"),
        (
            replace(ROSTER, groups=("it",), members=ROSTER.members[:2], classes={CLASS: {"it": 1}}),
            "class_without_group",
        ),
        (replace(ROSTER, classes={CLASS: {"it": 1}}), "class_without_group"),
        (replace(ROSTER, classes={CLASS: {"it": 1, "legal": 1, "c": 1}}), "class_without_group"),
        (replace(ROSTER, groups=("it", "legal", "hr")), "class_without_group"),
        (replace(ROSTER, classes={CLASS: {"it": 0, "legal": 1}}), "threshold_impossible"),
        (replace(ROSTER, classes={CLASS: {"it": 3, "legal": 1}}), "threshold_impossible"),
        (replace(ROSTER, classes={CLASS: {"it": -1, "legal": 1}}), "threshold_impossible"),
        (found({"it": 6, "legal": 1}, {"it": 6, "legal": 1}).policy.roster, "threshold_impossible"),
        (found({"it": 17, "legal": 1}).policy.roster, "threshold_impossible"),
        (found({"it": 16, "legal": 5}, {"it": 1, "legal": 5}).policy.roster, None),
        (found({"it": 1, "legal": 1, "hr": 1}).policy.roster, None),
        (ROSTER, None),
    ],
)
def test_check_roster(roster: Roster, code: str | None) -> None:
    if code is None:
        check_roster(roster)
        return
    with pytest.raises(Refused, match=code):
        check_roster(roster)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seconds_max": 0}, "seconds_max"),
        ({"seconds_max": 28801}, "seconds_max"),
        ({"releases_max": 0}, "releases_max"),
        ({"releases_max": 49}, "releases_max"),
        ({"request_valid_seconds": 0}, "request_valid_seconds"),
        ({"showing_seconds": 0}, "showing_seconds"),
        ({"matter_pattern": "("}, "matter_pattern"),
        ({"ranges": ("10.0.0.1/8",)}, "ranges"),
        ({"ranges": ("everywhere",)}, "ranges"),
        ({"matter_pattern": "a{99999999999}"}, "matter_pattern"),
        ({"matter_pattern": "[[a]"}, "matter_pattern"),
        ({"matter_pattern": "(" * 5000 + ")" * 5000}, "matter_pattern"),
        ({"seconds_hard_max": 2**60}, "seconds_hard_max"),
        ({"releases_hard_max": 2**60}, "releases_hard_max"),
    ],
)
def test_rules_under_which_no_request_could_be_filed_are_refused(change: dict[str, Any], field: str) -> None:
    check_rules(RULES)
    with pytest.raises(Refused, match=rf"rules_impossible \(field={field}\)"):
        check_rules(replace(RULES, **change))


# --- genesis files that are refused -----------------------------------------------------------------------


def edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the genesis file after an edit of its JSON."""
    value = json.loads(GENESIS)
    edit(value)
    return encode(value)


def put(*path_and_value: Any) -> Callable[[dict[str, Any]], object]:
    """Return the edit that puts a value at a path."""
    *path, last, value = path_and_value

    def edit(document: Any) -> None:
        for step in path:
            document = document[step]
        document[last] = value

    return edit


def drop(*path: Any) -> Callable[[dict[str, Any]], object]:
    """Return the edit that drops what stands at a path."""

    def edit(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return edit


SHAPES: list[Callable[[dict[str, Any]], object]] = [
    put("v", 2),
    put("extra", 1),
    drop("roster"),
    drop("rules"),
    drop("signatures"),
    put("roster", []),
    put("rules", 5),
    put("signatures", {}),
    put("signatures", [5]),
    put("signatures", 0, "extra", 1),
    lambda d: d["signatures"].reverse(),
    lambda d: d["signatures"].append(d["signatures"][-1]),
    put("roster", "v", 2),
    put("roster", "suite", "bg2"),
    put("roster", "mode", "test"),
    put("roster", "epoch", "1"),
    put("roster", "epoch", True),
    put("roster", "epoch", None),
    put("roster", "extra", 1),
    drop("roster", "previous"),
    put("roster", "vault", "another"),
    put("roster", "vault", 5),
    put("roster", "previous", ""),
    put("rules", "previous", "AAAA"),
    put("roster", "classes", 0, "thresholds", "it", True),
    put("roster", "classes", 0, "thresholds", "it", "1"),
    put("roster", "classes", 0, "thresholds", []),
    put("roster", "classes", 0, "own_console", "legal"),
    put("roster", "classes", 0, "own_console", [1]),
    lambda d: d["roster"]["classes"].append(d["roster"]["classes"][0]),
    put("roster", "members", 0, "id", 5),
    put("roster", "members", 0, "extra", 1),
    drop("roster", "members", 0, "name"),
    put("roster", "members", 0, []),
    put("roster", "station", []),
    put("roster", "station", "origin", 5),
    drop("roster", "station", "request"),
    drop("roster", "station", "journal"),
    put("rules", "v", 2),
    put("rules", "epoch", 1 == 1),
    put("rules", "extra", 1),
    put("rules", "ranges", "10.0.0.0/8"),
    put("rules", "jurisdictions", [1]),
    put("rules", "vault", "another"),
    put("rules", "matter_pattern", 5),
    drop("rules", "legal_confirms"),
    put("rules", "seconds_max", "60"),
    put("rules", "jurisdictions", None),
]


@pytest.mark.parametrize("number", range(len(SHAPES)))
def test_a_genesis_of_another_shape_is_corrupt(number: int) -> None:
    with pytest.raises(Corrupt, match="genesis_shape"):
        parse(edited(SHAPES[number]))


OTHERS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (put("roster", "members", 0, "sign", to_base64(bytes(65))), "not_a_point"),
    (put("roster", "members", 0, "sign", "AA"), "not_base64"),
    (put("roster", "members", 0, "read", ""), "not_a_point"),
    (put("roster", "groups", 0, "recovery", 5), "genesis_shape"),
    (put("roster", "groups", 0, "recovery", {"point": ""}), "genesis_shape"),
    (put("roster", "groups", 0, "recovery", {"point": "", "sign": ""}), "not_a_point"),
    (put("roster", "groups", 0, "recovery", {**sheet_keys("it").to_json(), "more": 1}), "genesis_shape"),
    (put("roster", "groups", 0, "recovery", {**sheet_keys("it").to_json(), "sign": "AA=="}), "not_a_point"),
    (put("roster", "groups", {}), "unknown_role"),
    (put("roster", "members", 0, "share", None), "not_base64"),
    (put("roster", "station", "request", to_base64(bytes(65))), "not_a_point"),
    (put("roster", "station", "journal", "x"), "not_base64"),
    (put("roster", "members", 0, "name", "It-2"), "key_or_person_twice"),
    (put("roster", "classes", 0, "thresholds", "it", 3), "threshold_impossible"),
    (put("roster", "classes", 0, "name", "other"), "signature_wrong"),
    (put("rules", "seconds_max", 60), "signature_wrong"),
    (put("rules", "seconds_max", 0), "rules_impossible"),
    (put("signatures", 0, "signature", to_base64(bytes(64))), "signature_wrong"),
    (put("signatures", 0, "signature", to_base64(MADE.signature("it-2"))), "signature_wrong"),
    (put("signatures", 3, "member", "stranger"), "unknown_member"),
]


@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_a_genesis_that_says_something_else_is_refused(number: int) -> None:
    edit, code = OTHERS[number]
    with pytest.raises(ConsoleError, match=code):
        parse(edited(edit))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", GENESIS + b"\n", GENESIS[:-1]])
def test_what_is_no_genesis_is_corrupt(data: bytes) -> None:
    with pytest.raises(Corrupt, match=r"genesis_shape|not_canonical"):
        parse(data)


@given(st.integers(0, len(GENESIS) * 8 - 1))
def test_no_flipped_bit_is_accepted(bit: int) -> None:
    data = bytearray(GENESIS)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ConsoleError):
        load(bytes(data), PINNED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**53 - 1) | st.text("abc=ü/", max_size=4) | st.just("AAAA"),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "name", "it"]), inner, max_size=2)
    ),
    max_leaves=3,
)


@given(JSON, st.data())
def test_whatever_stands_anywhere_in_it_is_refused_by_name(value: Json, data: st.DataObject) -> None:
    document: Any = json.loads(GENESIS)
    place = document
    while isinstance(place, dict | list) and place:
        step = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[step], dict | list) or data.draw(st.integers(0, 3)) == 0:
            break
        place = place[step]
    if not place or place[step] == value:
        return
    place[step] = value
    try:
        changed_data = encode(document)
    except ConsoleError:
        return
    with pytest.raises(ConsoleError):
        load(changed_data, PINNED)


def test_all_founders_must_have_signed() -> None:
    signatures: dict[str, bytes] = {}
    for member in ("it-1", "it-2", "legal-1", "legal-2"):
        with pytest.raises(Corrupt, match=r"genesis_unsigned .*legal-2"):
            load(rules.document(MADE.policy, signatures), PINNED)
        signatures[member] = MADE.signature(member)
    assert load(rules.document(MADE.policy, signatures), PINNED).genesis == PINNED


def test_a_signature_for_another_genesis_does_not_count() -> None:
    other = Founding(Policy(ROSTER, replace(RULES, seconds_max=60)), MADE.tokens, MADE.hsm)
    mixed = rules.document(MADE.policy, {"it-1": other.signature("it-1")})
    with pytest.raises(Corrupt, match="signature_wrong"):
        parse(mixed)


def test_a_well_signed_genesis_that_is_not_the_pinned_one_is_corrupt() -> None:
    other = Founding(Policy(ROSTER, replace(RULES, seconds_max=60)), MADE.tokens, MADE.hsm)
    with pytest.raises(Corrupt, match="genesis_not_pinned"):
        load(other.signed(), PINNED)


def test_roster_and_rules_have_hashes_of_their_own() -> None:
    other = Policy(ROSTER, replace(RULES, showing_seconds=60))
    assert other.roster.hash() == ROSTER.hash()
    assert other.rules.hash() != RULES.hash()
    assert other.genesis != PINNED
    assert replace(RULES, previous=bytes(32)).hash() != RULES.hash()


def test_the_genesis_of_the_format_page() -> None:
    vector = json.loads(FILE.read_text("utf-8"))["genesis"]
    known = load(vector["text"].encode(), bytes.fromhex(vector["genesis"]))
    assert (known.roster.hash().hex(), known.rules.hash().hex()) == (vector["roster"], vector["rules"])
    assert " ".join(to_words(known.genesis)) == vector["words"]
    assert rules.signed_genesis(known).hex() == vector["signed"]
    assert decode_object(vector["text"].encode())["v"] == 1
