# SPDX-License-Identifier: Apache-2.0
"""How recovery sheets stand: which count, what they do not open yet, what is owed; and the drill that tries them."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import cast

from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import unlocked_person, write
from console.actions.keyholder.recovery import Words, key_of, marked, named, open_escrow, set_in_force, sets, unread
from console.actions.readiness.checks import DAY_MS, warn_of
from console.actions.sealed import escrow, tables
from console.domain.canonical import Json, Object, from_base64
from console.domain.credential.versions import Credential, Version
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.event import written_ms
from console.domain.entries.recovery import RecoveryDrilled
from console.domain.errors import Corrupt
from console.domain.policy.rules import STATION
from console.domain.recovery.sheets import SheetSet
from console.domain.sealed import envelope
from console.domain.text import told

MAX_DRILL_DAYS = 365
STANDING = {
    "none": "{slot}: no sheets",
    "printed": "{slot}: sheets printed, not read back",
    "proven": "{slot}: sheets read back, not signed",
    "spent": "{slot}: sheets spent",
}
LACKING = {
    "unread": "{slot}: sheets not read back: {count}",
    "gone": "{slot}: sheets kept by people who left the group: {count}",
    "uncovered": "{slot}: secrets to be sealed again: {count}",
    "owed": "{slot}: secrets to be changed: {count}",
}


def drill(console: Console, slot: str, words: Words) -> Object:
    """Try the sheets in force without any token, and journal that they work: a group's on its canary, the station's
    on its escrow, which must be what the tables hold now. Nothing is spent."""
    used = set_in_force(console.vault, console.policy.roster, slot)
    if slot == STATION:
        _try_escrow(console, words)
    else:
        _try_canary(console, used, words)
    write(console, RecoveryDrilled(**named(used)), unlocked_person(console), critical=True)
    return {"slot": slot, "generation": used.generation, "check": used.check, "works": True}


def _try_canary(console: Console, used: SheetSet, words: Words) -> None:
    point, record = escrow.canary(console.vault, used.slot)
    if point != used.point:
        raise Corrupt("canary_of_another_set", slot=used.slot)
    key, _ = key_of(console.sheets, used, sets(console.vault), words)
    (secret,) = key.open([envelope.sealed_secret(record, used.slot)])
    room = memoryview(bytearray(envelope.unsealed_size(record)))
    payload = envelope.unseal_record(record, {}, escrow.NO_HSM_SECRET, room, group_secrets={used.slot: secret})
    if bytes(payload) != escrow.CANARY:
        raise Corrupt("canary_of_another_set", slot=used.slot)


def _try_escrow(console: Console, words: Words) -> None:
    opened = open_escrow(console.vault, console.policy.roster, console.sheets, words)
    state = tables.rows(console.hsm, console.vault, tables.STATE)
    kept = escrow.without_codes(state, credentials.codes(console))
    # A row too many is what a kill leaves; a row too few would be lost with the HSM.
    if not kept.items() <= opened.state.items():
        raise Corrupt("escrow_differs")
    if not tables.rows(console.hsm, console.vault, tables.OPENING_KEYS).items() <= opened.opening_keys.items():
        raise Corrupt("escrow_differs")


def status(console: Console) -> Object:
    """Return for every group and the station how its sheets stand."""
    roster, known = console.policy.roster, sets(console.vault)
    return {"recovery": [_status_of(console, slot, known) for slot in (*roster.groups, STATION)]}


def checks(console: Console) -> list[Json]:
    """Return the rows of readiness: whether every slot has sheets that count, and how long ago they were tried."""
    rows = cast(list[Object], status(console)["recovery"])
    in_force = [row for row in rows if row["state"] == "in_force"]
    return [
        warn_of("recovery_sheets", [said for row in rows for said in _lacking(row)], mend=_mend(rows)),
        warn_of(
            "recovery_drill",
            [_age(row) for row in in_force if _is_stale(row)],
            mend="" if in_force else "no_sheets_to_try",
        ),
    ]


def _mend(rows: Sequence[Object]) -> str:
    """Return what comes first: sheets that count, then sealing to them, then changing what the spent ones opened."""
    if any(row["state"] != "in_force" or row["unread"] or row["gone"] for row in rows):
        return "recovery_sheets"
    return "sheets_uncovered" if any(row["uncovered"] for row in rows) else "sheets_owed"


def _lacking(row: Object) -> Iterator[Object]:
    if row["state"] != "in_force":
        yield told(STANDING[str(row["state"])], slot=row["slot"])
    for member, text in LACKING.items():
        if row[member]:
            yield told(text, slot=row["slot"], count=len(cast(list[Json], row[member])))


def _age(row: Object) -> Object:
    if row["drilled_days"] is None:
        return told("{slot}: never tried", slot=row["slot"])
    return told("{slot}: last tried {days} days ago", slot=row["slot"], days=row["drilled_days"])


def _is_stale(row: Object) -> bool:
    days = cast(int | None, row["drilled_days"])
    return days is None or days > MAX_DRILL_DAYS


def _status_of(console: Console, slot: str, known: Sequence[SheetSet]) -> dict[str, Json]:
    point, of_slot = console.policy.roster.recovery_point(slot), [one for one in known if one.slot == slot]
    spent = marked(console, "recovery.used")
    debts = [owed(console, one) for one in of_slot if slot != STATION and (slot, one.generation) in spent]
    row: dict[str, Json] = {
        "slot": slot,
        "state": "none",
        "generation": 0,
        "check": None,
        "unread": [],
        "drilled": None,
        "drilled_days": None,
        "gone": [],
        "uncovered": [],
        "owed": [*chain.from_iterable(debts)],
    }
    if not of_slot:
        return row
    one = next((one for one in of_slot if one.point == point), of_slot[-1])
    drilled = _drilled(console, one)
    return row | {
        "state": _state(console, one, point),
        "generation": one.generation,
        "check": one.check,
        "unread": unread(console, one),
        "gone": _gone(console, one),
        "drilled": None if drilled is None else to_rfc3339(drilled),
        "drilled_days": None if drilled is None else (console.machine.reading().wall_ms - drilled) // DAY_MS,
        "uncovered": _uncovered(console, one) if slot != STATION and one.point == point else [],
    }


def _gone(console: Console, one: SheetSet) -> list[Json]:
    """Return who keeps a sheet and stands in its group no more."""
    roster = console.policy.roster
    there = {(group, person.id) for group in roster.groups for person in roster.group(group)}
    return [holder for part in one.dealt for holder in part.holders if (part.group, holder) not in there]


def owed(console: Console, used: SheetSet) -> list[Json]:
    """Return what was sealed to a set and not rotated since: once the set is spent, each owes that, and re-sealing."""
    return [
        found.name
        for found in _recoverable(console)
        if any(
            _is_sealed_to(console, used, version) and not found.is_rotated_since(version.number)
            for version in found.versions
        )
    ]


def _uncovered(console: Console, one: SheetSet) -> list[Json]:
    """Return the credentials that these sheets do not open, because they were sealed before them."""
    return [found.name for found in _recoverable(console) if not _is_sealed_to(console, one, found.current)]


def _recoverable(console: Console) -> list[Credential]:
    return [found for _, found in sorted(credentials.fold(console).items()) if found.kind.is_recoverable]


def _is_sealed_to(console: Console, one: SheetSet, version: Version) -> bool:
    return console.policy.roster_of(version.roster).recovery_point(one.slot) == one.point


def _state(console: Console, one: SheetSet, point: bytes | None) -> str:
    name = (one.slot, one.generation)
    if name in marked(console, "recovery.used"):
        return "spent"
    if one.point == point:
        return "in_force"
    return "proven" if name in marked(console, "recovery.proven") else "printed"


def _drilled(console: Console, one: SheetSet) -> int | None:
    """Return when a set was last tried (wall clock, ms)."""
    for entry in console.journal.entries(type_="recovery.drilled", newest_first=True):
        if from_base64(entry.body["point"]) == one.point:
            return written_ms(entry)
    return None
