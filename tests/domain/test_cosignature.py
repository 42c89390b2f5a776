# SPDX-License-Identifier: Apache-2.0
"""Requests to witnesses, their cosignatures, and the policy of k of n, as c2sp.org says."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.journal import checkpoint, cosignature
from console.domain.journal.checkpoint import VerifierKey
from console.domain.journal.cosignature import Question
from tests.support.cosignatures import EXAMPLE, REQUEST

ORIGIN = "example.org/station-07/log-1"
NAME = "example.org/station-07/witness-0badcafe"
ROOT = hashlib.sha256(b"root").digest()
BODY = checkpoint.text(ORIGIN, 42, ROOT)
SEED = bytes(range(32))
KEY = cosignature.witness_key(NAME, SEED)
LOG = VerifierKey(ORIGIN, checkpoint.ED25519, bytes(32))
AT = 1_795_435_200
NOTE = BODY + f"\n— {ORIGIN} {base64.b64encode(LOG.id + bytes(64)).decode()}\n".encode()


def line(text: str) -> tuple[str, bytes]:
    (found,) = cosignature.read_answer(text)[1]
    return found


def test_the_published_example_is_read() -> None:
    body, lines = cosignature.read_answer(EXAMPLE)
    assert body == EXAMPLE.encode().split(b"\n\n")[0] + b"\n"
    name, blob = lines[1]
    assert name == "witness.example.com/w1"
    assert len(blob) == 4 + 8 + 64
    assert int.from_bytes(blob[4:12], "big") == 1679315147  # the time that the page's signed message says


def test_the_published_request_is_read_and_written() -> None:
    asked = cosignature.parse_question(REQUEST.encode())
    assert (asked.old, len(asked.proof)) == (20852014, 4)
    assert asked.encode() == REQUEST.encode()


def test_a_cosignature_says_when_and_fits_its_text_alone() -> None:
    signed = line(cosignature.cosign(NAME, SEED, BODY, AT))
    assert cosignature.check(KEY, signed, BODY) == AT
    assert signed[1][:4] == hashlib.sha256(NAME.encode() + b"\n\x04" + KEY.public).digest()[:4]
    for other in (checkpoint.text(ORIGIN, 41, ROOT), checkpoint.text(ORIGIN + "2", 42, ROOT), b""):
        with pytest.raises(Corrupt, match="cosignature_wrong"):
            cosignature.check(KEY, signed, other)
    with pytest.raises(Corrupt, match="cosignature_wrong"):
        cosignature.check(cosignature.witness_key(NAME, bytes(32)), signed, BODY)


@given(st.integers(0, 75), st.integers(0, 7))
def test_no_changed_bit_of_a_line_passes(place: int, bit: int) -> None:
    name, blob = line(cosignature.cosign(NAME, SEED, BODY, AT))
    changed = bytearray(blob)
    changed[place] ^= 1 << bit
    with pytest.raises(Corrupt, match="cosignature_wrong"):
        cosignature.check(KEY, (name, bytes(changed)), BODY)


def test_an_answer_is_a_note_or_a_line_however_it_was_typed() -> None:
    signed = cosignature.cosign(NAME, SEED, BODY, AT)
    whole = BODY.decode() + "\n" + signed
    assert cosignature.read_answer(whole)[0] == BODY
    typed = signed.replace("—", "-").replace(" ", "   ").replace("\n", "\r\n")
    for text in (signed, typed, signed.removeprefix("— "), f"\n{signed}\n"):
        assert cosignature.read_answer(text) == (None, [line(signed)])


@given(st.text(max_size=200))
def test_whatever_is_no_answer_is_refused_by_name(text: str) -> None:
    try:
        cosignature.read_answer(text)
    except ConsoleError as error:
        assert error.code == "not_a_cosignature"


@given(st.integers(0, 2**53), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_requests_round_trip(old: int, proof: list[bytes]) -> None:
    asked = Question(min(old, 10**15), proof, NOTE)
    assert cosignature.parse_question(asked.encode()) == asked


@given(st.binary(max_size=200))
def test_whatever_is_no_request_is_refused_by_name(data: bytes) -> None:
    for made in (data, b"old 1\n" + data, b"old 1\n" + data + b"\n\n" + NOTE):
        try:
            cosignature.parse_question(made)
        except ConsoleError as error:
            assert error.code == "not_a_witness_request"


@pytest.mark.parametrize(
    "data",
    [
        b"old 01\n\n" + NOTE,
        b"old -1\n\n" + NOTE,
        b"old 1\nAAAA\n\n" + NOTE,
        b"Old 1\n\n" + NOTE,
        b"old 1\n" + b"\n".join([base64.b64encode(ROOT)] * 64) + b"\n\n" + NOTE,
        NOTE,
    ],
)
def test_requests_of_another_shape_are_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="not_a_witness_request"):
        cosignature.parse_question(data)


def test_a_log_key_is_no_witness_key_and_the_other_way_round() -> None:
    log = checkpoint.key_of(ORIGIN, KEY.public)
    assert checkpoint.parse_vkey(log.vkey()) == log
    with pytest.raises(Corrupt, match="vkey_garbled"):
        checkpoint.parse_vkey(KEY.vkey())
    with pytest.raises(Refused, match="witness_garbled"):
        cosignature.parse_witness(f"legal-1 {log.vkey()}")


def witness(number: int) -> str:
    key = cosignature.witness_key(f"{NAME}{number}", hashlib.sha256(b"%d" % number).digest())
    return f"w-{number} {key.vkey()}"


def test_the_policy_says_who_and_how_many() -> None:
    found = cosignature.parse_witnesses([witness(n) for n in range(3)], 2)
    text = cosignature.policy(LOG, found, 2)
    assert text.split("\n")[0] == f"log {LOG.vkey()}"
    assert text.endswith("group witnesses 2 w1 w2 w3\nquorum witnesses\n")
    assert "w-0" not in text
    assert cosignature.policy(LOG, [], 0) == f"log {LOG.vkey()}\nquorum none\n"


@pytest.mark.parametrize(
    ("texts", "quorum", "code"),
    [
        ([witness(1)], 0, "witness_quorum"),
        ([witness(1)], 2, "witness_quorum"),
        ([], 1, "witness_quorum"),
        ([witness(1), witness(1)], 1, "witness_twice"),
        ([witness(1), "w-2 " + witness(1).split()[1]], 1, "witness_twice"),
        ([witness(1), "w-1 " + witness(2).split()[1]], 1, "witness_twice"),
        (["none " + witness(1).split()[1]], 1, "witness_garbled"),
        (["nobody"], 1, "witness_garbled"),
        ([f"{'x' * 61} {witness(1).split()[1]}"], 1, "witness_garbled"),
    ],
)
def test_witnesses_that_cannot_be(texts: list[str], quorum: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        cosignature.parse_witnesses(texts, quorum)


@given(st.lists(st.integers(1, 100), max_size=6), st.integers(0, 7))
def test_so_many_vouch_for_that_size(newest: list[int], quorum: int) -> None:
    size = cosignature.witnessed(newest, quorum)
    assert (size > 0) == (0 < quorum <= len(newest))
    if size:
        assert sum(each >= size for each in newest) >= quorum
        assert sum(each > size for each in newest) < quorum
