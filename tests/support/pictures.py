# SPDX-License-Identifier: Apache-2.0
"""Printed pages as somebody reads them: their text, their picture, their size."""

import re
import subprocess
from pathlib import Path

FONTS = Path(__file__).parents[2] / "resources" / "fonts"


def poppler(tool: str, page: bytes, *options: str) -> bytes:
    """Return what a Poppler tool makes of the page."""
    return subprocess.run([tool, *options], input=page, capture_output=True, check=True).stdout


def words(page: bytes) -> str:
    """Return the page's text with all white space made one blank."""
    return " ".join(poppler("pdftotext", page, "-layout", "-", "-").decode().split())


def letters(page: bytes) -> str:
    """Return the page's text without any white space."""
    return words(page).replace(" ", "")


def picture(page: bytes, dots_per_inch: int) -> bytes:
    """Return the page as a scanner would see it."""
    return poppler("pdftoppm", page, "-r", str(dots_per_inch), "-gray", "-singlefile", "-png", "-")


def is_one_page(page: bytes) -> bool:
    """Say whether this is one page of A4."""
    info = poppler("pdfinfo", page, "-").decode()
    return bool(re.search(r"Pages: +1\n", info) and "(A4)" in info)
