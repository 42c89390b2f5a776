# SPDX-License-Identifier: Apache-2.0
"""What an open window keeps an eye on beside its work: the clock, the token of whoever unlocked, the quick lock."""

import os
from collections.abc import Sequence

from console.actions.console import Locked
from console.actions.policy import steps
from console.adapters.hsm import station as station_hsm
from console.adapters.hsm.presence import DevicePresence, FolderPresence
from console.adapters.machine import ClockWatch
from console.domain.policy.keyholder import TokenKeys
from console.settings import KeyholderSection, Settings
from console.wiring.tokens import address_of


def clock_watch() -> ClockWatch | None:
    """Return what tells at once that the wall clock was set; None where the kernel has no such thing.

    It only hurries: whoever writes, or opens the journal, compares the clocks anyway.
    """
    try:
        return ClockWatch()
    except OSError:
        return None


def cut_keeper(settings: Settings) -> None:
    """Lock at once, from any thread, whatever the keeper is doing."""
    station_hsm.cut(station_hsm.keeper_sockets(settings.folder, os.environ))


class TokenWatch:
    """The token of one person, wherever it may be: one that was replaced lately may be in either place."""

    def __init__(self, places: Sequence[FolderPresence | DevicePresence]) -> None:
        self._places = places

    def look(self) -> bool | None:
        """Return whether it is there; None while that is not known. Does not wait."""
        seen = [place.look() for place in self._places]
        return True if True in seen else None if None in seen else False

    def close(self) -> None:
        """Look no more."""
        for place in self._places:
            place.close()


def token_watch(locked: Locked, member: str) -> TokenWatch:
    """Return what looks whether a person's token is there. ``Refused``: unknown_member, keyholder_away."""
    known = steps.as_written(locked.vault).roster.member(member).token_keys
    return TokenWatch([_presence(locked.settings, section, known) for section in locked.settings.places(member)])


def _presence(settings: Settings, section: KeyholderSection, known: TokenKeys) -> FolderPresence | DevicePresence:
    address = address_of(settings, section)
    return FolderPresence(address) if address.folder else DevicePresence(address, known, os.environ)
