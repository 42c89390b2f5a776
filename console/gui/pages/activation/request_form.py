# SPDX-License-Identifier: Apache-2.0
"""The fields of ``request.toml`` as a form: one column, in the order in which people tell it.

A request that is prepared in peacetime has the same form, without what only the hour can tell.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QLineEdit, QPlainTextEdit, QSpinBox, QVBoxLayout, QWidget

from console.domain.activation.justification import names_something
from console.gui.kit import form
from console.gui.kit.form import Field, Items, Lead, Ticks, TimeField
from console.gui.kit.tick import Tick
from console.gui.kit.widgets import PlainLabel, card
from console.gui.snapshot import Snapshot, View
from console.language import say
from console.sentences.kinds import KINDS
from console.sentences.terms import CATEGORIES, PRIVILEGES
from console.wording import PROBLEMS

MINUTES_AT_FIRST, RELEASES_AT_FIRST = 60, 4
ANSWERED = (
    "incident",
    "reason",
    "harm_if_delayed",
    "alternatives_tried",
    "items",
    "matters",
    "jurisdictions",
    "system",
    "symptom",
    "how",
)
"""What stands empty at first and must be said; all others have an answer from the beginning, or need none."""
OUTAGE = ("system", "symptom", "how")
ONLY_THE_HOUR = ("incident", "reason", "deadline_at_risk", "first_seen", "checked_by", "requester")
MISSING, NAMES_NOTHING = PROBLEMS["missing"], PROBLEMS["names_nothing"]
Fields = dict[str, Field]
T = TypeVar("T", bound=QWidget)


class RequestForm(QWidget):
    """Holds the fields by their names in the file."""

    changed = Signal()
    """Something that must be said was written, chosen or taken away, or what was wrong was changed."""

    def __init__(self, leaves_out: Sequence[str] = ()) -> None:
        super().__init__()
        self._fields: Fields = {}
        self._leaves_out = leaves_out
        self._unlocked_by = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(14)
        self._has_deadline = Tick(say("A deadline is at risk"))
        self._signs = Tick(say("The requester signs with their own token (their PIN is asked)"))
        self._section(say("What has happened"), _happened())
        self._section(say("What is needed"), _needed(), self._has_deadline)
        self._section(say("What has failed"), _failed())
        self._section(say("Who asks"), _asking(), self._signs)
        if "deadline_at_risk" in self._fields:
            deadline = self._control("deadline_at_risk", QDateTimeEdit)
            deadline.setEnabled(False)
            self._has_deadline.toggled.connect(deadline.setEnabled)
        for name in self._there(ANSWERED):
            form.on_change(self._fields[name].control, self.changed.emit)
        for field in self._fields.values():
            field.mended.connect(self.changed.emit)

    def offer(self, snapshot: Snapshot) -> None:
        """Offer what this station knows: credentials, people, jurisdictions, limits; what was entered stays."""
        bounds = snapshot.bounds
        rows = [_offer(row) for row in snapshot.credentials if row["state"] != "burnt"]
        self._control("items", Items).offer(rows)
        self._control("jurisdictions", Ticks).offer(bounds.jurisdictions)
        self._control("minutes", QSpinBox).setMaximum(bounds.minutes)
        self._control("releases", QSpinBox).setMaximum(bounds.releases)
        people = [(person.id, f"{person.name} ({person.id})") for person in snapshot.people]
        for name in self._there(("requester", "checked_by")):
            who = self._control(name, QComboBox)
            is_first = not who.count()
            form.fill(who, people)
            if is_first:
                _choose(who, snapshot.unlocked_by)
        self._unlocked_by = snapshot.unlocked_by

    def clear(self) -> None:
        """Leave nothing of what was said: every answer is as it was at first, given by whoever sits here."""
        self.clear_problems()
        for field in self._fields.values():
            if isinstance(field.control, QLineEdit | QPlainTextEdit | Items | Ticks):
                field.control.clear()
        for name in ("category", "privilege"):
            self._control(name, QComboBox).setCurrentIndex(0)
        for name in self._there(("requester", "checked_by")):
            _choose(self._control(name, QComboBox), self._unlocked_by)
        for name in self._there(("first_seen", "deadline_at_risk")):
            self._control(name, QDateTimeEdit).setDateTime(QDateTime.currentDateTime())
        self._control("minutes", QSpinBox).setValue(MINUTES_AT_FIRST)
        self._control("releases", QSpinBox).setValue(RELEASES_AT_FIRST)
        for tick in (self._has_deadline, self._signs):
            tick.setChecked(False)

    def values(self) -> dict[str, Any]:
        """Return the fields as ``request.toml`` has them."""
        texts = self._there(("incident", "reason", "harm_if_delayed"))
        said: dict[str, Any] = {name: self._typed(name) for name in texts}
        said |= {name: self._chosen(name) for name in self._there(("category", "privilege", "requester"))}
        said |= {name: self._control(name, QSpinBox).value() for name in ("minutes", "releases")}
        said["jurisdictions"] = self._control("jurisdictions", Ticks).values()
        said["matters"] = _parts(self._typed("matters").replace(",", "\n"))
        said["items"] = self._control("items", Items).values()
        said["alternatives_tried"] = _parts(self._typed("alternatives_tried"))
        said["outage"] = [self._outage()]
        if self._typed("place") or self._typed("range"):
            said["used_from"] = {"place": self._typed("place"), "range": self._typed("range")}
        if self._has_deadline.isChecked():
            said["deadline_at_risk"] = form.rfc3339(self._control("deadline_at_risk", QDateTimeEdit))
        return said

    @property
    def is_signed(self) -> bool:
        """Whether the requester's own token signs."""
        return self._signs.isChecked()

    def empty_fields(self) -> list[Field]:
        """Return what must be said and is not yet, in the order of the form."""
        return [self._fields[name] for name in self._there(ANSWERED) if _is_empty(self._fields[name].control)]

    def show_problems(self, problems: Sequence[tuple[str, str]], reveal: Callable[[QWidget], None]) -> list[Lead]:
        """Show each (field, sentence) at its field and no other; return what leads there."""
        self.clear_problems()
        leads: list[Lead] = []
        for name, sentence in problems:
            for field in self._fields_of(name):
                told = _of_outage(field.control, sentence) if name == "outage" else sentence
                field.show_wrong(told)
                leads.append((f"{field.label}: {told}", partial(reveal, field.control)))
        return leads

    def clear_problems(self) -> None:
        """Take what is wrong away from every field."""
        for field in self._fields.values():
            field.show_wrong("")

    def _fields_of(self, name: str) -> list[Field]:
        """Return the fields that a problem is about: of an outage those that say nothing, else the first."""
        empty = [part for part in OUTAGE if not names_something(self._typed(part))]
        parts = (empty or OUTAGE[:1]) if name == "outage" else [{"used_from": "place"}.get(name, name)]
        return [self._fields[part] for part in parts]

    def _there(self, names: Sequence[str]) -> Sequence[str]:
        return [name for name in names if name in self._fields]

    def _section(self, title: str, all_fields: Fields, tick: Tick | None = None) -> None:
        fields = {name: field for name, field in all_fields.items() if name not in self._leaves_out}
        if not fields:
            return
        frame, column = card()
        column.addWidget(PlainLabel(title, role="heading"))
        for name, field in fields.items():
            if name == "deadline_at_risk" and tick is not None:
                column.addWidget(tick)
            column.addWidget(field)
        if tick is self._signs:
            column.addWidget(tick)
        self._fields |= fields
        self._column.addWidget(frame)

    def _control(self, name: str, kind: type[T]) -> T:
        return cast(T, self._fields[name].control)

    def _typed(self, name: str) -> str:
        return _text_in(self._fields[name].control)

    def _chosen(self, name: str) -> str:
        return str(self._control(name, QComboBox).currentData() or "")

    def _outage(self) -> Mapping[str, Any]:
        told: dict[str, Any] = {name: self._typed(name) for name in OUTAGE}
        if "first_seen" in self._fields:
            told["first_seen"] = form.rfc3339(self._control("first_seen", QDateTimeEdit))
            told["checked_by"] = [self._chosen("checked_by")]
        return told


def _happened() -> Fields:
    return {
        "incident": Field(say("Incident number"), form.line(), form.example("INC-2026-0042")),
        "category": Field(say("What is down"), form.choice(list(CATEGORIES.items()))),
        "reason": Field(say("Reason"), form.text(), say("Why the normal way does not work, in whole sentences.")),
        "harm_if_delayed": Field(
            say("Harm if it waits"), form.text(), say("What happens without access, and by when.")
        ),
        "alternatives_tried": Field(
            say("What was tried instead"), form.text(), say("One attempt a line, with its time.")
        ),
    }


def _needed() -> Fields:
    how_often = say("How often a secret may be shown, in all.")
    return {
        "items": Field(say("Credentials"), Items(), say("Ask for as few as will do.")),
        "matters": Field(say("Matter numbers"), form.line(), say("Numbers only, never names; several with commas.")),
        "jurisdictions": Field(say("Jurisdictions"), Ticks()),
        "privilege": Field(say("Privilege"), form.choice(list(PRIVILEGES.items()))),
        "minutes": Field(say("Minutes open"), form.number(1, 480, MINUTES_AT_FIRST)),
        "releases": Field(say("Showings"), form.number(1, 48, RELEASES_AT_FIRST), how_often),
        "place": Field(say("Place of use (optional)"), form.line(), form.example(say("Hamburg, room 4.12"))),
        "range": Field(say("Network address range of use (optional)"), form.line(), form.example("198.51.100.0/24")),
        "deadline_at_risk": TimeField(say("Deadline"), say("Local time; it must still lie ahead.")),
    }


def _failed() -> Fields:
    return {
        "system": Field(say("System"), form.line(), form.example(say("identity provider"))),
        "symptom": Field(say("What is seen"), form.line(), form.example(say("sign-in page times out"))),
        "first_seen": TimeField(say("First seen")),
        "checked_by": Field(say("Checked by"), form.choice([])),
        "how": Field(say("How it was checked"), form.line(), form.example(say("browser and phone, two networks"))),
    }


def _asking() -> Fields:
    return {"requester": Field(say("Requester"), form.choice([]), say("Whoever asks can not approve."))}


def _text_in(control: QWidget) -> str:
    is_long = isinstance(control, QPlainTextEdit)
    text = cast(QPlainTextEdit, control).toPlainText() if is_long else cast(QLineEdit, control).text()
    return text.strip()


def _is_empty(control: QWidget) -> bool:
    return not (control.values() if isinstance(control, Items | Ticks) else _text_in(control))


def _of_outage(control: QWidget, sentence: str) -> str:
    """Return what is wrong with this part of an outage; ``sentence`` is about all of it."""
    if _is_empty(control):
        return MISSING
    return sentence if names_something(_text_in(control)) else NAMES_NOTHING


def _choose(who: QComboBox, member: str) -> None:
    # Whoever sits here, not whoever stands first in the list.
    who.setCurrentIndex(max(0, who.findData(member)))


def _offer(credential: View) -> tuple[str, str, int | None]:
    kind, codes = str(credential["kind"]), cast(int | None, credential["codes_left"])
    left = say(", {codes} left", codes=codes) if codes is not None else ""
    told = f"{credential['name']} ({KINDS.get(kind, kind)}{left})"
    shown = say(" · was shown before, must be changed") if credential["state"] == "exposed" else ""
    return str(credential["name"]), told + shown, codes


def _parts(text: str) -> Sequence[str]:
    return [part.strip() for part in text.splitlines() if part.strip()]
