# SPDX-License-Identifier: Apache-2.0
"""What keyholders decide, each on their own token: approve, deny, extend, reset, go on after a clock step.

Before a keyholder signs, the newest checkpoint is proven to extend the one they last signed for; that they saw it
is part of what they sign.
"""

from collections.abc import Sequence
from functools import partial
from typing import cast

from console.actions.activation.lifecycle import budget, finish, keep_key, load, load_request, policy_of, refusals_noted
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import THE_PROGRAM, by_token, pseudonym, write
from console.actions.journal import heads
from console.domain.activation import ceremony, justification
from console.domain.activation.ceremony import Approval, Request
from console.domain.activation.state import OVER_BY, Activation, apply
from console.domain.canonical import Json, Object, digest, encode, from_base64, shaped, to_base64
from console.domain.entries.activation import (
    ActivationApproved,
    ActivationDenied,
    ActivationEnded,
    ActivationExtended,
    ActivationReset,
    ActivationResumed,
    ActivationSeconded,
    Decision,
)
from console.domain.entries.event import Seen
from console.domain.errors import Corrupt, Refused
from console.domain.journal import merkle
from console.domain.policy.rules import Policy

TURNS = {"extend": ActivationExtended, "reset": ActivationReset, "resume": ActivationResumed}
HERE, OWN_CONSOLE = "station", "own_console"
"""Where a keyholder decided: at the station, or on a console of their own."""
STOPPED_IN = {"deny": ("requested", "approved"), "veto": ("requested", "approved", "open", "frozen")}
"""In which states a keyholder can stop an activation, by the decision."""


def approve(
    console: Console,
    act: str,
    member: str,
    *,
    matters: Sequence[str] | None = None,
    confirms: Sequence[str] | None = None,
) -> Object:
    """Give a keyholder's shares of the requested items, on their own token; return who is still missing.

    ``head``: the state of the journal that goes along with the keyholder (``heads.take``).

    ``matters``: the matter numbers as the approver restated them (None: not restated, and signed as such).
    ``confirms``: what a Legal approver confirms; the rules say what must stand there, and by default all of it does,
    because that is what approving means. ``Refused``: matters_differ, confirmation_missing, confirmation_unknown,
    already_approved.
    """
    activation, filed = load(console, act), load_request(console, act)
    check_may_here(console, activation, filed, member, "approve")
    if matters is not None:
        check_restated(filed, matters)
    confirmed = chosen_confirmations(console.policy, member, confirms)
    with refusals_noted(console, act, "approve", member):
        heads.check(console, member)
        blob = _shares(console, filed, member)
        given = _sign(console, filed, member, "approve", blob=blob, matters=matters, confirms=confirmed)
    decided = _write_approval(console, filed, activation, given, HERE)
    return {**decided, "head": heads.take(console, member)}


def deny(console: Console, act: str, member: str, reason: str, *, veto: bool = False) -> Object:
    """Refuse a request, on the keyholder's own token; its key is destroyed. A ``veto`` ends it though it is open."""
    activation, filed, decision = load(console, act), load_request(console, act), "veto" if veto else "deny"
    check_may_here(console, activation, filed, member, decision)
    justification.check_reason(reason)
    with refusals_noted(console, act, decision, member):
        denial = _sign(console, filed, member, decision, reason=reason)
    return _write_end(console, filed, activation, denial, HERE)


def second(console: Console, act: str, member: str, decision: str, amount: int = 0) -> Object:
    """Give one role's word for an extension (seconds), a reset (showings) or going on after a clock step."""
    activation, filed = load(console, act), load_request(console, act)
    amount = turn_amount(filed, decision, amount)
    check_may_here(console, activation, filed, member, decision, amount)
    with refusals_noted(console, act, decision, member):
        word = _sign(console, filed, member, decision, amount=amount, ordinal=activation.turns)
    return _write_word(console, filed, activation, word, HERE)


def take(console: Console, act: str, given: Approval) -> Object:
    """Journal a decision made on a keyholder's own console, under the same checks as one made here.

    Raises as ``approve``, ``deny`` and ``second`` do, and ``Refused`` (word_of_another_turn, already_said).
    """
    activation, filed = load(console, act), load_request(console, act)
    ceremony.check_approval(given, filed, policy_of(console, filed))
    check_may_decide(console, filed, given.member)
    if given.decision == "approve":
        check_may_approve(console, activation, filed, given.member)
        with shaped("approval_shape"):
            check_restated(filed, cast(Sequence[str], given.statement["matters"] or ()))
            confirmations(console.policy, given.member, cast(Sequence[str], given.statement["confirms"]))
        return _write_approval(console, filed, activation, given, OWN_CONSOLE)
    if given.decision in TURNS:
        _check_turn(console, activation, given)
        return _write_word(console, filed, activation, given, OWN_CONSOLE)
    activation.check_state(console.machine.reading(), *STOPPED_IN[given.decision])
    justification.check_reason(given.statement["reason"])
    return _write_end(console, filed, activation, given, OWN_CONSOLE)


def turn_amount(filed: Request, decision: str, amount: int) -> int:
    """Return how much a turn is about: as many showings as were requested, unless said."""
    return amount or (cast(int, filed.body["releases"]) if decision == "reset" else 0)


def confirmations(policy: Policy, member: str, confirms: Sequence[str] | None) -> Sequence[str]:
    """Return what an approver confirms; ``Refused`` (confirmation_missing) names what the rules ask in vain."""
    asked = policy.rules.legal_confirms if policy.roster.member(member).role == "legal" else ()
    if confirms is None:
        return asked
    if lacking := sorted(set(asked) - set(confirms)):
        raise Refused("confirmation_missing", confirms=", ".join(lacking))
    return confirms


def chosen_confirmations(policy: Policy, member: str, confirms: Sequence[str] | None) -> Sequence[str]:
    """Return what somebody chose to confirm, as ``confirmations`` does; ``Refused`` (confirmation_unknown) by name."""
    chosen = confirmations(policy, member, confirms)
    if unknown := sorted(set(chosen) - set(confirmations(policy, member, None))):
        raise Refused("confirmation_unknown", unknown=", ".join(unknown), member=member)
    return chosen


def _check_turn(console: Console, activation: Activation, word: Approval) -> None:
    amount, ordinal = word.statement["amount"], word.statement["ordinal"]
    # It is written down and added up: what only looks like a number would spoil the activation for good.
    if type(amount) is not int:
        raise Corrupt("approval_shape")
    if ordinal != activation.turns:
        raise Refused("word_of_another_turn")
    activation.check_second(word.decision, amount, console.machine.reading())
    if (word.decision, word.group, amount) in activation.seconded:
        raise Refused("already_said", group=word.group)


def _write_approval(console: Console, filed: Request, activation: Activation, given: Approval, where: str) -> Object:
    entry = write(
        console,
        ActivationApproved(**_said(console, filed, given, where)),
        by_token(given.member),
        act=filed.activation,
        subject=console.people[given.member],
        critical=True,
    )
    after = apply(activation, entry)
    return {"activation": after.id, "missing": after.missing(), "state": after.state(console.machine.reading())}


def _write_end(console: Console, filed: Request, activation: Activation, given: Approval, where: str) -> Object:
    """Journal a denial, or the veto that ends an open activation; the request key is destroyed."""
    kind = ActivationEnded if activation.opened else ActivationDenied
    why = "veto" if given.decision == "veto" else "denied"
    said = kind(why=why, **_said(console, filed, given, where))
    finish(console, filed.activation, said, by_token(given.member), subject=console.people[given.member])
    return {"activation": filed.activation, "state": OVER_BY[kind.TYPE]}


def _write_word(console: Console, filed: Request, activation: Activation, word: Approval, where: str) -> Object:
    act, decision, amount = filed.activation, word.decision, cast(int, word.statement["amount"])
    write(
        console,
        ActivationSeconded(decision=decision, amount=amount, **_said(console, filed, word, where)),
        by_token(word.member),
        act=act,
        subject=console.people[word.member],
        critical=True,
    )
    missing = _words_missing(console, filed, activation, decision, amount)
    if not missing:
        write(console, TURNS[decision](amount=amount), THE_PROGRAM, act=act, critical=True)
        keep_key(console, load(console, act))
    activation = load(console, act)
    state = activation.state(console.machine.reading())
    return {"activation": act, "state": state, "missing": dict.fromkeys(missing, 1), "budget": budget(activation)}


def _words_missing(console: Console, filed: Request, activation: Activation, decision: str, amount: int) -> list[str]:
    """Return the groups whose word for this turn is missing; every word that counts is verified again."""
    given: set[str] = set()
    for entry in console.journal.entries(act=filed.activation, type_="activation.seconded"):
        word = Approval.from_json(cast(dict[str, Json], console.journal.open_fields(entry)["approval"]))
        if word.member in console.policy.suspended:
            continue
        ceremony.check_approval(word, filed, policy_of(console, filed))
        if (word.decision, word.statement["amount"], word.statement["ordinal"]) == (decision, amount, activation.turns):
            given.add(word.group)
    return [group for group in sorted(activation.thresholds) if group not in given]


def check_may_here(
    console: Console, activation: Activation, filed: Request, member: str, decision: str, amount: int = 0
) -> None:
    """Raise ``Refused`` unless this person may take this decision now, at the station."""
    if decision == "approve":
        check_may_approve(console, activation, filed, member)
    elif decision in STOPPED_IN:
        activation.check_state(console.machine.reading(), *STOPPED_IN[decision])
        check_may_decide(console, filed, member)
        return  # Whoever may only agree on a console of their own can stop it anywhere.
    else:
        activation.check_second(decision, amount, console.machine.reading())
    check_may_decide_here(console, filed, member)


def check_may_approve(console: Console, activation: Activation, filed: Request, member: str) -> None:
    """Raise ``Refused`` (activation_state, already_approved, or as ``check_may_decide``) unless this person may."""
    # Whoever approved and was suspended since may be replaced, while it is open too.
    later = ("open", "frozen") if activation.opened and any(activation.missing().values()) else ()
    activation.check_state(console.machine.reading(), "requested", "approved", *later)
    if console.people.get(member) in {name for _, name in activation.approvals}:
        raise Refused("already_approved", member=member)
    check_may_decide(console, filed, member)
    credentials.check_holds(console, filed.items, member)


def check_may_decide(console: Console, filed: Request, member: str) -> None:
    """Raise ``Refused`` (not_a_keyholder, requester_cannot_approve) unless this person may decide about a request."""
    if not policy_of(console, filed).roster.has(console.policy.keyholder(member)):
        raise Refused("joined_later", member=member)
    if member == filed.requester:
        raise Refused("requester_cannot_approve", member=member)


def check_may_decide_here(console: Console, filed: Request, member: str) -> None:
    """Raise as ``check_may_decide``, and ``Refused`` (own_console_needed) where the group decides elsewhere only."""
    check_may_decide(console, filed, member)
    group = console.policy.roster.member(member).role
    if group in own_console_groups(console.policy, filed):
        raise Refused("own_console_needed", group=group)


def own_console_groups(policy: Policy, filed: Request) -> set[str]:
    """Return the groups that decide about these items on a console of their own only."""
    return {group for item in filed.items for group in policy.roster.own_console.get(item.class_, ())}


def check_restated(filed: Request, matters: Sequence[str]) -> None:
    """Raise ``Refused`` (matters_differ) unless exactly the request's matter numbers were typed again."""
    justification.check_restated(
        cast(list[str], cast(dict[str, Json], filed.body["justification"])["matters"]), matters
    )


def requested_records(console: Console, filed: Request) -> list[Object]:
    """Return the record of every requested item, checked."""
    known = credentials.fold(console)
    return [credentials.record(console, known, item) for item in filed.items]


def _shares(console: Console, filed: Request, member: str) -> bytes:
    person = console.policy.roster.member(member)
    decapsulate = partial(console.token(member).decapsulate, "share")
    return ceremony.hand_over(filed, person, requested_records(console, filed), decapsulate)


def _sign(
    console: Console,
    filed: Request,
    member: str,
    decision: str,
    *,
    blob: bytes | None = None,
    matters: Sequence[str] | None = None,
    confirms: Sequence[str] = (),
    amount: int = 0,
    ordinal: int = 0,
    reason: str | None = None,
) -> Approval:
    said = ceremony.statement(
        filed,
        policy_of(console, filed),
        member,
        decision,
        blob=blob,
        checkpoint=checkpoint_seen(console, member),
        matters=matters,
        confirms=confirms,
        amount=amount,
        ordinal=ordinal,
        reason=reason,
    )
    approval = Approval(said, blob, console.token(member).sign("sign", ceremony.statement_digest(said)))
    ceremony.check_approval(approval, filed, policy_of(console, filed))
    return approval


def checkpoint_seen(console: Console, member: str) -> Object:
    """Return the newest checkpoint, proven consistent with the one this keyholder last signed for."""
    newest, before = console.journal.checkpoint(), _last_seen(console, member)
    if before is not None:
        size, root = before
        proof = console.journal.prove_consistency(size)
        merkle.verify_consistency(size, newest.size, root, newest.root, proof)
    return {"size": newest.size, "root": to_base64(newest.root)}


def _last_seen(console: Console, member: str) -> tuple[int, bytes] | None:
    name = console.people[member]
    for type_ in ("activation.seconded", "activation.approved"):
        for entry in console.journal.entries(type_=type_, newest_first=True):
            if entry.actor == name:
                seen = cast(dict[str, Json], entry.body["seen"])
                return cast(int, seen["size"]), from_base64(seen["root"])
    return None


def _said(console: Console, filed: Request, approval: Approval, where: str) -> Decision:
    return Decision(
        by=where,
        request=filed.hash,
        group=approval.group,
        member=pseudonym(console, by_token(approval.member)),
        approval=digest("approval", encode(approval.to_json())),
        seen=Seen.from_json(cast(Object, approval.statement["checkpoint"])),
        # A reading from outside: it bounds when this entry, and those that were seen, were written.
        time=approval.clock if where == OWN_CONSOLE and approval.clock else None,
        signed=approval.to_json(),
    )
