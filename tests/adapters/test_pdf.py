# SPDX-License-Identifier: Apache-2.0
"""PDF files: every page is looked at; hostile ones cost little and are refused in words."""

import shutil
import time
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from console.adapters import child
from console.adapters.qr import QrCodes, pdf
from console.domain.errors import ConsoleError, Refused, Unavailable
from console.domain.handoff.frames import Collector, split

pytestmark = pytest.mark.skipif(shutil.which(pdf.READER) is None, reason="poppler-utils is not installed")
DATA = Random(3).randbytes(500)
TEXTS = split("errand", DATA)


def document(pages: Sequence[Image.Image], **said: float) -> bytes:
    """Return a PDF of these pages."""
    file = BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], **said)
    return file.getvalue()


def page(text: str) -> Image.Image:
    """Return an A4 page, scanned at 150 dpi a little askew, with a symbol on it."""
    paper = Image.new("L", (1240, 1754), 250)
    symbol = Image.open(BytesIO(QrCodes().render(text))).convert("L")
    paper.paste(symbol, (300, 500))
    return paper.rotate(2, Image.Resampling.BICUBIC, fillcolor=250)


def test_a_scanned_document_is_read_page_by_page() -> None:
    collector = Collector()
    for text in QrCodes().scan(document([page(text) for text in TEXTS], resolution=150)):
        collector.add(text)
    assert collector.data() == DATA


def written(body: str) -> bytes:
    """Return a PDF of one page whose content is ``body``, its table of objects left to the reader to mend."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        + body.encode()
        + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


HUGE = "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000000 9000000]>>endobj"
LOOP = (
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 900]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>endobj\n"
    "4 0 obj<</Length 5>>stream\n/A Do\nendstream endobj\n"
    "5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 900 900]/Resources<</XObject<</A 5 0 R/B 5 0 R>>>>/Length 12>>"
    "stream\n/A Do /B Do\nendstream endobj"
)
HOSTILE: Mapping[str, bytes] = {
    "head only": pdf.BEGINS,
    "noise": pdf.BEGINS + Random(1).randbytes(4000),
    "no page": written(""),
    "a page of 125 kilometres": written(HUGE),
    "a form within itself": written(LOOP),
    "cut": document([Image.new("L", (500, 500), 255)])[:900],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_words_or_in_nothing(name: str) -> None:
    try:
        assert QrCodes().scan(HOSTILE[name]) == []
    except ConsoleError as error:
        assert error.code in ("pdf_unreadable", "picture_unreadable")


def test_what_is_too_long_is_not_read_half() -> None:
    small = Image.new("L", (200, 20), 255)
    with pytest.raises(Refused, match="pdf_too_long"):
        QrCodes().scan(document([small] * (pdf.MAX_PAGES + 1)))
    with pytest.raises(Refused, match="pdf_too_long"):
        QrCodes().scan(pdf.BEGINS + bytes(pdf.MAX_PDF_BYTES))


def test_without_the_reader_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="pdf_reader_missing"):
        QrCodes().scan(HOSTILE["cut"])


def test_a_program_that_takes_too_much_is_ended() -> None:
    def drawn(command: str, **said: float) -> bytes | None:
        limits = {"seconds": 2.0, "memory": 2**28, "output": 2**20} | said
        return child.drawn(["sh", "-c", command], b"given", {"PATH": "/usr/bin:/bin"}, child.Limits(**limits))  # type: ignore[arg-type]

    assert drawn("cat") == b"given"
    assert drawn("cat; exit 3") is None
    assert drawn("cat; head -c 2000000 /dev/zero") is None
    assert drawn("cat >/dev/null; ulimit -v") == b"262144\n"
    begun = time.monotonic()
    assert drawn("sleep 60", seconds=0.2) is None
    assert time.monotonic() - begun < 5
