# SPDX-License-Identifier: Apache-2.0
"""The next one-time code of a seed: which counter it has, that none comes twice, and where it is computed.

TOTP: never a step at or below the last one shown; none after the clock was set, until people have attested the time.
HOTP: codes are counted from the start that was sealed; the next is the larger one of state table and journal, and the
table is moved, durably and for good, before the code is shown. The MAC is made in the HSM where that proves it can.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import cast

from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.sealed import tables
from console.actions.station import clock
from console.domain.canonical import Json, Object
from console.domain.credential import versions as rules
from console.domain.credential.versions import Credential
from console.domain.entries.release import ReleaseIntended
from console.domain.errors import Refused
from console.domain.kinds import Seed
from console.domain.payload import otp
from console.ports.machine import Machine

IN_HSM, IN_SOFTWARE = "hsm", "software"
ROW_BYTES = 32


@dataclass(frozen=True)
class Code:
    """A code about to be computed: of TOTP its time step, of HOTP its number since the start that was sealed."""

    seed: Seed
    step: int
    computed: str
    row: str = ""
    """HOTP: its row in the state table."""

    def told(self, intent: ReleaseIntended) -> ReleaseIntended:
        """Return the intent with what it says of the code."""
        return replace(intent, step=self.step, computed=self.computed)


def plan(console: Console, credential: Credential, version: int) -> Code | None:
    """Return the code to come, or None for a credential without a seed; ``Refused``: totp_wait, totp_clock."""
    if credential.kind.seed is Seed.TIME:
        return Code(Seed.TIME, _fresh_step(console, credential.name), where(console))
    if credential.kind.seed is Seed.COUNTER:
        row = credentials.counter_row(credential.name, credential.origin_of(version))
        return Code(Seed.COUNTER, next_number(console, credential, version), where(console), row)
    return None


@contextmanager
def lent(console: Console, payload: memoryview, code: Code | None) -> Iterator[memoryview]:
    """Lend what will be shown: the payload itself, or the code of a seed, whose counter is passed before it is lent."""
    if code is None:
        yield payload
        return
    (made,) = codes(console, payload, code, [code.step])
    if code.seed is Seed.COUNTER:
        # Passed, durably, before anybody can see it: from here on no crash and no old copy shows it again.
        pass_counter(console, code.row, code.step + 1)
    yield memoryview(bytearray(made))


def codes(console: Console, payload: memoryview, code: Code, steps: Sequence[int]) -> list[bytes]:
    """Return the code of each step or number, by one use of the seed, which is read in locked memory."""
    start = otp.read_number(payload, "counter") if code.seed is Seed.COUNTER else 0
    counters, digits = [start + step for step in steps], otp.read_number(payload, "digits")
    with console.machine.secret(len(payload)) as room, otp.read_seed(payload, room) as seed:
        in_hsm = code.computed == IN_HSM
        macs = console.hsm.mac_once(seed, counters) if in_hsm else otp.macs(seed, counters)
    return [otp.code(mac, digits) for mac in macs]


def where(console: Console) -> str:
    """Return ``hsm`` where it makes the MAC of RFC 4226 from an imported seed, else ``software``; asked each time."""
    try:
        made = console.hsm.mac_once(memoryview(otp.TEST_SEED), [0])
    except Refused:
        return IN_SOFTWARE
    return IN_HSM if made == [otp.TEST_MAC] else IN_SOFTWARE


# --- HOTP -------------------------------------------------------------------------------------------------


def next_number(console: Console, credential: Credential, version: int) -> int:
    """Return the number of the next HOTP code: the larger one of what state table and journal say."""
    origin = credential.origin_of(version)
    row = credentials.counter_row(credential.name, origin)
    return max(_passed(console, row), *_told(console, credential, origin), 0)


def pass_counter(console: Console, row: str, number: int) -> None:
    """Let the next HOTP code be this one, for good."""
    value = number.to_bytes(ROW_BYTES, "big")
    tables.replace(console.hsm, console.vault, tables.STATE, {row: value})


def is_passed(console: Console, code: Code) -> bool:
    """Return whether the state table has gone beyond this HOTP code."""
    return code.seed is Seed.COUNTER and _passed(console, code.row) > code.step


def _passed(console: Console, row: str) -> int:
    found = tables.rows(console.hsm, console.vault, tables.STATE).get(row, b"")
    return int.from_bytes(found, "big")


def _told(console: Console, credential: Credential, origin: int) -> Iterator[int]:
    """Yield what each entry that may have shown or skipped a code of this seed leaves as the next number."""
    shown = list(console.journal.entries(type_="release.intended"))
    outcomes = console.journal.entries(type_="release.outcome")
    failed = rules.failed_intents(outcomes)
    for entry in chain(shown, console.journal.entries(type_="credential.drift")):
        body = entry.body
        if body["credential"] != credential.name or entry.seq in failed:
            continue
        if credential.origin_of(cast(int, body["version"])) == origin:
            yield cast(int, body["next"]) if "next" in body else cast(int, body["step"]) + 1


# --- TOTP -------------------------------------------------------------------------------------------------


def present_code(machine: Machine, secret: bytearray) -> Object:
    """Return the ``code`` of a TOTP seed that is about to be sealed, and its ``seconds_left``: to compare it first.

    It is no showing of a sealed code: whoever asks holds the seed. ``Refused`` says what is wrong with the seed.
    """
    (sealed,) = otp.totp_payloads(bytes(secret))
    payload = memoryview(sealed)
    wall_ms = machine.reading().wall_ms
    with machine.secret(len(payload)) as room, otp.read_seed(payload, room) as seed:
        (mac,) = otp.macs(seed, [otp.totp_step(wall_ms)])
    code = otp.code(mac, otp.read_number(payload, "digits"))
    return {"code": code.decode(), "seconds_left": otp.seconds_left(wall_ms)}


def _fresh_step(console: Console, name: str) -> int:
    clock.check(console)
    step = otp.totp_step(console.machine.reading().wall_ms) + drift(console, name)
    # A new log says in ``credential.restated`` up to which step its old one may have shown.
    shown = [
        cast(int, entry.body["step"])
        for type_ in ("credential.restated", "release.intended")
        for entry in console.journal.entries(type_=type_)
        if entry.body["credential"] == name and entry.body.get("step") is not None
    ]
    if shown and step <= max(shown):
        raise Refused("totp_wait", seconds=(max(shown) + 1 - step) * otp.PERIOD_SECONDS)
    return step


def drift(console: Console, name: str) -> int:
    """Return by how many steps the target's clock is ahead of this one, as last entered; 0 after an attestation."""
    since = clock.last_attested(console)
    entries = console.journal.entries(type_="credential.drift", after=since, newest_first=True)
    offsets: Iterator[Json] = (entry.body["offset"] for entry in entries if entry.body["credential"] == name)
    return cast(int, next(offsets, 0))
