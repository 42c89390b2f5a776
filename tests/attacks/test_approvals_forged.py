# SPDX-License-Identifier: Apache-2.0
"""Approvals edited, replayed, forged, or given by somebody who may not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from console.actions.activation import approval, lifecycle, release
from console.actions.console import Console
from console.actions.entries import by_token, pseudonym
from console.actions.station import lifecycle as station_actions
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval, Request
from console.domain.canonical import Json, encode, to_base64
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.policy.rules import Policy
from tests.support.activations import approve, approved_base, filed, justified, opened_base, requested_base
from tests.support.forgery import write
from tests.support.scenes import CODES, PASSWORD, TWO_LEGAL, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = [pytest.mark.real, pytest.mark.long]


@dataclass(frozen=True)
class Evidence:
    """A genuine request, a genuine approval of it, and another request for the same items."""

    policy: Policy
    request: Request
    approval: Approval
    other: Request
    log_key: Callable[[bytes], bytes]

    def refusal(self, changed: Approval, request: Request | None = None) -> ConsoleError:
        """Return why an approval is not accepted."""
        with pytest.raises(ConsoleError) as refused:
            ceremony.check_approval(changed, request or self.request, self.policy)
        return refused.value


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    with staged(approved_base()) as scene, scene.console() as console:
        again = filed(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 4})
        request = lifecycle.load_request(console, scene.act)
        approvals = lifecycle.load_approvals(console, request)
        (legal,) = [given for given in approvals if given.member == "legal-1"]
        other = lifecycle.load_request(console, again)
        yield Evidence(console.policy, request, legal, other, lambda message: console.hsm.sign("request", message))


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


EDITS: dict[str, Json] = {
    "v": 2,
    "suite": "bg2",
    "vault": "another",
    "mode": "real",
    "request": to_base64(bytes(32)),
    "decision": "deny",
    "member": "legal-2",
    "group": "it",
    "items": [[PASSWORD, 1, 0]],
    "blob": None,
    "checkpoint": {"size": 1, "root": to_base64(bytes(32))},
    "matters": ["M-2026-00118"],
    "confirms": [],
    "amount": 1,
    "ordinal": 1,
    "reason": "another",
}


def test_every_field_is_edited_below(evidence: Evidence) -> None:
    """A new field of a statement needs a new edit."""
    assert set(EDITS) == set(evidence.approval.statement)
    ceremony.check_approval(evidence.approval, evidence.request, evidence.policy)


@pytest.mark.parametrize("field", EDITS)
def test_an_edited_approval_is_refused(evidence: Evidence, field: str) -> None:
    """Each field stands under the keyholder's signature."""
    said = {**evidence.approval.statement, field: EDITS[field]}
    assert said != evidence.approval.statement
    error = evidence.refusal(replace(evidence.approval, statement=said))
    assert (type(error), error.code) == (Corrupt, "signature_wrong")


@pytest.mark.parametrize("field", EDITS)
def test_an_approval_without_a_field_is_refused(evidence: Evidence, field: str) -> None:
    """With an error of ours: approvals come in from outside, as pictures."""
    said = {name: value for name, value in evidence.approval.statement.items() if name != field}
    value = {**evidence.approval.to_json(), "statement": said}
    with pytest.raises(Corrupt):
        given = Approval.parse(encode(value))
        ceremony.check_approval(given, evidence.request, evidence.policy)


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [1, 2]])
@pytest.mark.parametrize("part", ["statement", "blob", "signature"])
def test_an_approval_of_another_shape_is_refused(evidence: Evidence, part: str, value: Json) -> None:
    """With an error of ours, whatever stands in the place of a part."""
    with pytest.raises(ConsoleError):
        given = Approval.parse(encode({**evidence.approval.to_json(), part: value}))
        ceremony.check_approval(given, evidence.request, evidence.policy)


def test_a_flipped_bit_in_the_blob_or_the_signature(evidence: Evidence) -> None:
    """The blob's hash is signed; the signature is a signature."""
    blob, signature = cast(bytes, evidence.approval.blob), evidence.approval.signature
    for place in range(0, len(blob), 7):
        assert evidence.refusal(replace(evidence.approval, blob=flipped(blob, place))).code == "approval_blob_wrong"
    for place in range(len(signature)):
        error = evidence.refusal(replace(evidence.approval, signature=flipped(signature, place)))
        assert error.code == "signature_wrong"
    assert evidence.refusal(replace(evidence.approval, blob=None)).code == "approval_blob_wrong"


def test_an_approval_replayed_into_another_request(evidence: Evidence) -> None:
    """The same items, the same people, another request."""
    error = evidence.refusal(evidence.approval, evidence.other)
    assert (type(error), error.code) == (Refused, "approval_of_another_request")


REPLAYS: dict[str, Callable[[Mapping[str, Json]], Mapping[str, Json]]] = {
    "item": lambda body: {"items": _items(body, item=1)},
    "version": lambda body: {"items": _items(body, version=1)},
    "vault": lambda _: {"vault": "another-vault"},
    "mode": lambda _: {"mode": "real"},
    "request key": lambda _: {"request_key": to_base64(bytes(65))},
}


def _items(body: Mapping[str, Json], *, item: int = 0, version: int = 0) -> Json:
    """Return the requested items, the last of them one item or one version further on."""
    *others, last = cast(list[dict[str, Json]], body["items"])
    moved = {"item": cast(int, last["item"]) + item, "version": cast(int, last["version"]) + version}
    return [*others, {**last, **moved}]


@pytest.mark.parametrize("what", REPLAYS)
def test_an_approval_replayed_to_another(evidence: Evidence, what: str) -> None:
    """The station itself signs a request that differs in one thing, and presents the genuine approval for it."""
    body = {**evidence.request.body, **REPLAYS[what](evidence.request.body)}
    assert body != evidence.request.body
    asked = Request(body, evidence.log_key(ceremony.request_digest(body)), None)
    error = evidence.refusal(evidence.approval, asked)
    assert (type(error), error.code) == (Refused, "approval_of_another_request")


def test_an_approval_replayed_after_a_restart(scene: Scene) -> None:
    """The request is denied and its key destroyed. A new process finds the stored approval, and it opens nothing."""
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        approve(console, act, "legal-1")
        (given,) = lifecycle.load_approvals(console, lifecycle.load_request(console, act))
        approval.deny(console, act, "it-1", "Niemand hat diesen Notfall gemeldet.")
    station_actions.lock(scene.station.locked)
    scene.restart()
    with scene.console() as console:
        with pytest.raises(Refused, match="activation_state"):
            approval.take(console, act, given)
        again = filed(console, {"credential": PASSWORD})
        with pytest.raises(Refused, match="approval_of_another_request"):
            approval.take(console, again, given)
        assert lifecycle.show(console, again)["missing"] == {"it": 1, "legal": 1}


@pytest.mark.parametrize("member", ["legal-1", "it-1", "legal-ops-1"])
def test_an_approval_signed_with_another_key(evidence: Evidence, member: str) -> None:
    """A thief's own key, and whoever's name they like."""
    said = {**evidence.approval.statement, "member": member, "group": evidence.policy.roster.member(member).role}
    forged = Approval(said, evidence.approval.blob, signed_by_thief(ceremony.statement_digest(said)))
    assert evidence.refusal(forged).code == "signature_wrong"


@pytest.mark.parametrize(
    "field", ["seconds", "releases", "items", "justification", "requester", "request_key", "mode", "proof"]
)
def test_an_edited_request_is_refused(evidence: Evidence, field: str) -> None:
    """What a keyholder reads is under the station's signature."""
    edited: Mapping[str, Json] = {**evidence.request.body, field: "legal-1"}
    with pytest.raises(Corrupt, match="signature_wrong"):
        ceremony.check_request(replace(evidence.request, body=edited), evidence.policy)


def test_a_requester_who_did_not_sign_is_not_proven(evidence: Evidence) -> None:
    """The station says 'proven by token', and no token has signed."""
    body = {**evidence.request.body, "proof": "token"}
    signature = evidence.log_key(ceremony.request_digest(body))
    with pytest.raises(Corrupt, match="requester_proof_wrong"):
        ceremony.check_request(Request(body, signature, None), evidence.policy)


def test_a_request_signed_by_a_stranger(evidence: Evidence) -> None:
    """Another machine with a stolen record cannot ask for its shares."""
    forged = signed_by_thief(ceremony.request_digest(evidence.request.body))
    with pytest.raises(Corrupt, match="signature_wrong"):
        ceremony.check_request(replace(evidence.request, station_signature=forged), evidence.policy)


# --- given by somebody who may not ------------------------------------------------------------------------


def test_the_requester_does_not_approve(scene: Scene) -> None:
    """Not even a keyholder, with a token of their own."""
    with scene.console() as console:
        fields = {**justified([{"credential": PASSWORD}]), "requester": "legal-1"}
        act = str(lifecycle.request(console, fields, sign_as="legal-1")["activation"])
        with pytest.raises(Refused, match="requester_cannot_approve"):
            approve(console, act, "legal-1")


def test_an_operator_does_not_approve(scene: Scene) -> None:
    """They hold no share of anything."""
    with scene.console() as console:
        fields = {**justified([{"credential": PASSWORD}]), "requester": "legal-1"}
        act = str(lifecycle.request(console, fields)["activation"])
        with pytest.raises(Refused, match="not_a_keyholder"):
            approve(console, act, "legal-ops-1")


def test_one_person_does_not_count_twice(scene: Scene) -> None:
    """A class that asks for two of Legal."""
    with scene.console() as console:
        act = filed(console, {"credential": TWO_LEGAL})
        approve(console, act, "legal-1", "it-1")
        with pytest.raises(Refused, match="already_approved"):
            approve(console, act, "legal-1")
        with pytest.raises(Refused, match="quorum_not_met"):
            lifecycle.open_activation(console, act)


def test_an_approval_written_twice_is_one_approval(evidence: Evidence) -> None:
    """What counts is people, whatever stands in the journal."""
    twice = [("legal", "legal-1"), ("legal", "legal-1"), ("it", "it-1")]
    assert ceremony.quorum_missing({"legal": 2, "it": 1}, twice) == {"it": 0, "legal": 1}


def test_both_roles_are_needed_to_go_on() -> None:
    """Neither one person twice, nor two of one role, give a used-up budget back."""
    with staged(opened_base()) as scene, scene.console() as console:
        before = lifecycle.show(console, scene.act)["budget"]
        approval.second(console, scene.act, "legal-1", "reset")
        answer = approval.second(console, scene.act, "legal-2", "reset")
        assert answer["missing"] == {"it": 1}
        assert answer["budget"] == before


def test_a_word_for_another_amount_does_not_count() -> None:
    """Legal said ten minutes, IT says a hundred: neither is said by both."""
    with staged(opened_base()) as scene, scene.console() as console:
        approval.second(console, scene.act, "legal-1", "extend", 600)
        assert approval.second(console, scene.act, "it-1", "extend", 6000)["missing"] == {"legal": 1}


WORDS: dict[str, tuple[int, int]] = {"another amount": (2, 0), "another turn": (3, 1)}


@pytest.mark.parametrize("given", WORDS.values(), ids=WORDS)
def test_a_word_for_something_else_journaled_as_this_one(given: tuple[int, int]) -> None:
    """The entry says three showings, this turn; what Legal signed says otherwise, and that is what counts."""
    with staged(opened_base()) as scene, scene.console() as console:
        before = lifecycle.show(console, scene.act)["budget"]
        amount, ordinal = given
        journaled(console, scene.act, decided(console, scene.act, "legal-1", "reset", amount, ordinal), 3)
        answer = approval.second(console, scene.act, "it-1", "reset", 3)
        assert (answer["missing"], answer["budget"]) == ({"legal": 1}, before)


def test_a_word_for_one_turn_does_not_count_in_the_next() -> None:
    """Both roles gave three showings once; Legal's old word with a new one of IT gives none."""
    with staged(opened_base()) as scene, scene.console() as console:
        old = decided(console, scene.act, "legal-1", "reset", 3, 0)
        journaled(console, scene.act, old, 3)
        after = approval.second(console, scene.act, "it-1", "reset", 3)
        assert (after["missing"], after["budget"]["releases"]) == ({}, 9)  # type: ignore[call-overload,index]
        journaled(console, scene.act, old, 3)
        answer = approval.second(console, scene.act, "it-1", "reset", 3)
        assert (answer["missing"], answer["budget"]) == ({"legal": 1}, after["budget"])


def test_a_word_with_a_broken_signature_stops_the_counting() -> None:
    """It is evidence of a forger: nothing is given, and it says so."""
    with staged(opened_base()) as scene, scene.console() as console:
        before = lifecycle.show(console, scene.act)["budget"]
        word = decided(console, scene.act, "legal-1", "reset", 3, 0)
        journaled(console, scene.act, replace(word, signature=flipped(word.signature, 5)), 3)
        with pytest.raises(Corrupt, match="signature_wrong"):
            approval.second(console, scene.act, "it-1", "reset", 3)
        assert lifecycle.show(console, scene.act)["budget"] == before
        assert list(console.journal.entries(act=scene.act, type_="activation.reset")) == []


@pytest.mark.parametrize("decision", ["deny", "extend", "reset", "resume"])
def test_another_decision_journaled_as_an_approval(decision: str) -> None:
    """IT signed, and for this request, but signed something else: a denial opens nothing."""
    with staged(requested_base()) as scene, scene.console() as console:
        said = decided(console, scene.act, "it-1", decision, 1, 0)
        journaled(console, scene.act, said, type_="activation.approved")
        # The board counts entries; what opens counts verified approvals.
        assert lifecycle.show(console, scene.act)["state"] == "approved"
        with pytest.raises(Corrupt, match="approval_changed"):
            lifecycle.open_activation(console, scene.act)
        assert lifecycle.load(console, scene.act).opened is None


def test_a_code_is_not_released_beyond_the_approved() -> None:
    """Four were approved; the fifth is sealed and stays so."""
    with staged(opened_base()) as scene, scene.console() as console:
        paper = Paper()
        for _ in range(4):
            release.release(console, scene.act, CODES, paper)
        with pytest.raises(Refused, match="code_gone"):
            release.release(console, scene.act, CODES, paper)
        assert [code for _, code in paper.shown] == scene.sealed[CODES].split()[:4]


def decided(console: Console, act: str, member: str, decision: str, amount: int, ordinal: int) -> Approval:
    """Return what a member really signs on their own token, journaled nowhere."""
    filed, newest = lifecycle.load_request(console, act), console.journal.checkpoint()
    said = ceremony.statement(
        filed,
        console.policy,
        member,
        decision,
        blob=None,
        matters=None,
        amount=amount,
        ordinal=ordinal,
        checkpoint={"size": newest.size, "root": to_base64(newest.root)},
    )
    return Approval(said, None, console.token(member).sign("sign", ceremony.statement_digest(said)))


def journaled(
    console: Console, act: str, given: Approval, amount: int = 0, *, type_: str = "activation.seconded"
) -> None:
    """Write an entry as somebody would who has the database's key and the station's HSM, and no token."""
    by = by_token(given.member)
    body: dict[str, Json] = {
        "by": "station",
        "request": given.statement["request"],
        "group": given.group,
        "member": pseudonym(console, by),
        "approval": to_base64(bytes(32)),
        "seen": given.statement["checkpoint"],
        "decision": "reset",
        "amount": amount,
    }
    write(console, type_, by, body, fields={"approval": given.to_json()}, act=act, critical=True)


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << place % 8
    return bytes(changed)


def signed_by_thief(digest: bytes) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
