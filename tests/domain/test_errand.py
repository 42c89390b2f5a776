# SPDX-License-Identifier: Apache-2.0
"""A request for a keyholder's console and its answer: sealed to one reader, every field under a signature."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from console.domain.activation import ceremony
from console.domain.activation.ceremony import Request
from console.domain.canonical import Json, Object, encode, to_base64
from console.domain.entries.event import Seen
from console.domain.errors import ConsoleError, Corrupt, Misused, Refused
from console.domain.handoff import errand
from console.domain.handoff.errand import ANSWER, ERRAND, Errand
from console.domain.journal import checkpoint
from console.domain.journal.witness import Proven
from console.domain.policy.rules import Policy
from tests.vectors.founding import OPENING_KEY, VAULT, approve, changed, file_request, found, seal

MADE = found(rsa_member="it-2")
POLICY = MADE.policy
RECORDS = [seal(MADE, b"payload %d" % n, bytes([n]) * 32, item=n) for n in range(3)]
REQUEST = file_request(MADE, RECORDS)
CARDS: list[Object] = [
    {"target": "t", "ranges": ["198.51.100.0/23"], "residence": "DE"},
    {"target": "t", "ranges": ["192.0.2.0/24"]},
    {"target": "t"},
]
NOTE = "example.org/station/log-1\n7\nAAAA\n\n— x y\n".encode()
SALT = bytes(range(8))


def signed(body: Object) -> Errand:
    """Return an errand that the station signed."""
    return Errand(body, MADE.hsm.sign("request", errand.signed_digest(body)))


def composed(member: str, decision: str = "approve", request: Request = REQUEST, **other: object) -> Errand:
    wanted = RECORDS if decision == "approve" else []
    fields: dict[str, object] = {
        "amount": 0,
        "ordinal": 0,
        "steps": [],
        "records": wanted,
        "kinds": ["password", "codes", "codes"][: len(wanted)],
        "cards": CARDS[: len(wanted)],
        "note": NOTE,
        "earlier": [Proven(Seen(3, bytes(32)), [bytes(32)])],
        "written_ms": 1000,
        "until_ms": 2000,
        **other,
    }
    return signed(errand.compose(request, POLICY, member, decision, **fields))  # type: ignore[arg-type]


SENT = composed("legal-1")


def edited(**fields: Json) -> Errand:
    return signed({**SENT.body, **fields})


# --- the seal ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", ["legal-1", "it-1", "it-2"])
def test_an_errand_is_read_by_its_reader_whatever_the_token(member: str) -> None:
    """it-2 has an RSA token."""
    person, sent = POLICY.roster.member(member), composed(member)
    sealed = errand.parse(errand.seal_errand(sent, person, SALT).encode(), ERRAND)
    errand.check_reader(sealed, POLICY, member)
    opened = errand.open_errand(sealed, VAULT, person, MADE.decapsulate(member))
    assert opened == sent
    assert errand.check(opened, POLICY, member) == POLICY


@pytest.mark.parametrize("member", ["it-1", "it-2"])
def test_the_shares_inside_are_those_of_the_records(member: str) -> None:
    person = POLICY.roster.member(member)
    found_ = errand.excerpts(composed(member), POLICY, member)
    blob = ceremony.hand_over(REQUEST, person, found_, MADE.decapsulate(member))
    given_ = replace(approve(MADE, REQUEST, RECORDS, member), blob=blob)
    derive = partial(MADE.hsm.derive, OPENING_KEY)
    assert ceremony.open_shares(REQUEST, [given_], derive) == ceremony.open_shares(
        REQUEST, [approve(MADE, REQUEST, RECORDS, member)], derive
    )


def test_somebody_else_is_named_and_a_stranger_is_not() -> None:
    sealed = errand.seal_errand(SENT, POLICY.roster.member("legal-1"), SALT)
    with pytest.raises(Refused, match="errand_for_another") as refused:
        errand.check_reader(sealed, POLICY, "it-1")
    assert refused.value.facts == {"member": "legal-1"}
    with pytest.raises(Refused, match="errand_of_another_vault"):
        errand.check_reader(replace(sealed, salt=bytes(8)), POLICY, "legal-1")


def test_an_answer_is_read_by_its_request_alone() -> None:
    answer = approve(MADE, REQUEST, RECORDS, "legal-1")
    sealed = errand.parse(errand.seal_answer(answer, REQUEST, SALT).encode(), ANSWER)
    assert sealed.is_to(REQUEST.hash)
    assert not sealed.is_to(bytes(32))
    assert errand.open_answer(sealed, REQUEST, partial(MADE.hsm.derive, OPENING_KEY)) == answer
    other = Request({**REQUEST.body, "seconds": 1}, b"", None)
    with pytest.raises(Corrupt, match="seal_broken"):
        errand.open_answer(sealed, other, partial(MADE.hsm.derive, OPENING_KEY))


def test_one_is_not_taken_for_the_other() -> None:
    sealed = errand.seal_errand(SENT, POLICY.roster.member("legal-1"), SALT).encode()
    assert errand.kind_of(sealed) == ERRAND
    assert errand.kind_of(b"{}") is None
    with pytest.raises(Refused, match="not_an_answer"):
        errand.parse(sealed, ANSWER)
    with pytest.raises(Refused, match="not_an_errand"):
        errand.parse(sealed[:28], ERRAND)


# --- what a console checks --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", sorted(SENT.body))
def test_every_field_is_under_the_stations_signature(field: str) -> None:
    body = {**SENT.body, field: 7 if SENT.body[field] != 7 else 8}
    with pytest.raises(ConsoleError):
        errand.check(
            errand.parse_errand(encode({"body": body, "signature": to_base64(SENT.signature)})), POLICY, "legal-1"
        )


@pytest.mark.parametrize("field", sorted(SENT.body))
def test_an_errand_without_a_field_is_refused(field: str) -> None:
    body = {name: value for name, value in SENT.body.items() if name != field}
    with pytest.raises(ConsoleError):
        errand.check(errand.parse_errand(signed(body).encode()), POLICY, "legal-1")


WRONG = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=3), st.lists, max_leaves=3)


@given(st.sampled_from(sorted(SENT.body)), WRONG)
def test_whatever_a_station_signs_only_our_errors_come_of_it(field: str, value: Json) -> None:
    try:
        made = errand.parse_errand(edited(**{field: value}).encode())
        errand.check(made, POLICY, "legal-1")
        errand.excerpts(made, POLICY, "legal-1")
    except Misused as error:
        raise AssertionError(field) from error
    except ConsoleError:
        return


NAMED: list[tuple[dict[str, Json], str]] = [
    ({"vault": "another"}, "errand_of_another_vault"),
    ({"mode": "real"}, "errand_of_another_mode"),
    ({"to": "it-1"}, "errand_for_another"),
    ({"since": 2}, "console_behind"),
    ({"policy": to_base64(bytes(32))}, "errand_policy_differs"),
]


@pytest.mark.parametrize(("fields", "code"), NAMED)
def test_each_refusal_has_its_name(fields: dict[str, Json], code: str) -> None:
    with pytest.raises(ConsoleError, match=code):
        errand.check(edited(**fields), POLICY, "legal-1")


def test_the_real_thing_presented_as_a_drill_and_the_reverse_are_refused() -> None:
    """What counts is the mode that a console has pinned; a request says nothing about it."""
    pinned = replace(POLICY, roster=replace(POLICY.roster, mode="real"))
    for made, known, facts in (
        (SENT, pinned, {"mode": "drill", "pinned": "real"}),
        (edited(mode="real"), POLICY, {"mode": "real", "pinned": "drill"}),
    ):
        with pytest.raises(Refused) as refused:
            errand.check(made, known, "legal-1")
        assert (refused.value.code, refused.value.facts) == ("errand_of_another_mode", facts)


def test_who_asks_and_who_holds_nothing_are_not_asked() -> None:
    own = file_request(MADE, RECORDS, requester="legal-1")
    with pytest.raises(Refused, match="requester_cannot_approve"):
        errand.check(composed("legal-1", request=own), POLICY, "legal-1")
    with pytest.raises(Refused, match="not_a_keyholder"):
        errand.check(composed("legal-ops-1", "extend"), POLICY, "legal-ops-1")


def test_a_share_under_another_item_does_not_open() -> None:
    shares = cast(Sequence[Json], SENT.body["shares"])
    swapped = edited(shares=[shares[1], shares[0], shares[2]])
    person, decapsulate = POLICY.roster.member("legal-1"), MADE.decapsulate("legal-1")
    with pytest.raises(Corrupt, match="seal_broken"):
        ceremony.hand_over(REQUEST, person, errand.excerpts(swapped, POLICY, "legal-1"), decapsulate)


def test_time_is_told_with_both_clocks() -> None:
    errand.check_time(SENT, 2000)
    with pytest.raises(Refused, match="errand_expired") as refused:
        errand.check_time(SENT, 2001)
    assert refused.value.facts == {"until": "1970-01-01T00:00:02.000Z", "clock": "1970-01-01T00:00:02.001Z"}


# --- the journal that it shows ----------------------------------------------------------------------------

LOG_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))


def noted(origin: str, signer: str, key: ed25519.Ed25519PrivateKey = LOG_KEY) -> str:
    text = checkpoint.text(origin, 7, bytes(32))
    vkey = checkpoint.key_of(signer, key.public_key().public_bytes_raw())
    return checkpoint.assemble(text, vkey, key.sign(text)).decode()


def with_log(origin: str) -> Policy:
    vkey = checkpoint.key_of(origin, LOG_KEY.public_key().public_bytes_raw()).vkey()
    return changed(POLICY, station={**POLICY.roster.station, "log": vkey})


@pytest.mark.parametrize("number", [1, 2, 17])
def test_a_journal_begun_anew_is_read_and_its_number_told(number: int) -> None:
    origin = f"example.org/station/log-{number}"
    log, seen = errand.told(noted(origin, origin), with_log("example.org/station/log-1"))
    assert (log.origin, log.number, seen) == (origin, number, Seen(7, bytes(32)))


OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
ONE, TWO = "example.org/station/log-1", "example.org/station/log-2"
FORGED = {
    "of another key": noted(ONE, ONE, OTHER),
    "of another key, as a later log": noted(TWO, TWO, OTHER),
    "of another station": noted("example.org/other/log-2", "example.org/other/log-2"),
    "of a log that says it is another": noted(TWO, ONE),
    "the reverse": noted(ONE, TWO),
    "of an earlier log": noted("example.org/station/log-0", "example.org/station/log-0"),
    "of none": "x\n7\nAA\n",
}


@pytest.mark.parametrize("note", FORGED.values(), ids=FORGED)
def test_no_other_checkpoint_is_believed(note: str) -> None:
    with pytest.raises(Corrupt):
        errand.told(note, with_log(ONE))


# --- in words ---------------------------------------------------------------------------------------------


def test_place_and_range_are_held_against_the_use_card() -> None:
    rows = errand.places(SENT)
    assert [(row["ranges"], row["residence"], row["fits"]) for row in rows] == [
        (["198.51.100.0/23"], "DE", True),
        (["192.0.2.0/24"], None, False),
        (None, None, None),
    ]


def test_a_use_card_says_nothing_else_to_the_console() -> None:
    assert SENT.body["cards"] == [{"ranges": ["198.51.100.0/23"], "residence": "DE"}, {"ranges": ["192.0.2.0/24"]}, {}]


def test_what_is_no_range_is_not_said_to_fit() -> None:
    assert [row["fits"] for row in errand.places(edited(cards=[{"ranges": ["x"]}, {"ranges": []}, {}]))] == [
        None,
        False,
        None,
    ]


def test_what_will_be_owed_leaves_codes_out() -> None:
    assert errand.owing(SENT) == ["salesforce-emergency-admin"]
    assert errand.owing(edited(kinds=["codes", "codes", "codes"])) == []
