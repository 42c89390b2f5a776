# SPDX-License-Identifier: Apache-2.0
"""Printed pages by reportlab: monochrome A4, bundled fonts embedded, same bytes for same content."""

from pathlib import Path

from console.domain.canonical import Object


class PaperPages:
    """The port ``Paper``. Nothing is written to a file: where a page may lie is the caller's decision."""

    def __init__(self, fonts: Path) -> None:
        """``fonts`` is the folder with the bundled typefaces."""
        self._fonts = fonts

    def incident_summary(self, content: Object) -> bytes:
        """Return the one-page summary as PDF; the keys of ``content`` stand in ``console.adapters.paper.summary``.

        Raises ``Misused``: paper_content; ``Refused``: paper_too_long; ``Unavailable``: fonts_missing.
        """
        from console.adapters.paper import summary, typeset

        typeset.load_faces(self._fonts)
        return summary.page(content)
