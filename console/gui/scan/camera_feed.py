# SPDX-License-Identifier: Apache-2.0
"""A camera that is being looked through: in a thread of its own, so that neither window nor worker waits for it.

The thread sees pictures and the texts of their codes, and nothing else of the program.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from console.domain.errors import ConsoleError, Refused
from console.domain.handoff.picture import Grey
from console.ports.cameras import Camera, Cameras
from console.ports.codes import Codes

LOOK_S = 0.3
CLOSING_S = 5.0


@dataclass(frozen=True)
class Sight:
    """What was seen since the last one: the newest picture, and the texts of all codes."""

    picture: Grey
    texts: tuple[str, ...]


class Eye(QObject):
    """Looks through one camera at a time."""

    saw = Signal(object)
    """A ``Sight``; the next one comes after ``ready`` was called."""
    failed = Signal(object)
    """A ``ConsoleError``: it looks no more."""
    _over = Signal(object, object)

    def __init__(self, cameras: Cameras, codes: Codes) -> None:
        super().__init__()
        self._cameras, self._codes = cameras, codes
        self._looking: _Looking | None = None
        self._newest: _Looking | None = None
        """It may still hold its camera, though nobody looks any more."""
        self._over.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def names(self) -> list[tuple[str, str]]:
        """Return (device, name) of the cameras there are."""
        return list(self._cameras.names())

    def look(self, device: str) -> None:
        """Look through this camera from now on."""
        self.stop()
        looking, before = _Looking(), self._newest
        self._looking = self._newest = looking
        threading.Thread(target=self._run, args=(looking, before, device), name="eye", daemon=True).start()

    def stop(self) -> None:
        """Look no more; the camera is given back in a moment."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.end.set()

    def ready(self) -> None:
        """Let the next sight come."""
        if self._looking is not None:
            self._looking.ready.set()

    def _deliver(self, looking: "_Looking", outcome: object) -> None:
        if looking is self._looking:
            (self.saw if isinstance(outcome, Sight) else self.failed).emit(outcome)

    # --- in the thread of the eye -----------------------------------------------------------------------------

    def _run(self, looking: "_Looking", before: "_Looking | None", device: str) -> None:
        try:
            if before is not None:
                # One camera can only be lent once.
                before.over.wait(CLOSING_S)
            with self._cameras.camera(device) as camera:
                self._report(looking, camera)
        except ConsoleError as error:
            self._over.emit(looking, error)
        finally:
            looking.over.set()

    def _report(self, looking: "_Looking", camera: Camera) -> None:
        texts: dict[str, None] = {}
        picture: Grey | None = None
        try:
            for picture in self._pictures(looking, camera):
                texts |= dict.fromkeys(self._codes.see(picture))
                if looking.ready.is_set():
                    looking.ready.clear()
                    self._over.emit(looking, Sight(picture, tuple(texts)))
                    texts = {}
        finally:
            # A camera that is pulled out takes nothing along that it has shown.
            if picture is not None and texts:
                self._over.emit(looking, Sight(picture, tuple(texts)))

    def _pictures(self, looking: "_Looking", camera: Camera) -> Iterator[Grey]:
        while not looking.end.is_set():
            came = camera.picture(LOOK_S)
            if isinstance(came, bytes):
                # One spoilt picture among many is no news.
                with suppress(Refused):
                    yield self._codes.grey(came)
            elif came is not None:
                yield came


class _Looking:
    """One look: whether it shall end, whether it has, and whether the window has shown the last sight."""

    def __init__(self) -> None:
        self.end, self.over, self.ready = threading.Event(), threading.Event(), threading.Event()
        self.ready.set()
