# SPDX-License-Identifier: Apache-2.0
"""The sheets of one group in place of its tokens: what opens, and who may join, when its people cannot act.

What decides is the cryptography. For an activation the group's secret of each requested item comes from the sheets, and
only these go to the request key: without the other groups' approvals and the station's part they open nothing. For a
step of the policy the sheets sign: without the other groups' signatures it never holds.
"""

from collections.abc import Sequence
from typing import cast

from console.actions.activation.approval import checkpoint_seen, requested_records
from console.actions.activation.lifecycle import load, load_request, policy_of, refusals_noted
from console.actions.console import Console
from console.actions.entries import by_token, pseudonym, write
from console.actions.keyholder.recovery import Words, key_of, marked, named, set_in_force, set_of, sets
from console.actions.keyholder.sheet_status import owed
from console.actions.policy import steps as policy_actions
from console.actions.policy.standing import lost_with
from console.domain.activation import justification
from console.domain.activation.ceremony import Request
from console.domain.canonical import Json, Object, digest, encode, from_base64
from console.domain.entries.recovery import RecoveryUsed
from console.domain.errors import Refused
from console.domain.recovery import sheets
from console.domain.recovery.sheets import SheetSet, StandIn
from console.domain.sealed import envelope


def use(
    console: Console,
    act: str,
    group: str,
    words: Words,
    witness: str,
    *,
    present: Sequence[str] = (),
    again: str | None = None,
) -> Object:
    """Let the sheets of one group stand in for its approvals of an activation, witnessed by another group's keyholder.

    The group's secret of each item is taken from the record and sealed to the request key; the witness signs that on
    their own token. From then on the set is spent; ``again`` is the reason why a spent one is used once more.
    ``Refused``: sheets_spent, sheets_of_one_group, not_recoverable, witness_of_another_group, and as ``key_of``.
    """
    activation, filed = load(console, act), load_request(console, act)
    activation.check_state(console.machine.reading(), "requested", "approved")
    if set(activation.recovered) - {group}:
        raise Refused("sheets_of_one_group", group=", ".join(activation.recovered))
    console.policy.keyholder(witness)
    sheets.check_witness(group, witness, filed, policy_of(console, filed))
    with refusals_noted(console, act, "recover", witness):
        used, records = _needed_set(console, filed, group)
        reason = reason_again(console, used, again)
        blob = sheets.seal_secrets(filed, group, used.point, _secrets(console, used, records, words))
        said = sheets.stand_in_statement(
            filed,
            policy_of(console, filed),
            used,
            witness,
            blob,
            present=present,
            checkpoint=checkpoint_seen(console, witness),
            again=reason,
        )
        given = StandIn(said, blob, console.token(witness).sign("sign", sheets.stand_in_digest(said)))
        sheets.check_stand_in(given, filed, policy_of(console, filed))
    _write_use(console, act, used, given, witness, again=reason is not None)
    after = load(console, act)
    return {
        "activation": act,
        "missing": after.missing(),
        "state": after.state(console.machine.reading()),
        "owed": owed(console, used),
    }


def _write_use(console: Console, act: str, used: SheetSet, given: StandIn, witness: str, *, again: bool) -> None:
    said = RecoveryUsed(
        **named(used),
        purpose="activation",
        request=from_base64(given.statement["request"]),
        again=again,
        member=pseudonym(console, by_token(witness)),
        stand_in=digest("stand-in", encode(given.to_json())),
        signed_stand_in=given.to_json(),
    )
    write(console, said, by_token(witness), act=act, subject=console.people[witness], critical=True)


def sign(
    console: Console,
    id_: str,
    group: str,
    words: Words,
    witness: str,
    *,
    present: Sequence[str] = (),
    again: str | None = None,
) -> Object:
    """Let the sheets of one group sign a proposal in its stead; a keyholder of another group is there and signs, too.

    From then on the set is spent; ``again`` as above. ``Refused``: unknown_proposal, newcomers_sign_first,
    keyholder_suspended, sheets_would_stay, sheets_spent, no_sheets, sheets_of_one_group, witness_of_another_group, and
    as ``key_of``.
    """
    step = policy_actions.find(console, id_)
    sheets.check_other_group(group, console.policy.keyholder(witness).id, console.policy)
    if joining := step.unsigned_newcomers():
        # A witness with a new token would only prove that one.
        raise Refused("newcomers_sign_first", members=", ".join(joining))
    step.check_sheets(group)
    used = set_in_force(console.vault, console.policy.roster, group)
    reason = reason_again(console, used, again)
    key, _ = key_of(console.sheets, used, sets(console.vault), words)
    signed = step.signed_by_sheets(group, key.sign(step.signed_digest()))
    signed = signed.signed(witness, console.token(witness).sign("sign", step.signed_digest()))
    said = RecoveryUsed(
        **named(used),
        purpose="step",
        proposal=step.id,
        again=reason is not None,
        member=pseudonym(console, by_token(witness)),
        stood_in={"present": list(present), "again": reason},
    )
    # First the entry: a signature that nobody knows of must not exist.
    write(console, said, by_token(witness), subject=console.people[witness], critical=True)
    after = {**policy_actions.keep(console, signed, witness), "owed": owed(console, used)}
    return {**after, "lost": cast(Json, lost_with(console, signed.result(), group))}


def _needed_set(console: Console, filed: Request, group: str) -> tuple[SheetSet, list[Object]]:
    """Return the set that the requested records are sealed to, and those records."""
    records = requested_records(console, filed)
    points = set()
    for record in records:
        envelope.sealed_secret(record, group)
        roster = console.policy.roster_of(envelope.record_context(record).roster)
        points.add(roster.recovery_point(group))
    if len(points) > 1:
        raise Refused("sheets_of_several_generations", group=group)
    return set_of(sets(console.vault), group, points.pop()), records


def reason_again(console: Console, used: SheetSet, again: str | None) -> str | None:
    """Return why spent sheets are used once more, None for a set that is not spent; ``Refused`` (sheets_spent, …)."""
    if (used.slot, used.generation) not in marked(console, "recovery.used"):
        return None
    if again is None:
        raise Refused("sheets_spent", slot=used.slot, generation=used.generation)
    justification.check_reason(again)
    return again


def _secrets(console: Console, used: SheetSet, records: Sequence[Object], words: Words) -> list[bytes]:
    key, _ = key_of(console.sheets, used, sets(console.vault), words)
    return key.open([envelope.sealed_secret(record, used.slot) for record in records])
