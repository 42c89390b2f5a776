# SPDX-License-Identifier: Apache-2.0
"""How far somebody outside this room could prove the journal: what left it, when, and with whom.

Whoever is logged in to station and HSM can rewrite both. Against them only states count that others took away: on
their own console, on their token, on a receipt, or under their cosignature.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from console.actions.activation.approval import OWN_CONSOLE
from console.actions.console import Console
from console.actions.entries import names
from console.actions.journal.heads import DISK, HEAD_TAKEN
from console.actions.readiness import rollback
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Entry, to_rfc3339
from console.domain.entries.event import Seen
from console.domain.journal import cosignature
from console.domain.journal.clock import ANSWERS
from console.domain.journal.cosignature import COSIGNED, Witness

LOOKED_AT = 50
"""Newest answers of each kind that are looked through for one from a console elsewhere."""


def protection(console: Console) -> dict[str, Json]:
    """Return what the present HSM really gives: ``anchors`` and ``destroys`` as measured, each yes, no or unproven."""
    found = rollback.newest(console)
    measured = {name: str(found.body[name]) if found else rollback.UNPROVEN for name in ("anchors", "destroys")}
    return {"assurance": console.policy.roster.station["assurance"], **measured}


@dataclass(frozen=True)
class Outside:
    """A state of the journal that somebody has, where it cannot be changed from here; ``at``: RFC 3339."""

    size: int
    at: str
    by: str


def standing(console: Console) -> Object:
    """Return how much is written, provable since when and with whom, and last witnessed by whom."""
    rules, latest = console.policy.rules, _by_witness(console)
    known = rules.known_witnesses()
    newest = max(latest.values(), key=lambda row: (row.size, row.at), default=None)
    provable = max([*latest.values(), *_taken(console)], key=lambda row: (row.size, row.at), default=None)
    return {
        "written": console.journal.size(),
        "provable": _row(provable, "since") if provable else None,
        "witnessed": _row(newest, "at") if newest else None,
        "quorum": rules.witness_quorum,
        "vouched": cosignature.witnessed([row.size for row in latest.values()], rules.witness_quorum),
        "hsm": protection(console),
        "witnesses": [_witness(console, witness, latest.get(witness.key.name)) for witness in known],
        "recording": console.journal.status()["recording"],
    }


def _row(outside: Outside, when: str) -> dict[str, Json]:
    return {"size": outside.size, when: outside.at, "by": outside.by}


def _witness(console: Console, witness: Witness, newest: Outside | None) -> dict[str, Json]:
    return {
        "witness": witness.who,
        "name": _name(console, witness.who),
        "key": witness.key.vkey(),
        "size": newest.size if newest else 0,
        "at": newest.at if newest else None,
    }


def _by_witness(console: Console) -> dict[str, Outside]:
    """Return the newest state that each witness of the rules has signed, by the name of its key."""
    who = {witness.key.name: _name(console, witness.who) for witness in console.policy.rules.known_witnesses()}
    found: dict[str, Outside] = {}
    for entry in console.journal.entries(type_=COSIGNED):
        name = str(entry.body["witness"])
        if name in who:
            # The witness's own clock: a reading from outside.
            found[name] = Outside(Seen.from_json(entry.body).size, str(entry.body["time"]), who[name])
    return found


def _taken(console: Console) -> Iterator[Outside]:
    """Yield the newest state that went along with an answer from elsewhere or with a person."""
    people = {pseudonym: _name(console, member) for pseudonym, member in names(console).items()}
    for type_ in (*ANSWERS, HEAD_TAKEN):
        newest = islice(console.journal.entries(type_=type_, newest_first=True), LOOKED_AT)
        entry = next((e for e in newest if _left(e)), None)
        if entry is not None:
            who = str(entry.body.get("member", entry.actor)) if type_ == HEAD_TAKEN else entry.actor
            yield _outside(entry, people.get(who, who))


def _left(entry: Entry) -> bool:
    """Say whether a state left the room: files of a token on the station's own disk go nowhere."""
    return entry.body["on"] != DISK if entry.type == HEAD_TAKEN else entry.body.get("by") == OWN_CONSOLE


def _outside(entry: Entry, by: str) -> Outside:
    seen = entry.body if entry.type == HEAD_TAKEN else cast(Object, entry.body["seen"])
    return Outside(Seen.from_json(seen).size, to_rfc3339(entry.t.wall_ms), by)


def _name(console: Console, member: str) -> str:
    return next((person.name for person in console.policy.roster.members if person.id == member), member)
