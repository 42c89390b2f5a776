# SPDX-License-Identifier: Apache-2.0
"""Public vectors of others: every Merkle proof of transparency-dev, the notes and cosignatures of C2SP and friends."""

import base64
import json
import runpy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from console.adapters.journal import export
from console.domain.errors import ConsoleError, Corrupt
from console.domain.journal import checkpoint, cosignature, merkle
from tests.vectors import merkle as public

VECTORS = public.vectors()
C2SP = json.loads((public.FILE.parent / "c2sp.json").read_text("utf-8"))
VERIFY = runpy.run_path(str(export.VERIFIER))


def values(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its bytes decoded."""
    plain = {name: base64.b64decode(row[name]) for name in ("root", "leafHash", "root1", "root2") if name in row}
    return row | plain | {"proof": [base64.b64decode(step) for step in row["proof"]]}


def test_the_file_is_what_the_script_makes() -> None:
    assert public.FILE.read_text() == public.text()
    assert (len(VECTORS["inclusion"]), len(VECTORS["consistency"])) == (98, 98)
    assert len({row["file"] for part in ("inclusion", "consistency") for row in VECTORS[part]}) == 196


def test_they_are_the_public_values() -> None:
    """Some of the files, as they stand in the repository."""
    rows = {row["file"]: row for part in ("inclusion", "consistency") for row in VECTORS[part]}
    root8 = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
    inserted = rows["inclusion/2/inserted-component.json"]
    assert (inserted["root"], inserted["leafHash"]) == (root8, "QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=")
    assert inserted["proof"][1] == "q6yroAAAAAAAAAAAAAAAAAAAAAAAAAAAAGAGHgASNFY="
    assert rows["inclusion/0/leafIdx-sub-@1.json"]["leafIdx"] == 18446744073709551615
    assert rows["inclusion/4/wrong-leaf.json"]["leafHash"] == "V3JvbmdMZWFm"
    assert rows["consistency/1/swapped-roots.json"]["root1"] == root8
    bent = rows["consistency/3/modified-proof@1-bit-@4.json"]
    assert bent["proof"][1] == "rBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="


def test_roots() -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
    for size, root in enumerate(VECTORS["roots"]):
        assert merkle.root(leaves[:size]).hex() == root


@pytest.mark.parametrize("row", VECTORS["inclusion"], ids=lambda row: row["file"])
def test_inclusion(row: dict[str, Any]) -> None:
    it = values(row)
    found = True
    try:
        merkle.verify_inclusion(it["leafIdx"], it["treeSize"], it["leafHash"], it["proof"], it["root"])
    except Corrupt:
        found = False
    assert found is not row["wantErr"]
    try:
        led = VERIFY["root_of_path"](it["leafIdx"], it["treeSize"], it["leafHash"], it["proof"])
    except (ValueError, IndexError):
        led = None
    assert (led == it["root"] and len(it["leafHash"]) == 32) is not row["wantErr"]


@pytest.mark.parametrize("row", VECTORS["consistency"], ids=lambda row: row["file"])
def test_consistency(row: dict[str, Any]) -> None:
    it, found = values(row), True
    try:
        merkle.verify_consistency(it["size1"], it["size2"], it["root1"], it["root2"], it["proof"])
    except Corrupt:
        found = False
    assert found is not row["wantErr"]


# --- notes ------------------------------------------------------------------------------------------------


def signatures(note: bytes) -> list[tuple[str, bytes]]:
    return checkpoint.split(note)[1]


def test_the_note_of_the_reference_implementation() -> None:
    example = C2SP["note"]
    text = example["text"].encode()
    for one in example["signed"]:
        _, name, encoded = one["line"].strip().split(" ")
        signature = base64.b64decode(encoded)
        key, mine = checkpoint.parse_vkey(one["vkey"]), VERIFY["parse_key"](one["vkey"], b"\1")
        assert (key.name, key.id) == (name, signature[:4]) == (mine.name, mine.id)
        key.verify(signature[4:], text)
        assert VERIFY["check_signature"](mine, signature[4:], text) is None
        with pytest.raises(Corrupt):
            key.verify(signature[4:], text.replace(b"answer", b"Answer"))


@pytest.mark.parametrize("vkey", C2SP["no_vkeys"]["vkeys"])
def test_what_is_no_key_is_refused(vkey: str) -> None:
    with pytest.raises(ConsoleError):
        checkpoint.parse_vkey(vkey)
    with pytest.raises(VERIFY["Wrong"], match="key_garbled"):
        VERIFY["parse_key"](vkey, b"\1", b"\2", b"\4")


def test_every_letter_of_a_key_counts() -> None:
    vkey = C2SP["note"]["signed"][0]["vkey"]
    for at in range(len(vkey)):
        with pytest.raises(VERIFY["Wrong"]):
            VERIFY["parse_key"](vkey[:at] + chr(ord(vkey[at]) + 1) + vkey[at + 1 :], b"\1")


# --- cosignatures -----------------------------------------------------------------------------------------


def test_a_public_key_of_a_witness() -> None:
    vkey = C2SP["witnesses"]["cosignature_vkey"]
    key = checkpoint.parse_vkey(vkey, kinds=(cosignature.COSIGNATURE,))
    assert (key.name, key.kind) == ("remora.n621.de", 4)
    assert VERIFY["parse_key"](vkey, b"\4").id == key.id


def test_the_times_of_public_cosignatures() -> None:
    printed, witnesses = C2SP["printed"], C2SP["witnesses"]
    (log, _), (witness, line) = signatures(printed["checkpoint"].encode())
    assert (log, witness) == ("example.com/behind-the-sofa", "witness.example.com/w1")
    assert int.from_bytes(line[4:12], "big") == printed["time"]
    assert int.from_bytes(base64.b64decode(witnesses["stamped"])[4:12], "big") == witnesses["stamped_time"]
    assert len(base64.b64decode(printed["note_line"].split(" ")[2])) == 68


@pytest.mark.parametrize("keys", C2SP["witnesses"]["keys"], ids=lambda keys: keys["vkey"][:4])
def test_published_witness_keys_cosign_and_verify(keys: dict[str, str]) -> None:
    _, _, name, _, encoded = keys["skey"].split("+", 4)
    seed, plain = base64.b64decode(encoded)[1:], checkpoint.parse_vkey(keys["vkey"])
    assert ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() == plain.public
    key, body = (cosignature.witness_key(name, seed), checkpoint.split(C2SP["printed"]["checkpoint"].encode())[0])
    assert key.id != plain.id
    line = cosignature.cosign(name, seed, body, C2SP["printed"]["time"])
    ((_, signature),) = signatures(body + b"\n" + line.encode().rstrip() + b"\n")
    mine = VERIFY["parse_key"](key.vkey(), b"\4")
    assert VERIFY["check_signature"](mine, signature[4:], body) == "2023-03-20T12:25:47Z"
    assert cosignature.check(key, (name, signature), body) == C2SP["printed"]["time"]
