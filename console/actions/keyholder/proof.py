# SPDX-License-Identifier: Apache-2.0
"""That a person's token still does what it is for: two minutes a month, and the age of the last time it did.

The token signs a fresh challenge and opens something sealed to its share key; both stand in the journal. The station's
HSM proves its keys in the same way before they are put into force.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from console.actions.console import Console
from console.actions.entries import by_token, pseudonyms, write
from console.actions.readiness.checks import DAY_MS, warn_of
from console.domain import keys
from console.domain.canonical import Json, Object, digest, encode, from_base64, to_base64
from console.domain.entries.keyholder import KeyholderProven
from console.domain.errors import ConsoleError, Corrupt, Refused, Unavailable
from console.domain.journal import checkpoint
from console.domain.policy.keyholder import Member
from console.domain.text import told
from console.ports.hsm import Hsm
from console.ports.machine import Machine

PROVEN = "keyholder.proven"
PROVING = (PROVEN, "activation.approved", "activation.seconded", "credential.confirmed", "policy.signed")
"""Entries that a person's own token signed."""
HERE, NOT_HERE, AWAY = PLACES = "here", "not here", "away"
MAX_PROOF_DAYS = 35
CHALLENGE_BYTES = 32
STATION_KEYS = frozenset({"log", "request", "journal"})


def prove(console: Console, member: str) -> Object:
    """Prove a person's token, on that token; return how long ago the proof before this one was.

    ``Corrupt``: signature_wrong, seal_broken; ``Refused``: as ``Policy.active``; what a token raises.
    """
    person, before = console.policy.active(member), last_proofs(console).get(member)
    challenge = console.machine.random(CHALLENGE_BYTES)
    said: dict[str, Json] = {
        "v": 1,
        "vault": console.policy.roster.vault,
        "member": member,
        "challenge": to_base64(challenge),
    }
    token, signed = console.token(member), digest("sign-proof", encode(said))
    signature = token.sign("sign", signed)
    person.check(signature, signed)
    blob = keys.seal_to(person.share, challenge, info=signed, mechanism=person.mechanism)
    if person.open(partial(token.decapsulate, "share"), [(blob, signed)]) != [challenge]:
        raise Corrupt("seal_broken")
    proven = KeyholderProven(proof={**said, "signature": to_base64(signature)})
    write(console, proven, by_token(member), subject=pseudonyms(console.journal)[member])
    return {"member": member, "name": person.name, "days_since_the_last": _days(console, before)}


def check_station(hsm: Hsm, machine: Machine, public: Mapping[str, str]) -> None:
    """Raise ``Corrupt`` (station_key_unproven) unless the HSM has these three keys: each does its work now."""
    # Neither a checkpoint nor a request: what is signed here counts nowhere else.
    signed = digest("prove-station-key", machine.random(CHALLENGE_BYTES), encode(dict(public)))
    for name, prove_key in (("log", _signs_log), ("request", _signs_request), ("journal", _opens)):
        try:
            prove_key(hsm, public[name], signed)
        except (Corrupt, Refused) as error:
            raise Corrupt("station_key_unproven", key=name) from error


def _signs_log(hsm: Hsm, public: str, signed: bytes) -> None:
    key = checkpoint.parse_vkey(public)
    key.verify(key.encoded(hsm.sign("log", signed)), signed)


def _signs_request(hsm: Hsm, public: str, signed: bytes) -> None:
    keys.check_message(from_base64(public), hsm.sign("request", signed), signed)


def _opens(hsm: Hsm, public: str, signed: bytes) -> None:
    point, info = from_base64(public), b"bg/v1/prove-station-key"
    blob = keys.seal_to(point, signed, info=info)
    if keys.open_sealed(partial(hsm.derive, "journal"), point, [(blob, info)]) != [signed]:
        raise Corrupt("seal_broken")


def last_proofs(console: Console) -> dict[str, int]:
    """Return member id -> when their token last signed something here (wall clock, ms)."""
    found: dict[str, int] = {}
    for member, at in _proofs(console):
        found[member] = max(at, found.get(member, 0))
    return found


def _proofs(console: Console) -> Iterator[tuple[str, int]]:
    members = {name: member for member, name in console.people.items()}
    for type_ in PROVING:
        wanted = set(members)
        for entry in console.journal.entries(type_=type_, newest_first=True):
            if entry.proof == "token" and entry.actor in wanted:
                wanted.discard(entry.actor)
                yield members[entry.actor], entry.t.wall_ms
            if not wanted:
                break


def tokens(console: Console) -> list[Json]:
    """Return for everybody with a token whether it is here now, and how many days ago it was last proven."""
    proofs = last_proofs(console)
    return [
        {
            "member": person.id,
            "name": person.name,
            "group": person.role,
            "assurance": person.assurance,
            "present": _presence(console, person),
            "proven_days": _days(console, proofs.get(person.id)),
            "suspended": person.id in console.policy.suspended,
        }
        for person in console.policy.roster.members
    ]


def token_checks(console: Console, rows: list[Json]) -> list[dict[str, Json]]:
    """Return the row of readiness: who has not proven their token within a month or so."""
    holders = {person.id for group in console.policy.roster.groups for person in console.policy.active_in(group)}
    late = [row for row in rows if isinstance(row, dict) and row["member"] in holders and _is_late(row)]
    return [warn_of("tokens", [_said(row) for row in late])]


def _presence(console: Console, person: Member) -> str:
    if console.settings.is_away(person.id):
        return AWAY
    try:
        console.token(person.id).points()
    except Unavailable:
        return NOT_HERE
    except ConsoleError as error:
        return error.code
    return HERE


def _days(console: Console, at: int | None) -> int | None:
    return None if at is None else max(0, console.machine.reading().wall_ms - at) // DAY_MS


def _is_late(row: Object) -> bool:
    days = row["proven_days"]
    return not isinstance(days, int) or days > MAX_PROOF_DAYS


def _present(code: str) -> Json:
    return told(code) if code in PLACES else code


def _said(row: Object) -> Object:
    who = {"member": row["member"], "present": _present(str(row["present"]))}
    if row["proven_days"] is None:
        return told("{member}: never proven, {present}", **who)
    return told("{member}: proven {days} days ago, {present}", days=row["proven_days"], **who)
