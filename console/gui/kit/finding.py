# SPDX-License-Identifier: Apache-2.0
"""One check of readiness on its page: how it stands, what to do now, and the button that leads there."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QFrame

from console.gui.kit.widgets import PlainLabel, button, card, marked
from console.gui.snapshot import View
from console.language import say
from console.sentences.checks import command, details, now, title

TONES = {"error": "danger", "warning": "warning", "ok": "good"}
LEADS = {
    "hsm_rollback": (say("Measure the module"), "upkeep", say("Measure the module")),
    "tokens": (say("Prove a token"), "people", say("One person")),
    "journal": (say("Export the journal"), "outside", say("Export the journal to a folder")),
    "recording": (say("See how it goes on on paper"), "paper", say("Paper mode")),
    "anchor": (say("Begin a new journal"), "alarm", ""),
    "alarm": (say("See which secrets are owed"), "vault", ""),
    "lockout": (say("See what a loss would do"), "readiness", say("If this were lost")),
    "backup": (say("Write a backup"), "upkeep", say("Backup")),
    "recovery_sheets": (say("Print sheets, read them back"), "sheets", say("Print a new set")),
    "sheets_uncovered": (say("Seal again so that the sheets open it"), "upkeep", say("Seal again")),
    "sheets_owed": (say("Seal new versions of what was shown"), "vault", ""),
    "recovery_drill": (say("Try the sheets"), "sheets", say("Type sheets in from the paper")),
    "counsel_readers": (say("Admit a reader"), "counsel", say("Admit somebody who came later")),
    "drill": (say("Ask for an opening, for practice"), "request", ""),
    "secret_age": (say("Seal new versions of old secrets"), "vault", ""),
    "certificates": (say("Seal new certificates"), "vault", ""),
    "stale": (say("Seal again for the people of today"), "upkeep", say("Seal again")),
    "exposed": (say("Seal new versions of what was shown"), "vault", ""),
    "prepared": (say("Agree on prepared requests"), "prepared", say("Agree on a new one")),
    "prepared_overtaken": (say("Propose prepared requests anew"), "prepared", say("Prepare another one")),
    "grab_card": (say("Go to the grab card"), "readiness", say("The grab card")),
}
"""Check, or how it is mended otherwise -> the words of its button, the page for it, and the part of that page."""
WITHOUT_NUMBER = (say("Enter telephone numbers"), "people", say("One person"))
Lead = Callable[[str, str], None]
"""Goes to a page, and to a part of it (empty: as the page begins)."""

NAMING = (
    "tokens",
    "backup",
    "recovery_sheets",
    "recovery_drill",
    "counsel_readers",
    "secret_age",
    "certificates",
    "stale",
    "exposed",
    "prepared",
)
"""Checks whose findings are people or things by name: without them nobody could act."""


def upper(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def finding(found: View, names: Mapping[str, str], lead: Lead) -> QFrame:
    """Return the card of a check that is not in order; ``names``: id -> name; ``lead`` goes to a page and its part."""
    frame, column = card()
    column.addLayout(marked(TONES[found["level"]], PlainLabel(upper(title(found)), role="field")))
    column.addWidget(PlainLabel(now(found)))
    if found["id"] in NAMING:
        # As it stands: it may begin with the name of a credential, which has no capital.
        column.addWidget(PlainLabel(details(found, names)))
    for person in found["call"][:1]:
        if person["phone"]:
            told = say("Call {name}: {number}", name=person["name"], number=person["phone"])
            column.addWidget(PlainLabel(told))
    if found["mend"] in LEADS:
        words, page, part = LEADS[found["mend"]]
        column.addWidget(button(words, lambda: lead(page, part)))
    return frame


def exactly(found: View) -> str:
    """Return for IT what exactly was found and by which command it is mended."""
    by = command(found)
    said = f"{upper(title(found))}: {details(found)}"
    return said if found["ok"] or not by else f"{said}. {say('By command: {command}', command=by)}"


def without_number(names: Sequence[str], lead: Lead) -> QFrame:
    """Return the card that says once whose telephone number lacks, and leads to where it is entered."""
    frame, column = card()
    column.addLayout(marked("warning", PlainLabel(say("Some people cannot be called"), role="field")))
    told = say("No telephone number is written down for: {names}.", names=", ".join(names))
    column.addWidget(PlainLabel(told))
    words, page, part = WITHOUT_NUMBER
    column.addWidget(button(words, lambda: lead(page, part)))
    return frame
