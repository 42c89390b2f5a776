# SPDX-License-Identifier: Apache-2.0
"""Of two in a group one suspends the other and signs nothing any more: only the group's sheets lift that."""

import pytest

from console.actions.activation import stand_in
from console.actions.policy import steps, suspension
from console.domain.canonical import Object
from console.domain.errors import Refused
from tests.support.scenes import staged
from tests.support.sheets import recovery_base, words_of

pytestmark = pytest.mark.real

LIFT: Object = {"reinstate": [{"member": "it-2"}]}
WAY_OUT: Object = {**LIFT, "remove": [{"member": "it-1"}, {"sheets": "it"}]}


def test_the_sheets_in_the_suspended_ones_hands_are_the_way_out() -> None:
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            suspension.suspend(console, "it-2", "it-1")
        with scene.console() as console:
            blocked = str(steps.propose_change(console, LIFT)["proposal"])
            for member in ("legal-1", "legal-2"):
                answer = steps.sign(console, blocked, member)
            assert (answer["in_force"], answer["missing"]) == (False, {"it": 1, "legal": 0})
            with pytest.raises(Refused, match="keyholder_suspended"):
                steps.sign(console, blocked, "it-2")
            with pytest.raises(Refused, match="sheets_would_stay"):
                stand_in.sign(console, blocked, "it", words_of(scene)["it"], "legal-1")
            out = str(steps.propose_change(console, WAY_OUT)["proposal"])
            stand_in.sign(console, out, "it", words_of(scene)["it"], "legal-1")
            assert steps.sign(console, out, "legal-2")["in_force"] is True
        with scene.console() as console:
            assert console.policy.suspended == frozenset()
            assert [m.id for m in console.policy.active_in("it")] == ["it-2"]
