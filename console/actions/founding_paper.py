# SPDX-License-Identifier: Apache-2.0
"""The founding certificate: the paper with which a founding ends. No secret is on it."""

from collections.abc import Iterator
from typing import cast

from console.actions import heads
from console.actions.journal import of_log
from console.actions.policy import GENESIS
from console.actions.ports import Console
from console.actions.summary import MODE_WORDS, moment
from console.domain import policy
from console.domain.canonical import Json, digest
from console.domain.errors import ConsoleError
from console.domain.keyholder import Member
from console.domain.policy import Policy
from console.domain.renewal import FIRST
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
    "hardware": "in a hardware token", "software": "in a software token", "attested": "in a hardware token, attested",
}  # fmt: skip


def certificate(console: Console) -> bytes:
    """Return the certificate as PDF bytes. ``Corrupt`` (genesis_shape, …) if the founding document is damaged."""
    founded, signatures = policy.parse(console.vault.read(GENESIS))
    unsigned = policy.unsigned_by(founded, signatures)
    must = len(founded.roster.keyholders())
    content: dict[str, Json] = {
        "title": "Founding certificate", "station": console.settings.origin, "vault": founded.roster.vault,
        "mode_words": MODE_WORDS[founded.roster.mode], "made": moment(console.machine.reading().wall_ms),
        "founded": _founded_at(console),
        "signed": f"{must - len(unsigned)} of the {must} keyholders who must sign have signed",
        "words": cast(Json, to_words(founded.genesis)), **heads.on_paper(console),
        "people": [_person(member, founded, member.id in signatures) for member in founded.roster.members],
        "rules": [[label, text] for label, text in _rules(founded)],
        "proven": cast(Json, PROVEN), "not_proven": cast(Json, NOT_PROVEN),
    }  # fmt: skip
    return console.paper.founding_certificate(content)


def _founded_at(console: Console) -> str:
    """Return when the station's first journal began; a later one, after an alarm, does not tell it."""
    try:
        with of_log(console, FIRST) as first:
            return moment(next(first.journal.entries(limit=1)).t.wall_ms)
    except ConsoleError:
        return "not known: the first journal of this station cannot be read any more"


def _person(member: Member, founded: Policy, has_signed: bool) -> dict[str, Json]:  # noqa: FBT001 - as it is read
    must = member in founded.roster.keyholders()
    signed = "signed the founding document" if has_signed else "HAS NOT SIGNED" if must else "need not sign"
    facts: list[Json] = [
        ["Keys", f"{ASSURANCES[member.assurance]}; {signed}"],
        ["Key in 12 words", " ".join(to_words(digest("fingerprint", member.sign)))],
    ]
    return {"who": f"{member.name} ({member.id}), {_group(member.role)}", "facts": facts}


def _rules(founded: Policy) -> Iterator[tuple[str, str]]:
    rules = founded.rules
    for name, needed in founded.roster.classes.items():
        yield (
            f"To open {name}",
            " and ".join(f"{count} of {_group(group)}" for group, count in needed.items()),
        )
    longest, hardest = rules.seconds_max // 60, rules.seconds_hard_max // 60
    yield "How long", f"{longest} minutes at most; {hardest} with every extension"
    yield "How often", f"{rules.releases_max} showings at most; {rules.releases_hard_max} with every reset"
    yield "In time", f"opened within {rules.request_valid_seconds // 60} minutes, else a request is over"
    yield "On the screen", f"a secret stays {rules.showing_seconds} seconds"
    yield "Matter numbers", rules.matter_pattern
    for name in ("jurisdictions", "legal_confirms", "privilege_classes", "ranges", "witnesses"):
        if value := founded.rules.to_json().get(name):
            yield _label(name), ", ".join(map(str, cast(list[Json], value)))


def _group(name: str) -> str:
    return name.upper() if len(name) <= len("it") else name.capitalize()


def _label(name: str) -> str:
    said = name.replace("_", " ")
    return said[:1].upper() + said[1:]
