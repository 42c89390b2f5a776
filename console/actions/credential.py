# SPDX-License-Identifier: Apache-2.0
"""Sealed credentials: seal, list, show the use card, rotate, confirm. Putting a secret in needs only public keys.

A new version is a candidate until a second keyholder confirms, on their token, that the target has it; only then
are the item secrets of the version before destroyed. So nobody alone can destroy a good credential.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import cast

from console.actions import tables
from console.actions.keyholder import Actor, by_token, pseudonym, write
from console.actions.ports import Console
from console.domain import credential as rules
from console.domain import envelope
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
from console.domain.ceremony import Item
from console.domain.credential import Credential
from console.domain.errors import Corrupt, Refused

FOLDED = ("credential.sealed", "credential.confirmed", "release.intended", "release.outcome")


def seal(
    console: Console, name: str, kind: str, class_: str, secret: bytearray, card: Mapping[str, Json], *,
    sign_as: str | None = None,
) -> Object:  # fmt: skip
    """Seal the first version of a credential, signed on the token of ``sign_as``, else of whoever unlocked."""
    rules.check_name(name)
    rules.check_use_card(card)
    if name in fold(console):
        raise Refused("credential_exists", name=name)
    console.vault.write(f"cards/{name}.json", encode(card))
    return _seal_version(console, _New(name, kind, class_, 1, "sealed"), secret, sign_as)


def rotate(console: Console, name: str, secret: bytearray, *, sign_as: str | None = None) -> Object:
    """Seal a new version as a candidate, signed as ``seal`` says; the old one stays until ``confirm``.

    A candidate that waits is superseded: a slip of the hand in it must not keep anybody from rotating.
    """
    credential = find(fold(console), name)
    new = _New(
        name, credential.kind, credential.current.class_, credential.versions[-1].number + 1, "candidate"
    )
    return _seal_version(console, new, secret, sign_as)


def confirm(console: Console, name: str, member: str, evidence: str) -> Object:
    """Confirm a candidate on a second keyholder's token, with evidence from the target; burns the old version."""
    credential = find(fold(console), name)
    candidate = credential.candidate
    if candidate is None:
        raise Refused("no_candidate", name=name)
    if not evidence.strip():
        raise Refused("evidence_missing")
    if console.policy.roster.member(member).role not in console.policy.roster.groups:
        raise Refused("not_a_keyholder", member=member)
    if pseudonym(console, by_token(member)) == candidate.sealed_by:
        raise Refused("second_person_needed", member=member)
    said: dict[str, Json] = {
        "credential": name, "version": candidate.number, "member": member, "evidence": evidence,
        "records": [to_base64(record) for record in candidate.records],
    }  # fmt: skip
    signed = digest("sign-confirmation", console.policy.roster.vault.encode(), encode(said))
    signature = console.token(member).sign("sign", signed)
    envelope.check_signature(console.policy.roster.member(member).sign, signature, signed)
    write(console, "credential.confirmed", by_token(member), {"credential": name, "version": candidate.number},
          fields={"confirmation": {**said, "signature": to_base64(signature)}}, critical=True)  # fmt: skip
    burn_replaced(console)
    return show(console, name)


def list_credentials(console: Console) -> Object:
    """Return every credential as COMMANDS.md has it; never a secret."""
    known, left, live = fold(console), unburnt(console), _open_names(console)
    return {"credentials": [_row(c, left, live) for _, c in sorted(known.items())]}


def show(console: Console, name: str) -> Object:
    """Return one credential with its use card; never the secret."""
    credential = find(fold(console), name)
    row = _row(credential, unburnt(console), _open_names(console))
    return {**row, "card": decode_object(console.vault.read(f"cards/{name}.json"))}


def _row(credential: Credential, left: set[str], live: set[str]) -> dict[str, Json]:
    version = credential.current
    items = [n for n in range(len(version.records)) if row_name(credential.name, version.number, n) in left]
    state = "open" if credential.name in live and credential.state() == "sealed" else credential.state()
    return {
        "id": credential.name, "name": credential.name, "kind": credential.kind, "class": version.class_,
        "version": version.number, "state": state,
        "codes_left": len(items) if credential.kind == "codes" else None,
        "candidate": credential.candidate.number if credential.candidate else None,
    }  # fmt: skip


def _open_names(console: Console) -> set[str]:
    live = [name.removeprefix("open-") for name in console.hsm.keys() if name.startswith("open-")]
    opened = [
        (act, entry)
        for act in live
        for entry in console.journal.entries(act=act)
        if entry.type == "activation.requested"
    ]
    is_open = {
        act
        for act in live
        if any(entry.type == "activation.opened" for entry in console.journal.entries(act=act))
    }
    items = [cast(list[list[Json]], entry.body["items"]) for act, entry in opened if act in is_open]
    return {str(item[0]) for item in chain.from_iterable(items)}


# --- what other actions ask -------------------------------------------------------------------------------


def fold(console: Console) -> dict[str, Credential]:
    """Return name -> credential from the journal's own entries."""
    return rules.fold(chain.from_iterable(console.journal.entries(type_=type_) for type_ in FOLDED))


def find(known: Mapping[str, Credential], name: str) -> Credential:
    """Return a credential; ``Refused`` (unknown_credential) names those that exist."""
    if name not in known:
        raise Refused("unknown_credential", name=name, known=", ".join(sorted(known)))
    return known[name]


def kind(console: Console, name: str) -> str:
    """Return a credential's kind."""
    return find(fold(console), name).kind


def row_name(credential: str, version: int, item: int) -> str:
    """Return the name of an item's row in the state table."""
    return f"{credential}/{version}/{item}"


def unburnt(console: Console) -> set[str]:
    """Return the row names of all items that can still be opened: the state table decides, never a fold."""
    return set(tables.rows(console.hsm, console.vault, tables.STATE))


def record(console: Console, known: Mapping[str, Credential], item: Item) -> Object:
    """Return the record that a request names, checked; ``Corrupt`` if it or its signatures are not the sealed ones."""
    found = decode_object(console.vault.read(_record_file(item.credential, item.version, item.item)))
    sealed = find(known, item.credential).version(item.version)
    if envelope.record_hash(found) != item.record or item.record != sealed.records[item.item]:
        raise Corrupt("record_not_the_sealed_one", credential=item.credential)
    roster, signed = console.policy.roster, digest("sign-record", envelope.record_hash(found))
    with shaped("record_shape"):
        signatures = cast(dict[str, Json], found["signatures"])
        station, own = from_base64(signatures["station"]), from_base64(signatures["sealer"])
        sealer, context = roster.member(str(signatures["member"])), envelope.record_context(found)
    envelope.check_message(roster.station_point("request"), station, signed)
    envelope.check_signature(sealer.sign, own, signed)
    expected = (roster.vault, roster.mode, item.credential, item.version, item.item)
    if (context.vault, context.mode, context.credential, context.version, context.item) != expected:
        raise Corrupt("record_not_the_sealed_one", credential=item.credential)
    return found


# --- sealing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _New:
    """A version about to be sealed."""

    name: str
    kind: str
    class_: str
    number: int
    state: str


def _seal_version(console: Console, new: _New, secret: bytearray, sign_as: str | None) -> Object:
    payloads = _checked(new.kind, bytes(secret))
    # Always on a token: whoever unlocked hours ago must not stand as the sealer of what somebody else types in.
    by = by_token(sign_as or console.hsm.unlocked_by())
    secrets = {
        row_name(new.name, new.number, n): console.machine.random(envelope.SECRET_BYTES)
        for n in range(len(payloads))
    }
    hashes = [
        _seal_item(console, _context(console, new, n), payload, secrets, by)
        for n, payload in enumerate(payloads)
    ]
    tables.add(console.hsm, console.vault, tables.STATE, secrets)
    body: dict[str, Json] = {
        "credential": new.name, "kind": new.kind, "class": new.class_, "version": new.number, "state": new.state,
        "epoch": console.policy.roster.epoch, "roster": to_base64(console.policy.roster.hash()),
        "records": [to_base64(hash_) for hash_ in hashes], "sealed_by": pseudonym(console, by),
    }  # fmt: skip
    write(console, "credential.sealed", by, body, critical=True)
    return show(console, new.name)


def _checked(kind_: str, secret: bytes) -> list[bytes]:
    if kind_ != "certificate":
        return rules.payloads(kind_, secret)
    from console.domain import certificate  # X.509 takes 25 ms to import, and few verbs need it.

    return certificate.payloads(secret)


def _context(console: Console, new: _New, item: int) -> envelope.Context:
    roster = console.policy.roster
    return envelope.Context(
        roster.vault, roster.mode, roster.epoch, roster.hash(), new.name, new.class_, new.number, item
    )


def _seal_item(
    console: Console, context: envelope.Context, payload: bytes, secrets: Mapping[str, bytes], by: Actor
) -> bytes:
    hsm_secret = secrets[row_name(context.credential, context.version, context.item)]
    recipients = console.policy.roster.recipients(context.class_)
    sealed = envelope.seal_record(context, payload, recipients, hsm_secret, console.machine.random)
    hash_ = envelope.record_hash(sealed)
    signed = digest("sign-record", hash_)
    own = console.token(by.member).sign("sign", signed)
    envelope.check_signature(console.policy.roster.member(by.member).sign, own, signed)
    signatures: dict[str, Json] = {
        "station": to_base64(console.hsm.sign("request", signed)),
        "sealer": to_base64(own), "member": by.member,
    }  # fmt: skip
    file = _record_file(context.credential, context.version, context.item)
    console.vault.write(file, encode({**sealed, "signatures": signatures}))
    return hash_


def _record_file(name: str, version: int, item: int) -> str:
    return f"records/{name}/{version:06d}-{item:03d}.json"


def burn_replaced(console: Console) -> None:
    """Destroy the item secrets of every version that a confirmed newer one replaced, candidates included."""
    replaced = set(_replaced_rows(console)) & unburnt(console)
    if replaced:
        tables.burn(console.hsm, console.vault, tables.STATE, replaced)


def _replaced_rows(console: Console) -> list[str]:
    versions = FOLDED[:2]
    known = rules.fold(chain.from_iterable(console.journal.entries(type_=type_) for type_ in versions))
    return [
        row_name(credential.name, version.number, n)
        for credential in known.values()
        for version in credential.versions
        if version.number < credential.current.number
        for n in range(len(version.records))
    ]
