# SPDX-License-Identifier: Apache-2.0
"""The grab card: one printed page for two in the morning, outside the locked program. No secret is on it.

The journal remembers by a committed hash what it was printed from; when people, ways to reach them, sheets or prepared
requests are others since, the card is stale.
"""

from typing import cast

from console.actions.activation.prepared import load
from console.actions.console import Console
from console.actions.document.summary import MODE_WORDS
from console.actions.entries import unlocked_person, write
from console.actions.journal import heads
from console.actions.keyholder import recovery
from console.actions.keyholder.enrolment import contacts, deputies
from console.actions.readiness.checks import check
from console.domain.canonical import Json, digest, encode, to_base64
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.station import StationGrabCardPrinted
from console.domain.keyholder.contact import Contact
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy
from console.domain.recovery.sheets import Dealt
from console.domain.words import to_words

TOKEN_PLACES = ("brings it here", "own console, elsewhere")
"""Where somebody's token is who is not away, and who is."""
PRINTED = "station.grab_card_printed"
FIRST_MINUTES = (
    "Breathe. Write down the time, and what does not work any more.",
    "Call one person of each group below, from the top. Ask them to come with their token and PIN.",
    "Start the machine named above. Open the Break-Glass Console; it needs no network.",
    "Unlock: choose your name, put your own token in, type your PIN. Compare the 12 words below.",
    "Ask: take a prepared request by its name and fill in three fields, or fill in a new one.",
    "Each group reads the request and approves it, each person on their own token.",
    "Open it and show what you need. What is shown must be changed afterwards.",
    "End it as soon as you are done. The program lists what is owed; lock the station.",
    "Somebody cannot be reached, or a token is lost? Their deputy comes; else the recovery sheets.",
    "The program alarms or does not start? Change nothing, call the first number below, go on with paper.",
)


def grab_card(console: Console) -> bytes:
    """Return the page as PDF bytes, once its printing is in the journal. ``Refused``: paper_too_long."""
    content = _content(console)
    made = console.paper.grab_card(
        {**content, "made": to_rfc3339(console.machine.reading().wall_ms), **heads.on_paper(console)}
    )
    write(console, StationGrabCardPrinted(content=_hash(content)), unlocked_person(console), critical=True)
    return made


def grab_card_check(console: Console) -> dict[str, Json]:
    """Return the row of readiness: whether the newest card still says what holds."""
    newest = next(console.journal.entries(type_=PRINTED, newest_first=True, limit=1), None)
    if newest is None:
        return check("grab_card", ok=False, detail="none was ever printed", level="warning")
    is_same = StationGrabCardPrinted.read(newest, console.journal.open_fields(newest)).content == _hash(
        _content(console)
    )
    return check(
        "grab_card",
        ok=is_same,
        level="warning",
        time=to_rfc3339(newest.t.wall_ms),
        detail="printed {time}; says what holds"
        if is_same
        else "printed {time}; people, numbers, sheets or requests are others since",
    )


def _hash(content: dict[str, Json]) -> bytes:
    return digest("grab-card", encode(content))


def _content(console: Console) -> dict[str, Json]:
    policy, cards = console.policy, contacts(console)
    chains = deputies(console, cards)
    prepared: list[Json] = [known.prepared.name for known in load(console) if known.state == "agreed"]
    return {
        "station": console.settings.origin,
        "vault": policy.roster.vault,
        "mode_words": MODE_WORDS[policy.roster.mode],
        "machine": console.settings.station.name,
        "policy": to_base64(policy.hash),
        "steps": list(FIRST_MINUTES),
        "groups": [
            {
                "group": group,
                "needed": policy.roster.greatest(group),
                "people": [_person(console, person, cards, chains[person.id]) for person in policy.active_in(group)],
            }
            for group in policy.roster.groups
        ],
        "unlockers": _unlockers(console),
        "sheets": _sheets(console),
        "prepared": prepared,
        "words": cast(Json, to_words(policy.genesis)),
    }


def _person(console: Console, person: Member, cards: dict[str, Contact], chain: list[str]) -> dict[str, Json]:
    card = cards.get(person.id, Contact())
    then = ", ".join(console.policy.roster.member(member).name for member in chain)
    place = TOKEN_PLACES[console.settings.is_away(person.id)]
    return {
        "name": person.name,
        "phone": card.phone,
        "mail": card.mail,
        "reach": card.reach,
        "then": then,
        "token": place,
    }


def _unlockers(console: Console) -> list[Json]:
    return [
        person.name
        for person in console.policy.roster.members
        if person.id not in console.policy.suspended and not console.settings.is_away(person.id)
    ]


def _sheets(console: Console) -> list[Json]:
    """Return for each set in force who keeps its sheets, and how many it takes."""
    roster, found = console.policy.roster, list[Json]()
    for one in recovery.sets(console.vault):
        if roster.recovery_point(one.slot) == one.point:
            found += [
                {"slot": one.slot, "group": part.group, "needed": part.needed, **_keepers(console.policy, part)}
                for part in one.dealt
            ]
    return found


def _keepers(known: Policy, part: Dealt) -> dict[str, Json]:
    """Return by name who keeps a part's sheets; who left keeps theirs until new ones are signed."""
    present = {person.id for person in known.roster.group(part.group)}
    ever = {person.id: person.name for then in known.history() for person in then.roster.members}
    return {
        "holders": [ever[holder] for holder in part.holders if holder in present],
        "left": [ever[holder] for holder in part.holders if holder not in present],
    }
