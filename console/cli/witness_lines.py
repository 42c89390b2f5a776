# SPDX-License-Identifier: Apache-2.0
"""What witnesses are asked and answer, and how far the journal is proven outside, as lines for people."""

from collections.abc import Iterator, Sequence
from typing import cast

from console.cli import text
from console.cli.text import Row
from console.domain.canonical import Object
from console.language import say
from console.sentences import witness as said
from console.sentences.paper import light


def asked(value: Object) -> Iterator[str]:
    """Say what goes to which witness."""
    return text.facts(
        [
            (say("witness"), value["witness"]),
            (say("journal"), value["log"]),
            (say("entries"), value["size"]),
            (say("root"), value["root"]),
            (say("begins at"), say("{old} entries", old=value["old"])),
            *((say("written"), name) for name in cast(Sequence[str], value["files"])),
        ]
    )


def cosigned(value: Object) -> Iterator[str]:
    """Say what was taken back."""
    for row in cast(Sequence[Row], value["cosigned"]):
        yield say(
            "{witness} signed {size} entries at {time}; root {root}",
            witness=row["witness"],
            size=row["size"],
            time=text.when(str(row["time"])),
            root=row["root"],
        )


def standing(value: Object) -> Iterator[str]:
    """Say which light is on, the state on one line, then each witness."""
    yield light(cast(Object, value["recording"]))
    yield said.standing(value, text.when)
    yield said.protection(value)
    rows = cast(Sequence[Row], value["witnesses"])
    if rows:
        yield ""
        cells = [
            [r["witness"], r["name"], r["size"], text.when(str(r["at"])) if r["at"] else say("never")] for r in rows
        ]
        yield from text.table(text.titles("witness", "name", "signed up to", "when"), cells)


def key(value: Object) -> Iterator[str]:
    """Say by which key this console is known as a witness, and where that goes."""
    yield str(value["line"])
    yield ""
    yield say('The quorum names it among the rules: witnesses = ["…"] and witness_quorum = 1 in a change.toml.')


def signed(value: Object) -> Iterator[str]:
    """Say what this console has signed, and what it had seen before."""
    yield from text.begun_anew(value["journal"])
    yield from text.facts(
        [
            (say("journal"), value["log"]),
            (say("known here before"), say("{before} entries", before=value["before"])),
            (say("now"), say("{size} entries", size=value["size"])),
            (say("root"), value["root"]),
            (say("signed"), text.when(str(value["at"]))),
            (say("to be typed"), value["line"]),
            *((say("written"), name) for name in cast(Sequence[str], value["files"])),
        ]
    )
