# SPDX-License-Identifier: Apache-2.0
"""Results about people as lines: who they are, who joins, who held what, how they are reached."""

from collections.abc import Iterator, Sequence
from typing import cast

from console import wording
from console.cli import policy_lines
from console.cli.text import Row, facts, label, table, titles, twelve_words, when
from console.domain.canonical import Json, Object
from console.language import say
from console.sentences import terms

REACHED = ("phone", "mail", "reach")


def keyholders(value: Object) -> Iterator[str]:
    """List the people, and how they are reached if that was asked."""
    rows = cast(Sequence[Row], value["keyholders"])
    cells = [
        [
            row["id"],
            row["name"],
            terms.word(row["role"]),
            terms.word(row["assurance"]),
            row["mechanism"],
            wording.KEYHOLDER_STATES[str(row["state"])],
            row["deputies"],
        ]
        for row in rows
    ]
    yield from table(titles("id", "name", "role", "assurance", "mechanism", "state", "then call"), cells)
    if rows and "phone" in rows[0]:
        yield ""
        yield from table(
            titles("id", "phone", "mail", "reach"), [[row["id"], *(row[name] for name in REACHED)] for row in rows]
        )


def card(value: Object) -> Iterator[str]:
    """Say whom a card names, and its words."""
    yield from facts(
        [
            (say("person"), f"{value['name']} ({value['id']})"),
            (say("role"), terms.word(value["role"])),
            (say("assurance"), terms.word(value["assurance"])),
            (say("attested by"), value["attested_by"]),
            (say("token"), value["token"]),
        ]
    )
    yield ""
    yield from twelve_words(value)


def card_made(value: Object) -> Iterator[str]:
    """Say a card, its files, and what to do with them."""
    yield from card(value)
    yield ""
    yield from facts((say("written"), name) for name in cast(Sequence[Json], value["files"]))
    yield say("Send the file or the pictures to the station. Read the words aloud to whoever enrols you.")


def enrolled(value: Object) -> Iterator[str]:
    """Say who is to join, and who must still sign that."""
    proposal = cast(Row, value["proposal"])
    yield from card(cast(Row, value["enrolled"]))
    yield ""
    yield from policy_lines.proposed(proposal)
    for member in cast(Sequence[str], proposal["newcomers_missing"]):
        yield say(
            "{member} signs first, on their own console. "
            "Send it there with: breakglass keyholder step {proposal} --out DIR",
            member=member,
            proposal=proposal["proposal"],
        )
    yield say(
        "Nothing has changed yet. Sign it with: breakglass policy sign {proposal} --keyholder NAME",
        proposal=proposal["proposal"],
    )


def contact(value: Object) -> Iterator[str]:
    """Say how one person is reached."""
    return facts((label(name), text or None) for name, text in value.items())


def custody(value: Object) -> Iterator[str]:
    """List every token, then what was dealt to it."""
    rows = cast(Sequence[Row], value["tokens"])
    cells = [
        [
            row["member"],
            terms.word(row["role"]),
            row["key"],
            when(str(row["since"])),
            _until(row),
            _fate(row),
            row["live"],
        ]
        for row in rows
    ]
    yield from table(titles("who", "role", "share key", "from", "to", "token", "still opens"), cells)
    for row in rows:
        if row["unaccounted"]:
            yield say(
                "Nobody has seen the token of {member} since. Ask for it, or seal again what it opens.",
                member=row["member"],
            )


def _until(row: Row) -> str:
    return when(str(row["until"])) if row["until"] else ""


def _fate(row: Row) -> str:
    return wording.TOKEN_FATES[str(row["token"])]
