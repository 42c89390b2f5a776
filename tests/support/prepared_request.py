# SPDX-License-Identifier: Apache-2.0
"""A request that is prepared in peacetime, and what the hour adds to it."""

import secrets
import tomllib
from pathlib import Path

from console.domain.canonical import Json

TEMPLATE = tomllib.loads((Path(__file__).parents[2] / "resources" / "examples" / "prepared.toml").read_text())


def hour(**more: str) -> dict[str, Json]:
    number = secrets.token_hex(4)
    return {
        "incident": "INC-2026-0042",
        "first_seen": "2026-11-23T13:05:00Z",
        "reason": f"Anmeldung seit 14:05 nicht erreichbar, Meldung {number}.",
        **more,
    }
