# SPDX-License-Identifier: Apache-2.0
"""Erasures, notices and legal holds as lines for people."""

from collections.abc import Iterator, Sequence
from typing import cast

from console.cli import text
from console.domain.canonical import Json, Object
from console.language import say
from console.sentences import privacy


def erasure(value: Object) -> Iterator[str]:
    """Say what one erasure is about, who agreed, and what it does and does not reach."""
    missing = [privacy.MISSING.get(group, group) for group in cast(Sequence[str], value["missing"])]
    yield from text.facts(
        [
            (say("erasure"), value["erasure"]),
            (say("what"), [_what(one) for one in cast(Sequence[Object], value["what"])]),
            (say("why"), privacy.BASES[str(value["basis"])]),
            (say("agreed"), value["approved"] or say("nobody yet")),
            (say("still missing"), missing or None),
            (say("erased"), value["erased"] and text.when(str(value["erased"]))),
        ]
    )
    if value["over"]:
        yield privacy.OVER[str(value["over"])]
        return
    if not value["erased"] and not missing:
        yield privacy.BEGUN
    if value["erased"]:
        yield privacy.DESTROYS[str(value["destroys"])]
    yield say("Not reached by this:")
    if stays := privacy.counsel_stays(cast(Sequence[Json], value["counsel_notes"])):
        yield f"- {stays}"
    yield from (f"- {privacy.NOT_COVERED[str(code)]}" for code in cast(Sequence[str], value["not_covered"]))


def _what(told: Object) -> str:
    inside = say("activation {activation}", activation=told["activation"]) if told["activation"] else ""
    return say(" inside ").join(part for part in (cast(str | None, told["person"]), inside) if part)


def erasures(value: Object) -> Iterator[str]:
    """Say it of all, with the notices owed."""
    rows = cast(Sequence[Object], value["erasures"])
    if not rows:
        yield say("Nothing was ever proposed to be erased.")
    for row in rows:
        yield from erasure(row)
        for notice in cast(Sequence[Object], row["notices"]):
            state = say("given") if notice["given"] else say("OWED")
            whom = str(notice["to"])
            to = say(" for {to}", to=privacy.TO.get(whom, whom)) if notice["to"] else ""
            yield (
                say(
                    "notice {state}: {what}{to}, entry {seq}, ",
                    state=state,
                    what=privacy.GAVE[str(notice["type"])],
                    to=to,
                    seq=notice["seq"],
                )
                + text.when(str(notice["time"]))
            )
        yield ""
    yield say("Notices owed: {notices_owed}", notices_owed=value["notices_owed"])


def holds(value: Object) -> Iterator[str]:
    """Say what is held, why, and who must agree to lift it."""
    rows = cast(Sequence[Object], value["holds"])
    if not rows:
        yield say("No legal hold stands.")
    for row in rows:
        missing = [privacy.MISSING.get(group, group) for group in cast(Sequence[str], row["lifting_missing"])]
        yield from text.facts(
            [
                (say("hold"), row["hold"]),
                (say("on"), row["on"]),
                (say("why"), row["reason"]),
                (say("placed by"), row["placed_by"]),
                (say("since"), text.when(str(row["since"]))),
                (say("to lift it"), missing),
            ]
        )


def due(value: Object) -> Iterator[str]:
    """Say what may be erased for its age, and since when."""
    rows = cast(Sequence[Object], value["scopes"])
    yield from text.table(
        text.titles("what", "kept as", "activation", "person", "may be erased from"),
        [
            (
                row["scope"],
                text.label(str(row["class"])),
                row["activation"],
                row["person"],
                f"{str(row['from'])[:10]}{say(' (now)') if row['due'] else ''}"
                if row["from"]
                else say("not yet counted"),
            )
            for row in rows
        ],
    )
    yield from (f"{text.label(name)}: {said}" for name, said in privacy.KEPT.items())


# --- in numbers -------------------------------------------------------------------------------------------
