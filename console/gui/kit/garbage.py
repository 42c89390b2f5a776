# SPDX-License-Identifier: Apache-2.0
"""Python's garbage is collected by the window's thread alone, between two events: anywhere else it kills the process.

Widgets and the functions that they call hold each other. Python ends such circles in whichever thread happens to
allocate next, and in the middle of what Qt is doing: it takes a widget away that another thread, or the caller, is
just painting (docs/decisions/0036).
"""

import gc

from PySide6.QtCore import QObject, QTimer

TICK_MS = 1000


class Collector(QObject):
    """From now on garbage is only collected here: once a second, if there may be any; not what there was until then."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(_look)
        self._timer.start(TICK_MS)


def _look() -> None:
    if not gc.get_freeze_count():
        # What a window is made of stays as long as it: going through all of it takes 60 ms, each time.
        gc.freeze()
    else:
        collect_due()


def collect_due() -> None:
    """Collect the oldest generation whose count is above its limit, by the ``gc`` module's own counts and limits."""
    for generation, (count, limit) in reversed([*enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))]):
        if count > limit:
            gc.collect(generation)
            return
