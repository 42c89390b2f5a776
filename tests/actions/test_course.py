# SPDX-License-Identifier: Apache-2.0
"""What happened when in an emergency, as the journal of a real station tells it."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from console.actions.activation import approval, course, lifecycle, release
from console.actions.console import Console
from console.actions.credential import versions
from console.domain.canonical import Json
from console.domain.errors import Refused
from tests.support.activations import approve, filed, open_for
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(sealed_base()) as lent:
        yield lent


def told(console: Console, act: str) -> list[tuple[str, str, object]]:
    """Return kind, who and about what, in order."""
    events = cast(list[dict[str, Any]], course.course(console, act)["events"])
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
    return [(event["kind"], event["who"], event["about"]) for event in events]


def settled(console: Console) -> list[Json]:
    """Return what the newest sealing and the newest confirmation say they settle."""
    types = ("credential.sealed", "credential.confirmed")
    newest = [next(console.journal.entries(type_=type_, newest_first=True, limit=1)) for type_ in types]
    return [entry.body["settles"] for entry in newest]


def test_from_the_request_to_the_secret_that_was_changed_two_people_later(scene: Scene) -> None:
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD}, {"credential": CODES}, releases=2)
        approve(console, act, "legal-1")
        with pytest.raises(Refused, match="quorum_not_met"):
            lifecycle.open_activation(console, act)
        approve(console, act, "it-1")
        lifecycle.open_activation(console, act)
        release.release(console, act, PASSWORD, Paper())
        release.release(console, act, CODES, Paper())
        with pytest.raises(Refused, match="budget_used_up"):
            release.release(console, act, PASSWORD, Paper())
        approval.second(console, act, "legal-1", "reset", 1)
        approval.second(console, act, "it-1", "reset", 1)
        lifecycle.end(console, act)
        versions.rotate(console, PASSWORD, bytearray(b"another-secret"))
        versions.confirm(console, PASSWORD, "it-2", "ticket 17")
        assert settled(console) == [[act], [act]]
        assert told(console, act) == [
            ("asked", "legal-ops-1", None),
            ("approved", "legal-1", None),
            ("refused", "program", "quorum_not_met"),
            ("approved", "it-1", None),
            ("opened", "legal-ops-1", None),
            ("released", "legal-ops-1", PASSWORD),
            ("released", "legal-ops-1", CODES),
            ("breaker", "legal-ops-1", "budget"),
            ("refused", "program", "budget_used_up"),
            ("agreed", "legal-1", "reset"),
            ("agreed", "it-1", "reset"),
            ("changed", "program", None),
            ("over", "legal-ops-1", "operator"),
            ("rotated", "it-2", PASSWORD),
        ]


@pytest.mark.long
def test_what_showed_nothing_is_no_showing_and_others_secrets_are_not_told(scene: Scene) -> None:
    with scene.console() as console:
        act = open_for(console, {"credential": PASSWORD})
        release.release(console, act, PASSWORD, Paper("failed"))
        lifecycle.end(console, act)
        versions.rotate(console, PASSWORD, bytearray(b"another-secret"))
        versions.confirm(console, PASSWORD, "it-2", "ticket 17")
        kinds = [kind for kind, _, _ in told(console, act)]
        assert settled(console) == [[], []]
    assert kinds == ["asked", "approved", "approved", "opened", "over"]
