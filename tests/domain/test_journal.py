# SPDX-License-Identifier: Apache-2.0
"""The entry's byte form, its commitments, and what is refused."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import canonical
from console.domain.canonical import Json
from console.domain.entries.entry import (
    Draft,
    Opening,
    Reading,
    check_opening,
    commit,
    compose,
    decode_opening,
    entry_of,
    from_rfc3339,
    parse,
    scope_of,
    to_rfc3339,
)
from console.domain.errors import Corrupt, Misused, Refused
from console.domain.journal.opening import open_opening, seal_opening

VECTORS = json.loads((Path(__file__).parents[2] / "resources/vectors/journal.json").read_bytes())
ID = "01890a5d-ac96-774b-bcce-b302099a8057"
KEY, SALT, NONCE = bytes(range(32)), bytes(range(32, 64)), bytes(range(12))


def _encodes(value: Json) -> bool:
    try:
        canonical.encode(value)
    except Misused:
        return False
    return True


plain = st.text(alphabet=[chr(c) for c in range(0x20, 0x7F) if chr(c) not in '"\\'], min_size=1, max_size=30)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
texts = st.text(max_size=20).filter(_encodes)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: _encodes({"value": {"value": value}}))
hashes = st.binary(min_size=32, max_size=32)
readings = st.builds(
    Reading,
    wall_ms=st.integers(0, 253_402_300_799_999),
    boot=plain,
    up_ns=st.integers(0, 10**19 - 1),
    src=plain,
    unc_ms=st.none() | st.integers(0, 10**9),
)
commitments = st.dictionaries(keys, st.tuples(hashes, hashes), max_size=3)
drafts = st.builds(
    Draft,
    type=st.sampled_from(["record.added", "activation.requested", "a.b_2.c"]),
    actor=plain,
    proof=st.sampled_from(["token", "unlock", "claimed", "program"]),
    id=st.just(ID),
    body=st.dictionaries(keys, values, max_size=3),
    act=plain,
    subject=st.none() | plain,
    blob=st.lists(st.tuples(hashes, st.integers(0, 2**40)), max_size=2).map(tuple),
)


def place(**changes: object) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "log": "example.org/s/log-1",
        "mode": "real",
        "seq": 3,
        "prev": bytes(32),
        "reading": Reading(1_795_435_200_000, "b007", 5),
        "commitments": {},
    }
    return usual | changes


DRAFT = Draft("record.added", "member-1", "token", ID, {"kind": "custody"})


@given(drafts, commitments, readings, hashes, st.integers(0, 2**53 - 1))
def test_compose_and_parse_are_inverse(
    draft: Draft, c: dict[str, tuple[bytes, bytes]], reading: Reading, prev: bytes, seq: int
) -> None:
    draft = replace(draft, fields=dict.fromkeys(c, "committed"))
    at = place(commitments=c, reading=reading, prev=prev, seq=seq)
    data = compose(draft, **at)
    assert parse(data) == entry_of(draft, data, **at)
    assert canonical.encode(canonical.decode(data)) == data


odd = (
    st.none()
    | st.integers()
    | st.text(alphabet='a-\\"\n\x7fé.', max_size=3)
    | st.sampled_from(
        ["record.added", "activation.noted", "counsel.entry", "facts", "counsel", "token", "real", ID, ID + "\n", ""]
    )
)
members = st.dictionaries(
    st.sampled_from(["type", "actor", "proof", "id", "act", "subject", "track", "body"]), odd, max_size=3
)


@given(members, st.dictionaries(st.sampled_from(["log", "mode", "seq"]), odd, max_size=1))
def test_whatever_is_composed_is_parsed_again(changes: dict[str, Any], elsewhere: dict[str, Any]) -> None:
    draft, at = replace(DRAFT, **changes), place(**elsewhere)
    try:
        data = compose(draft, **at)
    except (Misused, Refused):
        return
    assert parse(data) == entry_of(draft, data, **at)


@given(st.integers(0, 253_402_300_799_999))
def test_wall_time_round_trip(wall_ms: int) -> None:
    assert from_rfc3339(to_rfc3339(wall_ms)) == wall_ms


def test_more_than_104_days_of_uptime_do_not_stop_the_journal() -> None:
    reading = Reading(1_795_435_200_000, "b007", 2**53 + 1)
    assert parse(compose(DRAFT, **place(reading=reading))).t == reading


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"type": "nodots"}, "type"),
        ({"type": "Record.added"}, "type"),
        ({"actor": ""}, "actor"),
        ({"actor": 'say "x"'}, "actor"),
        ({"actor": "Jürgen"}, "actor"),
        ({"actor": "line\nbreak"}, "actor"),
        ({"proof": "trusted"}, "proof"),
        ({"id": "5"}, "id"),
        ({"id": ID.upper()}, "id"),
        ({"act": ""}, "act"),
        ({"subject": "x" * 201}, "subject"),
        ({"track": "other"}, "track"),
        ({"type": "activation.requested"}, "act"),
        ({"type": "counsel.entry"}, "track"),
        ({"fields": {"why": "x"}}, "c"),
    ],
)
def test_drafts_outside_the_format_are_our_bug(change: dict[str, Any], member: str) -> None:
    with pytest.raises(Misused) as caught:
        compose(replace(DRAFT, **change), **place())
    assert caught.value.facts["member"] == member


@pytest.mark.parametrize(
    "change",
    [
        {"log": "a b"},
        {"mode": "test"},
        {"seq": -1},
        {"seq": True},
        {"reading": Reading(0, "", 0)},
        {"reading": Reading(0, "b", -1)},
        {"reading": Reading(0, "b", 0, unc_ms=-1)},
        {"reading": Reading(10**18, "b", 0)},
    ],
)
def test_places_outside_the_format_are_our_bug(change: dict[str, Any]) -> None:
    with pytest.raises(Misused):
        compose(DRAFT, **place(**change))


@pytest.mark.parametrize("value", [1.5, {"Key": 1}, 2**53, "e\u0301", "\ud800", {"a": {"b": {"c": {"d": {"e": 1}}}}}])
def test_bodies_outside_the_profile_are_our_bug(value: Any) -> None:
    with pytest.raises(Misused):
        compose(replace(DRAFT, body={"value": value}), **place())


def test_an_entry_is_at_most_65535_bytes() -> None:
    with pytest.raises(Misused, match="entry_too_large"):
        compose(replace(DRAFT, body={"text": "x" * 65_535}), **place())
    with pytest.raises(Corrupt, match="entry_too_large"):
        parse(b"x" * 65_536)


def test_a_counsel_entry_tells_nothing_but_its_key() -> None:
    """Its scope is no key of the station's, it has no subject, and its type and track go together."""
    draft = replace(DRAFT, type="counsel.entry", track="counsel", body={"key": "c-1"}, act=None, subject=None)
    entry = parse(compose(draft, **place()))
    assert scope_of(entry) == scope_of(draft) == "counsel:c-1"
    for wrong in ({"subject": "client-1"}, {"track": "facts"}, {"type": "record.added"}):
        with pytest.raises(Misused, match="entry_shape"):
            compose(replace(draft, **cast(Any, wrong)), **place())
        with pytest.raises(Corrupt):
            parse(canonical.encode(canonical.decode_object(entry.data) | wrong))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"extra": 1},
        {"seq": "3"},
        {"prev": "AAAA"},
        {"body": []},
        {"c": []},
        {"c": {"why": ["AAAA"]}},
        {"blob": {}},
        {"blob": [{"len": 3}]},
        {"t": {}},
        {"t": None},
        {"id": None},
    ],
)
def test_stored_bytes_of_another_shape_are_corrupt(change: dict[str, Any]) -> None:
    value = canonical.decode_object(compose(DRAFT, **place()))
    with pytest.raises(Corrupt):
        parse(canonical.encode(value | change))


@pytest.mark.parametrize("member", sorted(json.loads(compose(DRAFT, **place()))))
def test_no_member_may_be_missing(member: str) -> None:
    value = canonical.decode_object(compose(DRAFT, **place()))
    del value[member]
    with pytest.raises(Corrupt):
        parse(canonical.encode(value))


@pytest.mark.parametrize(
    "t",
    [
        {"wall": "2026-11-23T14:05:00Z"},
        {"wall": "2026-02-30T14:05:00.000Z"},
        {"up_ns": 5},
        {"up_ns": "05"},
        {"up_ns": "1\u0662"},
        {"boot": 1},
        {"unc_ms": "1"},
        {"more": 1},
    ],
)
def test_other_readings_are_corrupt(t: dict[str, Any]) -> None:
    value = canonical.decode_object(compose(DRAFT, **place()))
    reading = value["t"]
    assert isinstance(reading, dict)
    with pytest.raises(Corrupt):
        parse(canonical.encode(value | {"t": reading | t}))


def test_other_spellings_of_the_same_value_are_corrupt() -> None:
    data = compose(DRAFT, **place())
    spellings = [
        b" " + data,
        data + b"\n",
        data.replace(b'"seq":3', b'"seq":3.0'),
        data.replace(b",", b", ", 1),
        data.replace(b"member-1", b"member\\u002d1"),
        data.replace(b'"v":1}', b'"v":1,"v":1}'),
        b"[]",
        b"{",
    ]
    for wrong in spellings:
        with pytest.raises(Corrupt):
            parse(wrong)


def test_scopes() -> None:
    assert scope_of(DRAFT) == "station"
    assert scope_of(replace(DRAFT, subject="client-1")) == "subject:client-1"
    assert scope_of(replace(DRAFT, act="act-1")) == "act:act-1"
    assert scope_of(replace(DRAFT, subject="client-1", act="act-1")) == "act:act-1/subject:client-1"


@given(values, keys)
def test_openings_open_their_commitment_only(value: Json, name: str) -> None:
    sealed = seal_opening(KEY, SALT, NONCE, entry_id=ID, name=name, value=value)
    opening = open_opening(KEY, sealed, entry_id=ID, name=name)
    assert opening == decode_opening(Opening(SALT, value).encode())
    c = {name: (commit(SALT, ID, name, value), hashlib.sha256(sealed).digest())}
    entry = parse(compose(replace(DRAFT, fields={name: value}), **place(commitments=c)))
    check_opening(entry, name, opening)
    with pytest.raises(Corrupt, match="commitment_mismatch"):
        check_opening(entry, name, Opening(SALT, ["other", value]))
    with pytest.raises(Corrupt, match="commitment_mismatch"):
        check_opening(entry, name, Opening(NONCE + SALT[12:], value))


def test_sealed_openings_are_bound_to_key_entry_and_field() -> None:
    sealed = seal_opening(KEY, SALT, NONCE, entry_id=ID, name="why", value="geheim")
    other = ID[:-1] + "8"
    flipped = sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:]
    for key, data, entry_id, name in (
        (SALT, sealed, ID, "why"),
        (KEY, sealed, other, "why"),
        (KEY, sealed, ID, "who"),
        (KEY, flipped, ID, "why"),
        (KEY, sealed[:28], ID, "why"),
    ):
        with pytest.raises(Corrupt):
            open_opening(key, data, entry_id=entry_id, name=name)


def test_lengths_are_checked() -> None:
    for attempt in (
        lambda: commit(b"short", ID, "why", "x"),
        lambda: seal_opening(b"short", SALT, NONCE, entry_id=ID, name="why", value="x"),
        lambda: seal_opening(KEY, b"short", NONCE, entry_id=ID, name="why", value="x"),
        lambda: seal_opening(KEY, SALT, b"short", entry_id=ID, name="why", value="x"),
        lambda: open_opening(b"short", b"", entry_id=ID, name="why"),
    ):
        with pytest.raises(Misused):
            attempt()
    with pytest.raises(Corrupt):
        decode_opening(SALT)


# The project's own vectors, which docs/formats/journal.md refers to.


@pytest.mark.parametrize("vector", VECTORS["entries"], ids=lambda v: v["name"])
def test_entry_vectors(vector: dict[str, Any]) -> None:
    data = vector["data"].encode()
    entry = parse(data)
    assert hashlib.sha256(b"\0" + data).hexdigest() == vector["leaf"]
    assert entry.seq == vector["seq"]
    for name, opening in vector["openings"].items():
        check_opening(entry, name, Opening(bytes.fromhex(opening["salt"]), opening["value"]))


@pytest.mark.parametrize("vector", VECTORS["not_entries"], ids=lambda v: v["name"])
def test_negative_entry_vectors(vector: dict[str, Any]) -> None:
    with pytest.raises(Corrupt, match=vector["code"]):
        parse(vector["data"].encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("vector", VECTORS["sealed_openings"])
def test_sealed_opening_vectors(vector: dict[str, Any]) -> None:
    key, salt, nonce = (bytes.fromhex(vector[name]) for name in ("key", "salt", "nonce"))
    sealed = seal_opening(key, salt, nonce, entry_id=vector["id"], name=vector["name"], value=vector["value"])
    assert sealed.hex() == vector["sealed"]
    assert commit(salt, vector["id"], vector["name"], vector["value"]).hex() == vector["commitment"]
