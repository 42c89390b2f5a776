# SPDX-License-Identifier: Apache-2.0
"""Approvals from elsewhere, at the station: the request goes out, the answer comes back, and who is still missing.

What goes out is journaled before it is shown. What comes back is journaled by the same code, under the same checks,
as a decision made here. The station remembers which checkpoints each keyholder was shown, so that the next request
proves that nothing was taken back since.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import cast

from console.actions.activation import approval
from console.actions.activation.lifecycle import key_name, load, load_request, refusals_noted, stored_request
from console.actions.console import Console
from console.actions.credential import versions as credentials
from console.actions.entries import by_token, pseudonym, unlocked_person, write
from console.actions.keyholder.enrolment import contacts, deputies
from console.actions.own_console import question as asked
from console.actions.policy.steps import GENESIS, STEPS
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval, Item, Request
from console.domain.activation.state import Activation
from console.domain.canonical import Json, Object, decode_object, encode, shaped, to_base64
from console.domain.entries.activation import ActivationAsked
from console.domain.entries.entry import Checkpoint, Entry, to_rfc3339
from console.domain.entries.event import Seen
from console.domain.entries.keyholder import KeyholderCarded
from console.domain.errors import Corrupt, Refused, Unavailable
from console.domain.handoff import errand
from console.domain.handoff.errand import ANSWER, Errand, Sealed
from console.domain.journal.witness import Proven
from console.domain.keyholder import contact
from console.domain.sealed import envelope
from console.domain.words import to_words

ASKED, CARDED = "activation.asked", "keyholder.carded"
PROVEN_BACK = 4
"""How many of the states that a keyholder was last shown are proven: their console stands at one of them."""
OTHERS_LOOKED_AT = 200
ALIVE = ("requested", "approved", "open", "frozen")


@dataclass(frozen=True)
class Question:
    """What is asked of whom; ``since`` and ``remembers`` as ``request_code`` says."""

    member: str
    decision: str
    amount: int
    since: int | None
    remembers: int | None


# --- out --------------------------------------------------------------------------------------------------


def request_code(
    console: Console,
    act: str,
    member: str,
    *,
    decision: str = "approve",
    amount: int = 0,
    since: int | None = None,
    remembers: int | None = None,
) -> tuple[Object, bytes]:
    """Return what goes to a keyholder's own console, described, and its bytes, sealed to them alone.

    ``since``, ``remembers``: the number of the policy and the size of the journal that their console says it knows,
    where that is not what this station believes. Raises as the decision itself would here, and ``Refused`` (no_share).
    """
    activation, filed = load(console, act), load_request(console, act)
    amount = approval.turn_amount(filed, decision, amount)
    _check_may_be_asked(console, activation, filed, member, decision, amount)
    newest = console.journal.checkpoint()
    question = Question(member, decision, amount, since, remembers)
    body = _compose(console, activation, filed, question, newest)
    sent = Errand(body, console.hsm.sign("request", errand.signed_digest(body)))
    name = pseudonym(console, by_token(member))
    noted = ActivationAsked(
        request=filed.hash,
        member=name,
        decision=decision,
        amount=amount,
        ordinal=activation.turns,
        policy=console.policy.number,
        seen=_seen(newest),
    )
    write(console, noted, unlocked_person(console), act=act)
    salt = console.machine.random(errand.SALT_BYTES)
    data = errand.seal_errand(sent, console.policy.roster.member(member), salt).encode()
    value: Object = {
        "activation": act,
        "member": member,
        "decision": decision,
        "valid_until": to_rfc3339(sent.until_ms),
        "bytes": len(data),
    }
    return value, data


def describe(console: Console, act: str, member: str, decision: str = "approve", amount: int = 0) -> Object:
    """Return what a keyholder decides at the station, as their own console would show it; nothing is journaled.

    Raises as ``approval.approve``, ``deny`` and ``second`` do before they sign.
    """
    activation, filed = load(console, act), load_request(console, act)
    amount = approval.turn_amount(filed, decision, amount)
    approval.check_may_here(console, activation, filed, member, decision, amount)
    question = Question(member, decision, amount, None, None)
    body = _compose(console, activation, filed, question, console.journal.checkpoint())
    kinds, cards = _told(console, filed.items)
    told: Object = {**body, "kinds": kinds, "cards": cards}  # here a turn too says what it is about
    number, at = console.logs.current().number, console.machine.reading()
    return asked.describe(Errand(told, b""), console.policy, journal=number, wall_ms=at.wall_ms)


def _check_may_be_asked(
    console: Console, activation: Activation, filed: Request, member: str, decision: str, amount: int
) -> None:
    if decision == "approve":
        approval.check_may_approve(console, activation, filed, member)
    else:
        activation.check_second(decision, amount, console.machine.reading())
        approval.check_may_decide(console, filed, member)


def _compose(
    console: Console, activation: Activation, filed: Request, question: Question, newest: Checkpoint
) -> Object:
    items: Sequence[Item] = filed.items if question.decision == "approve" else []
    known, at = credentials.fold(console), console.machine.reading()
    kinds, cards = _told(console, items)
    first = question.since or _policy_known_to(console, question.member)
    return errand.compose(
        filed,
        console.policy,
        question.member,
        question.decision,
        amount=question.amount,
        ordinal=activation.turns,
        steps=_steps(console)[first - 1 :],
        records=[credentials.record(console, known, item) for item in items],
        kinds=kinds,
        cards=cards,
        note=newest.note,
        earlier=_earlier(console, question, newest),
        written_ms=at.wall_ms,
        until_ms=at.wall_ms + activation.seconds_left(at) * 1000,
    )


def _told(console: Console, items: Sequence[Item]) -> tuple[list[str], list[Object]]:
    """Return of each item the kind of its credential, and its use card."""
    known = credentials.fold(console)
    kinds = [credentials.find(known, item.credential).kind.name for item in items]
    return kinds, [_use_card(console, item.credential) for item in items]


def _use_card(console: Console, name: str) -> Object:
    # It only says where its target lets the account in: without it a keyholder is told less, and still asked.
    with suppress(Unavailable, Corrupt):
        return decode_object(console.vault.read(f"cards/{name}.json"))
    return {}


def _steps(console: Console) -> list[bytes]:
    return [console.vault.read(name) for name in console.vault.names(STEPS)]


def _shown_to(console: Console, member: str) -> list[Entry]:
    """Return every entry that says what a member was shown, newest first."""
    name = console.people[member]
    found = [entry for type_ in (ASKED, CARDED) for entry in console.journal.entries(type_=type_)]
    mine = [entry for entry in found if entry.body["member"] == name]
    return sorted(mine, key=lambda entry: entry.seq, reverse=True)


def surely_known_to(console: Console, member: str) -> list[Entry]:
    """Return those of them that the member's console took in: cards, and what they answered."""
    name = console.people[member]
    answered = {
        entry.act
        for type_ in ("activation.approved", "activation.denied", "activation.seconded", "activation.ended")
        for entry in console.journal.entries(type_=type_)
        if entry.actor == name and entry.body.get("by") == approval.OWN_CONSOLE
    }
    return [e for e in _shown_to(console, member) if e.type == CARDED or e.act in answered]


def _policy_known_to(console: Console, member: str) -> int:
    numbers = [entry.body["policy"] for entry in surely_known_to(console, member)]
    return max(cast(list[int], numbers), default=1)


def _earlier(console: Console, question: Question, newest: Checkpoint) -> list[Proven]:
    known = surely_known_to(console, question.member)[:1]
    shown = [*_shown_to(console, question.member)[:PROVEN_BACK], *known]
    sizes = {Seen.from_json(cast(Object, entry.body["seen"])).size for entry in shown}
    wanted = [question.remembers] if question.remembers else sorted(sizes)
    return [
        Proven(Seen(size, console.journal.root_at(size)), console.journal.prove_consistency(size))
        for size in wanted
        if 0 < size < newest.size
    ]


def _seen(newest: Checkpoint) -> Seen:
    return Seen(newest.size, newest.root)


def pin_card(console: Console, member: str) -> tuple[Object, bytes]:
    """Return the card by which a keyholder's own console comes to know this station, described, and its bytes.

    It holds no secret. Whoever pins it types the 12 words that they have from somewhere else.
    """
    person = console.policy.roster.member(member)
    newest = console.journal.checkpoint()
    data = encode(
        {
            "v": 1,
            "genesis": console.vault.read(GENESIS).decode(),
            "steps": [step.decode() for step in _steps(console)],
            "checkpoint": newest.note.decode(),
        }
    )
    name = pseudonym(console, by_token(person.id))
    noted = KeyholderCarded(member=name, policy=console.policy.number, seen=_seen(newest))
    write(console, noted, unlocked_person(console))
    value: Object = {
        "member": person.id,
        "vault": console.policy.roster.vault,
        "mode": console.policy.roster.mode,
        "genesis": to_base64(console.policy.genesis),
        "words": to_words(console.policy.genesis),
        "policy": console.policy.number,
        "bytes": len(data),
    }
    return value, data


# --- back -------------------------------------------------------------------------------------------------


def approval_scan(console: Console, act: str, data: bytes) -> Object:
    """Take a keyholder's answer: verified and journaled exactly as a decision made here; return what a decision does.

    ``Refused``: not_an_answer, answer_to_another_request (names which), answer_unknown, activation_state, and as
    ``approval.take``; ``Corrupt``: seal_broken, answer_saw_another_journal, wrong_share (names the liar).
    """
    sealed, filed = errand.parse(data, ANSWER), load_request(console, act)
    with refusals_noted(console, act, "approval-scan"):
        given = _opened(console, sealed, filed)
        if given.blob is not None:
            _check_shares(console, filed, given)
        return approval.take(console, act, given)


def read_answer(console: Console, act: str, data: bytes) -> Object:
    """Return who answered what, and why they deny, verified but not taken; raises as ``approval_scan``."""
    given = _opened(console, errand.parse(data, ANSWER), load_request(console, act))
    said = given.statement
    return {"activation": act, "member": given.member, "decision": said["decision"], "reason": said.get("reason")}


def _opened(console: Console, sealed: Sealed, filed: Request) -> Approval:
    """Return the verified answer in its envelope."""
    if not sealed.is_to(filed.hash):
        raise _of_another(console, sealed)
    load(console, filed.activation).check_state(console.machine.reading(), *ALIVE)
    given = errand.open_answer(sealed, filed, partial(console.hsm.derive, key_name(filed.activation)))
    ceremony.check_approval(given, filed, console.policy.of(filed.body["roster"], filed.body["rules"]))
    _check_seen(console, given)
    return given


def _of_another(console: Console, sealed: Sealed) -> Refused:
    filed = console.journal.entries(type_="activation.requested", newest_first=True, limit=OTHERS_LOOKED_AT)
    for entry in filed:
        with suppress(Refused):  # erased
            if sealed.is_to(stored_request(console, entry).hash):
                return Refused("answer_to_another_request", activation=entry.act)
    return Refused("answer_unknown")


def _check_seen(console: Console, given: Approval) -> None:
    """A keyholder who was shown another history than this journal's has found a fork: their signature proves it."""
    with shaped("approval_shape"):
        seen = Seen.from_json(cast(Object, given.statement["checkpoint"]))
        # It becomes part of a public entry: whatever else somebody wrote there would stay readable for all.
        if seen.to_json() != given.statement["checkpoint"]:
            raise ValueError("checkpoint")
    size = min(seen.size, console.journal.size())
    told = Seen(size, console.journal.root_at(size))
    if told != seen:
        raise Corrupt("answer_saw_another_journal", member=given.member, seen=str(seen), told=str(told))


def _check_shares(console: Console, filed: Request, given: Approval) -> None:
    """Name a liar now, while the keyholder can still be reached, and not at the first release."""
    derive = partial(console.hsm.derive, key_name(filed.activation))
    shares = ceremony.open_shares(filed, [given], derive)[given.member]
    for record, share in zip(approval.requested_records(console, filed), shares, strict=True):
        envelope.check_share(record, given.member, share)


# --- who is still missing ---------------------------------------------------------------------------------


def missing(console: Console, act: str) -> Object:
    """Return who could still decide about a request, and how each is reached."""
    activation, filed = load(console, act), load_request(console, act)
    given = {name for _, name in activation.approvals}
    sent = {entry.body["member"]: entry for entry in console.journal.entries(act=act) if entry.type == ASKED}
    cards = contacts(console)
    stand_in, own = deputies(console, cards), approval.own_console_groups(console.policy, filed)
    rows: list[Json] = [
        {
            "member": person.id,
            "name": person.name,
            "group": person.role,
            "own_console_only": person.role in own,
            "asked": _when(sent.get(console.people[person.id])),
            **contact.to_object(cards, person.id),
            "deputies": cast(Json, stand_in.get(person.id, [])),
        }
        for group, count in activation.missing().items()
        if count
        for person in console.policy.roster.group(group)
        if console.people[person.id] not in given and _may_decide(console, filed, person.id)
    ]
    state = activation.state(console.machine.reading())
    return {"activation": act, "state": state, "missing": activation.missing(), "people": rows}


def _when(entry: Entry | None) -> str | None:
    return None if entry is None else to_rfc3339(entry.t.wall_ms)


def _may_decide(console: Console, filed: Request, member: str) -> bool:
    try:
        approval.check_may_decide(console, filed, member)
    except Refused:
        return False
    return True
