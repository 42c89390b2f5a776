# SPDX-License-Identifier: Apache-2.0
"""What goes on in numbers, and the same in 24 letters for somebody at the other end of a telephone."""

from typing import cast

from console.actions.activation.incidents import incidents
from console.actions.activation.lifecycle import list_activations
from console.actions.console import Console
from console.actions.entries import by_token, pseudonym, unlocked_person, write
from console.actions.own_console.answer import OwnConsole, memory_of, pinned
from console.actions.privacy import notices
from console.actions.privacy.hold import list_holds
from console.domain import overview as rules
from console.domain import status
from console.domain.activation.state import OVER
from console.domain.canonical import Json, Object, decode_object, encode, shaped
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.station import StationStatusTold
from console.domain.errors import Refused
from console.domain.keys import P256_HPKE
from console.domain.policy.keyholder import READER, Member
from console.domain.renewal import FIRST, number_of
from console.domain.status import Heard, Status

TOLD = "station.status_told"
HEARD = "status-heard.json"
MINUTE_MS = 60_000


def overview(console: Console) -> Object:
    """Return counts of activations by state and jurisdiction, showings, refusals, debts, notices owed and holds.

    ``incidents``: the numbers of those that go on, so that people know which they speak of.
    """
    rows = cast(list[Object], list_activations(console)["activations"])
    going_on = [str(row["activation"]) for row in rows if row["state"] not in OVER]
    refused = sum(1 for _ in console.journal.entries(type_="activation.refused"))
    return {
        **rules.counts(rows),
        "refusals": refused,
        "notices_owed": notices.status(console)["notices_owed"],
        "holds": len(cast(list[Json], list_holds(console)["holds"])),
        "entries": console.journal.size(),
        "incidents": cast(Json, sorted({*filter(None, incidents(console, going_on).values())})),
        "alarm": list(console.journal.alarm()),
        "at": to_rfc3339(console.machine.reading().wall_ms),
    }


# --- told at the station -------------------------------------------------------------------------------------


def status_code(console: Console, member: str | None = None) -> Object:
    """Return the station's state in 24 letters for somebody who reads along; that it was told is an entry first.

    ``Refused``: no_reader, which_reader, not_a_reader, status_needs_p256, unknown_member.
    """
    reader = _reader(console, member)
    counts = overview(console)
    if not counts["alarm"]:
        said = StationStatusTold(to=pseudonym(console, by_token(reader.id)))
        write(console, said, unlocked_person(console), critical=True)
    told = _status(counts, console.machine.reading().wall_ms, console.journal.size())
    (shared,) = console.hsm.derive("journal", [reader.share])
    letters = status.code_of(told, status.key_of(shared, console.policy.roster.vault, reader.id))
    return {
        "code": letters,
        "groups": status.in_groups(letters),
        "to": reader.id,
        **_said(told, console.journal.size()),
    }


def _reader(console: Console, member: str | None) -> Member:
    readers = [known for known in console.policy.roster.members if known.role == READER]
    if member is None and len(readers) != 1:
        raise Refused("which_reader" if readers else "no_reader", known=", ".join(r.id for r in readers) or "-")
    found = console.policy.active(readers[0].id if member is None else member)
    _check_reader(found)
    return found


def _check_reader(person: Member) -> None:
    if person.role != READER:
        raise Refused("not_a_reader", member=person.id)
    if person.mechanism != P256_HPKE:
        raise Refused("status_needs_p256", member=person.id)


def _status(counts: Object, wall_ms: int, size: int) -> Status:
    places = cast(list[Json], counts["open_jurisdictions"])
    return Status(
        wall_ms // MINUTE_MS,
        size,
        cast(int, counts["open"]),
        len(places),
        cast(int, counts["rotations_owed"]),
        bool(counts["alarm"]),
        cast(int, counts["releases_open"]),
    )


def _said(told: Status, size: int) -> dict[str, Json]:
    return {
        "open": told.open,
        "jurisdictions": told.jurisdictions,
        "rotations_owed": told.owed,
        "alarm": told.alarm,
        "releases_open": told.shown,
        "entries": size,
    }


# --- checked at the other end --------------------------------------------------------------------------------


def check_status(own: OwnConsole, typed: str) -> Object:
    """Return what a code says, once it is known to be this station's, of now, and no step back; it is remembered.

    With the reader's own token, on a console of their own. ``Refused``: as ``status.letters_of``, ``status.opened``
    and ``status.heard``; ``Corrupt``: status_shrunk, heard_shape.
    """
    letters, known = status.letters_of(typed), pinned(own)
    me = known.roster.member(own.member)
    _check_reader(me)
    (shared,) = own.token(me.token_keys).decapsulate("share", [known.roster.station_point("journal")])
    told = status.opened(letters, status.key_of(shared, known.roster.vault, me.id))
    with own.alone():
        before = _heard(own)
        wall_ms = own.machine.reading().wall_ms
        now = status.heard(told, letters, wall_ms // MINUTE_MS, before, *_newest(own))
        own.files.write(HEARD, encode({"v": 1, **vars(now)}))
    return {
        **_said(told, now.size),
        "told_at": to_rfc3339(now.minute * MINUTE_MS),
        "same_as_before": before is not None and before.letters == letters,
        "grown": None if before is None or before.log != now.log else now.size - before.size,
    }


def _heard(own: OwnConsole) -> Heard | None:
    if HEARD not in own.files.names(""):
        return None
    with shaped("heard_shape"):
        value = decode_object(own.files.read(HEARD))
        minute, size, log = (cast(int, value[name]) for name in ("minute", "size", "log"))
        return Heard(minute, size, str(value["letters"]), log)


def _newest(own: OwnConsole) -> tuple[int, int]:
    """Return how long the station's newest log was when a signed checkpoint of it was shown here, and its number."""
    memory = memory_of(own)
    newest = max(memory, key=number_of, default=None)
    return (memory[newest][-1].size, number_of(newest)) if newest else (0, FIRST)
