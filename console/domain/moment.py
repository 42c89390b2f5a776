# SPDX-License-Identifier: Apache-2.0
"""A moment as people read it on every page, paper and line: in their own zone, and in UTC; and as they type it."""

from datetime import UTC, datetime

from console.domain.errors import Refused


def local_and_utc(local: datetime, clock: str = "%H:%M:%S") -> str:
    """Return a time in its own zone and in UTC, there with its date where it is another day."""
    utc = local.astimezone(UTC)
    day = "" if utc.date() == local.date() else "%Y-%m-%d "
    return f"{local.strftime(f'%Y-%m-%d {clock} %Z')} ({utc.strftime(day + clock)} UTC)"


def zoned(typed: str) -> str:
    """Return a time as typed with its zone: this machine's, unless it was said; ``Refused`` (time_unreadable)."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError as error:
        raise Refused("time_unreadable", time=typed) from error
    return (moment if moment.tzinfo else moment.astimezone()).isoformat()
