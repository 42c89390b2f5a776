# SPDX-License-Identifier: Apache-2.0
"""A request on its way to a keyholder's own console, and the answer on its way back; each sealed to its reader.

The station makes an *errand*: the request, this keyholder's own sealed shares of its items, what changed in the policy
since the console was last told, a checkpoint with proofs, and the decision that is asked. The console's *answer* is the
approval itself, the same bytes as one given at the station. Outside the seal stands a mark that tells a reader
"this is mine" and tells whoever carries it nothing. Byte for byte: docs/formats/handoff.md.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from console.domain import keys, kinds
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval, Request
from console.domain.activation.justification import lies_in
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.controls import is_line
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.event import Seen
from console.domain.errors import Corrupt, Refused
from console.domain.handoff import frames
from console.domain.journal import checkpoint
from console.domain.journal.witness import Proven
from console.domain.policy import succession
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy
from console.domain.renewal import Log, number_of
from console.domain.sealed import envelope

ERRAND, ANSWER = frames.ERRAND, frames.ANSWER
ASKED = ("approve", "extend", "reset", "resume")
"""What an errand can ask for; a keyholder may answer each with a denial or a veto instead."""
SALT_BYTES = 8
_MAGIC = {ERRAND: b"bg/errand/1\0", ANSWER: b"bg/answer/1\0"}
_MARK_BYTES = 8
_BODY = frozenset(
    (
        "v",
        "vault",
        "mode",
        "to",
        "decision",
        "amount",
        "ordinal",
        "request",
        "policy",
        "since",
        "steps",
        "shares",
        "kinds",
        "cards",
        "checkpoint",
        "earlier",
        "written_ms",
        "until_ms",
    )
)


# --- the seal ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sealed:
    """What a carrier sees: a kind, a salted mark of the reader, and a blob."""

    kind: str
    salt: bytes
    mark: bytes
    blob: bytes

    def is_to(self, *reader: bytes) -> bool:
        """Say whether it is sealed to this reader; who does not know the reader's secret names learns nothing."""
        return hmac.compare_digest(self.mark, _mark(self.kind, self.salt, *reader))

    def encode(self) -> bytes:
        """Return the bytes that are carried."""
        return _MAGIC[self.kind] + self.salt + self.mark + self.blob


def parse(data: bytes, kind: str) -> Sealed:
    """Return a sealed errand or answer; ``Refused`` (not_an_errand, not_an_answer) if it is something else."""
    magic = _MAGIC[kind]
    head = len(magic) + SALT_BYTES + _MARK_BYTES
    if not data.startswith(magic) or len(data) <= head:
        raise Refused("not_an_errand" if kind == ERRAND else "not_an_answer")
    salt, mark = data[len(magic) : head - _MARK_BYTES], data[head - _MARK_BYTES : head]
    return Sealed(kind, salt, mark, data[head:])


def kind_of(data: bytes) -> str | None:
    """Return ``errand`` or ``answer`` if these bytes are one."""
    return next((kind for kind, magic in _MAGIC.items() if data.startswith(magic)), None)


def seal_errand(errand: "Errand", member: Member, salt: bytes) -> Sealed:
    """Return the errand sealed to its keyholder's share key; ``salt`` is 8 fresh random bytes."""
    reader = (errand.vault.encode(), member.id.encode())
    info, packed = digest("errand", *reader), frames.pack(errand.encode())
    blob = keys.seal_to(member.share, packed, info=info, mechanism=member.mechanism)
    return Sealed(ERRAND, salt, _mark(ERRAND, salt, *reader), blob)


def open_errand(sealed: Sealed, vault: str, member: Member, decapsulate: keys.Decapsulate) -> "Errand":
    """Return the errand, opened on the keyholder's token; ``Corrupt`` (seal_broken) if it was changed."""
    info = digest("errand", vault.encode(), member.id.encode())
    (packed,) = member.open(decapsulate, [(sealed.blob, info)])
    return parse_errand(frames.unpack(packed))


def seal_answer(answer: Approval, request: Request, salt: bytes) -> Sealed:
    """Return the answer sealed to the request key, which only the open request has; ``salt`` as above."""
    packed = frames.pack(encode(answer.to_json()))
    blob = keys.seal_to(request.key, packed, info=digest("answer", request.hash))
    return Sealed(ANSWER, salt, _mark(ANSWER, salt, request.hash), blob)


def open_answer(sealed: Sealed, request: Request, decapsulate: keys.Decapsulate) -> Approval:
    """Return the answer, opened with the request key in the HSM; ``Corrupt`` (seal_broken) if it was changed."""
    (packed,) = keys.open_sealed(decapsulate, request.key, [(sealed.blob, digest("answer", request.hash))])
    return Approval.parse(frames.unpack(packed))


def _mark(kind: str, salt: bytes, *reader: bytes) -> bytes:
    return digest("reader", kind.encode(), salt, *reader)[:_MARK_BYTES]


# --- the errand -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Errand:
    """What the station asks a keyholder; ``body`` is signed by the station's request key."""

    body: Object
    signature: bytes

    @property
    def vault(self) -> str:
        """The id of the vault."""
        return str(self.body["vault"])

    @property
    def decision(self) -> str:
        """One of ``ASKED``."""
        return str(self.body["decision"])

    @property
    def amount(self) -> int:
        """Seconds of an extension, showings of a reset, else 0."""
        return cast(int, self.body["amount"])

    @property
    def ordinal(self) -> int:
        """How many turns went before."""
        return cast(int, self.body["ordinal"])

    @property
    def until_ms(self) -> int:
        """The station's wall clock in milliseconds at which the answer comes too late."""
        return cast(int, self.body["until_ms"])

    @cached_property
    def request(self) -> Request:
        """The request, unchecked."""
        return Request.from_json(decode_object(str(self.body["request"]).encode()))

    @property
    def earlier(self) -> list[Proven]:
        """Earlier states of the journal with their proofs."""
        return [Proven.from_json(row) for row in cast(list[Object], self.body["earlier"])]

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return encode({"body": self.body, "signature": to_base64(self.signature)})


def compose(
    request: Request,
    policy: Policy,
    member: str,
    decision: str,
    *,
    amount: int,
    ordinal: int,
    steps: Sequence[bytes],
    records: Sequence[Object],
    kinds: Sequence[str],
    cards: Sequence[Object],
    note: bytes,
    earlier: Sequence[Proven],
    written_ms: int,
    until_ms: int,
) -> dict[str, Json]:
    """Return the body of an errand.

    ``steps``: the last steps up to ``policy``, from where the console is believed to stand.
    ``records``, ``kinds`` and ``cards`` (use cards) are those of the request's items in their order; a turn has none.
    ``note``: the newest signed checkpoint.
    """
    return {
        "v": 1,
        "vault": policy.roster.vault,
        "mode": policy.roster.mode,
        "to": member,
        "decision": decision,
        "amount": amount,
        "ordinal": ordinal,
        "request": encode(request.to_json()).decode(),
        "policy": to_base64(policy.hash),
        "since": policy.number - len(steps),
        "steps": [step.decode() for step in steps],
        "shares": [_excerpt(record, member) for record in records],
        "kinds": list(kinds),
        "cards": [{name: card[name] for name in ("ranges", "residence") if name in card} for card in cards],
        "checkpoint": note.decode(),
        "earlier": [row.to_json() for row in earlier],
        "written_ms": written_ms,
        "until_ms": until_ms,
    }


def signed_digest(body: Object) -> bytes:
    """Return what the station's request key signs."""
    return digest("sign-errand", encode(body))


def parse_errand(data: bytes) -> Errand:
    """Return the errand of its canonical bytes, unchecked but for its shape; see ``check``."""
    value = decode_object(data)
    with shaped("errand_shape"):
        errand = Errand(cast(Object, value["body"]), from_base64(value["signature"]))
        if errand.body.keys() != _BODY:
            raise ValueError("members")
        numbers = ("v", "amount", "ordinal", "since", "written_ms", "until_ms")
        if {type(errand.body[name]) for name in numbers} != {int} or errand.body["v"] != 1:
            raise ValueError("number")
        if errand.decision not in ASKED or not all(isinstance(s, str) for s in _list(errand.body["steps"])):
            raise ValueError("decision")
        _ = (errand.request, errand.earlier, errand.body["checkpoint"], errand.body["policy"])
        wanted = len(errand.request.items) if errand.decision == "approve" else 0
        if {len(_list(errand.body[name])) for name in ("shares", "kinds", "cards")} != {wanted}:
            raise ValueError("items")
    return errand


def _excerpt(record: Object, member: str) -> dict[str, Json]:
    """Return of a record what its keyholder needs: what their share is bound to, and the share itself."""
    group, x, commitment, blob, _ = envelope.sealed_share(record, member)
    return {
        "epoch": record["epoch"],
        "roster": record["roster"],
        "group": group,
        "x": x,
        "commitment": to_base64(commitment),
        "blob": to_base64(blob),
    }


def excerpts(errand: Errand, policy: Policy, member: str) -> list[Object]:
    """Return for each item what ``envelope.sealed_share`` and ``check_share`` read of its record.

    Everything that the request names comes from the request: a share of another item, class or version does not open.
    """
    rows = cast(list[Object], errand.body["shares"])
    with shaped("errand_shape"):
        return [
            {
                "vault": policy.roster.vault,
                "mode": policy.roster.mode,
                "credential": item.credential,
                "class": item.class_,
                "version": item.version,
                "item": item.item,
                "epoch": row["epoch"],
                "roster": row["roster"],
                "groups": [
                    {
                        "group": row["group"],
                        "shares": [
                            {"member": member, "x": row["x"], "commitment": row["commitment"], "blob": row["blob"]}
                        ],
                    }
                ],
            }
            for item, row in zip(errand.request.items, rows, strict=True)
        ]


# --- what a console checks --------------------------------------------------------------------------------


def check_reader(sealed: Sealed, policy: Policy, member: str) -> None:
    """Raise ``Refused`` by name unless this errand is for this member of this vault: needs no token.

    errand_for_another names whom it is for; errand_of_another_vault: another station, or a drill of the same one.
    """
    vault = policy.roster.vault.encode()
    for known in policy.roster.members:
        if sealed.is_to(vault, known.id.encode()):
            if known.id != member:
                raise Refused("errand_for_another", member=known.id)
            return
    raise Refused("errand_of_another_vault")


def check(errand: Errand, known: Policy, member: str) -> Policy:
    """Return the policy in force that the errand leads to, everything but time and memory being checked against it.

    ``known`` is what this console has verified from its pinned genesis. ``Refused``: errand_of_another_vault,
    errand_of_another_mode, errand_for_another, console_behind, policy_downgrade, request_before_change,
    requester_cannot_approve, not_a_keyholder; ``Corrupt``: signature_wrong, errand_policy_differs, step_*, request_*.
    """
    body, roster = errand.body, known.roster
    if errand.vault != roster.vault:
        raise Refused("errand_of_another_vault")
    if body["mode"] != roster.mode:
        raise Refused("errand_of_another_mode", mode=str(body["mode"]), pinned=roster.mode)
    if body["to"] != member:
        raise Refused("errand_for_another", member=str(body["to"]))
    policy = _brought_up(errand, known)
    keys.check_message(policy.roster.station_point("request"), errand.signature, signed_digest(body))
    with shaped("errand_shape"):
        _check_request(errand, policy, member)
    return policy


def _brought_up(errand: Errand, known: Policy) -> Policy:
    since, steps = cast(int, errand.body["since"]), cast(list[str], errand.body["steps"])
    if since > known.number:
        raise Refused("console_behind", known=known.number, since=since)
    if since + len(steps) < known.number:
        raise Refused("policy_downgrade", known=known.number, told=since + len(steps))
    policy = succession.extend(known, [step.encode() for step in steps[known.number - since :]])
    if to_base64(policy.hash) != errand.body["policy"]:
        raise Corrupt("errand_policy_differs")
    return policy


def _check_request(errand: Errand, policy: Policy, member: str) -> None:
    request = errand.request
    person, made_under = (policy.roster.member(member), policy.of(request.body["roster"], request.body["rules"]))
    ceremony.check_request(request, made_under)
    if person.role not in policy.roster.groups:
        raise Refused("not_a_keyholder", member=member)
    if member == request.requester:
        raise Refused("requester_cannot_approve", member=member)
    # A turn of an activation that is open already goes on under the policy that it was opened under.
    if errand.decision == "approve" and made_under.number < policy.number:
        raise Refused("request_before_change", asked=made_under.number, now=policy.number)
    if not is_line(request.requester):
        raise ValueError("requester")
    _ = (places(errand), owing(errand))
    for record in excerpts(errand, policy, member) if errand.decision == "approve" else ():
        envelope.sealed_share(record, member)


def check_time(errand: Errand, wall_ms: int) -> None:
    """Raise ``Refused`` (errand_expired), with both times, when by this console's clock the answer comes too late."""
    if wall_ms > errand.until_ms:
        raise Refused("errand_expired", until=to_rfc3339(errand.until_ms), clock=to_rfc3339(wall_ms))


def told(note: str, policy: Policy) -> tuple[Log, Seen]:
    """Return the log and the state of it that a signed checkpoint shows, by the station of this policy.

    After an alarm a station goes on in a log of a higher number under the same key: faces must say so, since what this
    console remembers of the one before says nothing about it. ``Corrupt``: checkpoint_*, renewal_shape.
    """
    vkey = policy.roster.station["log"]
    founded, origin = Log(checkpoint.parse_vkey(vkey).name, vkey), note.partition("\n")[0]
    log = founded if origin == founded.origin else founded.following(number_of(origin))
    found = checkpoint.open_note(note.encode(), [checkpoint.parse_vkey(log.key)])
    if found.origin != log.origin:
        raise Corrupt("checkpoint_unsigned", origin=found.origin, size=found.size)
    return log, Seen(found.size, found.root)


# --- in words ---------------------------------------------------------------------------------------------


def places(errand: Errand) -> list[dict[str, Json]]:
    """Return per item where its target lets the account in and keeps its data, and whether the request fits that."""
    said = cast(Mapping[str, Json], errand.request.body["justification"])
    asked = cast(Mapping[str, Json] | None, said.get("used_from"))
    return [
        {
            "credential": item.credential,
            "ranges": card.get("ranges"),
            "residence": card.get("residence"),
            "fits": _fits(asked and asked.get("range"), card.get("ranges")),
        }
        for item, card in zip(errand.request.items, cast(list[Object], errand.body["cards"]), strict=False)
    ]


def _fits(asked: Json, allowed: Json) -> bool | None:
    """Say whether a range lies in one of those allowed; None when one of both is not said."""
    if not asked or not isinstance(allowed, list):
        return None
    try:
        return lies_in(str(asked), map(str, allowed))
    except ValueError:
        return None


def owing(errand: Errand) -> list[str]:
    """Return the credentials that must be rotated once they were shown; codes are used up instead."""
    pairs = zip(errand.request.items, cast(list[str], errand.body["kinds"]), strict=False)
    return sorted({item.credential for item, kind in pairs if _owes_rotation(kind)})


def _owes_rotation(name: str) -> bool:
    # A station elsewhere may know kinds that this program does not.
    kind = kinds.find(name)
    return kind is None or kind.owes_rotation


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value
