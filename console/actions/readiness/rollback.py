# SPDX-License-Identifier: Apache-2.0
"""What a rollback drill has measured: whether the security module keeps what was destroyed, and what was replaced."""

from collections.abc import Mapping

from console.actions.console import Console
from console.actions.entries import unlocked_person, write
from console.domain.canonical import Object
from console.domain.entries.entry import Entry
from console.domain.entries.station import StationRollbackDrilled

ROLLBACK_DRILL = "station.rollback_drilled"
UNPROVEN = "unproven"
ANSWERS = ("yes", "no", UNPROVEN)


def note_rollback(console: Console, measured: Mapping[str, str]) -> Object:
    """Journal what a rollback drill has measured: ``destroys`` and ``anchors``, each yes, no or unproven."""
    said = StationRollbackDrilled(module=_module(console), destroys=measured["destroys"], anchors=measured["anchors"])
    write(console, said, unlocked_person(console), critical=True)
    return said.body()


def newest(console: Console) -> Entry | None:
    """Return the newest measurement of this module, or None."""
    found = next(console.journal.entries(type_=ROLLBACK_DRILL, newest_first=True, limit=1), None)
    return found if found is not None and found.body["module"] == _module(console) else None


def destroys(console: Console) -> str:
    """Return whether what the module destroyed stays destroyed when its old files are put back: yes, no, unproven."""
    found = newest(console)
    return UNPROVEN if found is None else str(found.body["destroys"])


def _module(console: Console) -> str:
    return console.settings.hsm.module.rpartition("/")[2]
