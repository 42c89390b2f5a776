# SPDX-License-Identifier: Apache-2.0
"""A founded policy on fake tokens, a record sealed to it, and a request with approvals: for tests and vectors."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval, Item, Request
from console.domain.canonical import Json, Object, to_base64
from console.domain.keys import RSA_OAEP_SHA256, RSA_PSS_SHA256, Decapsulate
from console.domain.policy import rules as policy
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy, Roster, Rules, SheetKeys
from console.domain.recovery.sheets import RecoveryKey
from console.domain.sealed import envelope
from console.domain.sealed.envelope import Context
from tests.support.fakes import FakeHsm, FakeMachine, FakeToken, PrivateKey

VAULT = "01890a5d-ac96-774b-bcce-b302099a8057"
ACTIVATION = "01890a5d-ac96-774b-bcce-b302099a8058"
# Made once: RSA keys cannot be drawn from a seed in reasonable time.
RSA_PRIMES: Mapping[str, tuple[str, str]] = json.loads(Path(__file__).with_name("rsa.json").read_text())
CLASS = "standard"
CREDENTIAL = "salesforce-emergency-admin"
RECOVERY_SECRET = bytes(range(32))
OPENING_KEY = f"open-{ACTIVATION}"
CHECKPOINT: Object = {"size": 7, "root": to_base64(bytes(range(32)))}
JUSTIFICATION: Mapping[str, Json] = {
    "incident": "INC-2026-0042",
    "category": "idp-down",
    "jurisdictions": ["DE"],
    "used_from": {"place": "Hamburg, Raum 4.12", "range": "198.51.100.0/24"},
    "matters": ["M-2026-00117"],
    "minutes": 60,
    "releases": 4,
    "privilege": "attorney-client",
    "harm_if_delayed": "Frist zur Berufungsbegründung läuft heute um 24:00 Uhr ab.",
    "deadline_at_risk": "2026-11-23T23:00:00Z",
    "reason": "SSO und CRM seit 14:05 nicht erreichbar, Schriftsatz nur über den Notzugang auffindbar.",
    "alternatives_tried": ["service desk call 14:20", "delegated login refused 14:31"],
    "outage": [
        {
            "system": "idp",
            "symptom": "SAML endpoint times out",
            "first_seen": "2026-11-23T13:05:00Z",
            "checked_by": ["legal-ops-1"],
            "how": "browser and phone, two networks",
        }
    ],
}
RULES = Rules(
    vault=VAULT,
    epoch=1,
    seconds_max=14400,
    seconds_hard_max=28800,
    releases_max=12,
    releases_hard_max=48,
    request_valid_seconds=14400,
    showing_seconds=120,
    jurisdictions=("DE", "FR"),
    matter_pattern=r"M-\d{4}-\d{5}",
    ranges=("198.51.100.0/24", "2001:db8::/32"),
    legal_confirms=("privilege",),
)


@dataclass(frozen=True)
class Founding:
    """A policy with the tokens of its people and the HSM of its station."""

    policy: Policy
    tokens: Mapping[str, FakeToken]
    hsm: FakeHsm

    def signed(self) -> bytes:
        """Return the genesis file, signed by every keyholder."""
        keyholders = [member.id for member in self.policy.roster.keyholders()]
        return policy.document(self.policy, {member: self.signature(member) for member in keyholders})

    def signature(self, member: str) -> bytes:
        """Return a member's signature over the genesis."""
        return self.tokens[member].sign("sign", policy.signed_genesis(self.policy))

    def decapsulate(self, member: str) -> Decapsulate:
        """Return a member's share key at work."""
        return partial(self.tokens[member].decapsulate, "share")


def found(
    groups: Mapping[str, int] | None = None,
    thresholds: Mapping[str, int] | None = None,
    *,
    rsa_member: str | None = None,
) -> Founding:
    """Return a founding with so many members per group (two each) and these thresholds (one each).

    ``rsa_member``: the one member whose token knows RSA only.
    """
    sizes = groups or {"it": 2, "legal": 2}
    needed = thresholds or dict.fromkeys(sizes, 1)
    tokens: dict[str, FakeToken] = {}
    members = [
        _member(f"{group}-{number}", group, _rsa_token() if f"{group}-{number}" == rsa_member else None, tokens)
        for group, size in sizes.items()
        for number in range(1, size + 1)
    ]
    members.append(_member("legal-ops-1", "operator", None, tokens))
    hsm = FakeHsm(FakeMachine(seed=b"station"))
    station = {name: to_base64(hsm.make_key(name)) for name in ("request", "journal")}
    roster = Roster(
        vault=VAULT,
        mode="drill",
        epoch=1,
        groups=tuple(sorted(sizes)),
        classes={CLASS: needed},
        own_console={},
        members=tuple(members),
        station={**station, "log": "example.org/station+0+A", "origin": "example.org"},
    )
    return Founding(Policy(roster, RULES), tokens, hsm)


def _member(id_: str, role: str, token: FakeToken | None, tokens: dict[str, FakeToken]) -> Member:
    if token is None:
        token = FakeToken(FakeMachine(seed=id_.encode()).random)
        token.enrol(("sign", "share", *(("read",) if role == "legal" else ())))
    tokens[id_], public = token, token.points()
    return Member(
        id_,
        id_.title(),
        role,
        public["sign"],
        public["share"],
        public.get("read"),
        "software",
        token.mechanism,
        token.signing,
    )


def _rsa_token() -> FakeToken:
    keys: dict[str, PrivateKey] = {name: rsa_key(*primes) for name, primes in RSA_PRIMES.items()}
    return FakeToken(keys=keys, mechanism=RSA_OAEP_SHA256, signing=RSA_PSS_SHA256)


def rsa_key(p: str, q: str) -> rsa.RSAPrivateKey:
    """Return the RSA key of two primes in hex."""
    first, second, e = int(p, 16), int(q, 16), 65537
    d = pow(e, -1, (first - 1) * (second - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=first,
        q=second,
        d=d,
        dmp1=d % (first - 1),
        dmq1=d % (second - 1),
        iqmp=pow(second, -1, first),
        public_numbers=rsa.RSAPublicNumbers(e, first * second),
    )
    return numbers.private_key()


def context(founding: Founding, *, item: int = 0) -> Context:
    """Return the context of the sample credential's record."""
    roster = founding.policy.roster
    return Context(roster.vault, roster.mode, roster.epoch, roster.hash(), CREDENTIAL, CLASS, 1, item)


def seal(founding: Founding, payload: bytes, hsm_secret: bytes, *, item: int = 0) -> dict[str, Json]:
    """Return a record of the sample credential, unsigned."""
    random = FakeMachine(seed=b"record %d" % item).random
    recipients = founding.policy.roster.recipients(CLASS)
    return envelope.seal_record(context(founding, item=item), payload, recipients, hsm_secret, random)


def file_request(founding: Founding, records: Sequence[Object], *, requester: str = "legal-ops-1") -> Request:
    """Return a request for these records, signed by station and requester; its key is made in the HSM."""
    founding.hsm.destroy_key(OPENING_KEY)
    body = _body(founding, records, requester, founding.hsm.make_key(OPENING_KEY))
    signed = ceremony.request_digest(body)
    return Request(body, founding.hsm.sign("request", signed), founding.tokens[requester].sign("sign", signed))


def _body(founding: Founding, records: Sequence[Object], requester: str, key: bytes) -> dict[str, Json]:
    known = founding.policy
    items = [Item(CREDENTIAL, 1, number, CLASS, envelope.record_hash(record)) for number, record in enumerate(records)]
    return {
        "v": 1,
        "suite": envelope.SUITE,
        "vault": known.roster.vault,
        "mode": known.roster.mode,
        "log": "example.org/station/log-1",
        "epoch": known.roster.epoch,
        "roster": to_base64(known.roster.hash()),
        "rules": to_base64(known.rules.hash()),
        "activation": ACTIVATION,
        "items": [item.to_json() for item in items],
        "justification": JUSTIFICATION,
        "requester": requester,
        "proof": "token",
        "seconds": 3600,
        "releases": 4,
        "nonce": to_base64(bytes(16)),
        "valid_seconds": 14400,
        "request_key": to_base64(key),
        "checkpoint": CHECKPOINT,
    }


def approve(founding: Founding, request: Request, records: Sequence[Object], member: str) -> Approval:
    """Return a member's approval of a request, with the shares of these records."""
    person = founding.policy.roster.member(member)
    sealed = [envelope.sealed_share(record, member) for record in records]
    shares = person.open(founding.decapsulate(member), [(s[3], s[4]) for s in sealed])
    blob = ceremony.seal_shares(request, person.role, member, shares)
    return sign(founding, statement(founding, request, member, "approve", blob=blob), blob=blob)


def statement(
    founding: Founding, request: Request, member: str, decision: str, *, blob: bytes | None = None
) -> dict[str, Json]:
    """Return what a member says about a request."""
    return ceremony.statement(
        request,
        founding.policy,
        member,
        decision,
        blob=blob,
        checkpoint=CHECKPOINT,
        matters=["M-2026-00117"],
        confirms=["privilege"],
    )


def sign(founding: Founding, said: Object, *, blob: bytes | None = None, signer: str | None = None) -> Approval:
    """Return a statement signed by whom it names, or by another."""
    token = founding.tokens[signer or str(said["member"])]
    return Approval(said, blob, token.sign("sign", ceremony.statement_digest(said)))


def recovery_key(group: str, generation: int = 1) -> RecoveryKey:
    """Return the key of a group's recovery sheets, always of the same secret."""
    return RecoveryKey(RECOVERY_SECRET, VAULT, group, generation)


def sheet_keys(group: str, generation: int = 1) -> SheetKeys:
    """Return what stands in a roster for these sheets."""
    key = recovery_key(group, generation)
    return SheetKeys(key.point, key.sign_point or b"")


def changed(known: Policy, **roster: object) -> Policy:
    """Return the policy with another roster."""
    return Policy(replace(known.roster, **roster), known.rules)  # type: ignore[arg-type]
