# SPDX-License-Identifier: Apache-2.0
"""The custody register: who held which token and which shares; what became of the tokens of those who left."""

from itertools import chain
from typing import cast

from console.actions.console import Console
from console.actions.document.summary import mode_words
from console.actions.entries import names, unlocked_person, write
from console.actions.journal import heads
from console.actions.policy.suspension import SUSPENDED
from console.domain.canonical import Json, Object
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.event import written_ms
from console.domain.entries.keyholder import KeyholderToken
from console.domain.errors import Refused
from console.domain.keyholder import custody as rules
from console.domain.keyholder.custody import Fate, Holding
from console.domain.policy.keyholder import Member, told_role
from console.domain.text import told

TOKEN_FATE = "keyholder.token"  # noqa: S105 - an entry's type


def holdings(console: Console) -> list[Holding]:
    """Return every token that ever stood in a roster, with the shares it holds and what became of it."""
    events = chain.from_iterable(console.journal.entries(type_=type_) for type_ in rules.FOLDED)
    return rules.fold(console.policy, events, _fates(console))


def register(console: Console) -> Object:
    """Return the register, one row for each token."""
    return {"tokens": [_row(holding) for holding in holdings(console)]}


def check_may_join(console: Console, member: Member) -> None:
    """Raise ``Refused`` (past_knowledge) if somebody would hold both halves of what is sealed."""
    rules.check_may_join(holdings(console), console.policy.roster, member)


def account_for(console: Console, member: str, how: str, note: str) -> Object:
    """Write down that a token which somebody no longer uses was handed back or destroyed.

    ``Refused``: token_in_force (the person has no other), note_missing.
    """
    ended = [h for h in holdings(console) if h.member.id == member and h.until is not None]
    if not ended:
        # As ``unknown_member`` for somebody who never was here.
        console.policy.roster.member(member)
        raise Refused("token_in_force", member=member)
    if not note.strip():
        raise Refused("note_missing")
    said = KeyholderToken(how=how, member=member, note=note.strip())
    write(console, said, unlocked_person(console), subject=console.people[member], critical=True)
    return register(console)


NOT_PROVEN = [
    "That a token was used by its owner alone, or that its owner never wrote down what it opened.",
    "That a token which was handed back is the one that was given out: compare what is engraved on it.",
]


def printed(console: Console) -> bytes:
    """Return the register as the bytes of a PDF."""
    content: dict[str, Json] = {
        "title": told("Custody register"),
        "mode_words": mode_words(console.policy.roster.mode),
        "station": console.settings.origin,
        "vault": console.policy.roster.vault,
        "made": _day(console.machine.reading().wall_ms),
        **heads.on_paper(console),
        "tokens": [_printed(holding) for holding in holdings(console)],
        "not_proven": [*map(told, NOT_PROVEN)],
    }
    return console.paper.custody_register(content)


def _printed(holding: Holding) -> dict[str, Json]:
    member = holding.member
    keys = told("{assurance}, share key {key}", assurance=told(member.assurance), key=holding.fingerprint())
    facts: list[Json] = [[told("In force"), _span(holding.since, holding.until)], [told("Token"), keys]]
    facts += [[told("Suspended"), _span(at, until)] for at, until in holding.suspended]
    if holding.until is not None:
        facts.append([told("Afterwards"), _became(holding.fate)])
    shares: list[Json] = [
        [
            told("{credential}, version {version}", credential=d.credential, version=d.version),
            _day(d.since),
            _day(d.until) if d.until else told("still opens"),
        ]
        for d in holding.dealt
    ]
    who = told("{name} ({id}), {role}", name=member.name, id=member.id, role=told_role(member.role))
    return {"who": who, "facts": facts, "shares": shares}


def _span(since: int, until: int | None) -> Json:
    if until is None:
        return told("from {since}", since=_day(since))
    return told("from {since} to {until}", since=_day(since), until=_day(until))


def _became(fate: Fate | None) -> Json:
    if fate is None:
        return told("not seen since")
    return told("{fate}, written down {at}", fate=told(fate.how), at=_day(fate.at))


def _day(wall_ms: int) -> str:
    return to_rfc3339(wall_ms)[:16].replace("T", " ") + " UTC"


def _fates(console: Console) -> list[Fate]:
    owners = names(console)
    became = [
        Fate(owners[entry.subject], str(entry.body["how"]), written_ms(entry))
        for entry in console.journal.entries(type_=TOKEN_FATE)
        if entry.subject in owners
    ]
    suspended = [
        Fate(owners[str(entry.body["member"])], rules.SUSPENDED, written_ms(entry))
        for entry in console.journal.entries(type_=SUSPENDED)
        if entry.body["member"] in owners
    ]
    return [*became, *suspended]


def _row(holding: Holding) -> dict[str, Json]:
    member, fate = holding.member, holding.fate
    shares: list[Json] = [
        {
            "credential": dealt.credential,
            "version": dealt.version,
            "since": to_rfc3339(dealt.since),
            "until": _time(dealt.until),
        }
        for dealt in holding.dealt
    ]
    return {
        "member": member.id,
        "name": member.name,
        "role": member.role,
        "assurance": member.assurance,
        "key": holding.fingerprint(),
        "since": to_rfc3339(holding.since),
        "until": _time(holding.until),
        "token": fate.how if fate else "in_use" if holding.until is None else "not_returned",
        "token_since": _time(fate.at if fate else None),
        "unaccounted": holding.is_unaccounted(),
        "suspended": [{"since": to_rfc3339(at), "until": _time(until)} for at, until in holding.suspended],
        "live": cast(Json, holding.live()),
        "shares": shares,
    }


def _time(wall_ms: int | None) -> str | None:
    return None if wall_ms is None else to_rfc3339(wall_ms)
