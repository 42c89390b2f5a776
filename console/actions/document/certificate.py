# SPDX-License-Identifier: Apache-2.0
"""The founding certificate: the paper with which a founding ends. No secret is on it."""

from collections.abc import Iterator
from typing import cast

from console.actions.console import Console
from console.actions.document.summary import mode_words, moment
from console.actions.journal import heads
from console.actions.journal.reading import of_log
from console.actions.policy.steps import GENESIS
from console.domain.canonical import Json, digest
from console.domain.errors import ConsoleError
from console.domain.groups import CLASSES, class_, group
from console.domain.policy import rules as policy
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy
from console.domain.renewal import FIRST
from console.domain.text import all_of, told
from console.domain.words import to_words

PROVEN = [
    "That everybody named as having signed did so with the key whose words stand here: the program has checked it.",
    "That no rule and no person of the founding was changed since: the twelve words would be others.",
    "Which state the journal had when this paper was made: the symbol is signed by the station's own key.",
]
NOT_PROVEN = [
    "Who typed a PIN, or that a person is who they say they are: the people who were there know that.",
    "That what was founded is still in force: changes that the groups signed since stand in the journal.",
    "The time: it is what this station's clock said.",
]
ASSURANCES = {
    "hardware": "in a hardware token",
    "software": "in a software token",
    "attested": "in a hardware token, attested",
}
SIGNED, UNSIGNED, EXEMPT = "signed the founding document", "HAS NOT SIGNED", "need not sign"
LISTED = {
    "jurisdictions": "Jurisdictions",
    "legal_confirms": "Legal confirms",
    "privilege_classes": "Privilege classes",
    "ranges": "Ranges",
    "witnesses": "Witnesses",
}
"""Rules that are lists -> their labels."""
CALLED = ("privilege", *CLASSES)


def certificate(console: Console) -> bytes:
    """Return the certificate as PDF bytes. ``Corrupt`` (genesis_shape, …) if the founding document is damaged."""
    founded, signatures = policy.parse(console.vault.read(GENESIS))
    unsigned = policy.unsigned_by(founded, signatures)
    must = len(founded.roster.keyholders())
    counted = {"done": must - len(unsigned), "must": must}
    content: dict[str, Json] = {
        "title": told("Founding certificate"),
        "station": console.settings.origin,
        "vault": founded.roster.vault,
        "mode_words": mode_words(founded.roster.mode),
        "made": moment(console.machine.reading().wall_ms),
        "founded": _founded_at(console),
        "signed": told("{done} of the {must} keyholders who must sign have signed", **counted),
        "words": cast(Json, to_words(founded.genesis)),
        **heads.on_paper(console),
        "key": console.logs.current().key,
        "people": [_person(member, founded, member.id in signatures) for member in founded.roster.members],
        "rules": [[label, text] for label, text in _rules(founded)],
        "proven": [*map(told, PROVEN)],
        "not_proven": [*map(told, NOT_PROVEN)],
    }
    return console.paper.founding_certificate(content)


def _founded_at(console: Console) -> Json:
    """Return when the station's first journal began; a later one, after an alarm, does not tell it."""
    try:
        with of_log(console, FIRST) as first:
            return moment(next(first.journal.entries(limit=1)).t.wall_ms)
    except ConsoleError:
        return told("not known: the first journal of this station cannot be read any more")


def _person(member: Member, founded: Policy, has_signed: bool) -> dict[str, Json]:  # noqa: FBT001 - as it is read
    must = member in founded.roster.keyholders()
    signed = SIGNED if has_signed else UNSIGNED if must else EXEMPT
    keys = told("{keys}; {signed}", keys=told(ASSURANCES[member.assurance]), signed=told(signed))
    facts: list[Json] = [
        [told("Keys"), keys],
        [told("Key in 12 words"), " ".join(to_words(digest("fingerprint", member.sign)))],
    ]
    who = told("{name} ({id}), {group}", name=member.name, id=member.id, group=group(member.role))
    return {"who": who, "facts": facts}


def _rules(founded: Policy) -> Iterator[tuple[Json, Json]]:
    rules = founded.rules
    for name, needed in founded.roster.classes.items():
        each: list[Json] = [told("{count} of {group}", count=count, group=group(one)) for one, count in needed.items()]
        yield told("To open {name}", name=class_(name)), all_of(each)
    yield (
        told("How long"),
        told(
            "{longest} minutes at most; {hardest} with every extension",
            longest=rules.seconds_max // 60,
            hardest=rules.seconds_hard_max // 60,
        ),
    )
    yield (
        told("How often"),
        told(
            "{most} showings at most; {hardest} with every reset",
            most=rules.releases_max,
            hardest=rules.releases_hard_max,
        ),
    )
    yield (
        told("In time"),
        told("opened within {minutes} minutes, else a request is over", minutes=rules.request_valid_seconds // 60),
    )
    yield told("On the screen"), told("a secret stays {seconds} seconds", seconds=rules.showing_seconds)
    yield told("Matter numbers"), rules.matter_pattern
    for name, label in LISTED.items():
        if value := founded.rules.to_json().get(name):
            yield told(label), _listed(cast(list[str], value))


def _listed(codes: list[str]) -> Json:
    """Return them a comma apart; what has a name in each language, by it."""
    called = [told(code) if code in CALLED else code for code in codes]
    return called[0] if len(called) == 1 else ", ".join(codes)
