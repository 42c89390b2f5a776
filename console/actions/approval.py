# SPDX-License-Identifier: Apache-2.0
"""What keyholders decide, each on their own token: approve, deny, extend, reset, go on after a clock step.

Before a keyholder signs, the newest checkpoint is proven to extend the one they last signed for; that they saw it
is part of what they sign.
"""

from collections.abc import Sequence
from typing import cast

from console.actions import credential as credentials
from console.actions.activation import budget, finish, keep_key, load, load_request, refusals_noted
from console.actions.keyholder import THE_PROGRAM, by_token, pseudonym, write
from console.actions.ports import Console
from console.domain import ceremony, envelope, justification, merkle
from console.domain.activation import Activation
from console.domain.canonical import Json, Object, digest, encode, from_base64, to_base64
from console.domain.ceremony import Approval, Request
from console.domain.errors import Refused

TURNS = {"extend": "activation.extended", "reset": "activation.reset", "resume": "activation.resumed"}


def approve(
    console: Console, act: str, member: str, *, matters: Sequence[str] | None = None,
    confirms: Sequence[str] | None = None,
) -> Object:  # fmt: skip
    """Give a keyholder's shares of the requested items, on their own token; return who is still missing.

    ``matters``: the matter numbers as the approver restated them (None: not restated, and signed as such).
    ``confirms``: what a Legal approver confirms; the rules say what must stand there, and by default all of it does,
    because that is what approving means. ``Refused``: matters_differ, confirmation_missing, already_approved.
    """
    activation, filed = load(console, act), load_request(console, act)
    activation.check_state(console.machine.reading(), "requested", "approved")
    if console.people.get(member) in {name for _, name in activation.approvals}:
        raise Refused("already_approved", member=member)
    _check_may_decide(console, filed, member, matters)
    confirmed = _confirmed(console, member, confirms)
    with refusals_noted(console, act, "approve", member):
        blob = _shares(console, filed, member)
        approval = _sign(console, filed, member, "approve", blob=blob, matters=matters, confirms=confirmed)
    entry_body = _decision_body(console, filed, approval)
    write(console, "activation.approved", by_token(member), entry_body,
          fields={"approval": approval.to_json()}, act=act, critical=True)  # fmt: skip
    after = load(console, act)
    return {"activation": act, "missing": after.missing(), "state": after.state(console.machine.reading())}


def deny(console: Console, act: str, member: str, reason: str) -> Object:
    """Refuse a request, on the keyholder's own token; its key is destroyed."""
    activation, filed = load(console, act), load_request(console, act)
    activation.check_state(console.machine.reading(), "requested", "approved")
    _check_may_decide(console, filed, member, None)
    if wrong := justification.free_text(reason):
        raise Refused("request_incomplete", problems=(("reason", wrong),))
    with refusals_noted(console, act, "deny", member):
        denial = _sign(console, filed, member, "deny", reason=reason)
    finish(console, act, "denied", by_token(member), {**_decision_body(console, filed, denial), "why": "denied"},
          fields={"approval": denial.to_json()})  # fmt: skip
    return {"activation": act, "state": "denied"}


def second(console: Console, act: str, member: str, decision: str, amount: int = 0) -> Object:
    """Give one role's word for an extension (seconds), a reset (showings) or going on after a clock step."""
    activation, filed = load(console, act), load_request(console, act)
    amount = amount or (cast(int, filed.body["releases"]) if decision == "reset" else 0)
    activation.check_second(decision, amount, console.machine.reading())
    _check_may_decide(console, filed, member, None)
    with refusals_noted(console, act, decision, member):
        word = _sign(console, filed, member, decision, amount=amount, ordinal=activation.turns)
    write(console, "activation.seconded", by_token(member),
          {**_decision_body(console, filed, word), "decision": decision, "amount": amount},
          fields={"approval": word.to_json()}, act=act, critical=True)  # fmt: skip
    missing = _words_missing(console, filed, activation, decision, amount)
    if not missing:
        write(console, TURNS[decision], THE_PROGRAM, {"amount": amount}, act=act, critical=True)
        keep_key(console, load(console, act))
    activation = load(console, act)
    state = activation.state(console.machine.reading())
    return {
        "activation": act,
        "state": state,
        "missing": dict.fromkeys(missing, 1),
        "budget": budget(activation),
    }


def _words_missing(
    console: Console, filed: Request, activation: Activation, decision: str, amount: int
) -> list[str]:
    """Return the groups whose word for this turn is missing; every word that counts is verified again."""
    given: set[str] = set()
    for entry in console.journal.entries(act=filed.activation, type_="activation.seconded"):
        word = Approval.from_json(cast(dict[str, Json], console.journal.open_fields(entry)["approval"]))
        ceremony.check_approval(word, filed, console.policy)
        if (word.decision, word.statement["amount"], word.statement["ordinal"]) == (
            decision,
            amount,
            activation.turns,
        ):
            given.add(word.group)
    return [group for group in sorted(activation.thresholds) if group not in given]


def _check_may_decide(console: Console, filed: Request, member: str, matters: Sequence[str] | None) -> None:
    person = console.policy.roster.member(member)
    if person.role not in console.policy.roster.groups:
        raise Refused("not_a_keyholder", member=member)
    if member == filed.requester:
        raise Refused("requester_cannot_approve", member=member)
    own = console.policy.roster.own_console
    if any(person.role in own.get(item.class_, ()) for item in filed.items):
        raise Refused("own_console_needed", group=person.role)
    asked = cast(list[str], cast(dict[str, Json], filed.body["justification"])["matters"])
    if matters is not None and sorted(matters) != sorted(asked):
        raise Refused("matters_differ")


def _confirmed(console: Console, member: str, confirms: Sequence[str] | None) -> Sequence[str]:
    asked = (
        console.policy.rules.legal_confirms if console.policy.roster.member(member).role == "legal" else ()
    )
    if confirms is None:
        return asked
    if lacking := sorted(set(asked) - set(confirms)):
        raise Refused("confirmation_missing", confirms=", ".join(lacking))
    return confirms


def _shares(console: Console, filed: Request, member: str) -> bytes:
    person, known = console.policy.roster.member(member), credentials.fold(console)
    records = [credentials.record(console, known, item) for item in filed.items]
    sealed = [envelope.sealed_share(record, member) for record in records]
    shares = envelope.open_sealed(
        lambda points: console.token(member).derive("share", points),
        person.share,
        [(s[3], s[4]) for s in sealed],
    )
    for record, share in zip(records, shares, strict=True):
        envelope.check_share(record, member, share)
    return ceremony.seal_shares(filed, person.role, member, shares)


def _sign(
    console: Console, filed: Request, member: str, decision: str, *, blob: bytes | None = None,
    matters: Sequence[str] | None = None, confirms: Sequence[str] = (), amount: int = 0, ordinal: int = 0,
    reason: str | None = None,
) -> Approval:  # fmt: skip
    said = ceremony.statement(
        filed, console.policy, member, decision, blob=blob, checkpoint=_checkpoint_seen(console, member),
        matters=matters, confirms=confirms, amount=amount, ordinal=ordinal, reason=reason,
    )  # fmt: skip
    approval = Approval(said, blob, console.token(member).sign("sign", ceremony.statement_digest(said)))
    ceremony.check_approval(approval, filed, console.policy)
    return approval


def _checkpoint_seen(console: Console, member: str) -> Object:
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


def _decision_body(console: Console, filed: Request, approval: Approval) -> dict[str, Json]:
    return {
        "request": to_base64(filed.hash), "group": approval.group,
        "member": pseudonym(console, by_token(approval.member)),
        "approval": to_base64(digest("approval", encode(approval.to_json()))),
        "seen": approval.statement["checkpoint"],
    }  # fmt: skip
