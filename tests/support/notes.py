# SPDX-License-Identifier: Apache-2.0
"""Stations on which somebody is writing: a draft with two parts, a note that was sealed before there were sheets."""

import functools
from typing import Any, cast

from console.actions.console import Console
from console.actions.record import drafts, notes
from console.domain.canonical import Object
from tests.support.scenes import Base, keep, sealed_base, staged
from tests.support.sheets import print_and_prove, sign_step

MATTER = "M-2026-00117"
FACT = "Um 14 Uhr fiel die Anmeldung aus."
SECRET = "Der Mandant rechnet mit einer Klage der Gegenseite."
NOTE: Object = {"title": "Einschätzung", "text": SECRET, "matter": MATTER}
WHOLE: Object = {"title": "Ausfall", "text": f"{FACT} {SECRET}", "matter": MATTER}


def the_draft(console: Console) -> str:
    """Return the id of the only draft."""
    (row,) = cast(Any, drafts.list_drafts(console)["drafts"])
    return str(row["draft"])


@functools.cache
def writing_base() -> Base:
    """A station with a note of the facts, and a draft of which nothing is moved yet."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            notes.add(console, "note", "facts", {"title": "Beginn", "text": "Der Abend beginnt."})
            drafts.save(console, "facts", WHOLE)
        return keep(scene, "writing", "")


@functools.cache
def drafted_base() -> Base:
    """The same, a sentence moved to counsel's part."""
    with staged(writing_base()) as scene:
        with scene.console() as console:
            drafts.move(console, the_draft(console), SECRET)
        return keep(scene, "drafted", "")


@functools.cache
def late_sheets_base() -> Base:
    """A station with a note for counsel that its sheets, in force since, do not open yet."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            notes.add(console, "note", "counsel", NOTE)
            _, proposal = print_and_prove(console, scene.folder / "printed", ["legal"])
            sign_step(console, proposal)
        return keep(scene, "late-sheets", "")
