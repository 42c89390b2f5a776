# SPDX-License-Identifier: Apache-2.0
"""Once a minute the window tries to reach the network; the strip says that it cannot or, loudly, that it can."""

from PySide6.QtCore import QDateTime, QObject, QTimer

from console.confinement import is_network_shut
from console.gui.shell.window import Window
from console.language import say

EVERY_MS = 60_000


class NetworkProof(QObject):
    """One for the life of a window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._strip = window.strip
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.prove)
        self._timer.start(EVERY_MS)
        self.prove()

    def prove(self) -> None:
        """Try it now."""
        if is_network_shut():
            time = QDateTime.currentDateTime().toString("HH:mm")
            self._strip.show_network(say("Network off, proven {time}", time=time), is_off=True)
        else:
            self._strip.show_network(say("THE NETWORK IS NOT OFF: stop, and call IT"), is_off=False)
