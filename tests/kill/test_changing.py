# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before every durable step of a change of people and rules, and of re-sealing."""

from dataclasses import replace

import pytest

from console.actions.activation import lifecycle, reseal
from console.actions.credential import versions
from console.actions.policy import steps as policy
from console.domain.errors import Refused
from tests.kill.plans import every
from tests.kill.steps import DATABASE, STATION, VERBS, Step
from tests.support.activations import approve, filed, open_for
from tests.support.aftermath import Victims, killed, release_all
from tests.support.changes import codes_of, proposed_base, sheetless_base, sign_by_sheets, sign_last, stale_base
from tests.support.scenes import CODES, PASSWORD
from tests.support.sheets import words_of

pytestmark = [pytest.mark.real, pytest.mark.long]

ITEMS = 17
"""Ten codes and five other secrets: one row for each, however often it was sealed."""


@every("sign_step")
def test_sign_step(victims: Victims, point: int) -> None:
    """A change is in force or not; what was asked before it is over once it is; a signature is given again at most."""
    with killed(victims, "sign_step", proposed_base(), point) as scene:
        done = point > VERBS["sign_step"].index(Step(STATION, "write policy"))
        with scene.console() as console:
            assert console.policy.number == (2 if done else 1)
            assert (lifecycle.show(console, scene.act)["state"] == "expired") == done
            sign_last(console)
        with scene.console() as console:
            assert [entry.body["number"] for entry in console.journal.entries(type_="policy.changed")] == [2]
            assert [m.id for m in console.policy.roster.group("it")] == ["it-1"]
            assert "slots/it-2.json" not in console.vault.names("slots/")
            assert console.vault.names("proposals/") == []
            act = open_for(console, {"credential": PASSWORD})
            assert lifecycle.show(console, act)["state"] == "open"


@every("sheets_sign")
def test_sheets_sign(victims: Victims, point: int) -> None:
    """Spent before their signature exists; killed in between they sign once more, with a reason that is kept."""
    with killed(victims, "sheets_sign", sheetless_base(), point) as scene:
        steps, words = VERBS["sheets_sign"], words_of(scene)["legal"]
        spent = point > steps.index(Step(DATABASE, "recovery.used"))
        kept = point > steps.index(Step(STATION, "write proposals"))
        done = point > steps.index(Step(STATION, "write policy"))
        with scene.console() as console:
            assert console.policy.number == (3 if done else 2)
            assert len(list(console.journal.entries(type_="recovery.used"))) == spent
            waiting = policy.proposals(console)
            assert [step.sheets is not None for step in waiting] == ([] if done else [kept])
            if spent and not done:
                with pytest.raises(Refused, match="sheets_spent"):
                    sign_by_sheets(console, words)
            sign_by_sheets(console, words, "Der Strom fiel aus, während die Blätter unterschrieben." if spent else None)
        with scene.console() as console:
            assert (console.policy.number, console.policy.by_sheets) == (3, "legal")
            assert console.policy.roster.sheet_keys("legal") is None
            assert len(list(console.journal.entries(type_="policy.changed"))) == 2


@every("reseal")
def test_reseal(victims: Victims, point: int) -> None:
    """Killed anywhere, the next run goes on; the code opens exactly once, and from one place only."""
    with killed(victims, "reseal", stale_base(), point) as scene:
        with scene.console() as console:
            reseal.reseal(console, scene.act)
            assert len(versions.unburnt(console)) == ITEMS
        before, _ = release_all(scene, CODES, 1)
        assert before == []
        with scene.console() as console:
            act = filed(console, {"credential": CODES})
            approve(console, act, "legal-2", "it-1")
            lifecycle.open_activation(console, act)
        after, _ = release_all(replace(scene, act=act), CODES, 2)
        assert after == codes_of(scene)[:1]
