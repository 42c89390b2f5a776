# SPDX-License-Identifier: Apache-2.0
"""Write ``resources/vectors/merkle.json`` anew: ``python -m tests.vectors.merkle``. A test makes it and compares.

The values are those of the files below testdata/inclusion and testdata/consistency of
github.com/transparency-dev/merkle (Apache-2.0), as its cmd/proofgen makes them: five inclusion proofs and five
consistency proofs over the eight leaves that Certificate Transparency implementations test with, each bent in every
way that a verifier must notice. ``file`` is the name of the file there.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "resources" / "vectors" / "merkle.json"
SOME = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
EMPTY = hashlib.sha256(b"").digest()
WRAP = 2**64
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
_A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
_G = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
INCLUSION = [
    (1, 1, []),
    (1, 8, [_A, _B, _C]),
    (6, 8, [_D, _E, ROOTS[3]]),
    (3, 3, [ROOTS[1]]),
    (2, 5, [ROOTS[0], _B, _D]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [_A, _B, _C]),
    (6, 8, [_F, _E, ROOTS[3]]),
    (2, 5, [_B, _D]),
    (6, 7, [_F, _G, ROOTS[3]]),
]

Proof = list[bytes]
Row = dict[str, Any]


def vectors() -> dict[str, Any]:
    """Return all vectors; bytes in base64, as the files have them."""
    return {
        "source": "github.com/transparency-dev/merkle, testdata/inclusion and testdata/consistency",
        "license": "Apache-2.0",
        "leaves": LEAVES,
        "roots": [EMPTY.hex(), *ROOTS],
        "inclusion": list(_inclusion()),
        "consistency": list(_consistency()),
    }


def text() -> str:
    """Return the file: one vector a line."""
    made = vectors()
    rows = {name: ",\n".join(json.dumps(row) for row in made.pop(name)) for name in ("inclusion", "consistency")}
    head = json.dumps(made, indent=1).removesuffix("\n}")
    return head + "".join(f',\n "{name}": [\n{lines}\n]' for name, lines in rows.items()) + "\n}\n"


def _row(folder: str, desc: str, error: bool, **values: Any) -> Row:
    name = desc.replace(" - ", "-").replace("(", "").replace(")", "").replace(" ", "-")
    encoded = {
        key: base64.b64encode(value).decode() if isinstance(value, bytes) else value for key, value in values.items()
    }
    encoded["proof"] = [base64.b64encode(step).decode() for step in values["proof"]]
    return {"file": f"{folder}/{name}.json", **encoded, "desc": desc, "wantErr": error}


def _flipped(proof: Proof, place: int, bit: int) -> Proof:
    bent = bytearray(proof[place])
    bent[0] ^= bit
    return [*proof[:place], bytes(bent), *proof[place + 1 :]]


def _bytes(proof: Sequence[str]) -> Proof:
    return [bytes.fromhex(step) for step in proof]


def _inclusion() -> Iterator[Row]:
    for place, (number, size, steps) in enumerate(INCLUSION):
        index, root, proof = number - 1, bytes.fromhex(ROOTS[size - 1]), _bytes(steps)
        leaf = hashlib.sha256(b"\0" + bytes.fromhex(LEAVES[number - 1])).digest()
        for desc, values in _inclusion_bent(index, size, root, leaf, proof):
            named = dict(zip(("leafIdx", "treeSize", "root", "leafHash", "proof"), values, strict=True))
            yield _row(f"inclusion/{place}", desc, desc != "happy path", **named)
    for place, (index, size) in enumerate([(0, 0), (0, 1), (1, 0), (2, 1)]):
        for desc, root, leaf in (
            ("random leaf", b"", SOME),
            ("empty root", EMPTY, b""),
            ("empty root and random leaf", EMPTY, SOME),
        ):
            folder = f"inclusion/additional/{place}"
            yield _row(folder, desc, True, leafIdx=index, treeSize=size, root=root, leafHash=leaf, proof=[])
    data = hashlib.sha256(b"\0data").digest()
    for desc, root, leaf, error in (
        ("matching root and leaf", data, data, False),
        ("empty leaf", data, b"", True),
        ("empty root", b"", data, True),
        ("empty root and leaf", b"", b"", True),
    ):
        yield _row("inclusion/single-entry", desc, error, leafIdx=0, treeSize=1, root=root, leafHash=leaf, proof=[])


def _inclusion_bent(
    index: int, size: int, root: bytes, leaf: bytes, proof: Proof
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "happy path", (index, size, root, leaf, proof)
    yield "leafIdx sub @1", ((index - 1) % WRAP, size, root, leaf, proof)
    yield "leafIdx plus @1", (index + 1, size, root, leaf, proof)
    yield "leafIdx XOR @2", (index ^ 2, size, root, leaf, proof)
    yield "treeSize mul @2", (index, size * 2, root, leaf, proof)
    yield "treeSize div @2", (index, size // 2, root, leaf, proof)
    yield "wrong leaf", (index, size, root, b"WrongLeaf", proof)
    yield "empty root", (index, size, EMPTY, leaf, proof)
    yield "random root", (index, size, SOME, leaf, proof)
    yield "trailing garbage", (index, size, root, leaf, [*proof, b""])
    yield "trailing root", (index, size, root, leaf, [*proof, root])
    yield "preceding garbage", (index, size, root, leaf, [b"", *proof])
    yield "preceding root", (index, size, root, leaf, [root, *proof])
    for place in range(len(proof)):
        yield f"modified proof[{place}] bit @3", (index, size, root, leaf, _flipped(proof, place, 8))
    if proof:
        yield "removed component", (index, size, root, leaf, proof[:-1])
    if len(proof) > 1:
        yield "inserted component", (index, size, root, leaf, [proof[0], SOME, *proof[1:]])


def _consistency() -> Iterator[Row]:
    names = ("size1", "size2", "root1", "root2", "proof")
    for place, (first, second, steps) in enumerate(CONSISTENCY):
        roots = bytes.fromhex(ROOTS[first - 1]), bytes.fromhex(ROOTS[second - 1])
        for desc, values in _consistency_bent(first, second, *roots, _bytes(steps)):
            yield _row(f"consistency/{place}", desc, desc != "happy path", **dict(zip(names, values, strict=True)))
    one, two = b"don't care 1", b"don't care 2"
    for desc, error, values in (
        ("sizes are equal (zero) but roots are not", True, (0, 0, one, two, [])),
        ("sizes are equal (one) but roots are not", True, (1, 1, one, two, [])),
        ("sizes are equal (zero) and proof is empty", True, (0, 0, one, one, [])),
        ("size1 is zero and does not equal size2", True, (0, 1, one, two, [])),
        ("sizes are equal (one) and proof is empty", False, (1, 1, two, two, [])),
        ("size1 is greater than size2", True, (1, 0, one, two, [])),
        ("size1 is greater than size2 again", True, (2, 1, one, two, [])),
        ("sizes do not watch and proof is empty", True, (1, 2, one, two, [])),
        ("roots do not match and sizes are zero", True, (0, 0, EMPTY, two, [])),
        ("roots do not not match and sizes are one", True, (1, 1, EMPTY, two, [])),
        ("sizes match but proof is not empty and sizes are zero", True, (0, 0, EMPTY, EMPTY, [EMPTY])),
        ("sizes match but proof is not empty and sizes are one", True, (1, 1, EMPTY, EMPTY, [EMPTY])),
        ("size1 is zero and size2 is not zero", True, (0, 1, EMPTY, two, [])),
        ("consistency check on empty tree (size1 is zero) is useless", True, (0, 1, EMPTY, EMPTY, [EMPTY])),
    ):
        yield _row("consistency/additional", desc, error, **dict(zip(names, values, strict=True)))


def _consistency_bent(
    first: int, second: int, one: bytes, two: bytes, proof: Proof
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "happy path", (first, second, one, two, proof)
    if not proof:
        return
    yield "size1 sub @1", ((first - 1) % WRAP, second, one, two, proof)
    yield "size1 plus @1", (first + 1, second, one, two, proof)
    yield "size1 XOR @2", (first ^ 2, second, one, two, proof)
    yield "size2 mul @2", (first, second * 2, one, two, proof)
    yield "size2 div @2", (first, second // 2, one, two, proof)
    yield "wrong root1", (first, second, b"WrongRoot", two, proof)
    yield "wrong root2", (first, second, one, b"WrongRoot", proof)
    yield "swapped roots", (first, second, two, one, proof)
    yield "empty proof", (first, second, one, two, [])
    for desc, extra in (("garbage", b""), ("root1", one), ("root2", two)):
        yield f"trailing {desc}", (first, second, one, two, [*proof, extra])
    for desc, extra in (("garbage", b""), ("root1", one), ("root2", two), ("proof @0", proof[0])):
        yield f"preceding {desc}", (first, second, one, two, [extra, *proof])
    yield "truncated proof", (first, second, one, two, proof[:-1])
    for place in range(len(proof)):
        yield f"modified proof@{place} bit @4", (first, second, one, two, _flipped(proof, place, 16))


if __name__ == "__main__":
    FILE.write_text(text())
