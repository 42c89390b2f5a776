# SPDX-License-Identifier: Apache-2.0
"""A founded policy on fake tokens, a record sealed to it, and a request with approvals: for tests and vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from console.domain import ceremony, envelope, policy
from console.domain.canonical import Json, Object, to_base64
from console.domain.ceremony import Approval, Item, Request
from console.domain.envelope import Context
from console.domain.keyholder import Member
from console.domain.policy import Policy, Roster, Rules
from tests.fakes import FakeHsm, FakeMachine, FakeToken

VAULT = "01890a5d-ac96-774b-bcce-b302099a8057"
ACTIVATION = "01890a5d-ac96-774b-bcce-b302099a8058"
CLASS = "standard"
CREDENTIAL = "salesforce-emergency-admin"
OPENING_KEY = f"open-{ACTIVATION}"
CHECKPOINT: Object = {"size": 7, "root": to_base64(bytes(range(32)))}
JUSTIFICATION: Mapping[str, Json] = {
    "incident": "INC-2026-0042", "category": "idp-down", "jurisdictions": ["DE"],
    "used_from": {"place": "Hamburg, Raum 4.12", "range": "198.51.100.0/24"},
    "matters": ["M-2026-00117"], "minutes": 60, "releases": 4, "privilege": "attorney-client",
    "harm_if_delayed": "Frist zur Berufungsbegründung läuft heute um 24:00 Uhr ab.",
    "deadline_at_risk": "2026-11-23T23:00:00Z",
    "reason": "SSO und CRM seit 14:05 nicht erreichbar, Schriftsatz nur über den Notzugang auffindbar.",
    "alternatives_tried": ["service desk call 14:20", "delegated login refused 14:31"],
    "outage": [{
        "system": "idp", "symptom": "SAML endpoint times out", "first_seen": "2026-11-23T13:05:00Z",
        "checked_by": ["legal-ops-1"], "how": "browser and phone, two networks",
    }],
}  # fmt: skip
RULES = Rules(
    vault=VAULT, epoch=1, seconds_max=14400, seconds_hard_max=28800, releases_max=12, releases_hard_max=48,
    request_valid_seconds=14400, showing_seconds=120, jurisdictions=("DE", "FR"),
    matter_pattern=r"M-\d{4}-\d{5}", ranges=("198.51.100.0/24", "2001:db8::/32"), legal_confirms=("privilege",),
)  # fmt: skip


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

    def derive(self, member: str) -> envelope.Derive:
        """Return the raw ECDH of a member's share key."""
        return lambda points: self.tokens[member].derive("share", points)


def found(groups: Mapping[str, int] | None = None, thresholds: Mapping[str, int] | None = None) -> Founding:
    """Return a founding with so many members per group (two each) and these thresholds (one each)."""
    sizes = groups or {"it": 2, "legal": 2}
    needed = thresholds or dict.fromkeys(sizes, 1)
    tokens: dict[str, FakeToken] = {}
    members = [
        _member(f"{group}-{number}", group, tokens)
        for group, size in sizes.items()
        for number in range(1, size + 1)
    ]
    members.append(_member("legal-ops-1", "operator", tokens))
    hsm = FakeHsm(FakeMachine(seed=b"station"))
    station = {name: to_base64(hsm.make_key(name)) for name in ("request", "journal")}
    roster = Roster(
        vault=VAULT, mode="drill", epoch=1, groups=tuple(sorted(sizes)), classes={CLASS: needed}, own_console={},
        members=tuple(members), station={**station, "log": "example.org/station+0+A", "origin": "example.org"},
    )  # fmt: skip
    return Founding(Policy(roster, RULES), tokens, hsm)


def _member(id_: str, role: str, tokens: dict[str, FakeToken]) -> Member:
    token = tokens[id_] = FakeToken(FakeMachine(seed=id_.encode()).random)
    points = token.enrol(("sign", "share", *(("read",) if role == "legal" else ())))
    return Member(id_, id_.title(), role, points["sign"], points["share"], points.get("read"), "software")


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
    return Request(
        body, founding.hsm.sign("request", signed), founding.tokens[requester].sign("sign", signed)
    )


def _body(founding: Founding, records: Sequence[Object], requester: str, key: bytes) -> dict[str, Json]:
    known = founding.policy
    items = [
        Item(CREDENTIAL, 1, number, CLASS, envelope.record_hash(record))
        for number, record in enumerate(records)
    ]
    return {
        "v": 1, "suite": envelope.SUITE, "vault": known.roster.vault, "mode": known.roster.mode,
        "log": "example.org/station/log-1", "epoch": known.roster.epoch, "roster": to_base64(known.roster.hash()),
        "rules": to_base64(known.rules.hash()), "activation": ACTIVATION,
        "items": [item.to_json() for item in items], "justification": JUSTIFICATION, "requester": requester,
        "proof": "token", "seconds": 3600, "releases": 4, "nonce": to_base64(bytes(16)), "valid_seconds": 14400,
        "request_key": to_base64(key), "checkpoint": CHECKPOINT,
    }  # fmt: skip


def approve(founding: Founding, request: Request, records: Sequence[Object], member: str) -> Approval:
    """Return a member's approval of a request, with the shares of these records."""
    person = founding.policy.roster.member(member)
    sealed = [envelope.sealed_share(record, member) for record in records]
    shares = envelope.open_sealed(founding.derive(member), person.share, [(s[3], s[4]) for s in sealed])
    blob = ceremony.seal_shares(request, person.role, member, shares)
    return sign(founding, statement(founding, request, member, "approve", blob=blob), blob=blob)


def statement(
    founding: Founding, request: Request, member: str, decision: str, *, blob: bytes | None = None
) -> dict[str, Json]:
    """Return what a member says about a request."""
    return ceremony.statement(
        request, founding.policy, member, decision, blob=blob, checkpoint=CHECKPOINT, matters=["M-2026-00117"],
        confirms=["privilege"],
    )  # fmt: skip


def sign(
    founding: Founding, said: Object, *, blob: bytes | None = None, signer: str | None = None
) -> Approval:
    """Return a statement signed by whom it names, or by another."""
    token = founding.tokens[signer or str(said["member"])]
    return Approval(said, blob, token.sign("sign", ceremony.statement_digest(said)))


def changed(known: Policy, **roster: object) -> Policy:
    """Return the policy with another roster."""
    return Policy(replace(known.roster, **roster), known.rules)  # type: ignore[arg-type]
