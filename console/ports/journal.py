# SPDX-License-Identifier: Apache-2.0
"""The port for the append-only log, whole; who needs a part of it asks for that part."""

from typing import Protocol

from console.ports.entries import Entries
from console.ports.ledger import Ledger
from console.ports.maintenance import Maintenance
from console.ports.proofs import Proofs


class Journal(Entries, Ledger, Proofs, Maintenance, Protocol):
    """The append-only log."""
