# SPDX-License-Identifier: Apache-2.0
"""Sealed credentials: seal, list, show the use card, rotate, confirm. Putting a secret in needs only public keys.

A new version is a candidate until a second keyholder confirms, on their token, that the target has it; only then
are the item secrets of the version before destroyed. So nobody alone can destroy a good credential.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import cast

from console.actions.activation import settlement
from console.actions.console import Console
from console.actions.entries import Actor, by_token, names, pseudonym, write
from console.actions.sealed import escrow, records, tables
from console.domain import kinds
from console.domain.activation.ceremony import Item
from console.domain.canonical import Json, Object, decode_object, digest, encode, to_base64
from console.domain.credential import versions as rules
from console.domain.credential.versions import Credential
from console.domain.entries.credential import CredentialConfirmed, CredentialSealed
from console.domain.errors import Corrupt, Refused
from console.domain.kinds import Kind, Seed
from console.domain.policy import standing
from console.domain.policy.rules import STATION
from console.domain.policy.standing import Seal
from console.domain.sealed import envelope

FOLDED = ("credential.sealed", "credential.confirmed", "release.intended", "release.outcome", "credential.restated")


def seal(
    console: Console,
    name: str,
    kind: str,
    class_: str,
    secret: bytearray,
    card: Mapping[str, Json],
    *,
    sign_as: str | None = None,
    source: str = rules.TYPED,
) -> Object:
    """Seal the first version of a credential, signed on the token of ``sign_as``, else of whoever unlocked.

    ``source`` is how the secret came in, one of ``rules.SOURCES``: it stands in the entry.
    """
    check_new(console, name, kind, class_)
    rules.check_use_card(card)
    return _seal_version(console, _New(name, kinds.of(kind), class_, 1, "sealed", card=card), secret, sign_as, source)


def check_new(console: Console, name: str, kind_: str, class_: str) -> None:
    """Raise ``Refused`` (credential_name, _exists, _kind, unknown_class) before anybody types a secret in vain."""
    rules.check_name(name)
    if fold(console, name):
        raise Refused("credential_exists", name=name)
    kinds.of(kind_)
    console.policy.roster.thresholds([class_])


def rotate(
    console: Console, name: str, secret: bytearray, *, sign_as: str | None = None, source: str = rules.TYPED
) -> Object:
    """Seal a new version as a candidate, signed as ``seal`` says; the old one stays until ``confirm``.

    A candidate that waits is superseded: a slip of the hand in it must not keep anybody from rotating.
    """
    credential = load(console, name)
    new = _New(
        name,
        credential.kind,
        credential.current.class_,
        credential.versions[-1].number + 1,
        "candidate",
        settlement.owing(console, credential),
    )
    return _seal_version(console, new, secret, sign_as, source)


def confirm(console: Console, name: str, member: str, evidence: str) -> Object:
    """Confirm a candidate on a second keyholder's token, with evidence from the target; burns the old version."""
    credential = load(console, name)
    candidate = credential.candidate
    if candidate is None:
        raise Refused("no_candidate", name=name)
    if not evidence.strip():
        raise Refused("evidence_missing")
    console.policy.keyholder(member)
    if pseudonym(console, by_token(member)) == candidate.sealed_by:
        raise Refused("second_person_needed", member=member)
    said: dict[str, Json] = {
        "credential": name,
        "version": candidate.number,
        "member": member,
        "evidence": evidence,
        "records": [to_base64(record) for record in candidate.records],
    }
    signed = digest("sign-confirmation", console.policy.roster.vault.encode(), encode(said))
    signature = console.token(member).sign("sign", signed)
    console.policy.roster.member(member).check(signature, signed)
    write(
        console,
        CredentialConfirmed(
            credential=name,
            version=candidate.number,
            settles=tuple(settlement.owing(console, credential)),
            confirmation={**said, "signature": to_base64(signature)},
        ),
        by_token(member),
        subject=console.people[member],
        critical=True,
    )
    burn_replaced(console, unburnt(console))
    return show(console, name)


def list_credentials(console: Console) -> Object:
    """Return every credential as docs/commands.md has it; never a secret."""
    known, left, live = fold(console), unburnt(console), _open_names(console)
    judged: _Judged = {}
    return {"credentials": [_row(console, c, left, live, judged) for _, c in sorted(known.items())]}


def show(console: Console, name: str) -> Object:
    """Return one credential with its use card; never the secret."""
    return _shown(console, name, unburnt(console))


def _shown(console: Console, name: str, left: set[str]) -> Object:
    row = _row(console, load(console, name), left, _open_names(console), {})
    return {**row, "card": decode_object(console.vault.read(f"cards/{name}.json"))}


_Judged = dict[frozenset[tuple[bytes, str, str]], dict[str, Json]]
"""What was sealed under the same rosters and classes is openable by the same people: judged once for a whole list."""


def _row(console: Console, credential: Credential, left: set[str], live: set[str], judged: _Judged) -> dict[str, Json]:
    version, items = credential.current, openable_items(credential, left)
    state = credential.state()
    if state == "sealed" and credential.name in live:
        state = "open"
    return {
        "id": credential.name,
        "name": credential.name,
        "kind": credential.kind.name,
        "class": version.class_,
        "version": version.number,
        "state": state,
        "codes_left": len(items) if credential.kind.burns else None,
        "candidate": credential.candidate.number if credential.candidate else None,
        "candidate_by": names(console).get(credential.candidate.sealed_by) if credential.candidate else None,
        **_standing(console, credential, items, judged),
    }


def _standing(console: Console, credential: Credential, items: Sequence[int], judged: _Judged) -> dict[str, Json]:
    current = credential.current
    # Where nothing was re-sealed in parts, and so nearly everywhere, all items lie in the one version.
    places = {current.place(n) for n in items} if current.places else {current.number} if items else set()
    sealed = [credential.version(place) for place in places]
    key = frozenset([(version.roster, version.class_, credential.kind.name) for version in sealed])
    if key not in judged:
        seals = [seal_of(console, credential, place) for place in places]
        judged[key] = {
            "stale": any(seal.is_stale(console.policy) for seal in seals),
            "openable_by": cast(Json, standing.common(seals, console.policy)),
        }
    return judged[key]


def _open_names(console: Console) -> set[str]:
    live = [name.removeprefix("open-") for name in console.hsm.keys() if name.startswith("open-")]
    told = [{entry.type: entry.body for entry in console.journal.entries(act=act)} for act in live]
    opened = [bodies["activation.requested"] for bodies in told if "activation.opened" in bodies]
    return {str(item[0]) for body in opened for item in cast(list[list[Json]], body["items"])}


# --- what other actions ask -------------------------------------------------------------------------------


def fold(console: Console, name: str | None = None) -> dict[str, Credential]:
    """Return name -> credential from the journal's own entries: all, or the one of this name if there is one."""
    entries = chain.from_iterable(console.journal.entries(type_=type_) for type_ in FOLDED)
    if name is None:
        return rules.fold(entries)
    # An outcome names no credential, only the intent that it belongs to.
    return rules.fold(e for e in entries if e.body.get("credential", name) == name)


def load(console: Console, name: str) -> Credential:
    """Return a credential; ``Refused`` (unknown_credential) names those that exist."""
    return find(fold(console, name) or fold(console), name)


def find(known: Mapping[str, Credential], name: str) -> Credential:
    """Return a credential; ``Refused`` (unknown_credential) names those that exist."""
    if name not in known:
        raise Refused("unknown_credential", name=name, known=", ".join(sorted(known)))
    return known[name]


def kind(console: Console, name: str) -> Kind:
    """Return a credential's kind."""
    return load(console, name).kind


def row_name(credential: str, version: int, item: int) -> str:
    """Return the name of an item's row in the state table."""
    return f"{credential}/{version}/{item}"


def counter_row(credential: str, origin: int) -> str:
    """Return the name of the row that says which counter a HOTP seed has come to; ``origin``: where it was sealed."""
    return f"{credential}/{origin}/next"


def openable_items(credential: Credential, left: Container[str]) -> list[int]:
    """Return the items of the current version whose rows are still among ``left``."""
    version = credential.current
    rows = [row_name(credential.name, version.place(n), n) for n in range(len(version.records))]
    return [n for n, row in enumerate(rows) if row in left]


def seal_of(console: Console, credential: Credential, version: int) -> Seal:
    """Return what a version was sealed under."""
    sealed = credential.version(version)
    roster = console.policy.roster_of(sealed.roster)
    return Seal(roster, sealed.class_, recoverable=credential.kind.is_recoverable)


def check_holds(console: Console, items: Sequence[Item], member: str) -> None:
    """Raise ``Refused`` (no_share) unless this person holds a share that counts of each of these items."""
    known, group = fold(console), console.policy.roster.member(member).role
    for item in items:
        held = seal_of(console, find(known, item.credential), item.version).holders(console.policy)
        if member not in held.get(group, ()):
            raise Refused("no_share", member=member, credential=item.credential)


def unburnt(console: Console) -> set[str]:
    """Return the row names of all items that can still be opened: the state table decides, never a fold."""
    return set(tables.rows(console.hsm, console.vault, tables.STATE))


def record(console: Console, known: Mapping[str, Credential], item: Item) -> Object:
    """Return the record that a request names, checked; ``Corrupt`` if it or its signatures are not the sealed ones."""
    found = decode_object(console.vault.read(records.record_file(item.credential, item.version, item.item)))
    sealed = find(known, item.credential).version(item.version)
    if envelope.record_hash(found) != item.record or item.record != sealed.records[item.item]:
        raise Corrupt("record_not_the_sealed_one", credential=item.credential)
    records.check_signed(console, found, item.credential, item.version, item.item)
    context = envelope.record_context(found)
    # How many it takes is read from the entry: it has to say what was sealed.
    if (context.class_, context.roster) != (sealed.class_, sealed.roster):
        raise Corrupt("record_not_the_sealed_one", credential=item.credential)
    return found


# --- sealing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _New:
    """A version about to be sealed."""

    name: str
    kind: Kind
    class_: str
    number: int
    state: str
    settles: Sequence[str] = ()
    """The activations that owe it."""
    card: Mapping[str, Json] | None = None
    """The use card, which comes with the first version."""


def _seal_version(console: Console, new: _New, secret: bytearray, sign_as: str | None, source: str) -> Object:
    payloads = new.kind.payloads(bytes(secret))
    # Always on a token: whoever unlocked hours ago must not stand as the sealer of what somebody else types in.
    by = by_token(sign_as or console.hsm.unlocked_by())
    secrets = {
        row_name(new.name, new.number, n): console.machine.random(envelope.SECRET_BYTES) for n in range(len(payloads))
    }
    console.policy.active(by.member)
    sealed = [
        _seal_item(console, _context(console, new, n), payload, secrets, by, kind=new.kind)
        for n, payload in enumerate(payloads)
    ]
    # Not before the sealer has signed all of it: what is refused leaves nothing behind.
    card = {} if new.card is None else {f"cards/{new.name}.json": encode(new.card)}
    for file, data in {**card, **{file: data for _, file, data in sealed}}.items():
        console.vault.write(file, data)
    left = tables.add(console.hsm, console.vault, tables.STATE, secrets, keep=_keeper(console, new))
    told = _sealed(console, new, tuple(hash_ for hash_, _, _ in sealed), by)
    expires = new.kind.expiry_ms(payloads[0]) if new.kind.expiry_ms else None
    write(console, replace(told, source=source, settles=tuple(new.settles), expires_ms=expires), by, critical=True)
    return _shown(console, new.name, left)


def seal_again(console: Console, credential: Credential, item: int, payload: bytes, by: Actor, act: str) -> None:
    """Seal one item of the current version under the roster in force, as the next version; burn where it lay before.

    The other items of a list stay where they are. What it was sealed into is read back before anything is burnt.
    """
    version = credential.current
    new = _New(credential.name, credential.kind, version.class_, credential.versions[-1].number + 1, "sealed")
    row = row_name(new.name, new.number, item)
    secrets = {row: console.machine.random(envelope.SECRET_BYTES)}
    hash_, file, data = _seal_item(console, _context(console, new, item), payload, secrets, by, kind=new.kind)
    console.vault.write(file, data)
    left = tables.add(console.hsm, console.vault, tables.STATE, secrets, keep=_keeper(console, new))
    records = tuple(hash_ if n == item else None for n in range(len(version.records)))
    said = replace(_sealed(console, new, records, by), resealed_from=version.number)
    write(console, said, by, act=act, critical=True)
    record(console, fold(console, new.name), Item(new.name, new.number, item, new.class_, hash_))
    burn_replaced(console, left)


def _sealed(console: Console, new: _New, records: tuple[bytes | None, ...], by: Actor) -> CredentialSealed:
    return CredentialSealed(
        credential=new.name,
        kind=new.kind.name,
        class_=new.class_,
        version=new.number,
        state=new.state,
        epoch=console.policy.roster.epoch,
        roster=console.policy.roster.hash(),
        records=records,
        sealed_by=pseudonym(console, by),
    )


def _context(console: Console, new: _New, item: int) -> envelope.Context:
    roster = console.policy.roster
    return envelope.Context(
        roster.vault, roster.mode, roster.epoch, roster.hash(), new.name, new.class_, new.number, item
    )


def _seal_item(
    console: Console, context: envelope.Context, payload: bytes, secrets: Mapping[str, bytes], by: Actor, *, kind: Kind
) -> tuple[bytes, str, bytes]:
    hsm_secret = secrets[row_name(context.credential, context.version, context.item)]
    # Codes are issued anew at their target; what sheets could bring back, an old disk could show twice.
    recipients = console.policy.roster.recipients(context.class_, recoverable=kind.is_recoverable)
    sealed = envelope.seal_record(context, payload, recipients, hsm_secret, console.machine.random)
    hash_ = envelope.record_hash(sealed)
    signed = digest("sign-record", hash_)
    own = console.token(by.member).sign("sign", signed)
    console.policy.roster.member(by.member).check(own, signed)
    signatures: dict[str, Json] = {
        "station": to_base64(console.hsm.sign("request", signed)),
        "sealer": to_base64(own),
        "member": by.member,
    }
    file = records.record_file(context.credential, context.version, context.item)
    return hash_, file, encode({**sealed, "signatures": signatures})


def burn_replaced(console: Console, left: set[str]) -> None:
    """Destroy those of the item secrets ``left`` whose version a confirmed newer one replaced, candidates included."""
    replaced = left.intersection(_replaced_rows(console))
    if replaced:
        tables.burn(console.hsm, console.vault, tables.STATE, replaced, keep=_keeper(console))


def codes(console: Console) -> set[str]:
    """Return the names of all credentials that are one-time codes."""
    entries = console.journal.entries(type_="credential.sealed")
    return {str(entry.body["credential"]) for entry in entries if kinds.of(str(entry.body["kind"])).burns}


def _keeper(console: Console, new: _New | None = None) -> tables.Keep:
    """Return what keeps the item secrets for the recovery sheets; ``new`` is not in the journal yet."""

    def keep(rows_: Mapping[str, bytes]) -> None:
        if console.policy.roster.recovery_point(STATION) is None:
            return
        unkept = codes(console) | ({new.name} if new and new.kind.burns else set())
        kept = escrow.without_codes(rows_, unkept)
        escrow.keep(console.vault, console.policy.roster, tables.STATE, kept)

    return keep


def _replaced_rows(console: Console) -> list[str]:
    entries = list(chain.from_iterable(console.journal.entries(type_=type_) for type_ in FOLDED[:2]))
    # At the start of every lease: of a thousand credentials only those with a second version are worth folding.
    often = Counter(str(e.body["credential"]) for e in entries if e.type == "credential.sealed")
    known = rules.fold(e for e in entries if often[str(e.body["credential"])] > 1)
    old = [(c, version) for c in known.values() for version in c.versions if version.number < c.current.number]
    items = [
        row_name(c.name, version.number, n)
        for c, version in old
        for n in range(len(version.records))
        if c.current.place(n) != version.number
    ]
    seeds = [(c.name, v.number) for c, v in old if c.kind.seed is Seed.COUNTER and c.is_rotated_since(v.number)]
    return items + [counter_row(name, number) for name, number in seeds]
