# SPDX-License-Identifier: Apache-2.0
"""The station itself: found it, unlock it, lock it, check it.

Founding makes the HSM's token under a random PIN that nobody ever knows: it exists only sealed to each person's own
token (the unlock slots). Nothing opens before every founding keyholder has signed the genesis.
"""

from collections.abc import Mapping
from typing import cast

from console.actions import tables
from console.actions.keyholder import PROGRAM, enrolment_drafts, unlocked_person, write
from console.actions.ports import Console, Hsm, Locked, Vault
from console.domain import envelope, keyholder, policy
from console.domain.canonical import (
    Json,
    Object,
    decode_object,
    digest,
    encode,
    from_base64,
    shaped,
    to_base64,
)
from console.domain.errors import Refused
from console.domain.journal import Draft
from console.domain.keyholder import Member
from console.domain.policy import Policy, Roster, Rules
from console.domain.words import to_words
from console.settings import EMBEDDED

GENESIS = "genesis.json"
DATABASE_KEY = "database-key.json"
PIN_BYTES = 32


def found(locked: Locked) -> Object:
    """Make the station's token, enrol everybody in the station file, propose the genesis; return its words."""
    _check_settings(locked)
    vault_id, members = locked.machine.new_id(), [_enrol(locked, k.id) for k in locked.settings.keyholders]
    pin = bytearray(to_base64(locked.machine.random(PIN_BYTES)).rstrip("=").encode())
    with locked.founding.station(bytes(pin)) as hsm:
        proposed = _propose(locked, vault_id, members, locked.founding.public_keys(hsm))
        locked.founding.pin(hsm, proposed.genesis)
        for member in proposed.roster.members:
            locked.vault.write(f"slots/{member.id}.json", keyholder.seal_slot(vault_id, member, bytes(pin)))
        for kind in (tables.STATE, tables.OPENING_KEYS):
            tables.create(hsm, locked.vault, kind, vault_id)
        _create_journal(locked, hsm, proposed)
        locked.vault.write(GENESIS, policy.document(proposed, {}))
    pin[:] = bytes(len(pin))
    return genesis(locked)


def _check_settings(locked: Locked) -> None:
    settings = locked.settings
    if "genesis.json" in locked.vault.names(""):
        raise Refused("station_exists", folder=str(settings.folder))
    if settings.station.mode not in policy.MODES:
        raise Refused("settings_type", field="station.mode")
    if any(settings.own_console.values()):
        # Approving on a console of one's own does not exist yet: such a class would never open.
        raise Refused("own_console_not_available")
    if (
        settings.station.mode == "real"
        and settings.hsm.module == EMBEDDED
        and not settings.hsm.accept_software
    ):
        raise Refused("software_hsm_in_real_mode")


def _enrol(locked: Locked, member: str) -> Member:
    section, points = locked.settings.keyholder(member), locked.founding.enrol(member)
    assurance = "software" if section.module == EMBEDDED else "hardware"
    made = Member(
        member, section.name, section.role, points["sign"], points["share"], points.get("read"), assurance
    )
    challenge = digest("possession", locked.machine.random(32))
    envelope.check_signature(made.sign, locked.token(member).sign("sign", challenge), challenge)
    return made


def _propose(locked: Locked, vault_id: str, members: list[Member], keys: Mapping[str, str]) -> Policy:
    settings, section = locked.settings, locked.settings.rules
    groups = tuple(sorted({m.role for m in members} - {keyholder.OPERATOR}))
    assurance = "software" if settings.hsm.module == EMBEDDED else "hardware"
    roster = Roster(
        vault=vault_id, mode=settings.station.mode, epoch=1, groups=groups, classes=settings.classes,
        own_console=settings.own_console, members=tuple(members),
        station={**keys, "origin": settings.origin, "assurance": assurance},
    )  # fmt: skip
    policy.check_roster(roster)
    rules = Rules(
        vault=vault_id, epoch=1, seconds_max=section.minutes_max * 60,
        seconds_hard_max=section.minutes_hard_max * 60, releases_max=section.releases_max,
        releases_hard_max=section.releases_hard_max, request_valid_seconds=section.request_valid_minutes * 60,
        showing_seconds=section.showing_seconds, jurisdictions=section.jurisdictions,
        matter_pattern=section.matter_pattern, ranges=section.ranges, legal_confirms=section.legal_confirms,
    )  # fmt: skip
    policy.check_rules(rules)
    return Policy(roster, rules)


def _create_journal(locked: Locked, hsm: Hsm, proposed: Policy) -> None:
    key = bytearray(locked.machine.random(envelope.SECRET_BYTES))
    vault_id = proposed.roster.vault
    blob = envelope.seal_to(
        proposed.roster.station_point("journal"), bytes(key), info=envelope.database_key_info(vault_id)
    )
    locked.vault.write(DATABASE_KEY, encode({"v": 1, "vault": vault_id, "blob": to_base64(blob)}))
    with locked.founding.journal(hsm, key, proposed) as journal:
        first: dict[str, Json] = {
            "vault": vault_id, "genesis": to_base64(proposed.genesis), "words": " ".join(to_words(proposed.genesis)),
            "roster": to_base64(proposed.roster.hash()), "rules": to_base64(proposed.rules.hash()),
        }  # fmt: skip
        entry = Draft("station.founded", PROGRAM, "program", locked.machine.new_id(), body=first)
        journal.append([entry, *enrolment_drafts(proposed, locked.machine)], critical=True)


def open_database_key(vault: Vault, hsm: Hsm, roster: Roster) -> bytearray:
    """Return the journal's database key, unwrapped by the HSM."""
    with shaped("database_key_shape"):
        blob = from_base64(decode_object(vault.read(DATABASE_KEY))["blob"])
    info = envelope.database_key_info(roster.vault)
    (key,) = envelope.open_sealed(
        lambda points: hsm.derive("journal", points), roster.station_point("journal"),
        [(blob, info)],
    )  # fmt: skip
    return bytearray(key)


def genesis(locked: Locked) -> Object:
    """Return the genesis in words, its 12 words, and who has not signed yet; needs no unlock."""
    proposed, signatures = policy.parse(locked.vault.read(GENESIS))
    roster = proposed.roster
    classes: dict[str, Json] = {name: dict(thresholds) for name, thresholds in roster.classes.items()}
    return {
        "vault": roster.vault, "mode": roster.mode, "genesis": to_base64(proposed.genesis),
        "words": to_words(proposed.genesis), "classes": classes, "rules": proposed.rules.to_json(),
        "members": [{"id": m.id, "name": m.name, "role": m.role, "assurance": m.assurance} for m in roster.members],
        "unsigned": cast(Json, policy.unsigned_by(proposed, signatures)),
    }  # fmt: skip


def sign_genesis(locked: Locked, member: str) -> Object:
    """Sign the genesis on a founding keyholder's own token."""
    proposed, signatures = policy.parse(locked.vault.read(GENESIS))
    person = proposed.roster.member(member)
    if person not in proposed.roster.keyholders():
        raise Refused("not_a_keyholder", member=member)
    signed = policy.signed_genesis(proposed)
    signature = locked.token(member).sign("sign", signed)
    envelope.check_signature(person.sign, signature, signed)
    locked.vault.write(GENESIS, policy.document(proposed, {**signatures, member: signature}))
    return genesis(locked)


def open_slot(locked: Locked, member: str) -> bytearray:
    """Return the station's PIN from a person's unlock slot, opened on their token; the caller wipes it."""
    proposed, signatures = policy.parse(locked.vault.read(GENESIS))
    if unsigned := policy.unsigned_by(proposed, signatures):
        raise Refused("genesis_unsigned", missing=", ".join(unsigned))
    person = proposed.roster.member(member)
    slot = decode_object(locked.vault.read(f"slots/{member}.json"))
    return keyholder.open_slot(slot, person, lambda points: locked.token(member).derive("share", points))


def unlock(locked: Locked, member: str) -> Object:
    """Unlock the station by one person's token: the keeper logs in to the HSM and stays."""
    if (present := locked.keepers.status()) is not None:
        raise Refused("already_unlocked", member=present["member"])
    locked.keepers.start(open_slot(locked, member), member)
    return {"unlocked": True, "member": member}


def lock(locked: Locked) -> Object:
    """End the keeper: from here on every face is locked."""
    return {"unlocked": False, "was_unlocked": locked.keepers.stop()}


def note_unlock(console: Console) -> None:
    """Journal who unlocked the station, as its first act."""
    write(console, "station.unlocked", unlocked_person(console))


def note_lock(console: Console) -> None:
    """Journal that the station is being locked, while it still can be."""
    write(console, "station.locked", unlocked_person(console))


FREE_BYTES_LEAST = 256 * 1024 * 1024


def check(console: Console) -> Object:
    """Return the readiness of this station: each check with ok, level and detail; nothing is changed."""
    checks: list[Json] = [
        _check("hsm", ok=True, detail=f"answers; unlocked by {console.hsm.unlocked_by()}"),
        _check("hsm_rollback", ok=console.policy.roster.station["assurance"] == "hardware", level="warning",
               detail=f"{console.policy.roster.station['assurance']}: destroys and anchors unproven"),
        *_journal_checks(console),
        *_machine_checks(console),
    ]  # fmt: skip
    rows = cast(list[dict[str, Json]], checks)
    return {"ready": all(row["ok"] or row["level"] == "warning" for row in rows), "checks": checks}


def _check(id_: str, *, ok: bool, detail: str, level: str = "error") -> dict[str, Json]:
    return {"id": id_, "ok": ok, "level": "ok" if ok else level, "detail": detail}


def _journal_checks(console: Console) -> list[Json]:
    verdict, behind = console.journal.verify(), console.vault.unmirrored()
    status = console.journal.status()
    alarm, codes = (
        cast(list[str], status["alarm"]),
        [f["code"] for f in cast(list[dict[str, Json]], status["findings"])],
    )
    mirror = str(console.settings.station.mirror)
    return [
        _check("journal", ok=verdict["ok"] is True, detail=f"{verdict['findings'] or 'whole'}"),
        _check("anchor", ok=not alarm, detail=", ".join(alarm) or f"anchored up to {status['anchored']}"),
        _check("mirror", ok=not behind and "mirror_missing" not in codes, level="warning",
               detail=f"not copied: {', '.join(behind)}" if behind else mirror),
        _check("mirror_agrees", ok="mirror_differs" not in codes, detail="it tells the same as the journal"
               if "mirror_differs" not in codes else "it tells another history than the journal"),
    ]  # fmt: skip


def _machine_checks(console: Console) -> list[Json]:
    health = console.machine.health(console.settings.folder)
    interfaces, free = cast(list[str], health["interfaces"]), cast(int, health["free_bytes"])
    return [
        _check(
            "air_gap",
            ok=not interfaces,
            level="warning",
            detail=f"interfaces: {', '.join(interfaces) or 'none'}",
        ),
        _check(
            "core_dumps", ok=not health["dumps"], detail="forbidden" if not health["dumps"] else "allowed"
        ),
        _check(
            "memory", ok=health["memory"] == "memfd_secret", level="warning", detail=str(health["memory"])
        ),
        _check("disk_space", ok=free >= FREE_BYTES_LEAST, detail=f"{free // 2**20} MB free"),
    ]
