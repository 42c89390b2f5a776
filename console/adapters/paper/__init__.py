# SPDX-License-Identifier: Apache-2.0
"""Printed pages by reportlab: monochrome A4, bundled fonts embedded, same bytes for same content and language.

What ``content`` tells (``domain.told``) is said in the language of the face; every other text stands as it is.
"""

from pathlib import Path
from typing import cast

from console.domain.canonical import Object
from console.domain.text import Voice, as_written, in_words


class PaperPages:
    """The port ``Paper``. Nothing is written to a file: where a page may lie is the caller's decision."""

    def __init__(self, fonts: Path, say: Voice = as_written) -> None:
        """``fonts`` is the folder with the bundled typefaces; ``say`` says texts in the language of the face."""
        self._fonts, self._say = fonts, say

    def incident_summary(self, content: Object) -> bytes:
        """Return the one-page summary as PDF; the keys of ``content`` stand in ``console.adapters.paper.summary``.

        Raises ``Misused``: paper_content; ``Refused``: paper_too_long; ``Unavailable``: fonts_missing.
        """
        from console.adapters.paper import layout, summary

        layout.load_faces(self._fonts)
        return summary.page(self._in_words(content), self._say)

    def custody_register(self, content: Object) -> bytes:
        """Return the register as PDF; the keys of ``content`` stand in ``console.adapters.paper.custody``.

        Raises ``Misused``: paper_content; ``Unavailable``: fonts_missing.
        """
        from console.adapters.paper import custody, layout

        layout.load_faces(self._fonts)
        return custody.pages(self._in_words(content), self._say)

    def founding_certificate(self, content: Object) -> bytes:
        """Return the certificate as PDF; the keys of ``content`` stand in ``console.adapters.paper.founding``.

        Raises ``Misused``: paper_content; ``Unavailable``: fonts_missing.
        """
        from console.adapters.paper import founding, layout

        layout.load_faces(self._fonts)
        return founding.pages(self._in_words(content), self._say)

    def grab_card(self, content: Object) -> bytes:
        """Return the card as PDF; the keys of ``content`` stand in ``console.adapters.paper.grab_card``.

        Raises ``Misused``: paper_content; ``Refused``: paper_too_long; ``Unavailable``: fonts_missing.
        """
        from console.adapters.paper import grab_card, layout

        layout.load_faces(self._fonts)
        return grab_card.page(content, self._say)

    def blank_forms(self, content: Object) -> bytes:
        """Return the forms as PDF, a page each; the keys of ``content`` stand in ``console.adapters.paper.forms``.

        Raises ``Misused``: paper_content; ``Unavailable``: fonts_missing.
        """
        from console.adapters.paper import forms, layout

        layout.load_faces(self._fonts)
        return forms.pages(content, self._say)

    def recovery_sheet(self, content: Object) -> bytes:
        """Return one sheet as PDF; the keys of ``content`` stand in ``console.adapters.paper.sheets``.

        Raises ``Misused``: paper_content; ``Unavailable``: fonts_missing.
        """
        from console.adapters.paper import layout, sheets

        layout.load_faces(self._fonts)
        return sheets.page(content, self._say)

    def _in_words(self, content: Object) -> Object:
        return cast(Object, in_words(content, self._say))
