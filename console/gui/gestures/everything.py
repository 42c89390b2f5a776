# SPDX-License-Identifier: Apache-2.0
"""The gesture by which somebody finds what they want to do, whatever page it is on."""

from functools import partial

from PySide6.QtCore import QObject

from console.gui.catalogue import DEEDS
from console.gui.screens.everything import EverythingScreen
from console.gui.window import Window
from console.language import say


class EverythingGestures(QObject):
    """Joins the page of all actions to the window: by a button under the rail, and by Control K."""

    def __init__(self, window: Window, screen: EverythingScreen) -> None:
        super().__init__()
        self._window, self._screen = window, screen
        go = partial(window.choose, "everything")
        window.rail.add_below(say("All actions"), go, name=say("All actions, Control K"))
        window.shortcut("Ctrl+K", go)
        window.page_chosen.connect(self._chosen)
        screen.chosen.connect(window.choose)

    def _chosen(self, name: str) -> None:
        if name == "everything":
            self._screen.offer([deed for deed in DEEDS if self._window.is_allowed(deed.page)])
