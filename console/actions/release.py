# SPDX-License-Identifier: Apache-2.0
"""The glass breaks: one secret is shown, once, to the person in front of the screen.

Intent entry (durable, signed, anchored) → shares and item secret → decrypt into locked memory → for a code: its item
secret destroyed, durable → show → outcome entry. A crash before the burn has shown nothing; a crash after it costs
the code and never shows it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from console.actions import credential as credentials
from console.actions import tables
from console.actions.activation import (
    budget,
    check_quorum,
    key_name,
    load,
    load_request,
    refusals_noted,
)  # fmt: skip
from console.actions.keyholder import unlocked_person, write
from console.actions.ports import Console, Screen
from console.domain import ceremony, envelope
from console.domain import credential as kinds
from console.domain.activation import NOT_SHOWN, Activation
from console.domain.canonical import Json, Object
from console.domain.ceremony import Item, Request
from console.domain.errors import Refused
from console.domain.journal import Entry


def release(console: Console, act: str, name: str, screen: Screen) -> Object:
    """Show one secret of an open activation on ``screen``; return what was released and the budget left.

    Raises ``Refused`` (budget_used_up, code_gone, not_in_request, totp_wait, activation_state) and ``Corrupt``
    (glass_intact) when the cryptography does not open it.
    """
    activation, filed = load(console, act), load_request(console, act)
    with refusals_noted(console, act, "release"):
        activation.check_state(console.machine.reading(), "open", "frozen")
        _check_budget(console, activation)
        known = credentials.fold(console)
        kind = credentials.find(known, name).kind
        item = _next_item(console, filed, name, kind)
        record = credentials.record(console, known, item)
        step = _fresh_step(console, name) if kind == "totp" else None
    intent = _intend(console, activation, item, kind, step)
    outcome = NOT_SHOWN
    try:
        with _opened(console, activation, filed, item, record, is_code=kind == "codes") as payload:
            secret = payload if step is None else memoryview(bytearray(kinds.totp(payload, step)))
            outcome = "unknown"
            outcome = screen.show(name, secret, kind=kind, seconds=console.policy.rules.showing_seconds)
    finally:
        _conclude(console, activation, item, kind, intent, outcome)
    after = load(console, act)
    return {
        "released": name, "kind": kind, "item": item.item, "outcome": outcome, "budget": budget(after),
        "warnings": cast(Json, after.warnings(console.machine.reading())),
    }  # fmt: skip


def _check_budget(console: Console, activation: Activation) -> None:
    why = activation.why_frozen(console.machine.reading())
    if why == "clock":
        raise Refused("frozen_by_clock", activation=activation.id)
    if activation.releases_left() == 0 and why is None:
        write(
            console,
            "activation.frozen",
            unlocked_person(console),
            {"why": "budget"},
            act=activation.id,
            critical=True,
        )
    if activation.releases_left() == 0 or why:
        raise Refused("budget_used_up", used=activation.releases_used(), releases=activation.releases)


def _next_item(console: Console, filed: Request, name: str, kind: str) -> Item:
    asked = [item for item in filed.items if item.credential == name]
    if not asked:
        raise Refused("not_in_request", name=name, known=", ".join(i.credential for i in filed.items))
    left = credentials.unburnt(console)
    for item in asked:
        if credentials.row_name(name, item.version, item.item) in left:
            return item
    raise Refused("code_gone" if kind == "codes" else "version_replaced", name=name)


def _fresh_step(console: Console, name: str) -> int:
    step = kinds.totp_step(console.machine.reading().wall_ms)
    shown = [
        cast(int, entry.body["step"])
        for entry in console.journal.entries(type_="release.intended")
        if entry.body["credential"] == name
    ]
    if shown and step <= max(shown):
        raise Refused("totp_wait", seconds=(max(shown) + 1 - step) * kinds.TOTP_PERIOD_SECONDS)
    return step


def _intend(console: Console, activation: Activation, item: Item, kind: str, step: int | None) -> Entry:
    body: dict[str, Json] = {
        "credential": item.credential, "version": item.version, "item": item.item, "kind": kind,
        "number": activation.releases_used() + 1, "step": step,
    }  # fmt: skip
    return write(
        console, "release.intended", unlocked_person(console), body, act=activation.id, critical=True
    )


@contextmanager
def _opened(
    console: Console, activation: Activation, filed: Request, item: Item, record: Object, *, is_code: bool
) -> Iterator[memoryview]:
    row = credentials.row_name(item.credential, item.version, item.item)
    hsm_secret = tables.rows(console.hsm, console.vault, tables.STATE)[row]
    shares = _shares(console, activation, filed, item, record)
    with console.machine.secret(envelope.unsealed_size(record)) as room:
        payload = envelope.unseal_record(record, shares, hsm_secret, room)
        if is_code:
            # Burnt, durably, before anybody can see it: from here on no crash and no old copy shows it again.
            tables.burn(console.hsm, console.vault, tables.STATE, {row})
        try:
            yield payload
        finally:
            payload.release()


def _shares(
    console: Console, activation: Activation, filed: Request, item: Item, record: Object
) -> dict[str, bytes]:
    approvals = check_quorum(console, activation, filed)
    key = key_name(activation.id)
    opened = ceremony.open_shares(filed, approvals, lambda points: console.hsm.derive(key, points))
    position = filed.items.index(item)
    shares = {member: items[position] for member, items in opened.items()}
    for member, share in shares.items():
        envelope.check_share(record, member, share)
    return shares


def _conclude(
    console: Console, activation: Activation, item: Item, kind: str, intent: Entry, outcome: str
) -> None:
    """Write what came of it; a code whose secret is gone was perhaps shown, whatever else happened."""
    row = credentials.row_name(item.credential, item.version, item.item)
    if outcome == NOT_SHOWN and kind == "codes" and row not in credentials.unburnt(console):
        outcome = "unknown"
    body: dict[str, Json] = {"intent": intent.seq, "outcome": outcome}
    write(console, "release.outcome", unlocked_person(console), body, act=activation.id, critical=True)
