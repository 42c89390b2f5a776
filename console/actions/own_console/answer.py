# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console: it knows one station by its pinned founding document, reads a request, and answers.

There is no vault here and no journal: only the pinned hash, the policy that was verified from it, what this console
was shown of the station's journal, and every answer that was given, each written before it is shown. Whose station it
is and whether it is a drill is read from the pinned roster, never from a request.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import cast

from console.actions.activation import approval
from console.actions.own_console import question as asked
from console.actions.policy import steps as policy_actions
from console.actions.policy.steps import GENESIS, STEPS
from console.domain import words
from console.domain.activation import ceremony, justification
from console.domain.activation.ceremony import Approval
from console.domain.canonical import Json, Object, decode_object, encode, from_base64, normalised, shaped, to_base64
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.event import Seen
from console.domain.errors import Corrupt, Refused, Unavailable
from console.domain.handoff import errand
from console.domain.handoff.errand import ERRAND, Errand
from console.domain.journal import witness
from console.domain.policy import rules as policy
from console.domain.policy import succession
from console.domain.policy.keyholder import TokenKeys
from console.domain.policy.rules import Policy
from console.domain.renewal import Log, number_of
from console.ports.machine import Machine
from console.ports.token import Token
from console.ports.vault import Vault

PINNED, MEMORY, CARD = "pinned.json", "memory.json", "card.json"


@dataclass(frozen=True)
class OwnConsole:
    """What there is on a keyholder's own console."""

    member: str
    machine: Machine
    files: Vault
    token: Callable[[TokenKeys], Token]
    """Return this person's token, which must have these keys."""
    alone: Callable[[], AbstractContextManager[None]]
    """Hold this console alone: two faces of it must not remember past one another."""


@dataclass(frozen=True)
class Opened:
    """An errand that was opened and verified: what there is to decide."""

    errand: Errand
    policy: Policy
    seen: Seen
    journal: int
    """The number of the station's log: above 1 it was begun anew after an alarm."""


# --- knowing the station ----------------------------------------------------------------------------------


def pin(own: OwnConsole, card: bytes, spoken: Sequence[str]) -> Object:
    """Pin a station by its card and the 12 words that its keyholder has from elsewhere; or bring the pinned one up.

    ``Refused``: not_a_pin_card, words_needed, pinned_another, policy_downgrade, not_in_card; ``Corrupt``:
    pin_card_shape, words_differ, genesis_*, step_*, checkpoint_*, policy_forked.
    """
    value = _card(card)
    genesis = str(value["genesis"]).encode()
    proposed, _ = policy.parse(genesis)
    if not spoken:
        raise Refused("words_needed")
    words.check_words(spoken, proposed.genesis)
    with shaped("pin_card_shape"):
        steps = [str(step).encode() for step in cast(list[str], value["steps"])]
    after = succession.load_chain(genesis, steps, proposed.genesis)
    if own.member not in [person.id for person in after.roster.members]:
        raise Refused("not_in_card", member=own.member)
    log, seen = told(own, str(value["checkpoint"]), after)
    known = pinned_if_any(own)
    if known is not None:
        # A card proves nothing about what came between, but it must not contradict.
        witness.check_root(seen, memory_of(own).get(log.origin, []))
        _bring_up(own, known, after, steps)
        return describe_pinned(own)
    # Pinned last: a card that was cut short leaves nothing that counts.
    remember(own, log.origin, [seen])
    own.files.write(GENESIS, genesis)
    _keep_steps(own, steps, 1)
    own.files.write(PINNED, encode({"v": 1, "genesis": to_base64(proposed.genesis)}))
    return describe_pinned(own)


def _bring_up(own: OwnConsole, known: Policy, after: Policy, steps: Sequence[bytes]) -> None:
    if known.genesis != after.genesis:
        raise Refused("pinned_another", vault=known.roster.vault)
    if after.number < known.number:
        raise Refused("policy_downgrade", known=known.number, told=after.number)
    check_continues(known, after)
    _keep_steps(own, steps[known.number - 1 :], known.number)


def check_continues(known: Policy, after: Policy) -> None:
    """Raise ``Corrupt`` (policy_forked) unless a policy follows from the one that this console has verified.

    Two steps of one number may both be fully signed; only one ever took effect.
    """
    if after.history()[known.number - 1].hash != known.hash:
        raise Corrupt("policy_forked", number=known.number)


def describe_pinned(own: OwnConsole) -> Object:
    """Return which station this console knows, and what of it."""
    known = pinned(own)
    return {
        "member": own.member,
        "vault": known.roster.vault,
        "mode": known.roster.mode,
        "organisation": known.roster.station["origin"],
        "words": words.to_words(known.genesis),
        "policy": known.number,
        "remembers": [{"log": log, "size": seen[-1].size} for log, seen in memory_of(own).items()],
    }


def pinned(own: OwnConsole) -> Policy:
    """Return the policy that this console has verified; ``Unavailable`` (nothing_pinned) before a card was."""
    known = pinned_if_any(own)
    if known is None:
        raise Unavailable("nothing_pinned")
    return known


def pinned_if_any(own: OwnConsole) -> Policy | None:
    """Return the policy that this console has verified, or None before it knows a station."""
    if PINNED not in own.files.names(""):
        return None
    with shaped("pinned_shape"):
        genesis = from_base64(decode_object(own.files.read(PINNED))["genesis"])
    return policy_actions.in_force(own.files, genesis)


def _card(data: bytes) -> Object:
    value = decode_object(data)
    if value.keys() != {"v", "genesis", "steps", "checkpoint"}:
        raise Refused("not_a_pin_card")
    return value


def _keep_steps(own: OwnConsole, steps: Sequence[bytes], after: int) -> None:
    for number, step in enumerate(steps, start=after + 1):
        own.files.write(f"{STEPS}{number:06d}.json", step)


# --- what this console was shown --------------------------------------------------------------------------


def memory_of(own: OwnConsole) -> dict[str, list[Seen]]:
    """Return the states that were proven to this console, by the log's origin, smallest first."""
    if MEMORY not in own.files.names(""):
        return {}
    with shaped("memory_shape"):
        rows = cast(list[dict[str, Json]], decode_object(own.files.read(MEMORY))["logs"])
        return {str(row["log"]): [Seen.from_json(seen) for seen in cast(list[Object], row["seen"])] for row in rows}


def told(own: OwnConsole, note: str, known: Policy) -> tuple[Log, Seen]:
    """Return the log and the state that a signed checkpoint shows; ``Corrupt``: checkpoint_*, log_older."""
    log, seen = errand.told(note, known)
    witness.check_log(log.number, [number_of(origin) for origin in memory_of(own)])
    return log, seen


def remember(own: OwnConsole, origin: str, seen: Sequence[Seen]) -> None:
    """Keep what was proven, durably; call it with the console held alone, or an older word could win."""
    memory = {**memory_of(own), origin: seen}
    rows: list[Json] = [{"log": log, "seen": [s.to_json() for s in known]} for log, known in sorted(memory.items())]
    own.files.write(MEMORY, encode({"v": 1, "logs": rows}))


# --- reading a request ------------------------------------------------------------------------------------


def read(own: OwnConsole, data: bytes) -> Opened:
    """Open an errand on the keyholder's token, verify it, and remember what it proves.

    Raises as ``errand.check_reader``, ``errand.check``, ``witness.check`` and ``witness.check_log`` do; ``Corrupt``
    (seal_broken).
    """
    sealed, known = errand.parse(data, ERRAND), pinned(own)
    errand.check_reader(sealed, known, own.member)
    person = known.roster.member(own.member)
    decapsulate = partial(own.token(person.token_keys).decapsulate, "share")
    asked = errand.open_errand(sealed, known.roster.vault, person, decapsulate)
    after = errand.check(asked, known, own.member)
    with own.alone():
        log, seen = told(own, str(asked.body["checkpoint"]), after)
        memory = witness.check(seen, asked.earlier, memory_of(own).get(log.origin, []))
        steps = cast(list[str], asked.body["steps"])[known.number - cast(int, asked.body["since"]) :]
        _keep_steps(own, [step.encode() for step in steps], known.number)
        remember(own, log.origin, memory)
    return Opened(asked, after, seen, log.number)


def describe(own: OwnConsole, opened: Opened) -> Object:
    """Return in plain values what the keyholder decides about: everything here was signed by the station."""
    return asked.describe(opened.errand, opened.policy, journal=opened.journal, wall_ms=own.machine.reading().wall_ms)


# --- answering --------------------------------------------------------------------------------------------


def agree(
    own: OwnConsole, opened: Opened, matters: Sequence[str], confirms: Sequence[str] | None = None
) -> tuple[Object, bytes]:
    """Give what is asked: approve, or a word for a turn; return the answer, described, and its bytes.

    ``Refused``: matters_differ, confirmation_missing, confirmation_unknown, errand_expired, already_answered.
    """
    decision = opened.errand.decision
    approval.check_restated(opened.errand.request, matters)
    if decision != "approve":
        return _answered(own, opened, decision, matters=matters)
    confirmed = approval.chosen_confirmations(opened.policy, own.member, confirms)
    return _answered(own, opened, "approve", matters=matters, confirms=confirmed)


def refuse(own: OwnConsole, opened: Opened, reason: str, *, veto: bool = False) -> tuple[Object, bytes]:
    """Deny a request; or, with ``veto``, end it though it may be open already. Both are signed.

    ``Refused``: request_incomplete (the reason says nothing), turn_not_denied, errand_expired, already_answered.
    """
    reason = str(normalised(reason))
    justification.check_reason(reason)
    if not veto and opened.errand.decision != "approve":
        raise Refused("turn_not_denied")
    return _answered(own, opened, "veto" if veto else "deny", reason=reason)


def _answered(
    own: OwnConsole,
    opened: Opened,
    decision: str,
    *,
    matters: Sequence[str] | None = None,
    confirms: Sequence[str] = (),
    reason: str | None = None,
) -> tuple[Object, bytes]:
    name = _file(opened, decision)
    if name in own.files.names("answers/"):
        return _once_more(own, name, decision)
    if decision != "veto":
        errand.check_time(opened.errand, own.machine.reading().wall_ms)
    given = _signed(own, opened, decision, matters=matters, confirms=confirms, reason=reason)
    salt = own.machine.random(errand.SALT_BYTES)
    data = errand.seal_answer(given, opened.errand.request, salt).encode()
    kept: dict[str, Json] = {
        "v": 1,
        "activation": opened.errand.request.activation,
        "decision": decision,
        "answer": to_base64(data),
        "at": to_rfc3339(own.machine.reading().wall_ms),
    }
    # Durable before it is shown: what this person has signed is never unknown to their own console.
    own.files.write(name, encode(kept))
    return _described(kept, repeated=False), data


def _once_more(own: OwnConsole, name: str, decision: str) -> tuple[Object, bytes]:
    """Give the answer that was given: one question has one answer, however often it comes."""
    with shaped("kept_answer_shape"):
        kept = decode_object(own.files.read(name))
        data = from_base64(kept["answer"])
    if kept["decision"] != decision:
        raise Refused("already_answered", decision=kept["decision"], at=kept["at"])
    return _described(kept, repeated=True), data


def _described(kept: Object, *, repeated: bool) -> Object:
    return {
        **{name: kept[name] for name in ("activation", "decision", "at")},
        "repeated": repeated,
        "bytes": len(from_base64(kept["answer"])),
    }


def _file(opened: Opened, decision: str) -> str:
    asked = opened.errand
    slot = {"approve": "decision", "deny": "decision", "veto": "veto"}.get(decision)
    turn = f"{decision}-{asked.amount}-{asked.ordinal}"
    return f"answers/{asked.request.hash.hex()}-{slot or turn}.json"


def _signed(
    own: OwnConsole,
    opened: Opened,
    decision: str,
    *,
    matters: Sequence[str] | None,
    confirms: Sequence[str],
    reason: str | None,
) -> Approval:
    asked, request = opened.errand, opened.errand.request
    made_under = opened.policy.of(request.body["roster"], request.body["rules"])
    person = opened.policy.roster.member(own.member)
    token = own.token(person.token_keys)
    blob = None
    if decision == "approve":
        records = errand.excerpts(asked, opened.policy, own.member)
        blob = ceremony.hand_over(request, person, records, partial(token.decapsulate, "share"))
    turn = (asked.amount, asked.ordinal) if decision in approval.TURNS else (0, 0)
    said = ceremony.statement(
        request,
        made_under,
        own.member,
        decision,
        blob=blob,
        checkpoint=opened.seen.to_json(),
        matters=matters,
        confirms=confirms,
        amount=turn[0],
        ordinal=turn[1],
        reason=reason,
        clock=to_rfc3339(own.machine.reading().wall_ms),
    )
    given = Approval(said, blob, token.sign("sign", ceremony.statement_digest(said)))
    ceremony.check_approval(given, request, made_under)
    return given
