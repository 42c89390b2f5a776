# SPDX-License-Identifier: Apache-2.0
"""A member comes back from the roster with the same keys; an unlock slot opens on its owner's token alone."""

import json
from dataclasses import replace
from typing import Any

import pytest

from console.domain.canonical import decode_object, from_base64, to_base64
from console.domain.errors import ConsoleError, Corrupt
from console.domain.keyholder import Member, open_slot, seal_slot
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
    assert open_slot(slot, LEGAL, MADE.derive("legal-1")) == bytearray(PIN)
    with pytest.raises(Corrupt, match=r"slot_of_another \(member=legal-1\)"):
        open_slot(slot, IT, MADE.derive("it-1"))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot(slot, LEGAL, MADE.derive("it-1"))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot({**slot, "member": "it-1"}, IT, MADE.derive("it-1"))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot({**slot, "vault": "another"}, LEGAL, MADE.derive("legal-1"))


def test_a_slot_that_was_changed_does_not_open() -> None:
    slot = decode_object(seal_slot(VAULT, LEGAL, PIN))
    blob = from_base64(slot["blob"])
    for index in range(0, len(blob), 7):
        damaged = blob[:index] + bytes([blob[index] ^ 1]) + blob[index + 1 :]
        with pytest.raises(ConsoleError):
            open_slot({**slot, "blob": to_base64(damaged)}, LEGAL, MADE.derive("legal-1"))


def test_a_slot_sealed_to_the_same_name_with_another_key_does_not_open() -> None:
    slot = decode_object(seal_slot(VAULT, replace(LEGAL, share=IT.share), PIN))
    with pytest.raises(Corrupt, match="seal_broken"):
        open_slot(slot, LEGAL, MADE.derive("legal-1"))


def test_the_slot_of_the_format_page_opens() -> None:
    vectors: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    made = found({"it": 2, "legal": 3}, {"it": 1, "legal": 2})
    slot = decode_object(vectors["sealed"]["slot"].encode())
    assert open_slot(slot, made.policy.roster.member("legal-1"), made.derive("legal-1")) == bytearray(PIN)
