# SPDX-License-Identifier: Apache-2.0
"""What a new log says again of people, rules and credentials: as it was where it is proven, else from signed files.

What the anchor proves is said again exactly. Where nothing proves it, the signed records and the state table decide,
and every credential counts as shown: so whoever provokes an alarm brings nothing back and hides nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import cast

from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import PROGRAM, enrolment_draft
from console.actions.paper import mode
from console.actions.policy import suspension
from console.actions.policy.suspension import SUSPENDED
from console.actions.privacy import erasure as erasures
from console.actions.sealed import tables
from console.actions.sealed.records import check_signed, record_file, record_files, sealer
from console.domain import kinds
from console.domain.canonical import Json, Object, decode_object, from_base64, to_base64
from console.domain.credential import versions as rules
from console.domain.credential.versions import Credential
from console.domain.entries.entry import SALT_BYTES, Draft, Entry, Reading, scope_of, to_rfc3339
from console.domain.entries.event import written_ms
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.journal.opening import NONCE_BYTES, open_opening, seal_opening
from console.domain.policy.rules import Policy
from console.domain.policy.succession import is_still_suspended
from console.domain.privacy import erasure, hold
from console.domain.renewal import Found, Restated
from console.domain.sealed import envelope
from console.ports.journal import Journal
from console.ports.logs import OldJournal
from console.ports.machine import Machine

PEOPLE = (
    "station.founded",
    "keyholder.enrolled",
    "keyholder.contact",
    "keyholder.suspended",
    "keyholder.token",
    "policy.changed",
    "recovery.printed",
    "recovery.proven",
    "recovery.drilled",
    "recovery.used",
    erasure.ERASED,
    hold.PLACED,
    hold.LIFTING,
)
VERSIONS = ("credential.sealed", "credential.confirmed")
"""Types whose entries are said again as they were: what they say holds until another entry says otherwise."""
IN_THE_CLEAR = ("keyholder.enrolled", SUSPENDED)
"""Whose fields every signer of a new log must read in its paper; those of all others are sealed in it."""
WHERE_PROVEN = ("request.prepared", "request.agreed")
"""Types that are said again only where the anchor proves them: what nothing proves could keep newer ones away."""
AGAIN = "restated"
"""In place of an entry's id where a field is sealed to be said again."""
BEHIND = ("log.renewed", erasure.PROPOSED, erasure.APPROVED)
"""Types whose entries tell whether one that erases something was authorised."""
PAPER = (mode.RESERVED, mode.PAPER_MODE, mode.OUTSTANDING)
READ = tuple(dict.fromkeys((*PEOPLE, *WHERE_PROVEN, *VERSIONS, *credentials.FOLDED, *BEHIND, *PAPER)))


@dataclass(frozen=True)
class _Event:
    """An entry to come, for the folds."""

    seq: int
    type: str
    t: Reading
    body: Object


@dataclass(frozen=True)
class Told:
    """The old log as its best copy tells it."""

    journal: OldJournal
    found: Found

    def entries(self, *types: str) -> Iterator[Entry]:
        """Yield what can be read; where it is proven, anything unreadable is an error."""
        for type_ in types:
            with suppress(*() if self.found.proven else (ConsoleError,)):
                yield from self.journal.entries(type_=type_)

    def fields(self, entry: Entry) -> Object:
        """Return the committed fields that can be opened; none where they were lost or changed."""
        try:
            return self.journal.open_fields(entry)
        except Corrupt:
            return {}


def people(console: Console, told: Told | None, suspensions: "Suspensions") -> Iterator[Object]:
    """Yield what is said again of people, rules and sheets; whoever has no pseudonym any more gets a new one.

    A suspension is said again from whichever copy of the old log tells it.
    """
    types = {*PEOPLE, *(WHERE_PROVEN if told and told.found.proven else ())} - {SUSPENDED}
    entries = sorted(told.entries(*types), key=lambda e: e.seq) if told else []
    said = [_as_it_was(entry, told.fields(entry)) for entry in entries if told and _holds(entry, told, console)]
    keys = tables.rows(console.hsm, console.vault, tables.OPENING_KEYS)
    yield from (_sealed(entry, keys, console.machine) for entry in said)
    yield from suspensions.said
    known = pseudonyms(said)
    for member in console.policy.roster.members:
        if member.id not in known:
            draft = enrolment_draft(member, console.machine)
            yield saying(draft.type, draft.body, fields=draft.fields, subject=draft.subject)


def paper_forms(console: Console, told: Told | None) -> Iterator[Object]:
    """Yield what is said again of paper forms whose numbers are out; one entry, or none."""
    is_proven = told is not None and told.found.proven
    numbers = mode.outstanding(console, told.journal if told and is_proven else None)
    if numbers:
        rows: list[Json] = [{"first": first, "last": last} for first, last in numbers]
        source: Object = {"from": "mirror" if is_proven else "files"}
        yield saying(mode.OUTSTANDING, {"numbers": rows, "restated": source})


def forms_in(carried: Iterable[Object]) -> list[Json]:
    """Return the numbers of paper forms that a renewal says are out: {first, last} each."""
    bodies = [cast(Object, entry["body"]) for entry in carried if entry["type"] == mode.OUTSTANDING]
    return [row for body in bodies for row in cast(list[Json], body["numbers"])]


def _holds(entry: Entry, told: Told, console: Console) -> bool:
    """Say whether an entry can be said again: what was erased or made up would stop whoever folds over it."""
    known = console.policy
    if told.fields(entry).keys() != entry.c.keys():
        return False
    if entry.type == erasure.ERASED:
        # Said again it would count by the signatures under the renewal, whose signers do not look behind it.
        return erasures.is_authorised(replace(console, journal=cast(Journal, told.journal)), entry)
    if entry.type != "policy.changed":
        return True
    return entry.body["policy"] == to_base64(known.history()[cast(int, entry.body["number"]) - 1].hash)


def _as_it_was(entry: Entry, fields: Object) -> Object:
    place: Object = {"seq": entry.seq, "at": to_rfc3339(written_ms(entry))}
    body: Object = {**entry.body, "restated": place}
    return {
        **saying(entry.type, body, fields=cast(Object, dict(fields)), subject=entry.subject),
        "actor": entry.actor,
        "proof": entry.proof,
    }


def _sealed(said: Object, keys: Mapping[str, bytes], machine: Machine) -> Object:
    """Return an entry that is said again with its fields sealed: its paper lies in files that nobody can erase from."""
    key = keys.get(scope_of(_draft(said, "")))
    if said["type"] in IN_THE_CLEAR or not said["fields"] or key is None:
        return said
    sealed: dict[str, Json] = {
        name: to_base64(
            seal_opening(
                key, machine.random(SALT_BYTES), machine.random(NONCE_BYTES), entry_id=AGAIN, name=name, value=value
            )
        )
        for name, value in cast(dict[str, Json], said["fields"]).items()
    }
    return {**said, "fields": {}, "sealed": sealed}


def drafts(said: Iterable[Object], keys: Mapping[str, bytes], machine: Machine) -> list[Draft]:
    """Return the entries of a new log; what was erased since they were said is left out."""
    found = []
    for entry in said:
        sealed = cast(Mapping[str, Json], entry.get("sealed", {}))
        key = keys.get(scope_of(_draft(entry, "")))
        if sealed and key is None:
            continue
        opened = {
            name: open_opening(key or b"", from_base64(text), entry_id=AGAIN, name=name).value
            for name, text in sealed.items()
        }
        found.append(_draft({**entry, "fields": {**cast(Object, entry["fields"]), **opened}}, machine.new_id()))
    return found


def _draft(said: Object, id_: str) -> Draft:
    return Draft(
        str(said["type"]),
        str(said["actor"]),
        str(said["proof"]),
        id_,
        body=cast(Object, said["body"]),
        fields=cast(Object, said["fields"]),
        subject=cast(str | None, said["subject"]),
    )


def saying(type_: str, body: Object, *, fields: Object | None = None, subject: str | None = None) -> Object:
    return {"type": type_, "actor": PROGRAM, "proof": PROGRAM, "subject": subject, "body": body, "fields": fields or {}}


def pseudonyms(said: Iterable[Object]) -> dict[str, str]:
    """Return member id -> pseudonym of the people whose enrolment is said again."""
    enrolled = [entry for entry in said if entry["type"] == "keyholder.enrolled"]
    return {str(cast(Object, entry["fields"])["member"]): str(entry["subject"]) for entry in enrolled}


# --- who is suspended -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Suspensions:
    """What all copies of the old log together tell of suspensions."""

    members: frozenset[str]
    """Who is suspended now."""
    said: tuple[Object, ...]
    """Each suspension that can be read, once, as the new log says it again."""
    lost: tuple[Entry, ...]
    """Those that no copy can open: whom they suspended, nobody has proven."""

    def names(self, said: Iterable[Object], known: Policy) -> Iterator[Object]:
        """Yield {entry, person} of what is lost and was not lifted: the member where the pseudonym tells it."""
        members = {pseudonym: member for member, pseudonym in pseudonyms(said).items()}
        for entry in self.lost:
            pseudonym, number = str(entry.body.get("member")), entry.body.get("policy")
            person = members.get(pseudonym, pseudonym)
            if person != pseudonym and _was_lifted(person, number, known):
                continue
            yield {"entry": entry.seq, "person": person}


def suspensions(copies: Iterable[OldJournal], known: Policy) -> Suspensions:
    """Read the suspensions of every copy: each proves itself by its signature, wherever it lies."""
    said: dict[str, Object] = {}
    lost: dict[str, Entry] = {}
    members: set[str | None] = set()
    for copy in copies:
        for entry in _readable(copy):
            place = f"{entry.seq}/{entry.body.get('member')}"
            try:
                fields = copy.open_fields(entry)
                members.add(suspension.whom(entry.body, fields, known))
            except ConsoleError:
                lost[place] = entry
            else:
                said[place] = _as_it_was(entry, fields)
    unopened = tuple(entry for place, entry in lost.items() if place not in said)
    return Suspensions(frozenset(m for m in members if m is not None), tuple(said.values()), unopened)


def suspended_in(carried: Iterable[Object], known: Policy) -> set[str]:
    """Return who is suspended by what a renewal says again; ``Corrupt`` where nobody said that."""
    rows = [(cast(Object, e["body"]), cast(Object, e["fields"])) for e in carried if e["type"] == SUSPENDED]
    found = {suspension.whom(body, fields, known) for body, fields in rows}
    return {member for member in found if member is not None}


def _readable(copy: OldJournal) -> Iterator[Entry]:
    with suppress(ConsoleError):
        yield from copy.entries(type_=SUSPENDED)


def _was_lifted(member: str, number: object, known: Policy) -> bool:
    if not isinstance(number, int) or not 1 <= number <= known.number:
        return False
    then = known.history()[number - 1]
    return member in {m.id for m in then.roster.members} and not is_still_suspended(then, member, known)


# --- what is said again of the credentials ----------------------------------------------------------------

Stated = Iterator[tuple[Restated, list[Object]]]
"""What stands of a credential, with the entries that tell its versions."""


def of_credentials(console: Console, told: Told | None, people: Iterable[Object]) -> Stated:
    """Yield what stands of each credential; ``people`` are the entries that ``people`` made."""
    if told is not None and told.found.proven:
        return _from_entries(console, told)
    return _from_files(console, told, people)


def _from_entries(console: Console, told: Told) -> Stated:
    rows, known = credentials.unburnt(console), rules.fold(told.entries(*credentials.FOLDED))
    entries: dict[str, list[Object]] = {}
    keys = tables.rows(console.hsm, console.vault, tables.OPENING_KEYS)
    for entry in sorted(told.entries(*VERSIONS), key=lambda e: e.seq):
        said = _sealed(_as_it_was(entry, told.fields(entry)), keys, console.machine)
        entries.setdefault(str(entry.body["credential"]), []).append(said)
    for name, credential in sorted(known.items()):
        yield _restated(credential, rows, "mirror"), entries[name]


def _from_files(console: Console, told: Told | None, people: Iterable[Object]) -> Stated:
    sealed = told.entries("credential.sealed") if told else iter(())
    said, names = {str(e.body["credential"]): str(e.body["kind"]) for e in sealed}, pseudonyms(people)
    rows = credentials.unburnt(console)
    for name, versions in sorted(_signed_records(console).items()):
        items = {item for records in versions.values() for item in records}
        kind = kinds.find(said.get(name, "")) or kinds.of_items(len(items))
        live = [v for v in sorted(versions) if any(credentials.row_name(name, v, n) in rows for n in versions[v])]
        # Confirming a version burns those before it, so the oldest that opens is the one that was confirmed. To take
        # the newest would let one person's candidate replace a good secret by way of an alarm.
        current = live[0] if live else max(versions)
        entries = [
            saying("credential.sealed", body)
            for body in _version_bodies(console.policy, name, kind.name, versions, current, names)
            if cast(int, body["version"]) <= current or body["version"] in live
        ]
        if not entries:
            continue
        at = console.machine.reading()
        events = [_Event(n, str(e["type"]), at, cast(Object, e["body"])) for n, e in enumerate(entries)]
        known = rules.fold(events)
        shown = 0 if kind.burns else current
        yield _restated(replace(known[name], exposed=shown), rows, "files"), entries


def _version_bodies(
    known: Policy,
    name: str,
    kind: str,
    versions: Mapping[int, Mapping[int, Object]],
    current: int,
    names: Mapping[str, str],
) -> Iterator[Object]:
    """Yield the bodies that tell these versions; one that lacks items holds those that were sealed again."""
    count, before = 0, None
    for version, records in sorted(versions.items()):
        whole = list(records) == list(range(len(records))) and len(records) >= count
        if not whole and before is None:
            continue
        count, first = max(count, len(records)), next(iter(records.values()))
        context = envelope.record_context(first)
        hashes = [records.get(n) for n in range(count)]
        yield {
            "credential": name,
            "kind": kind,
            "class": context.class_,
            "version": version,
            "state": "sealed" if version <= current else "candidate",
            "epoch": known.roster_of(context.roster).epoch,
            "roster": to_base64(context.roster),
            "records": [to_base64(envelope.record_hash(record)) if record else None for record in hashes],
            "resealed_from": None if whole else before,
            "sealed_by": names.get(sealer(first), sealer(first)),
            "restated": {"from": "files"},
        }
        before = version


def _signed_records(console: Console) -> dict[str, dict[int, dict[int, Object]]]:
    """Return name -> version -> item -> the record, where its two signatures hold."""
    found: dict[str, dict[int, dict[int, Object]]] = {}
    for name, version, item in record_files(console):
        with suppress(Corrupt, Refused):
            record = decode_object(console.vault.read(record_file(name, version, item)))
            check_signed(console, record, name, version, item)
            found.setdefault(name, {}).setdefault(version, {})[item] = record
    return found


def _restated(credential: Credential, rows: set[str], source: str) -> Restated:
    version, candidate = credential.current, credential.candidate
    left = credentials.openable_items(credential, rows)
    gone = {(version.place(n), n) for n in range(len(version.records)) if n not in left}
    return Restated(
        credential.name,
        credential.kind.name,
        version.number,
        candidate.number if candidate else None,
        len(left),
        credential.exposed,
        credential.is_exposed,
        tuple(sorted(credential.taken | gone)),
        source,
    )
