# SPDX-License-Identifier: Apache-2.0
"""The reserve that takes entries while the log cannot."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SpoolMerged(Event):
    """An entry taken over from the reserve; its members are those of the record in it."""

    TYPE = "spool.merged"
    spool: str
    n: int
    record: bytes
    sig: bytes


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SpoolSettled(Event):
    """The whole reserve is in the log."""

    TYPE = "spool.settled"
    spool: str
    count: int
    head: bytes
    anchor: bytes
