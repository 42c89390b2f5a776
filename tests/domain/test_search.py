# SPDX-License-Identifier: Apache-2.0
"""The look at an entry's bytes before it is taken apart: it may let too much through, never too little."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import canonical
from console.domain.canonical import Object, normalised
from console.domain.journal import search
from console.domain.journal.search import Search

KELVIN, LONG_S = "\u212a", "\u017f"
TEXTS = ('Straße "Nord"', "stra\\nd", "ﬁle", "c", "{}", '"c":{}', "m-1", "İzmir\n", f"{LONG_S}ecret", KELVIN, "noted")
texts = st.sampled_from(TEXTS) | st.text(st.characters(codec="ascii"), max_size=6)
values = st.recursive(
    texts | st.integers(0, 9) | st.none(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(("c", "type", "act", "id")), inner, max_size=2)
    ),
    max_leaves=5,
)


leaves = st.builds(
    lambda act, actor, body, c, subject, type_: normalised(
        {
            "act": act,
            "actor": actor,
            "blob": [],
            "body": {"c": body},
            "c": c,
            "id": "x",
            "subject": subject,
            "t": {"wall": "2026-01-01T00:00:00.000Z"},
            "track": "facts",
            "type": type_,
        }
    ),
    st.none() | texts,
    texts,
    values,
    st.sampled_from(({}, {"c": ["AA==", "AA=="]})),
    st.none() | texts,
    texts,
).map(lambda leaf: cast(Object, leaf))


sought_ones = st.builds(
    Search,
    text=texts,
    type=st.none() | texts,
    act=st.none() | texts,
    person=st.none() | texts,
    also=st.dictionaries(
        texts.flatmap(lambda text: st.sampled_from(search.words(text) or ["c"])),
        st.frozensets(st.sampled_from(["m", "1", "noted", "nord"])),
    ),
)


@given(leaf=leaves, sought=sought_ones)
def test_what_is_sought_is_never_passed_over(leaf: Object, sought: Search) -> None:
    is_sought = search.fits(leaf, sought) and not search.missing(sought.terms, search.public_words(leaf))
    assert search.hint(sought)(canonical.encode(leaf)) or not is_sought


@given(leaf=leaves, text=texts)
def test_what_openings_may_say_is_never_passed_over(leaf: Object, text: str) -> None:
    assert search.hint(Search(text))(canonical.encode(leaf)) or leaf["c"] == {}


@pytest.mark.parametrize(
    "sought", [Search("nowhere"), Search(type="other.type"), Search(person="m-2"), Search(act="act-2")]
)
def test_what_is_not_sought_is_not_taken_apart(sought: Search) -> None:
    leaf: Object = {"act": "act-1", "actor": "m-1", "body": {"note": "here"}, "c": {}, "subject": None, "type": "a.b"}
    assert not search.hint(sought)(canonical.encode(leaf))


PEOPLE = {
    "p-aa11": ("it-1", "Carla Dietz"),
    "p-bb22": ("it-2", "David Carlsen"),
    "p-cc33": ("legal-1", "Jürgen Berg"),
    "p-dd44": ("ops-9", ""),
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Carla", {"carla": {"aa11"}}),
        ("carl", {"carl": {"aa11", "bb22"}}),
        ("JÜRG berg", {"jürg": {"cc33"}, "berg": {"cc33"}}),
        ("it-1", {"it": {"aa11"}, "1": {"aa11"}}),
        ("it-10", {"it": set(), "10": set()}),
        ("ops-9 sealed", {"ops": {"dd44"}, "9": {"dd44"}, "sealed": set()}),
        ("", {}),
    ],
)
def test_a_name_or_an_id_is_sought_by_what_stands_in_entries_for_it(text: str, found: dict[str, set[str]]) -> None:
    assert search.stand_ins(text, PEOPLE) == found


def test_a_name_is_found_where_its_pseudonym_stands_and_where_it_is_written() -> None:
    sought = Search("carla sealed", also=search.stand_ins("carla sealed", PEOPLE))
    for body, is_it in (("sealed", True), ("opened", False)):
        by_her: Object = {"type": body, "act": None, "actor": "p-aa11", "subject": None, "body": {}}
        assert bool(search.missing(sought.terms, search.public_words(by_her))) != is_it
    written: Object = {"type": "sealed", "act": None, "actor": "p-bb22", "subject": None, "body": {"note": "for Carla"}}
    assert not search.missing(sought.terms, search.public_words(written))
