# SPDX-License-Identifier: Apache-2.0
"""The journal's outside: SQLCipher file, journal thread, mirror, export, lease."""

from console.adapters.journal.journal import Journal, create, open_journal
from console.adapters.journal.lease import lease
from console.adapters.journal.needs import Needs

__all__ = ["Journal", "Needs", "create", "lease", "open_journal"]
