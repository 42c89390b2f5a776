# SPDX-License-Identifier: Apache-2.0
"""How roster and rules change after the genesis: step by step, each signed by those before it and those who join.

A step carries both documents whole. It holds when, per group of the roster before it, as many people have signed as
any class of the old or the new roster asks, and every keyholder whose keys are new has proven them with a signature
of its own. So nobody alone can weaken the rules, and nobody joins with a key that they do not hold.

The recovery sheets of one group may sign in its stead, so that the loss of all its tokens does not leave the firm
outside its own rules. They count for that group and no other, one group's only, and they do not outlive the step.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from console.domain import keys
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.policy import rules as policy
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy, Roster, SheetKeys


@dataclass(frozen=True)
class BySheets:
    """The signature that the recovery sheets of one group gave in the stead of its people."""

    group: str
    signature: bytes

    def to_json(self) -> dict[str, Json]:
        """Return it as it stands in a step."""
        return {"group": self.group, "signature": to_base64(self.signature)}


@dataclass(frozen=True)
class Step:
    """A proposed or signed change: the policy after it (with all before it), and who has signed.

    ``signatures`` are the quorum's, by keys of the roster before; ``proofs`` are the newcomers', by their new keys;
    ``sheets`` is one group's recovery sheets', by their key in the roster before.
    """

    after: Policy
    signatures: Mapping[str, bytes] = field(default_factory=dict)
    proofs: Mapping[str, bytes] = field(default_factory=dict)
    sheets: BySheets | None = None

    @property
    def before(self) -> Policy:
        """The policy that it replaces."""
        return self.after.earlier[-1]

    @property
    def id(self) -> str:
        """The first 12 hex digits of its hash: how people and commands name a proposal."""
        return self.after.hash.hex()[:12]

    def signed_digest(self) -> bytes:
        """Return the digest that everybody signs on their own token."""
        return digest("sign-step", self.after.hash)

    def encode(self) -> bytes:
        """Return the canonical bytes of the step file."""
        return encode(
            {
                "v": 1,
                "number": self.after.number,
                "previous": to_base64(self.before.hash),
                "roster": self.after.roster.to_json(),
                "rules": self.after.rules.to_json(),
                "reinstates": list(self.after.reinstates),
                "signatures": policy.write_signatures(self.signatures),
                "proofs": policy.write_signatures(self.proofs),
                "sheets": self.sheets.to_json() if self.sheets else None,
            }
        )

    def newcomers(self) -> list[Member]:
        """Return the keyholders who did not stand in the roster before with this group and these keys."""
        return [member for member in self.after.roster.keyholders() if not self.before.roster.has(member)]

    def unsigned_newcomers(self) -> list[str]:
        """Return the ids of those who join and have not signed with their new key."""
        return [member.id for member in self.newcomers() if member.id not in self.proofs]

    def signer(self, member: str) -> Member:
        """Return whose key is asked of a member next: a newcomer's new one first, then that of the roster before.

        So a person whose token is replaced signs with the new one, and counts for the quorum with the old one if they
        still have it. ``Refused``: unknown_member, not_a_keyholder, signed_already (who joins signs once).
        """
        for newcomer in self.newcomers():
            if newcomer.id == member and member not in self.proofs:
                return newcomer
        if member in self.proofs and all(person.id != member for person in self.before.roster.members):
            raise Refused("signed_already", member=member)
        known = self.before.roster.member(member)
        if known.role not in self.before.roster.groups:
            raise Refused("not_a_keyholder", member=member)
        return known

    def signed(self, member: str, signature: bytes) -> "Step":
        """Return the step with one more signature by the key that is asked next, checked."""
        self.signer(member).check(signature, self.signed_digest())
        if member in self.unsigned_newcomers():
            return replace(self, proofs={**self.proofs, member: signature})
        return replace(self, signatures={**self.signatures, member: signature})

    def signed_by_sheets(self, group: str, signature: bytes) -> "Step":
        """Return the step with the signature of a group's recovery sheets, checked; it is the group's whole quorum.

        ``Refused``: sheets_of_one_group, no_sheets, sheets_would_stay; ``Corrupt`` (signature_wrong).
        """
        self.check_sheets(group)
        keys.check_signature(_sheets_of(self.before.roster, group).sign, signature, self.signed_digest())
        after = replace(self.after, by_sheets=group)
        return replace(self, after=after, sheets=BySheets(group, signature))

    def check_sheets(self, group: str) -> None:
        """Raise ``Refused`` unless a group's sheets may sign this: alone of all sheets, and gone with it."""
        if self.sheets is not None and self.sheets.group != group:
            raise Refused("sheets_of_one_group", group=self.sheets.group)
        _sheets_of(self.before.roster, group)
        # Words that were typed in have been in a machine: with them the same paper could sign the next step, too.
        if group not in self.groups_with_other_sheets():
            raise Refused("sheets_would_stay", group=group)

    def groups_with_other_sheets(self) -> list[str]:
        """Return the groups whose sheets no longer count after it, and which may therefore sign by them."""
        old, new = self.before.roster, self.after.roster
        return [name for name in old.groups if old.sheet_keys(name) not in (None, new.sheet_keys(name))]

    def needed(self) -> dict[str, int]:
        """Return per group of the roster before the greatest m that any class of either roster asks."""
        old, new = self.before.roster, self.after.roster
        return {
            group: min(max(1, old.greatest(group), new.greatest(group)), len(old.group(group))) for group in old.groups
        }

    def missing(self) -> dict[str, int]:
        """Return per group of the roster before how many signatures are missing.

        Suspended people do not count; the sheets of a group count for as many as it takes, of that group alone.
        """
        counting = set(self.signatures) - self.before.suspended
        signers = [self.before.roster.member(member) for member in counting]
        return {
            group: 0
            if self.sheets and self.sheets.group == group
            else max(0, m - sum(signer.role == group for signer in signers))
            for group, m in self.needed().items()
        }

    def is_complete(self) -> bool:
        """Say whether it holds."""
        return not any(self.missing().values()) and not self.unsigned_newcomers()

    def result(self) -> Policy:
        """Return the policy after it, with those who stay suspended: whoever is not let back in and keeps a key."""
        return replace(
            self.after,
            suspended=frozenset(
                id_ for id_ in self.before.suspended if is_still_suspended(self.before, id_, self.after)
            ),
        )


def _sheets_of(roster: Roster, group: str) -> SheetKeys:
    found = roster.sheet_keys(group)
    if found is None:
        raise Refused("no_sheets", slot=group)
    return found


def is_still_suspended(then: Policy, member: str, now: Policy) -> bool:
    """Say whether a suspension of ``then`` holds: not lifted since, and a key of that time still stands for them."""
    if any(member in later.reinstates for later in now.history()[then.number :]):
        return False
    keys = set(then.roster.member(member).points())
    return any(known.id == member and keys & set(known.points()) for known in now.roster.members)


def propose(before: Policy, proposed: Policy, reinstates: Collection[str] = ()) -> Step:
    """Return the unsigned step from one policy to the documents of another, epochs and hashes set.

    A step that only lifts suspensions changes the roster's epoch and nothing else. ``Refused``: nothing_changed,
    other_vault, key_seen_before, id_seen_before, not_suspended, and what ``policy.check`` refuses.
    """
    roster, rules = proposed.roster, proposed.rules
    if _content(roster) != _content(before.roster) or reinstates:
        roster = replace(roster, epoch=before.roster.epoch + 1, previous=before.roster.hash())
    if rules != before.rules:
        rules = replace(rules, epoch=before.rules.epoch + 1, previous=before.rules.hash())
    if others := sorted(set(reinstates) - before.suspended):
        raise Refused("not_suspended", member=others[0])
    after = Policy(roster, rules, before.history(), reinstates=tuple(sorted(set(reinstates))))
    policy.check(after)
    _check(Step(after))
    return Step(after)


def parse_step(data: bytes, before: Policy) -> Step:
    """Return the step of a file that follows ``before``, each signature checked, none required.

    ``Corrupt`` (step_shape, step_of_another_policy, signature_wrong); ``Refused`` as ``propose``.
    """
    value = decode_object(data)
    with shaped("step_shape"):
        documents, signatures = policy.read_documents(value)
        previous, proofs = from_base64(value["previous"]), policy.read_signatures(value["proofs"])
        sheets = _read_sheets(value["sheets"])
        reinstates = tuple(str(member) for member in cast(list[Json], value["reinstates"]))
    if previous != before.hash:
        raise Corrupt("step_of_another_policy")
    after = Policy(documents.roster, documents.rules, before.history(), reinstates)
    step = Step(after, signatures, proofs, sheets)
    if step.encode() != data or list(reinstates) != sorted(set(reinstates)):
        raise Corrupt("step_shape")
    _check(step)
    return _signed_again(step)


def _read_sheets(value: Json) -> BySheets | None:
    if value is None:
        return None
    row = cast(Object, value)
    return BySheets(str(row["group"]), from_base64(row["signature"]))


def load_chain(genesis: bytes, steps: Iterable[bytes], pinned: bytes) -> Policy:
    """Return the policy in force: the pinned genesis and every step since, each complete and in order."""
    return extend(policy.load(genesis, pinned), steps)


def extend(known: Policy, steps: Iterable[bytes]) -> Policy:
    """Return the policy that a chain of signed steps leads to; ``Corrupt`` where one does not hold."""
    for data in steps:
        try:
            step = parse_step(data, known)
        except Refused as error:
            # Nobody could have proposed it: it was made by other means.
            raise Corrupt("step_shape") from error
        if not step.is_complete():
            raise Corrupt("step_unsigned", number=step.after.number)
        known = step.after
    return known


def _signed_again(step: Step) -> Step:
    """Return the step with each of its signatures checked; ``Corrupt`` (signature_wrong, step_shape)."""
    again = Step(step.after)
    # The newcomers' first: with them given, everybody else is asked for the key of the roster before.
    for signatures in (step.proofs, step.signatures):
        for member, signature in signatures.items():
            again = again.signed(member, signature)
    if step.sheets is not None:
        again = again.signed_by_sheets(step.sheets.group, step.sheets.signature)
    if (again.signatures, again.proofs) != (step.signatures, step.proofs):
        raise Corrupt("step_shape")
    return again


def _content(roster: Roster) -> Object:
    return {name: value for name, value in roster.to_json().items() if name not in ("epoch", "previous")}


def _check(step: Step) -> None:
    before, after = step.before, step.after
    if (after.roster.vault, after.roster.mode, after.rules.vault) != (
        before.roster.vault,
        before.roster.mode,
        before.roster.vault,
    ):
        raise Refused("other_vault")
    pairs = ((before.roster, after.roster), (before.rules, after.rules))
    for old, new in pairs:
        if old.hash() != new.hash() and (new.epoch, new.previous) != (old.epoch + 1, old.hash()):
            raise Corrupt("step_shape")
    is_same = _content(before.roster) == _content(after.roster)
    if is_same and before.rules.hash() == after.rules.hash() and not after.reinstates:
        raise Refused("nothing_changed")
    # A lifted suspension makes another roster: requests and approvals of before belong to the old one.
    if after.reinstates and before.roster.hash() == after.roster.hash():
        raise Corrupt("step_shape")
    for member in after.reinstates:
        before.roster.member(member)
        after.roster.member(member)
    _check_keys_are_new(step)
    _check_ids_keep_their_person(step)
    _check_sheets_are_new(step)


def _check_keys_are_new(step: Step) -> None:
    """A key that ever stood for one person never stands for another: old approvals would change their author."""
    owners = {point: m.id for known in step.before.history() for m in known.roster.members for point in m.points()}
    for member in step.after.roster.members:
        if any(owners.get(point, member.id) != member.id for point in member.points()):
            raise Refused("key_seen_before", member=member.id)


def _check_ids_keep_their_person(step: Step) -> None:
    """An id never passes to somebody else: one name and all keys at once make another person of it."""
    last = {member.id: member for known in step.before.history() for member in known.roster.members}
    for member in step.after.roster.members:
        known = last.get(member.id, member)
        if known.name != member.name and not set(known.points()) & set(member.points()):
            raise Refused("id_seen_before", member=member.id, name=known.name)


def _check_sheets_are_new(step: Step) -> None:
    """Sheets that once counted and went never count again, for nobody: their words may be known since."""
    ever = {point for known in step.before.history() for point in known.roster.recovery_points()}
    before, after = step.before.roster, step.after.roster
    for group in after.groups:
        found = after.sheet_keys(group)
        if found not in (None, before.sheet_keys(group)) and ever & set(found.points()):
            raise Refused("sheets_seen_before", group=group)
