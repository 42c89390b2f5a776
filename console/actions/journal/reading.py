# SPDX-License-Identifier: Apache-2.0
"""The journal for people: list, show, verify, export, the newest checkpoint. Reading never changes an entry."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from console.actions.console import Console
from console.actions.entries import names, told_names, unlocked_person, write
from console.actions.journal import times
from console.actions.privacy import erasure
from console.domain.canonical import Json, Object, from_base64, to_base64
from console.domain.entries.entry import COUNSEL_TYPE, Entry, scope_of, to_rfc3339
from console.domain.entries.journal import JournalExported, JournalProved
from console.domain.errors import Cancelled, Refused, Unavailable
from console.domain.journal.clock import Timeline
from console.domain.journal.search import Search, stand_ins, texts
from console.domain.privacy.erasure import ERASED, erased_at
from console.domain.record.note import COUNSEL, About
from console.domain.words import to_words
from console.ports.progress import Progress

if TYPE_CHECKING:
    from console.domain.record.counsel import CounselKey

PAGE = 200
AUDIENCES = ("facts", COUNSEL, "auditor")
EVERYTHING = About()


def list_entries(
    console: Console,
    *,
    type_: str | None = None,
    act: str | None = None,
    after: int = -1,
    before: int | None = None,
    limit: int = PAGE,
    newest_first: bool = False,
) -> Object:
    """Return one page of entries as people read them, and the size of the journal."""
    found = list(
        console.journal.entries(
            act=act, type_=type_, after=after, before=before, limit=limit, newest_first=newest_first
        )
    )
    return {"size": console.journal.size(), "entries": _rows(console, found)}


def search(
    console: Console,
    text: str = "",
    *,
    type_: str | None = None,
    act: str | None = None,
    person: str | None = None,
    since_ms: int | None = None,
    until_ms: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Object:
    """Return a page of what is sought, newest first; ``looked_to`` is the entry down to which it looked, 0 at the end.

    A text is sought in the words of entries and of the fields that this station opens. A word of it that is somebody's
    name in the present roster, or their id, also finds where they stand by their pseudonym.
    """
    pseudonym = None if person is None else console.people.get(person, person)
    sought = Search(text, type_, act, pseudonym, since_ms, until_ms, stand_ins(text, _known_people(console)))
    found, looked_to = console.journal.search(sought, before=before, limit=limit)
    return {"size": console.journal.size(), "looked_to": looked_to, "entries": _rows(console, found)}


def _known_people(console: Console) -> dict[str, tuple[str, str]]:
    """Return pseudonym -> (id, name); who has left the roster has no name any more."""
    called = {member.id: member.name for member in console.policy.roster.members}
    return {pseudonym: (member, called.get(member, "")) for pseudonym, member in names(console).items()}


def search_on(
    console: Console, page: Callable[[int | None, int], Object], *, before: int | None, limit: int, progress: Progress
) -> Object:
    """Turn pages of a search, ``page(before, limit)``, until there are ``limit`` entries or nothing is left to look at.

    Raises ``Cancelled`` when ``progress`` says so.
    """
    size, rows = console.journal.size(), list[Json]()
    while True:
        value = page(before, limit - len(rows))
        rows += cast(list[Json], value["entries"])
        before = cast(int, value["looked_to"])
        if not before or len(rows) == limit:
            return {**value, "entries": rows}
        if not progress(size - before, size):
            raise Cancelled


def newest_at(console: Console, wall_ms: int) -> int | None:
    """Return the newest entry that claims to have been written by that time (ms since 1970 UTC); None: none does."""
    found, before = list[Entry](), None
    while not found and before != 0:
        found, before = console.journal.search(Search(until_ms=wall_ms + 1), before=before, limit=1)
    return found[0].seq if found else None


def show_entry(console: Console, seq: int) -> Object:
    """Return one entry with the committed fields that this station can open, and the signed state that proves it.

    ``erased``: the entry by which two people erased what cannot be opened any more, or null.
    """
    for entry in console.journal.entries(after=seq - 1, before=seq + 1):
        opened = console.journal.open_fields(entry)
        told = told_names(console)
        return {
            **_row(entry, names(console), told, times.near(console, [entry])),
            "prev": to_base64(entry.prev),
            "fields": opened,
            "people": _people_in({**entry.body, "fields": opened}, told),
            "proven": _proven(console, entry.seq),
            "erased": _erased(console, entry, opened),
        }
    raise Refused("unknown_entry", seq=seq, size=console.journal.size())


def _erased(console: Console, entry: Entry, opened: Mapping[str, Json]) -> int | None:
    """Return the entry by which two people erased what this one said; None: they did not."""
    if entry.track == COUNSEL or entry.c.keys() <= opened.keys():
        return None
    later = console.journal.entries(type_=ERASED, after=entry.seq)
    return erased_at(one for one in later if erasure.is_authorised(console, one)).get(scope_of(entry))


def _proven(console: Console, seq: int) -> Object | None:
    """Return the newest signed state in which an entry stands, checked here and now; None: none reaches it yet."""
    try:
        found = console.journal.verify(entry=seq)
    except (Refused, Unavailable):
        return None
    return {**found, "words": to_words(from_base64(str(found["root"])))}


def _rows(console: Console, entries: Sequence[Entry]) -> list[Json]:
    ids, told, known = names(console), told_names(console), times.near(console, entries)
    return [_row(entry, ids, told, known) for entry in entries]


def _row(entry: Entry, ids: Mapping[str, str], told: Mapping[str, str], known: Timeline | None) -> dict[str, Json]:
    """``who`` and ``people`` are for reading: the entry itself names nobody."""
    return {
        "seq": entry.seq,
        "id": entry.id,
        "time": to_rfc3339(entry.t.wall_ms),
        "surely": times.told(known, entry),
        "type": entry.type,
        "actor": ids.get(entry.actor, entry.actor),
        "who": told.get(entry.actor, entry.actor),
        "people": _people_in(entry.body, told),
        "proof": entry.proof,
        "act": entry.act,
        "track": entry.track,
        "body": entry.body,
        "committed": sorted(entry.c),
    }


def _people_in(value: Object, told: Mapping[str, str]) -> Object:
    return {text: told[text] for text in texts(value) if text in told}


def verify(console: Console, *, deep: bool = False, progress: Progress | None = None) -> Object:
    """Return the verdict on the whole journal: ok, size, root, up to when it vouches, every finding.

    ``deep`` also tells whether everything is there by which counsel's readers open their notes, whether two people
    signed each erasure, and how well the times of entries are known (``clock``).
    """
    verdict = console.journal.verify(deep=deep, progress=progress)
    if not deep or not verdict["size"]:
        return verdict
    from console.actions.record import counsel  # as below: few verbs need it

    found = [*cast(list[Json], verdict["findings"]), *counsel.findings(console, console.journal)]
    found += erasure.findings(console)
    return {
        **verdict,
        "ok": not found,
        "findings": found,
        "vouched_until": None if found else verdict["vouched_until"],
        "clock": times.report(console),
    }


@contextmanager
def of_log(console: Console, number: int | None) -> Iterator[Console]:
    """Lend the console with the journal of an older log; with the present one when none or its number is named."""
    if number in (None, console.logs.current().number):
        yield console
        return
    with console.logs.older(number, erasure.erased_scopes(console)) as journal:
        yield replace(console, journal=journal)


def export(
    console: Console,
    folder: PurePath,
    *,
    audience: str = "auditor",
    log: int | None = None,
    reader: str | None = None,
    about: About = EVERYTHING,
    progress: Progress | None = None,
) -> Object:
    """Journal that an export begins, then write it: tiles, openings, policy, format page and verifier.

    For ``counsel`` it opens what ``reader`` can, with one use of their token, and no fact; else facts only. Under the
    alarm it is evidence, and written although no entry can say so. Called off, it leaves nothing in the folder.
    ``Refused``: audience_unknown, counsel_needs_reader, reader_for_facts, nothing_to_read, not_a_reader, not_admitted.
    """
    if audience not in AUDIENCES:
        raise Refused("audience_unknown")
    if (audience == COUNSEL) != (reader is not None):
        raise Refused("counsel_needs_reader" if reader is None else "reader_for_facts")
    with of_log(console, log) as chosen:
        opened = None if reader is None else _opened(console, chosen, reader, about)
        if not console.journal.alarm():
            said = JournalExported(audience=audience, log=chosen.logs.current().number if log is None else log)
            write(console, said, unlocked_person(console), critical=True)
        written = chosen.journal.export(folder, audience=audience, counsel=opened, progress=progress)
    # That of an older log stands on the paper of its time.
    return {**written, "key": console.logs.current().key if log is None else None}


def _opened(console: Console, chosen: Console, reader: str, about: About) -> "Mapping[str, CounselKey]":
    from console.actions.record import counsel

    names = counsel.keys_about(chosen.journal, about)
    if not names:
        raise Refused("nothing_to_read")
    opened = counsel.open_keys(console, reader, names)
    seqs = [entry.seq for entry in chosen.journal.entries(type_=COUNSEL_TYPE) if entry.body.get("key") in opened]
    origin = next(entry.log for entry in chosen.journal.entries(limit=1))
    counsel.note_opening(console, reader, counsel.EXPORT, opened, seqs, origin)
    return opened


def prove(console: Console, seq: int, *, log: int | None = None, reader: str | None = None) -> tuple[Object, bytes]:
    """Journal that one entry is proven to somebody, then return the proof and what it says.

    It opens what this station can; of a note of counsel what ``reader`` can, with one use of their token. ``Refused``:
    unknown_entry, nothing_to_read, not_a_reader, not_admitted, nothing_signed.
    """
    with of_log(console, log) as chosen:
        entry = next(iter(chosen.journal.entries(after=seq - 1, before=seq + 1)), None)
        if entry is None:
            raise Refused("unknown_entry", seq=seq, size=chosen.journal.size())
        audience, opened = ("auditor", None) if reader is None else (COUNSEL, _opened_one(console, entry, reader))
        if not console.journal.alarm():
            number = chosen.logs.current().number if log is None else log
            said = JournalProved(seq=seq, log=number, audience=audience)
            write(console, said, unlocked_person(console), critical=True)
        proof = chosen.journal.prove(seq, audience=audience, counsel=opened)
        return {
            "seq": seq,
            "type": entry.type,
            "time": to_rfc3339(entry.t.wall_ms),
            "log": entry.log,
            "size": proof.checkpoint.size,
            "root": to_base64(proof.checkpoint.root),
            "opened": list(proof.opened),
            "withheld": sorted(entry.c.keys() - {*proof.opened}),
        }, proof.data


def _opened_one(console: Console, entry: Entry, reader: str) -> "Mapping[str, CounselKey]":
    from console.actions.record import counsel

    if entry.type != COUNSEL_TYPE:
        raise Refused("nothing_to_read")
    opened = counsel.open_keys(console, reader, [str(entry.body["key"])])
    counsel.note_opening(console, reader, counsel.EXPORT, opened, [entry.seq], entry.log)
    return opened


def checkpoint(console: Console) -> Object:
    """Return the newest checkpoint, signing one now if need be, with its 12 words and the key that proves it."""
    newest = console.journal.checkpoint()
    return {
        "origin": newest.origin,
        "size": newest.size,
        "root": to_base64(newest.root),
        "words": to_words(newest.root),
        "note": newest.note.decode(),
        "key": console.logs.current().key,
    }
