# SPDX-License-Identifier: Apache-2.0
"""The port for the cameras of this computer."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from console.domain.handoff.picture import Grey


class Camera(Protocol):
    """A camera that delivers."""

    def picture(self, limit_s: float) -> Grey | bytes | None:
        """Return the newest picture, a JPEG as its bytes; None if none came within the time.

        Raises ``Unavailable`` (camera_gone).
        """


class Cameras(Protocol):
    """The cameras of this computer."""

    def names(self) -> Sequence[tuple[str, str]]:
        """Return (device, what the camera calls itself)."""

    def camera(self, device: str) -> AbstractContextManager[Camera]:
        """Lend a camera; ``Unavailable``: camera_gone, camera_denied, camera_busy, camera_unsuited."""
