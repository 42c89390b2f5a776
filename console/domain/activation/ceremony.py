# SPDX-License-Identifier: Apache-2.0
"""Request and approval: what is signed, by whom, over what, and how approvals add up to a quorum.

1. The station composes a request: items, reason, time, budget, the request key, a checkpoint; signed by the
   station's request-signing key, and by the requester's own token where there is one.
2. A keyholder reads it, and signs a statement over its hash; an approval carries exactly the shares of its items,
   sealed to the request key. A denial carries none.
3. ``quorum`` counts distinct people per group; the requester never counts. Counting only *says* whether it is
   worth trying: what opens or does not open is the record (``envelope.unseal_record``).
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from console.domain import keys
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.journal.clock import to_ms
from console.domain.policy.keyholder import READER, Member
from console.domain.policy.rules import Policy
from console.domain.sealed import envelope

DECISIONS = ("approve", "deny", "extend", "reset", "resume", "veto")
_SAID = frozenset(
    (
        "v",
        "suite",
        "vault",
        "mode",
        "request",
        "decision",
        "member",
        "group",
        "items",
        "blob",
        "checkpoint",
        "matters",
        "confirms",
        "amount",
        "ordinal",
        "reason",
    )
)
_OWN_CLOCK = "clock"
"""Said on a console of one's own only: what its clock read."""


@dataclass(frozen=True)
class Item:
    """One record that a request asks for: a version of a credential, and within it one item (a code, else 0)."""

    credential: str
    version: int
    item: int
    class_: str
    record: bytes
    exposed: bool = False

    def to_json(self) -> dict[str, Json]:
        """Return the item as it stands in the request."""
        return {
            "credential": self.credential,
            "version": self.version,
            "item": self.item,
            "class": self.class_,
            "record": to_base64(self.record),
            "exposed": self.exposed,
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Item":
        """Return the item that a request states."""
        return Item(
            str(value["credential"]),
            cast(int, value["version"]),
            cast(int, value["item"]),
            str(value["class"]),
            from_base64(value["record"]),
            value["exposed"] is True,
        )


@dataclass(frozen=True)
class Request:
    """A signed request; ``hash`` is what everybody signs."""

    body: Object
    station_signature: bytes
    requester_signature: bytes | None

    @property
    def hash(self) -> bytes:
        """The 32-byte hash of the request's body."""
        return digest("request", encode(self.body))

    @property
    def activation(self) -> str:
        """The activation's id."""
        return str(self.body["activation"])

    @property
    def requester(self) -> str:
        """The member id (or, for ``claimed``, the name) of who asks."""
        return str(self.body["requester"])

    @property
    def items(self) -> list[Item]:
        """The records asked for, in the order in which approvals carry their shares."""
        return [Item.from_json(row) for row in cast(list[dict[str, Json]], self.body["items"])]

    @property
    def key(self) -> bytes:
        """The request key's point: shares are sealed to it."""
        return from_base64(self.body["request_key"])

    def to_json(self) -> dict[str, Json]:
        """Return the request with its signatures."""
        return {
            "body": self.body,
            "station_signature": to_base64(self.station_signature),
            "requester_signature": self.requester_signature and to_base64(self.requester_signature),
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Request":
        """Return the request of its JSON form, unchecked; see ``check_request``."""
        try:
            body, station, own = value["body"], value["station_signature"], value["requester_signature"]
        except KeyError as error:
            raise Corrupt("request_shape") from error
        return Request(cast(Object, body), from_base64(station), from_base64(own) if own is not None else None)


def request_digest(body: Object) -> bytes:
    """Return what the station and the requester sign."""
    return digest("sign-request", digest("request", encode(body)))


def check_request(request: Request, policy: Policy) -> None:
    """Raise ``Corrupt`` unless the station of this policy made the request under the policy in force."""
    body, signed = request.body, request_digest(request.body)
    keys.check_message(policy.roster.station_point("request"), request.station_signature, signed)
    if (body["proof"] == "token") != (request.requester_signature is not None):
        raise Corrupt("requester_proof_wrong", activation=request.activation)
    if request.requester_signature is not None:
        policy.roster.member(request.requester).check(request.requester_signature, signed)
    if any((member.id, member.role) == (request.requester, READER) for member in policy.roster.members):
        raise Refused("reader_only_reads", member=request.requester)
    expected = (
        policy.roster.vault,
        policy.roster.mode,
        to_base64(policy.roster.hash()),
        to_base64(policy.rules.hash()),
    )
    if (body["vault"], body["mode"], body["roster"], body["rules"]) != expected:
        raise Corrupt("request_of_another_policy")


@dataclass(frozen=True)
class Approval:
    """One keyholder's signed decision; ``blob`` holds the shares of an approval, sealed to the request key."""

    statement: Object
    blob: bytes | None
    signature: bytes

    @property
    def member(self) -> str:
        """The member id of who decided."""
        return str(self.statement["member"])

    @property
    def group(self) -> str:
        """The group for which they decided."""
        return str(self.statement["group"])

    @property
    def decision(self) -> str:
        """One of ``DECISIONS``."""
        return str(self.statement["decision"])

    def to_json(self) -> dict[str, Json]:
        """Return the approval as it is stored and handed over."""
        return {
            "statement": self.statement,
            "blob": self.blob and to_base64(self.blob),
            "signature": to_base64(self.signature),
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Approval":
        """Return the approval of its JSON form, unchecked; see ``check_approval``."""
        try:
            said, blob, signature = value["statement"], value["blob"], value["signature"]
        except KeyError as error:
            raise Corrupt("approval_shape") from error
        if not isinstance(said, dict) or said.keys() - {_OWN_CLOCK} != _SAID:
            raise Corrupt("approval_shape")
        return Approval(said, from_base64(blob) if blob is not None else None, from_base64(signature))

    @property
    def clock(self) -> str | None:
        """What the clock of the keyholder's own console read (RFC 3339); None for a decision at the station."""
        clock = self.statement.get(_OWN_CLOCK)
        return None if clock is None else str(clock)

    @staticmethod
    def parse(data: bytes) -> "Approval":
        """Return the approval of its canonical bytes, unchecked."""
        return Approval.from_json(decode_object(data))


def statement(
    request: Request,
    policy: Policy,
    member: str,
    decision: str,
    *,
    blob: bytes | None,
    checkpoint: Object,
    matters: Sequence[str] | None,
    confirms: Sequence[str] = (),
    amount: int = 0,
    ordinal: int = 0,
    reason: str | None = None,
    clock: str | None = None,
) -> dict[str, Json]:
    """Return what a keyholder signs: the request's hash, the decision, the items, what they saw and restated.

    ``clock``: what the clock of their own console reads, for a decision made there.
    """
    return {
        "v": 1,
        "suite": envelope.SUITE,
        "vault": policy.roster.vault,
        "mode": policy.roster.mode,
        "request": to_base64(request.hash),
        "decision": decision,
        "member": member,
        "group": policy.roster.member(member).role,
        "items": [[item.credential, item.version, item.item] for item in request.items],
        "blob": to_base64(digest("blob", blob)) if blob else None,
        "checkpoint": checkpoint,
        "matters": None if matters is None else list(matters),
        "confirms": list(confirms),
        "amount": amount,
        "ordinal": ordinal,
        "reason": reason,
        **({_OWN_CLOCK: clock} if clock else {}),
    }


def statement_digest(value: Object) -> bytes:
    """Return the digest of a statement that the keyholder's token signs."""
    return digest("sign-approval", encode(value))


def check_approval(approval: Approval, request: Request, policy: Policy) -> None:
    """Raise ``Corrupt`` or ``Refused`` by name unless this is a keyholder's decision on exactly this request."""
    said, member = approval.statement, policy.roster.member(approval.member)
    member.check(approval.signature, statement_digest(said))
    if member.id in policy.suspended:
        raise Refused("keyholder_suspended", member=member.id)
    here = (1, envelope.SUITE, policy.roster.vault, policy.roster.mode)
    if (said["v"], said["suite"], said["vault"], said["mode"]) != here or said["decision"] not in DECISIONS:
        raise Corrupt("approval_shape")
    if _OWN_CLOCK in said and to_ms(str(said[_OWN_CLOCK])) is None:
        raise Corrupt("approval_shape")
    if said["request"] != to_base64(request.hash):
        raise Refused("approval_of_another_request")
    if member.role not in policy.roster.groups or said["group"] != member.role:
        raise Refused("not_a_keyholder", member=member.id)
    if said["items"] != [[i.credential, i.version, i.item] for i in request.items]:
        raise Refused("approval_of_other_items")
    expected = to_base64(digest("blob", approval.blob)) if approval.blob else None
    if said["blob"] != expected or (approval.decision == "approve") != (approval.blob is not None):
        raise Corrupt("approval_blob_wrong")
    if member.id == request.requester:
        raise Refused("requester_cannot_approve", member=member.id)


def quorum_missing(
    thresholds: Mapping[str, int], approvals: Sequence[tuple[str, str]], recovered: Container[str] = ()
) -> dict[str, int]:
    """Return per group how many more distinct people are needed; ``approvals`` are (group, member) pairs.

    ``recovered``: groups whose recovery sheets stand in for their people.
    """
    distinct = set(approvals)
    return {
        group: 0 if group in recovered else max(0, m - sum(1 for name, _ in distinct if name == group))
        for group, m in sorted(thresholds.items())
    }


def hand_over(request: Request, person: Member, records: Sequence[Object], decapsulate: keys.Decapsulate) -> bytes:
    """Return the blob of an approval: a member's shares of all items, opened on their token, for the request key.

    ``records`` are those of the items in their order, or what ``errand.excerpts`` returns of them. Raises ``Refused``
    (no_share), ``Corrupt`` (wrong_share, seal_broken).
    """
    sealed = [envelope.sealed_share(record, person.id) for record in records]
    shares = person.open(decapsulate, [(blob, info) for *_, blob, info in sealed])
    for record, share in zip(records, shares, strict=True):
        envelope.check_share(record, person.id, share)
    return seal_shares(request, person.role, person.id, shares)


def seal_shares(request: Request, group: str, member: str, shares: Sequence[bytes]) -> bytes:
    """Return a member's shares of all items, in the request's order, sealed to the request key."""
    return keys.seal_to(request.key, b"".join(shares), info=envelope.approval_info(request.hash, group, member))


def open_shares(
    request: Request, approvals: Sequence[Approval], decapsulate: keys.Decapsulate
) -> dict[str, list[bytes]]:
    """Return each approver's shares in item order, with the request key in the HSM (one call for all)."""
    sealed = [(cast(bytes, a.blob), envelope.approval_info(request.hash, a.group, a.member)) for a in approvals]
    opened = keys.open_sealed(decapsulate, request.key, sealed)
    size = envelope.SECRET_BYTES
    if any(len(blob) != size * len(request.items) for blob in opened):
        raise Corrupt("approval_blob_wrong")
    return {
        approval.member: [blob[n : n + size] for n in range(0, len(blob), size)]
        for approval, blob in zip(approvals, opened, strict=True)
    }
