# SPDX-License-Identifier: Apache-2.0
"""The gesture by which somebody finds what they want to do, whatever page it is on."""

from PySide6.QtCore import QObject

from console.gui.catalogue import DEEDS
from console.gui.pages.overview.actions import EverythingScreen
from console.gui.shell.window import Window


class EverythingGestures(QObject):
    """Joins the page of all actions to the window."""

    def __init__(self, window: Window, screen: EverythingScreen) -> None:
        super().__init__()
        self._window, self._screen = window, screen
        window.page_chosen.connect(self._chosen)
        screen.chosen.connect(window.choose)

    def _chosen(self, name: str) -> None:
        if name == "everything":
            self._screen.offer([deed for deed in DEEDS if self._window.is_allowed(deed.page)])
