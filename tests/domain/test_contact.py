# SPDX-License-Identifier: Apache-2.0
"""A contact card helps at night, and a deputy is somebody who counts for the same group."""

import pytest

from console.domain.errors import Refused
from console.domain.keyholder import contact
from console.domain.keyholder.contact import Contact
from tests.vectors.founding import found

ROSTER = found().policy.roster


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (Contact(), "contact_empty"),
        (Contact(phone="1" * 201), "contact_too_long"),
        (Contact(deputy="legal-1"), "deputy_wrong"),
        (Contact(deputy="it-1"), "deputy_wrong"),
        (Contact(deputy="nobody"), "unknown_member"),
    ],
)
def test_a_card_that_would_help_nobody(card: Contact, code: str) -> None:
    with pytest.raises(Refused, match=code):
        contact.check(ROSTER, "legal-1", card)


def test_a_card_that_helps() -> None:
    contact.check(ROSTER, "legal-1", Contact(phone="+49 40 1", deputy="legal-2"))
    assert contact.from_fields({"phone": "1", "deputy": None}) == Contact(phone="1")


def test_who_is_called_next() -> None:
    known = {"a": Contact(deputy="b"), "b": Contact(deputy="c"), "c": Contact(deputy="a"), "d": Contact(deputy="x")}
    assert contact.succession("a", known, "abcd") == ["b", "c"]
    assert contact.succession("d", known, "abcd") == []
    assert contact.succession("z", known, "abcd") == []
