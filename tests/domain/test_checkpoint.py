# SPDX-License-Identifier: Apache-2.0
"""Signed notes, verifier keys, and the start-up decision table."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from console.domain import words
from console.domain.entries.entry import Checkpoint
from console.domain.errors import Corrupt, Misused
from console.domain.journal import checkpoint
from console.domain.journal.checkpoint import Finding, Start, VerifierKey, decide

ORIGIN = "example.org/station-07/log-1"
ROOT = hashlib.sha256(b"root").digest()
ED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
P256 = ec.derive_private_key(7, ec.SECP256R1())
ED_KEY = checkpoint.key_of(ORIGIN, ED.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
P256_KEY = checkpoint.key_of(ORIGIN, P256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def ed_note(body: bytes, key: VerifierKey = ED_KEY) -> bytes:
    return checkpoint.assemble(body, key, ED.sign(body))


def p256_note(body: bytes) -> bytes:
    r, s = decode_dss_signature(P256.sign(body, ec.ECDSA(hashes.SHA256())))
    return checkpoint.assemble(body, P256_KEY, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_the_example_of_the_specification() -> None:
    # c2sp.org/tlog-checkpoint; its key is not published, so the note is of an unknown key.
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9"
        "nTo+zyWE+xeMcTOAYQ8=\n"
    ).encode()
    with pytest.raises(Corrupt, match="checkpoint_unsigned"):
        checkpoint.open_note(note, [ED_KEY])


@pytest.mark.parametrize("make", [ed_note, p256_note])
def test_round_trip_with_both_kinds_of_key(make: object) -> None:
    note = (ed_note if make is ed_note else p256_note)(checkpoint.text(ORIGIN, 42, ROOT))
    assert checkpoint.open_note(note, [ED_KEY, P256_KEY]) == Checkpoint(ORIGIN, 42, ROOT, note)


def test_key_ids_are_those_of_the_specification() -> None:
    raw = ED_KEY.public
    assert ED_KEY.id == hashlib.sha256(ORIGIN.encode() + b"\n\x01" + raw).digest()[:4]
    spki = P256.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert P256_KEY.public == spki
    assert P256_KEY.id == hashlib.sha256(spki).digest()[:4]


@pytest.mark.parametrize("key", [ED_KEY, P256_KEY])
def test_vkeys_round_trip(key: VerifierKey) -> None:
    line = key.vkey()
    assert checkpoint.parse_vkey(line) == key
    name, key_id, encoded = line.split("+", 2)
    damaged = base64.b64encode(base64.b64decode(encoded)[:-1] + b"\x00").decode()
    for wrong in (f"other+{key_id}+{encoded}", f"{name}+00000000+{encoded}", f"{name}+{key_id}+{damaged}", "x"):
        if wrong.startswith("other") and key is P256_KEY:
            continue  # an ECDSA key's id does not depend on its name
        with pytest.raises(Corrupt):
            checkpoint.parse_vkey(wrong)


def test_unknown_signatures_are_ignored_and_known_wrong_ones_are_not() -> None:
    body = checkpoint.text(ORIGIN, 1, ROOT)
    stranger = base64.b64encode(b"abcd" + bytes(64)).decode()
    note = ed_note(body)
    assert checkpoint.open_note(note + f"— witness.example {stranger}\n".encode(), [ED_KEY]).size == 1
    forged = base64.b64encode(P256_KEY.id + bytes(70)).decode()
    with pytest.raises(Corrupt, match="checkpoint_signature"):
        checkpoint.open_note(note + f"— {ORIGIN} {forged}\n".encode(), [ED_KEY, P256_KEY])


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"no blank line\n",
        b"a\n1\n" + base64.b64encode(ROOT) + b"\n\n",
        ed_note(checkpoint.text(ORIGIN, 1, ROOT))[:-1],
        ed_note(checkpoint.text(ORIGIN, 1, ROOT)).replace(b"\n1\n", b"\n01\n"),
        ed_note(checkpoint.text(ORIGIN, 1, ROOT)).replace(b"\n1\n", b"\n-1\n"),
        ed_note(checkpoint.text(ORIGIN, 1, ROOT)).replace(b"\n1\n", b"\n1\r\n"),
        ed_note(checkpoint.text(ORIGIN, 1, ROOT) + b"extension\n"),
        ed_note(b"only\ntwo\n"),
        ed_note(checkpoint.text(ORIGIN, 1, ROOT)).replace("—".encode(), b"-"),
        b"\xff" + ed_note(checkpoint.text(ORIGIN, 1, ROOT)),
    ],
)
def test_other_shapes_are_refused(note: bytes) -> None:
    with pytest.raises(Corrupt):
        checkpoint.open_note(note, [ED_KEY])


@given(st.data())
def test_no_changed_byte_passes(data: st.DataObject) -> None:
    note = ed_note(checkpoint.text(ORIGIN, 7, ROOT))
    place = data.draw(st.integers(0, len(note) - 1))
    changed = bytearray(note)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Corrupt):
        checkpoint.open_note(bytes(changed), [ED_KEY])


def test_what_cannot_be_a_checkpoint_is_our_bug() -> None:
    for origin, size, root in (("", 1, ROOT), ("a b", 1, ROOT), (ORIGIN, -1, ROOT), (ORIGIN, 1, b"short")):
        with pytest.raises(Misused):
            checkpoint.text(origin, size, root)
    with pytest.raises(Misused):
        checkpoint.assemble(b"", ED_KEY, b"short")
    with pytest.raises(Misused):
        checkpoint.key_of(ORIGIN, b"\x04" + bytes(64))


# The start-up table: one test for each row.


def roots(size: int) -> bytes:
    return hashlib.sha256(b"root of %d" % size).digest()


def anchor(size: int, root: bytes | None = None) -> Checkpoint:
    return Checkpoint(ORIGIN, size, roots(size) if root is None else root, b"")


def finding(size: int, *anchors: Checkpoint, clean: bool = True, anchors_hold: bool = False) -> Finding:
    return decide(size, roots, anchors, clean=clean, anchors_hold=anchors_hold)


def test_a_new_journal_without_anchor_is_normal() -> None:
    assert finding(0) == Finding(Start.NORMAL)


def test_database_at_the_anchor_is_normal() -> None:
    assert finding(5, anchor(5)) == Finding(Start.NORMAL)


def test_database_ahead_of_the_anchor_has_a_tail_to_anchor() -> None:
    assert finding(6, anchor(5)) == Finding(Start.TAIL_TO_ANCHOR)


def test_database_shorter_than_the_anchor_is_the_alarm() -> None:
    assert finding(4, anchor(5)) == Finding(Start.ALARM, ("shorter_than_anchor",))


def test_an_empty_database_under_an_anchor_is_the_alarm() -> None:
    assert finding(0, anchor(5)).start is Start.ALARM


def test_another_root_is_the_alarm() -> None:
    assert finding(6, anchor(5, ROOT)) == Finding(Start.ALARM, ("root_differs",))


def test_of_two_anchors_the_larger_counts_if_the_smaller_is_its_prefix() -> None:
    assert finding(5, anchor(3), anchor(5)) == Finding(Start.NORMAL)
    assert finding(5, anchor(5), anchor(3)) == Finding(Start.NORMAL)
    assert finding(5, anchor(3, ROOT), anchor(5)) == Finding(Start.ALARM, ("root_differs",))
    assert finding(4, anchor(3), anchor(5)) == Finding(Start.ALARM, ("shorter_than_anchor",))


def test_two_anchors_of_one_size_with_two_roots_are_the_alarm() -> None:
    assert finding(3, anchor(5), anchor(5, ROOT)).reasons == ("shorter_than_anchor", "anchors_fork")


def test_a_missing_anchor_after_a_clean_stop_is_the_alarm() -> None:
    assert finding(5) == Finding(Start.ALARM, ("anchor_missing",))


def test_a_missing_anchor_after_a_crash_depends_on_the_module() -> None:
    assert finding(5, clean=False) == Finding(Start.ANCHOR_UNAVAILABLE, ("anchor_missing",))
    assert finding(5, clean=False, anchors_hold=True) == Finding(Start.ALARM, ("anchor_missing",))


def test_the_published_vector() -> None:
    vector = json.loads((Path(__file__).parents[2] / "resources/vectors/journal.json").read_bytes())["checkpoint"]
    found = checkpoint.open_note(vector["note"].encode(), [checkpoint.parse_vkey(vector["vkey"])])
    assert (found.size, found.root.hex()) == (vector["size"], vector["root"])
    assert words.to_words(found.root) == vector["words"]
