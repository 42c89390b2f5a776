# SPDX-License-Identifier: Apache-2.0
"""People: who they are in the journal, and the drafts of the entries that they cause.

In the journal a person is a pseudonym, random per person and log; the mapping is a committed field of the entry
``keyholder.enrolled``, so that it can be withheld or erased while every proof still holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from console.actions.console import Console
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Draft, Entry
from console.domain.entries.event import Event
from console.domain.entries.keyholder import KeyholderEnrolled
from console.domain.errors import Corrupt
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy
from console.ports.entries import Entries
from console.ports.machine import Machine

E = TypeVar("E", bound=Event)
PROGRAM = "program"
CLAIMED = "claimed"


@dataclass(frozen=True)
class Actor:
    """Who causes an entry, and how that is proven: token, unlock, claimed or program."""

    member: str
    proof: str


THE_PROGRAM = Actor(PROGRAM, "program")


def unlocked_person(console: Console) -> Actor:
    """Return the person whose slot unlocked the station."""
    return Actor(console.hsm.unlocked_by(), "unlock")


def by_token(member: str) -> Actor:
    """Return a person who proves themselves with their token in this act."""
    return Actor(member, "token")


def list_keyholders(console: Console) -> Object:
    """Return everybody in the roster as docs/commands.md has it."""
    rows: list[Json] = [
        {
            **member.to_json(),
            "sign_key": member.to_json()["sign"],
            "share_key": member.to_json()["share"],
            "read_key": member.to_json()["read"],
            "state": state_of(console, member.id),
        }
        for member in console.policy.roster.members
    ]
    return {"keyholders": rows}


def state_of(console: Console, member: str) -> str:
    """Return active, suspended or away: their token is at a console of their own."""
    if member in console.policy.suspended:
        return "suspended"
    return "away" if console.settings.is_away(member) else "active"


def enrolment_drafts(policy: Policy, machine: Machine) -> list[Draft]:
    """Return the entries that give every person of a new roster their pseudonym."""
    return [enrolment_draft(member, machine) for member in policy.roster.members]


def enrolment_draft(member: Member, machine: Machine) -> Draft:
    """Return the entry that gives one person their pseudonym."""
    pseudonym = f"p-{machine.random(8).hex()}"
    said = KeyholderEnrolled(role=member.role, assurance=member.assurance, member=member.id, name=member.name)
    return said.to_draft(actor=PROGRAM, proof=PROGRAM, id_=machine.new_id(), subject=pseudonym)


def pseudonyms(journal: Entries) -> dict[str, str]:
    """Return member id -> pseudonym, from the enrolments that this station can open."""
    found: dict[str, str] = {}
    for entry in journal.entries(type_=KeyholderEnrolled.TYPE):
        member = KeyholderEnrolled.read(entry, journal.open_fields(entry)).member
        if member is not None and entry.subject is not None:
            found[member] = entry.subject
    return found


def names(console: Console) -> dict[str, str]:
    """Return pseudonym -> member id, for showing entries to people."""
    return {pseudonym: member for member, pseudonym in console.people.items()}


def told_names(console: Console) -> dict[str, str]:
    """Return pseudonym and id -> name and id, of whoever is in the present roster; of others pseudonym -> id."""
    told = {member.id: f"{member.name} ({member.id})" for member in console.policy.roster.members}
    return told | {pseudonym: told.get(member, member) for pseudonym, member in names(console).items()}


def suspended_names(console: Console) -> frozenset[str]:
    """Return the pseudonyms of the people who are suspended."""
    return frozenset(console.people[member] for member in console.policy.suspended)


def draft(console: Console, event: Event, by: Actor, *, act: str | None = None, subject: str | None = None) -> Draft:
    """Return the draft of an entry caused by ``by``; a claimed name goes into a committed field.

    ``subject`` is the pseudonym of whom its fields are about: with that person's key they can be withheld or erased.
    """
    said = replace(event, claimed_by=by.member) if by.proof == CLAIMED else event
    return said.to_draft(
        actor=pseudonym(console, by), proof=by.proof, id_=console.machine.new_id(), act=act, subject=subject
    )


def pseudonym(console: Console, by: Actor) -> str:
    """Return how a person is named in a leaf."""
    if by.proof in ("program", "claimed"):
        return by.proof
    return console.people[by.member]


def readable(console: Console, kind: type[E]) -> Iterator[tuple[Entry, E]]:
    """Yield the entries of a type with what they say; what no program of ours wrote counts for nothing.

    For what must keep nobody outside, and is named by verifying.
    """
    for entry in console.journal.entries(type_=kind.TYPE):
        try:
            said = kind.read(entry)
        except Corrupt:
            continue
        yield entry, said


def write(
    console: Console,
    event: Event,
    by: Actor,
    *,
    act: str | None = None,
    subject: str | None = None,
    critical: bool = False,
) -> Entry:
    """Append one entry and return it once it is durable (critical: also signed, anchored and mirrored)."""
    return console.journal.append([draft(console, event, by, act=act, subject=subject)], critical=critical)[0]
