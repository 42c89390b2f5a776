# SPDX-License-Identifier: Apache-2.0
"""How people read a policy, a proposed change and a plan of re-sealing, as lines."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import cast

from console.cli import text
from console.cli.text import Row
from console.domain.canonical import Json, Object
from console.domain.policy.keyholder import WITHOUT_GROUP
from console.language import say
from console.sentences import change, terms


def policy(value: Object) -> Iterator[str]:
    """Say the policy in force, its words, who is suspended, and what is proposed."""
    suspended = value["suspended"]
    yield from text.facts(
        [
            (say("number"), value["number"]),
            (say("mode"), terms.word(value["mode"])),
            (say("vault"), value["vault"]),
            (say("suspended"), say("unlock the station to see") if suspended is None else suspended or say("nobody")),
        ]
    )
    founding = say("The 12 words of the founding document:")
    for title, name in ((founding, "genesis_words"), (say("The 12 words of the present policy:"), "words")):
        yield ""
        yield title
        yield from text.twelve_words({"words": value[name]})
    if value["by_sheets"]:
        yield ""
        yield say(
            "The newest change was signed with the recovery sheets of {group}.", group=change.group(value["by_sheets"])
        )
    yield ""
    yield from text.rules(value)
    for proposal in cast(Sequence[Row], value["proposals"]):
        yield ""
        yield from proposed(proposal)


def signing(read: str, member: str) -> str:
    """Return what was read, and who is about to sign it."""
    return f"{read}\n\n{say('This will be signed by {member}.', member=member)}"


def proposed(value: Object) -> Iterator[str]:
    """Say a proposal: what changes, what to mind, who has signed and who must still."""
    yield say("Proposal {proposal}, change number {number}:", proposal=value["proposal"], number=value["number"])
    yield from (f"  {change.change(row)}" for row in cast(Sequence[Row], value["differences"]))
    yield from (f"  {line}" for line in text.minded(value))
    if value["in_force"]:
        yield say("It is in force now.")
        return
    yield from text.facts(
        [
            (say("its 12 words"), " ".join(cast(Sequence[str], value["words"]))),
            (say("signed by"), value["signed"] or say("nobody")),
            (say("newcomers missing"), value["newcomers_missing"] or None),
            (say("still missing"), terms.missing(value["missing"])),
        ]
    )


def signed(value: Object, away: Container[str]) -> Iterator[str]:
    """Say a proposal that somebody has signed, and what comes next for those who joined by it; ``away``: of whom."""
    yield from proposed(value)
    rows = cast(Sequence[Row], value["differences"]) if value["in_force"] else ()
    joined = [row for row in rows if row["what"] == "member_joins" and row["after"] not in WITHOUT_GROUP]
    renewed = [row for row in rows if row["what"] == "member_new_keys"]
    for row in joined:
        if row["subject"] in away:
            yield say(
                "Introduce this station to the console of {name}: breakglass keyholder card {member} --out DIR",
                name=row["name"],
                member=row["subject"],
            )
    if joined or renewed:
        yield say(
            "What was sealed before opens without these tokens, until it is sealed again: "
            "breakglass policy reseal --plan"
        )


def lost(names: Sequence[Json]) -> Iterator[str]:
    """Say what only the tokens opened that count no more."""
    if names:
        yield say(
            "Only tokens that are gone opened these; have them issued anew: {names}.", names=", ".join(map(str, names))
        )


def signed_by_sheets(value: Object) -> Iterator[str]:
    """Say a proposal that recovery sheets signed, and what that brings about."""
    yield from proposed(value)
    yield from lost(cast(Sequence[Json], value["lost"]))
    yield from text.facts([(say("owed now: re-sealing and rotation"), value["owed"] or say("nothing"))])
    yield say("These sheets are spent. Print new ones as soon as the new tokens work.")


def suspended(value: Object) -> Iterator[str]:
    """Say who was suspended."""
    yield say("{suspended} is suspended and counts nowhere.", suspended=value["suspended"])
    yield say("The quorum can let them back in, by a change with [[reinstate]].")


def plan(value: Object) -> Iterator[str]:
    """Say what is stale, who can open it, and what re-sealing it will cost."""
    rows = cast(Sequence[Row], value["stale"])
    if not rows:
        yield say("Nothing is stale.")
        return
    cells = [
        [
            r["credential"],
            terms.word(r["class"]),
            r["items"],
            _people(r["openable_by"]),
            change.counts(r["needed"]),
            say("confirm it first") if r["candidate"] else None,
        ]
        for r in rows
    ]
    yield from text.table(
        text.titles("credential", "class", "items", "still openable by", "needs", "new version waits"), cells
    )
    requests = cast(Sequence[Sequence[Row]], value["requests"])
    yield ""
    yield from text.facts(
        [
            (say("requests"), len(requests)),
            (say("approvals for each"), value["people"]),
            (say("touches of each approver"), value["touches_each"]),
            (say("touches of the sealer"), value["touches_of_sealer"]),
            (say("takes about"), say("{minutes} minutes", minutes=value["minutes"])),
        ]
    )
    for items in requests:
        yield f"items = [{', '.join(_item(row) for row in items)}]"
        yield f"releases = {sum(cast(int, row.get('codes', 1)) for row in items)}"


def _item(row: Row) -> str:
    codes = f", codes = {row['codes']}" if "codes" in row else ""
    return f'{{ credential = "{row["credential"]}"{codes}, stale = true }}'


def resealed(value: Object) -> Iterator[str]:
    """Say what was sealed again and what is left."""
    done = cast(Sequence[Row], value["resealed"])
    return text.facts(
        [
            (say("sealed again"), [f"{row['credential']} ({row['item']})" for row in done] or say("nothing")),
            (say("stale items left"), value["stale_left"]),
            (say("budget"), text.budget(value["budget"])),
        ]
    )


def _people(value: Json) -> str:
    return "; ".join(
        f"{change.group(name)}: {', '.join(ids) or say('nobody')}"
        for name, ids in cast(Mapping[str, Sequence[str]], value).items()
    )
