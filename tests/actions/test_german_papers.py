# SPDX-License-Identifier: Apache-2.0
"""Certificate, summary and register of a real station in German: no text lacks, none stays English."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from console.actions.activation import lifecycle, release
from console.actions.console import Console
from console.actions.document import certificate
from console.actions.document.summary import incident_summary
from console.actions.keyholder import custody
from console.adapters.paper import PaperPages
from console.domain.errors import ConsoleError
from tests.support.activations import approve, filed
from tests.support.pictures import FONTS, words
from tests.support.scenes import PASSWORD, sealed_base, staged
from tests.support.screens import Paper
from tests.support.texts import german

pytestmark = pytest.mark.real
LABELS = ("Station", "DEMO", "UTC", "Token", "Journal", "Operator")
"""Alike in both languages."""
COURSE = (
    "Freigegeben für Recht durch Anna Berg",
    "(Grund: Quorum nicht erreicht)",
    "Operator",
    "Von der Person an der Station beendet. Jetziger Stand: beendet.",
    f"{PASSWORD}: fällig: Fassung 1 wurde gezeigt",
)


def say(text: str, /, **values: object) -> str:
    """Say it in German; a text that has none is a failure."""
    told = german()[text] if re.search("[a-z]", re.sub(r"{\w+}", "", text)) else text
    return told.format(**values) if values else told


def speaking(console: Console) -> Console:
    """Return the console with a printer that speaks German."""
    return replace(console, paper=PaperPages(FONTS, say))


def in_english(console: Console, make: Callable[[Console], bytes]) -> set[str]:
    """Return every text that the paper was given to say."""
    found: set[str] = set()

    def hear(text: str, /, **values: object) -> str:
        found.add(text)
        return text.format(**values) if values else text

    make(replace(console, paper=PaperPages(FONTS, hear)))
    return found


def summed_up(console: Console) -> Callable[[Console], bytes]:
    """Bring about an emergency with a refusal in it; return what prints it."""
    act = filed(console, {"credential": PASSWORD})
    approve(console, act, "legal-1")
    with suppress(ConsoleError):
        lifecycle.open_activation(console, act)
    approve(console, act, "it-1")
    lifecycle.open_activation(console, act)
    release.release(console, act, PASSWORD, Paper())
    lifecycle.end(console, act)
    return lambda with_: incident_summary(with_, act)


def test_every_paper_is_german_where_the_face_is() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        papers = {
            "Vorfall auf einer Seite": summed_up(console),
            "Gründungsurkunde": certificate.certificate,
            "Verwahrungsregister": custody.printed,
        }
        for title, make in papers.items():
            shown = words(make(speaking(console)))
            assert shown.startswith("Dies ist nicht die echte Station")
            assert title in shown
            assert PASSWORD in shown or title == "Gründungsurkunde"
            assert "Seite 1 von" in shown
            stayed = [
                text
                for text in in_english(console, make)
                if "{" not in text and len(text) > 3 and f" {text} " in shown and text not in LABELS
            ]
            assert stayed == []
            if title == "Vorfall auf einer Seite":
                joined = "".join(shown.split())
                assert [row for row in COURSE if "".join(row.split()) not in joined] == []
