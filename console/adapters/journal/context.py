# SPDX-License-Identifier: Apache-2.0
"""What the journal needs of the station around it; ``console.wiring.station`` fills it from the other adapters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.domain.canonical import Object
from console.domain.entries.entry import Reading
from console.domain.journal.checkpoint import VerifierKey
from console.domain.journal.cosignature import Witness

RETIRED = "log_retired"
"""Why nothing is written to a log that another one follows: no fault of the log."""


OpenSealed = Callable[[Sequence[bytes]], Sequence[bytes]]
"""Opens sealed records with the HSM; ``Corrupt`` (seal_broken) when one of them was changed."""


class OpeningKey(Protocol):
    """Finds the opening key of a scope."""

    def __call__(self, scope: str, *, create: bool) -> bytes | None:
        """Return 32 bytes or None; with ``create`` the key is made, and durable before it is returned."""


@dataclass(frozen=True)
class Reserve:
    """Where entries go that the log cannot take: a file on the second medium, whose head the HSM holds."""

    heads: Callable[[], list[bytes]]
    """The signed heads that the HSM holds, oldest first."""
    set_head: Callable[[bytes], None]
    """Make the HSM hold this head and no other; ``b""``: none."""
    seal: Callable[[bytes], bytes]
    open: OpenSealed
    name: str = "journal.spool"
    """The file in the mirror folder; each log has its own."""


@dataclass(frozen=True)
class Context:
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
    reserve: Reserve
    slept: Callable[[], int] = int
    """How many nanoseconds this machine was suspended since its boot; 0 where it never is."""
    outside: Callable[[], list[bytes]] = list
    """The notes that came back from outside and contradicted the journal then."""
    anchors_hold: bool = False
    """The HSM is measured to keep an anchor through a power cut and a restored folder."""
    mirror_name: str = "journal.mirror"
    """The log's file in the mirror folder: each log has its own, and that of an older log is never written again."""
    before: tuple[Object, ...] = ()
    """Every alarm after which a new log began, oldest first: {log, alarm, renewal}. It stays for ever."""
    renewal: bytes | None = None
    """The hash of the renewal that the first entry of this log must name; None for the log of the founding."""
    witnesses: tuple[Witness, ...] = ()
    """Whose cosignatures count, as people signed it, and how many of them are needed."""
    witness_quorum: int = 0
    erased_later: frozenset[str] = frozenset()
    """The scopes that a newer log says were erased; only a log that another one follows needs them."""
    barred: str | None = None
    """Why this log is never written again, known before it is opened: ``log_retired``, ``hsm_replaced``."""
