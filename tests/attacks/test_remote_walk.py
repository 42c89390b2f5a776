# SPDX-License-Identifier: Apache-2.0
"""Both approvals from home, on real tokens in folders of their own: asked, answered, opened, released."""

import pytest

from console.actions.activation import lifecycle, release
from tests.support.activations import filed
from tests.support.remote import answered, asked, pinned_home, taken
from tests.support.scenes import CODES, PASSWORD, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real


def test_two_people_who_are_not_here_open_the_glass() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        legal, it = pinned_home(scene, console, "legal-1"), pinned_home(scene, console, "it-1")
        act = filed(console, {"credential": PASSWORD}, {"credential": CODES, "codes": 2})
        to_legal, to_it = asked(console, act, "legal-1"), asked(console, act, "it-1")
        assert taken(console, act, answered(it, to_it))["missing"] == {"it": 0, "legal": 1}
        assert taken(console, act, answered(legal, to_legal))["state"] == "approved"
        lifecycle.open_activation(console, act)
        paper = Paper()
        release.release(console, act, PASSWORD, paper)
        release.release(console, act, CODES, paper)
        assert [secret for _, secret in paper.shown] == [scene.sealed[PASSWORD], scene.sealed[CODES].split()[0]]
        entries = [e for e in console.journal.entries(act=act) if e.type == "activation.approved"]
        assert {(entry.proof, entry.body["by"]) for entry in entries} == {("token", "own_console")}
        assert console.journal.verify(deep=True)["ok"]
