# SPDX-License-Identifier: Apache-2.0
"""A keyholder who signs whatever they like with their own token spoils nothing for the others."""

from collections.abc import Iterator

import pytest

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.actions.policy import steps, suspension
from console.domain.canonical import Object, to_base64
from tests.attacks.changes import QUORUM, STRICTER, propose, sign
from tests.support.activations import opened_base
from tests.support.remote import made, refusal
from tests.support.scenes import Scene, sealed_base, staged

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with staged(opened_base()) as lent:
        yield lent


@pytest.fixture(scope="module")
def console(scene: Scene) -> Iterator[Console]:
    with scene.console() as lent:
        yield lent


@pytest.mark.parametrize("amount", ["600", True, None, [600]])
def test_an_amount_that_only_looks_like_a_number(scene: Scene, console: Console, amount: object) -> None:
    """Written down, it would have to be added up at every look at this activation."""
    word = made(console, scene.act, "it-1", None, "extend", amount=amount, reason=None)
    assert refusal(console, scene.act, word).code == "approval_shape"
    assert lifecycle.load(console, scene.act).seconded == ()


@pytest.mark.parametrize(
    "seen",
    [
        {"size": -1, "root": to_base64(bytes(32))},
        {"size": True, "root": to_base64(bytes(32))},
        {"size": 2**53 - 1, "root": ""},
        {},
    ],
)
def test_a_checkpoint_that_is_none(scene: Scene, console: Console, seen: Object) -> None:
    word = made(console, scene.act, "it-1", None, "veto", checkpoint=seen)
    assert refusal(console, scene.act, word).code in ("approval_shape", "answer_saw_another_journal")


@pytest.mark.parametrize("reason", [None, 7, ["x"], {}, ""])
def test_a_veto_without_a_reason(scene: Scene, console: Console, reason: object) -> None:
    word = made(console, scene.act, "it-1", None, "veto", reason=reason)
    assert refusal(console, scene.act, word).code == "request_incomplete"


def test_a_name_as_some_keyboards_type_it(console: Console) -> None:
    """An umlaut in two letters is the same name, and no error of the program."""
    change: Object = {"rename": [{"member": "it-2", "name": "Jo\u0308rg"}]}
    proposed = str(steps.propose_change(console, change)["proposal"])
    assert steps.find(console, proposed).after.roster.member("it-2").name == "J\u00f6rg"


def test_a_suspension_under_a_later_policy_stops_no_earlier_step() -> None:
    """The entries of a new log may name a suspension before the step under which it was spoken."""
    with staged(sealed_base()) as scene:
        assert sign(scene, propose(scene, STRICTER), *QUORUM)["in_force"]
        with scene.console() as console:
            suspension.suspend(console, "it-2", "it-1")
            first = console.policy.earlier[0]
            assert suspension.with_suspended(console.journal, first).suspended == frozenset()
            assert console.policy.number == 2
        with scene.console() as console:
            assert console.policy.suspended == {"it-2"}
