# SPDX-License-Identifier: Apache-2.0
"""The window."""

import builtins

import PySide6.QtCore  # noqa: F401 - it is what wraps every import

# PySide looks into the source of each module that is imported after it, for its name, and keeps what it read: 6 MB. It
# wants to know whether a module writes Qt's names with underscores (``__feature__``). None of ours does.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
