# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets: print them, read them back, open what they are for.

    printed ── read back ──> proven, and proposed ── the quorum signs ──> in force ── used ──> spent

Words exist on paper and, for moments, in memory: no file, no entry and no error has one. Nothing is sealed to a set
before it was read back and signed. A spent set is a debt, not a lock: it opens again only with a reason that is signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from console.actions.console import Console
from console.actions.entries import unlocked_person, write
from console.actions.policy import steps as policy_actions
from console.actions.sealed import escrow, tables
from console.domain.canonical import Json, Object, to_base64
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.recovery import RecoveryPrinted, RecoveryProven, SheetNames, SheetsEvent
from console.domain.errors import Refused
from console.domain.policy.rules import STATION, Policy, Roster
from console.domain.recovery import escrow as sealed
from console.domain.recovery import sheets as recovery
from console.domain.recovery.sheets import RecoveryKey, Sheet, SheetSet
from console.ports.press import Press
from console.ports.sheets import Sheets
from console.ports.vault import Files, Vault

SETS = "recovery/"
Words = Sequence[Sequence[str]]
"""The words of each sheet that was typed in."""
DRILL_BANNER = "DRILL: this sheet opens nothing real."
MAX_COPIES = 3


# --- which sets there are -------------------------------------------------------------------------------------


def sets(vault: Files) -> list[SheetSet]:
    """Return every set that was ever printed, oldest first per slot; no secret is in it."""
    return [SheetSet.parse(vault.read(name)) for name in vault.names(SETS)]


def set_in_force(vault: Vault, roster: Roster, slot: str) -> SheetSet:
    """Return the set that the roster seals a slot to; ``Refused`` (no_sheets) if there is none."""
    return set_of(sets(vault), slot, roster.recovery_point(slot))


def set_of(known: Sequence[SheetSet], slot: str, point: bytes | None) -> SheetSet:
    for found in known:
        if found.slot == slot and found.point == point:
            return found
    raise Refused("no_sheets", slot=slot)


def set_typed(console: Console, slot: str, words: Words) -> SheetSet:
    """Return the set of a slot that typed words say they belong to, in force or not; ``Refused`` (sheet_unknown, …)."""
    if not words:
        raise Refused("no_sheets", slot=slot)
    sheet = console.sheets.read(1, words[0])
    for found in sets(console.vault):
        if (found.slot, found.identifier) == (slot, sheet.identifier):
            return found
    raise Refused("sheet_unknown", sheet=1)


def _newest(known: Sequence[SheetSet], slot: str) -> SheetSet:
    of_slot = [found for found in known if found.slot == slot]
    if not of_slot:
        raise Refused("no_sheets", slot=slot)
    return max(of_slot, key=lambda found: found.generation)


def marked(console: Console, type_: str) -> set[tuple[str, int]]:
    """Return (slot, generation) of every set that an entry of this type names."""
    entries = console.journal.entries(type_=type_)
    said = [SheetsEvent.read(entry) for entry in entries]
    return {(each.slot, each.generation) for each in said}


def key_of(
    sheets: Sheets, wanted: SheetSet, known: Sequence[SheetSet], words: Words, *, spare: bool = False
) -> tuple[RecoveryKey, list[Sheet]]:
    """Return the key of a set from the words of its sheets, and those sheets.

    ``spare``: more sheets than needed may be there, and each must be right. ``Refused`` names sheet and word, or the
    set that a sheet belongs to; ``Corrupt`` (recovery_key_differs).
    """
    typed = [sheets.read(number, row) for number, row in enumerate(words, start=1)]
    found = recovery.check_sheets(wanted, known, typed, spare=spare)
    keys = [_key_of_quorum(sheets, wanted, quorum) for quorum in recovery.quorums(wanted, found)]
    return keys[0], typed


def _key_of_quorum(sheets: Sheets, wanted: SheetSet, quorum: Sequence[Sheet]) -> RecoveryKey:
    secret = sheets.combine(quorum)
    try:
        return wanted.key(secret)
    finally:
        secret[:] = bytes(len(secret))


# --- printing -------------------------------------------------------------------------------------------------


def preflight(console: Console, slot: str, needed: int, count: int, copies: int, press: Press) -> Object:
    """Return what printing a set would take: where it comes out, how many pages, who must be there; print nothing."""
    dealt = recovery.deal(console.policy.roster, slot, needed, count)
    if not 1 <= copies <= MAX_COPIES:
        raise Refused("copies_impossible", copies=copies, most=MAX_COPIES)
    rows: list[Json] = [
        {"group": part.group, "number": number, "holder": holder, "name": console.policy.roster.member(holder).name}
        for part in dealt
        for number, holder in enumerate(part.holders, start=1)
    ]
    return {
        "slot": slot,
        "generation": 1 + _generation(sets(console.vault), slot),
        "needed": needed,
        "count": count,
        "copies": copies,
        "pages": len(rows) * copies,
        "sheets": rows,
        "spare": count > needed,
        **press.check(),
    }


def _generation(known: Sequence[SheetSet], slot: str) -> int:
    return max((found.generation for found in known if found.slot == slot), default=0)


def print_sheets(console: Console, slot: str, needed: int, count: int, copies: int, press: Press) -> Object:
    """Make a new recovery secret and print it as sheets; it counts once it is read back and signed.

    Cut anywhere, the set is never proven and the next printing makes the next generation.
    """
    plan = preflight(console, slot, needed, count, copies, press)
    with console.machine.secret(recovery.SECRET_BYTES) as secret:
        secret[:] = console.machine.random(recovery.SECRET_BYTES)
        made, words = _make(console, plan, secret)
    console.vault.write(f"{SETS}{made.name}.json", made.encode())
    said = RecoveryPrinted(
        **named(made),
        needed=needed,
        sheets=tuple((part.group, len(part.holders)) for part in made.dealt),
        copies=copies,
        pages=cast(int, plan["pages"]),
        to=str(plan["to"]),
        holders=tuple((part.group, *part.holders) for part in made.dealt),
    )
    printed = write(console, said, unlocked_person(console), critical=True)
    for sheet in _pages(console, made, words, to_rfc3339(printed.t.wall_ms)):
        press.put(_file_name(made, sheet), console.paper.recovery_sheet(sheet), copies)
    return {**plan, "check": made.check, "point": to_base64(made.point)}


def _make(console: Console, plan: Object, secret: memoryview) -> tuple[SheetSet, list[list[list[str]]]]:
    roster, slot, generation = console.policy.roster, str(plan["slot"]), cast(int, plan["generation"])
    dealt = recovery.deal(roster, slot, cast(int, plan["needed"]), cast(int, plan["count"]))
    identifier = _fresh_identifier(console)
    key = RecoveryKey(secret, roster.vault, slot, generation)
    groups = [(part.needed, len(part.holders)) for part in dealt]
    words = console.sheets.split(bytes(secret), groups, identifier, console.machine.random)
    made = SheetSet(roster.vault, slot, generation, identifier, dealt, key.point, key.sign_point)
    return made, words


def _fresh_identifier(console: Console) -> int:
    # Sheets of two sets with one identifier could not be told apart by anybody.
    taken = {found.identifier for found in sets(console.vault)}
    while (drawn := int.from_bytes(console.machine.random(2), "big") % recovery.IDENTIFIERS) in taken:
        pass
    return drawn


def _pages(console: Console, made: SheetSet, words: list[list[list[str]]], at: str) -> list[dict[str, Json]]:
    roster, settings = console.policy.roster, console.settings
    what = "the station, with all groups" if made.slot == STATION else f"the group {made.slot}"
    return [
        {
            "station": settings.origin,
            "vault": roster.vault,
            "mode_words": "" if roster.mode == "real" else DRILL_BANNER,
            "what": what,
            "group": part.group,
            "holder": roster.member(holder).name,
            "generation": made.generation,
            "number": number,
            "needed": part.needed,
            "count": len(part.holders),
            "words": sheet,
            "check": made.check,
            "made": at,
        }
        for part, dealt in zip(made.dealt, words, strict=True)
        for number, (holder, sheet) in enumerate(zip(part.holders, dealt, strict=True), start=1)
    ]


def _file_name(made: SheetSet, sheet: Object) -> str:
    return f"{made.name}-{sheet['group']}-{sheet['number']}.pdf"


def named(found: SheetSet) -> SheetNames:
    """Return how entries name a set."""
    return SheetNames(
        slot=found.slot, generation=found.generation, point=found.point, sign=found.sign, check=found.check
    )


# --- proving --------------------------------------------------------------------------------------------------


def prove(console: Console, slot: str, words: Words) -> Object:
    """Read the newest set of a slot back from its paper, and propose it, with all others proven, to the quorum."""
    known = sets(console.vault)
    wanted = _newest(known, slot)
    _, typed = key_of(console.sheets, wanted, known, words, spare=True)
    read = tuple((wanted.dealt[sheet.group].group, sheet.member + 1) for sheet in typed)
    write(console, RecoveryProven(**named(wanted), sheets=read), unlocked_person(console), critical=True)
    return {
        "slot": slot,
        "generation": wanted.generation,
        "check": wanted.check,
        "sheets": read,
        "unread": unread(console, wanted),
        "proposal": _propose(console, known),
    }


def unread(console: Console, wanted: SheetSet) -> list[Json]:
    """Return the sheets of a set that nobody has read back yet: whether they can be read is not known."""
    read: set[tuple[str, int]] = set()
    for entry in console.journal.entries(type_=RecoveryProven.TYPE):
        said = RecoveryProven.read(entry)
        if said.point == wanted.point:
            read |= {*said.sheets}
    return [
        [part.group, number]
        for part in wanted.dealt
        for number in range(1, len(part.holders) + 1)
        if (part.group, number) not in read
    ]


def _propose(console: Console, known: Sequence[SheetSet]) -> str | None:
    """Propose every newest set that is proven, not in force and never was: one signature takes them all."""
    proven = [RecoveryProven.read(entry) for entry in console.journal.entries(type_=RecoveryProven.TYPE)]
    ever = {point for then in console.policy.history() for point in then.roster.recovery_points()}
    roster = console.policy.roster
    for slot in {found.slot for found in known}:
        newest = _newest(known, slot)
        # By its points: the file of a set that was read back may have been written anew since.
        is_proven = any(
            (said.slot, said.generation, said.point, said.sign, said.check) == tuple(named(newest).values())
            for said in proven
        )
        if is_proven and not ever & set(newest.points()):
            roster = newest.put_into(roster)
    if roster == console.policy.roster:
        return None
    proposed = Policy(roster, console.policy.rules)
    return str(policy_actions.propose(console, proposed, console.hsm.unlocked_by())["proposal"])


# --- the station's own set ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Escrowed:
    """What a new HSM needs of the old one; every value is secret."""

    database_keys: dict[int, bytearray] = field(repr=False)
    """The key of each log's database, by the log's number."""
    state: dict[str, bytes] = field(repr=False)
    opening_keys: dict[str, bytes] = field(repr=False)


def check_typed(sheets: Sheets, files: Files, words: Words) -> None:
    """Check sheets of the station as they are typed in, before all are there: a slip is found while one has the paper.

    ``files``: of the station or of a backup of it. ``Refused`` as ``check_belong``; no_sheets.
    """
    typed = [sheets.read(number, row) for number, row in enumerate(words, start=1)]
    recovery.check_belong(_set_of_station(files), sets(files), typed)


def _set_of_station(files: Files) -> SheetSet:
    # The newest set may have been signed a moment before everything was lost: what counts is what it is sealed to.
    point = sealed.sealed_to(files.read(escrow.file(escrow.DATABASE_KEY)))
    return set_of(sets(files), STATION, point)


def open_escrow(vault: Vault, roster: Roster, sheets: Sheets, words: Words) -> Escrowed:
    """Return the station's escrow, opened with its sheets alone: no HSM, no token, no journal.

    ``vault`` is the station's folder or a backup of it. ``Refused`` and ``Corrupt`` as ``key_of``; no_sheets.
    """
    key, _ = key_of(sheets, _set_of_station(vault), sets(vault), words)
    present = vault.names("escrow/")
    opened = {
        kind: sealed.unseal(vault.read(escrow.file(kind)), kind, roster.vault, key)
        # No backup holds the opening keys: without the second medium the old log's fields stay closed, and no more.
        if kind != tables.OPENING_KEYS or escrow.file(kind) in present
        else {}
        for kind in escrow.KINDS
    }
    database_keys = {int(number): bytearray(row) for number, row in opened[escrow.DATABASE_KEY].items()}
    return Escrowed(database_keys, opened[tables.STATE], opened[tables.OPENING_KEYS])
