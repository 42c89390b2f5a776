# SPDX-License-Identifier: Apache-2.0
"""``breakglass demo``: a station to try things on, or the whole emergency told in the terminal."""

import sys
from pathlib import Path

from console.actions.station import lifecycle
from console.demo import walkthrough
from console.demo.station import KnownPins, found_station, seal_samples
from console.domain.errors import Refused
from console.language import say
from console.settings import Settings
from console.wiring.station import Station


def run(folder: Path, *, headless: bool) -> Settings | None:
    """Tell the whole emergency in the terminal, or make a station with samples and return it for the window."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused("demo_folder_used", folder=str(folder))
    if headless:
        walkthrough.run(folder)
        return None
    settings, pins = found_station(folder)
    place = Station(settings, KnownPins(pins))
    try:
        place.unlock("legal-ops-1")
        seal_samples(place)
    finally:
        lifecycle.lock(place.locked)
        place.close()
    sys.stdout.write(say("Demo station in {folder}. PINs (also in pins.toml):", folder=folder) + "\n")
    sys.stdout.write("".join(f"  {member:12} {pin}\n" for member, pin in pins.items()))
    return settings
