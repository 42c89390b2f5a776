# SPDX-License-Identifier: Apache-2.0
"""What a station refuses of what comes back, each by its name; and that whoever carries it learns nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from console.actions.activation import approval, lifecycle, remote
from console.actions.console import Console
from console.actions.own_console import answer as actions
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval, Request
from console.domain.canonical import to_base64
from console.domain.errors import Refused
from console.domain.handoff import errand
from console.domain.handoff import frames as handoff
from tests.support.activations import filed, justified, opened_base
from tests.support.remote import MATTER, REASON, answered, asked, made, pinned_home, refusal, taken
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


@pytest.fixture(scope="module")
def console(scene: Scene) -> Iterator[Console]:
    with scene.console() as lent:
        yield lent


# --- which request ----------------------------------------------------------------------------------------


def test_an_answer_to_another_request_is_refused_and_says_to_which(console: Console) -> None:
    one, other = filed(console, {"credential": PASSWORD}), filed(console, {"credential": PASSWORD})
    error = refusal(console, one, made(console, other, "it-2"))
    assert (error.code, error.facts) == ("answer_to_another_request", {"activation": other})


def test_an_approval_packed_anew_for_another_request_is_refused(console: Console) -> None:
    """The seal is anybody's to make; the hash under the keyholder's signature is not."""
    one, other = filed(console, {"credential": PASSWORD}), filed(console, {"credential": PASSWORD})
    request = lifecycle.load_request(console, other)
    opened = errand.open_answer(
        errand.parse(made(console, other, "it-2"), errand.ANSWER),
        request,
        partial(console.hsm.derive, lifecycle.key_name(other)),
    )
    anew = errand.seal_answer(opened, lifecycle.load_request(console, one), bytes(8)).encode()
    assert refusal(console, one, anew).code == "approval_of_another_request"


def test_an_answer_of_elsewhere_is_unknown(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD})
    body = {**lifecycle.load_request(console, act).body, "vault": "another"}
    stranger = Request(body, b"", None)
    given = Approval({}, None, b"")
    assert refusal(console, act, errand.seal_answer(given, stranger, bytes(8)).encode()).code == "answer_unknown"
    assert refusal(console, act, b"hello").code == "not_an_answer"


def test_a_flipped_bit_is_refused(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD})
    answer = bytearray(made(console, act, "it-2"))
    answer[-1] ^= 1
    assert refusal(console, act, bytes(answer)).code == "seal_broken"


# --- who lies ---------------------------------------------------------------------------------------------


def test_a_garbage_share_names_its_giver_while_they_can_be_reached(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 2})
    approval.approve(console, act, "legal-1", matters=[MATTER])
    request = lifecycle.load_request(console, act)
    garbage = ceremony.seal_shares(request, "it", "it-1", [bytes(32)] * 3)
    error = refusal(console, act, made(console, act, "it-1", garbage, "approve", reason=None))
    assert (error.code, error.facts) == ("wrong_share", {"member": "it-1"})
    assert lifecycle.load(console, act).missing() == {"it": 1, "legal": 0}


def test_a_keyholder_who_saw_another_journal_is_evidence(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD})
    for size in (3, console.journal.size() + 100):
        seen = {"size": size, "root": to_base64(bytes(32))}
        error = refusal(console, act, made(console, act, "it-2", checkpoint=seen))
        assert (error.code, error.facts["member"]) == ("answer_saw_another_journal", "it-2")


def test_matters_that_were_not_typed_again_are_refused(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD})
    request = lifecycle.load_request(console, act)
    blob = approval._shares(console, request, "it-1")
    for matters in (None, [], ["M-2026-00118"]):
        answer = made(console, act, "it-1", blob, "approve", reason=None, matters=matters)
        assert refusal(console, act, answer).code == "matters_differ"


# --- again, and too late ----------------------------------------------------------------------------------


def test_what_is_refused_is_written_down(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD})
    refusal(console, act, made(console, act, "it-1", None, "extend", amount=60, reason=None))
    entries = [e.body for e in console.journal.entries(act=act) if e.type == "activation.refused"]
    assert entries[0]["verb"] == "approval-scan"


def test_an_answer_comes_once_also_after_a_restart() -> None:
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            home = pinned_home(scene, console, "it-1")
            act = filed(console, {"credential": PASSWORD})
            answer = answered(home, asked(console, act, "it-1"))
            taken(console, act, answer)
            assert refusal(console, act, answer).code == "already_approved"
        scene.station.locked.keepers.stop()
        scene.restart()
        with scene.console() as console:
            assert refusal(console, act, answer).code == "already_approved"
            lifecycle.withdraw(console, act)
            assert refusal(console, act, answer).code == "activation_state"


def test_a_denial_from_home_ends_the_request(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD})
    assert taken(console, act, made(console, act, "it-2"))["state"] == "denied"
    assert refusal(console, act, made(console, act, "legal-2")).code == "activation_state"


# --- while it is open -------------------------------------------------------------------------------------


@contextmanager
def staged_open() -> Iterator[tuple[Scene, Console]]:
    with staged(opened_base()) as scene, scene.console() as console:
        yield scene, console


def test_both_roles_extend_from_home_and_a_word_counts_for_its_turn_only() -> None:
    with staged_open() as (scene, console):
        homes = [pinned_home(scene, console, member) for member in ("legal-1", "it-1")]
        turn = {"decision": "extend", "amount": 600}
        sent = [asked(console, scene.act, member, **turn) for member in ("legal-1", "it-1")]
        words = [answered(home, data) for home, data in zip(homes, sent, strict=True)]
        before = lifecycle.load(console, scene.act).seconds
        assert taken(console, scene.act, words[0])["missing"] == {"it": 1}
        assert refusal(console, scene.act, words[0]).code == "already_said"
        assert taken(console, scene.act, words[1])["missing"] == {}
        assert lifecycle.load(console, scene.act).seconds == before + 600
        assert refusal(console, scene.act, words[1]).code == "word_of_another_turn"


def test_a_veto_ends_what_is_open_and_is_signed() -> None:
    with staged_open() as (scene, console):
        home = pinned_home(scene, console, "legal-2")
        data = asked(console, scene.act, "legal-2", decision="extend", amount=600)
        with home.console() as own:
            opened = actions.read(own, data)
            with pytest.raises(Refused, match="turn_not_denied"):
                actions.refuse(own, opened, REASON)
            veto = actions.refuse(own, opened, REASON, veto=True)[1]
        assert taken(console, scene.act, veto)["state"] == "ended"
        assert lifecycle.show(console, scene.act)["ended_why"] == "veto"
        assert lifecycle.key_name(scene.act) not in console.hsm.keys()
        assert refusal(console, scene.act, veto).code == "activation_state"


def test_a_veto_is_given_here_too() -> None:
    with staged_open() as (scene, console):
        with pytest.raises(Refused, match="activation_state"):
            approval.deny(console, scene.act, "it-2", REASON)
        assert approval.deny(console, scene.act, "it-2", REASON, veto=True)["state"] == "ended"


# --- who is still missing ---------------------------------------------------------------------------------


def test_who_is_missing_says_who_was_asked_and_leaves_out_who_cannot(console: Console) -> None:
    fields = {**justified([{"credential": PASSWORD}]), "requester": "it-2"}
    act = str(lifecycle.request(console, fields)["activation"])
    approval.approve(console, act, "legal-1", matters=[MATTER])
    asked(console, act, "it-1")
    rows = remote.missing(console, act)["people"]
    assert [(row["member"], row["asked"] is not None) for row in rows] == [("it-1", True)]  # type: ignore[index,union-attr,call-overload]


# --- whoever carries it -----------------------------------------------------------------------------------


def test_the_carrier_learns_nothing_and_nothing_secret_stays_at_home() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        home = pinned_home(scene, console, "it-1")
        act = filed(console, {"credential": PASSWORD}, reason=REASON)
        shares = shares_of(console, act)
        data = asked(console, act, "it-1")
        answer = answered(home, data)
        carried = seen_by_carrier(data) + seen_by_carrier(answer)
        known = [REASON, MATTER, PASSWORD, "it-1", "legal-ops-1", act, console.policy.roster.vault, "INC-2026-0042"]
        assert [text for text in known if any(text.encode() in each for each in carried)] == []
        secrets = [*shares, home.operator.pins["it-1"].encode(), *scene.sealed.values()]
        kept = [path for path in home.folder.rglob("*") if path.is_file()]
        # A six-digit PIN occurs by chance in hex digits of token files; in what this console writes it must not.
        ours = [path for path in kept if "token" not in path.relative_to(home.folder).parts[0]]
        assert len(ours) >= 5
        assert [path for path in ours for secret in secrets if holds(path, secret)] == []


def test_two_requests_to_the_same_person_cannot_be_told_from_others(console: Console) -> None:
    act = filed(console, {"credential": PASSWORD})
    sent = [errand.parse(asked(console, act, member), errand.ERRAND) for member in ("it-1", "it-1", "legal-1")]
    assert len({(each.salt, each.mark) for each in sent}) == len({each.mark for each in sent}) == 3


def seen_by_carrier(data: bytes) -> list[bytes]:
    """Return what pictures show: the frames, and what they hold, packed and unpacked."""
    collector = handoff.Collector()
    frames = handoff.split("errand", data)
    for frame in frames:
        collector.add(frame)
    return ["\n".join(frames).encode(), collector.data(), handoff.pack(data)]


def shares_of(console: Console, act: str) -> list[bytes]:
    """Return a member's shares in the clear."""
    request = lifecycle.load_request(console, act)
    given = Approval({"member": "it-2", "group": "it"}, approval._shares(console, request, "it-2"), b"")
    derive = partial(console.hsm.derive, lifecycle.key_name(act))
    return ceremony.open_shares(request, [given], derive)["it-2"]


def holds(path: Path, secret: bytes) -> bool:
    data = path.read_bytes()
    return secret in data or to_base64(secret).encode() in data or secret.hex().encode() in data
