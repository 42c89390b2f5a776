# SPDX-License-Identifier: Apache-2.0
"""The station itself: founded, unlocked, copied, moved to another HSM, under alarm."""

from dataclasses import dataclass

from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationFounded(Event):
    """The first entry of a first log."""

    TYPE = "station.founded"
    vault: str
    genesis: bytes
    words: str
    roster: bytes
    rules: bytes


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationUnlocked(Event):
    """Somebody unlocked the station with their token."""

    TYPE = "station.unlocked"
    sitting: str | None = None
    """open: until it is locked; one_command: for one command of the command line. Old logs do not say."""
    sitting_before: str | None = None
    """How the sitting before ended: locked, cut, unknown."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationLocked(Event):
    """The sitting ended by being locked."""

    TYPE = "station.locked"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class BeforeUnlockEvent(Event):
    """What happened while the log was locked or barred: kept outside it, and written down at the next unlock."""

    why: str
    at: str | None
    """RFC 3339, of the station's clock; None where the note was damaged."""
    chain: str
    """whole, or broken where notes before it are missing or changed."""
    n: int
    member: str | None = commitment()
    boot: str | None = commitment()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationUnlockRefused(BeforeUnlockEvent):
    """A PIN was refused while the station was locked."""

    TYPE = "station.unlock_refused"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationUnlockedUnderAlarm(BeforeUnlockEvent):
    """Somebody unlocked while the alarm stood; a new log says so."""

    TYPE = "station.unlocked_under_alarm"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationRollbackDrilled(Event):
    """What was measured of an HSM whose old files are put back."""

    TYPE = "station.rollback_drilled"
    module: str
    destroys: str
    """yes, no or unproven: a destroyed key stays destroyed."""
    anchors: str
    """yes, no or unproven: the anchor of the log stays."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationGrabCardPrinted(Event):
    """The card to grab was printed."""

    TYPE = "station.grab_card_printed"
    content: bytes | None = commitment()
    """SHA-256 of what it says."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationHsmLeaving(Event):
    """The present HSM was read out for the one that takes over."""

    TYPE = "station.hsm_leaving"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationBackedUp(Event):
    """A backup is about to be written."""

    TYPE = "station.backed_up"
    files: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationBackupDone(Event):
    """A backup was written whole."""

    TYPE = "station.backup_done"
    files: int


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationStatusTold(Event):
    """The state of the station was told to somebody who reads along."""

    TYPE = "station.status_told"
    to: str
    """Their pseudonym."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StationAlarm(Event):
    """The alarm that ended the log before this one."""

    TYPE = "station.alarm"
    alarm: tuple[str, ...]
    log: str
    """The origin of that log."""
