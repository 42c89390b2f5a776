# SPDX-License-Identifier: Apache-2.0
"""What the journal needs of the station around it; ``console.wiring`` fills it from the other adapters."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.domain.checkpoint import VerifierKey
from console.domain.journal import Reading


class OpeningKey(Protocol):
    """Finds the opening key of a scope."""

    def __call__(self, scope: str, *, create: bool) -> bytes | None:
        """Return 32 bytes or None; with ``create`` the key is made, and durable before it is returned."""


@dataclass(frozen=True)
class Needs:
    """The log's identity, and the devices it may call."""

    log: str
    """The checkpoint origin, ``<organisation>/<station>/log-<n>``; also the name the log key signs under."""
    mode: str
    key: VerifierKey
    signer: Callable[[bytes], bytes]
    """Sign a note text with the log key: 64 raw bytes."""
    anchors: Callable[[], list[bytes]]
    """The anchored checkpoints, oldest first."""
    set_anchor: Callable[[bytes], None]
    opening_key: OpeningKey
    reading: Callable[[], Reading]
    random: Callable[[int], bytes]
    mirror: Path
    """A folder on the second medium. It is never made here: a missing medium must not look like an empty one."""
    seal_to_mirror: Callable[[bytes], bytes]
    anchors_hold: bool = False
    """The HSM is measured to keep an anchor through a power cut and a restored folder."""
