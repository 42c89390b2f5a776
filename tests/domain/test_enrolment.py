# SPDX-License-Identifier: Apache-2.0
"""A card is what its owner signed and nothing else; what travels to somebody who is away is whole or refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.canonical import decode_object, encode
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.keyholder import enrolment
from console.domain.keyholder.enrolment import Card, StepSignature, admitted, parse_answer, parse_bundle, parse_card
from console.domain.payload import certificate
from console.domain.policy import rules, succession
from console.domain.policy.keyholder import person_key
from console.domain.policy.rules import Policy
from console.domain.policy.succession import Step
from tests.support.fakes import FakeMachine, FakeToken
from tests.support.makers import Maker
from tests.support.newcomers import fake_card, signed
from tests.vectors.founding import found

FOUND = found()
TOKEN = FakeToken(FakeMachine(seed=b"newcomer").random)
CARD = fake_card(token=TOKEN)
WIDE = "\N{FULLWIDTH LATIN CAPITAL LETTER A}nna\N{NO-BREAK SPACE}Berg "


def refusal(card: Card) -> str:
    with pytest.raises(ConsoleError) as refused:
        parse_card(card.encode())
    return refused.value.code


def changed(**member: object) -> Card:
    """Return a card whose owner states something else of themselves, and signs it."""
    return signed(replace(CARD, member=replace(CARD.member, **member)), TOKEN)  # type: ignore[arg-type]


def test_a_card_comes_back() -> None:
    assert parse_card(CARD.encode()) == CARD
    CARD.check_spoken(", ".join(CARD.words()).title())


@given(st.data())
def test_a_card_that_was_edited_is_refused(data: st.DataObject) -> None:
    """Any other byte, anywhere: not canonical, not a card, or not what was signed; or its words differ."""
    whole = bytearray(CARD.encode())
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ConsoleError):
        parse_card(bytes(whole)).check_spoken(" ".join(CARD.words()))


def test_words_stand_for_everything_but_the_signature() -> None:
    again = signed(replace(CARD, signature=b""), TOKEN)
    assert again.words() == CARD.words()
    assert changed(name="Fritz Gabler jun.").words() != CARD.words()


@pytest.mark.parametrize("spoken", ["", "zoo " * 12, " ".join(CARD.words()[:11]), " ".join(reversed(CARD.words()))])
def test_words_that_differ(spoken: str) -> None:
    with pytest.raises(Refused, match="card_words_differ"):
        CARD.check_spoken(spoken)


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (changed(id="Legal 3"), "card_id"),
        (changed(id="../legal-3"), "card_id"),
        (changed(id="program"), "card_id"),
        (changed(name=" \u00a0"), "card_name"),
        (changed(name="Anna\u200bBerg"), "card_name"),
        (changed(name="x" * 101), "card_name"),
        (changed(assurance="certified"), "card_assurance"),
        (changed(assurance="attested"), "card_assurance"),
        (changed(role="operator"), "read_key_wrong"),
        (changed(role="it"), "read_key_wrong"),
        (changed(read=None), "read_key_wrong"),
        (changed(share=CARD.member.sign), "key_or_person_twice"),
        (changed(mechanism="rsa-oaep-sha256"), "not_an_rsa_key"),
        (changed(mechanism="none"), "mechanism_unknown"),
        (replace(CARD, challenge=bytes(32)[1:]), "card_shape"),
        (signed(replace(CARD, hints={"colour": "red"}), TOKEN), "card_shape"),
    ],
)
def test_a_card_that_nobody_may_bring(card: Card, code: str) -> None:
    assert refusal(card) == code


def test_a_card_signed_by_somebody_else() -> None:
    assert refusal(signed(CARD, FOUND.tokens["it-1"])) == "signature_wrong"


def test_more_or_less_than_a_card() -> None:
    value = decode_object(CARD.encode())
    for other in (
        {**value, "admin": True},
        {k: v for k, v in value.items() if k != "hints"},
        {**value, "kind": "card"},
    ):
        with pytest.raises(Corrupt, match="card_shape"):
            parse_card(encode(other))


def test_a_maker_s_certificates_vouch_for_the_very_keys() -> None:
    maker = Maker()
    made = [maker.certificate(point) for point in CARD.member.points()]
    attested = signed(
        replace(CARD, member=replace(CARD.member, assurance="attested"), attestation=(*made, maker.own)), TOKEN
    )
    assert parse_card(attested.encode()).attested_by() == "CN=maker"
    short = signed(replace(attested, attestation=(*made[:-1], maker.own)), TOKEN)
    assert refusal(short) == "attestation_wrong"
    forged = signed(replace(attested, attestation=(*made, Maker().own)), TOKEN)
    assert refusal(forged) == "attestation_wrong"
    assert certificate.read_all(maker.own) == [maker.own]


@pytest.mark.parametrize(
    "name", ["Anna  Berg", "ANNA BERG", WIDE, "anna\tberg", "Anna Berg\u200b", "An\u00adna \u2060Berg"]
)
def test_one_person_however_typed(name: str) -> None:
    assert person_key(name) == person_key("Anna Berg")


def test_two_people_stay_two() -> None:
    assert person_key("Anna Berg") != person_key("Anne Berg")


# --- may they join ----------------------------------------------------------------------------------------


def test_a_newcomer_stands_at_the_end_and_a_new_token_where_the_old_one_was() -> None:
    roster = admitted(FOUND.policy, CARD.member)
    assert roster.members == (*FOUND.policy.roster.members, CARD.member)
    old = FOUND.policy.roster.member("legal-1")
    new = replace(CARD.member, id="legal-1", name=old.name)
    assert admitted(FOUND.policy, new).members.index(new) == FOUND.policy.roster.members.index(old)


def test_a_new_group_only_when_it_is_meant() -> None:
    hr = replace(fake_card("hr-1", "Hanna Ihde", "hr").member)
    with pytest.raises(Refused, match="unknown_role"):
        admitted(FOUND.policy, hr)
    roster = admitted(FOUND.policy, hr, new_group=True)
    assert all(thresholds["hr"] == 1 for thresholds in roster.classes.values())


def test_the_same_token_again() -> None:
    with pytest.raises(Refused, match="already_enrolled"):
        admitted(FOUND.policy, FOUND.policy.roster.member("it-1"))


# --- to somebody who is away, and back ------------------------------------------------------------------------


def proposed() -> Step:
    roster = admitted(FOUND.policy, CARD.member)
    return succession.propose(FOUND.policy, Policy(roster, FOUND.policy.rules))


def test_a_bundle_says_what_is_to_be_signed_and_whose_station_it_is() -> None:
    step = proposed()
    again = parse_bundle(enrolment.bundle(FOUND.signed(), [], step.encode()))
    assert (again.after.hash, again.after.genesis) == (step.after.hash, FOUND.policy.genesis)


def test_a_bundle_that_does_not_hang_together() -> None:
    step = proposed()
    with pytest.raises(Corrupt, match="genesis_unsigned"):
        parse_bundle(enrolment.bundle(rules.document(FOUND.policy, {}), [], step.encode()))
    with pytest.raises(Corrupt, match="step_unsigned"):
        parse_bundle(enrolment.bundle(FOUND.signed(), [step.encode()], step.encode()))
    value = decode_object(enrolment.bundle(FOUND.signed(), [], step.encode()))
    with pytest.raises(Corrupt, match="bundle_shape"):
        parse_bundle(encode({**value, "v": 2}))


def test_an_answer_comes_back() -> None:
    answer = StepSignature(bytes(32), "legal-3", b"r and s")
    assert parse_answer(answer.encode()) == answer
    value = decode_object(answer.encode())
    for other in ({**value, "kind": "approval"}, {**value, "more": 1}, {**value, "member": 7}):
        with pytest.raises(Corrupt, match="answer_shape"):
            parse_answer(encode(other))


def test_no_roster_holds_one_person_under_two_names() -> None:
    members = tuple(replace(m, name="ANNA  berg") if m.id == "it-1" else m for m in FOUND.policy.roster.members)
    members = tuple(replace(m, name="Anna Berg") if m.id == "legal-1" else m for m in members)
    with pytest.raises(Refused, match="key_or_person_twice"):
        rules.check_roster(replace(FOUND.policy.roster, members=members))
