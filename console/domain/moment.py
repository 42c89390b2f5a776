# SPDX-License-Identifier: Apache-2.0
"""A moment as people read it on every page, paper and line: in their own zone, and in UTC; and as they type it."""

from datetime import UTC, datetime

from console.domain.errors import Refused


def here(time: str) -> datetime:
    """Return an RFC 3339 time in this computer's zone; the first or the last that can be said for one beyond."""
    try:
        local = datetime.fromisoformat(time).astimezone()
        local.astimezone(UTC)  # what UTC cannot tell fails here, and not where it is shown
    except OverflowError:
        edge = datetime.min if time.startswith("0") else datetime.max
        return edge.replace(microsecond=0, tzinfo=UTC)
    return local


def local_and_utc(local: datetime, clock: str = "%H:%M:%S") -> str:
    """Return a time in its own zone and in UTC, there with its date where it is another day; once where both agree."""
    utc = local.astimezone(UTC)
    if not local.utcoffset():
        return utc.strftime(f"%Y-%m-%d {clock} UTC")
    day = "" if utc.date() == local.date() else "%Y-%m-%d "
    return f"{local.strftime(f'%Y-%m-%d {clock} %Z')} ({utc.strftime(day + clock)} UTC)"


def zoned(typed: str) -> str:
    """Return a time as typed with its zone: this machine's, unless it was said; ``Refused`` (time_unreadable)."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError as error:
        raise Refused("time_unreadable", time=typed) from error
    return (moment if moment.tzinfo else moment.astimezone()).isoformat()
