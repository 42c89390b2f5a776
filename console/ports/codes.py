# SPDX-License-Identifier: Apache-2.0
"""What hand-overs need of the outside world: QR pictures drawn and read, and cameras to see them with."""

from collections.abc import Sequence
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
