# SPDX-License-Identifier: Apache-2.0
"""After an erasure: who was given what is erased here, and is owed a notice; and what may be erased since when."""

from collections.abc import Iterator, Sequence
from typing import cast

from console.actions.console import Console
from console.actions.entries import names, readable, unlocked_person, write
from console.actions.privacy import erasure
from console.domain.canonical import Json, Object
from console.domain.entries.activation import ActivationAsked
from console.domain.entries.catalogue import read
from console.domain.entries.entry import Entry, scope_of, to_rfc3339
from console.domain.entries.journal import JournalExported, JournalProved
from console.domain.entries.privacy import PrivacyErased, PrivacyNotified
from console.domain.errors import Refused
from console.domain.privacy import erasure as rules
from console.domain.privacy import retention

GAVE = ("journal.exported", "journal.proved", "activation.asked", "station.grab_card_printed")
"""Entries that say something left the station in the clear; an export for counsel holds no field of this track."""


def status(console: Console) -> Object:
    """Return every erasure with its receipt, and the notices owed for each."""
    rows = [
        {**erasure.describe(console, made), "notices": cast(Json, _notices(console, made.id))}
        for made in erasure.proposals(console)
    ]
    owed = sum(1 for row in rows for notice in cast(list[Object], row["notices"]) if not notice["given"])
    return {"erasures": cast(Json, rows), "notices_owed": owed}


def given(console: Console, id_: str, seq: int) -> Object:
    """Write down that whoever was given something by entry ``seq`` knows of an erasure. ``Refused``: no_such_notice."""
    if not any(notice["seq"] == seq and not notice["given"] for notice in _notices(console, id_)):
        raise Refused("no_such_notice", id=id_, seq=seq)
    write(console, PrivacyNotified(erasure=id_, of=seq), unlocked_person(console), critical=True)
    return status(console)


def due(console: Console) -> Object:
    """Return per scope its class and since when it may be erased for its age; none where that has not begun."""
    now, members = console.machine.reading().wall_ms, names(console)
    rows = []
    for scope in erasure.scopes(console):
        at = retention.due_ms(scope, erasure.since_ms(console, scope))
        act, person = rules.parts(scope)
        rows.append(
            {
                "scope": scope,
                "class": retention.class_of(scope),
                "activation": act,
                "person": members.get(person or "", person),
                "days": retention.DAYS[retention.class_of(scope)],
                "from": None if at is None else to_rfc3339(at),
                "due": at is not None and at <= now,
            }
        )
    return {"scopes": cast(Json, rows)}


def _notices(console: Console, id_: str) -> list[dict[str, Json]]:
    done = erasure.done_by(console, id_)
    if done is None:
        return []
    told = {said.of for _, said in readable(console, PrivacyNotified) if said.erasure == id_}
    gave = (entry for type_ in GAVE for entry in console.journal.entries(type_=type_, before=done.seq))
    return [
        {
            "seq": entry.seq,
            "type": entry.type,
            "time": to_rfc3339(entry.t.wall_ms),
            "to": _to(console, entry),
            "given": entry.seq in told,
        }
        for entry in sorted(gave, key=lambda entry: entry.seq)
        if _held(console, entry, PrivacyErased.read(done).scopes)
    ]


def _held(console: Console, entry: Entry, scopes: Sequence[str]) -> bool:
    """Say whether what an entry gave away held something of these scopes: when in doubt, it did."""
    if entry.type == "activation.asked":
        return entry.act in {rules.parts(scope)[0] for scope in scopes}
    if entry.type == "station.grab_card_printed":
        return any(scope.startswith("subject:") for scope in scopes)
    said = read(entry)
    if isinstance(said, JournalExported | JournalProved) and said.audience == "counsel":
        return False
    if isinstance(said, JournalProved):
        seq = said.seq
        proved = console.journal.entries(after=seq - 1, before=seq + 1)
        return any(scope_of(one) in scopes for one in proved)
    firsts = [first for scope in scopes for first in _first(console, scope)]
    return not firsts or min(firsts) < entry.seq


def _first(console: Console, scope: str) -> Iterator[int]:
    """Yield where the first entry of a scope stands in this log, if it does."""
    act, person = rules.parts(scope)
    entries = (
        console.journal.entries(act=act)
        if act is not None
        else (e for type_ in ("keyholder.enrolled", "keyholder.proposed") for e in console.journal.entries(type_=type_))
    )
    for entry in entries:
        if entry.c and entry.subject == person:
            yield entry.seq
            return


def _to(console: Console, entry: Entry) -> str | None:
    said = read(entry)
    if isinstance(said, JournalExported | JournalProved):
        return said.audience
    return names(console).get(said.member, said.member) if isinstance(said, ActivationAsked) else None
