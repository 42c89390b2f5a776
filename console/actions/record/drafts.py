# SPDX-License-Identifier: Apache-2.0
"""Drafts of notes: saved under a key of their own in the HSM, no entries, and gone once they are one.

    make key ── write the file ── … ── entry ── destroy the key ── remove the file
    moved:   make the next key ── write the file ── destroy the key before

The entry that finishes or discards a draft comes first; ``settle`` does the rest after a kill. Until then whoever
unlocks the station could read a draft, as with any paper on a desk: what is for counsel alone is finished soon.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from console.actions.console import Console
from console.actions.entries import draft as entry_draft
from console.actions.entries import unlocked_person, write
from console.actions.record import notes
from console.domain import keys
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.entries.draft import DraftDiscarded, DraftFinished
from console.domain.entries.entry import to_rfc3339
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.record.note import COUNSEL, FACTS, TRACKS, About, NoteDraft, read_note
from console.domain.sealed.envelope import SUITE

FINISHED, DISCARDED = "draft.finished", "draft.discarded"
FOLDER, KEY = "drafts/", "draft-"


def save(console: Console, track: str, fields: Object, id_: str | None = None) -> Object:
    """Save one track's part of a draft, a new one without ``id_``; what the other track says stays as it is.

    ``Refused``: record_incomplete, counsel_in_facts, unknown_draft, draft_of_another.
    """
    part, about = read_note(fields, console.policy.rules, is_final=False)
    place, before = _opened(console, id_) if id_ else (None, _begun(console))
    known = before.about
    about = About(
        about.matter if "matter" in fields else known.matter,
        about.activation if "activation" in fields else known.activation,
    )
    changed = replace(before.with_part(track, part), about=about)
    # A key is made only once the draft is known to be one.
    return _keep(console, changed, place or _new_key(console, changed.id))


def move(console: Console, id_: str, passage: str | None) -> Object:
    """Move a passage of the facts, or all of them, into counsel's part; ``Refused`` (passage_not_found)."""
    before, found = _opened(console, id_)
    # Under a key of its own: an older file put back would have the passage among the facts again.
    kept = _keep(console, found.moved(passage), _new_key(console, id_))
    console.hsm.destroy_key(before.key(id_))
    return kept


def show(console: Console, id_: str) -> Object:
    """Return a draft to the person who writes it."""
    return _said(_opened(console, id_)[1])


def list_drafts(console: Console) -> Object:
    """Return the drafts of the person who unlocked; of others', and of those whose key was lost, only how many.

    ``damaged``: the names of those whose file is not as it was written.
    """
    mine, damaged = list[Json](), list[Json]()
    not_mine = dict.fromkeys(("draft_of_another", "key_gone"), 0)
    for id_ in map(_id_in, console.vault.names(FOLDER)):
        try:
            mine.append(_listed(_opened(console, id_)[1]))
        except Refused as error:
            not_mine[error.code] += 1
        except Corrupt:
            damaged.append(id_)
    return {"drafts": mine, "of_others": not_mine["draft_of_another"], "lost": not_mine["key_gone"], "damaged": damaged}


def finish(console: Console, id_: str) -> Object:
    """Make entries of a draft, all in one commit, and destroy it. ``Refused``: as ``record.add``, counsel_in_facts."""
    _, found = _opened(console, id_)
    over = entry_draft(console, DraftFinished(draft=id_), unlocked_person(console))
    entries = notes.append(console, found.final(), found.about, also=(over,))
    _destroy(console, id_)
    return notes.written(console, entries)


def discard(console: Console, id_: str) -> Object:
    """Destroy a draft for good; that there was one stays. What nobody can read any more is anybody's."""
    try:
        _opened(console, id_)
    except (Refused, Corrupt) as error:
        if isinstance(error, Refused) and error.code != "key_gone":
            raise
    write(console, DraftDiscarded(draft=id_), unlocked_person(console), critical=True)
    _destroy(console, id_)
    return {"discarded": id_}


def settle(console: Console, keys_: Collection[str]) -> None:
    """After a kill: destroy what an entry calls over, and keys of drafts that were never written."""
    left = {_id_of(name) for name in keys_ if name.startswith(KEY)}
    files = {_id_in(name) for name in console.vault.names(FOLDER)}
    if not left and not files:
        return
    over = {str(e.body["draft"]) for type_ in (FINISHED, DISCARDED) for e in console.journal.entries(type_=type_)}
    for id_ in sorted((left | files) & over | (left - files)):
        _destroy(console, id_)
    for id_ in sorted(files - over):
        several = sum(_id_of(name) == id_ for name in keys_) > 1
        if several and (kept := _key_in_file(console, id_)) is not None:
            _destroy_keys(console, id_, but=kept)


def _begun(console: Console) -> NoteDraft:
    return NoteDraft(console.machine.new_id(), console.hsm.unlocked_by())


@dataclass(frozen=True)
class _Place:
    """The key that a draft is sealed to: the first, or the one after each passage that was moved."""

    number: int
    point: bytes

    def key(self, id_: str) -> str:
        return f"{KEY}{id_}-{self.number}"


def _new_key(console: Console, id_: str) -> _Place:
    numbers = [int(name.rpartition("-")[2]) for name in _keys_of(console, id_)]
    made = _Place(max(numbers, default=0) + 1, b"")
    return replace(made, point=console.hsm.make_key(made.key(id_)))


def _read(console: Console, id_: str) -> tuple[_Place, bytes]:
    value = decode_object(console.vault.read(_file(id_)))
    with shaped("draft_shape"):
        return _Place(cast(int, value["number"]), from_base64(value["point"])), from_base64(value["blob"])


def _key_in_file(console: Console, id_: str) -> str | None:
    """Return the key that a draft's file names; None where it cannot be read, which keeps nobody outside."""
    with suppress(ConsoleError):
        return _read(console, id_)[0].key(id_)
    return None


def _opened(console: Console, id_: str) -> tuple[_Place, NoteDraft]:
    """Return a draft of the person who unlocked, and the key that it is sealed to."""
    if _file(id_) not in console.vault.names(FOLDER):
        raise Refused("unknown_draft", draft=id_)
    place, blob = _read(console, id_)
    derive = partial(console.hsm.derive, place.key(id_))
    (plain,) = keys.open_own(derive, place.point, [(blob, _info(console, id_))])
    found = NoteDraft.parse(plain)
    if found.id != id_:
        raise Corrupt("draft_shape")
    if found.author != console.hsm.unlocked_by():
        raise Refused("draft_of_another", member=found.author)
    return place, found


def _keep(console: Console, changed: NoteDraft, place: _Place) -> Object:
    kept = replace(changed, saved_ms=console.machine.reading().wall_ms)
    blob = keys.seal_to(place.point, kept.encode(), info=_info(console, kept.id))
    console.vault.write(
        _file(kept.id),
        encode(
            {
                "v": 2,
                "suite": SUITE,
                "vault": console.policy.roster.vault,
                "draft": kept.id,
                "number": place.number,
                "point": to_base64(place.point),
                "blob": to_base64(blob),
            }
        ),
    )
    return _listed(kept)


def _destroy(console: Console, id_: str) -> None:
    _destroy_keys(console, id_)
    console.vault.remove(_file(id_))


def _destroy_keys(console: Console, id_: str, but: str | None = None) -> None:
    for name in _keys_of(console, id_):
        if name != but:
            console.hsm.destroy_key(name)


def _keys_of(console: Console, id_: str) -> list[str]:
    return [name for name in console.hsm.keys() if name.startswith(KEY) and _id_of(name) == id_]


def _id_of(key: str) -> str:
    return key.removeprefix(KEY).rpartition("-")[0]


def _listed(found: NoteDraft) -> dict[str, Json]:
    """Return what may be said of a draft anywhere: no word of counsel's part."""
    return {
        "draft": found.id,
        "title": found.facts.title,
        "tracks": [t for t in TRACKS if found.part(t).text],
        **found.about.to_json(),
        "saved": to_rfc3339(found.saved_ms),
    }


def _said(found: NoteDraft) -> dict[str, Json]:
    parts = cast(dict[str, Json], {track: found.part(track).to_json() for track in (FACTS, COUNSEL)})
    return {**_listed(found), **parts}


def _info(console: Console, id_: str) -> bytes:
    return digest("draft", console.policy.roster.vault.encode(), id_.encode())


def _file(id_: str) -> str:
    return f"{FOLDER}{id_}.json"


def _id_in(name: str) -> str:
    return name.removeprefix(FOLDER).removesuffix(".json")
