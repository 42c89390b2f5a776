# SPDX-License-Identifier: Apache-2.0
"""Where entries go when a disk is full."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecordingReserve(Event):
    """From here on the reserve takes the entries."""

    TYPE = "recording.reserve"
    why: str | None


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecordingDiskFull(Event):
    """The disk is full."""

    TYPE = "recording.disk_full"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecordingDiskRoom(Event):
    """It has room again."""

    TYPE = "recording.disk_room"
