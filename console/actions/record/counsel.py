# SPDX-License-Identifier: Apache-2.0
"""The counsel track: keys that nobody at the station can open, whom they are wrapped to, and reading with a token.

A key is made when the first note about a matter (or activation) is written, and again when other people may read than
before. Its secret is sealed to each reader and forgotten; the entry that names the wraps is in the same commit as the
first note. Whoever reads, admits or exports opens the key with their token; the entry that says so is durable before
anything is shown, sealed or written.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import cast

from console.actions.activation.stand_in import reason_again
from console.actions.console import Console
from console.actions.entries import THE_PROGRAM, Actor, by_token, draft, pseudonym, unlocked_person, write
from console.actions.keyholder.recovery import Words, key_of, named, set_typed, sets
from console.actions.readiness.checks import warn_of
from console.domain import keys
from console.domain.canonical import Json, Object, encode, from_base64
from console.domain.entries.ceremony import CeremonyRefused
from console.domain.entries.counsel import CounselKeyMade, CounselOpened, CounselWrapped
from console.domain.entries.entry import COUNSEL_TYPE, Draft, Entry, to_rfc3339
from console.domain.entries.recovery import RecoveryUsed
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.keyholder.enrolment import READS_COUNSEL
from console.domain.record import counsel
from console.domain.record.counsel import FOLDER, SHEETS, CounselKey, OpenPairs, Reader, Wrap
from console.domain.record.note import About
from console.domain.text import told
from console.ports.entries import Entries

KEY_MADE, WRAPPED, OPENED = "counsel.key_made", "counsel.wrapped", "counsel.opened"
READ, ADMIT, EXPORT = "read", "admit", "export"


# --- writing ------------------------------------------------------------------------------------------------


def key_for(console: Console, about: About) -> tuple[bytes, list[Draft]]:
    """Return the point that a note about this is sealed to, and the entry that a new key for it needs, if it is new.

    The wraps of a new key are durable before this returns; without the entry they open nothing that was written.
    """
    wanted, folder = counsel.readers(console.policy), about.folder
    if not any(reader.id != SHEETS for reader in wanted):
        raise Refused("nobody_reads_counsel")
    known = _point_in_force(console, folder, {reader.key.public for reader in wanted})
    if known is not None:
        return known, []
    with console.machine.secret(counsel.SECRET_BYTES) as secret:
        secret[:] = console.machine.random(counsel.SECRET_BYTES)
        wraps = [counsel.wrap(secret, console.policy.roster.vault, reader) for reader in wanted]
    for each in wraps:
        console.vault.write(each.file, each.encode())
    point = wraps[0].point
    said = CounselKeyMade(
        key=counsel.name_of(point), wraps=tuple(each.named(_who(console, each.reader)) for each in wraps), about=folder
    )
    act = cast(str | None, folder["activation"])
    return point, [draft(console, said, unlocked_person(console), act=act)]


def _point_in_force(console: Console, folder: Object, readers: set[bytes]) -> bytes | None:
    """Return the point of the newest key for this, if exactly these read keys hold it and every wrap is unchanged."""
    for entry in reversed(list(console.journal.entries(type_=KEY_MADE))):
        if console.journal.open_fields(entry).get("about") != folder:
            continue
        name, named = str(entry.body["key"]), _named(console.journal)
        with suppress(ConsoleError):
            held = [_load(console, file) for file in _files_of(console, name)]
            whole = all(_hash(each.encode()) in named for each in held)
            if whole and {each.key.public for each in held} == readers:
                return held[0].point
        return None
    return None


def _who(console: Console, reader: str) -> str:
    return SHEETS if reader == SHEETS else console.people[reader]


# --- opening with a token -------------------------------------------------------------------------------------


def read(
    console: Console, reader: str, *, about: About | None = None, seq: int | None = None, journal: Entries | None = None
) -> Object:
    """Return the counsel notes about one matter, opened with one use of a reader's token; the reading is an entry.

    ``journal``: an older log; none means the present one. ``Refused``: nothing_to_read, one_matter_at_a_time,
    not_a_reader, not_admitted.
    """
    asked = journal or console.journal
    entries = [entry for entry in asked.entries(type_=COUNSEL_TYPE) if seq in (None, entry.seq)]
    if about is not None:
        names = keys_about(asked, about)
        entries = [entry for entry in entries if entry.body.get("key") in names]
    _check_one(asked, entries)
    opened = open_keys(console, reader, _keys_of(entries))
    mine = [entry for entry in entries if entry.body["key"] in opened]
    note_opening(console, reader, READ, opened, [entry.seq for entry in mine], entries[0].log)
    people = {who: member for member, who in console.people.items()}
    notes: list[Json] = [_shown(asked, entry, opened[str(entry.body["key"])], people) for entry in mine]
    return {"notes": notes, "closed": [entry.seq for entry in entries if entry not in mine]}


def _check_one(journal: Entries, entries: Sequence[Entry]) -> None:
    folders = keys_about(journal, About())
    # What a key is for may have been erased with its activation: then each stands for one.
    found = {encode(folders.get(key) or {"key": key}) for key in _keys_of(entries)}
    if not found:
        raise Refused("nothing_to_read")
    if len(found) > 1:
        raise Refused("one_matter_at_a_time", count=len(found))


def _shown(journal: Entries, entry: Entry, key: CounselKey, people: Mapping[str, str]) -> dict[str, Json]:
    values = journal.open_fields(entry, key)
    return {
        "seq": entry.seq,
        "time": to_rfc3339(entry.t.wall_ms),
        "by": people.get(entry.actor, entry.actor),
        "activation": entry.act,
        **values,
    }


def open_keys(console: Console, reader: str, names: Collection[str]) -> dict[str, CounselKey]:
    """Return those of the named keys that a reader holds, opened with one use of their token; by name.

    ``Refused``: not_a_reader, keyholder_suspended, not_admitted; ``Corrupt``: seal_broken, counsel_wrap_differs.
    """
    person = counsel.reader_of(console.policy, reader)
    secrets = _secrets(console, person, names, _token(console, person), by_token(reader))
    vault = console.policy.roster.vault
    return {name: CounselKey(secret, vault) for name, secret in secrets.items()}


def note_opening(
    console: Console, reader: str, purpose: str, opened: Iterable[str], seqs: Sequence[int], log: str
) -> None:
    """Write down who opens what, before anything of it is shown."""
    said = CounselOpened(purpose=purpose, keys=tuple(sorted(opened)), entries=tuple(seqs), in_log=log)
    write(console, said, by_token(reader), critical=True)


def _secrets(console: Console, reader: Reader, names: Collection[str], open_: OpenPairs, by: Actor) -> dict[str, bytes]:
    wraps = [_load(console, file) for file in _files_for(console, reader.key.public, names)]
    if not wraps:
        raise Refused("not_admitted", member=reader.id)
    with _refusals_noted(console, by):
        secrets = counsel.unwrap(wraps, open_)
    return {counsel.name_of(each.point): secret for each, secret in zip(wraps, secrets, strict=True)}


def _token(console: Console, reader: Reader) -> OpenPairs:
    key, token = reader.key, console.token(reader.id)
    return partial(keys.open_sealed, partial(token.decapsulate, "read"), key.public, mechanism=key.mechanism)


@contextmanager
def _refusals_noted(console: Console, by: Actor) -> Iterator[None]:
    """Journal a token that failed or refused, and let the error go on."""
    try:
        yield
    except ConsoleError as error:
        said = CeremonyRefused(code=error.code, verb=READ, member=pseudonym(console, by))
        write(console, said, THE_PROGRAM)
        raise


# --- readers who came later -----------------------------------------------------------------------------------


def admit(console: Console, newcomers: Sequence[str], reader: str) -> Object:
    """Let newcomers, or the sheets in force (``sheets``), read whatever a reader can; each addition is an entry."""
    person = counsel.reader_of(console.policy, reader)
    waiting = _waiting(console, newcomers, person.key.public)
    secrets = _secrets(console, person, _all(waiting), _token(console, person), by_token(reader))
    note_opening(console, reader, ADMIT, secrets, (), console.logs.current().origin)
    return _admit(console, waiting, secrets, by_token(reader))


def admit_by_sheets(console: Console, newcomers: Sequence[str], words: Words, *, again: str | None = None) -> Object:
    """Let newcomers read what Legal's recovery sheets hold, when no reader is left; nothing is shown to anybody.

    From then on the set is spent; ``again`` is the reason why a spent one is used once more. ``Refused``:
    sheets_spent, not_admitted, and as ``recovery.key_of``.
    """
    used = set_typed(console, READS_COUNSEL, words)
    waiting = _waiting(console, newcomers, used.point)
    reason = reason_again(console, used, again)
    key, _ = key_of(console.sheets, used, sets(console.vault), words)
    holder, by = Reader(SHEETS, keys.RosterKey(used.point)), unlocked_person(console)
    secrets = _secrets(console, holder, _all(waiting), key.open, by)
    said = RecoveryUsed(**named(used), purpose="counsel", again=reason is not None, reason=reason)
    write(console, said, by, critical=True)
    return _admit(console, waiting, secrets, by)


def _waiting(console: Console, newcomers: Sequence[str], holds: bytes) -> dict[str, tuple[Reader, list[str]]]:
    """Return for each newcomer the keys that lie there for the one who admits, and not yet for the newcomer."""
    held, named = _names_for(console, holds), _named_anywhere(console)
    found = {}
    for newcomer in newcomers:
        reader = counsel.reader_of(console.policy, newcomer)
        # One that no entry names is what a kill left: it is made, and written down, anew.
        has = {
            counsel.key_in(file)
            for file in _files_for(console, reader.key.public, held)
            if _hash(console.vault.read(file)) in named
        }
        found[newcomer] = (reader, [name for name in held if name not in has])
    if not _all(found):
        raise Refused("admitted_already", members=", ".join(newcomers))
    return found


def _all(waiting: Mapping[str, tuple[Reader, list[str]]]) -> set[str]:
    return {name for _, names in waiting.values() for name in names}


def _admit(
    console: Console, waiting: Mapping[str, tuple[Reader, list[str]]], secrets: Mapping[str, bytes], by: Actor
) -> Object:
    vault = console.policy.roster.vault
    made = [counsel.wrap(secrets[name], vault, reader) for reader, names in waiting.values() for name in names]
    for each in made:
        console.vault.write(each.file, each.encode())
    said = [
        CounselWrapped(key=counsel.name_of(each.point), wraps=(each.named(_who(console, each.reader)),))
        for each in made
    ]
    console.journal.append([draft(console, each, by) for each in said], critical=True)
    return {"admitted": list(waiting), "keys": len(secrets), "wraps": len(made)}


# --- what anybody can check -----------------------------------------------------------------------------------


def findings(console: Console, journal: Entries) -> list[Object]:
    """Return what does not fit about the wraps that a journal names; nobody needs a key to find it."""
    found, known = list[Object](), set[str]()
    for entry in _naming(journal):
        known.add(str(entry.body["key"]))
        for file, expected in _wraps_in(entry):
            code = _wrong(console, file, expected)
            if code:
                found.append({"code": code, "seq": entry.seq, "detail": file})
    for entry in journal.entries(type_=COUNSEL_TYPE):
        if entry.body.get("key") not in known:
            found.append({"code": "counsel_key_unknown", "seq": entry.seq, "detail": ""})
    return found


def reader_check(console: Console) -> dict[str, Json]:
    """Return the row of readiness: whether whoever reads today opens what was written before their time."""
    names = {counsel.key_in(file) for file in console.vault.names(FOLDER)}
    lacking = [
        (reader.id, len(names - set(_names_for(console, reader.key.public))))
        for reader in counsel.readers(console.policy)
    ]
    return warn_of(
        "counsel_readers",
        [told("{who}: keys that lack: {count}", who=who, count=count) for who, count in lacking if count],
    )


def _wrong(console: Console, file: str, expected: bytes) -> str | None:
    try:
        data = console.vault.read(file)
    except ConsoleError:
        return "counsel_wrap_lost"
    return None if _hash(data) == expected else "counsel_wrap_swapped"


def keys_about(journal: Entries, about: About) -> dict[str, Object]:
    """Return what the keys about something are for, by their names; about nothing in particular: all of them."""
    wanted = {name: value for name, value in about.to_json().items() if value is not None}
    made = {
        str(entry.body["key"]): cast(Object, journal.open_fields(entry).get("about") or {})
        for entry in journal.entries(type_=KEY_MADE)
    }
    return {name: folder for name, folder in made.items() if wanted.items() <= folder.items()}


def _naming(journal: Entries) -> Iterator[Entry]:
    for type_ in (KEY_MADE, WRAPPED):
        yield from journal.entries(type_=type_)


def _wraps_in(entry: Entry) -> Iterator[tuple[str, bytes]]:
    """Yield (file, hash) of each wrap that an entry names."""
    for _, print_, hash_ in cast(list[list[str]], entry.body["wraps"]):
        yield f"{FOLDER}{entry.body['key']}-{print_}.json", from_base64(hash_)


def _named(journal: Entries) -> set[bytes]:
    return {hash_ for entry in _naming(journal) for _, hash_ in _wraps_in(entry)}


def _named_anywhere(console: Console) -> set[bytes]:
    named = _named(console.journal)
    for number in range(1, console.logs.current().number):
        # One that cannot be read any more names nothing: what it named is then named anew.
        with suppress(ConsoleError), console.logs.older(number) as journal:
            named |= _named(journal)
    return named


def _keys_of(entries: Iterable[Entry]) -> set[str]:
    return {str(entry.body.get("key")) for entry in entries}


def _names_for(console: Console, public: bytes) -> list[str]:
    """Return the names of all keys that lie here for one reader's key."""
    ending = f"-{counsel.fingerprint(public)}.json"
    return [counsel.key_in(file) for file in console.vault.names(FOLDER) if file.endswith(ending)]


def _files_for(console: Console, public: bytes, names: Collection[str]) -> list[str]:
    return [counsel.file_of(name, public) for name in _names_for(console, public) if name in names]


def _files_of(console: Console, name: str) -> list[str]:
    return [file for file in console.vault.names(FOLDER) if counsel.key_in(file) == name]


def _load(console: Console, file: str) -> Wrap:
    found = Wrap.parse(console.vault.read(file))
    if (found.file, found.vault) != (file, console.policy.roster.vault):
        raise Corrupt("counsel_wrap_swapped", file=file)
    return found


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
