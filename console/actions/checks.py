# SPDX-License-Identifier: Apache-2.0
"""One row of readiness, as every check makes it; what to do about it now stands in ``console.sentences.checks``."""

from console.domain.canonical import Json

DAY_MS = 86_400_000


def check(id_: str, *, ok: bool, detail: str, level: str = "error") -> dict[str, Json]:
    """Return a row; ``level`` says how grave it is when it is not in order: error (not ready) or warning."""
    return {"id": id_, "ok": ok, "level": "ok" if ok else level, "detail": detail}


def warn_of(id_: str, found: list[str]) -> dict[str, Json]:
    """Return a row that warns of each thing found, and is in order when there is none."""
    return check(id_, ok=not found, detail="; ".join(found) or "in order", level="warning")
