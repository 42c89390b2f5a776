# SPDX-License-Identifier: Apache-2.0
"""What hand-overs need of the outside world: QR pictures drawn and read, and cameras to see them with."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from console.domain.handoff.picture import Grey


class Codes(Protocol):
    """QR pictures."""

    def render(self, text: str) -> bytes:
        """Return one QR symbol as PNG bytes (error correction M, quiet zone 4)."""

    def page(self, texts: Sequence[str]) -> bytes:
        """Return all these symbols side by side in one PNG picture."""

    def modules(self, text: str) -> list[list[bool]]:
        """Return the same symbol as rows of modules, True for dark, the quiet zone included."""

    def scan(self, picture: bytes) -> list[str]:
        """Return the texts of all symbols found in a PNG or JPEG picture, or in the pages of a PDF."""

    def see(self, picture: Grey) -> list[str]:
        """Return the texts of all symbols found in a picture."""

    def grey(self, picture: bytes) -> Grey:
        """Return the pixels of a PNG or JPEG picture."""


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
