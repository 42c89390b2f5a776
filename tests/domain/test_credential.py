# SPDX-License-Identifier: Apache-2.0
"""Versions, candidates, what was shown, what was taken: from entries alone; and what can be checked while sealing."""

import json
from typing import Any

import pytest

from console.domain import kinds
from console.domain.canonical import Json, to_base64
from console.domain.credential import versions as rules
from console.domain.credential.versions import Credential, Version, fold
from console.domain.errors import Refused
from console.domain.journal.clock import Event
from tests.vectors.told import Told


def sealed(seq: int, name: str, version: int, *, kind: str = "password", items: int = 1, state: str = "sealed") -> Told:
    """Return the entry that seals a version."""
    records: list[Json] = [to_base64(bytes([version, item]) * 16) for item in range(items)]
    body: dict[str, Json] = {
        "credential": name,
        "kind": kind,
        "class": "standard",
        "version": version,
        "state": state,
        "epoch": 1,
        "roster": to_base64(bytes(32)),
        "records": records,
        "sealed_by": "p-1",
    }
    return Told(seq, "credential.sealed", body=body)


def confirmed(seq: int, name: str, version: int) -> Told:
    """Return the entry that confirms a version."""
    return Told(seq, "credential.confirmed", body={"credential": name, "version": version})


def intended(seq: int, name: str, version: int, item: int = 0) -> Told:
    """Return the entry before a showing."""
    return Told(seq, "release.intended", body={"credential": name, "version": version, "item": item})


def outcome(seq: int, intent: int, said: str) -> Told:
    """Return the entry after a showing."""
    return Told(seq, "release.outcome", body={"intent": intent, "outcome": said})


def only(*events: Event) -> Credential:
    """Return the one credential that these entries tell of."""
    (credential,) = fold(events).values()
    return credential


def test_the_first_version_is_sealed() -> None:
    credential = only(sealed(0, "a", 1))
    assert (credential.name, credential.kind.name, credential.state()) == ("a", "password", "sealed")
    assert credential.current == Version(1, "standard", bytes(32), (bytes([1, 0]) * 16,), "p-1", confirmed=True)
    assert (credential.candidate, credential.is_exposed, credential.items_left()) == (None, False, [0])


def test_nothing_was_sealed() -> None:
    assert fold([]) == {}


def test_a_candidate_waits_until_it_is_confirmed() -> None:
    events = [sealed(0, "a", 1), sealed(1, "a", 2, state="candidate")]
    waiting = only(*events)
    assert (waiting.current.number, waiting.state()) == (1, "candidate")
    assert waiting.candidate is not None and waiting.candidate.number == 2
    after = only(*events, confirmed(2, "a", 2))
    assert (after.current.number, after.candidate, after.state()) == (2, None, "sealed")


def test_what_was_shown_is_exposed_until_a_newer_version_is_confirmed() -> None:
    events = [sealed(0, "a", 1), intended(1, "a", 1), outcome(2, 1, "read_back")]
    assert only(*events).state() == "exposed"
    events.append(sealed(3, "a", 2, state="candidate"))
    assert only(*events).state() == "exposed"
    events.append(confirmed(4, "a", 2))
    assert only(*events).state() == "sealed"
    events.append(intended(5, "a", 1))
    assert not only(*events).is_exposed
    events.append(intended(6, "a", 2))
    assert only(*events).is_exposed


@pytest.mark.parametrize(
    ("outcomes", "counts"),
    [
        ([], True),
        (["failed"], False),
        (["read_back"], True),
        (["unknown"], True),
        (["failed", "failed"], False),
        (["failed", "read_back"], True),
        (["unknown", "failed"], True),
    ],
)
def test_only_a_showing_that_is_known_to_have_failed_does_not_count(outcomes: list[str], counts: bool) -> None:
    said = [outcome(3 + n, 2, text) for n, text in enumerate(outcomes)]
    assert only(sealed(0, "a", 1), intended(2, "a", 1), *said).is_exposed is counts
    codes = only(sealed(0, "a", 1, kind="codes", items=2), intended(2, "a", 1, 0), *said)
    assert codes.items_left() == ([1] if counts else [0, 1])


def test_a_failure_takes_back_only_its_own_showing() -> None:
    credential = only(sealed(0, "a", 1), intended(1, "a", 1), intended(2, "a", 1), outcome(3, 2, "failed"))
    assert credential.is_exposed


def test_an_outcome_without_intent_changes_nothing() -> None:
    assert only(sealed(0, "a", 1), outcome(1, 77, "failed")).state() == "sealed"


def test_codes_are_taken_one_by_one_and_never_exposed() -> None:
    events = [sealed(0, "codes", 1, kind="codes", items=3), intended(1, "codes", 1, 1)]
    credential = only(*events)
    assert (credential.items_left(), credential.is_exposed, credential.state()) == ([0, 2], False, "sealed")
    burnt = only(*events, intended(2, "codes", 1, 0), intended(3, "codes", 1, 2))
    assert (burnt.items_left(), burnt.state()) == ([], "burnt")
    again = only(*events, sealed(4, "codes", 2, kind="codes", items=2, state="candidate"), confirmed(5, "codes", 2))
    assert again.items_left() == [0, 1]


def test_credentials_do_not_mix_and_the_order_of_reading_does_not_matter() -> None:
    events: list[Event] = [
        sealed(0, "a", 1),
        sealed(1, "b", 1),
        intended(2, "a", 1),
        sealed(3, "b", 2, state="candidate"),
        confirmed(4, "b", 2),
        intended(5, "b", 2),
        outcome(6, 5, "failed"),
    ]
    found = fold(events)
    assert {name: credential.state() for name, credential in found.items()} == {"a": "exposed", "b": "sealed"}
    assert fold(reversed(events)) == found


@pytest.mark.parametrize(("count", "items"), [(1, [0]), (2, [0, 2])])
def test_a_request_gets_the_first_items_left(count: int, items: list[int]) -> None:
    codes = only(sealed(0, "c", 1, kind="codes", items=3), intended(1, "c", 1, 1))
    assert rules.choose_items(codes, count, range(9)) == items
    with pytest.raises(Refused, match=r"too_few_codes \(credential=c, left=2, asked=3\)"):
        rules.choose_items(codes, 3, range(9))


def test_a_request_gets_one_of_anything_else() -> None:
    assert rules.choose_items(only(sealed(0, "a", 1)), 5, {0}) == [0]


# --- what can be checked while sealing --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ab", "salesforce-emergency-admin", "a1", "a" * 64])
def test_a_name(name: str) -> None:
    rules.check_name(name)


@pytest.mark.parametrize("name", ["", "a", "A1", "1a", "a b", "a_b", "a/b", "../a", "ä-b", "a" * 65, "ab\n"])
def test_no_name(name: str) -> None:
    with pytest.raises(Refused, match="credential_name"):
        rules.check_name(name)


@pytest.mark.parametrize("name", ["crm-admin", "crm-admin-2", "admin-crm", "crm-amdin", "crm", "crm-admin-new"])
def test_a_name_that_is_easily_taken_for_another(name: str) -> None:
    assert rules.alike(name, ["crm-admin", "idp-recovery-codes"]) == ["crm-admin"]


@pytest.mark.parametrize("name", ["", "dms-admin", "crm-reader", "salesforce-emergency-admin"])
def test_a_name_of_its_own(name: str) -> None:
    assert rules.alike(name, ["crm-admin", "idp-recovery-codes"]) == []


@pytest.mark.parametrize(
    ("kind", "secret", "items"),
    [
        ("password", b" pass word \r\n", [b" pass word "]),
        ("api-key", "schlüssel".encode(), ["schlüssel".encode()]),
        ("codes", b"1234 5678\r\n\n  abcd-efgh \n", [b"1234 5678", b"abcd-efgh"]),
        ("codes", b"\n".join(b"%03d" % n for n in range(100)), [b"%03d" % n for n in range(100)]),
    ],
)
def test_payloads(kind: str, secret: bytes, items: list[bytes]) -> None:
    assert kinds.of(kind).payloads(secret) == items


@pytest.mark.parametrize(
    ("kind", "secret", "code"),
    [
        ("tattoo", b"x", "credential_kind"),
        ("password", b"", "secret_empty"),
        ("password", b" \n", "secret_empty"),
        ("api-key", b"\xff", "secret_not_text"),
        ("codes", b"\xff", "secret_not_text"),
        ("codes", b" \n ", "secret_empty"),
        ("codes", b"1\n2\n1", "codes_repeated"),
        ("codes", b"\n".join(b"%d" % n for n in range(101)), "too_many_codes"),
        ("codes", b"1\n" + b"2" * 301, "listed_code_too_long"),
        ("totp", b"", "seed_too_short"),
        ("totp", b"MFRGG===", "seed_too_short"),
        ("totp", b"GEZDGNBVGY3TQOJ", "seed_too_short"),
        ("totp", b"1EZDGNBVGY3TQOJQ", "seed_not_base32"),
        ("totp", b"GEZDGNBVGY3TQOJQG", "seed_not_base32"),
        ("totp", "GEZDGNBVGY3TQOJß".encode(), "seed_not_base32"),
        ("totp", "\u0131EZDGNBVGY3TQOJQ".encode(), "seed_not_base32"),
        ("totp", b"otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ", "otp_settings"),
    ],
)
def test_no_payloads(kind: str, secret: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        kinds.of(kind).payloads(secret)


@pytest.mark.parametrize("text", [b"gezd gnbv gy3t qojq", b"GEZDGNBVGY3TQOJQ", b" GEZDGNBV\nGY3TQOJQ"])
def test_a_seed_is_sealed_in_one_spelling(text: bytes) -> None:
    (payload,) = kinds.of("totp").payloads(text)
    assert json.loads(payload) == {"seed": "GEZDGNBVGY3TQOJQ", "digits": 6, "period": 30}


CARD: dict[str, Any] = {"target": "Salesforce", "account": "emergency", "rotate": "Setup, users, reset"}


def test_a_use_card_says_where_who_and_how_to_rotate() -> None:
    rules.check_use_card(CARD)
    rules.check_use_card({**CARD, **dict.fromkeys(rules.USE_CARD_FIELDS, "x")})
    with pytest.raises(Refused, match=r"use_card \(unknown=password, missing=\)"):
        rules.check_use_card({**CARD, "password": "x"})
    for name in CARD:
        with pytest.raises(Refused, match=rf"use_card \(unknown=, missing={name}\)"):
            rules.check_use_card({**CARD, name: ""})
