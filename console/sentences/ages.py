# SPDX-License-Identifier: Apache-2.0
"""How old everything is that grows old, in words: tokens, secrets, certificates, sheets."""

from collections.abc import Iterator, Mapping
from typing import Any

SHEET_STATES = {
    "none": "none",
    "printed": "printed, not read back yet",
    "proven": "read back, not signed yet",
    "in_force": "in force",
    "spent": "spent: print new sheets",
}
Row = Mapping[str, Any]


def lines(value: Row) -> Iterator[tuple[str, str]]:
    """Yield what and how old, for each of what ``actions.readiness`` returns."""
    for row in value["tokens"]:
        yield f"token of {row['name']}", f"{_proven(row['proven_days'])}, {row['present']}"
    for row in value["secrets"]:
        yield str(row["name"]), ", ".join(_secret(row))
    for row in value["sheets"]:
        tried = f", last tried {str(row['drilled'])[:10]}" if row["drilled"] else ", never tried"
        yield (
            f"sheets of {row['slot']}",
            SHEET_STATES[row["state"]] + (tried if row["state"] != "none" else ""),
        )


def _proven(days: int | None) -> str:
    return "never proven" if days is None else f"proven {days} days ago"


def _secret(row: Row) -> Iterator[str]:
    yield "its age is not known" if row["sealed_days"] is None else f"sealed {row['sealed_days']} days ago"
    if row["expires_days"] is not None:
        days = row["expires_days"]
        yield (
            f"its certificate ends in {days} days" if days >= 0 else f"its certificate ended {-days} days ago"
        )
