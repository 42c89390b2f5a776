# SPDX-License-Identifier: Apache-2.0
"""How long each kind of record is kept before its personal part may be erased for being old.

These are the program's own periods, counted from when the activation was over or the person had left; a firm with
other duties decides on another basis. What has no period here stays as long as the log.
"""

from collections.abc import Mapping

DAY_MS = 86_400_000
DAYS: Mapping[str, int | None] = {"activation": 6 * 365, "person": 3 * 365, "proposal": 3 * 365, "station": None}
"""Class -> days. Six years: lawyers' files (BRAO section 50); three: the usual limitation period (BGB section 195)."""


def class_of(scope: str) -> str:
    """Return the retention class of a scope: everything that was said inside an activation is its record."""
    if scope.startswith("act:"):
        return "activation"
    if scope.startswith("subject:step-"):
        return "proposal"
    return "person" if scope.startswith("subject:") else "station"


def due_ms(scope: str, since_ms: int | None) -> int | None:
    """Return when a scope may be erased for its age; None while it has not begun to count, or never."""
    days = DAYS[class_of(scope)]
    return None if days is None or since_ms is None else since_ms + days * DAY_MS
