# SPDX-License-Identifier: Apache-2.0
"""The first act of every lease: what time or a crash has brought about, is done and written down.

For each activation that is not over: showings without an outcome get one, and when its time is over its request key
is destroyed and the end is journaled, although no process was running then. Then tables and keys that a crash left
half-changed are settled. Running it twice changes nothing.
"""

from collections.abc import Iterator
from functools import partial
from typing import cast

from console.actions.activation.lifecycle import finish, keep_key, key_name, load
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import THE_PROGRAM, write
from console.actions.journal import before_unlock
from console.actions.paper import mode
from console.actions.privacy import erasure
from console.actions.sealed import escrow, tables
from console.domain.activation.state import OVER, Activation
from console.domain.entries.activation import ActivationEnded, ActivationExpired, ActivationRebooted
from console.domain.entries.release import ReleaseOutcome
from console.domain.errors import Unavailable
from console.domain.outcomes import NOT_SHOWN

TERMINAL = tuple(f"activation.{state}" for state in OVER)
OVERDUE = {"ended": ActivationEnded, "expired": ActivationExpired}


def settle(console: Console) -> None:
    """Do what time or a crash has brought about; while the alarm is on nothing could be written down."""
    if console.journal.alarm():
        erasure.settle_under_alarm(console)
        return
    try:
        mode.settle(console)
        before_unlock.settle(console)
        sweep(console)
    except Unavailable as error:
        # What is overdue stays so: reading, and what paper mode gives, go on without.
        if error.code != "write_on_paper":
            raise
    escrow.settle(console, partial(credentials.codes, console), console.logs.database_keys)


def sweep(console: Console) -> None:
    """Do what is overdue."""
    keys = set(console.hsm.keys())
    left = tables.settle(console.hsm, console.vault, tables.STATE, keys)
    erasure.settle(console, tables.settle(console.hsm, console.vault, tables.OPENING_KEYS, keys))
    live = list(_live(console))
    for activation in live:
        _pin_clock(console, activation)
        _resolve(console, activation)
        _end_overdue(console, load(console, activation.id), has_key=key_name(activation.id) in keys)
    _destroy_orphans(console, keys, {activation.id for activation in live})
    credentials.burn_replaced(console, left)
    _settle_drafts(console, keys)
    console.vault.meet_medium()
    console.vault.unmirrored()


def _live(console: Console) -> Iterator[Activation]:
    over = {entry.act for type_ in TERMINAL for entry in console.journal.entries(type_=type_)}
    for entry in console.journal.entries(type_="activation.requested"):
        if entry.act not in over:
            yield load(console, cast(str, entry.act))


def _pin_clock(console: Console, activation: Activation) -> None:
    """After a boot, write down the clock once for each activation: setting it later gives no time back."""
    if activation.requested.last.boot != console.machine.reading().boot:
        write(console, ActivationRebooted(), THE_PROGRAM, act=activation.id)


def _resolve(console: Console, activation: Activation) -> None:
    left = credentials.unburnt(console) if activation.unresolved() else set()
    for release in activation.unresolved():
        row = credentials.row_name(release.credential, release.version, release.item)
        # A code is burnt before it is shown: one that is not burnt was not shown. Of anything else nobody knows.
        untouched = release.kind.burns and row in left
        outcome = NOT_SHOWN if untouched else "unknown"
        said = ReleaseOutcome(intent=release.seq, outcome=outcome)
        write(console, said, THE_PROGRAM, act=activation.id, critical=True)


def _end_overdue(console: Console, activation: Activation, *, has_key: bool) -> None:
    at = console.machine.reading()
    state = activation.state(at)
    if state in OVERDUE:
        said = OVERDUE[state](why="time", noticed_late_seconds=activation.seconds_overdue(at))
        finish(console, activation.id, said, THE_PROGRAM)
    elif activation.opened is None and activation.request.policy != console.policy.number:
        # What was asked and read under other people and rules is asked again, and never counts for less.
        finish(console, activation.id, ActivationExpired(why="policy_changed"), THE_PROGRAM)
    elif has_key and activation.opened:
        # A kill or a new keeper may have left the key without its time.
        keep_key(console, activation)
    elif not has_key:
        # Somebody ended or denied it and was cut before the entry; without its key nothing opens any more.
        over = ActivationEnded if activation.opened else ActivationExpired
        finish(console, activation.id, over(why="key_gone"), THE_PROGRAM)


def _destroy_orphans(console: Console, keys: set[str], live: set[str]) -> None:
    keep = {key_name(act) for act in live}
    for name in sorted(keys):
        if name.startswith("open-") and name not in keep:
            console.hsm.destroy_key(name)


def _settle_drafts(console: Console, keys: set[str]) -> None:
    if console.vault.names("drafts/") or any(name.startswith("draft-") for name in keys):
        from console.actions.record import drafts  # most leases have none

        drafts.settle(console, keys)
