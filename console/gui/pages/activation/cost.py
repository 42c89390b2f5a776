# SPDX-License-Identifier: Apache-2.0
"""What opening will cost, in words, before anybody is woken: who is needed, how to reach them, what it will owe."""

from collections.abc import Iterator

from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit.widgets import PlainLabel, clear_layout
from console.gui.phrases import group, listed
from console.gui.snapshot import View
from console.language import say
from console.sentences.readiness import COST_WARNINGS


class CostCard(QFrame):
    """Shows the cost of a request; hidden until somebody asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(18, 14, 18, 14)
        self.hide()

    def present(self, value: View) -> None:
        """Show this cost."""
        clear_layout(self._lines)
        self._lines.addWidget(PlainLabel(say("What opening will cost"), role="heading"))
        for text, role in _lines(value):
            self._lines.addWidget(PlainLabel(text, role=role))
        for warning in value["warnings"]:
            label = PlainLabel(f"▲  {_warning(warning)}")
            label.set_tone("warning")
            self._lines.addWidget(label)
        self.show()

    def forget(self) -> None:
        """Show nothing."""
        clear_layout(self._lines)
        self.hide()


def _lines(value: View) -> Iterator[tuple[str, str]]:
    for needed in value["needed"]:
        elsewhere = say(", on consoles of their own only") if needed["own_console_only"] else ""
        yield (
            say(
                "{group}: {needed} of these{elsewhere}",
                group=group(needed["group"]),
                needed=needed["needed"],
                elsewhere=elsewhere,
            ),
            "field",
        )
        for person in needed["people"]:
            reach = listed([text for text in (person["phone"], person["mail"], person["reach"]) if text])
            away = say(", away") if person["away"] else ""
            yield f"{person['name']}{away}: {reach or say('no way to reach them is written down')}", ""
    past = value["past_minutes"]
    took = (
        say("Nothing was opened here yet") if past is None else say("Until now it took about {past} minutes", past=past)
    )
    yield (
        say("{took}. A request waits for {valid_minutes} minutes.", took=took, valid_minutes=value["valid_minutes"]),
        "",
    )
    owed = listed([row["credential"] for row in value["owes"]])
    yield say("To be changed afterwards: {owed}", owed=owed or say("nothing")), ""


def _warning(row: View) -> str:
    facts = {name: group(text) if name == "group" else text for name, text in row.items()}
    return COST_WARNINGS[row["code"]].format_map(facts)
