# SPDX-License-Identifier: Apache-2.0
"""The pages of a PDF file as grey pixels: drawn by poppler's ``pdftoppm``, a child with bounds and without a disk.

A PDF from outside is hostile until shown otherwise. Its reader gets the file on its stdin, gives pages on its stdout,
and has no network, little memory, little time.
"""

import os
import re
import shutil
from collections.abc import Iterator

from console.adapters.child import Limits, drawn
from console.domain.errors import Refused, Unavailable
from console.domain.handoff.picture import Grey

BEGINS = b"%PDF-"
READER = "pdftoppm"
MAX_PDF_BYTES = 32 * 1024 * 1024
MAX_PAGES = 20
LONG_SIDE = 2480
"""Pixels: an A4 page at 212 dpi, on which twelve symbols of 300 bytes still have 7 pixels a module."""
LIMITS = Limits(seconds=30.0, memory=1024 * 1024 * 1024, output=(MAX_PAGES + 1) * (LONG_SIDE * LONG_SIDE + 64))
_HEAD = re.compile(rb"P5\s(\d{1,5})\s(\d{1,5})\s255\s")


def pages(document: bytes) -> Iterator[Grey]:
    """Yield the pages, at most 20 of them.

    Raises ``Unavailable``: pdf_reader_missing; ``Refused``: pdf_too_long, pdf_unreadable (by the reader, in the time).
    """
    if len(document) > MAX_PDF_BYTES:
        raise Refused("pdf_too_long", bytes=len(document), most=MAX_PDF_BYTES)
    reader = shutil.which(READER)
    if reader is None:
        raise Unavailable("pdf_reader_missing")
    # One page more than allowed is asked for, so that a longer file is noticed and not cut quietly.
    command = (reader, "-q", "-gray", "-l", str(MAX_PAGES + 1), "-scale-to", str(LONG_SIDE), "-")
    bitmaps = drawn(command, document, os.environ, LIMITS)
    if bitmaps is None:
        raise Refused("pdf_unreadable")
    yield from parse_pages(bitmaps)


def parse_pages(bitmaps: bytes) -> Iterator[Grey]:
    """Yield the pictures of joined PGM files (netpbm, "P5"); ``Refused``: pdf_unreadable, pdf_too_long."""
    at, found = 0, 0
    while at < len(bitmaps):
        head = _HEAD.match(bitmaps, at)
        if head is None:
            raise Refused("pdf_unreadable")
        width, height = int(head[1]), int(head[2])
        end = head.end() + width * height
        found += 1
        if not (0 < width <= LONG_SIDE and 0 < height <= LONG_SIDE) or end > len(bitmaps):
            raise Refused("pdf_unreadable")
        if found > MAX_PAGES:
            raise Refused("pdf_too_long", pages=found, most=MAX_PAGES)
        yield Grey(width, height, bitmaps[head.end() : end])
        at = end
    if not found:
        raise Refused("pdf_unreadable")
