# SPDX-License-Identifier: Apache-2.0
"""Writing down: a note becomes an entry of the facts track, or of counsel's; and what was written, in order.

Nobody needs a token of Legal to write for counsel, only to read it: the station keeps nothing that opens it.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from console.actions.activation.lifecycle import load
from console.actions.console import Console
from console.actions.entries import draft, names, pseudonym, unlocked_person
from console.actions.privacy import erasure
from console.actions.record import counsel
from console.domain.canonical import Json, Object
from console.domain.entries.counsel import CounselEntry
from console.domain.entries.entry import COUNSEL_TYPE, Draft, Entry, to_rfc3339
from console.domain.entries.record import RecordAdded
from console.domain.errors import Refused
from console.domain.record.counsel import name_of
from console.domain.record.note import COUNSEL, KINDS, About, Part, read_note
from console.ports.entries import Entries

ADDED = "record.added"
EVERYTHING = About()


def add(console: Console, kind: str, track: str, fields: Object) -> Object:
    """Write down a note in one track; it is final.

    ``Refused``: record_kind, record_incomplete, about_nothing, and as ``append``.
    """
    if kind not in KINDS:
        raise Refused("record_kind", kind=kind, known=", ".join(KINDS))
    part, about = read_note(fields, console.policy.rules, is_final=True)
    return written(console, append(console, {track: part}, about, kind=kind))


def append(
    console: Console, parts: Mapping[str, Part], about: About, *, kind: str = KINDS[0], also: tuple[Draft, ...] = ()
) -> list[Entry]:
    """Append the parts of one note, and ``also``, in one commit; return the entries once they are durable.

    ``Refused``: unknown_activation, activation_erased.
    """
    if about.activation is not None:
        load(console, about.activation)
        if f"act:{about.activation}" in erasure.erased_scopes(console):
            # Its key would be taken for one that an old copy brought back, and be destroyed with what was just said.
            raise Refused("activation_erased", activation=about.activation)
    drafts = [each for track, part in parts.items() for each in _drafts(console, kind, track, part, about)]
    return console.journal.append([*drafts, *also], critical=True)


def written(console: Console, entries: list[Entry]) -> dict[str, Json]:
    """Return which entries a note became."""
    rows: list[Json] = [{"seq": e.seq, "track": e.track} for e in entries if e.type in (ADDED, COUNSEL_TYPE)]
    return {"entries": rows, "time": to_rfc3339(entries[-1].t.wall_ms)}


def _drafts(console: Console, kind: str, track: str, part: Part, about: About) -> list[Draft]:
    by = unlocked_person(console)
    if track != COUNSEL:
        said = RecordAdded(kind=kind, title=part.title, text=part.text, matter=about.matter)
        return [draft(console, said, by, act=about.activation)]
    point, made = counsel.key_for(console, about)
    # That there is a note is public, with who wrote it and when. What kind of note, not even that.
    note = CounselEntry(key=name_of(point), kind=kind, title=part.title, text=part.text, matter=about.matter)
    entry = note.to_draft(
        actor=pseudonym(console, by),
        proof=by.proof,
        id_=console.machine.new_id(),
        act=about.activation,
        sealed_to=point,
    )
    return [*made, entry]


def list_notes(console: Console, about: About = EVERYTHING, journal: Entries | None = None) -> Object:
    """Return what was written down, oldest first: of the facts the title, of counsel's notes that there is one."""
    asked = journal or console.journal
    people, folders = names(console), counsel.keys_about(asked, EVERYTHING)
    rows = [
        *(_fact(asked, entry, people) for entry in asked.entries(type_=ADDED)),
        *(_sealed(entry, folders, people) for entry in asked.entries(type_=COUNSEL_TYPE)),
    ]
    chosen = sorted(_about(rows, about), key=lambda row: cast(int, row["seq"]))
    return {"notes": chosen}


def _about(rows: list[dict[str, Json]], about: About) -> Iterator[dict[str, Json]]:
    wanted = {name: value for name, value in about.to_json().items() if value is not None}
    return (row for row in rows if wanted.items() <= row.items())


def _fact(journal: Entries, entry: Entry, people: Mapping[str, str]) -> dict[str, Json]:
    opened = journal.open_fields(entry)
    return {
        **_row(entry, people),
        "kind": entry.body["kind"],
        "title": opened.get("title"),
        "matter": opened.get("matter"),
        "text": opened.get("text"),
    }


def _sealed(entry: Entry, folders: Mapping[str, Object], people: Mapping[str, str]) -> dict[str, Json]:
    folder = folders.get(str(entry.body.get("key")), {})
    return {
        **_row(entry, people),
        "kind": None,
        "title": None,
        "matter": folder.get("matter"),
        "text": None,
        "key": entry.body.get("key"),
    }


def _row(entry: Entry, people: Mapping[str, str]) -> dict[str, Json]:
    return {
        "seq": entry.seq,
        "time": to_rfc3339(entry.t.wall_ms),
        "by": people.get(entry.actor, entry.actor),
        "track": entry.track,
        "activation": entry.act,
    }
