# SPDX-License-Identifier: Apache-2.0
"""After a new log a station shows a console at home the old one again: the console knows better and says so."""

import pytest

from console.actions.activation import remote
from console.actions.own_console import answer as actions
from console.domain.errors import Corrupt
from console.domain.words import to_words
from tests.support.activations import filed, opened_base
from tests.support.alarms import older_journal, renewed
from tests.support.remote import answered, asked, pinned_home
from tests.support.scenes import PASSWORD, staged

pytestmark = pytest.mark.real


def test_a_log_that_another_one_followed_is_refused_by_the_console_at_home() -> None:
    with staged(opened_base()) as scene:
        with scene.console() as console:
            words = to_words(console.policy.genesis)
            home = pinned_home(scene, console, "legal-1")
            before = asked(console, filed(console, {"credential": PASSWORD}), "legal-1")
            _, card = remote.pin_card(console, "legal-1")
        older_journal(scene)
        renewed(scene)
        with scene.console() as console:
            answered(home, asked(console, filed(console, {"credential": PASSWORD}), "legal-1"))
        with home.console() as own:
            with pytest.raises(Corrupt, match="log_older") as refused:
                actions.read(own, before)
            assert refused.value.facts == {"remembered": 2, "told": 1}
            with pytest.raises(Corrupt, match="log_older"):
                actions.pin(own, card, words)
