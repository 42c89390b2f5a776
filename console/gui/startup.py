# SPDX-License-Identifier: Apache-2.0
"""How the window starts with little: what Python and PySide would do beside, and nobody needs, is switched off."""

import builtins
import gc

import PySide6.QtCore  # noqa: F401 - it is what wraps every import


def start_lean() -> None:
    """Call this before the rest of the window is loaded."""
    # Nothing that was made by then goes away again: looking for it costs 8 ms. Later ``collecting`` does.
    gc.disable()
    # PySide looks into the source of each module that is imported after it, for its own name, and keeps what it has
    # read: 6 MB. It wants to know who writes Qt's names with underscores (``__feature__``). Nobody here does.
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
