# SPDX-License-Identifier: Apache-2.0
"""A member comes back from the roster with the same keys; an unlock slot opens on its owner's token alone."""

import json
from dataclasses import replace
from typing import Any

import pytest

from console.domain.canonical import decode_object, from_base64, to_base64
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.policy.keyholder import Member, open_slot, seal_slot
from console.domain.policy.rules import check_roster
from tests.vectors.founding import VAULT, found
from tests.vectors.sealing import FILE

MADE = found()
LEGAL, IT = MADE.policy.roster.member("legal-1"), MADE.policy.roster.member("it-1")
PIN = b"the PIN that nobody knows"


@pytest.mark.parametrize("member", MADE.policy.roster.members)
def test_a_member_comes_back(member: Member) -> None:
    assert Member.from_json(member.to_json()) == member


def test_points_are_all_keys_there_are() -> None:
    assert LEGAL.points() == [LEGAL.sign, LEGAL.share, LEGAL.read]
    assert IT.points() == [IT.sign, IT.share]


@pytest.mark.parametrize("purpose", ["sign", "share", "read"])
def test_a_key_must_be_a_point(purpose: str) -> None:
    for wrong in (bytes(65), LEGAL.sign[:33], b"", LEGAL.sign + b"\0"):
        with pytest.raises(Corrupt, match="not_a_point"):
            Member.from_json({**LEGAL.to_json(), purpose: to_base64(wrong)})


def test_a_slot_opens_on_its_owners_token_alone() -> None:
    slot = decode_object(seal_slot(VAULT, LEGAL, PIN))
    assert open_slot(slot, LEGAL, MADE.decapsulate("legal-1")) == bytearray(PIN)
    with pytest.raises(Corrupt, match=r"slot_of_another \(member=legal-1\)"):
        open_slot(slot, IT, MADE.decapsulate("it-1"))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot(slot, LEGAL, MADE.decapsulate("it-1"))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot({**slot, "member": "it-1"}, IT, MADE.decapsulate("it-1"))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot({**slot, "vault": "another"}, LEGAL, MADE.decapsulate("legal-1"))


def test_a_slot_that_was_changed_does_not_open() -> None:
    slot = decode_object(seal_slot(VAULT, LEGAL, PIN))
    blob = from_base64(slot["blob"])
    for index in range(0, len(blob), 7):
        damaged = blob[:index] + bytes([blob[index] ^ 1]) + blob[index + 1 :]
        with pytest.raises(ConsoleError):
            open_slot({**slot, "blob": to_base64(damaged)}, LEGAL, MADE.decapsulate("legal-1"))


def test_a_slot_sealed_to_the_same_name_with_another_key_does_not_open() -> None:
    slot = decode_object(seal_slot(VAULT, replace(LEGAL, share=IT.share), PIN))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot(slot, LEGAL, MADE.decapsulate("legal-1"))


def test_the_slot_of_the_format_page_opens() -> None:
    vectors: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    made = found({"it": 2, "legal": 3}, {"it": 1, "legal": 2}, rsa_member="it-2")
    slot = decode_object(vectors["sealed"]["slot"].encode())
    assert open_slot(slot, made.policy.roster.member("legal-1"), made.decapsulate("legal-1")) == bytearray(PIN)


# --- a member whose token knows RSA only ------------------------------------------------------------------

RSA_MADE = found(rsa_member="it-2")
RSA_MEMBER = RSA_MADE.policy.roster.member("it-2")


def test_a_member_with_rsa_keys_comes_back_and_opens_their_slot() -> None:
    assert Member.from_json(RSA_MEMBER.to_json()) == RSA_MEMBER
    slot = decode_object(seal_slot(VAULT, RSA_MEMBER, PIN))
    assert open_slot(slot, RSA_MEMBER, RSA_MADE.decapsulate("it-2")) == bytearray(PIN)


@pytest.mark.parametrize(
    "change",
    [
        {"mechanism": "rsa-pkcs1"},
        {"mechanism": ""},
        {"signing": "rsa-oaep-sha256"},
        {"mechanism": "p256-hpke"},
        {"signing": "ecdsa-p256"},
        {"sign": to_base64(IT.sign)},
        {"share": to_base64(IT.share)},
        {"read": to_base64(LEGAL.read or b"")},
    ],
)
def test_a_key_that_does_not_fit_its_mechanism_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Corrupt, match=r"mechanism_unknown|not_a_point|not_an_rsa_key"):
        Member.from_json({**RSA_MEMBER.to_json(), **change})


def test_sha1_in_oaep_stands_in_a_drills_roster_and_in_no_other() -> None:
    roster = RSA_MADE.policy.roster
    weak = replace(RSA_MEMBER, mechanism="rsa-oaep-sha1")
    members = tuple(weak if member == RSA_MEMBER else member for member in roster.members)
    check_roster(replace(roster, members=members))
    with pytest.raises(Refused, match=r"mechanism_for_tests_only \(member=it-2"):
        check_roster(replace(roster, members=members, mode="real"))
