# SPDX-License-Identifier: Apache-2.0
"""A founding that was cut is taken up again: nobody has to delete anything by hand."""

from pathlib import Path

import pytest

from console.actions.station import lifecycle as station_actions
from console.demo.station import KnownPins
from console.domain.errors import Cancelled
from console.settings import FILE_NAME, read
from console.wiring.station import Station
from tests.support.stations import make_station

pytestmark = [pytest.mark.real, pytest.mark.long]


class Leaving(KnownPins):
    """Somebody who goes away when the third person is asked for a PIN."""

    def pin(self, member: str) -> bytearray:
        """Return a PIN, or cancel."""
        if member == "it-1":
            raise Cancelled
        return super().pin(member)


def test_a_cut_founding_is_taken_up_again(tmp_path: Path) -> None:
    _, pins = make_station(tmp_path / "known")
    home = tmp_path / "new" / "station"
    home.mkdir(parents=True)
    (tmp_path / "new" / "mirror").mkdir()
    (tmp_path / "new" / "tokens").mkdir()
    (home / FILE_NAME).write_bytes((tmp_path / "known" / "station" / FILE_NAME).read_bytes())
    first = Station(read(home), Leaving(pins))
    with pytest.raises(Cancelled):
        station_actions.found(first.locked)
    first.close()
    second = Station(read(home), KnownPins(pins))
    founded = station_actions.found(second.locked)
    for member in ("legal-1", "legal-2", "it-1", "it-2"):
        founded = station_actions.sign_genesis(second.locked, member)
    assert founded["unsigned"] == []
    second.unlock("legal-1")
    with second.console() as console:
        assert console.journal.verify(deep=True)["ok"] is True
    station_actions.lock(second.locked)
    second.close()
