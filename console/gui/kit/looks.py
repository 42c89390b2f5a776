# SPDX-License-Identifier: Apache-2.0
"""How somebody wants the window to look on this machine: colours and size of text. No secret is in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

SYSTEM, LIGHT, DARK, CONTRAST = "system", "light", "dark", "contrast"
SCHEMES = (SYSTEM, LIGHT, DARK, CONTRAST)
PERCENTS = (100, 110, 125, 150, 175, 200)
"""Sizes of text; 200 is what WCAG 2.2, 1.4.4 asks for."""


@dataclass(frozen=True)
class Looks:
    """What was chosen; ``percent`` is one of ``PERCENTS``."""

    scheme: str = SYSTEM
    percent: int = PERCENTS[0]

    def bigger(self) -> "Looks":
        """Return the same with the next size of text."""
        return self._by(1)

    def smaller(self) -> "Looks":
        """Return the same with the size of text before."""
        return self._by(-1)

    def _by(self, steps: int) -> "Looks":
        at = PERCENTS.index(self.percent) + steps
        return Looks(self.scheme, PERCENTS[max(0, min(len(PERCENTS) - 1, at))])


DEFAULT = Looks()


def file_of(environment: Mapping[str, str]) -> Path:
    """Return where the choice is kept (XDG Base Directory Specification)."""
    home = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/"), ".config")
    return Path(home, "breakglass", "looks.json")


def read(file: Path) -> Looks:
    """Return what was kept; whatever is missing or damaged there is as if nothing had been chosen."""
    if not file.exists():
        return DEFAULT
    import json  # Whoever has never chosen does not wait for it.

    try:
        kept = json.loads(file.read_text())
        looks = Looks(str(kept["scheme"]), int(kept["percent"]))
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT
    return looks if looks.scheme in SCHEMES and looks.percent in PERCENTS else DEFAULT


def keep(looks: Looks, file: Path) -> bool:
    """Keep it; return whether that worked: on a machine that forgets, it holds until the window is closed."""
    import json

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(looks)))
    except OSError:
        return False
    return True
