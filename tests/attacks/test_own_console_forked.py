# SPDX-License-Identifier: Apache-2.0
"""Two changes of one number, both fully signed, of which one took effect: a console at home follows only one."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from console.actions.keyholder import enrolment as enrolling
from console.actions.own_console import answer as actions
from console.actions.policy import steps as policy
from console.domain.canonical import encode
from console.domain.errors import Corrupt
from console.domain.keyholder import enrolment
from console.domain.policy import succession
from console.domain.policy.rules import Policy
from console.domain.policy.succession import Step
from console.domain.words import to_words
from console.ports.token import Token
from tests.attacks.changes import QUORUM, STRICTER, WITHOUT_IT_2, propose, sign
from tests.support.remote import pinned_home
from tests.support.scenes import sealed_base, staged

pytestmark = pytest.mark.real


def test_the_other_branch_neither_bricks_a_console_nor_gets_its_signature() -> None:
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            founded, tokens = console.policy, {m: console.token(m) for m in QUORUM}
            rejected = policy.propose_change(console, STRICTER)["proposal"]
            step = policy.find(console, str(rejected))
            for member in QUORUM:
                step = step.signed(member, tokens[member].sign("sign", step.signed_digest()))
        assert sign(scene, propose(scene, WITHOUT_IT_2), *QUORUM)["in_force"]
        forked = succession.propose(step.result(), _longer(step.result()))
        steps = [step.encode(), _signed(forked, tokens)]
        with scene.console() as console:
            home = pinned_home(scene, console, "legal-1")
            genesis = console.vault.read(policy.GENESIS)
            note = console.journal.checkpoint().note.decode()
        card = encode({"v": 1, "genesis": genesis.decode(), "steps": [s.decode() for s in steps], "checkpoint": note})
        with home.console() as own:
            known = actions.pinned(own)
            with pytest.raises(Corrupt, match="policy_forked"):
                actions.pin(own, card, to_words(founded.genesis))
            assert actions.pinned(own).hash == known.hash
            bundle = enrolment.bundle(genesis, steps[:1], forked.encode())
            with pytest.raises(Corrupt, match="policy_forked"):
                enrolling.read_bundle(own, bundle, ())


def _longer(known: Policy) -> Policy:
    return Policy(known.roster, replace(known.rules, showing_seconds=known.rules.showing_seconds + 1))


def _signed(step: Step, tokens: Mapping[str, Token]) -> bytes:
    for member, token in tokens.items():
        step = step.signed(member, token.sign("sign", step.signed_digest()))
    return step.encode()
