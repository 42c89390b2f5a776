# SPDX-License-Identifier: Apache-2.0
"""What entries say: each event type is a class that reads exactly what it writes, and refuses everything else."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.canonical import Json, Object, decode_object, encode
from console.domain.entries import catalogue
from console.domain.entries.entry import Reading
from console.domain.entries.event import Event, Recorded
from console.domain.errors import Corrupt
from console.sentences.entries import ENTRY_TYPES
from tests.domain import entries_page

KINDS = {kind.TYPE: kind for kind in catalogue.kinds()}
NAMES = {"Json": Any}
SCALARS = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text("abc é", max_size=5)
JSON = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.sampled_from(["a", "seq", "size"]), SCALARS)
FEW = settings(max_examples=10)
"""Of 86 types each."""


class Leaf:
    """An entry that says something."""

    seq, t = 7, Reading(0, "boot", 0)

    def __init__(self, type_: str, body: Object) -> None:
        self.type, self.body = type_, body


def leaf(said: Event) -> Recorded:
    return Leaf(said.TYPE, decode_object(encode(said.body())))


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a field's type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return JSON
    if origin in (Union, types.UnionType):
        return st.one_of(*map(values, arguments))
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(values(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*map(values, arguments))
    if origin in (Mapping, dict) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), values(arguments[1]), max_size=3)
    if origin is Sequence:
        return st.lists(values(arguments[0]), max_size=3)
    plain = {
        str: st.text("abc é", max_size=5),
        int: st.integers(0, 2**40),
        bool: st.booleans(),
        bytes: st.binary(max_size=5),
        type(None): st.none(),
    }
    return plain[hint] if hint in plain else built(hint)


def built(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind, localns=NAMES)
    return st.builds(kind, **{each.name: values(hints[each.name]) for each in fields(kind)})


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@FEW
@given(data=st.data())
def test_an_event_reads_what_it_writes(kind: type[Event], data: st.DataObject) -> None:
    said = data.draw(built(kind))
    opened = decode_object(encode(said.committed()))
    again = catalogue.read(leaf(said), opened)
    assert again is not None
    assert (again.body(), again.committed()) == (said.body(), said.committed())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@FEW
@given(body=st.dictionaries(st.sampled_from(["member", "credential", "number", "size", "why", "seq"]), JSON))
def test_any_other_body_is_refused_or_read(kind: type[Event], body: Mapping[str, Json]) -> None:
    try:
        said = kind.read(Leaf(kind.TYPE, body))
    except Corrupt as error:
        assert error.code == "event_shape"
    else:
        assert isinstance(said, kind)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_class_is_named_after_its_type_and_stands_in_the_file_of_its_noun(kind: type[Event]) -> None:
    words = kind.TYPE.replace(".", "_").split("_")
    assert kind.__name__ == "".join(word.capitalize() for word in words)
    assert kind.__module__.rpartition(".")[2] == kind.TYPE.partition(".")[0]


def test_every_type_has_a_sentence() -> None:
    assert ENTRY_TYPES.keys() == KINDS.keys()


def test_a_type_of_another_program_is_nothing() -> None:
    assert catalogue.read(Leaf("weather.changed", {})) is None
    assert catalogue.read(Leaf("station.danced", {})) is None


def test_a_member_that_is_missing_or_another_is_named() -> None:
    with pytest.raises(Corrupt) as refused:
        KINDS["journal.exported"].read(Leaf("journal.exported", {"audience": "auditor", "log": True}))
    assert refused.value.facts == {"type": "journal.exported", "member": "log"}
    with pytest.raises(Corrupt) as refused:
        KINDS["activation.approved"].read(Leaf("activation.approved", {}))
    assert refused.value.facts == {"type": "activation.approved", "member": "approval"}


def test_every_type_stands_on_the_page_as_its_class_has_it() -> None:
    assert entries_page.PAGE.read_text() == entries_page.page()
