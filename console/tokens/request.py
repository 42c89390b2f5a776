# SPDX-License-Identifier: Apache-2.0
"""One request to the token process, its fields read with their types; whatever does not fit is our own bug."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from console.domain.errors import Misused


@dataclass(frozen=True)
class Request:
    """A frame's head and its wipeable tail."""

    head: Mapping[str, object]
    tail: bytearray = field(repr=False)

    def text(self, name: str) -> str:
        """Return a text field."""
        value = self.head.get(name)
        if not isinstance(value, str):
            raise Misused("request_garbled", field=name)
        return value

    def number(self, name: str) -> int:
        """Return an integer field."""
        value = self.head.get(name)
        if not isinstance(value, int):
            raise Misused("request_garbled", field=name)
        return value

    def numbers(self, name: str) -> list[int]:
        """Return a list of integers from 0 to 2^63 - 1."""
        value = self.head.get(name)
        if not isinstance(value, list) or not all(type(n) is int and 0 <= n < 2**63 for n in value):
            raise Misused("request_garbled", field=name)
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        value = self.head.get(name)
        if not isinstance(value, list):
            raise Misused("request_garbled", field=name)
        return [str(item) for item in value]

    def data(self, name: str) -> bytes:
        """Return a field of bytes, written in hexadecimal digits."""
        return _bytes(name, self.text(name))

    def data_list(self, name: str) -> list[bytes]:
        """Return a list of bytes."""
        return [_bytes(name, item) for item in self.texts(name)]

    def data_by_name(self, name: str) -> dict[str, bytes]:
        """Return a mapping of names to bytes."""
        value = self.head.get(name)
        if not isinstance(value, dict):
            raise Misused("request_garbled", field=name)
        return {str(key): _bytes(name, str(item)) for key, item in value.items()}


@dataclass(frozen=True)
class Answer:
    """What a verb gives back: plain values, and secrets in a wipeable tail."""

    ok: Mapping[str, object] = field(default_factory=dict)
    tail: bytearray = field(default_factory=bytearray, repr=False)


Verb = Callable[[Request], Answer]


def _bytes(name: str, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Misused("request_garbled", field=name) from error
