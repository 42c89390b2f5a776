# SPDX-License-Identifier: Apache-2.0
"""Objects survive being cut into frames; whatever is not exactly a frame is refused by code."""

import re
import zlib
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import ConsoleError, Corrupt, Misused, Refused
from console.domain.handoff import frames
from console.domain.handoff.frames import Collector, Frame, object_hash, parse, read_spans, spans, split

ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+\Z")
KINDS = st.from_regex(r"[a-z][a-z0-9-]{0,11}", fullmatch=True)


def collect(texts: list[str]) -> Collector:
    """Return a collector that was given these frames."""
    collector = Collector()
    for text in texts:
        collector.add(text)
    return collector


def noise(size: int) -> bytes:
    """Return bytes that deflate cannot shorten."""
    words = (zlib.crc32(n.to_bytes(2, "big")).to_bytes(4, "big") for n in range(size // 4 + 1))
    return b"".join(words)[:size]


def forge(packed: bytes, data: bytes) -> str:
    """Return a lone frame of kind ``note`` with this payload, named after ``data``."""
    return Frame("note", object_hash("note", data), 1, 1, packed).text()


@given(KINDS, st.binary(max_size=4000), st.integers(32, 1000), st.randoms(use_true_random=False))
def test_any_object_comes_back_in_any_order_with_duplicates(
    kind: str, data: bytes, frame_bytes: int, random: Random
) -> None:
    texts = split(kind, data, frame_bytes=frame_bytes)
    shuffled = texts + random.choices(texts, k=3)
    random.shuffle(shuffled)
    collector = collect(shuffled)
    assert collector.is_complete()
    assert (collector.kind(), collector.data(), collector.count()) == (kind, data, len(texts))


@given(KINDS, st.binary(max_size=2000))
def test_a_frame_is_spelled_in_one_way_and_in_qr_alphanumeric(kind: str, data: bytes) -> None:
    for text in split(kind, data):
        assert ALPHANUMERIC.match(text)
        assert parse(text).text() == text
        assert parse(f"  {text}\r\n") == parse(text)


def test_the_vectors_of_the_format_page() -> None:
    assert split("note", b"hello") == ["BG1/NOTE/27GQWYWYZ7SN7INKPWLNDC3C/1/1/ZNEM3SOJA4AA"]
    assert split("note", b"") == ["BG1/NOTE/NSENQFP3T53DIFKQ5U65UJOX/1/1/AMAA"]


def test_a_short_object_is_frame_one_of_one() -> None:
    frame = parse(split("request", b"short")[0])
    assert (frame.kind, frame.number, frame.count) == ("request", 1, 1)


def test_missing_frames_are_named() -> None:
    texts = split("request", noise(1500))
    collector = collect([texts[4], texts[1]])
    assert collector.missing() == [1, 3, 4, 6]
    assert not collector.is_complete()
    with pytest.raises(Refused, match=r"handoff_incomplete \(missing=1, 3, 4, 6\)"):
        collector.data()


def test_nothing_is_complete_before_the_first_frame() -> None:
    collector = Collector()
    assert (collector.count(), collector.missing(), collector.is_complete()) == (0, [], False)
    with pytest.raises(Refused, match="handoff_incomplete"):
        collector.data()
    with pytest.raises(Refused, match="handoff_incomplete"):
        collector.kind()


@pytest.mark.parametrize(
    "stranger",
    [
        split("request", noise(1499))[1],  # another object
        split("approval", noise(1500))[1],  # another kind
        split("request", noise(1500), frame_bytes=200)[1],  # the same, cut differently
    ],
)
def test_a_frame_of_something_else_is_refused_and_changes_nothing(stranger: str) -> None:
    texts = split("request", noise(1500))
    collector = collect(texts[:1])
    with pytest.raises(Refused, match="handoff_other_object"):
        collector.add(stranger)
    for text in texts[1:]:
        collector.add(text)
    assert collector.data() == noise(1500)


def test_the_same_number_with_another_payload_is_corrupt() -> None:
    text = split("note", b"hello")[0]
    frame = parse(text)
    other = Frame(frame.kind, frame.object_hash, 1, 1, frame.payload + b"\0").text()
    with pytest.raises(Corrupt, match="handoff_conflict"):
        collect([text, other])


def test_an_object_with_another_hash_is_corrupt() -> None:
    packed = parse(split("note", b"hello")[0]).payload
    with pytest.raises(Corrupt, match="handoff_garbled"):
        collect([forge(packed, b"world")]).data()


@pytest.mark.parametrize("damage", [lambda p: p[:-1], lambda p: p + b"\0", lambda p: b"\xff" + p])
def test_a_packing_with_too_little_too_much_or_nonsense_is_corrupt(damage: Callable[[bytes], bytes]) -> None:
    packed = parse(split("note", b"hello")[0]).payload
    with pytest.raises(Corrupt, match="handoff_garbled"):
        collect([forge(damage(packed), b"hello")]).data()


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = b"\0" * (frames.MAX_OBJECT_BYTES + 1)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bomb) + packer.flush()
    assert len(packed) < 100
    with pytest.raises(Refused, match="handoff_too_long"):
        collect([forge(packed, bomb)]).data()


def test_the_longest_object_fits_and_one_byte_more_does_not() -> None:
    longest = noise(frames.MAX_OBJECT_BYTES)
    texts = split("request", longest)
    assert len(texts) <= frames.MAX_FRAMES
    assert collect(texts).data() == longest
    with pytest.raises(Refused, match="handoff_too_long"):
        split("request", longest + b"x")


def test_too_many_frames_are_refused() -> None:
    with pytest.raises(Refused, match="handoff_too_long"):
        split("request", noise(20_000), frame_bytes=32)


@pytest.mark.parametrize("frame_bytes", [-1, 0, 31, 1001])
def test_a_density_outside_the_range_is_refused(frame_bytes: int) -> None:
    with pytest.raises(Refused, match="handoff_density"):
        split("request", b"", frame_bytes=frame_bytes)


@pytest.mark.parametrize("kind", ["", "Request", "a/b", "1st", "thirteen-long", "ä", "note\n"])
def test_a_kind_outside_the_form_is_our_bug(kind: str) -> None:
    with pytest.raises(Misused, match="handoff_kind"):
        split(kind, b"")


GOOD = "BG1/NOTE/27GQWYWYZ7SN7INKPWLNDC3C/1/1/ZNEM3SOJA4AA"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4821-9930",
        "https://example.org/?c=4821",
        GOOD.lower(),
        GOOD.replace("/1/1/", "/0/1/"),
        GOOD.replace("/1/1/", "/2/1/"),
        GOOD.replace("/1/1/", "/1/257/"),
        GOOD.replace("/1/1/", "/01/1/"),
        GOOD.replace("/1/1/", "/\u0661/1/"),
        GOOD.replace("/27G", "/7G"),
        GOOD.replace("NOTE", "NOTES-ARE-LONG"),
        GOOD.replace("NOTE", "1OTE"),
        GOOD + "=",
        GOOD + "1",
        GOOD + "AA",
        GOOD[:-1] + "B",
        GOOD + "\nX",
        GOOD + "A" * 4000,
        GOOD.rpartition("/")[0] + "/",
    ],
)
def test_what_is_not_exactly_a_frame_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="handoff_not_a_frame"):
        parse(text)


def test_a_later_version_is_named() -> None:
    with pytest.raises(Refused, match=r"handoff_version \(version=2\)"):
        parse("BG2/anything at all")


PIECES = st.sampled_from(
    ["BG1", "BG2", "/", "NOTE", "27GQWYWYZ7SN7INKPWLNDC3C", "1", "256", "AMAA", "=", " ", "\u0131"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=14).map("".join), st.binary().map(lambda b: b.decode("latin-1"))))
def test_garbage_raises_nothing_but_our_errors(text: str) -> None:
    try:
        collect([text]).data()
    except ConsoleError as error:
        assert error.family in ("refused", "corrupt")


@given(st.binary(max_size=600), st.data())
def test_one_wrong_letter_is_never_taken_for_the_object(data: bytes, draw: st.DataObject) -> None:
    texts = split("note", data, frame_bytes=100)
    which = draw.draw(st.integers(0, len(texts) - 1))
    where = draw.draw(st.integers(0, len(texts[which]) - 1))
    letter = draw.draw(st.sampled_from("ABCXYZ234/0 "))
    texts[which] = texts[which][:where] + letter + texts[which][where + 1 :]
    try:
        collector = collect(texts)
        assert (collector.kind(), collector.data()) == ("note", data)
    except ConsoleError as error:
        assert error.family in ("refused", "corrupt")


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("", []), ("2, 5-7", [2, 5, 6, 7]), ("5 - 6;2", [2, 5, 6]), ("7 7 7", [7]), ("1-9", list(range(1, 10)))],
)
def test_missing_numbers_are_typed_as_they_are_read_out(typed: str, numbers: list[int]) -> None:
    assert read_spans(typed, 9) == numbers
    assert read_spans(spans(numbers), 9) == numbers


@pytest.mark.parametrize("typed", ["0", "10", "5-3", "x", "1-", "-1", "1--3", "1 " * 5000, "²"])
def test_numbers_of_no_picture_are_refused(typed: str) -> None:
    with pytest.raises(Refused, match="frame_numbers_wrong"):
        read_spans(typed, 9)
