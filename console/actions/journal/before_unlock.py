# SPDX-License-Identifier: Apache-2.0
"""What happens while nothing can be written into the journal: before the station is unlocked, or under the alarm.

Each wrong PIN, and each unlock under the alarm, becomes a file of its own, sealed to the journal's public key and
chained to the one before. Nothing proves such a claim: who owns the disk can make one or take the last away. The next
unlock of a journal that takes entries writes them down as claimed.
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import cast

from console.actions.console import Console, Locked
from console.actions.entries import CLAIMED, Actor, draft
from console.actions.policy.steps import as_written
from console.domain import keys
from console.domain.canonical import Object, decode_object, encode, from_base64, shaped, to_base64
from console.domain.entries.entry import ID, Draft, from_rfc3339, to_rfc3339
from console.domain.entries.station import StationUnlockedUnderAlarm, StationUnlockRefused
from console.domain.errors import ConsoleError, Corrupt, Refused, Unavailable
from console.ports.machine import Machine
from console.ports.vault import Vault

FOLDER = "before-unlock/"
INFO = b"bg/v1/before-unlock"
REFUSED, UNDER_ALARM = "station.unlock_refused", "station.unlocked_under_alarm"
NOTED = frozenset({"pin_wrong", "pin_last_try", "pin_locked"})
ALARM = "under_alarm"
LONGEST = 64
"""Letters of an id; a member's and a boot's are shorter."""
MOST = 1000
"""More are not kept: each costs a try of somebody's token, and a full disk would cost more."""


def note(locked: Locked, member: str, refused: Refused) -> None:
    """Keep, durably on both media, that unlocking was refused, if it was by a PIN."""
    if refused.code in NOTED:
        _keep(locked.vault, locked.machine, member, refused.code)


def note_alarm(console: Console) -> None:
    """Keep who unlocked under the alarm, as far as a disk takes it; only a new log can say it."""
    with suppress(Unavailable):
        _keep(console.vault, console.machine, console.hsm.unlocked_by(), ALARM)


def _keep(vault: Vault, machine: Machine, member: str, why: str) -> None:
    names = vault.names(FOLDER)
    if len(names) >= MOST:
        return
    at = machine.reading()
    event: Object = {
        "id": machine.new_id(),
        "at": to_rfc3339(at.wall_ms),
        "boot": at.boot,
        "why": why,
        "member": member,
    }
    point = as_written(vault).roster.station_point("journal")
    sealed = keys.seal_to(point, encode(event), info=INFO)
    last = vault.read(names[-1]) if names else b""
    number = _number(names[-1]) + 1 if names else 0
    value: Object = {"v": 1, "n": number, "prev": _hash(last), "sealed": to_base64(sealed)}
    vault.write(f"{FOLDER}{number:06d}.json", encode(value))


def settle(console: Console) -> None:
    """Write down what was kept, each once, and remove it."""
    names = console.vault.names(FOLDER)
    if not names:
        return
    known = {e.id for type_ in (REFUSED, UNDER_ALARM) for e in console.journal.entries(type_=type_)}
    before, drafts = b"", []
    for name in names:
        data = console.vault.read(name)
        drafts.append(_draft(console, name, data, before))
        before = data
    # By id, each once: a claim copied under another number would be an entry twice.
    new = {made.id: made for made in reversed(drafts) if made.id not in known}
    if new:
        console.journal.append([*reversed(new.values())], critical=True)
    for name in names:
        console.vault.remove(name)


def _draft(console: Console, name: str, data: bytes, before: bytes) -> Draft:
    by = Actor(CLAIMED, "claimed")
    try:
        value, event = _opened(console, data)
    except ConsoleError as error:
        # Damaged, or sealed to an HSM that is gone: that there was one is said all the same.
        damaged = StationUnlockRefused(why=error.code, at=None, chain="broken", n=_number(name))
        return draft(console, damaged, by)
    is_whole = value["n"] == _number(name) and (not before or value["prev"] == _hash(before))
    member, kind = str(event["member"]), StationUnlockedUnderAlarm if event["why"] == ALARM else StationUnlockRefused
    said = kind(
        why=str(event["why"]),
        at=str(event["at"]),
        chain="whole" if is_whole else "broken",
        n=cast(int, value["n"]),
        member=member,
        boot=str(event["boot"]),
    )
    return replace(draft(console, said, by, subject=console.people.get(member)), id=str(event["id"]))


def _opened(console: Console, data: bytes) -> tuple[Object, Object]:
    with shaped("before_unlock_shape"):
        value = decode_object(data)
        sealed = from_base64(value["sealed"])
        point = console.policy.roster.station_point("journal")
        derive = partial(console.hsm.derive, "journal")
        (plain,) = keys.open_sealed(derive, point, [(sealed, INFO)])
        event = decode_object(plain)
        _check(value, event)
    return value, event


def _check(value: Object, event: Object) -> None:
    """Raise ``Corrupt`` for what ``note`` never writes: anybody can seal a claim, and some could not be entries."""
    texts = [str(event[name]) for name in ("id", "boot", "member") if isinstance(event[name], str)]
    if (
        event.keys() != {"id", "at", "boot", "why", "member"}
        or len(texts) != 3
        or not re.fullmatch(ID, texts[0])
        or any(len(text) > LONGEST for text in texts)
        or event["why"] not in {*NOTED, ALARM}
        or type(value["n"]) is not int
    ):
        raise Corrupt("before_unlock_shape")
    from_rfc3339(event["at"])


def _number(name: str) -> int:
    number = name.removeprefix(FOLDER).removesuffix(".json")
    return int(number) if number.isdecimal() else 0


def _hash(data: bytes) -> str:
    return to_base64(hashlib.sha256(data).digest())
