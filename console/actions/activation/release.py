# SPDX-License-Identifier: Apache-2.0
"""The glass breaks: one secret is shown, once, to the person in front of the screen.

Intent entry (durable, signed, anchored) → shares and item secret → decrypt into locked memory → for a code: its item
secret destroyed, durable → show → outcome entry. A crash before the burn has shown nothing; a crash after it costs
the code and never shows it again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from console.actions.activation.lifecycle import (
    budget,
    check_quorum,
    key_name,
    load,
    load_request,
    load_stand_ins,
    refusals_noted,
)
from console.actions.console import Console
from console.actions.credential import otp
from console.actions.credential import versions as credentials
from console.actions.entries import Actor, unlocked_person, write
from console.actions.paper import mode
from console.actions.sealed import tables
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Item, Request
from console.domain.activation.state import Activation
from console.domain.canonical import Json, Object
from console.domain.credential.versions import Credential
from console.domain.entries.activation import ActivationFrozen
from console.domain.entries.entry import Entry
from console.domain.entries.release import ReleaseIntended, ReleaseOutcome
from console.domain.errors import Refused, Unavailable
from console.domain.kinds import Kind
from console.domain.outcomes import NOT_SHOWN
from console.domain.payload.usage import ToSign
from console.domain.recovery import sheets
from console.domain.sealed import envelope
from console.ports.screen import Screen


def release(console: Console, act: str, name: str, screen: Screen) -> Object:
    """Show one secret of an open activation on ``screen``; return what was released and the budget left.

    Raises ``Refused`` (budget_used_up, code_gone, not_in_request, totp_wait, totp_clock, use_only, activation_state)
    and ``Corrupt`` (glass_intact) when the cryptography does not open it.
    """
    with may_open(console, act, name, "release", _check_is_shown) as due:
        code = otp.plan(console, due.credential, due.item.version)
    by, item, kind = unlocked_person(console), due.item, due.credential.kind
    intent = _intended(console, due.activation, item, kind, by, code)
    outcome = NOT_SHOWN
    try:
        with (
            opened(console, due.activation, due.filed, item, due.record, burns=kind.burns) as payload,
            otp.lent(console, payload, code) as secret,
        ):
            outcome = "unknown"
            outcome = screen.show(name, secret, kind=kind.name, seconds=console.policy.rules.showing_seconds)
    finally:
        if outcome == NOT_SHOWN and _is_spent(console, item, kind, code):
            outcome = "unknown"
        if intent is not None:
            conclude(console, intent, outcome, by)
    return {
        "released": name,
        "kind": kind.name,
        "item": item.item,
        "outcome": outcome,
        **left_after(console, act),
        "on_paper": mode.status(console) if intent is None else None,
    }


def _check_is_shown(credential: Credential) -> None:
    if not credential.kind.is_shown:
        raise Refused("use_only", name=credential.name)


@dataclass(frozen=True)
class Due:
    """What an activation may open now: the next item of a credential, with its sealed record."""

    activation: Activation
    filed: Request
    credential: Credential
    item: Item
    record: Object


@contextmanager
def may_open(
    console: Console, act: str, name: str, verb: str, check_kind: Callable[[Credential], None]
) -> Iterator[Due]:
    """Lend what is due, once every rule agrees that holds for whatever opens, shown or not; refusals are journalled.

    Raises ``Refused`` (activation_state, frozen_by_clock, budget_used_up, not_in_request, code_gone), and as
    ``check_kind`` does.
    """
    activation, filed = load(console, act), load_request(console, act)
    with refusals_noted(console, act, verb):
        activation.check_state(console.machine.reading(), "open", "frozen")
        check_budget(console, activation)
        known = credentials.fold(console)
        credential = credentials.find(known, name)
        check_kind(credential)
        item = next_item(console, filed, name, credential.kind)
        yield Due(activation, filed, credential, item, credentials.record(console, known, item))


def left_after(console: Console, act: str) -> Object:
    """Return the budget that is left now, and what to mind before the end."""
    after = load(console, act)
    return {"budget": budget(after), "warnings": cast(Json, after.warnings(console.machine.reading()))}


def _intended(
    console: Console, activation: Activation, item: Item, kind: Kind, by: Actor, code: otp.Code | None
) -> Entry | None:
    """Write down what is about to happen; None where paper mode lets a code be given and nothing takes the entry."""
    try:
        return intend(console, activation, item, kind, by, code)
    except Unavailable as error:
        if error.code != "write_on_paper":
            raise
    mode.give(console, activation, item, kind)
    return None


def check_budget(console: Console, activation: Activation) -> None:
    """Raise ``Refused`` (frozen_by_clock, budget_used_up) unless one more may be opened; what is used up is frozen."""
    why = activation.why_frozen(console.machine.reading())
    if why == "clock":
        raise Refused("frozen_by_clock", activation=activation.id)
    if activation.releases_left() == 0 and why is None:
        write(console, ActivationFrozen(why="budget"), unlocked_person(console), act=activation.id, critical=True)
    if activation.releases_left() == 0 or why:
        raise Refused("budget_used_up", used=activation.releases_used(), releases=activation.releases)


def check_once(console: Console, activation: Activation, item: Item) -> None:
    """Raise ``Refused`` (given_already) for a second showing while entries are missing that may tell of others."""
    recording = cast(Object, console.journal.status()["recording"])
    given = [(shown.credential, shown.version, shown.item) for shown in activation.shown]
    if recording["incomplete"] and (item.credential, item.version, item.item) in given:
        raise Refused("given_already", name=item.credential)


def next_item(console: Console, filed: Request, name: str, kind: Kind) -> Item:
    """Return the first requested item of a credential that still opens; ``Refused``: not_in_request, code_gone."""
    asked = [item for item in filed.items if item.credential == name]
    if not asked:
        raise Refused("not_in_request", name=name, known=", ".join(i.credential for i in filed.items))
    left = credentials.unburnt(console)
    for item in asked:
        if credentials.row_name(name, item.version, item.item) in left:
            return item
    raise Refused("code_gone" if kind.burns else "version_replaced", name=name)


def intend(
    console: Console, activation: Activation, item: Item, kind: Kind, by: Actor, what: otp.Code | ToSign | None
) -> Entry:
    """Write down, durably, what is about to happen with an item; ``Refused`` (given_already) as ``check_once`` says."""
    check_once(console, activation, item)
    said = ReleaseIntended(
        credential=item.credential,
        version=item.version,
        item=item.item,
        kind=kind.name,
        number=activation.releases_used() + 1,
    )
    return write(console, what.told(said) if what else said, by, act=activation.id, critical=True)


@contextmanager
def opened(
    console: Console, activation: Activation, filed: Request, item: Item, record: Object, *, burns: bool
) -> Iterator[memoryview]:
    """Lend the payload of an item in locked memory; ``burns``: before it is lent, its item secret is."""
    row = credentials.row_name(item.credential, item.version, item.item)
    hsm_secret = tables.rows(console.hsm, console.vault, tables.STATE)[row]
    shares, recovered = _shares(console, activation, filed, item, record), _recovered(console, filed, item)
    with console.machine.secret(envelope.unsealed_size(record)) as room:
        payload = envelope.unseal_record(record, shares, hsm_secret, room, group_secrets=recovered)
        if burns:
            # Burnt, durably, before anybody can see it: from here on no crash and no old copy shows it again.
            tables.burn(console.hsm, console.vault, tables.STATE, {row}, keep=None)
        try:
            yield payload
        finally:
            payload.release()


def _shares(console: Console, activation: Activation, filed: Request, item: Item, record: Object) -> dict[str, bytes]:
    approvals = check_quorum(console, activation, filed)
    key = key_name(activation.id)
    opened = ceremony.open_shares(filed, approvals, lambda points: console.hsm.derive(key, points))
    position = filed.items.index(item)
    shares = {member: items[position] for member, items in opened.items()}
    for member, share in shares.items():
        envelope.check_share(record, member, share)
    return shares


def _recovered(console: Console, filed: Request, item: Item) -> dict[str, bytes]:
    """Return the secret of each group whose recovery sheets stand in for its people."""
    key, position = key_name(filed.activation), filed.items.index(item)
    return {
        group: sheets.open_secrets(filed, given, lambda points: console.hsm.derive(key, points))[position]
        for group, given in load_stand_ins(console, filed).items()
    }


def _is_spent(console: Console, item: Item, kind: Kind, code: otp.Code | None) -> bool:
    """Return whether a code whose secret is gone, or whose counter was passed, was perhaps shown, whatever happened."""
    if not kind.burns:
        return code is not None and otp.is_passed(console, code)
    row = credentials.row_name(item.credential, item.version, item.item)
    return row not in credentials.unburnt(console)


def conclude(console: Console, intent: Entry, outcome: str, by: Actor) -> None:
    """Write what came of it."""
    write(console, ReleaseOutcome(intent=intent.seq, outcome=outcome), by, act=intent.act, critical=True)
