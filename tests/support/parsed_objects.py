# SPDX-License-Identifier: Apache-2.0
"""Valid objects of the domain, who reads each, and how they are spoilt."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import strategies as st

from console.actions.own_console import answer as own_console
from console.actions.own_console.answer import OwnConsole
from console.domain import renewal
from console.domain.activation import ceremony, justification
from console.domain.activation.ceremony import Approval, Request
from console.domain.canonical import Json, Object, decode_object, encode
from console.domain.entries.event import Seen
from console.domain.errors import ConsoleError, Misused
from console.domain.handoff import errand
from console.domain.handoff.errand import Errand
from console.domain.journal import checkpoint
from console.domain.journal.witness import Proven
from console.domain.keyholder import enrolment
from console.domain.policy import amendment, keyholder, rules, succession
from console.domain.policy.rules import Policy, Roster
from console.domain.recovery import escrow
from console.domain.recovery import sheets as recovery
from console.domain.recovery.sheets import Dealt, RecoveryKey, Sheet, SheetSet, StandIn
from console.domain.sealed import envelope
from console.domain.words import to_words
from console.settings import load_toml
from console.settings import parse as parse_settings
from tests.support.fakes import FakeMachine, FakeToken
from tests.support.makers import Maker
from tests.support.newcomers import fake_card, signed
from tests.support.renewals import KNOWN as RENEWED
from tests.support.renewals import OLD as OLD_LOG
from tests.support.renewals import PEOPLE, PLAIN
from tests.support.renewals import signed as signed_renewal
from tests.vectors.founding import JUSTIFICATION, OPENING_KEY, VAULT, approve, file_request, found, seal

HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2**53 - 1,
    "",
    "a",
    "1",
    "\u200b",
    "n\u0303",
    "(" * 200,
    "a{99999999999}",
    "=",
    "AAAA",
    [],
    {},
    [[]],
    [None],
    ["a"],
    [{}],
    {"a": 1},
    {"size": 1},
)


anything = st.one_of(
    st.sampled_from(HOSTILE),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    ),
)


MADE = found(rsa_member="it-2")


POLICY = MADE.policy


RECORDS = [seal(MADE, b"payload", bytes([1]) * 32)]


REQUEST = file_request(MADE, RECORDS)


TOKEN = FakeToken(FakeMachine(seed=b"newcomer").random)


MAKER = Maker()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every part of a JSON value but the whole."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in rows for found in ((*path, key), *places(item, (*path, key)))]


def spoilt(value: Any, data: st.DataObject) -> Any:
    """Return a copy with up to three of its parts removed, repeated, or put in another's place."""
    made = json.loads(json.dumps(value))
    for _ in range(data.draw(st.integers(1, 3))):
        known = places(made)
        if not known:
            break
        *above, last = data.draw(st.sampled_from(known))
        parent = made
        for key in above:
            parent = parent[key]
        deed = data.draw(st.sampled_from(("put", "remove", "add", "repeat")))
        if deed == "remove":
            del parent[last]
        elif deed == "put":
            parent[last] = deepcopy(data.draw(anything))
        elif isinstance(parent, list):
            parent.append(deepcopy(parent[last] if deed == "repeat" else data.draw(anything)))
        else:
            parent["x" if deed == "add" else str(last)] = deepcopy(data.draw(anything))
    return made


def in_bytes(value: Any) -> bytes:
    """Return the canonical bytes, or any others where there are none."""
    try:
        return encode(value)
    except (Misused, UnicodeEncodeError):
        return json.dumps(value).encode()


@dataclass(frozen=True)
class Case:
    """A valid object, and who reads it: ``read`` returns the bytes of what it took for valid."""

    value: Any
    read: Callable[[bytes], bytes]
    is_signed: bool = True
    """Then nothing but this object may ever be taken."""


def founded() -> Case:
    def read(data: bytes) -> bytes:
        rules.load(data, POLICY.genesis)
        return data

    return Case(decode_object(MADE.signed()), read)


LATER = Policy(POLICY.roster, replace(POLICY.rules, showing_seconds=300))


def step() -> Case:
    made = succession.propose(POLICY, LATER)
    for member in ("legal-1", "it-1"):
        made = made.signed(member, MADE.tokens[member].sign("sign", made.signed_digest()))

    def read(data: bytes) -> bytes:
        succession.extend(POLICY, [data])
        return data

    return Case(decode_object(made.encode()), read)


def bundle() -> Case:
    made = enrolment.bundle(MADE.signed(), [], succession.propose(POLICY, LATER).encode())
    read = cast(Callable[[bytes], bytes], enrolment.parse_bundle)
    return Case(decode_object(made), read, is_signed=False)


def card() -> Case:
    plain = fake_card(token=TOKEN)
    member = replace(plain.member, assurance="attested")
    certificates = tuple(MAKER.certificate(point) for point in member.points())
    made = signed(replace(plain, member=member, attestation=(*certificates, MAKER.own)), TOKEN)
    return Case(decode_object(made.encode()), lambda data: enrolment.parse_card(data).encode())


def answer() -> Case:
    made = enrolment.StepSignature(bytes(32), "legal-1", bytes(64)).encode()
    return Case(decode_object(made), lambda data: enrolment.parse_answer(data).encode(), is_signed=False)


def approval() -> Case:
    def read(data: bytes) -> bytes:
        given = Approval.parse(data)
        ceremony.check_approval(given, REQUEST, POLICY)
        return encode(given.to_json())

    return Case(approve(MADE, REQUEST, RECORDS, "legal-1").to_json(), read)


def sheet_set() -> SheetSet:
    dealt = (Dealt("legal", 2, ("legal-1", "legal-2")),)
    return SheetSet(VAULT, "legal", 1, 7, dealt, KEY.point, KEY.sign_point)


KEY = RecoveryKey(bytes(32), VAULT, "legal", 1)


SHEETS = [Sheet(number, 7, 0, number, 2, ("academic",) * 33) for number in (0, 1)]


def stand_in() -> Case:
    said = recovery.stand_in_statement(
        REQUEST, POLICY, sheet_set(), "it-1", b"blob", present=(), checkpoint={}, again=None
    )
    signature = MADE.tokens["it-1"].sign("sign", recovery.stand_in_digest(said))

    def read(data: bytes) -> bytes:
        given = StandIn.from_json(decode_object(data))
        recovery.check_stand_in(given, REQUEST, POLICY)
        return encode(given.to_json())

    return Case(StandIn(said, b"blob", signature).to_json(), read)


def request() -> Case:
    def read(data: bytes) -> bytes:
        filed = Request.from_json(decode_object(data))
        ceremony.check_request(filed, POLICY)
        return encode(filed.to_json())

    return Case(REQUEST.to_json(), read)


def sheets() -> Case:
    def read(data: bytes) -> bytes:
        found_ = SheetSet.parse(data)
        recovery.check_sheets(found_, [found_], SHEETS)
        found_.key(bytes(32))
        return found_.encode()

    return Case(decode_object(sheet_set().encode()), read, is_signed=False)


def kept() -> Case:
    def read(data: bytes) -> bytes:
        escrow.sealed_to(data)
        escrow.unseal(data, "state", VAULT, KEY)
        return data

    made = escrow.seal("state", VAULT, KEY.point, {"a/1/0": bytes(32)})
    return Case(decode_object(made), read, is_signed=False)


def new_log() -> Case:
    made = signed_renewal(PLAIN, *PEOPLE)

    def read(data: bytes) -> bytes:
        (taken,) = renewal.load_chain([data], OLD_LOG, RENEWED)
        return made.encode() if taken.hash == made.hash else data

    return Case(decode_object(made.encode()), read)


def slot() -> Case:
    person = POLICY.roster.member("legal-1")

    def read(data: bytes) -> bytes:
        return bytes(keyholder.open_slot(decode_object(data), person, MADE.decapsulate("legal-1")))

    return Case(decode_object(keyholder.seal_slot(VAULT, person, b"12345678")), read, is_signed=False)


def table() -> Case:
    def read(data: bytes) -> bytes:
        envelope.open_table(decode_object(data), lambda points: MADE.hsm.derive(OPENING_KEY, points))
        return data

    made = envelope.seal_table("state", VAULT, 1, REQUEST.key, {"a/1/0": bytes(32)})
    return Case(decode_object(made), read, is_signed=False)


ORIGIN = "example.org/station/log-1"


LOG_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))


VKEY = checkpoint.VerifierKey(ORIGIN, checkpoint.ED25519, LOG_KEY.public_key().public_bytes_raw())


SAID = checkpoint.text(ORIGIN, 7, bytes(32))


NOTE = checkpoint.assemble(SAID, VKEY, LOG_KEY.sign(SAID))


def with_log(roster: Roster) -> Roster:
    return replace(roster, station={**roster.station, "log": VKEY.vkey()})


def sent() -> Object:
    card: Object = {"target": "t", "ranges": ["198.51.100.0/23"], "residence": "DE"}
    return errand.compose(
        REQUEST,
        POLICY,
        "legal-1",
        "approve",
        amount=0,
        ordinal=0,
        steps=[],
        records=RECORDS,
        kinds=["password"],
        cards=[card],
        note=NOTE,
        earlier=[Proven(Seen(3, bytes(32)), [bytes(32)])],
        written_ms=1000,
        until_ms=2000,
    )


def errands() -> Case:
    body = sent()
    made = Errand(body, MADE.hsm.sign("request", errand.signed_digest(body)))

    def read(data: bytes) -> bytes:
        opened = errand.parse_errand(data)
        errand.check(opened, POLICY, "legal-1")
        return opened.encode()

    return Case(decode_object(made.encode()), read)


def hostile_station() -> Case:
    """A station that signs whatever it likes: a keyholder's console reads it or refuses it by name."""

    def read(data: bytes) -> bytes:
        body = decode_object(data)
        opened = errand.parse_errand(Errand(body, MADE.hsm.sign("request", errand.signed_digest(body))).encode())
        known = errand.check(opened, POLICY, "legal-1")
        assert opened.decision in errand.ASKED
        errand.check_time(opened, 1000)
        if opened.decision == "approve":
            records = errand.excerpts(opened, known, "legal-1")
            person = known.roster.member("legal-1")
            ceremony.hand_over(opened.request, person, records, MADE.decapsulate("legal-1"))
        return data

    return Case(decode_object(encode(sent())), read, is_signed=False)


SETTINGS: dict[str, Any] = {
    "station": {"organisation": "example.org", "name": "s", "mode": "drill", "mirror": "../mirror"},
    "hsm": {"token": "station", "accept_software": True},
    "keyholder": [{"id": "legal-1", "name": "Anna", "role": "legal", "away": True}],
    "classes": {"standard": {"legal": 1, "it": 1, "own_console": ["legal"]}},
    "rules": {"matter_pattern": "M-.*", "jurisdictions": ["DE"], "minutes_max": 60},
}


CHANGE: dict[str, Any] = {
    "classes": {"standard": {"legal": 2, "own_console": ["it"]}, "new": {"legal": 1, "it": 1}},
    "rules": {"minutes_max": 60, "showing_seconds": 30, "jurisdictions": ["DE"], "matter_pattern": "M-.*"},
    "remove": [{"member": "it-2"}],
    "rename": [{"member": "legal-1", "name": "Anna Berg"}],
    "reinstate": [],
}


def toml(data: bytes) -> bytes:
    """Return JSON as somebody writes it in TOML, where null has no form and a file is a table."""

    def text(item: Any) -> str:
        if isinstance(item, dict):
            return "{" + ", ".join(f"{json.dumps(k)} = {text(v)}" for k, v in item.items()) + "}"
        if isinstance(item, list):
            return "[" + ", ".join(map(text, item)) + "]"
        return "1979-05-27" if item is None else json.dumps(item)

    try:
        value = json.loads(data)
    except ValueError:
        return data
    rows = value.items() if isinstance(value, dict) else [("x", value)]
    return "\n".join(f"{json.dumps(k)} = {text(v)}" for k, v in rows).encode()


def station_file() -> Case:
    def read(data: bytes) -> bytes:
        parse_settings(toml(data), Path("/nowhere"))
        return data

    return Case(SETTINGS, read, is_signed=False)


def change_file() -> Case:
    def read(data: bytes) -> bytes:
        proposed, reinstates = amendment.amended(POLICY, load_toml(toml(data), "change"))
        succession.propose(POLICY, proposed, reinstates)
        return data

    return Case(CHANGE, read, is_signed=False)


def reasons() -> Case:
    def read(data: bytes) -> bytes:
        justification.check(load_toml(toml(data), "request"), POLICY.rules, now_ms=0)
        return data

    item: Json = {"credential": "a", "codes": 2, "stale": True}
    return Case({**JUSTIFICATION, "items": [item], "requester": "x"}, read, is_signed=False)


class Nowhere:
    """A folder of somebody's own console, in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        return self.files[name]

    def write(self, name: str, data: bytes) -> None:
        self.files[name] = data

    def names(self, prefix: str) -> list[str]:
        return sorted(name for name in self.files if name.startswith(prefix))


def pin_card() -> Case:
    """A card of a station with a real log key; its words are right, whatever else it says."""
    founding = replace(MADE, policy=replace(POLICY, roster=with_log(POLICY.roster)))
    words = to_words(founding.policy.genesis)

    def read(data: bytes) -> bytes:
        own = OwnConsole("legal-1", cast(Any, FakeMachine()), cast(Any, Nowhere()), cast(Any, None), nullcontext)
        own_console.pin(own, data, words)
        return data

    card = {"v": 1, "genesis": founding.signed().decode(), "steps": [], "checkpoint": NOTE.decode()}
    return Case(card, read, is_signed=False)


CASES = {
    made.__name__: cache(made)
    for made in (
        founded,
        step,
        bundle,
        card,
        answer,
        approval,
        stand_in,
        request,
        sheets,
        kept,
        new_log,
        slot,
        table,
        errands,
        hostile_station,
        station_file,
        change_file,
        reasons,
        pin_card,
    )
}


def refuse_all_but(case: Case, data: bytes) -> None:
    try:
        taken = case.read(data)
    except ConsoleError:
        return
    assert not case.is_signed or taken == encode(case.value)


def fuzz(name: str, data: st.DataObject) -> None:
    case = CASES[name]()
    refuse_all_but(case, encode(case.value))
    for _ in range(4):
        refuse_all_but(case, in_bytes(spoilt(case.value, data)))
    refuse_all_but(case, in_bytes(data.draw(anything)))
    refuse_all_but(case, data.draw(st.binary(max_size=40)))
