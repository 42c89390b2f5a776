# SPDX-License-Identifier: Apache-2.0
"""What the mouse is told about what is under it: plain text, which Qt would else take for HTML."""

from html import escape

from PySide6.QtGui import Qt


def tip(text: str) -> str:
    """Return a text as a tool tip shows it, letter by letter, whoever wrote it."""
    return f"<p>{escape(text, quote=False)}</p>" if Qt.mightBeRichText(text) else text
