# SPDX-License-Identifier: Apache-2.0
"""What groups and the station are called, as the face's voice says it: nothing here knows its language."""

from console.domain import groups
from console.domain.policy.roster import STATION
from console.domain.text import Voice

THE_STATION = "the station"


def called(name: str, say: Voice) -> str:
    """Return what a group, or the station, is called; a firm's own groups keep their names."""
    if name == STATION:
        return say(THE_STATION)
    return say(groups.CALLED[name]) if name in groups.CALLED else groups.called(name)
