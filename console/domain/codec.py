# SPDX-License-Identifier: Apache-2.0
"""Frozen dataclasses to and from JSON, by their type hints (docs/decisions/0037).

A field is a member of the same name without a trailing underscore; ``bytes`` are base64; a field that equals its
default is left out, so what an older program never wrote stays unwritten. A class with a ``to_json`` or a ``from_json``
of its own is asked for it.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from console.domain.canonical import Json, from_base64, shaped, to_base64
from console.domain.errors import Corrupt

T = TypeVar("T")
Decoder = Callable[[Json], Any]
APART = "apart"
"""In a field's metadata: it is no member of the JSON form, and is read and written by itself."""
_SCALARS = (str, int, bool)
_NAMES = {"Json": Any}
"""What the recursive alias names: whatever stands there is kept as it is."""


class Misfit(Exception):
    """A value that does not fit the hint of the member with this path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def to_json(value: object) -> Json:
    """Return the JSON form of a frozen dataclass or of what stands in its fields."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, bytes):
        return to_base64(value)
    own = getattr(value, "to_json", None)
    if own is not None:
        made: Json = own()
        return made
    return _container(value)


def members_of(value: object) -> dict[str, Json]:
    """Return the members of a dataclass that say something: those without a default, and those that differ from it."""
    found: dict[str, Json] = {}
    kind: Any = type(value)
    for name, member, default in _layout(kind):
        item = getattr(value, name)
        if default is MISSING or item != default:
            found[member] = to_json(item)
    return found


def from_json(kind: type[T], value: Json, code: str, **facts: str) -> T:
    """Return the value with this JSON form, without what the class does not know.

    Raises ``Corrupt`` with this code, these facts and the path of the ``member`` that does not fit.
    """
    hint: Any = kind
    try:
        made: T = decoder(hint)(value)
    except Misfit as error:
        raise Corrupt(code, **facts, member=error.path) from error
    return made


@cache
def decoder(hint: Any) -> Decoder:
    """Return what reads a value of this type hint; it raises ``Misfit``."""
    if hint is Any or hint == Json:
        return lambda value: value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin is Sequence:
        return _tuple((arguments[0], ...))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(decoder(arguments[1]))
    return _plain(hint)


def _container(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [to_json(item) for item in value]
    if is_dataclass(value):
        return members_of(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@cache
def _layout(kind: Any) -> tuple[tuple[str, str, object], ...]:
    return tuple((field.name, member_of(field), _default(field)) for field in fields(kind) if _is_member(field))


def member_of(field: Field[Any]) -> str:
    """Return the member's name of a field: keywords of the language carry an underscore."""
    name: str = field.metadata.get("member", field.name.rstrip("_"))
    return name


def _is_member(field: Field[Any]) -> bool:
    return APART not in field.metadata


def apart(kind: Any) -> list[Field[Any]]:
    """Return the fields of a dataclass that stand apart from its JSON form."""
    return [field for field in fields(kind) if APART in field.metadata]


def fields_of(kind: Any, found: Mapping[str, Json], code: str, **facts: str) -> dict[str, Any]:
    """Return the values of those fields that stand apart and are ``found``, by field; ``Corrupt`` with this code."""
    try:
        return {
            name: _at(read, found[member], member)
            for member, (name, read) in _apart_readers(kind).items()
            if member in found
        }
    except Misfit as error:
        raise Corrupt(code, **facts, member=error.path) from error


@cache
def _apart_readers(kind: Any) -> dict[str, tuple[str, Decoder]]:
    hints = get_type_hints(kind, localns=_NAMES)
    return {member_of(field): (field.name, decoder(hints[field.name])) for field in apart(kind)}


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _plain(hint: Any) -> Decoder:
    if hint in _SCALARS:
        return _scalar(hint)
    if hint is bytes:
        return _bytes
    if hint is types.NoneType:
        return _nothing
    own = getattr(hint, "from_json", None)
    if own is not None:
        return _guarded(own)
    if is_dataclass(hint):
        return _dataclass(hint)
    raise TypeError(f"no decoder for {hint!r}")


def _scalar(hint: type) -> Decoder:
    def read(value: Json) -> Json:
        # A bool is an int in the language, not in JSON.
        if type(value) is not hint:
            raise Misfit("")
        return value

    return read


def _bytes(value: Json) -> bytes:
    try:
        return from_base64(value)
    except Corrupt as error:
        raise Misfit("") from error


def _nothing(value: Json) -> None:
    if value is not None:
        raise Misfit("")


def _guarded(own: Callable[[Any], Any]) -> Decoder:
    def read(value: Json) -> Any:
        try:
            with shaped("misfit"):
                return own(value)
        except Corrupt as error:
            raise Misfit("") from error

    return read


def _union(arguments: tuple[Any, ...]) -> Decoder:
    choices = [decoder(argument) for argument in arguments]

    def read(value: Json) -> Any:
        wrong = Misfit("")
        for choice in choices:
            try:
                return choice(value)
            except Misfit as error:
                wrong = max(wrong, error, key=lambda one: len(one.path))
        raise wrong

    return read


def _tuple(arguments: tuple[Any, ...]) -> Decoder:
    if arguments[-1] is Ellipsis:
        item = decoder(arguments[0])
        return lambda value: tuple(_at(item, one, str(i)) for i, one in enumerate(_list(value)))
    items = [decoder(argument) for argument in arguments]

    def read(value: Json) -> tuple[Any, ...]:
        found = _list(value)
        if len(found) != len(items):
            raise Misfit("")
        return tuple(_at(item, one, str(i)) for i, (item, one) in enumerate(zip(items, found, strict=True)))

    return read


def _list(value: Json) -> Sequence[Json]:
    if not isinstance(value, list | tuple):
        raise Misfit("")
    return value


def _mapping(item: Decoder) -> Decoder:
    def read(value: Json) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise Misfit("")
        return {key: _at(item, one, key) for key, one in value.items()}

    return read


def _dataclass(kind: Any) -> Decoder:
    hints = get_type_hints(kind, localns=_NAMES)
    readers = {member: (name, decoder(hints[name])) for name, member, _ in _layout(kind)}
    needed = frozenset(member for _, member, default in _layout(kind) if default is MISSING)

    def read(value: Json) -> Any:
        if not isinstance(value, Mapping):
            raise Misfit("")
        missing = needed - value.keys()
        if missing:
            raise Misfit(min(missing))
        found = {}
        for member, item in value.items():
            reader = readers.get(member)
            if reader is not None:
                found[reader[0]] = _at(reader[1], item, member)
        return kind(**found)

    return read


def _at(read: Decoder, value: Json, name: str) -> Any:
    try:
        return read(value)
    except Misfit as error:
        raise Misfit(f"{name}.{error.path}".rstrip(".")) from error
