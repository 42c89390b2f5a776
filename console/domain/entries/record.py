# SPDX-License-Identifier: Apache-2.0
"""What people write down of facts."""

from dataclasses import dataclass

from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecordAdded(Event):
    """A note of facts."""

    TYPE = "record.added"
    kind: str
    title: str | None = commitment()
    text: str | None = commitment()
    matter: str | None = commitment(null=True)
