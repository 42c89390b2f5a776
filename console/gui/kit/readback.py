# SPDX-License-Identifier: Apache-2.0
"""A request read back in words: who asks for what, why, for which matters, how long, how often."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from console.domain import kinds
from console.gui.kit import sizes
from console.gui.kit.widgets import PlainLabel, StateMark
from console.gui.phrases import group, how_much, listed, missing, moment
from console.gui.snapshot import Snapshot, View
from console.language import say, say_count
from console.sentences.kinds import KINDS
from console.sentences.terms import CATEGORIES, PRIVILEGES, word

PROVEN = {
    "token": say("proven by their own token"),
    "unlock": say("proven by unlocking the station"),
    "claimed": say("only claimed, not proven"),
}
LABEL_PIXELS = 150
Line = tuple[str, str, str]
"""Label, text, tone."""


class ReadBack(QFrame):
    """Shows one request as lines of label and text."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(18, 14, 18, 14)
        self._inner = QFrame()
        self._column.addWidget(self._inner)

    def present(self, snapshot: Snapshot, view: View) -> None:
        """Read this request back."""
        said = view["justification"]
        self.show_lines(f"{said['incident']} · {CATEGORIES[said['category']]}", list(_lines(snapshot, view)))

    def show_lines(self, title: str, lines: Sequence[Line]) -> None:
        """Show these lines under a title."""
        self.forget()
        grid = QGridLayout(self._inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, sizes.grown(LABEL_PIXELS))
        grid.setColumnStretch(1, 1)
        grid.addWidget(PlainLabel(title, role="heading"), 0, 0, 1, 2)
        for place, (label, text, tone) in enumerate(lines, 1):
            told = PlainLabel(text)
            told.set_tone(tone)
            grid.addWidget(PlainLabel(label, role="muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(told, place, 1)
            if tone == "warning":
                grid.addWidget(StateMark("warning"), place, 2, Qt.AlignmentFlag.AlignTop)

    def forget(self) -> None:
        """Show nothing."""
        fresh = QFrame()
        self._column.replaceWidget(self._inner, fresh)
        self._inner.hide()
        self._inner.deleteLater()
        self._inner = fresh


def _lines(snapshot: Snapshot, view: View) -> Iterator[Line]:
    said, budget = view["justification"], view["budget"]
    yield from asked(view, budget["releases"], snapshot.name_of)
    yield from why(said, snapshot.name_of)
    given = [f"{snapshot.name_of(a['member'])} ({group(a['group'])})" for a in view["approvals"]]
    yield say("Approved by"), listed(given) or say("nobody yet"), "plain"
    yield say("Who is missing"), missing(view["missing"]), "plain"


def asked(view: View, releases: int, name_of: Callable[[str], str]) -> Iterator[Line]:
    """Say who asks, for what, for how long and how often."""
    # A name that is only claimed may be any text: it is marked, not only said.
    tone = "warning" if view["proof"] == "claimed" else ""
    yield say("Asked by"), f"{name_of(view['requester'])} ({PROVEN[view['proof']]})", tone
    for text, tone in items_of(view["items"]):
        yield say("Opens"), text, tone
    yield say("How long, how often"), how_much(view["seconds"] // 60, releases), "plain"


def why(said: View, name_of: Callable[[str], str]) -> Iterator[Line]:
    """Say the reason, for which matters, what has failed and where it will be used."""
    yield say("Reason"), said["reason"], ""
    yield say("Harm if it waits"), said["harm_if_delayed"], ""
    yield say("Tried instead"), listed(said["alternatives_tried"]), ""
    yield say("Matters"), listed(said["matters"]), ""
    yield say("Jurisdictions"), listed(said["jurisdictions"]), ""
    yield say("Privilege"), PRIVILEGES[said["privilege"]], ""
    if said.get("deadline_at_risk"):
        yield say("Deadline at risk"), moment(said["deadline_at_risk"]), ""
    if said.get("used_from"):
        yield say("To be used from"), f"{said['used_from']['place']}, {said['used_from']['range']}", ""
    for outage in said["outage"]:
        by = listed([name_of(member) for member in outage["checked_by"]])
        yield (
            say("Failed"),
            say(
                "{system}: {symptom}, since {first_seen}",
                system=outage["system"],
                symptom=outage["symptom"],
                first_seen=moment(outage["first_seen"]),
            ),
            "",
        )
        yield say("Checked by"), f"{by} ({outage['how']})", ""


def items_of(rows: Sequence[View]) -> Iterator[tuple[str, str]]:
    """Say what is opened, and what of it was shown before; each with its tone."""
    counted: dict[str, list[View]] = {}
    for item in rows:
        counted.setdefault(item["credential"], []).append(item)
    for name, items in counted.items():
        kind, many = items[0]["kind"], len(items)
        told = (
            f"{name}: {KINDS.get(kind, kind)}"
            if not kinds.of(kind).burns
            else say_count(many, "{name}: 1 one-time code", "{name}: {count} one-time codes", name=name)
        )
        shown = any(item["exposed"] for item in items)
        mark = say(". It was shown before and not changed since!") if shown else ""
        yield (
            say("{told} (class {kind}){mark}", told=told, kind=word(items[0]["class"]), mark=mark),
            "warning" if shown else "plain",
        )
