# SPDX-License-Identifier: Apache-2.0
"""Changing roster and rules: propose, read as a difference, sign on one's own token, take effect.

A proposal is a file that binds nobody. Whoever joins signs first, with the new key; the signature that completes
the quorum also seals the station's unlock slot to those who join. The signed step is durable before the journal
says so; ``settle`` writes what a crash left unwritten, and refuses a chain that is not the one the journal knows.
After a step took effect the ``Console`` still holds the policy before it: the next act needs a new lease.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import cast

from console.actions.console import Console
from console.actions.entries import PROGRAM, THE_PROGRAM, Actor, by_token, enrolment_draft, pseudonyms, write
from console.actions.policy import suspension
from console.actions.policy.standing import check_openable
from console.domain.canonical import Json, Object, decode_object, from_base64, normalised, to_base64
from console.domain.changes import differences, warnings
from console.domain.entries.entry import Draft
from console.domain.entries.policy import PolicyChanged, PolicyProposed, PolicySigned
from console.domain.errors import Corrupt, Refused
from console.domain.policy import keyholder, rules, succession
from console.domain.policy.amendment import amended, without
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy
from console.domain.policy.succession import Step
from console.domain.words import to_words
from console.ports.entries import Entries
from console.ports.journal import Journal
from console.ports.machine import Machine
from console.ports.vault import Files, Vault

GENESIS = "genesis.json"
STEPS = "policy/"
PROPOSALS = "proposals/"


# --- the policy as it stands -------------------------------------------------------------------------------


def in_force(vault: Vault, pinned: bytes) -> Policy:
    """Return the policy that the pinned genesis and every signed step since lead to."""
    return succession.load_chain(vault.read(GENESIS), _steps(vault), pinned)


def as_written(vault: Files) -> Policy:
    """Return the policy as the station's files tell it: consistent, but not held against the pinned genesis."""
    proposed, _ = rules.parse(vault.read(GENESIS))
    return succession.extend(proposed, _steps(vault))


def show(known: Policy, open_: Sequence[Step] | None = None) -> Object:
    """Return a policy as people read it; ``open_`` are the proposals, None where the journal was not asked."""
    roster, suspended = known.roster, None if open_ is None else sorted(known.suspended)
    return {
        "number": known.number,
        "vault": roster.vault,
        "mode": roster.mode,
        "epoch": roster.epoch,
        "genesis": to_base64(known.genesis),
        "genesis_words": to_words(known.genesis),
        "policy": to_base64(known.hash),
        "words": to_words(known.hash),
        "classes": {name: dict(thresholds) for name, thresholds in roster.classes.items()},
        "members": [{"id": m.id, "name": m.name, "role": m.role, "assurance": m.assurance} for m in roster.members],
        "rules": known.rules.to_json(),
        "suspended": cast(Json, suspended),
        "by_sheets": known.by_sheets,
        "proposals": [describe(step) for step in open_ or ()],
    }


def _steps(vault: Files) -> list[bytes]:
    return [vault.read(name) for name in vault.names(STEPS)]


# --- proposing ---------------------------------------------------------------------------------------------


def propose_change(console: Console, change: Object) -> Object:
    """Propose what a change file says (``domain.amendment``); ``Refused`` as that, and as ``propose``."""
    proposed, reinstates = amended(console.policy, cast(Object, normalised(change)))
    return propose(console, proposed, console.hsm.unlocked_by(), reinstates)


def propose_without(console: Console, leaving: str) -> Object:
    """Propose that a person leaves."""
    roster = without(console.policy.roster, leaving)
    return propose(console, Policy(roster, console.policy.rules), console.hsm.unlocked_by())


def propose(console: Console, proposed: Policy, member: str, reinstates: Collection[str] = ()) -> Object:
    """Propose other documents, signed by nobody yet; return the proposal as a difference.

    ``Refused``: as ``succession.propose``; group_too_small, class_in_use, would_lock_out.
    """
    step = succession.propose(console.policy, proposed, reinstates)
    check_openable(console, step.result(), gone=step.groups_with_other_sheets())
    console.vault.write(_file(step), step.encode())
    # Nobody proves anything by proposing: it binds nobody.
    by = Actor(member, "unlock" if console.hsm.unlocked_by() == member else "claimed")
    write(
        console,
        PolicyProposed(
            proposal=step.id, number=step.after.number, differences=tuple(cast(list[Object], differences(step)))
        ),
        by,
        subject=subject_of(step.id),
    )
    return describe(step)


def subject_of(proposal: str) -> str:
    """Return whom what a proposal says of people is about: they have no pseudonym yet, and may never have one."""
    return f"step-{proposal}"


def proposals(console: Console) -> list[Step]:
    """Return the proposals that still follow the policy in force."""
    found = []
    for name in console.vault.names(PROPOSALS):
        try:
            step = succession.parse_step(console.vault.read(name), console.policy)
        except Corrupt as error:
            if error.code != "step_of_another_policy":
                raise
            continue
        if _file(step) != name:
            raise Corrupt("step_shape")
        found.append(step)
    return found


def find(console: Console, id_: str) -> Step:
    """Return a proposal; ``Refused`` (unknown_proposal) names those that are open."""
    known = proposals(console)
    for step in known:
        if step.id == id_:
            return step
    raise Refused("unknown_proposal", id=id_, known=", ".join(step.id for step in known) or "-")


def describe(step: Step) -> Object:
    """Return a proposal as people read it: what changes, what to mind, who has signed, who must still."""
    return {
        "proposal": step.id,
        "number": step.after.number,
        "policy": to_base64(step.after.hash),
        "words": to_words(step.after.hash),
        "differences": cast(Json, differences(step)),
        "warnings": cast(Json, warnings(step)),
        "signed": sorted({*step.signatures, *step.proofs}),
        "missing": cast(Json, step.missing()),
        "newcomers_missing": cast(Json, step.unsigned_newcomers()),
        "in_force": False,
    }


# --- signing, taking effect --------------------------------------------------------------------------------


def sign(console: Console, id_: str, member: str) -> Object:
    """Sign a proposal on a member's own token; the signature that completes it puts it into force.

    ``Refused``: unknown_proposal, newcomers_sign_first, not_a_keyholder, keyholder_suspended.
    """
    step = find(console, id_)
    check_turn(step, member)
    is_joining = member in step.unsigned_newcomers()
    token = console.token_of(member, step.signer(member).token_keys) if is_joining else console.token(member)
    return take(console, step, member, token.sign("sign", step.signed_digest()))


def check_turn(step: Step, member: str) -> None:
    """Raise ``Refused`` (newcomers_sign_first, keyholder_suspended) unless this person's signature counts now."""
    joining = step.unsigned_newcomers()
    if joining and member not in joining:
        raise Refused("newcomers_sign_first", members=", ".join(joining))
    step.signer(member)
    if not joining and member in step.before.suspended:
        raise Refused("keyholder_suspended", member=member)


def take(console: Console, step: Step, member: str, signature: bytes, *, here: bool = True) -> Object:
    """Keep a signature under a proposal; if it completes the quorum, put the proposal into force.

    A signature that came from elsewhere (not ``here``) cannot seal the unlock slots: one who is here signs once more.
    """
    check_turn(step, member)
    return keep(console, step.signed(member, signature), member, here=here)


def keep(console: Console, step: Step, member: str, *, here: bool = True) -> Object:
    """Keep a proposal that ``member`` has just signed; if the quorum is complete, put it into force."""
    console.vault.write(_file(step), step.encode())
    by = by_token(member) if member in console.people else THE_PROGRAM
    write(console, PolicySigned(proposal=step.id, number=step.after.number), by)
    if not step.is_complete() or (not here and _lacking_slots(console, step)):
        return describe(step)
    check_openable(console, step.result(), gone=[step.sheets.group] if step.sheets else [])
    _take_effect(console, step, member)
    return {**describe(step), "in_force": True}


def _take_effect(console: Console, step: Step, member: str) -> None:
    _seal_slots(console, step, member)
    console.vault.write(_step_file(step.after), step.encode())
    settle(console.journal, console.machine, console.vault, step.after)


def _seal_slots(console: Console, step: Step, member: str) -> None:
    """Seal the station's PIN to everybody whose keys are new or whose slot is missing, from the signer's own slot."""
    person, lacking = console.policy.roster.member(member), _lacking_slots(console, step)
    if not lacking:
        return
    slot = decode_object(console.vault.read(f"slots/{member}.json"))
    pin = keyholder.open_slot(slot, person, partial(console.token(member).decapsulate, "share"))
    try:
        for known in lacking:
            sealed = keyholder.seal_slot(step.after.roster.vault, known, bytes(pin))
            console.vault.write(f"slots/{known.id}.json", sealed)
    finally:
        pin[:] = bytes(len(pin))


def _lacking_slots(console: Console, step: Step) -> list[Member]:
    before = {known.id: known.share for known in console.policy.roster.members}
    present, suspended = set(console.vault.names("slots/")), step.result().suspended
    return [
        known
        for known in step.after.roster.members
        if known.id not in suspended
        and (before.get(known.id) != known.share or f"slots/{known.id}.json" not in present)
    ]


# --- what the journal knows of it --------------------------------------------------------------------------


def settle(journal: Journal, machine: Machine, vault: Vault, known: Policy) -> None:
    """Write every step that the journal does not know yet, once what it leaves over is cleared away.

    ``Corrupt``: policy_behind and policy_differs (the files do not tell what the journal knows), step_unsigned.
    """
    written = _check_written(journal, known)
    for after in known.history()[written:]:
        _check_quorum(journal, vault, after)
        # Whatever else was proposed followed the policy before this one, and can never hold any more.
        for name in vault.names(PROPOSALS):
            vault.remove(name)
        suspension.drop_slots(vault, known, suspension.with_suspended(journal, known).suspended)
        journal.append(_drafts(journal, machine, after), critical=True)


def _check_written(journal: Entries, known: Policy) -> int:
    """Return the number of the newest policy that the journal knows, which must be the one in the files."""
    for entry in journal.entries(type_="policy.changed", newest_first=True, limit=1):
        number = cast(int, entry.body["number"])
        if known.number < number:
            raise Corrupt("policy_behind", number=known.number, journal=number)
        if known.history()[number - 1].hash != from_base64(entry.body["policy"]):
            raise Corrupt("policy_differs", number=number)
        return number
    return 1


def _check_quorum(journal: Entries, vault: Vault, after: Policy) -> None:
    """The files alone do not tell who is suspended; a step that only holds with their signatures does not hold."""
    before = suspension.with_suspended(journal, after.earlier[-1])
    if not succession.parse_step(vault.read(_step_file(after)), before).is_complete():
        raise Corrupt("step_unsigned", number=after.number)


def _drafts(journal: Entries, machine: Machine, after: Policy) -> Sequence[Draft]:
    changed = PolicyChanged(
        number=after.number,
        policy=after.hash,
        epoch=after.roster.epoch,
        roster=after.roster.hash(),
        rules=after.rules.hash(),
        by_sheets=after.by_sheets,
    ).to_draft(actor=PROGRAM, proof=PROGRAM, id_=machine.new_id())
    known = pseudonyms(journal)
    joined = [enrolment_draft(m, machine) for m in after.roster.members if m.id not in known]
    return [changed, *joined]


def _file(step: Step) -> str:
    return f"{PROPOSALS}{step.id}.json"


def _step_file(known: Policy) -> str:
    return f"{STEPS}{known.number:06d}.json"
