# SPDX-License-Identifier: Apache-2.0
"""How old everything is that grows old by itself: secrets, certificates, the last time that anything was opened."""

from collections.abc import Mapping
from typing import cast

from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.policy.standing import stale
from console.actions.readiness.checks import DAY_MS, check, warn_of
from console.domain import kinds
from console.domain.canonical import Json, Object
from console.domain.credential.versions import Credential
from console.domain.entries.entry import Entry
from console.domain.entries.event import written_ms
from console.domain.text import told

MAX_SECRET_DAYS = 365
MAX_DRILL_DAYS = 92
LEAST_CERTIFICATE_DAYS = 30


def secrets(console: Console) -> list[Json]:
    """Return for every credential since when its present secret is sealed, and what is to be done about it.

    ``expires_days``: of a certificate; None if it was sealed before that was written down.
    """
    known, old = credentials.fold(console), {credential.name for credential, _ in stale(console)}
    sealed = _sealings(console)
    return [_row(console, known[name], sealed, stale=name in old) for name in sorted(known)]


def _sealings(console: Console) -> dict[tuple[str, int], Entry]:
    entries = console.journal.entries(type_="credential.sealed")
    return {(str(e.body["credential"]), cast(int, e.body["version"])): e for e in entries}


def _row(
    console: Console, credential: Credential, sealed: Mapping[tuple[str, int], Entry], *, stale: bool
) -> dict[str, Json]:
    now, entry = console.machine.reading().wall_ms, sealed.get((credential.name, credential.origin))
    expires = cast(int | None, entry.body.get("expires_ms")) if entry else None
    return {
        "name": credential.name,
        "kind": credential.kind.name,
        "sealed_days": max(0, now - written_ms(entry)) // DAY_MS if entry else None,
        "expires_days": None if expires is None else (expires - now) // DAY_MS,
        "exposed": credential.is_exposed,
        "stale": stale,
    }


def secret_checks(rows: list[Json]) -> list[dict[str, Json]]:
    """Return the rows of readiness about secrets."""
    found = cast(list[Object], rows)
    certificates = [row for row in found if kinds.of(str(row["kind"])).expiry_ms]
    return [
        warn_of("secret_age", [_old(row) for row in found if _is_old(row)]),
        warn_of("certificates", [_expiry(row) for row in certificates if _is_ending(row)]),
        warn_of("stale", [told("{name}", name=row["name"]) for row in found if row["stale"]]),
        warn_of("exposed", [told("{name}", name=row["name"]) for row in found if row["exposed"]]),
    ]


def drill_check(console: Console) -> dict[str, Json]:
    """Return the row of readiness: when anything was last opened, for practice or for real."""
    newest = next(console.journal.entries(type_="activation.opened", newest_first=True, limit=1), None)
    if newest is None:
        return check("drill", ok=False, detail="nothing was ever opened here", level="warning")
    days = (console.machine.reading().wall_ms - newest.t.wall_ms) // DAY_MS
    return check("drill", ok=days <= MAX_DRILL_DAYS, detail="last opened {days} days ago", level="warning", days=days)


def _is_old(row: Object) -> bool:
    days = cast(int | None, row["sealed_days"])
    return days is None or days > MAX_SECRET_DAYS


def _old(row: Object) -> Object:
    if row["sealed_days"] is None:
        return told("{name}: its age is not known", name=row["name"])
    return told("{name}: sealed {days} days ago", name=row["name"], days=row["sealed_days"])


def _is_ending(row: Object) -> bool:
    days = cast(int | None, row["expires_days"])
    return days is None or days < LEAST_CERTIFICATE_DAYS


def _expiry(row: Object) -> Object:
    name, days = row["name"], cast(int | None, row["expires_days"])
    if days is None:
        return told("{name}: nobody wrote down when it ends", name=name)
    if days >= 0:
        return told("{name}: ends in {days} days", name=name, days=days)
    return told("{name}: ended {days} days ago", name=name, days=-days)
