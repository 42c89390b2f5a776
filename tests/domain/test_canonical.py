# SPDX-License-Identifier: Apache-2.0
"""One value has one spelling, the one RFC 8785 gives it; everything outside the profile is refused."""

import base64
import hashlib
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from console.domain.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    Json,
    decode,
    decode_object,
    digest,
    encode,
    from_base64,
    to_base64,
)
from console.domain.errors import Corrupt, Misused

PROJECT = Path(__file__).parents[2]
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cn"))).map(lambda t: unicodedata.normalize("NFC", t))
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS
NESTED: st.SearchStrategy[Any] = SCALARS
for _ in range(MAX_DEPTH):
    NESTED = SCALARS | st.lists(NESTED, max_size=3) | st.dictionaries(KEYS, NESTED, max_size=3)


@given(NESTED)
def test_what_fits_comes_back_and_has_the_spelling_of_rfc_8785(value: Json) -> None:
    data = encode(value)
    assert decode(data) == value
    assert data == rfc8785.dumps(value)


@given(NESTED)
def test_any_other_spelling_of_a_value_is_refused(value: Json) -> None:
    for other in (json.dumps(value, indent=1), f" {json.dumps(value)}", json.dumps(value) + "\n"):
        if other.encode() != encode(value):
            with pytest.raises(Corrupt, match="not_canonical"):
                decode(other.encode())


@given(st.binary(max_size=80))
def test_any_bytes_are_a_canonical_value_or_corrupt(data: bytes) -> None:
    try:
        value = decode(data)
    except Corrupt:
        return
    assert encode(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"nul",
        b'{"a":1}x',
        b"\xff",
        b"\xef\xbb\xbf1",
        '"a"'.encode("utf-16"),
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b"1.0",
        b"1e2",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b'"\\u0061"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\ud800"',
        b"9007199254740992",
        b"-9007199254740992",
        b"[" * 7 + b"]" * 7,
        b"[" * 99999,
        b"1" * 5000,
        '"e\u0301"'.encode(),
        '"\u0378"'.encode(),
        '"\U0001fae8"'.encode(),
        b'{"A":1}',
        b'{"":1}',
    ],
)
def test_refused_when_read(data: bytes) -> None:
    with pytest.raises(Corrupt, match="not_canonical"):
        decode(data)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        b"bytes",
        {1: 2},
        {"A": 1},
        {"": 1},
        {"a-b": 1},
        {"a" * 33: 1},
        {"a\n": 1},
        {1, 2},
        object(),
        "\ud800",
        "e\u0301",
        "\u212b",
        "\u0378",
        "\ufffe",
        "\U0001fae8",
        [[[[[[[]]]]]]],
        {"a": {"a": {"a": {"a": {"a": {"a": {}}}}}}},
    ],
)
def test_refused_when_written(value: Json) -> None:
    with pytest.raises(Misused, match="not_canonical"):
        encode(value)


@pytest.mark.parametrize("value", [MAX_INTEGER, -MAX_INTEGER, {"a" * 32: 1}, [[[[[[1]]]]]], "\ue000", "\x7f\u2028"])
def test_the_edges_of_the_profile_are_inside(value: Json) -> None:
    assert decode(encode(value)) == value


def test_a_tuple_is_an_array() -> None:
    assert encode({"a": (1, ("b",))}) == b'{"a":[1,["b"]]}'


def test_an_object_is_asked_for() -> None:
    assert decode_object(b'{"a":1}') == {"a": 1}
    for data in (b"[]", b"1", b"null", b'"a"'):
        with pytest.raises(Corrupt, match="not_canonical"):
            decode_object(data)


def test_digest_is_what_the_format_page_says() -> None:
    spelled = b"bg/v1/ctx\x00" + b"\0\0\0\0\0\0\0\x02ab" + b"\0\0\0\0\0\0\0\0"
    assert digest("ctx", b"ab", b"") == hashlib.sha256(spelled).digest()


def test_the_format_page_names_every_tag_in_use() -> None:
    page = (PROJECT / "docs/formats/sealing.md").read_text()
    table = page.partition("Every tag in use:")[2].partition("\n## ")[0]
    sources = (path.read_text() for path in (PROJECT / "console").rglob("*.py"))
    used = {tag for source in sources for tag in re.findall(r'(?<![.\w])digest\(\s*"([a-z-]+)"', source)}
    assert len(used) > 40
    assert {tag for tag in used if f"`{tag}`" not in table} == set()


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_digest_separates_parts_and_tags(one: list[bytes], other: list[bytes]) -> None:
    assert (digest("a", *one) == digest("a", *other)) == (one == other)
    assert digest("a", *one) != digest("b", *one)


@given(st.binary(max_size=100))
def test_base64_is_the_standard_one(data: bytes) -> None:
    assert to_base64(data) == base64.b64encode(data).decode()
    assert from_base64(to_base64(data)) == data


@pytest.mark.parametrize(
    "text", ["AA", "AA=", "AB==", "A A==", "AA==\n", "AA==AA==", "-_==", "=", "ä", 5, None, [], True]
)
def test_any_other_base64_is_refused(text: Json) -> None:
    with pytest.raises(Corrupt, match="not_base64"):
        from_base64(text)
