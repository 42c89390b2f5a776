# SPDX-License-Identifier: Apache-2.0
"""What comes in is told by what is known where it arrives: for whom, from whom, until when, and whether it is stale."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from console.actions.activation import remote
from console.actions.handoff import arrival
from console.actions.handoff.arrival import Known, tell
from console.actions.journal import heads
from console.actions.keyholder import enrolment
from console.actions.policy import steps as policy_actions
from console.domain.canonical import Object
from console.domain.errors import ConsoleError, Corrupt
from console.domain.handoff import frames
from console.settings import load_toml
from tests.support.activations import filed
from tests.support.remote import answered, asked, pinned_home
from tests.support.scenes import PASSWORD, sealed_base, staged

pytestmark = [pytest.mark.real, pytest.mark.long]
CHANGE = Path(__file__).parents[2] / "resources" / "examples" / "change.toml"


@dataclass(frozen=True)
class Things:
    """One of each kind, and what the station and two consoles know."""

    errand: bytes
    answer: bytes
    card: bytes
    change: bytes
    receipt: bytes
    station: Known
    reader: Known
    other: Known


@pytest.fixture(scope="module")
def things() -> Iterator[Things]:
    with staged(sealed_base()) as scene, scene.console() as console:
        home, away = pinned_home(scene, console, "legal-1"), pinned_home(scene, console, "legal-2")
        act = filed(console, {"credential": PASSWORD})
        data = asked(console, act, "legal-1")
        proposal = str(policy_actions.propose_change(console, load_toml(CHANGE.read_bytes(), "change"))["proposal"])
        with home.console() as own, away.console() as another:
            reader, other = arrival.at_own(own), arrival.at_own(another)
        yield Things(
            data,
            answered(home, data),
            remote.pin_card(console, "legal-1")[1],
            enrolment.bundle(console, proposal),
            str(heads.receipt(console, "it-1")["note"]).encode(),
            arrival.at_station(console),
            reader,
            other,
        )


def parties(told: Object) -> tuple[object, object]:
    return told["sender"]["is"], told["reader"]["is"]  # type: ignore[call-overload,index]


def test_a_request_is_told_to_its_reader_and_to_everybody_else(things: Things) -> None:
    assert parties(tell(things.errand, things.reader)) == ("here", "you")
    assert parties(tell(things.errand, things.other)) == ("here", "person")
    assert parties(tell(things.errand, things.station)) == ("here", "person")
    assert parties(tell(things.errand, Known())) == ("sealed", "sealed")
    assert tell(things.errand, things.reader)["until"] == "sealed"


def test_an_answer_is_told_by_the_request_that_waits_and_until_when(things: Things) -> None:
    told = tell(things.answer, things.station)
    assert told["kind"] == frames.ANSWER
    assert parties(told) == ("sealed", "waiting")
    assert told["reader"]["name"]  # type: ignore[call-overload,index]
    assert told["over"] is False
    late = replace(things.station, now_ms=things.station.now_ms + 10**9)
    assert tell(things.answer, late)["over"] is True
    assert parties(tell(things.answer, replace(things.station, waiting={}))) == ("sealed", "another")


def test_what_comes_from_another_station_is_told(things: Things) -> None:
    for data in (things.card, things.change, things.receipt):
        assert parties(tell(data, things.station))[0] == "here"
        assert parties(tell(data, Known()))[0] == "station"


def test_a_card_that_knows_less_than_is_known_here_is_old(things: Things) -> None:
    assert tell(things.card, things.reader)["old"] is None
    known = things.reader.policy
    assert known is not None
    newer = replace(known, earlier=(*known.earlier, known))
    assert tell(things.card, replace(things.reader, policy=newer))["old"] == newer.number


@pytest.mark.parametrize("field", ["errand", "answer", "card", "change", "receipt"])
def test_every_kind_crosses_in_pictures_under_its_own_name(things: Things, field: str) -> None:
    from console.actions.handoff import transfer as actions

    data = getattr(things, field)
    kind = actions.kind_of(data)
    assert kind != frames.FILE
    assert {frames.parse(text).kind for text in frames.split(kind, data)} == {kind}


@pytest.mark.parametrize(
    "data",
    [
        b'{"checkpoint":1,"genesis":2,"steps":3,"v":1}',
        b'{"body":1,"requester_signature":null,"station_signature":""}',
        b'{"body":{},"requester_signature":null,"station_signature":""}',
        b'{"kind":"enrolment"}',
        b'{"kind":"step-proposal"}',
        b'{"kind":"step-signature","member":1}',
        b'{"blob":"","signature":"","statement":7}',
        b"old 5\n\n",
        b"a\n\n\xe2\x80\x94 b c\n",
    ],
)
def test_what_only_looks_like_one_of_ours_is_damaged_in_words(data: bytes) -> None:
    with pytest.raises(ConsoleError):
        tell(data, Known())


@pytest.mark.parametrize("body", ["{}", '{"activation":"x","log":"y","requester":"z","valid_seconds":"long"}'])
def test_a_picture_of_half_a_request_is_damaged_in_words(body: str) -> None:
    from console.actions.handoff import transfer as actions

    data = f'{{"body":{body},"requester_signature":null,"station_signature":""}}'.encode()
    assert actions.kind_of(data) == frames.REQUEST
    with pytest.raises(Corrupt, match="arrival_shape"):
        actions.describe(frames.REQUEST, data)
