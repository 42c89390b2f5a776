# SPDX-License-Identifier: Apache-2.0
"""Erasures, notices, legal holds and what goes on in numbers, as lines for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from console import wording
from console.cli import text
from console.domain import spoken, status
from console.domain.canonical import Json, Object
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


# --- in numbers -------------------------------------------------------------------------------------------


def overview(value: Object) -> Iterator[str]:
    """Say what goes on and what is owed."""
    if alarm := cast(Sequence[str], value["alarm"]):
        yield f"ALARM: the journal cannot be trusted: {'; '.join(map(wording.finding, alarm))}."
    yield from text.facts([
        ("open now", value["open"]), ("in", value["open_jurisdictions"] or None),
        ("showings in what is open", value["releases_open"]), ("showings ever", value["releases"]),
        ("refused", value["refusals"]), ("rotations owed", value["rotations_owed"]),
        ("notices owed", value["notices_owed"]), ("legal holds", value["holds"]), ("entries", value["entries"]),
        ("at", text.when(str(value["at"]))),
    ])  # fmt: skip
    for name, states in cast(Mapping[str, Mapping[str, Json]], value["jurisdictions"]).items():
        yield f"{name}: " + ", ".join(f"{count} {wording.STATES[state]}" for state, count in states.items())


def status_code(value: Object) -> Iterator[str]:
    """Say the letters, how each is read aloud, and what they say."""
    yield str(value["groups"])
    yield ""
    for group in str(value["groups"]).split():
        yield f"{group}  {spoken.spelled(group)}"
    yield ""
    yield f"For {value['to']}. It says:"
    yield from _said(value)
    yield f"It is believed for {status.MINUTES_APART} minutes."


def checked(value: Object) -> Iterator[str]:
    """Say what was told, and that it may be believed."""
    yield "This is the station that you know, and it said this at " + text.when(str(value["told_at"])) + ":"
    yield from _said(value)
    if value["same_as_before"]:
        yield "It is the very code that you heard before."
    elif value["grown"] is not None:
        yield f"Its journal has {value['grown']} entries more than when you last heard."


def _said(value: Object) -> Iterator[str]:
    yield from text.facts([
        ("open activations", _many(value["open"], 15)), ("jurisdictions", _many(value["jurisdictions"], 15)),
        ("showings in them", _many(value["releases_open"], 31)), ("rotations owed", _many(value["rotations_owed"], 15)),
        ("entries in the journal", value["entries"]),
        ("alarm", "ALARM: the journal cannot be trusted" if value["alarm"] else "none"),
    ])  # fmt: skip


def _many(count: Json, greatest: int) -> str:
    number = cast(int, count)
    return f"{greatest} or more" if number >= greatest else str(number)
