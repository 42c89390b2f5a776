# SPDX-License-Identifier: Apache-2.0
"""The two tables sealed to a key in the station's HSM: item secrets (``state``), opening keys (``table``).

Rows are added under the present key. To remove a row for good, the next key is made, the other rows are sealed to
it, the file is durable, and only then the old key is destroyed: an old copy of the file is dead from then on. After
a crash the newest table whose key still exists is the one that counts; ``settle`` clears away the rest.
"""

from collections.abc import Mapping
from functools import partial
from typing import cast

from console.actions.ports import Hsm, Vault
from console.domain import envelope
from console.domain.canonical import Object, decode_object, from_base64, shaped
from console.domain.errors import Corrupt, Refused

STATE = "state"
OPENING_KEYS = "table"


def create(hsm: Hsm, vault: Vault, kind: str, vault_id: str) -> None:
    """Make the first, empty table of a kind."""
    _write(vault, kind, vault_id, 1, hsm.make_key(_key(kind, 1)), {})


def rows(hsm: Hsm, vault: Vault, kind: str) -> dict[str, bytes]:
    """Return the rows of the table that counts; ``Corrupt`` (table_missing) if none can be opened."""
    return _opened(hsm, vault, kind)[1]


def add(hsm: Hsm, vault: Vault, kind: str, new: Mapping[str, bytes]) -> None:
    """Add rows, durably."""
    table, before = _opened(hsm, vault, kind)
    number, point = cast(int, table["number"]), from_base64(table["point"])
    _write(vault, kind, str(table["vault"]), number, point, {**before, **new})


def burn(hsm: Hsm, vault: Vault, kind: str, names: set[str]) -> None:
    """Remove rows for good; raises before anything is lost when a step fails. ``Refused`` (gone) if one is gone."""
    table, before = _opened(hsm, vault, kind)
    if not names <= set(before):
        raise Refused("gone", items=", ".join(sorted(names - set(before))))
    number = cast(int, table["number"])
    left = {name: value for name, value in before.items() if name not in names}
    point = hsm.make_key(_key(kind, number + 1))
    _write(vault, kind, str(table["vault"]), number + 1, point, left)
    hsm.destroy_key(_key(kind, number))
    vault.remove(_file(kind, number))


def settle(hsm: Hsm, vault: Vault, kind: str) -> None:
    """After a crash: keep the newest table whose key exists, destroy the keys and remove the files of all others."""
    number = cast(int, _opened(hsm, vault, kind)[0]["number"])
    for name in hsm.keys():
        if name.startswith(f"{kind}-") and name != _key(kind, number):
            hsm.destroy_key(name)
    for name in vault.names(f"{kind}/"):
        if name != _file(kind, number):
            vault.remove(name)


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


def _write(
    vault: Vault, kind: str, vault_id: str, number: int, point: bytes, content: Mapping[str, bytes]
) -> None:
    vault.write(_file(kind, number), envelope.seal_table(kind, vault_id, number, point, content))


def _key(kind: str, number: int) -> str:
    return f"{kind}-{number}"


def _file(kind: str, number: int) -> str:
    return f"{kind}/{number:08d}.json"
