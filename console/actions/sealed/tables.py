# SPDX-License-Identifier: Apache-2.0
"""The two tables sealed to a key in the station's HSM: item secrets (``state``), opening keys (``table``).

Rows are added under the present key. To remove a row for good, the next key is made, the other rows are sealed to
it, the file is durable, and only then the old key is destroyed: an old copy of the file is dead from then on. After
a crash the newest table whose key still exists is the one that counts; ``settle`` clears away the rest.

Who keeps a copy for the recovery sheets gets the rows first: a kill in between leaves a copy with a row too many, which
nothing names, or without one that is being destroyed; never one that lacks a row somebody relies on.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import cast

from console.domain.canonical import Object, decode_object, digest, encode, from_base64, shaped
from console.domain.errors import Corrupt, Refused
from console.domain.sealed import envelope
from console.ports.hsm import Hsm
from console.ports.vault import Vault

STATE = "state"
OPENING_KEYS = "table"

Keep = Callable[[Mapping[str, bytes]], None]
"""Keeps a copy of the rows as they will be."""


def create(hsm: Hsm, vault: Vault, kind: str, vault_id: str, content: Mapping[str, bytes] | None = None) -> None:
    """Make the first table of a kind in an HSM: empty, or with what a lost HSM's table held."""
    _write(vault, kind, vault_id, 1, hsm.make_key(_key(kind, 1)), content or {})


def rows(hsm: Hsm, vault: Vault, kind: str) -> dict[str, bytes]:
    """Return the rows of the table that counts; ``Corrupt`` (table_missing) if none can be opened."""
    return _opened(hsm, vault, kind)[1]


def fingerprint(hsm: Hsm, vault: Vault, kind: str) -> bytes:
    """Return the hash of the table that counts (32 bytes)."""
    return digest(f"{kind}-table", encode(_opened(hsm, vault, kind)[0]))


def add(hsm: Hsm, vault: Vault, kind: str, new: Mapping[str, bytes], *, keep: Keep) -> set[str]:
    """Add rows, durably; return the names of all rows."""
    table, before = _opened(hsm, vault, kind)
    number, point, content = cast(int, table["number"]), from_base64(table["point"]), {**before, **new}
    keep(content)
    _write(vault, kind, str(table["vault"]), number, point, content)
    return set(content)


def burn(hsm: Hsm, vault: Vault, kind: str, names: set[str], *, keep: Keep | None) -> None:
    """Remove rows for good; raises before anything is lost when a step fails. ``Refused`` (gone) if one is gone.

    ``keep`` is None for rows that are never kept: one-time codes.
    """
    table, before = _opened(hsm, vault, kind)
    if not names <= set(before):
        raise Refused("gone", items=", ".join(sorted(names - set(before))))
    left = {name: value for name, value in before.items() if name not in names}
    if keep is not None:
        keep(left)
    _move(hsm, vault, kind, table, left)


def replace(hsm: Hsm, vault: Vault, kind: str, changed: Mapping[str, bytes]) -> None:
    """Change rows, or add them, for good: no old copy of the table opens any more. Nothing of it is kept elsewhere."""
    table, before = _opened(hsm, vault, kind)
    _move(hsm, vault, kind, table, {**before, **changed})


def _move(hsm: Hsm, vault: Vault, kind: str, table: Object, content: Mapping[str, bytes]) -> None:
    number = cast(int, table["number"])
    point = hsm.make_key(_key(kind, number + 1))
    _write(vault, kind, str(table["vault"]), number + 1, point, content)
    hsm.destroy_key(_key(kind, number))
    vault.remove(_file(kind, number))


def settle(hsm: Hsm, vault: Vault, kind: str, keys: Iterable[str]) -> set[str]:
    """After a crash: keep the newest table whose key exists, destroy the other ``keys`` and remove their files.

    Returns the names of the rows in the table that is kept.
    """
    table, content = _opened(hsm, vault, kind)
    number = cast(int, table["number"])
    for name in keys:
        if name.startswith(f"{kind}-") and name != _key(kind, number):
            hsm.destroy_key(name)
    for name in vault.names(f"{kind}/"):
        if name != _file(kind, number):
            vault.remove(name)
    return set(content)


def _opened(hsm: Hsm, vault: Vault, kind: str) -> tuple[Object, dict[str, bytes]]:
    """Return the table that counts, the newest whose key still exists, and its rows."""
    for name in reversed(vault.names(f"{kind}/")):
        table = decode_object(vault.read(name))
        with shaped("table_shape"):
            number = cast(int, table["number"])
            # Only under its own name: a file dropped beside the tables must not stand before the one that counts.
            if name != _file(str(table["kind"]), number):
                continue
        try:
            return table, envelope.open_table(table, partial(hsm.derive, _key(kind, number)))
        except Refused as error:
            if error.code != "key_gone":
                raise
    raise Corrupt("table_missing", kind=kind)


def _write(vault: Vault, kind: str, vault_id: str, number: int, point: bytes, content: Mapping[str, bytes]) -> None:
    vault.write(_file(kind, number), envelope.seal_table(kind, vault_id, number, point, content))


def _key(kind: str, number: int) -> str:
    return f"{kind}-{number}"


def _file(kind: str, number: int) -> str:
    return f"{kind}/{number:08d}.json"
