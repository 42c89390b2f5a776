# SPDX-License-Identifier: Apache-2.0
"""A new log after an alarm."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LogRenewed(Event):
    """The first entry of a log that follows another."""

    TYPE = "log.renewed"
    renewal: bytes
    from_: Object
    to: Object
    anchors: tuple[str, ...]
    found: Object | None
    alarm: tuple[str, ...]
    policy: bytes
    policy_number: int
    state: bytes
    ended: tuple[str, ...]
    credentials: int
    debts: int
    signed: tuple[str, ...]
    document: Object | None = commitment(member="renewal")
    text: str | None = commitment()
