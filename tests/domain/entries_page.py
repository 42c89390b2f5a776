# SPDX-License-Identifier: Apache-2.0
"""The page of all event types, made from their classes: ``python -m tests.domain.entries_page`` writes it."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, get_type_hints

from console.domain import codec
from console.domain.entries import catalogue
from console.domain.entries.event import Event
from console.sentences.entries import ENTRY_TYPES

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "entries.md"
HEAD = """# What entries say: every event type

Made from the classes in `console/domain/entries/` by `python -m tests.domain.entries_page`; a test holds it to them.
Section 1 of [journal.md](journal.md) says what stands around a body.

- **clear**: a member of the leaf's `body`, for everybody who verifies. *May be missing* where it says so: then it is
  not written, not null.
- **committed**: only committed to, in `c`. Its value is sealed to the opening key of the entry's scope: a person in an
  activation (`act` and `subject`), an activation (`act`), a person (`subject`), else the station; on the counsel track
  the key that the leaf names.
- `bytes` are standard base64 with padding, tuples and lists arrays, `object` a JSON object with a format of its own.
- Any entry may have `restated` {`seq`, `at`} or {`from`} in its body where a new log says it again, and `claimed_by`
  committed where nobody proved who caused it.
"""
EVERYWHERE = {"restated", "claimed_by"}


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(line for kind in catalogue.kinds() for line in _section(kind))]) + "\n"


def _section(kind: type[Event]) -> Iterator[str]:
    yield f"## `{kind.TYPE}`: {ENTRY_TYPES[kind.TYPE]}\n"
    yield f"{inspect.getdoc(kind)}\n"
    hints, notes = get_type_hints(kind, localns={"Json": Any}), _notes(kind)
    rows = [_row(each, hints[each.name], notes) for each in fields(kind) if each.name not in EVERYWHERE]
    if rows:
        yield from ("| member | | type | |", "|---|---|---|---|", *rows)
    else:
        yield "Its body is empty."
    yield ""


def _row(field: Field[Any], hint: Any, notes: dict[str, str]) -> str:
    track = "committed" if codec.APART in field.metadata else "clear"
    missing = "; may be missing" if track == "clear" and field.default is not MISSING else ""
    return f"| `{codec.member_of(field)}` | {track} | {_typed(hint)}{missing} | {notes.get(field.name, '')} |"


def _typed(hint: Any) -> str:
    text = str(hint) if not isinstance(hint, type) else hint.__name__
    for long, short in (
        ("collections.abc.Mapping[str, typing.Any]", "object"),
        ("collections.abc.Mapping", "mapping"),
        ("typing.", ""),
        ("console.domain.entries.event.", ""),
        ("console.domain.entries.paper.", ""),
        (" | None", " or null"),
    ):
        text = text.replace(long, short)
    return text


def _notes(kind: type[Event]) -> dict[str, str]:
    """Return what stands under each field of a class and of those that it is made of."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if each is not object:
            (body,) = (n for n in ast.parse(inspect.getsource(each)).body if isinstance(n, ast.ClassDef))
            found |= dict(_named(body.body))
    return found


def _named(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, note in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(note, ast.Expr):
            yield field.target.id, " ".join(str(ast.literal_eval(note.value)).split())


if __name__ == "__main__":
    PAGE.write_text(page())
