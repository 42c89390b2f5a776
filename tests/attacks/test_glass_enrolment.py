# SPDX-License-Identifier: Apache-2.0
"""Joining is how an insider would count twice: near and far on real tokens, and every way that is refused."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.actions.credential import versions
from console.actions.keyholder import enrolment as actions
from console.actions.policy import steps
from console.actions.station import lifecycle as station_actions
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.keyholder.enrolment import Card
from console.domain.policy.keyholder import Member
from console.domain.words import to_words
from console.settings import read
from console.wiring.station import Station
from tests.support.fakes import FakeMachine, FakeToken
from tests.support.newcomers import PIN, at_home, enrol_here, fake_card, newcomer, proposal_of, section, signed
from tests.support.scenes import PASSWORD, Scene, sealed_base, staged
from tests.support.softhsm import MODULE, make_token, person_token
from tests.support.softhsm import PIN as TOKEN_PIN
from tests.support.stations import Pins

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def signed_by(scene: Scene, proposal: str, *members: str) -> dict[str, object]:
    """Let people sign a proposal on their own tokens."""
    with scene.console() as console:
        for member in members:
            described = steps.sign(console, proposal, member)
    return dict(described)


def pins(scene: Scene) -> dict[str, str]:
    operator = scene.station.operator
    assert isinstance(operator, Pins)
    return operator.pins


def test_somebody_joins_at_the_station_and_unlocks_it(scene: Scene) -> None:
    with scene.console() as console:
        enrolled = enrol_here(scene, console, section(scene))
    proposal = proposal_of(enrolled)
    assert signed_by(scene, proposal, "legal-1", "legal-2", "it-1")["in_force"] is True
    station_actions.lock(scene.station.locked)
    place = Station(read(scene.home), Pins({**pins(scene), "legal-3": PIN}))
    try:
        place.unlock("legal-3")
        with place.console() as console:
            assert [m.id for m in console.policy.roster.group("legal")] == ["legal-1", "legal-2", "legal-3"]
            versions.seal(
                console,
                "new-one",
                "password",
                "standard",
                bytearray(b"x" * 12),
                {"target": "t", "account": "a", "rotate": "r"},
                sign_as="legal-3",
            )
    finally:
        place.close()


def test_a_second_token_takes_the_place_of_the_first(scene: Scene) -> None:
    """Until the quorum has signed, the old token is the one; afterwards the new one; the file names both."""
    new = section(scene, "it-2", "Deniz Eren", "it")
    with scene.console() as console:
        before = console.policy.roster.member("it-2").share
        enrolled = enrol_here(scene, console, new)
    proposal = proposal_of(enrolled)
    known = pins(scene)
    old_pin = known["it-2"]
    place = Station(read(scene.home), Pins(known))
    try:
        with place.console() as console:
            steps.sign(console, proposal, "it-2")
            steps.sign(console, proposal, "legal-2")
            assert steps.sign(console, proposal, "legal-1")["in_force"] is True
    finally:
        place.close()
    for pin, code in ((PIN, None), (old_pin, "pin_wrong")):
        place = Station(read(scene.home), Pins({**known, "it-2": pin}))
        try:
            with place.console() as console:
                member = console.policy.roster.member("it-2")
                assert member.share != before
                try:
                    member.check(console.token("it-2").sign("sign", bytes(32)), bytes(32))
                    assert code is None
                except Refused as error:
                    assert error.code == code
        finally:
            place.close()


def test_a_new_token_that_would_lock_everybody_out_leaves_no_trace(scene: Scene) -> None:
    """Two of Legal are needed and there are two: what is sealed to the old token must first be sealed to others."""
    before = (scene.home / "station.toml").read_bytes()
    with scene.console() as console, pytest.raises(Refused, match="would_lock_out"):
        enrol_here(scene, console, section(scene, "legal-1", "Anna Berg"))
    assert (scene.home / "station.toml").read_bytes() == before


def test_somebody_joins_from_another_city(scene: Scene, tmp_path: Path) -> None:
    with at_home(tmp_path / "home") as (card, own):
        with scene.console() as console:
            enrolled = actions.enrol_by_card(console, card.encode(), ", ".join(card.words()).upper())
            proposal = proposal_of(enrolled)
            assert steps.find(console, proposal).unsigned_newcomers() == ["legal-3"]
            sent, genesis = actions.bundle(console, proposal), console.policy.genesis
            with pytest.raises(Refused, match="newcomers_sign_first"):
                steps.sign(console, proposal, "legal-1")
        step = actions.read_bundle(own, sent, to_words(genesis))
        answer = actions.sign_elsewhere(own, step).encode()
    with scene.console() as console:
        taken = actions.take_answer(console, proposal, answer)
        assert (taken["newcomers_missing"], taken["in_force"]) == ([], False)
    assert signed_by(scene, proposal, "legal-1", "legal-2", "it-1")["in_force"] is True
    place = Station(read(scene.home), Pins(pins(scene)))
    try:
        with place.console() as console, pytest.raises(Refused) as refused:
            console.token("legal-3")
        assert refused.value.code == "keyholder_away"
    finally:
        place.close()


def refusal(scene: Scene, card: Card, *, spoken: str | None = None) -> ConsoleError:
    """Return why the station does not take a card."""
    before = (scene.home / "station.toml").read_bytes()
    with scene.console() as console, pytest.raises(ConsoleError) as refused:
        actions.enrol_by_card(console, card.encode(), spoken or " ".join(card.words()))
    assert (scene.home / "station.toml").read_bytes() == before
    assert not (scene.home / "proposals").exists() or not list((scene.home / "proposals").iterdir())
    return refused.value


def holder(scene: Scene, member: str) -> Member:
    with scene.console() as console:
        return console.policy.roster.member(member)


def test_words_that_differ(scene: Scene) -> None:
    """A card that was swapped on its way has other words than its owner reads aloud."""
    mine, swapped = fake_card(), fake_card(token=FakeToken(FakeMachine(seed=b"somebody else").random))
    assert refusal(scene, swapped, spoken=" ".join(mine.words())).code == "card_words_differ"


def test_one_person_under_two_names(scene: Scene) -> None:
    for name in ("Anna Berg", "  anna\u00a0 BERG", "\N{FULLWIDTH LATIN CAPITAL LETTER A}nna Berg"):
        error = refusal(scene, fake_card(name=name))
        assert (error.code, error.facts["member"]) == ("person_twice", "legal-1")


def test_one_person_in_two_groups(scene: Scene) -> None:
    assert refusal(scene, fake_card("it-3", "Anna Berg", "it")).code == "person_twice"
    assert refusal(scene, fake_card("legal-1", "Anna Berg", "it")).code == "member_is_another"


def test_a_key_that_stands_for_somebody_else(scene: Scene) -> None:
    """The thief has a sign key of their own and names somebody's share key as theirs."""
    token = FakeToken()
    card = fake_card(token=token)
    stolen = replace(card, member=replace(card.member, share=holder(scene, "it-1").share))
    assert refusal(scene, signed(stolen, token)).code == "key_seen_before"


def test_a_key_of_the_station(scene: Scene) -> None:
    token = FakeToken()
    card = fake_card(token=token)
    with scene.console() as console:
        point = console.policy.roster.station_point("request")
    stolen = replace(card, member=replace(card.member, share=point))
    assert refusal(scene, signed(stolen, token)).code == "key_of_the_station"


def test_an_id_that_belongs_to_somebody(scene: Scene) -> None:
    assert refusal(scene, fake_card("it-1", "Fritz Gabler", "it")).code == "member_is_another"


def test_a_group_that_nobody_knows(scene: Scene) -> None:
    assert refusal(scene, fake_card("hr-1", "Fritz Gabler", "hr")).code == "unknown_role"


def test_one_token_in_two_groups(scene: Scene) -> None:
    """The token of somebody in IT enrolled for Legal under another name: its keys say whose it is."""
    folder = scene.folder / "tokens" / "it-1"
    new = replace(section(scene), token="it-1", folder=folder.resolve())
    with (
        scene.console() as console,
        newcomer(scene, new, pin=pins(scene)["it-1"]) as place,
        pytest.raises(Refused) as refused,
    ):
        actions.enrol_here(console, place.locked, "legal-3")
    assert refused.value.code == "key_seen_before"
    assert "legal-3" not in (scene.home / "station.toml").read_text()


def test_somebody_who_held_the_other_half(scene: Scene) -> None:
    """Legal's old share still opens: whoever held it does not join IT, under any id, before that is rotated."""
    with scene.console() as console:
        proposal = proposal_of(enrol_here(scene, console, section(scene)))
    signed_by(scene, proposal, "legal-1", "legal-2", "it-1")
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"dealt to legal-3"))
        versions.confirm(console, PASSWORD, "it-2", "logged in with it")
        proposal = str(steps.propose_without(console, "legal-3")["proposal"])
    signed_by(scene, proposal, "legal-1", "legal-2", "it-1")
    error = refusal(scene, fake_card("it-3", "FRITZ GABLER", "it"))
    assert (error.code, error.facts["group"], error.facts["credentials"]) == ("past_knowledge", "legal", PASSWORD)
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"not dealt to legal-3"))
        versions.confirm(console, PASSWORD, "it-2", "logged in with it")
        card = fake_card("it-3", "FRITZ GABLER", "it")
        actions.enrol_by_card(console, card.encode(), " ".join(card.words()))


def test_an_old_token_does_not_come_back(scene: Scene) -> None:
    with scene.console() as console:
        proposal = proposal_of(enrol_here(scene, console, section(scene)))
    signed_by(scene, proposal, "legal-1", "legal-2", "it-1")
    with scene.console() as console:
        proposal = str(steps.propose_without(console, "legal-3")["proposal"])
    signed_by(scene, proposal, "legal-1", "legal-2", "it-1")
    with scene.console() as console, pytest.raises(Refused) as refused:
        enrol_here(scene, console, section(scene))
    assert refused.value.code == "key_replaced_before"


def test_another_station_s_proposal_is_not_signed_at_home(scene: Scene, tmp_path: Path) -> None:
    with at_home(tmp_path / "home") as (card, own), scene.console() as console:
        enrolled = actions.enrol_by_card(console, card.encode(), " ".join(card.words()))
        sent = actions.bundle(console, proposal_of(enrolled))
        with pytest.raises(Corrupt, match="words_differ"):
            actions.read_bundle(own, sent, card.words())
        with pytest.raises(Refused, match="words_needed"):
            actions.read_bundle(own, sent, [])


def test_an_answer_to_another_step(scene: Scene, tmp_path: Path) -> None:
    with scene.console() as console:
        proposals = []
        for id_, name in (("legal-3", "Fritz Gabler"), ("legal-4", "Gesa Hahn")):
            card = fake_card(id_, name)
            enrolled = actions.enrol_by_card(console, card.encode(), " ".join(card.words()))
            proposals.append(proposal_of(enrolled))
        token = FakeToken(FakeMachine(seed=b"legal-3").random)
        token.enrol(["sign", "share", "read"])
        answer = actions.sign_step(token, steps.find(console, proposals[0]), "legal-3").encode()
        with pytest.raises(Refused, match="answer_to_another_step"):
            actions.take_answer(console, proposals[1], answer)
        assert actions.take_answer(console, proposals[0], answer)["newcomers_missing"] == []


PREPARE = """
import sys, pkcs11
from pkcs11 import Attribute, KeyType
from pkcs11.util.ec import encode_named_curve_parameters
token = pkcs11.lib(sys.argv[1]).get_token(token_label=sys.argv[2])
with token.open(rw=True, user_pin=sys.argv[3]) as session:
    made = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    session.create_domain_parameters(KeyType.EC, made, local=True).generate_keypair(
        store=True, label="sign", id=b"sign", private_template={Attribute.EXTRACTABLE: True, Attribute.SENSITIVE: False}
    )
"""


def test_a_key_that_could_leave_its_token(tmp_path: Path) -> None:
    """A token that was prepared with a key which can be read out is refused: the copy could sit anywhere."""
    address = make_token(tmp_path, "legal-3")
    assert address.folder is not None
    # What was prepared elsewhere has no packed copy yet.
    (address.folder / "tokens.pack").unlink(missing_ok=True)
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {address.folder / 'tokens'}\n")
    subprocess.run(
        [sys.executable, "-c", PREPARE, str(MODULE), "legal-3", TOKEN_PIN.decode()],
        env={"SOFTHSM2_CONF": str(configuration)},
        check=True,
    )
    token = person_token(address)
    try:
        with pytest.raises(Refused) as refused:
            token.enrol(["sign", "share", "read"])
    finally:
        token.close()
    # That key is not taken, and no other of its name is made beside it.
    assert refused.value.code in ("key_not_protected", "key_exists")
