# SPDX-License-Identifier: Apache-2.0
"""Stations in the middle of a change of people and rules: one signature is missing, or what is sealed is stale."""

import functools
from collections.abc import Sequence

from console.actions.activation import stand_in
from console.actions.console import Console
from console.actions.policy import steps
from tests.support.activations import approve, filed, open_for
from tests.support.scenes import CODES, Base, Scene, for_a_while, keep, sealed_base, staged
from tests.support.sheets import recovery_base, sign_step

WITHOUT_IT_2 = {"remove": [{"member": "it-2"}], "rename": [{"member": "it-1", "name": "Carla Dietz-Meyer"}]}
LAST = "it-1"
"""Whose signature is missing."""


@for_a_while
def proposed_base() -> Base:
    """A station with an approved request, and a proposal that one signature would put into force."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": CODES})
            approve(console, act, "legal-1", "it-1")
            id_ = str(steps.propose_change(console, WITHOUT_IT_2)["proposal"])
            for member in ("legal-1", "legal-2"):
                steps.sign(console, id_, member)
        return keep(scene, "proposed", act)


@for_a_while
def stale_base() -> Base:
    """A station with an open activation for a code that is stale."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            sign_step(console, str(steps.propose_change(console, WITHOUT_IT_2)["proposal"]))
        with scene.console() as console:
            act = open_for(console, {"credential": CODES, "stale": True})
        return keep(scene, "stale", act)


@functools.cache
def sheetless_base() -> Base:
    """A station with a proposal that takes Legal's sheets away, and that they may sign by that."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            steps.propose_change(console, {"remove": [{"sheets": "legal"}]})
        return keep(scene, "sheetless", "")


def sign_by_sheets(console: Console, words: Sequence[Sequence[str]], again: str | None = None) -> None:
    """Let Legal's sheets sign the proposal, if it still waits for it."""
    for step in steps.proposals(console):
        stand_in.sign(console, step.id, "legal", words, "it-1", again=again)


def sign_last(console: Console) -> None:
    """Give the signature that is missing, if the proposal still waits for it."""
    for step in steps.proposals(console):
        steps.sign(console, step.id, LAST)


def codes_of(scene: Scene) -> list[bytes]:
    """Return the codes as they were sealed."""
    return scene.sealed[CODES].split()
