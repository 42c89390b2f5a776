# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of RFC 6962 and RFC 9162 section 2.1: roots, proofs, and the tiles it is stored in.

Nothing here holds a tree: callers hand in ``node(level, index)``, the hash of the complete subtree over the
leaves ``index * 2**level`` up to ``(index + 1) * 2**level``.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from console.domain.errors import Corrupt, Misused

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf (32 bytes)."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (32 bytes)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over these leaf hashes, level by level; a last one without a partner moves up as it is."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    sha256 = hashlib.sha256
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\1" + left + right).digest() for left, right in pairs]
        level = above + level[-1:] if len(level) & 1 else above
    return level[0]


@dataclass(frozen=True)
class CompactRange:
    """The roots of the complete subtrees that make up a tree, largest first: all that appending needs."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, node: bytes, level: int = 0) -> "CompactRange":
        """Return the range after one more leaf hash, or one more complete subtree of ``2**level`` leaves."""
        if self.size & ((1 << level) - 1):
            raise Misused("range_not_aligned", size=self.size, level=level)
        sha256, last, rest = hashlib.sha256, len(self.hashes), self.size >> level
        while rest & 1:
            last, rest = last - 1, rest >> 1
            node = sha256(b"\1" + self.hashes[last] + node).digest()
        return CompactRange(self.size + (1 << level), (*self.hashes[:last], node))

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        result, sha256 = self.hashes[-1], hashlib.sha256
        for left in self.hashes[-2::-1]:
            result = sha256(b"\1" + left + result).digest()
        return result

    def encode(self) -> bytes:
        """Return the hashes one after another, largest subtree first."""
        return b"".join(self.hashes)


def decode_range(size: int, data: bytes) -> CompactRange:
    """Return the compact range of a tree of ``size`` leaves; ``Corrupt`` if the bytes do not fit that size."""
    if size < 0 or len(data) != size.bit_count() * HASH_BYTES:
        raise Corrupt("range_garbled", size=size)
    return CompactRange(size, tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))


def range_of(size: int, node: Node) -> CompactRange:
    """Return the compact range of the first ``size`` leaves."""
    hashes, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            hashes.append(node(level, start >> level))
            start += 1 << level
    return CompactRange(size, tuple(hashes))


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise Misused("no_such_leaf", index=index, size=size)
    return _path(index, 0, size, node)


def consistency_proof(first: int, second: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of ``first`` leaves is a prefix of that of ``second`` (section 2.1.4.1)."""
    if not 0 <= first <= second:
        raise Misused("no_such_tree", first=first, second=second)
    return _subproof(first, 0, second, node, whole=True) if 0 < first < second else []


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Raise ``Corrupt`` unless the proof leads from the leaf hash to the root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root_hash, *proof):
        raise Corrupt("inclusion_not_proven", index=index, size=size)
    at, last, result = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise Corrupt("inclusion_not_proven", index=index, size=size)
        if at & 1 or at == last:
            result = node_hash(step, result)
            at, last = _up_to_right_child(at, last)
        else:
            result = node_hash(result, step)
        at, last = at >> 1, last >> 1
    if last != 0 or result != root_hash:
        raise Corrupt("inclusion_not_proven", index=index, size=size)


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ``Corrupt`` unless the first tree is a prefix of the second (RFC 9162 section 2.1.4.2)."""
    if 0 < first == second and first_root == second_root and not proof:
        return
    if not 0 <= first <= second or not _are_hashes(first_root, second_root, *proof):
        raise Corrupt("consistency_not_proven", first=first, second=second)
    if first in (0, second):
        expected = EMPTY_ROOT if first == 0 else second_root
        if proof or first_root != expected:
            raise Corrupt("consistency_not_proven", first=first, second=second)
        return
    old, new = _both_roots(first, second, first_root, list(proof))
    if old != first_root or new != second_root:
        raise Corrupt("consistency_not_proven", first=first, second=second)


def tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, index, width) of each tile of a tree of ``size`` leaves (c2sp.org/tlog-tiles)."""
    level, count = 0, size
    while count:
        full, rest = divmod(count, TILE_WIDTH)
        yield from ((level, index, TILE_WIDTH) for index in range(full))
        if rest:
            yield level, full, rest
        level, count = level + 1, full


def tile_path(level: int | None, index: int, width: int = TILE_WIDTH) -> str:
    """Return the relative path of a tile, or of an entry bundle when ``level`` is None (c2sp.org/tlog-tiles)."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{number}{partial}"


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), _subtree(middle, end, node)]
    return [*_path(index, middle, end, node), _subtree(start, middle, node)]


def _subproof(first: int, start: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    if first == end:
        return [] if whole else [_subtree(start, end, node)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_subproof(first, start, middle, node, whole=whole), _subtree(middle, end, node)]
    return [*_subproof(first, middle, end, node, whole=False), _subtree(start, middle, node)]


def _subtree(start: int, end: int, node: Node) -> bytes:
    width = end - start
    if width & (width - 1) == 0:
        return node(width.bit_length() - 1, start // width)
    middle = start + _split(width)
    return node_hash(_subtree(start, middle, node), _subtree(middle, end, node))


def _split(width: int) -> int:
    """Return the largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def _both_roots(first: int, second: int, first_root: bytes, proof: list[bytes]) -> tuple[bytes, bytes]:
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    if not proof:
        raise Corrupt("consistency_not_proven", first=first, second=second)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = proof[0]
    for step in proof[1:]:
        if last == 0:
            raise Corrupt("consistency_not_proven", first=first, second=second)
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            at, last = _up_to_right_child(at, last)
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise Corrupt("consistency_not_proven", first=first, second=second)
    return old, new


def _up_to_right_child(at: int, last: int) -> tuple[int, int]:
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
