# SPDX-License-Identifier: Apache-2.0
"""The status strip: what always holds, in words, signs and colours. It never scrolls; it wraps where it must."""

from PySide6.QtCore import QDateTime, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from console.gui.kit.flow import FlowLayout
from console.gui.kit.widgets import NaturalLabel, StateMark, announce, button, set_style
from console.language import say

CAPTURE = {
    "xcb": say("Other programs can record this screen."),
    "wayland": say("The desktop decides who may record this screen."),
}
"""Qt's platform -> what is true there. Qt has no way to forbid it, so the words say it instead."""


class Said(QWidget):
    """A sign and its words, which stay together; without words neither is seen."""

    def __init__(self, text: str = "", *, role: str = "") -> None:
        super().__init__()
        self._mark, self._label = StateMark(), NaturalLabel(text, role=role)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._label, 1)
        if not text:
            self.hide()

    def show_text(self, text: str, tone: str) -> None:
        """Show words with the sign of a tone; empty shows nothing."""
        self._label.show_text(text)
        self._mark.set_tone(tone)
        self.setVisible(bool(text))

    def set_role(self, role: str) -> None:
        """Say it louder (``heading``), or not."""
        set_style(self._label, "role", role)

    @property
    def text(self) -> str:
        """What is said now."""
        return self._label.text()


class Strip(QFrame):
    """Locked, sealed, open or frozen; who holds it; time left; what is owed; the network; the time; and the lock."""

    lock_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._state = Said(say("Starting"), role="heading")
        self._light, self._network, self._owed = Said(), Said(), Said()
        self._holder, self._session, self._proof = NaturalLabel(), NaturalLabel(), NaturalLabel()
        self._token = NaturalLabel()
        self._capture = NaturalLabel(CAPTURE.get(QGuiApplication.platformName(), ""))
        self._activity, self._time = NaturalLabel(), NaturalLabel()
        self.lock = button(say("Lock now"), self.lock_asked.emit, name=say("Lock now, Control L"))
        self.lock.setEnabled(False)
        self._lay_out()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._show_time)
        self._clock.start(1000)
        self._show_time()

    def _lay_out(self) -> None:
        flow = FlowLayout(self, gap=16, line_gap=2)
        flow.setContentsMargins(16, 6, 16, 6)
        flow.keep_corner(self.lock)
        for widget in (
            self._state,
            self._holder,
            self._token,
            self._session,
            self._owed,
            self._network,
            self._light,
            self._proof,
            self._time,
            self._capture,
            self._activity,
        ):
            flow.addWidget(widget)

    def show_state(self, text: str, tone: str, *, lockable: bool) -> None:
        """Say in one word how the station stands."""
        self._state.show_text(text, tone)
        self.lock.setEnabled(lockable)

    def show_holder(self, text: str) -> None:
        """Say who holds it: who has unlocked, or why it was locked."""
        self._holder.show_text(text)

    def show_token(self, text: str) -> None:
        """Say that the token of whoever unlocked is out, and that it did not lock."""
        self._token.show_text(text)

    def show_session(self, text: str) -> None:
        """Say what is open, for how long, and who agreed to it."""
        self._session.show_text(text)

    def show_owed(self, text: str) -> None:
        """Say what is owed."""
        self._owed.show_text(text, "warning")

    def show_network(self, text: str, *, is_off: bool) -> None:
        """Say whether the network is off, as the last attempt to use it has shown."""
        if not is_off and text != self._network.text:
            announce(self, text)
        self._network.set_role("" if is_off else "heading")
        self._network.show_text(text, "good" if is_off else "danger")

    def show_light(self, text: str, tone: str) -> None:
        """Say what takes the entries: the journal, the reserve, paper; nothing while that is not known."""
        self._light.show_text(text, tone)

    def show_proof(self, text: str) -> None:
        """Say how much of the journal is provable outside this room."""
        self._proof.show_text(text)

    def show_activity(self, text: str) -> None:
        """Say what the program is doing."""
        self._activity.show_text(f"{text} …" if text else "")

    def forget(self) -> None:
        """Say nothing of the station any more: it is locked."""
        for label in (self._holder, self._token, self._session, self._proof, self._activity):
            label.show_text("")
        for said in (self._owed, self._light):
            said.show_text("", "plain")

    def _show_time(self) -> None:
        now = QDateTime.currentDateTime()
        local = f"{now.toString('yyyy-MM-dd HH:mm')} {now.timeZoneAbbreviation()}"
        utc = f" ({now.toUTC().toString('HH:mm')} UTC)" if now.offsetFromUtc() else ""
        self._time.show_text(f"{local}{utc}")
