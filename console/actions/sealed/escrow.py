# SPDX-License-Identifier: Apache-2.0
"""What lies ready for the recovery sheets: the station's escrow, and a canary for each group's drill.

The escrow is what a new HSM needs of the old one: the item secrets (one-time codes excepted: they are issued anew at
their target), the journal's opening keys, the database key of each log. Each file is sealed to the station's recovery
point, overwritten whenever its rows change, before the table itself changes, and never kept in versions. No point, no
escrow.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import cast

from console.actions.console import Console
from console.actions.sealed import tables
from console.domain.canonical import Json, decode_object, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Unavailable
from console.domain.policy.rules import STATION, Roster
from console.domain.recovery import escrow as rules
from console.domain.sealed import envelope
from console.ports.vault import Vault

DATABASE_KEY = "database-key"
KINDS = (tables.STATE, tables.OPENING_KEYS, DATABASE_KEY)
CANARY = b"This canary opens nothing. It shows that the sheets still do."
NO_HSM_SECRET = bytes(envelope.SECRET_BYTES)


def keep(vault: Vault, roster: Roster, kind: str, rows: Mapping[str, bytes]) -> None:
    """Seal these rows to the station's recovery point, in place of those before, if there is one."""
    point = roster.recovery_point(STATION)
    if point is not None:
        vault.write(file(kind), rules.seal(kind, roster.vault, point, rows))


def file(kind: str) -> str:
    """Return the name of an escrow file."""
    return f"escrow/{kind}.json"


def without_codes(rows: Mapping[str, bytes], codes: set[str]) -> dict[str, bytes]:
    """Return the rows of the state table but those of the credentials named in ``codes``."""
    return {name: value for name, value in rows.items() if name.partition("/")[0] not in codes}


def settle(console: Console, codes: Callable[[], set[str]], database_keys: Callable[[], dict[str, bytes]]) -> None:
    """Seal everything to the recovery points of the roster in force that is sealed to others, or not at all yet."""
    roster = console.policy.roster
    _settle_canaries(console)
    if roster.recovery_point(STATION) in (None, _kept_for(console.vault)):
        return
    state = tables.rows(console.hsm, console.vault, tables.STATE)
    keep(console.vault, roster, tables.STATE, without_codes(state, codes()))
    opening_keys = tables.rows(console.hsm, console.vault, tables.OPENING_KEYS)
    keep(console.vault, roster, tables.OPENING_KEYS, opening_keys)
    keep(console.vault, roster, DATABASE_KEY, database_keys())


def _kept_for(vault: Vault) -> bytes | None:
    """Return the point that the escrow is for: the database keys are kept last, so where they stand, the tables do."""
    # Nobody needs it now: what cannot be read is made anew, and keeps nobody from an emergency.
    with suppress(Unavailable, Corrupt):
        return rules.sealed_to(vault.read(file(DATABASE_KEY)))
    return None


# --- canaries -----------------------------------------------------------------------------------------------


def canary(vault: Vault, group: str) -> tuple[bytes, dict[str, Json]]:
    """Return (point, record) of a group's canary: a record of this group alone, without any part of the HSM."""
    value = decode_object(vault.read(_canary_file(group)))
    with shaped("canary_shape"):
        return from_base64(value["point"]), cast(dict[str, Json], value["record"])


def _settle_canaries(console: Console) -> None:
    roster = console.policy.roster
    for group in roster.groups:
        point = roster.recovery_point(group)
        if point is None:
            continue
        if _canary_point(console.vault, group) != point:
            made: dict[str, Json] = {"v": 1, "point": to_base64(point), "record": _seal_canary(console, group)}
            console.vault.write(_canary_file(group), encode(made))


def _canary_point(vault: Vault, group: str) -> bytes | None:
    with suppress(Unavailable, Corrupt):
        return canary(vault, group)[0]
    return None


def _seal_canary(console: Console, group: str) -> dict[str, Json]:
    roster, class_ = console.policy.roster, sorted(console.policy.roster.classes)[0]
    context = envelope.Context(roster.vault, roster.mode, roster.epoch, roster.hash(), "canary", class_, 1, 0)
    recipients = {group: roster.recipients(class_)[group]}
    return envelope.seal_record(context, CANARY, recipients, NO_HSM_SECRET, console.machine.random)


def _canary_file(group: str) -> str:
    return f"canaries/{group}.json"
