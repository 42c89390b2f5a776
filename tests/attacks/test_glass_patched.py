# SPDX-License-Identifier: Apache-2.0
"""The program patched so that every check passes: what is left is cryptography, and it is enough."""

from collections.abc import Iterator, Sequence

import pytest

from console.actions.activation import approval, lifecycle, release
from console.actions.console import Console
from console.actions.credential import versions
from console.domain import keys
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval, Item, Request
from console.domain.activation.state import Activation
from console.domain.canonical import Object, decode_object
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.sealed import envelope
from tests.support.activations import approve, approved_base, filed, open_for, opened_base
from tests.support.scenes import CODES, PASSWORD, TWO_LEGAL, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real

NO_CHECKS = [
    (envelope, ("check_share",)),
    (keys, ("check_signature", "check_message")),
    (ceremony, ("check_request", "check_approval")),
    (release, ("check_budget",)),
    (versions, ("check_holds",)),
    (approval, ("check_may_decide",)),
    (Activation, ("check_state",)),
]


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every check out of this program."""
    for owner, names in NO_CHECKS:
        for name in names:
            monkeypatch.setattr(owner, name, lambda *_, **__: None)
    monkeypatch.setattr(ceremony, "quorum_missing", lambda thresholds, *_: dict.fromkeys(thresholds, 0))
    monkeypatch.setattr(versions, "record", unchecked_record)


def unchecked_record(console: Console, _: object, item: Item) -> Object:
    return decode_object(console.vault.read(f"records/{item.credential}/{item.version:06d}-{item.item:03d}.json"))


def unopened(scene: Scene, act: str, name: str) -> ConsoleError:
    """Return why a credential was not shown."""
    paper = Paper()
    with scene.console() as console, pytest.raises(ConsoleError) as refused:
        release.release(console, act, name, paper)
    assert paper.shown == []
    return refused.value


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


@pytest.mark.usefixtures("patched")
@pytest.mark.parametrize("members", [(), ("legal-1",), ("legal-1", "legal-2"), ("it-1",)], ids="+".join)
def test_one_group_and_the_hsm_fail_to_authenticate(scene: Scene, members: Sequence[str]) -> None:
    """The record does not open: not one refusal is left in the program, and still no plaintext comes out."""
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        approve(console, act, *members)
        lifecycle.open_activation(console, act)
    error = unopened(scene, act, PASSWORD)
    assert (type(error), error.code) == (Corrupt, "glass_intact")


@pytest.mark.usefixtures("patched")
def test_the_patched_program_still_opens_with_everything() -> None:
    """The attack above is a fair one: with a quorum the patched program shows the secret."""
    paper = Paper()
    with staged(opened_base()) as scene, scene.console() as console:
        release.release(console, scene.act, PASSWORD, paper)
        assert paper.shown == [(PASSWORD, scene.sealed[PASSWORD])]


@pytest.mark.usefixtures("patched")
def test_one_of_legal_is_not_two(scene: Scene) -> None:
    """A class that asks for two of Legal, with one of them."""
    with scene.console() as console:
        act = open_for(console, {"credential": TWO_LEGAL})
    assert unopened(scene, act, TWO_LEGAL).code == "glass_intact"


@pytest.mark.usefixtures("patched")
def test_an_operator_has_nothing_to_give(scene: Scene) -> None:
    """Whoever holds no share cannot approve, whatever the program thinks of it."""
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        with pytest.raises(Refused, match="no_share"):
            approval.approve(console, act, "legal-ops-1", matters=["M-2026-00117"])


@pytest.mark.usefixtures("patched")
@pytest.mark.parametrize("target", [(CODES, 4), ("llm-admin-api-key", 0)], ids=["fifth code", "another secret"])
def test_nothing_opens_that_was_not_approved(monkeypatch: pytest.MonkeyPatch, target: tuple[str, int]) -> None:
    """Approved are a password and four codes; their shares, each in turn, are tried on something else."""
    genuine, turn = release._shares, iter(range(5))

    def shares(console: Console, activation_: Activation, filed_: Request, _: Item, record: Object) -> dict[str, bytes]:
        return genuine(console, activation_, filed_, filed_.items[next(turn)], record)

    def wanted(console: Console, *_: object) -> Item:
        version = versions.fold(console)[target[0]].current
        return Item(target[0], version.number, target[1], version.class_, version.records[target[1]])

    monkeypatch.setattr(release, "_shares", shares)
    monkeypatch.setattr(release, "_recovered", lambda *_: {})
    monkeypatch.setattr(release, "next_item", wanted)
    with staged(opened_base()) as scene:
        for _ in range(5):
            assert unopened(scene, scene.act, target[0]).code == "glass_intact"
    assert list(turn) == []


@pytest.mark.usefixtures("patched")
def test_approvals_kept_after_the_end_open_nothing() -> None:
    """The end is the destruction of a key: the approvals are all there, and sealed to nothing."""
    with staged(opened_base()) as scene:
        with scene.console() as console:
            lifecycle.end(console, scene.act)
        assert unopened(scene, scene.act, PASSWORD).code == "key_gone"


def test_kept_approvals_do_not_fit_another_request() -> None:
    """Copied before the end, tried with a request key that is alive, and with the dead one."""
    with staged(approved_base()) as scene, scene.console() as console:
        old = lifecycle.load_request(console, scene.act)
        kept: list[Approval] = lifecycle.load_approvals(console, old)
        again = filed(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 4})
        new = lifecycle.load_request(console, again)
        lifecycle.withdraw(console, scene.act)

        def derive(points: Sequence[bytes], act: str = again) -> list[bytes]:
            return console.hsm.derive(lifecycle.key_name(act), points)

        for request in (old, new):
            with pytest.raises(Corrupt, match="seal_broken"):
                ceremony.open_shares(request, kept, derive)
        with pytest.raises(Refused, match="key_gone"):
            ceremony.open_shares(old, kept, lambda points: derive(points, scene.act))
