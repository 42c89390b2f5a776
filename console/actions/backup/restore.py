# SPDX-License-Identifier: Apache-2.0
"""A station put together again: its files from a backup or the second medium, and a new HSM where the old one is lost.

Putting files back decides nothing: the next unlock compares the journal with the HSM, and what is older raises the
alarm. A new HSM gets what the station's recovery sheets open, one-time codes excepted; a new log and the quorum's
signatures (``actions.renewal``) then put its keys into force.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from console.actions.backup import copy
from console.actions.console import Console, Locked
from console.actions.entries import unlocked_person, write
from console.actions.journal.renewal import NEW_KEYS
from console.actions.keyholder import recovery
from console.actions.keyholder.recovery import Escrowed, Words
from console.actions.policy.steps import as_written
from console.actions.sealed import tables
from console.actions.station import lifecycle
from console.domain.canonical import Json, Object, encode, from_base64, to_base64
from console.domain.entries.station import StationHsmLeaving
from console.domain.errors import Refused, Unavailable
from console.domain.keyholder.names import RESTORING
from console.domain.policy import keyholder
from console.domain.policy.rules import Policy
from console.ports.medium import Medium
from console.ports.sheets import Sheets


def put_back(locked: Locked, medium: Medium, mirror: Medium) -> Object:
    """Put the files of a backup into the folder of a station that has none; what the second medium has is newer.

    It may be done again until somebody has unlocked the station: who finds the HSM lost does it again with sheets.
    ``Refused`` (station_exists, backup_unfinished); ``Unavailable`` (backup_absent); ``Corrupt`` as ``backup.verify``.
    """
    present = locked.vault.names("")
    if "genesis.json" in present and RESTORING not in present:
        raise Refused("station_exists", folder=str(locked.settings.folder))
    _check_whole(medium)
    source = dict.fromkeys(_taken(medium), medium)
    newer = dict.fromkeys(_taken(mirror), mirror)
    if newer:
        # Of the tables only the newest counts, and an older one beside it would be of no use to anybody.
        source = {name: one for name, one in source.items() if not name.startswith("state/")}
    if "genesis.json" not in source | newer:
        raise Unavailable("backup_absent", folder=str(medium.folder), name="genesis.json")
    # Whoever is cut from here on starts again, until ``done`` or the first unlock.
    locked.vault.write(RESTORING, b"")
    for name, one in (source | newer).items():
        locked.vault.write(name, one.read(name))
    return {"files": len(source | newer), "databases": cast(Json, locked.founding.put_databases(medium))}


def _check_whole(medium: Medium) -> None:
    """Verify a backup; refuse what lacks its list, which is written last, and is no second medium either."""
    names = medium.names("")
    if copy.MANIFEST in names:
        copy.verify(None, medium)
    elif "genesis.json" in names and not any(name.startswith("table/") for name in names):
        # Only the second medium and a station's own folder hold opening keys: this is a piece of a backup.
        raise Refused("backup_unfinished", folder=str(medium.folder), name=copy.MANIFEST)


def _taken(medium: Medium) -> list[str]:
    names = [name for name in medium.names("") if name.startswith((*copy.TAKEN, *copy.LEFT))]
    return [name for name in names if name != "station.toml"]


def done(locked: Locked) -> None:
    """Let the station stand as it is now: another restore would be refused."""
    locked.vault.remove(RESTORING)


def new_hsm(locked: Locked, sheets: Sheets, words: Words) -> Object:
    """Make a new HSM for a restored station from its recovery sheets; everybody in the roster can unlock it then.

    ``Refused`` and ``Corrupt`` as ``recovery.open_escrow``.
    """
    known = as_written(locked.vault)
    return fill(locked, recovery.open_escrow(locked.vault, known.roster, sheets, words))


def fill(locked: Locked, opened: Escrowed, anchors: Sequence[bytes] = ()) -> Object:
    """Make a new HSM that holds this, and the ``anchors`` of the one before; seal its PIN to everybody with a slot."""
    known = as_written(locked.vault)
    pin = bytearray(to_base64(locked.machine.random(lifecycle.PIN_BYTES)).rstrip("=").encode())
    try:
        public = _fill(locked, known, opened, anchors, bytes(pin))
        # Whoever was suspended has no slot any more, and gets none.
        for name in locked.vault.names("slots/"):
            member = known.roster.member(name.removeprefix("slots/").removesuffix(".json"))
            locked.vault.write(name, keyholder.seal_slot(known.roster.vault, member, bytes(pin)))
    finally:
        pin[:] = bytes(len(pin))
        for key in opened.database_keys.values():
            key[:] = bytes(len(key))
    return {"items": len(opened.state), "opening_keys": len(opened.opening_keys), "keys": dict(public)}


def _fill(locked: Locked, known: Policy, opened: Escrowed, anchors: Sequence[bytes], pin: bytes) -> Mapping[str, str]:
    vault, vault_id = locked.vault, known.roster.vault
    with locked.founding.station(pin) as hsm:
        public = locked.founding.public_keys(hsm)
        locked.founding.pin(hsm, known.genesis)
        tables.create(hsm, vault, tables.STATE, vault_id, opened.state)
        tables.create(hsm, vault, tables.OPENING_KEYS, vault_id, opened.opening_keys)
        for number, key in opened.database_keys.items():
            lifecycle.write_database_key(vault, known.roster, number, key, from_base64(public["journal"]))
        for note in anchors:
            hsm.set_anchor(note)
        vault.write(NEW_KEYS, encode({"v": 1, "vault": vault_id, "keys": dict(public)}))
    return public


# --- while the old HSM still works ------------------------------------------------------------------------


def take_over(console: Console) -> tuple[Escrowed, list[bytes]]:
    """Return what a new HSM needs of the present one, one-time codes included, and its anchors; journaled.

    ``Refused`` (activations_open): a request key cannot be moved.
    """
    if any(name.startswith("open-") for name in console.hsm.keys()):
        raise Refused("activations_open")
    write(console, StationHsmLeaving(), unlocked_person(console), critical=True)
    keys = {int(number): bytearray(key) for number, key in console.logs.database_keys().items()}
    state, opening_keys = (
        tables.rows(console.hsm, console.vault, kind) for kind in (tables.STATE, tables.OPENING_KEYS)
    )
    return Escrowed(keys, state, opening_keys), console.hsm.anchor()


def retire(console: Console) -> None:
    """Destroy what the old HSM could still open: no code is shown by both."""
    for name in console.hsm.keys():
        if name.startswith((f"{tables.STATE}-", f"{tables.OPENING_KEYS}-")):
            console.hsm.destroy_key(name)
