# SPDX-License-Identifier: Apache-2.0
"""Only a keyholder's own decision on exactly this request counts, and each person once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.activation import ceremony
from console.domain.activation.ceremony import (
    DECISIONS,
    Approval,
    Item,
    Request,
    check_approval,
    check_request,
    quorum_missing,
)
from console.domain.canonical import Json, decode_object, encode, from_base64, to_base64
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.policy.rules import Policy
from console.domain.sealed import envelope
from tests.vectors import founding as sample
from tests.vectors.founding import OPENING_KEY, approve, changed, file_request, found, seal, sign, statement
from tests.vectors.points import OTHER_KEY, VECTORS, deriver, flipped, private

MADE = found({"it": 2, "legal": 3}, {"it": 1, "legal": 2}, rsa_member="it-2")
POLICY = MADE.policy
SECRETS = [bytes([n]) * 32 for n in range(3)]
RECORDS = [seal(MADE, b"payload %d" % n, SECRETS[n], item=n) for n in range(3)]
REQUEST = file_request(MADE, RECORDS[:2])
APPROVAL = approve(MADE, REQUEST, RECORDS[:2], "legal-1")
DENIAL = sign(MADE, statement(MADE, REQUEST, "it-1", "deny"))


def derive(points: Any) -> list[bytes]:
    """Return the raw ECDH of the request key in the HSM."""
    return MADE.hsm.derive(OPENING_KEY, points)


# --- the request ------------------------------------------------------------------------------------------


def test_a_request_comes_back_and_is_the_stations() -> None:
    again = Request.from_json(decode_object(encode(REQUEST.to_json())))
    assert again == REQUEST
    check_request(again, POLICY)
    assert (again.activation, again.requester, again.hash) == (sample.ACTIVATION, "legal-ops-1", REQUEST.hash)
    assert [item.item for item in again.items] == [0, 1]
    assert len(again.key) == 65


@pytest.mark.parametrize("field", sorted(REQUEST.body))
def test_no_changed_field_of_a_request_is_accepted(field: str) -> None:
    for value in (None, "other", 99):
        with pytest.raises(Corrupt, match="signature_wrong"):
            check_request(replace(REQUEST, body={**REQUEST.body, field: value}), POLICY)


def by_station(**change: Json) -> Request:
    """Return the request with a changed body that the station signed, and nobody else."""
    body = {**REQUEST.body, **change}
    return Request(body, MADE.hsm.sign("request", ceremony.request_digest(body)), None)


@pytest.mark.parametrize("requester", ["legal-ops-1", "a stranger"])
def test_who_does_not_sign_is_not_proven_by_a_token(requester: str) -> None:
    for proof in ("claimed", "unlock"):
        unsigned = by_station(requester=requester, proof=proof)
        assert Request.from_json(unsigned.to_json()) == unsigned
        check_request(unsigned, POLICY)
        with pytest.raises(Corrupt, match="requester_proof_wrong"):
            check_request(replace(unsigned, requester_signature=REQUEST.requester_signature), POLICY)
    with pytest.raises(Corrupt, match="requester_proof_wrong"):
        check_request(by_station(requester=requester), POLICY)


def test_signatures_of_others_are_none() -> None:
    legal = MADE.tokens["legal-1"].sign("sign", ceremony.request_digest(REQUEST.body))
    for forged in (
        replace(REQUEST, station_signature=legal),
        replace(REQUEST, requester_signature=legal),
        replace(REQUEST, station_signature=bytes(64)),
        replace(REQUEST, requester_signature=b""),
    ):
        with pytest.raises(Corrupt, match="signature_wrong"):
            check_request(forged, POLICY)


def test_a_requester_who_signs_must_be_known() -> None:
    with pytest.raises(Refused, match="unknown_member"):
        check_request(replace(by_station(requester="stranger"), requester_signature=bytes(64)), POLICY)


@pytest.mark.parametrize(
    "other",
    [
        changed(POLICY, mode="real"),
        changed(POLICY, vault="another"),
        changed(POLICY, epoch=2),
        Policy(POLICY.roster, replace(POLICY.rules, seconds_max=60)),
    ],
)
def test_a_request_under_another_policy_is_none(other: Policy) -> None:
    with pytest.raises(Corrupt, match="request_of_another_policy"):
        check_request(REQUEST, other)


@pytest.mark.parametrize("field", ["body", "station_signature", "requester_signature"])
def test_a_request_of_another_shape_is_corrupt(field: str) -> None:
    value = REQUEST.to_json()
    with pytest.raises(Corrupt, match="request_shape"):
        Request.from_json({name: part for name, part in value.items() if name != field})
    if field != "body":
        with pytest.raises(Corrupt, match="not_base64"):
            Request.from_json({**value, field: 5})


def test_an_item_comes_back() -> None:
    for item in (Item("a", 1, 2, "c", bytes(32)), Item("a", 1, 2, "c", bytes(32), exposed=True)):
        assert Item.from_json(item.to_json()) == item


# --- approvals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "approval", [APPROVAL, DENIAL, *(sign(MADE, statement(MADE, REQUEST, "it-2", d)) for d in DECISIONS[2:])]
)
def test_a_decision_comes_back_and_holds(approval: Approval) -> None:
    again = Approval.parse(encode(approval.to_json()))
    assert again == approval
    check_approval(again, REQUEST, POLICY)
    assert approval.decision in DECISIONS


STATEMENT: Mapping[str, Json] = APPROVAL.statement


@pytest.mark.parametrize("field", sorted(STATEMENT))
def test_no_changed_statement_is_accepted(field: str) -> None:
    others: list[Json] = [None, "other", "it-1", 99, [], STATEMENT[field] == 1]
    for value in others:
        if value != STATEMENT[field]:
            with pytest.raises((Corrupt, Refused), match=r"signature_wrong|unknown_member"):
                check_approval(replace(APPROVAL, statement={**STATEMENT, field: value}), REQUEST, POLICY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"request": to_base64(bytes(32))}, "approval_of_another_request"),
        ({"request": None}, "approval_of_another_request"),
        ({"items": []}, "approval_of_other_items"),
        ({"items": [[sample.CREDENTIAL, 1, 1], [sample.CREDENTIAL, 1, 0]]}, "approval_of_other_items"),
        ({"items": [[sample.CREDENTIAL, 1, n] for n in range(3)]}, "approval_of_other_items"),
        ({"group": "it"}, "not_a_keyholder"),
        ({"decision": "deny"}, "approval_blob_wrong"),
        ({"blob": None}, "approval_blob_wrong"),
        ({"blob": to_base64(bytes(32))}, "approval_blob_wrong"),
        ({"decision": "open"}, "approval_shape"),
        ({"decision": ["approve"]}, "approval_shape"),
        ({"v": 2}, "approval_shape"),
        ({"suite": "bg2"}, "approval_shape"),
        ({"vault": "another"}, "approval_shape"),
        ({"mode": "real"}, "approval_shape"),
    ],
)
def test_a_well_signed_statement_must_still_be_this_one(change: dict[str, Json], code: str) -> None:
    said = sign(MADE, {**STATEMENT, **change}, blob=APPROVAL.blob)
    with pytest.raises(ConsoleError, match=code):
        check_approval(said, REQUEST, POLICY)


@given(st.integers(0, 10**6))
def test_no_flipped_bit_of_blob_or_signature_is_accepted(bit: int) -> None:
    assert APPROVAL.blob is not None
    blob, signature = flipped(APPROVAL.blob, bit), flipped(APPROVAL.signature, bit)
    for damaged in (replace(APPROVAL, blob=blob), replace(APPROVAL, signature=signature)):
        with pytest.raises(Corrupt, match=r"signature_wrong|approval_blob_wrong"):
            check_approval(damaged, REQUEST, POLICY)


def test_a_denial_carries_no_shares_and_an_approval_does() -> None:
    for approval in (replace(DENIAL, blob=b"x"), replace(APPROVAL, blob=None), replace(APPROVAL, blob=b"")):
        with pytest.raises(Corrupt, match="approval_blob_wrong"):
            check_approval(approval, REQUEST, POLICY)
    with pytest.raises(Corrupt, match="approval_blob_wrong"):
        check_approval(sign(MADE, statement(MADE, REQUEST, "it-1", "approve")), REQUEST, POLICY)


def test_one_person_cannot_speak_for_another() -> None:
    with pytest.raises(Corrupt, match="signature_wrong"):
        check_approval(sign(MADE, STATEMENT, blob=APPROVAL.blob, signer="legal-2"), REQUEST, POLICY)


def test_an_operator_and_the_requester_decide_nothing() -> None:
    with pytest.raises(Refused, match="not_a_keyholder"):
        check_approval(sign(MADE, statement(MADE, REQUEST, "legal-ops-1", "deny")), REQUEST, POLICY)
    own = file_request(found(), [seal(found(), b"x", bytes(32))], requester="legal-1")
    made = found()
    with pytest.raises(Refused, match="requester_cannot_approve"):
        check_approval(sign(made, statement(made, own, "legal-1", "deny")), own, made.policy)


def test_an_approval_does_not_hold_for_the_next_request() -> None:
    again = file_request(MADE, RECORDS[:2])
    try:
        with pytest.raises(Refused, match="approval_of_another_request"):
            check_approval(APPROVAL, again, POLICY)
    finally:
        restore_key()


def restore_key() -> None:
    """Put the key of ``REQUEST`` back into the HSM."""
    MADE.hsm.pairs[OPENING_KEY] = KEY


KEY = MADE.hsm.pairs[OPENING_KEY]


@pytest.mark.parametrize(
    "change",
    [
        {"statement": None},
        {"statement": []},
        {"statement": sorted(STATEMENT)},
        {"statement": {}},
        {"statement": {**STATEMENT, "more": 1}},
    ],
)
def test_an_approval_of_another_shape_is_corrupt(change: dict[str, Json]) -> None:
    with pytest.raises(Corrupt, match="approval_shape"):
        Approval.from_json({**APPROVAL.to_json(), **change})


def test_an_approval_with_parts_missing_is_corrupt() -> None:
    for field in ("statement", "blob", "signature"):
        value = {name: part for name, part in APPROVAL.to_json().items() if name != field}
        with pytest.raises(Corrupt, match="approval_shape"):
            Approval.from_json(value)
    for field, part in (("blob", 5), ("blob", "A"), ("signature", None)):
        with pytest.raises(Corrupt, match="not_base64"):
            Approval.from_json({**APPROVAL.to_json(), field: part})
    for data in (b"", b"[]", b"{}"):
        with pytest.raises(Corrupt):
            Approval.parse(data)


# --- counting ---------------------------------------------------------------------------------------------

PAIRS = st.lists(st.tuples(st.sampled_from(["it", "legal", "hr"]), st.sampled_from("abcd")), max_size=12)


@given(st.dictionaries(st.sampled_from(["it", "legal", "hr"]), st.integers(1, 5)), PAIRS)
def test_distinct_people_count_per_group(thresholds: dict[str, int], pairs: list[tuple[str, str]]) -> None:
    missing = quorum_missing(thresholds, pairs)
    assert list(missing) == sorted(thresholds)
    for group, m in thresholds.items():
        assert missing[group] == max(0, m - len({who for name, who in pairs if name == group}))
    assert quorum_missing(thresholds, pairs * 2) == missing


def test_nobody_counts_for_a_group_that_is_not_asked() -> None:
    assert quorum_missing({"it": 1, "legal": 2}, [("hr", "a"), ("legal", "b"), ("legal", "b")]) == {"it": 1, "legal": 1}


# --- shares -----------------------------------------------------------------------------------------------


def test_two_roles_open_what_they_approved_and_nothing_more() -> None:
    approvals = [approve(MADE, REQUEST, RECORDS[:2], member) for member in ("it-2", "legal-1", "legal-3")]
    opened = ceremony.open_shares(REQUEST, approvals, derive)
    for number in range(2):
        shares = {member: items[number] for member, items in opened.items()}
        room = memoryview(bytearray(envelope.unsealed_size(RECORDS[number])))
        assert envelope.unseal_record(RECORDS[number], shares, SECRETS[number], room) == b"payload %d" % number
        with pytest.raises(Corrupt, match="glass_intact"):
            envelope.unseal_record(RECORDS[2], shares, SECRETS[2], room)


def test_shares_open_with_the_request_key_alone() -> None:
    with pytest.raises(Corrupt, match="seal_broken"):
        ceremony.open_shares(REQUEST, [APPROVAL], deriver(OTHER_KEY))


def test_shares_given_in_anothers_name_do_not_open() -> None:
    for change in ({"member": "legal-2"}, {"group": "it"}):
        with pytest.raises(Corrupt, match="seal_broken"):
            ceremony.open_shares(REQUEST, [replace(APPROVAL, statement={**STATEMENT, **change})], derive)


def test_too_few_shares_are_noticed() -> None:
    blob = ceremony.seal_shares(REQUEST, "legal", "legal-1", [bytes(32)])
    with pytest.raises(Corrupt, match="approval_blob_wrong"):
        ceremony.open_shares(REQUEST, [replace(APPROVAL, blob=blob)], derive)


def test_the_request_of_the_format_page() -> None:
    vector, sealed = VECTORS["request"], VECTORS["record"]
    request = Request.from_json(decode_object(vector["text"].encode()))
    assert (request.hash.hex(), ceremony.request_digest(request.body).hex()) == (vector["hash"], vector["signed"])
    check_request(request, POLICY)
    *approvals, denial = [Approval.parse(text.encode()) for text in vector["approvals"]]
    for approval in (*approvals, denial):
        check_approval(approval, request, POLICY)
    opened = ceremony.open_shares(request, approvals, deriver(private(vector["key"])))
    record = decode_object(sealed["text"].encode())
    room = memoryview(bytearray(envelope.unsealed_size(record)))
    shares = {member: shares[0] for member, shares in opened.items()}
    payload = envelope.unseal_record(record, shares, bytes.fromhex(sealed["hsm_secret"]), room)
    assert bytes(payload).hex() == sealed["payload"]
    assert from_base64(request.items[0].to_json()["record"]) == envelope.record_hash(record)
