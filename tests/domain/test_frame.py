# SPDX-License-Identifier: Apache-2.0
"""A frame comes back; what is too large or no object is refused before it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import frame
from console.domain.errors import Corrupt, Misused
from console.domain.frame import LENGTHS, MAX_HEAD_BYTES, MAX_TAIL_BYTES, Frame

VALUES = st.none() | st.booleans() | st.integers() | st.text()


@given(st.dictionaries(st.text(), VALUES | st.lists(VALUES)), st.binary(max_size=200))
def test_a_frame_comes_back(head: dict[str, object], tail: bytes) -> None:
    data, sent = frame.encode(Frame(head, bytearray(tail)))
    assert frame.lengths(data[: LENGTHS.size]) == (len(data) - LENGTHS.size, len(tail))
    assert frame.decode_head(data[LENGTHS.size :]) == head
    assert sent == tail


def test_the_tail_is_not_copied_and_not_printed() -> None:
    tail = bytearray(b"1234-PIN")
    assert frame.encode(Frame({}, tail))[1] is tail
    assert "PIN" not in repr(Frame({}, tail))


def test_the_largest_frame_fits() -> None:
    head = {"a": "x" * (MAX_HEAD_BYTES - len('{"a":""}'))}
    data, _ = frame.encode(Frame(head, bytearray(MAX_TAIL_BYTES)))
    assert frame.lengths(data[:8]) == (MAX_HEAD_BYTES, MAX_TAIL_BYTES)


@pytest.mark.parametrize(
    "large", [Frame({"a": "x" * MAX_HEAD_BYTES}), Frame({}, bytearray(MAX_TAIL_BYTES + 1)), Frame({"a": "ü" * 20_000})]
)
def test_a_larger_one_is_our_bug(large: Frame) -> None:
    with pytest.raises(Misused, match="frame_too_large"):
        frame.encode(large)


@pytest.mark.parametrize(("head", "tail"), [(MAX_HEAD_BYTES + 1, 0), (0, MAX_TAIL_BYTES + 1), (2**32 - 1, 2**32 - 1)])
def test_lengths_over_the_limits_are_corrupt(head: int, tail: int) -> None:
    with pytest.raises(Corrupt, match="frame_too_large"):
        frame.lengths(LENGTHS.pack(head, tail))


@pytest.mark.parametrize("data", [b"", b"[]", b"1", b"null", b"{", b"\xff", b"[" * 60_000, b"1" * 5000])
def test_a_head_that_is_no_object_is_corrupt(data: bytes) -> None:
    with pytest.raises(Corrupt, match="frame_garbled"):
        frame.decode_head(data)
