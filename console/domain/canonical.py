# SPDX-License-Identifier: Apache-2.0
"""One byte form for every signed or hashed object, and the hash that separates their domains.

The form is RFC 8785 (JCS) in a restricted profile, so that the standard library's encoder is exact:
keys ``[a-z][a-z0-9_]{0,31}``, strings NFC of Unicode 14.0 (the tables of Python 3.11) without lone
surrogates or unassigned code points, integers within +-(2^53-1), booleans, null, arrays, objects, at most
six levels deep; no floats. Whatever does not fit is refused, never coerced.
"""

import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import cast

from console.domain.errors import Corrupt, Misused

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
Object = Mapping[str, Json]

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 6
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
# What JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False, allow_nan=False)
# makes anew at each call: that costs more than most entries' bodies do.
_ENCODE = c_make_encoder(None, None, encode_basestring, None, ":", ",", True, False, False)  # noqa: FBT003


def encode(value: Json, *, depth: int = MAX_DEPTH) -> bytes:
    """Return the canonical bytes of ``value``; ``Misused`` if it lies outside the profile (RFC 8785)."""
    _check(value, depth)
    return "".join(_ENCODE(value, 0)).encode()


def decode(data: bytes, *, depth: int = MAX_DEPTH) -> Json:
    """Return the value whose canonical bytes are ``data``; ``Corrupt`` if they are not canonical."""
    try:
        value = cast(Json, json.loads(data))
        if encode(value, depth=depth) == data:
            return value
    except (ValueError, RecursionError, Misused) as error:
        raise Corrupt("not_canonical") from error
    raise Corrupt("not_canonical")


def decode_object(data: bytes, *, depth: int = MAX_DEPTH) -> dict[str, Json]:
    """Like ``decode``, for bytes that must be one JSON object."""
    value = decode(data, depth=depth)
    if not isinstance(value, dict):
        raise Corrupt("not_canonical")
    return value


def digest(tag: str, *parts: bytes) -> bytes:
    """Return SHA-256 over ``bg/v1/`` ‖ tag ‖ 0 ‖ each part with its length in 8 bytes: 32 bytes."""
    state = hashlib.sha256(b"bg/v1/" + tag.encode("ascii") + b"\0")
    for part in parts:
        state.update(len(part).to_bytes(8, "big") + part)
    return state.digest()


@contextmanager
def shaped(code: str) -> Iterator[None]:
    """Turn what reading a member of the wrong name or type raises into ``Corrupt`` with this code."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Corrupt(code) from error


def normalised(value: Json) -> Json:
    """Return the value with every text in NFC, as people's keyboards do not always type it."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: normalised(item) for key, item in value.items()}
    return [normalised(item) for item in value] if isinstance(value, list) else value


def to_base64(data: bytes) -> str:
    """Return standard, padded base64 (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def from_base64(text: Json) -> bytes:
    """Return the bytes of canonical padded base64; ``Corrupt`` for any other spelling."""
    if not isinstance(text, str):
        raise Corrupt("not_base64")
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise Corrupt("not_base64") from error
    if to_base64(data) != text:
        raise Corrupt("not_base64")
    return data


def _check(value: Json, depth: int) -> None:
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    elif value is None or isinstance(value, bool):
        return
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Misused("not_canonical", why="integer beyond 2^53-1")
    elif depth == 0:
        raise Misused("not_canonical", why="nested too deeply")
    elif isinstance(value, dict):
        for key in value:
            if not _is_key(key):
                raise Misused("not_canonical", why="key outside the profile")
        _check_items(value.values(), depth - 1)
    elif isinstance(value, list | tuple):
        _check_items(value, depth - 1)
    else:
        raise Misused("not_canonical", why=f"a {type(value).__name__} has no form")


def _check_items(items: Iterable[Json], depth: int) -> None:
    """Check the parts of a value; most are plain text, and a call for each of those would cost more than the look."""
    for item in items:
        if type(item) is not str or not item.isascii():
            _check(item, depth)


@lru_cache(maxsize=128)
def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.match(key) is not None


def _check_text(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        raise Misused("not_canonical", why="text is not in NFC")
    if any(unicodedata.category(letter) in ("Cs", "Cn") for letter in text):
        raise Misused("not_canonical", why="surrogate or unassigned code point")
