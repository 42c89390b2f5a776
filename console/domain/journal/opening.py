# SPDX-License-Identifier: Apache-2.0
"""Sealing of openings: what opens a commitment, as AES-256-GCM ciphertext under an opening key."""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from console.domain.canonical import Json
from console.domain.entries.entry import Entry, Opening, decode_opening
from console.domain.errors import Corrupt, Misused

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


def seal_opening(key: bytes, salt: bytes, nonce: bytes, *, entry_id: str, name: str, value: Json) -> bytes:
    """Return nonce ‖ ciphertext ‖ tag; ``salt`` (32 bytes) and ``nonce`` (12) are fresh random bytes."""
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES or len(salt) != 32:
        raise Misused("opening_lengths")
    return nonce + AESGCM(key).encrypt(nonce, Opening(salt, value).encode(), _context(entry_id, name))


def open_opening(key: bytes, sealed: bytes, *, entry_id: str, name: str) -> Opening:
    """Return the opening; ``Corrupt`` for another key, entry, field or a changed byte."""
    if len(key) != KEY_BYTES:
        raise Misused("opening_lengths")
    if len(sealed) <= NONCE_BYTES + TAG_BYTES:
        raise Corrupt("opening_garbled", field=name)
    try:
        plain = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _context(entry_id, name))
    except InvalidTag as error:
        raise Corrupt("opening_garbled", field=name) from error
    return decode_opening(plain)


def check_sealed(entry: Entry, name: str, sealed: bytes | None) -> bytes:
    """Return a field's sealed opening if it is the one that the entry names; anybody can tell, without its key.

    ``Corrupt``: opening_lost, opening_swapped.
    """
    if sealed is None:
        raise Corrupt("opening_lost", seq=entry.seq, field=name)
    if hashlib.sha256(sealed).digest() != entry.c[name][1]:
        raise Corrupt("opening_swapped", seq=entry.seq, field=name)
    return sealed


def _context(entry_id: str, name: str) -> bytes:
    return b"\0".join((b"bg.opening.v1", entry_id.encode(), name.encode()))
