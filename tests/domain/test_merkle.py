# SPDX-License-Identifier: Apache-2.0
"""The tree against the public RFC 6962 vectors and against the recursive definition of RFC 9162."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import Corrupt, Misused
from console.domain.journal import merkle
from console.domain.journal.merkle import CompactRange

VECTORS = json.loads((Path(__file__).parents[2] / "resources/vectors/rfc6962.json").read_bytes())
LEAVES = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]
sizes = st.integers(1, 600)


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """Return MTH as RFC 9162 section 2.1.1 writes it, over leaf hashes."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


def some_leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def source(leaves: Sequence[bytes]) -> merkle.Node:
    return lambda level, index: defined_root(leaves[index << level : (index + 1) << level])


def test_roots_of_the_public_vectors() -> None:
    for size, root in enumerate(ROOTS):
        assert merkle.root(LEAVES[:size]) == root
        assert defined_root(LEAVES[:size]) == root


@pytest.mark.parametrize("vector", VECTORS["inclusion"], ids=lambda v: f"{v['index']}-{v['size']}")
def test_public_inclusion_proofs(vector: dict[str, int | list[str]]) -> None:
    index, size = int(str(vector["index"])), int(str(vector["size"]))
    proof = [bytes.fromhex(step) for step in vector["proof"]]  # type: ignore[union-attr]
    assert merkle.inclusion_proof(index, size, source(LEAVES)) == proof
    merkle.verify_inclusion(index, size, LEAVES[index], proof, ROOTS[size])


@pytest.mark.parametrize("vector", VECTORS["consistency"], ids=lambda v: f"{v['first']}-{v['second']}")
def test_public_consistency_proofs(vector: dict[str, int | list[str]]) -> None:
    first, second = int(str(vector["first"])), int(str(vector["second"]))
    proof = [bytes.fromhex(step) for step in vector["proof"]]  # type: ignore[union-attr]
    assert merkle.consistency_proof(first, second, source(LEAVES)) == proof
    merkle.verify_consistency(first, second, ROOTS[first], ROOTS[second], proof)


@given(sizes)
def test_root_and_compact_range_follow_the_definition(size: int) -> None:
    leaves = some_leaves(size)
    tree = CompactRange()
    for leaf in leaves:
        tree = tree.append(leaf)
    assert merkle.root(leaves) == tree.root() == defined_root(leaves)
    assert merkle.range_of(size, source(leaves)) == tree
    assert merkle.decode_range(size, tree.encode()) == tree


@given(st.integers(0, 5), st.integers(0, 200))
def test_whole_tiles_append_like_their_leaves(tiles: int, rest: int) -> None:
    leaves = some_leaves(tiles * merkle.TILE_WIDTH + rest)
    tree = CompactRange()
    for at in range(0, tiles * merkle.TILE_WIDTH, merkle.TILE_WIDTH):
        tree = tree.append(merkle.root(leaves[at : at + merkle.TILE_WIDTH]), merkle.TILE_HEIGHT)
    for leaf in leaves[tiles * merkle.TILE_WIDTH :]:
        tree = tree.append(leaf)
    assert tree.root() == merkle.root(leaves)


@given(st.data())
def test_inclusion_proofs_verify_and_nothing_else_does(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    leaves = some_leaves(size)
    root, proof = merkle.root(leaves), merkle.inclusion_proof(index, size, source(leaves))
    merkle.verify_inclusion(index, size, leaves[index], proof, root)
    wrong: list[tuple[int, int, bytes, list[bytes], bytes]] = [
        (index, size, hashlib.sha256(b"other").digest(), proof, root),
        (index, size, leaves[index], proof, hashlib.sha256(b"other").digest()),
        (index, size, leaves[index], [*proof, root], root),
        (index, size, leaves[index], [root, *proof], root),
        (index, size, leaves[index], [*proof, b""], root),
        (size, size, leaves[index], proof, root),
        (-1, size, leaves[index], proof, root),
        (index, 0, leaves[index], proof, root),
        (index, size, b"", proof, root),
    ]
    if size > 1:
        wrong += [(index ^ 1, size, leaves[index], proof, root), (index, size, leaves[index], proof[:-1], root)]
    for place in range(len(proof)):
        flipped = [*proof]
        flipped[place] = bytes([flipped[place][0] ^ 8]) + flipped[place][1:]
        wrong.append((index, size, leaves[index], flipped, root))
    for case in wrong:
        with pytest.raises(Corrupt):
            merkle.verify_inclusion(*case)


@given(st.data())
def test_consistency_proofs_verify_and_nothing_else_does(data: st.DataObject) -> None:
    second = data.draw(st.integers(2, 600))
    first = data.draw(st.integers(1, second - 1))
    leaves = some_leaves(second)
    old, new = merkle.root(leaves[:first]), merkle.root(leaves)
    proof = merkle.consistency_proof(first, second, source(leaves))
    merkle.verify_consistency(first, second, old, new, proof)
    wrong: list[tuple[int, int, bytes, bytes, list[bytes]]] = [
        (first, second, new, old, proof),
        (first, second, hashlib.sha256(b"other").digest(), new, proof),
        (first, second, old, hashlib.sha256(b"other").digest(), proof),
        (first, second, old, new, []),
        (first, second, old, new, [*proof, new]),
        (first, second, old, new, [old, *proof]),
        (first, second, old, new, proof[:-1]),
        (first, second * 2, old, new, proof),
        (second, first, old, new, proof),
        (first, second, old, b"", proof),
    ]
    for place in range(len(proof)):
        flipped = [*proof]
        flipped[place] = bytes([flipped[place][0] ^ 16]) + flipped[place][1:]
        wrong.append((first, second, old, new, flipped))
    for case in wrong:
        with pytest.raises(Corrupt):
            merkle.verify_consistency(*case)


def test_trivial_consistency() -> None:
    empty, one = merkle.EMPTY_ROOT, LEAVES[0]
    merkle.verify_consistency(0, 0, empty, empty, [])
    merkle.verify_consistency(0, 1, empty, one, [])
    merkle.verify_consistency(1, 1, one, one, [])
    for first, second, old, new, proof in (
        (0, 1, one, one, []),
        (0, 1, empty, one, [one]),
        (1, 1, one, empty, []),
        (1, 1, one, one, [one]),
        (2, 1, one, one, []),
    ):
        with pytest.raises(Corrupt):
            merkle.verify_consistency(first, second, old, new, proof)
    assert merkle.consistency_proof(0, 5, source(LEAVES)) == []
    assert merkle.consistency_proof(5, 5, source(LEAVES)) == []


def test_asking_for_what_is_not_there_is_our_bug() -> None:
    with pytest.raises(Misused):
        merkle.inclusion_proof(3, 3, source(LEAVES))
    with pytest.raises(Misused):
        merkle.consistency_proof(4, 3, source(LEAVES))
    with pytest.raises(Misused):
        CompactRange(1, (LEAVES[0],)).append(LEAVES[1], level=1)
    with pytest.raises(Corrupt):
        merkle.decode_range(3, b"x" * 32)


def test_tiles_of_the_specification_example() -> None:
    tiles = list(merkle.tiles(70_000))
    assert len([tile for tile in tiles if tile[0] == 0]) == 274
    assert tiles[273] == (0, 273, 112)
    assert tiles[274:] == [(1, 0, 256), (1, 1, 17), (2, 0, 1)]
    assert list(merkle.tiles(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(merkle.tiles(0)) == []


def test_tile_paths() -> None:
    assert merkle.tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert merkle.tile_path(3, 5, 17) == "tile/3/005.p/17"
    assert merkle.tile_path(None, 999, 1) == "tile/entries/999.p/1"
    assert merkle.tile_path(None, 1000) == "tile/entries/x001/000"
