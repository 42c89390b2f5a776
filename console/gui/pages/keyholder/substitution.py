# SPDX-License-Identifier: Apache-2.0
"""The sheets that were typed stand in for a group whose people cannot act; somebody of another group witnesses it."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.gui.kit import form, sizes
from console.gui.kit.confirmation import Twice
from console.gui.kit.form import Field
from console.gui.kit.typed_text import once
from console.gui.kit.widgets import PlainLabel
from console.gui.phrases import STATES, group, short
from console.gui.snapshot import Snapshot
from console.language import say

BEFORE_OPENING = ("requested", "approved")
SPENT = say("They count once. Afterwards new sheets are needed, and what they opened is to be changed.")
READS = "legal"


class StandingIn(QFrame):
    """Reports for which request the sheets shall stand in, and who witnesses it."""

    use_asked = Signal(str, str, object, str)
    """Activation, witness, names of others who are there, the reason if these sheets were used before."""

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        once(self)
        self.setObjectName("card")
        self._complain = complain
        self._act, self._witness = form.choice([]), form.choice([])
        sizes.keep(self._act, mostWidth=640)
        self._present, self._again = form.line(say("several with ; between them")), form.line()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("In an emergency: sheets in place of tokens"), role="heading"))
        column.addWidget(PlainLabel(say("First type the sheets in, and choose there of which group they are.")))
        column.addWidget(PlainLabel(SPENT))
        column.addWidget(Field(say("Request"), self._act))
        column.addWidget(Field(say("Witness"), self._witness, say("Of another group, on their own token.")))
        column.addWidget(Field(say("Who else is here"), self._present))
        column.addWidget(Field(say("Reason, if these sheets were used before"), self._again))
        column.addWidget(Twice(say("Use these sheets"), say("Yes, use them: they are spent then"), self._ask))

    def present(self, snapshot: Snapshot) -> None:
        """Offer what waits, and who can witness."""
        waiting = [view for view in snapshot.live if view["state"] in BEFORE_OPENING]
        form.fill(
            self._act,
            [
                (
                    v["activation"],
                    f"{v['justification']['incident']} · {STATES[v['state']][0]} · {short(v['activation'])}",
                )
                for v in waiting
            ],
        )
        form.fill(self._witness, [(p.id, f"{p.name} ({group(p.role)})") for p in snapshot.keyholders()])

    def forget(self) -> None:
        """Name nobody: the station is locked, or somebody has left the page."""
        self._present.clear()
        self._again.clear()

    def _ask(self) -> None:
        if self._act.currentData() and self._witness.currentData():
            names = [name.strip() for name in self._present.text().split(";") if name.strip()]
            said = (str(self._act.currentData()), str(self._witness.currentData()))
            self.use_asked.emit(*said, names, self._again.text().strip())
        else:
            self._complain(say("No request or no witness is chosen."), say("Choose both, then use the sheets."))


class Admitting(QFrame):
    """Reports who shall read what Legal's sheets hold."""

    admit_asked = Signal(str, str)
    """Newcomer, and the reason if these sheets were used before."""

    def __init__(self, complain: Callable[[str, str], None]) -> None:
        super().__init__()
        once(self)
        self.setObjectName("card")
        self._complain = complain
        self._newcomer, self._again = form.choice([]), form.line()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addWidget(PlainLabel(say("When no reader of Legal is left: counsel's notes"), role="heading"))
        column.addWidget(PlainLabel(say("First type Legal's sheets in. They show nothing to anybody here.")))
        column.addWidget(Field(say("Newcomer who shall read"), self._newcomer, say("Already a member of Legal.")))
        column.addWidget(Field(say("Reason, if the sheets were used before"), self._again))
        column.addWidget(
            Twice(say("Admit by these sheets"), say("Yes, admit them: the sheets are spent then"), self._ask)
        )

    def present(self, snapshot: Snapshot) -> None:
        """Offer the people of Legal."""
        form.fill(self._newcomer, [(p.id, p.name) for p in snapshot.people if p.role == READS])

    def forget(self) -> None:
        """Keep no reason: the station is locked, or somebody has left the page."""
        self._again.clear()

    def _ask(self) -> None:
        if self._newcomer.currentData():
            self.admit_asked.emit(str(self._newcomer.currentData()), self._again.text().strip())
        else:
            self._complain(say("Nobody is chosen to be admitted."), say("Choose the newcomer."))
