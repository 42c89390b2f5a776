# SPDX-License-Identifier: Apache-2.0
"""A picture as grey pixels, and what a camera delivers turned into one. Nothing here looks for codes."""

from dataclasses import dataclass

from console.domain.errors import Refused

MIN_SIDE, MAX_SIDE = 64, 4096
GREY, YUYV, JPEG = "GREY", "YUYV", "MJPG"
"""How cameras deliver pictures, by their Video4Linux names: grey bytes; grey and colour by turns; a JPEG each."""
_BYTES_PER_PIXEL = {GREY: 1, YUYV: 2}


@dataclass(frozen=True)
class Grey:
    """One byte a pixel, row by row, black is 0."""

    width: int
    height: int
    pixels: bytes


def read_raw(data: bytes, form: str, width: int, height: int, stride: int) -> Grey:
    """Return a picture of plain bytes; ``form`` is GREY or YUYV, ``stride`` the bytes from row to row.

    Raises ``Refused`` (picture_unreadable): a size that no camera has, or fewer bytes than that takes.
    """
    step = _BYTES_PER_PIXEL[form]
    row = width * step
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE) or stride < row:
        raise Refused("picture_unreadable")
    if len(data) < stride * (height - 1) + row:
        raise Refused("picture_unreadable")
    if stride != row:
        data = b"".join(data[at : at + row] for at in range(0, stride * height, stride))
    return Grey(width, height, data[: row * height : step])
