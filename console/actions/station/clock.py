# SPDX-License-Identifier: Apache-2.0
"""The wall clock as time-based codes need it: whether it was set, and two people's word for what time it is.

A clock set ahead would show codes of times to come. So codes stop as soon as the journal's readings tell of a step,
until keyholders of two groups have read the time from their own watches and signed it, each on their own token.
"""

from collections.abc import Sequence
from itertools import chain
from typing import cast

from console.actions.console import Console
from console.actions.entries import by_token, pseudonym, write
from console.domain import kinds
from console.domain.canonical import Json, Object, digest, encode, from_base64, to_base64
from console.domain.entries.clock import ClockAttested
from console.domain.entries.entry import Entry, to_rfc3339
from console.domain.errors import Corrupt, Refused
from console.domain.journal.clock import to_ms
from console.domain.kinds import Seed
from console.domain.payload import otp

SECONDS_APART = 90
"""How far the attested time may lie from this clock: people read minutes from a watch, and need a while to type."""

SECONDS_TO_SIGN = 300


def check(console: Console) -> None:
    """Raise ``Refused`` (totp_clock) if the wall clock was set since a TOTP code or an attestation relied on it."""
    base = max(last_attested(console), _last_code(console))
    entries = console.journal.entries(after=base - 1)
    if otp.was_set(chain((entry.t for entry in entries), [console.machine.reading()])):
        raise Refused("totp_clock")


def attest(console: Console, members: Sequence[str], time: str) -> Object:
    """Let keyholders of two groups or more sign on their own tokens what time it is (RFC 3339).

    Raises ``Refused``: two_groups_needed, time_unreadable, time_differs (from this clock by more than that).
    """
    groups = {console.policy.keyholder(member).role for member in members}
    if len(groups) < 2:
        raise Refused("two_groups_needed")
    at = console.machine.reading()
    apart = abs(_wall_ms(time) - at.wall_ms) // 1000
    if apart > SECONDS_APART:
        raise Refused("time_differs", seconds=apart, limit=SECONDS_APART)
    size = console.journal.size()
    said: dict[str, Json] = {
        "v": 1,
        "vault": console.policy.roster.vault,
        "time": time,
        "clock": to_rfc3339(at.wall_ms),
        "boot": at.boot,
        "members": sorted(members),
        "size": size,
    }
    signatures = {member: to_base64(_signed(console, member, said)) for member in sorted(members)}
    given: list[Json] = [[member, signature] for member, signature in signatures.items()]
    attested = ClockAttested(
        time=time,
        size=size,
        groups=tuple(sorted(groups)),
        members=tuple(pseudonym(console, by_token(member)) for member in sorted(members)),
        attestation={"statement": said, "signatures": given},
    )
    write(console, attested, by_token(members[0]), critical=True)
    return {"time": time, "groups": sorted(groups), "seconds_apart": apart}


def last_attested(console: Console) -> int:
    """Return the number of the newest attestation whose signatures hold, or -1."""
    for entry in console.journal.entries(type_="clock.attested", newest_first=True):
        if _holds(console, entry):
            return entry.seq
    return -1


def _last_code(console: Console) -> int:
    for entry in console.journal.entries(type_="release.intended", newest_first=True):
        if kinds.of(str(entry.body["kind"])).seed is Seed.TIME:
            return entry.seq
    return -1


def _signed(console: Console, member: str, said: Object) -> bytes:
    signature = console.token(member).sign("sign", _digest(said))
    console.policy.roster.member(member).check(signature, _digest(said))
    return signature


def _holds(console: Console, entry: Entry) -> bool:
    """Return whether people of two groups who may act signed this time, on this boot, when it was written."""
    try:
        given = cast(dict[str, Json], console.journal.open_fields(entry)["attestation"])
        said, groups = cast(dict[str, Json], given["statement"]), set()
        for member, signature in cast(list[list[str]], given["signatures"]):
            person = console.policy.keyholder(member)
            person.check(from_base64(signature), _digest(said))
            groups.add(person.role)
        is_here = (said["vault"], said["boot"]) == (console.policy.roster.vault, entry.t.boot)
        # Else the word given before the clock was set could be written down once more after it.
        is_fresh = abs(entry.t.wall_ms - _wall_ms(str(said["clock"]))) <= SECONDS_TO_SIGN * 1000
        return is_here and is_fresh and cast(int, said["size"]) <= entry.seq and len(groups) > 1
    except (Refused, Corrupt, KeyError):
        return False


def _digest(said: Object) -> bytes:
    return digest("sign-time", encode(said))


def _wall_ms(time: str) -> int:
    moment = to_ms(time)
    if moment is None:
        raise Refused("time_unreadable", time=time)
    return moment
