# SPDX-License-Identifier: Apache-2.0
"""A token that is not there, or is pulled out in the middle: named, nothing lost, and it goes on when it is back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from console.actions.activation import approval, lifecycle
from console.actions.console import Console
from console.domain.errors import Unavailable
from console.ports.token import Token
from tests.support.activations import requested_base
from tests.support.scenes import staged

pytestmark = pytest.mark.real
GONE = ("token_absent", "token_removed", "token_broken")


class PulledAfterSharing:
    """A person's token whose folder goes away as soon as it has given its shares."""

    def __init__(self, token: Token, folder: Path) -> None:
        self._token, self._folder = token, folder

    def points(self) -> Mapping[str, bytes]:
        """Show what the token shows."""
        return self._token.points()

    def decapsulate(self, key: str, encapsulations: Sequence[bytes]) -> list[bytes]:
        """Give the shares, then be pulled."""
        shares = self._token.decapsulate(key, encapsulations)
        self._folder.rename(self._folder.with_name("pulled"))
        return shares

    def along(self, name: str, value: bytes | None = None) -> list[bytes]:
        """Take something along."""
        return self._token.along(name, value)

    def sign(self, key: str, digest: bytes) -> bytes:
        """Try to sign all the same."""
        return self._token.sign(key, digest)


def newest_act(console: Console) -> str:
    rows = lifecycle.list_activations(console)["activations"]
    return str(rows[0]["activation"])  # type: ignore[index, call-overload]


def refusals(console: Console, act: str) -> list[str]:
    return [str(e.body["code"]) for e in console.journal.entries(act=act) if e.type == "activation.refused"]


def test_a_token_pulled_between_share_and_signature_leaves_no_approval() -> None:
    with staged(requested_base()) as scene:
        folder = scene.folder / "tokens" / "legal-2"
        with scene.console() as console:
            act = newest_act(console)
            pulled = replace(console, token=lambda member: PulledAfterSharing(console.token(member), folder))
            with pytest.raises(Unavailable) as caught:
                approval.approve(pulled, act, "legal-2")
            assert caught.value.code in GONE
            assert console.people["legal-2"] not in {name for _, name in lifecycle.load(console, act).approvals}
            assert refusals(console, act) == [caught.value.code]
        folder.with_name("pulled").rename(folder)
        scene.station.forget_pins()
        with scene.console() as console:
            approval.approve(console, act, "legal-2")
            assert console.people["legal-2"] in {name for _, name in lifecycle.load(console, act).approvals}


def test_a_token_that_is_not_there_is_named_and_nothing_is_lost() -> None:
    with staged(requested_base()) as scene:
        folder = scene.folder / "tokens" / "it-1"
        folder.rename(folder.with_name("in the safe"))
        with scene.console() as console:
            act = newest_act(console)
            with pytest.raises(Unavailable) as caught:
                approval.approve(console, act, "it-1")
            assert caught.value.code in GONE
        assert not folder.exists()
        folder.with_name("in the safe").rename(folder)
        scene.station.forget_pins()
        with scene.console() as console:
            approval.approve(console, act, "it-1")
            assert lifecycle.load(console, act).missing()["it"] == 0
