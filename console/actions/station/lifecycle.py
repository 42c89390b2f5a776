# SPDX-License-Identifier: Apache-2.0
"""The station itself: found it, unlock it, lock it, check it.

Founding makes the HSM's token under a random PIN that nobody ever knows: it exists only sealed to each person's own
token (the unlock slots). Nothing opens before every founding keyholder has signed the genesis.
"""

from contextlib import suppress
from functools import partial
from typing import cast

from console.actions.console import Console, Locked
from console.actions.entries import PROGRAM, enrolment_drafts, unlocked_person, write
from console.actions.journal import before_unlock
from console.actions.policy.steps import GENESIS, as_written
from console.actions.sealed import tables
from console.actions.station import founding
from console.domain import keys
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.changes import thin
from console.domain.entries.event import Event
from console.domain.entries.station import StationFounded, StationLocked, StationUnlocked
from console.domain.errors import Refused, Unavailable
from console.domain.keyholder.names import RESTORING
from console.domain.policy import keyholder, rules
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy, Roster
from console.domain.renewal import FIRST
from console.domain.sealed import envelope
from console.domain.words import to_words
from console.ports.hsm import Hsm
from console.ports.vault import Vault

PIN_BYTES = 32
UNLOCKED, LOCKED = "station.unlocked", "station.locked"
OPEN, ONE_COMMAND = "open", "one_command"
"""What a station is unlocked for: until somebody locks it, or for one command, which locks again without an entry."""
LOCKED_BY_ENTRY, CUT, UNKNOWN = "locked", "cut", "unknown"
"""How the sitting before ended."""
MOST_LOOKED_AT = 100
"""So many unlocks back a sitting is looked for, among those for one command."""


def found(locked: Locked) -> Object:
    """Make the station's token, enrol everybody in the station file, propose the genesis; return its words."""
    if GENESIS in locked.vault.names(""):
        raise Refused("station_exists", folder=str(locked.settings.folder))
    # Before any token is made: what a founding left on it would stand in the way of the file that is mended.
    founding.check_settings(locked.settings)
    vault_id, members = locked.machine.new_id(), [_enrol(locked, k.id) for k in locked.settings.keyholders]
    pin = bytearray(to_base64(locked.machine.random(PIN_BYTES)).rstrip("=").encode())
    with locked.founding.station(bytes(pin)) as hsm:
        proposed = founding.propose(locked.settings, vault_id, members, locked.founding.public_keys(hsm))
        locked.founding.pin(hsm, proposed.genesis)
        for member in proposed.roster.members:
            locked.vault.write(f"slots/{member.id}.json", keyholder.seal_slot(vault_id, member, bytes(pin)))
        for kind in (tables.STATE, tables.OPENING_KEYS):
            tables.create(hsm, locked.vault, kind, vault_id)
        _create_journal(locked, hsm, proposed)
        locked.vault.write(GENESIS, rules.document(proposed, {}))
    pin[:] = bytes(len(pin))
    return genesis(locked)


def _enrol(locked: Locked, member: str) -> Member:
    section, enrolled = locked.settings.keyholder(member), locked.founding.enrol(member)
    assurance = "software" if section.is_software else "hardware"
    made = Member(
        member,
        section.name,
        section.role,
        enrolled.sign,
        enrolled.share,
        enrolled.read,
        assurance,
        enrolled.mechanism,
        enrolled.signing,
    )
    challenge = digest("possession", locked.machine.random(32))
    with locked.founding.token(member, enrolled) as token:
        keyholder.check_shared(token.points(), made.points(), section.also)
        made.check(token.sign("sign", challenge), challenge)
    return made


def _create_journal(locked: Locked, hsm: Hsm, proposed: Policy) -> None:
    key = bytearray(locked.machine.random(envelope.SECRET_BYTES))
    write_database_key(locked.vault, proposed.roster, FIRST, key)
    with locked.founding.journal(hsm, key, proposed) as journal:
        first = StationFounded(
            vault=proposed.roster.vault,
            genesis=proposed.genesis,
            words=" ".join(to_words(proposed.genesis)),
            roster=proposed.roster.hash(),
            rules=proposed.rules.hash(),
        )
        entry = first.to_draft(actor=PROGRAM, proof=PROGRAM, id_=locked.machine.new_id())
        journal.append([entry, *enrolment_drafts(proposed, locked.machine)], critical=True)


def write_database_key(vault: Vault, roster: Roster, number: int, key: bytearray, point: bytes | None = None) -> None:
    """Seal the database key of a log to the HSM, or to the ``point`` of a new one; each log has a key of its own."""
    info = envelope.database_key_info(roster.vault)
    blob = keys.seal_to(point or roster.station_point("journal"), bytes(key), info=info)
    vault.write(database_key_file(number), encode({"v": 1, "vault": roster.vault, "blob": to_base64(blob)}))


def open_database_key(
    vault: Vault, hsm: Hsm, roster: Roster, number: int = FIRST, point: bytes | None = None
) -> bytearray:
    """Return the database key of a log, unwrapped by the HSM."""
    with shaped("database_key_shape"):
        blob = from_base64(decode_object(vault.read(database_key_file(number)))["blob"])
    info = envelope.database_key_info(roster.vault)
    (key,) = keys.open_sealed(
        lambda points: hsm.derive("journal", points), point or roster.station_point("journal"), [(blob, info)]
    )
    return bytearray(key)


def database_key_file(number: int) -> str:
    """Return the name of the file with a log's database key."""
    return "database-key.json" if number == FIRST else f"database-key-{number}.json"


def genesis(locked: Locked) -> Object:
    """Return the genesis in words, its 12 words, and who has not signed yet; needs no unlock."""
    proposed, signatures = rules.parse(locked.vault.read(GENESIS))
    roster = proposed.roster
    classes: dict[str, Json] = {name: dict(thresholds) for name, thresholds in roster.classes.items()}
    return {
        "vault": roster.vault,
        "mode": roster.mode,
        "genesis": to_base64(proposed.genesis),
        "words": to_words(proposed.genesis),
        "classes": classes,
        "rules": proposed.rules.to_json(),
        "members": [{"id": m.id, "name": m.name, "role": m.role, "assurance": m.assurance} for m in roster.members],
        "unsigned": cast(Json, rules.unsigned_by(proposed, signatures)),
        "warnings": cast(Json, thin(roster)),
    }


def sign_genesis(locked: Locked, member: str) -> Object:
    """Sign the genesis on a founding keyholder's own token."""
    proposed, signatures = rules.parse(locked.vault.read(GENESIS))
    person = proposed.roster.member(member)
    if person not in proposed.roster.keyholders():
        raise Refused("not_a_keyholder", member=member)
    signed = rules.signed_genesis(proposed)
    signature = locked.token(member).sign("sign", signed)
    person.check(signature, signed)
    locked.vault.write(GENESIS, rules.document(proposed, {**signatures, member: signature}))
    return genesis(locked)


def open_slot(locked: Locked, member: str) -> bytearray:
    """Return the station's PIN from a person's unlock slot, opened on their token; the caller wipes it."""
    proposed, signatures = rules.parse(locked.vault.read(GENESIS))
    if unsigned := rules.unsigned_by(proposed, signatures):
        raise Refused("genesis_unsigned", missing=", ".join(unsigned))
    person = as_written(locked.vault).roster.member(member)
    slot = decode_object(locked.vault.read(f"slots/{member}.json"))
    try:
        return keyholder.open_slot(slot, person, partial(locked.token(member).decapsulate, "share"))
    except Refused as error:
        before_unlock.note(locked, member, error)
        raise


def unlock(locked: Locked, member: str) -> Object:
    """Unlock the station by one person's token: the keeper logs in to the HSM and stays."""
    if (present := locked.keepers.status()) is not None:
        raise Refused("already_unlocked", member=present["member"])
    locked.keepers.start(open_slot(locked, member), member)
    return {"unlocked": True, "member": member}


def lock(locked: Locked) -> Object:
    """End the keeper: from here on every face is locked."""
    return {"unlocked": False, "was_unlocked": locked.keepers.stop()}


def note_unlock(console: Console, *, one_command: bool = False) -> bool:
    """Journal who unlocked the station, as its first act, and how the sitting before ended; say whether it is kept.

    Under the alarm it waits in a file for a new log; in paper mode nothing takes it.
    """
    # Whoever only reads along leaves it to the next one.
    with suppress(Unavailable, Refused):
        console.vault.read(RESTORING)
        console.vault.remove(RESTORING)
    if console.journal.alarm():
        # Nor may what cannot be read keep anybody from unlocking.
        before_unlock.note_alarm(console)
        return True
    if one_command:
        return _note(console, StationUnlocked(sitting=ONE_COMMAND))
    return _note(console, StationUnlocked(sitting=OPEN, sitting_before=_ended(console)))


def note_lock(console: Console) -> None:
    """Journal that the station is being locked, while it still can be."""
    _note(console, StationLocked())


def _ended(console: Console) -> str:
    """Say how the newest sitting ended: what cuts one (idle, asleep, a token gone, no power) can write no entry."""
    try:
        newest = list(console.journal.entries(type_=UNLOCKED, newest_first=True, limit=MOST_LOOKED_AT))
        locked = next(console.journal.entries(type_=LOCKED, newest_first=True, limit=1), None)
    except Unavailable:  # a log that cannot be read now: its reserve takes the entry
        return UNKNOWN
    begun = next((entry for entry in newest if entry.body.get("sitting") != ONE_COMMAND), None)
    if begun is None or "sitting" not in begun.body:
        return UNKNOWN
    return LOCKED_BY_ENTRY if locked is not None and locked.seq > begun.seq else CUT


def _note(console: Console, said: Event) -> bool:
    if console.journal.alarm():
        return False
    try:
        write(console, said, unlocked_person(console))
    except Unavailable as error:
        # Unlocking shows nothing, and without it nobody could even read: the light says what to do.
        if error.code != "write_on_paper":
            raise
        return False
    return True
