# SPDX-License-Identifier: Apache-2.0
"""What a keyholder's own console refuses, each by its name: on real tokens, from a station that may be hostile.

Marked long is what ``tests/domain/test_errand.py`` and ``test_witness.py`` show on software keys as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from console.actions.activation import lifecycle, remote
from console.actions.console import Console
from console.actions.own_console import answer as actions
from console.actions.own_console.answer import MEMORY, Opened, OwnConsole
from console.actions.station import lifecycle as station_actions
from console.adapters.machine import ThisMachine
from console.adapters.vault import FolderVault
from console.demo import station
from console.domain.canonical import Json, decode_object, encode, to_base64
from console.domain.entries.entry import Reading
from console.domain.errors import ConsoleError, Corrupt, Refused, Unavailable
from console.domain.handoff import errand
from console.domain.handoff.errand import ERRAND, Errand
from console.domain.words import to_words
from tests.support.activations import filed, justified
from tests.support.remote import MATTER, Home, answered, asked, home_of, pinned_home
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged
from tests.support.stations import opened

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Evening:
    """A station with a request, one keyholder at home, and what they were sent."""

    scene: Scene
    console: Console
    home: Home
    act: str
    data: bytes
    sent: Errand

    @contextmanager
    def opened(self) -> Iterator[tuple[OwnConsole, Opened]]:
        """Lend the console at home with what was sent, opened."""
        with self.home.console() as own:
            yield own, actions.read(own, self.data)

    def refusal(self, data: bytes) -> ConsoleError:
        """Return why the console at home does not read something."""
        with self.home.console() as own, pytest.raises(ConsoleError) as refused:
            actions.read(own, data)
        return refused.value

    def forged(self, **edits: Json) -> bytes:
        """Return what was sent with other fields, signed and sealed by the station itself."""
        body = {**self.sent.body, **edits}
        return self.sealed(Errand(body, self.console.hsm.sign("request", errand.signed_digest(body))))

    def sealed(self, made: Errand) -> bytes:
        """Return an errand sealed to the keyholder at home."""
        member = self.console.policy.roster.member("legal-1")
        return errand.seal_errand(made, member, bytes(8)).encode()


@pytest.fixture(scope="module")
def base() -> Iterator[Evening]:
    """One station for all; nobody changes the console at home, of which each test gets a copy."""
    with staged(sealed_base()) as scene, scene.console() as console:
        home = pinned_home(scene, console, "legal-1")
        act = filed(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 2})
        data, kept = asked(console, act, "legal-1"), home.copied("kept")
        with home.console() as own:
            sent = actions.read(own, data).errand
        yield Evening(scene, console, kept, act, data, sent)


@pytest.fixture
def evening(base: Evening, request: pytest.FixtureRequest) -> Evening:
    return replace(base, home=base.home.copied(f"home-{abs(hash(request.node.name))}"))


# --- for whom, from whom ----------------------------------------------------------------------------------


def test_what_was_sent_to_somebody_else_is_refused_and_says_to_whom(evening: Evening) -> None:
    error = evening.refusal(asked(evening.console, evening.act, "it-1"))
    assert (error.code, error.facts) == ("errand_for_another", {"member": "it-1"})


@pytest.mark.long
def test_another_vault_is_refused_though_the_person_and_the_key_are_the_same(evening: Evening) -> None:
    """A drill is another vault: neither is taken for the other."""
    roster = evening.console.policy.roster
    other = replace(errand.parse(evening.data, ERRAND), mark=errand.parse(evening.data, ERRAND).salt)
    assert evening.refusal(other.encode()).code == "errand_of_another_vault"
    elsewhere = evening.forged(vault="00000000-0000-7000-8000-000000000000")
    member = roster.member("legal-1")
    sealed = errand.parse(elsewhere, ERRAND)
    assert not sealed.is_to(roster.vault.encode(), member.id.encode())
    assert evening.refusal(elsewhere).code == "errand_of_another_vault"


def test_a_drill_presented_as_real_is_refused(evening: Evening) -> None:
    """The mode is the pinned roster's, whatever the request says of itself."""
    error = evening.refusal(evening.forged(mode="real"))
    assert (error.code, error.facts) == ("errand_of_another_mode", {"mode": "real", "pinned": "drill"})


def test_something_else_is_refused(evening: Evening) -> None:
    assert evening.refusal(b"hello").code == "not_an_errand"
    assert evening.refusal(evening.data[:20]).code == "not_an_errand"


def test_a_console_that_knows_no_station_reads_nothing(evening: Evening) -> None:
    home = home_of(evening.scene, "it-1")
    with home.console() as own, pytest.raises(Unavailable, match="nothing_pinned"):
        actions.read(own, evening.data)


# --- edited -----------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_flipped_bit_is_refused(evening: Evening) -> None:
    for place in (60, len(evening.data) // 2, len(evening.data) - 1):
        changed = bytearray(evening.data)
        changed[place] ^= 1
        assert evening.refusal(bytes(changed)).code in ("seal_broken", "not_a_point")


@pytest.mark.long
def test_who_is_not_the_station_cannot_ask(evening: Evening) -> None:
    """Anybody can seal to a public key; nobody but the station signs."""
    edited = Errand({**evening.sent.body, "until_ms": 2**52}, evening.sent.signature)
    assert evening.refusal(evening.sealed(edited)).code == "signature_wrong"


@pytest.mark.long
def test_a_request_edited_by_the_station_after_it_was_filed_is_refused(evening: Evening) -> None:
    """The request has a signature of its own, and a hash that everybody else approved."""
    value = evening.sent.request.to_json()
    value["body"] = {**cast(dict[str, Json], value["body"]), "seconds": 999}
    assert evening.refusal(evening.forged(request=encode(value).decode())).code == "signature_wrong"


@pytest.mark.long
def test_a_share_of_another_item_is_not_given(evening: Evening) -> None:
    """The station asks for one item and encloses the share of another: it does not open."""
    shares = cast(list[Json], evening.sent.body["shares"])
    swapped = evening.forged(shares=[shares[0], shares[2], shares[1]])
    with evening.home.console() as own, pytest.raises(Corrupt, match="seal_broken"):
        actions.agree(own, actions.read(own, swapped), [MATTER])


# --- time, once only --------------------------------------------------------------------------------------


class LateMachine(ThisMachine):
    """This machine, its clock five hours later."""

    def reading(self) -> Reading:
        """Return the later time."""
        now = super().reading()
        return replace(now, wall_ms=now.wall_ms + 5 * 3_600_000)


def later(own: OwnConsole) -> OwnConsole:
    """Return the console five hours later."""
    return replace(own, machine=LateMachine())


def test_an_expired_request_is_refused_with_both_times(evening: Evening) -> None:
    with evening.opened() as (own, opened), pytest.raises(Refused, match="errand_expired") as refused:
        actions.agree(later(own), opened, [MATTER])
    assert refused.value.facts.keys() == {"until", "clock"}


def test_the_same_question_has_the_same_answer(evening: Evening) -> None:
    """Also after the time, also when the question was packed anew: no second signature is made."""
    first = answered(evening.home, evening.data)
    again = asked(evening.console, evening.act, "legal-1")
    assert again != evening.data
    with evening.home.console() as own:
        value, second = actions.agree(later(own), actions.read(own, again), [MATTER])
    assert second == first
    assert value["repeated"] is True


def test_who_approved_does_not_deny_and_may_still_veto(evening: Evening) -> None:
    answered(evening.home, evening.data)
    with evening.opened() as (own, opened):
        with pytest.raises(Refused, match="already_answered") as refused:
            actions.refuse(own, opened, "Das war ein Irrtum von mir heute.")
        assert refused.value.facts["decision"] == "approve"
        value, _ = actions.refuse(own, opened, "Das war ein Irrtum von mir heute.", veto=True)
    assert value["decision"] == "veto"


class FullDisk(FolderVault):
    """Files on a disk that has no room for an answer."""

    def write(self, name: str, data: bytes) -> None:
        """Write, unless it is an answer."""
        if name.startswith("answers/"):
            raise Unavailable("disk_full")
        super().write(name, data)


def test_no_answer_leaves_that_this_console_could_not_keep(evening: Evening) -> None:
    with evening.opened() as (own, opened):
        full = replace(own, files=FullDisk(evening.home.folder, None))
        with pytest.raises(Unavailable, match="disk_full"):
            actions.agree(full, opened, [MATTER])
        value, _ = actions.agree(own, opened, [MATTER])
    assert value["repeated"] is False


# --- what is typed ----------------------------------------------------------------------------------------


def test_another_matter_number_is_refused(evening: Evening) -> None:
    with evening.opened() as (own, opened):
        for typed in ([], ["M-2026-00118"], [MATTER, MATTER], ["Müller"]):
            with pytest.raises(Refused, match="matters_differ"):
                actions.agree(own, opened, typed)


@pytest.mark.long
def test_legal_confirms_what_the_rules_ask(evening: Evening) -> None:
    with evening.opened() as (own, opened), pytest.raises(Refused, match="confirmation_missing"):
        actions.agree(own, opened, [MATTER], ["something"])


@pytest.mark.long
def test_a_denial_says_why(evening: Evening) -> None:
    with evening.opened() as (own, opened), pytest.raises(Refused, match="request_incomplete"):
        actions.refuse(own, opened, "nein")


# --- the journal that this console was shown --------------------------------------------------------------


def memory_of(own: OwnConsole) -> list[dict[str, Json]]:
    (log,) = cast(list[dict[str, Json]], decode_object(own.files.read(MEMORY))["logs"])
    return cast(list[dict[str, Json]], log["seen"])


def remember(own: OwnConsole, seen: list[dict[str, Json]]) -> None:
    (log,) = cast(list[dict[str, Json]], decode_object(own.files.read(MEMORY))["logs"])
    own.files.write(MEMORY, encode({"v": 1, "logs": [{**log, "seen": cast(Json, seen)}]}))


def test_a_journal_that_was_rewritten_is_refused_loudly_naming_both(evening: Evening) -> None:
    """This console saw another root at that size: what it is shown now does not continue it."""
    with evening.home.console() as own:
        (seen,) = memory_of(own)
        remember(own, [{**seen, "root": to_base64(bytes(32))}])
    error = evening.refusal(evening.data)
    assert isinstance(error, Corrupt)
    assert error.code == "checkpoint_inconsistent"
    assert to_base64(bytes(32)) in str(error.facts["seen"])
    assert f"{seen['size']} entries" in str(error.facts["told"])
    with evening.home.console() as own:
        assert memory_of(own) == [{**seen, "root": to_base64(bytes(32))}]


@pytest.mark.long
def test_a_proof_that_does_not_hold_is_inconsistent_too(evening: Evening) -> None:
    rows = [dict(row) for row in cast(list[dict[str, Json]], evening.sent.body["earlier"])]
    rows[0]["root"] = to_base64(bytes(32))
    assert evening.refusal(evening.forged(earlier=cast(Json, rows))).code == "checkpoint_inconsistent"


def test_a_missing_proof_is_asked_for_by_name_and_then_given(evening: Evening) -> None:
    """The console stands where the station does not believe it: an answer was lost on its way, or long ago."""
    with evening.home.console() as own:
        (seen,) = memory_of(own)
        size = cast(int, seen["size"]) - 3
        remember(own, [{"size": size, "root": to_base64(evening.console.journal.root_at(size))}])
    error = evening.refusal(evening.data)
    assert (error.code, error.facts) == ("checkpoint_unproven", {"remembered": size})
    answered(evening.home, asked(evening.console, evening.act, "legal-1", remembers=size))


@pytest.mark.long
def test_a_request_from_before_what_this_console_knows_is_refused(evening: Evening) -> None:
    with evening.home.console() as own:
        size = evening.console.journal.size()
        seen = {"size": size, "root": to_base64(evening.console.journal.root_at(size))}
        remember(own, [cast(dict[str, Json], seen)])
    assert evening.refusal(evening.data).code == "checkpoint_older"


def test_several_requests_are_answered_in_any_order(evening: Evening) -> None:
    """The later one proves the earlier one's checkpoint, so the earlier one is still read afterwards."""
    acts = [filed(evening.console, {"credential": PASSWORD}) for _ in range(3)]
    sent = [(act, asked(evening.console, act, "legal-1")) for act in acts]
    for act, data in (sent[2], sent[0], sent[1]):
        answer = answered(evening.home, data)
        assert remote.approval_scan(evening.console, act, answer)["missing"] == {"it": 1, "legal": 0}


# --- pinning ----------------------------------------------------------------------------------------------


def test_a_station_is_pinned_by_its_words_and_by_nothing_else(evening: Evening) -> None:
    home, words = home_of(evening.scene, "legal-2"), to_words(evening.console.policy.genesis)
    _, card = remote.pin_card(evening.console, "legal-2")
    with home.console() as own:
        for spoken, code in (([], "words_needed"), (words[::-1], "words_differ"), (words[:11], "words_count")):
            with pytest.raises(ConsoleError, match=code):
                actions.pin(own, card, spoken)
        with pytest.raises(Refused, match="not_a_pin_card"):
            actions.pin(own, encode({"v": 1}), words)
        with pytest.raises(Unavailable, match="nothing_pinned"):
            actions.pinned(own)
        assert actions.pin(own, card, words)["mode"] == "drill"
        assert actions.pin(own, card, words)["policy"] == 1


@pytest.mark.long
def test_a_card_whose_policy_was_edited_is_refused(evening: Evening) -> None:
    home, words = home_of(evening.scene, "it-2"), to_words(evening.console.policy.genesis)
    value = decode_object(remote.pin_card(evening.console, "it-2")[1])
    genesis = str(value["genesis"]).replace('"epoch":1', '"epoch":2')
    with home.console() as own, pytest.raises(ConsoleError):
        actions.pin(own, encode({**value, "genesis": genesis}), words)
    assert not (home.folder / "pinned.json").exists()


@pytest.mark.long
def test_another_station_is_not_pinned_over_this_one(evening: Evening, tmp_path: Path) -> None:
    """Not even with its own true words: a folder knows one station, and a drill has a folder of its own."""
    settings, pins = station.found_station(tmp_path)
    other = opened(settings, pins)
    try:
        with other.console() as console, evening.home.console() as own:
            _, card = remote.pin_card(console, "legal-1")
            with pytest.raises(Refused, match="pinned_another"):
                actions.pin(own, card, to_words(console.policy.genesis))
            assert actions.pinned(own).genesis == evening.console.policy.genesis
    finally:
        station_actions.lock(other.locked)
        other.close()


def test_who_asks_is_not_asked(evening: Evening) -> None:
    fields = {**justified([{"credential": PASSWORD}]), "requester": "it-2"}
    act = str(lifecycle.request(evening.console, fields)["activation"])
    with pytest.raises(Refused, match="requester_cannot_approve"):
        asked(evening.console, act, "it-2")
