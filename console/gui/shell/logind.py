# SPDX-License-Identifier: Apache-2.0
"""What the system tells of the person in front of it: it goes to sleep, the lid is shut, the session is to be locked.

logind's D-Bus interface (org.freedesktop.login1, man 5), over a unix socket. While the station is unlocked a delay
inhibitor is held: the sleep waits for the lock, up to five seconds. Without logind the window sees a sleep afterwards,
by the clocks, and a lid not at all.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import cast

from PySide6.QtCore import SLOT, QObject, QTimer, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant

from console.language import say

SERVICE, PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
MANAGER, SESSION, PROPERTIES = f"{SERVICE}.Manager", f"{SERVICE}.Session", "org.freedesktop.DBus.Properties"
LID_MS = 2000
_numbers = count()


class Logind(QObject):
    """Calls ``lock`` with the reason; ``address`` is that of another bus than the system's."""

    def __init__(self, parent: QObject, lock: Callable[[str], None], address: str = "") -> None:
        super().__init__(parent)
        self._lock = lock
        self._held: object = None
        self._is_wanted = False
        # A connection of its own: Qt's common one outlives every window.
        name = f"breakglass-logind-{next(_numbers)}"
        system = QDBusConnection.BusType.SystemBus
        self._bus = (
            QDBusConnection.connectToBus(address, name) if address else QDBusConnection.connectToBus(system, name)
        )
        self._calls: set[QDBusPendingCallWatcher] = set()
        self._lid = QTimer(self)
        self._lid.timeout.connect(self._ask_lid)
        if self._bus.isConnected():
            self._listen()

    def hold(self) -> None:
        """The station is unlocked: let a sleep wait for the lock, and look at the lid."""
        self._is_wanted = True
        if self._bus.isConnected() and self._held is None:
            what = ["sleep:shutdown", "Break-Glass Console", say("It locks the station first"), "delay"]
            self._call(MANAGER, "Inhibit", what, self._keep)
            self._lid.start(LID_MS)
            self._ask_lid()

    def release(self) -> None:
        """The station is locked: let the machine sleep."""
        self._lid.stop()
        # The descriptor is closed with the last that holds it, and with it the inhibitor ends.
        self._is_wanted, self._held = False, None

    def _listen(self) -> None:
        told: Sequence[tuple[str, str, str, str]] = (
            (PATH, MANAGER, "PrepareForSleep", "_sleeps(bool)"),
            (PATH, MANAGER, "PrepareForShutdown", "_sleeps(bool)"),
            ("", SESSION, "Lock", "_told_to_lock()"),
            (PATH, PROPERTIES, "PropertiesChanged", "_ask_lid()"),
        )
        for path, interface, signal, slot in told:
            # A text, as SLOT returns it, and not the bytes that its types ask for.
            self._bus.connect(SERVICE, path, interface, signal, self, cast(bytes, SLOT(slot)))

    @Slot(bool)
    def _sleeps(self, begins: bool) -> None:  # noqa: FBT001 - logind's own argument
        if begins:
            self._lock(say("Locked because this computer goes to sleep."))

    @Slot()
    def _told_to_lock(self) -> None:
        self._lock(say("Locked with the session of this computer."))

    @Slot()
    def _ask_lid(self) -> None:
        self._call(PROPERTIES, "Get", [MANAGER, "LidClosed"], self._lid_is)

    def _lid_is(self, value: object) -> None:
        if isinstance(value, QDBusVariant) and value.variant() is True:
            self._lock(say("Locked because the lid was shut."))

    def _keep(self, inhibitor: object) -> None:
        # The answer may come after the lock.
        self._held = inhibitor if self._is_wanted else None

    def _call(self, interface: str, method: str, arguments: Sequence[str], done: Callable[[object], None]) -> None:
        """Ask logind something, and call ``done`` with what it answers; an error answers nothing."""
        message = QDBusMessage.createMethodCall(SERVICE, PATH, interface, method)
        message.setArguments(list(arguments))
        call = QDBusPendingCallWatcher(self._bus.asyncCall(message), self)
        self._calls.add(call)

        def over() -> None:
            self._calls.discard(call)
            answer = call.reply()
            if answer.type() == QDBusMessage.MessageType.ReplyMessage and answer.arguments():
                done(answer.arguments()[0])
            call.deleteLater()

        call.finished.connect(over)
