# SPDX-License-Identifier: Apache-2.0
"""A table that people wrote as TOML, as plain values: its texts in NFC, its times as texts, no fractions."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from console.domain.canonical import MAX_INTEGER, Json, Object
from console.domain.errors import Refused


def values(table: Mapping[str, object], file: str) -> Object:
    """Return the table as plain values; ``Refused`` (toml_value): a fraction, too large a number, an unknown letter."""
    return {key: _plain(value, file, key) for key, value in table.items()}


def _plain(value: object, file: str, field: str) -> Json:
    if isinstance(value, list):
        return [_plain(item, file, field) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, file, f"{field}.{key}") for key, item in value.items()}
    if isinstance(value, str):
        return as_text(value, file, field)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    raise Refused("toml_value", file=file, field=field, why="it is a fraction or too large a number")


def as_text(value: str, file: str, field: str) -> str:
    """Return a text in NFC; ``Refused`` (toml_value) for an unknown letter."""
    normal = unicodedata.normalize("NFC", value)
    if any(unicodedata.category(letter) in ("Cs", "Cn") for letter in normal):
        raise Refused("toml_value", file=file, field=field, why="it has a letter that Unicode does not know")
    return normal
