# SPDX-License-Identifier: Apache-2.0
"""Where the station lies: the option, the environment, or the platform's data folder."""

import os
from pathlib import Path

VARIABLE = "BREAKGLASS_STATION"


def station_folder(named: str | None) -> Path:
    """Return the station's folder; ``named`` is the option --station."""
    chosen = named or os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data, "breakglass")
