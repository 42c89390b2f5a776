# SPDX-License-Identifier: Apache-2.0
"""A new log after an alarm: what is known of the old one, signed by one keyholder of each group, and nothing healed.

A renewal names the old log, what the HSM remembered of it, what was found, why a new one begins, and every standing
fact that the new log says again. It binds when one person of each group of the roster has signed it on their own
token. Renewals form a chain from the log of the founding; the newest names the log that is written now.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt
from console.domain.journal.checkpoint import parse_vkey
from console.domain.policy import succession
from console.domain.policy.rules import Policy
from console.domain.policy.succession import Step
from console.domain.sealed.envelope import SUITE

FIRST = 1
Sign = Callable[[bytes], bytes]
"""Signs a 32-byte digest on a person's token."""
_NUMBER = re.compile(r"(?P<prefix>.+)/log-(?P<number>[1-9][0-9]{0,8})\Z")


@dataclass(frozen=True)
class Log:
    """One log of a station: its checkpoint origin ``<organisation>/<station>/log-<n>`` and the key that proves it."""

    origin: str
    key: str
    """The vkey line."""

    @property
    def number(self) -> int:
        """The n of its origin."""
        return number_of(self.origin)

    def following(self, number: int, key: str | None = None) -> "Log":
        """Return the log of this number at the same station, under the same public key or that of another vkey."""
        match = _NUMBER.match(self.origin)
        if match is None or number <= self.number:
            raise Corrupt("renewal_shape")
        origin = f"{match['prefix']}/log-{number}"
        return Log(origin, replace(parse_vkey(key or self.key), name=origin).vkey())

    def to_json(self) -> Object:
        """Return it as it stands in a renewal."""
        return {"origin": self.origin, "key": self.key}


def number_of(origin: str) -> int:
    """Return the number of a log's origin; ``Corrupt`` (renewal_shape) if it has none."""
    match = _NUMBER.match(origin)
    if match is None:
        raise Corrupt("renewal_shape")
    return int(match["number"])


@dataclass(frozen=True)
class Found:
    """What there was to read of the old log."""

    size: int
    root: bytes
    source: str
    """``journal`` (the database) or ``mirror`` (the second medium)."""
    proven: bool
    """It holds everything that the HSM's anchor speaks of."""

    def to_json(self) -> Object:
        """Return it as it stands in a renewal."""
        return {"size": self.size, "root": to_base64(self.root), "source": self.source, "proven": self.proven}


@dataclass(frozen=True)
class Restated:
    """What stands of one credential, for the signers to read and for the new log to say again."""

    name: str
    kind: str
    version: int
    """The one that a request gets."""
    candidate: int | None
    left: int
    """How many of its items can still be opened."""
    exposed: int
    """The newest version that was shown, or that nobody can rule out was shown; 0 for none."""
    owes: bool
    """That is the secret of the present version: it owes rotation."""
    taken: tuple[tuple[int, int], ...]
    """(version, item) of what is gone."""
    source: str
    """``mirror``: entries that the anchor proves; ``files``: signed records and the state table."""

    def to_json(self) -> Object:
        """Return it as it stands in a renewal."""
        return {
            "name": self.name,
            "kind": self.kind,
            "version": self.version,
            "candidate": self.candidate,
            "left": self.left,
            "exposed": self.exposed,
            "owes": self.owes,
            "taken": [list(place) for place in self.taken],
            "restated_from": self.source,
        }


@dataclass(frozen=True)
class Renewal:
    """A proposed or signed beginning of a new log."""

    vault: str
    mode: str
    previous: bytes | None
    """The hash of the renewal before; None where the old log is that of the founding."""
    old: Log
    new: Log
    anchors: tuple[str, ...]
    """The signed checkpoints that the HSM held of the old log."""
    found: Found | None
    reasons: tuple[str, ...]
    """The codes of the alarm."""
    text: str
    policy: bytes
    policy_number: int
    state: bytes
    """The hash of the state table, which decides what is burnt."""
    credentials: tuple[Restated, ...]
    ended: tuple[str, ...]
    """The activations that were open: this ends them."""
    carried: tuple[Object, ...]
    """Entries that the new log says again: {type, actor, proof, subject, body, fields}, in this order."""
    lost: tuple[Object, ...] = ()
    """Suspensions that are known and cannot be opened: {entry, person}; the new log does not say them again."""
    station: Mapping[str, str] | None = None
    """The station's public keys in a new HSM; None while it keeps its own."""
    signatures: Mapping[str, bytes] = field(default_factory=dict)
    step_signatures: Mapping[str, bytes] = field(default_factory=dict)
    """The same people's signatures under the change of the roster that names the new keys."""

    @property
    def hash(self) -> bytes:
        """What is signed and what the new log's first entry names (32 bytes)."""
        return digest("renewal", encode(self._document()))

    @property
    def id(self) -> str:
        """The first 12 hex digits of its hash: how people and commands name it."""
        return self.hash.hex()[:12]

    def signed_digest(self) -> bytes:
        """Return the digest that each signer signs on their own token."""
        return digest("sign-renewal", self.hash)

    def encode(self) -> bytes:
        """Return the canonical bytes of its file."""
        steps = {member: to_base64(signature) for member, signature in self.step_signatures.items()}
        rows = [
            {"member": m, "signature": to_base64(s), "step": steps.get(m)} for m, s in sorted(self.signatures.items())
        ]
        return encode({**self._document(), "signatures": rows})

    def step(self, known: Policy) -> Step | None:
        """Return the change of the roster that puts a new HSM's keys into it, as far as it is signed."""
        if self.station is None:
            return None
        after = Policy(replace(known.roster, station=dict(self.station)), known.rules)
        return replace(succession.propose(known, after), signatures=self.step_signatures)

    def signed(self, member: str, known: Policy, sign: Sign) -> "Renewal":
        """Return it with the signatures that ``sign`` makes; ``Refused``: not_a_keyholder, keyholder_suspended."""
        person, step = known.keyholder(member), self.step(known)
        made = {member: sign(self.signed_digest())}
        steps = {member: sign(step.signed_digest())} if step else {}
        done = replace(self, signatures={**self.signatures, **made}, step_signatures={**self.step_signatures, **steps})
        done.check(person.id, known)
        return done

    def check(self, member: str, known: Policy) -> None:
        """Raise ``Corrupt`` (signature_wrong, renewal_step_unasked) unless what stands in a member's name is theirs."""
        person, step = known.keyholder(member), self.step(known)
        person.check(self.signatures[member], self.signed_digest())
        if step is not None:
            person.check(self.step_signatures.get(member, b""), step.signed_digest())
        elif member in self.step_signatures:
            raise Corrupt("renewal_step_unasked", member=member)

    def missing(self, known: Policy) -> dict[str, int]:
        """Return per group of the roster how many signatures are missing: one of each, or what new keys ask."""
        signed, step = set(self.signatures) - known.suspended, self.step(known)
        groups = {known.roster.member(member).role for member in signed}
        more = step.missing() if step else {}
        return {group: max(int(group not in groups), more.get(group, 0)) for group in known.roster.groups}

    def is_complete(self, known: Policy) -> bool:
        """Say whether it binds."""
        return not any(self.missing(known).values())

    def debts(self) -> list[tuple[str, int]]:
        """Return (credential, version) of what was shown and is not rotated yet."""
        return [(c.name, c.version) for c in self.credentials if c.owes]

    def _document(self) -> dict[str, Json]:
        return {
            "v": 1,
            "suite": SUITE,
            "vault": self.vault,
            "mode": self.mode,
            "previous": self.previous and to_base64(self.previous),
            "from": self.old.to_json(),
            "to": self.new.to_json(),
            "anchors": list(self.anchors),
            "found": self.found.to_json() if self.found else None,
            "reasons": list(self.reasons),
            "text": self.text,
            "policy": to_base64(self.policy),
            "policy_number": self.policy_number,
            "state": to_base64(self.state),
            "credentials": [c.to_json() for c in self.credentials],
            "ended": list(self.ended),
            "carried": list(self.carried),
            "suspensions_lost": list(self.lost),
            "station": None if self.station is None else dict(self.station),
        }


def parse(data: bytes, known: Policy) -> Renewal:
    """Return the renewal of a file, each signature checked under the policy that it names, none required.

    ``Corrupt``: renewal_shape, renewal_of_another_station, signature_wrong, renewal_step_unasked.
    """
    value = decode_object(data)
    with shaped("renewal_shape"):
        renewal = _read(value)
        if renewal.encode() != data:
            raise Corrupt("renewal_shape")
    signed_under = policy_of(renewal, known)
    for member in renewal.signatures:
        renewal.check(member, signed_under)
    return renewal


def load_chain(files: Iterable[bytes], first: Log, known: Policy) -> tuple[Renewal, ...]:
    """Return every renewal since the founding's log, oldest first; ``Corrupt`` where one does not follow or bind."""
    chain: list[Renewal] = []
    for data in files:
        renewal = parse(data, known)
        check_follows(renewal, chain, first)
        if not renewal.is_complete(policy_of(renewal, known)):
            raise Corrupt("renewal_unsigned", log=renewal.new.origin)
        chain.append(renewal)
    return tuple(chain)


def check_follows(renewal: Renewal, chain: Sequence[Renewal], first: Log) -> None:
    """Raise ``Corrupt`` (renewal_out_of_order) unless it follows the newest of the chain."""
    before = (chain[-1].new, chain[-1].hash) if chain else (first, None)
    if (renewal.old, renewal.previous) != before or renewal.new.number <= renewal.old.number:
        raise Corrupt("renewal_out_of_order", log=renewal.new.origin)


def policy_of(renewal: Renewal, known: Policy) -> Policy:
    """Return the policy under which it was proposed; ``Corrupt`` (renewal_of_another_station) if none was that."""
    for policy in known.history():
        same = (policy.roster.vault, policy.roster.mode) == (renewal.vault, renewal.mode)
        if same and (policy.hash, policy.number) == (renewal.policy, renewal.policy_number):
            # Whoever was suspended since had signed all the same: no later alarm may fail over that.
            return replace(policy, suspended=frozenset())
    raise Corrupt("renewal_of_another_station")


def _read(value: Object) -> Renewal:
    found = cast(Object | None, value["found"])
    rows = cast(list[dict[str, Json]], value["signatures"])
    return Renewal(
        vault=str(value["vault"]),
        mode=str(value["mode"]),
        previous=_hash(value["previous"]),
        old=_log(value["from"]),
        new=_log(value["to"]),
        anchors=_texts(value["anchors"]),
        found=None if found is None else _found(found),
        reasons=_texts(value["reasons"]),
        text=str(value["text"]),
        policy=from_base64(value["policy"]),
        policy_number=cast(int, value["policy_number"]),
        state=from_base64(value["state"]),
        ended=_texts(value["ended"]),
        credentials=tuple(_restated(c) for c in cast(list[Object], value["credentials"])),
        carried=tuple(cast(list[Object], value["carried"])),
        lost=tuple(cast(list[Object], value["suspensions_lost"])),
        station=_station(value["station"]),
        signatures={str(row["member"]): from_base64(row["signature"]) for row in rows},
        step_signatures={str(row["member"]): from_base64(row["step"]) for row in rows if row["step"]},
    )


def _log(value: Json) -> Log:
    said = cast(Object, value)
    log = Log(str(said["origin"]), str(said["key"]))
    if parse_vkey(log.key).name != log.origin or log.number < FIRST:
        raise ValueError("origin")
    return log


def _found(value: Object) -> Found:
    return Found(
        cast(int, value["size"]), from_base64(value["root"]), str(value["source"]), proven=value["proven"] is True
    )


def _restated(value: Object) -> Restated:
    return Restated(
        name=str(value["name"]),
        kind=str(value["kind"]),
        version=cast(int, value["version"]),
        candidate=cast(int | None, value["candidate"]),
        left=cast(int, value["left"]),
        exposed=cast(int, value["exposed"]),
        owes=value["owes"] is True,
        taken=tuple((place[0], place[1]) for place in cast(list[list[int]], value["taken"])),
        source=str(value["restated_from"]),
    )


def _station(value: Json) -> Mapping[str, str] | None:
    return None if value is None else {name: str(text) for name, text in cast(Object, value).items()}


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(text) for text in cast(list[Json], value))


def _hash(value: Json) -> bytes | None:
    return None if value is None else from_base64(value)
