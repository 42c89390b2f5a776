# SPDX-License-Identifier: Apache-2.0
"""The request: the fields of ``request.toml`` in one column; nothing entered is lost when something is wrong."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from console.gui import form
from console.gui.form import Field, Items, Ticks
from console.gui.phrases import CATEGORIES, KINDS, PRIVILEGES
from console.gui.snapshot import Snapshot, View
from console.gui.widgets import Page, PlainLabel, button, card, row

MINUTES_AT_FIRST, RELEASES_AT_FIRST = 60, 4
RELEASES_HINT = "How often a secret may be shown, in all."
MISSING = "it is missing or empty."


class RequestScreen(Page):
    """Shows the form; reports a request that somebody files."""

    file_asked = Signal(object, bool)
    """The fields as ``request.toml`` has them, and whether the requester's own token signs."""

    def __init__(self) -> None:
        super().__init__("Request break-glass access")
        self.readable()
        self._fields: dict[str, Field] = {}
        self._signs = QCheckBox("The requester signs with their own token (their PIN is asked)")
        self._signs.setAccessibleName(self._signs.text())
        self._has_deadline = QCheckBox("A deadline is at risk")
        self._has_deadline.setAccessibleName("A deadline is at risk")
        self._build()
        self._place("deadline_at_risk").setEnabled(False)
        self._has_deadline.toggled.connect(self._place("deadline_at_risk").setEnabled)

    def present(self, snapshot: Snapshot) -> None:
        """Offer what this station knows: credentials, people, jurisdictions, limits."""
        bounds = snapshot.bounds
        cast(Items, self._place("items")).offer(
            [_offer(c) for c in snapshot.credentials if c["state"] != "burnt"]
        )
        cast(Ticks, self._place("jurisdictions")).offer(bounds.jurisdictions)
        cast(QSpinBox, self._place("minutes")).setMaximum(bounds.minutes)
        cast(QSpinBox, self._place("releases")).setMaximum(bounds.releases)
        cast(QLineEdit, self._place("matters")).setPlaceholderText(bounds.matter_pattern)
        people = [(person.id, f"{person.name} ({person.id})") for person in snapshot.people]
        requester = cast(QComboBox, self._place("requester"))
        is_first = not requester.count()
        form.fill(requester, people)
        form.fill(cast(QComboBox, self._place("checked_by")), people)
        if is_first:
            requester.setCurrentIndex(max(0, requester.findData(snapshot.unlocked_by)))

    def forget(self) -> None:
        """What was entered stays for whoever unlocks again: it is no secret, and typing it twice costs time."""

    def show_problems(self, what: str, now: str, problems: Sequence[tuple[str, str]]) -> None:
        """Show each (field, sentence) at its field and all of them at the top."""
        self._clear_problems()
        leads: list[tuple[str, Callable[[], None]]] = []
        for name, sentence in problems:
            for field in self._fields_of(name):
                told = sentence if name != "outage" or self._is_filled(field) else MISSING
                field.show_wrong(told)
                leads.append((f"{field.label}: {told}", self._leader(field)))
        self.say_problem(what, now, leads)

    def clear(self) -> None:
        """Empty what tells of one emergency, once the request is filed."""
        self._clear_problems()
        for name in ("incident", "matters", "place", "range", "system", "symptom", "how"):
            cast(QLineEdit, self._place(name)).clear()
        for name in ("reason", "harm_if_delayed", "alternatives_tried"):
            cast(QPlainTextEdit, self._place(name)).clear()
        self._has_deadline.setChecked(False)

    def values(self) -> dict[str, Any]:
        """Return the fields as ``request.toml`` has them."""
        said: dict[str, Any] = {name: self._line(name) for name in ("incident", "reason", "harm_if_delayed")}
        said |= {name: self._chosen(name) for name in ("category", "privilege", "requester")}
        said |= {name: cast(QSpinBox, self._place(name)).value() for name in ("minutes", "releases")}
        said["jurisdictions"] = cast(Ticks, self._place("jurisdictions")).values()
        said["matters"] = _parts(self._line("matters").replace(",", "\n"))
        said["items"] = cast(Items, self._place("items")).values()
        said["alternatives_tried"] = _parts(self._line("alternatives_tried"))
        said["outage"] = [self._outage()]
        if self._line("place") or self._line("range"):
            said["used_from"] = {"place": self._line("place"), "range": self._line("range")}
        if self._has_deadline.isChecked():
            said["deadline_at_risk"] = form.rfc3339(cast(QDateTimeEdit, self._place("deadline_at_risk")))
        return said

    # --- building -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._section("What has happened", self._happened())
        self._section("What is needed", self._needed(), self._deadline())
        self._section("What has failed", self._failed())
        self._section("Who asks", self._asking(), [self._signs])
        self.column.addLayout(row(button("File the request", self._file, weight="primary")))
        self.column.addStretch(1)

    def _section(self, title: str, *parts: Sequence[QWidget]) -> None:
        frame, column = card()
        column.addWidget(PlainLabel(title, role="heading"))
        for widgets in parts:
            for widget in widgets:
                column.addWidget(widget)
        self.column.addWidget(frame)

    def _happened(self) -> list[QWidget]:
        return [
            self._field("incident", "Incident number", form.line("INC-2026-0042")),
            self._field("category", "What is down", form.choice(list(CATEGORIES.items()))),
            self._field("reason", "Reason", form.text(), "Why the normal way does not work, in whole sentences."),
            self._field("harm_if_delayed", "Harm if it waits", form.text(), "What happens without access, and by when."),
            self._field("alternatives_tried", "What was tried instead", form.text(), "One attempt a line, with time."),
        ]  # fmt: skip

    def _needed(self) -> list[QWidget]:
        return [
            self._field("items", "Credentials", Items(), "Ask for as few as will do."),
            self._field("matters", "Matter numbers", form.line(), "Numbers only, never names; several with commas."),
            self._field("jurisdictions", "Jurisdictions", Ticks()),
            self._field("privilege", "Privilege", form.choice(list(PRIVILEGES.items()))),
            self._field("minutes", "Minutes open", form.number(1, 480, MINUTES_AT_FIRST)),
            self._field("releases", "Releases", form.number(1, 48, RELEASES_AT_FIRST), RELEASES_HINT),
            self._field("place", "Place of use (optional)", form.line("Hamburg, room 4.12")),
            self._field("range", "Network address range of use (optional)", form.line("198.51.100.0/24")),
        ]  # fmt: skip

    def _deadline(self) -> list[QWidget]:
        return [self._has_deadline, self._field("deadline_at_risk", "Deadline", form.moment(), "Local time.")]

    def _failed(self) -> list[QWidget]:
        return [
            self._field("system", "System", form.line("identity provider")),
            self._field("symptom", "What is seen", form.line("sign-in page times out")),
            self._field("first_seen", "First seen", form.moment(), "Local time."),
            self._field("checked_by", "Checked by", form.choice([])),
            self._field("how", "How it was checked", form.line("browser and phone, two networks")),
        ]

    def _asking(self) -> list[QWidget]:
        hint = "Whoever asks can not approve."
        return [self._field("requester", "Requester", form.choice([]), hint)]

    def _field(self, name: str, label: str, control: QWidget, hint: str = "") -> QWidget:
        self._fields[name] = Field(label, control, hint)
        return self._fields[name]

    # --- reading ------------------------------------------------------------------------------------------

    def _place(self, name: str) -> QWidget:
        return self._fields[name].control

    def _line(self, name: str) -> str:
        control = self._place(name)
        return (
            control.toPlainText() if isinstance(control, QPlainTextEdit) else cast(QLineEdit, control).text()
        ).strip()

    def _chosen(self, name: str) -> str:
        return str(cast(QComboBox, self._place(name)).currentData() or "")

    def _outage(self) -> Mapping[str, Any]:
        return {
            "system": self._line("system"), "symptom": self._line("symptom"),
            "first_seen": form.rfc3339(cast(QDateTimeEdit, self._place("first_seen"))),
            "checked_by": [self._chosen("checked_by")], "how": self._line("how"),
        }  # fmt: skip

    def _file(self) -> None:
        self.messages.clear()
        self._clear_problems()
        self.file_asked.emit(self.values(), self._signs.isChecked())

    def _fields_of(self, name: str) -> list[Field]:
        """Return the fields that a problem is about: of an outage those that are empty, else the first."""
        if name == "outage":
            empty = [part for part in ("system", "symptom", "how") if not self._line(part)]
            return [self._fields[part] for part in empty or ["system"]]
        return [self._fields[{"used_from": "place"}.get(name, name)]]

    def _is_filled(self, field: Field) -> bool:
        return isinstance(field.control, QLineEdit) and bool(field.control.text().strip())

    def _clear_problems(self) -> None:
        for field in self._fields.values():
            field.show_wrong("")

    def _leader(self, field: Field) -> Callable[[], None]:
        return lambda: self.reveal(field.control)


def _offer(credential: View) -> tuple[str, str, int | None]:
    kind, codes = str(credential["kind"]), cast(int | None, credential["codes_left"])
    told = f"{credential['name']} ({KINDS.get(kind, kind)}{f', {codes} left' if codes is not None else ''})"
    shown = " · was shown before, owes rotation" if credential["state"] == "exposed" else ""
    return str(credential["name"]), told + shown, codes


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.splitlines() if part.strip()]
