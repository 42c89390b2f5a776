# SPDX-License-Identifier: Apache-2.0
"""People: who they are in the journal, and the drafts of the entries that they cause.

In the journal a person is a pseudonym, random per person and log; the mapping is a committed field of the entry
``keyholder.enrolled``, so that it can be withheld or erased while every proof still holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from console.actions.ports import Console, Journal, Machine
from console.domain.canonical import Json, Object
from console.domain.entries.entry import Draft, Entry
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy

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
    fields: dict[str, Json] = {"member": member.id, "name": member.name}
    body: dict[str, Json] = {"role": member.role, "assurance": member.assurance}
    return Draft(
        "keyholder.enrolled", PROGRAM, "program", machine.new_id(), body=body, fields=fields, subject=pseudonym
    )


def pseudonyms(journal: Journal) -> dict[str, str]:
    """Return member id -> pseudonym, from the enrolments that this station can open."""
    found: dict[str, str] = {}
    for entry in journal.entries(type_="keyholder.enrolled"):
        member = journal.open_fields(entry).get("member")
        if member is not None and entry.subject is not None:
            found[str(member)] = entry.subject
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


def draft(
    console: Console,
    type_: str,
    by: Actor,
    body: Object | None = None,
    *,
    fields: Mapping[str, Json] | None = None,
    act: str | None = None,
    subject: str | None = None,
) -> Draft:
    """Return the draft of an entry caused by ``by``; a claimed name goes into a committed field.

    ``subject`` is the pseudonym of whom its fields are about: with that person's key they can be withheld or erased.
    """
    committed = dict(fields or {})
    if by.proof == "claimed":
        committed["claimed_by"] = by.member
    return Draft(
        type_,
        pseudonym(console, by),
        by.proof,
        console.machine.new_id(),
        body=body or {},
        fields=committed,
        act=act,
        subject=subject,
    )


def pseudonym(console: Console, by: Actor) -> str:
    """Return how a person is named in a leaf."""
    if by.proof in ("program", "claimed"):
        return by.proof
    return console.people[by.member]


def write(
    console: Console,
    type_: str,
    by: Actor,
    body: Object | None = None,
    *,
    fields: Mapping[str, Json] | None = None,
    act: str | None = None,
    subject: str | None = None,
    critical: bool = False,
) -> Entry:
    """Append one entry and return it once it is durable (critical: also signed, anchored and mirrored)."""
    return console.journal.append(
        [draft(console, type_, by, body, fields=fields, act=act, subject=subject)], critical=critical
    )[0]
