# SPDX-License-Identifier: Apache-2.0
"""A keyholder with a program of their own answers with words that would stand in a public entry for ever."""

from functools import partial

import pytest

from console.actions.own_console import answer as actions
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval
from console.domain.canonical import Json, Object
from console.domain.errors import Corrupt
from console.domain.handoff import errand
from tests.support.activations import filed
from tests.support.remote import MATTER, Home, asked, pinned_home, taken
from tests.support.scenes import PASSWORD, sealed_base, staged

pytestmark = pytest.mark.real
TOLD: Json = "the client's name, and what he is accused of"


def telling(home: Home, data: bytes, member: str) -> bytes:
    """Return an answer whose checkpoint says more than a state of the journal."""
    with home.console() as own:
        opened = actions.read(own, data)
        request, person = opened.errand.request, opened.policy.roster.member(member)
        token = own.token(person.token_keys)
        records: list[Object] = errand.excerpts(opened.errand, opened.policy, member)
        blob = ceremony.hand_over(request, person, records, partial(token.decapsulate, "share"))
        said = ceremony.statement(
            request,
            opened.policy,
            member,
            "approve",
            blob=blob,
            matters=[MATTER],
            checkpoint={**opened.seen.to_json(), "note": TOLD},
            clock="2026-11-27T12:00:00Z",
        )
        given = Approval(said, blob, token.sign("sign", ceremony.statement_digest(said)))
        return errand.seal_answer(given, request, bytes(errand.SALT_BYTES)).encode()


def test_what_was_seen_is_a_size_and_a_root_and_nothing_else() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        home = pinned_home(scene, console, "it-1")
        act = filed(console, {"credential": PASSWORD})
        answer = telling(home, asked(console, act, "it-1"), "it-1")
        with pytest.raises(Corrupt, match="approval_shape"):
            taken(console, act, answer)
        assert all(str(TOLD) not in str(entry.body) for entry in console.journal.entries(act=act))
