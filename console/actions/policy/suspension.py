# SPDX-License-Identifier: Apache-2.0
"""Suspending a person at once, by one word of their own group: they count nowhere until a step lets them back in.

The journal says who is suspended; what they said before counts no longer, and their unlock slot is removed. It never
goes so far that too few are left. Lifting it takes the quorum (``actions.policy``), or a token with other keys.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from console.actions.console import Console
from console.actions.entries import by_token, pseudonym, write
from console.actions.policy.standing import check_openable
from console.domain.canonical import Json, Object, digest, encode, from_base64, shaped, to_base64
from console.domain.entries.keyholder import KeyholderSuspended
from console.domain.errors import Corrupt, Refused
from console.domain.policy.keyholder import WITHOUT_GROUP
from console.domain.policy.rules import Policy
from console.domain.policy.succession import is_still_suspended
from console.ports.entries import Entries
from console.ports.vault import Vault

SUSPENDED = "keyholder.suspended"


def suspend(console: Console, member: str, by: str) -> Object:
    """Suspend a person by the word of a keyholder of the same group, on that keyholder's own token.

    Operators and readers, who belong to no group, are suspended by any keyholder. ``Refused``: keyholder_suspended,
    other_group, group_too_small, would_lock_out.
    """
    known = console.policy
    person, signer = known.active(member), known.keyholder(by)
    if person.role not in (*WITHOUT_GROUP, signer.role):
        raise Refused("other_group", member=member, group=person.role)
    check_openable(console, replace(known, suspended=known.suspended | {member}))
    said: dict[str, Json] = {
        "v": 1,
        "vault": known.roster.vault,
        "policy": to_base64(known.hash),
        "member": member,
        "by": by,
    }
    signature = console.token(by).sign("sign", _signed(said))
    signer.check(signature, _signed(said))
    suspended = KeyholderSuspended(
        member=pseudonym(console, by_token(member)),
        policy=known.number,
        suspension={**said, "signature": to_base64(signature)},
    )
    write(console, suspended, by_token(by), critical=True)
    drop_slots(console.vault, known, {member})
    return {"suspended": member, "by": by, "state": "suspended"}


def with_suspended(journal: Entries, known: Policy) -> Policy:
    """Return the policy with those who are suspended under it; ``Corrupt`` (suspension_shape, signature_wrong)."""
    return replace(known, suspended=frozenset(_suspended(journal, known)))


def check_unlocker(known: Policy, member: str) -> None:
    """Raise ``Refused`` (unlocker_left) if who unlocked the station is suspended, or was here and is no more."""
    ever = {person.id for earlier in known.history() for person in earlier.roster.members}
    present = {person.id for person in known.roster.members} - known.suspended
    if member in ever - present:
        raise Refused("unlocker_left", member=member)


def drop_slots(vault: Vault, known: Policy, suspended: set[str] | frozenset[str]) -> None:
    """Remove the unlock slots of everybody who is suspended or stands in the roster no more."""
    kept = {f"slots/{member.id}.json" for member in known.roster.members if member.id not in suspended}
    for name in vault.names("slots/"):
        if name not in kept:
            vault.remove(name)


def whom(body: Object, fields: Object, known: Policy) -> str | None:
    """Return whom an entry suspends under a policy; None if that was lifted since, or came later.

    ``Corrupt`` (suspension_shape, signature_wrong): nobody said that. ``Refused``: unknown_member.
    """
    with shaped("suspension_shape"):
        # The signers of a step that the journal does not know are judged as they stood before it.
        if cast(int, body["policy"]) > known.number:
            return None
        said = dict(cast(Mapping[str, Json], fields["suspension"]))
        signature = from_base64(said.pop("signature"))
        then = known.history()[cast(int, body["policy"]) - 1]
        member, by = str(said["member"]), str(said["by"])
    if (said["vault"], said["policy"]) != (known.roster.vault, to_base64(then.hash)):
        raise Corrupt("suspension_shape")
    then.roster.member(by).check(signature, _signed(said))
    return member if is_still_suspended(then, member, known) else None


def _suspended(journal: Entries, known: Policy) -> set[str]:
    entries = journal.entries(type_=SUSPENDED)
    found = {whom(entry.body, journal.open_fields(entry), known) for entry in entries}
    return {member for member in found if member is not None}


def _signed(said: Object) -> bytes:
    return digest("sign-suspension", encode(said))
