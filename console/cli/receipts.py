# SPDX-License-Identifier: Apache-2.0
"""Erasures, notices and legal holds as lines for people."""

from collections.abc import Iterator, Sequence
from typing import cast

from console.cli import text
from console.domain.canonical import Object
from console.sentences import privacy


def erasure(value: Object) -> Iterator[str]:
    """Say what one erasure is about, who agreed, and once it is done what it does and does not reach."""
    missing = [privacy.MISSING.get(group, group) for group in cast(Sequence[str], value["missing"])]
    yield from text.facts([
        ("erasure", value["erasure"]), ("what", value["scopes"]), ("why", privacy.BASES[str(value["basis"])]),
        ("agreed", value["approved"] or "nobody yet"), ("still missing", missing or None),
        ("erased", value["erased"] and text.when(str(value["erased"]))),
    ])  # fmt: skip
    if value["erased"]:
        yield privacy.DESTROYS[str(value["destroys"])]
        yield "Not reached by this:"
        yield from (
            f"- {privacy.NOT_COVERED[str(code)]}" for code in cast(Sequence[str], value["not_covered"])
        )


def erasures(value: Object) -> Iterator[str]:
    """Say it of all, with the notices owed."""
    rows = cast(Sequence[Object], value["erasures"])
    if not rows:
        yield "Nothing was ever proposed to be erased."
    for row in rows:
        yield from erasure(row)
        for notice in cast(Sequence[Object], row["notices"]):
            state = "given" if notice["given"] else "OWED"
            to = f" for {notice['to']}" if notice["to"] else ""
            yield (
                f"notice {state}: {privacy.GAVE[str(notice['type'])]}{to}, entry {notice['seq']}, "
                + text.when(str(notice["time"]))
            )
        yield ""
    yield f"Notices owed: {value['notices_owed']}"


def holds(value: Object) -> Iterator[str]:
    """Say what is held, why, and who must agree to lift it."""
    rows = cast(Sequence[Object], value["holds"])
    if not rows:
        yield "No legal hold stands."
    for row in rows:
        missing = [privacy.MISSING.get(group, group) for group in cast(Sequence[str], row["lifting_missing"])]
        yield from text.facts([
            ("hold", row["hold"]), ("on", row["on"]), ("why", row["reason"]), ("placed by", row["placed_by"]),
            ("since", text.when(str(row["since"]))), ("to lift it", missing),
        ])  # fmt: skip


def due(value: Object) -> Iterator[str]:
    """Say what may be erased for its age, and since when."""
    rows = cast(Sequence[Object], value["scopes"])
    yield from text.table(
        ("what", "kept as", "activation", "person", "may be erased from"),
        [
            (row["scope"], row["class"], row["activation"], row["person"],
             f"{str(row['from'])[:10]}{' (now)' if row['due'] else ''}" if row["from"] else "not yet counted")
            for row in rows
        ],
    )  # fmt: skip
    yield from (f"{name}: {said}" for name, said in privacy.KEPT.items())
