# SPDX-License-Identifier: Apache-2.0
"""Pictures and journal of the real window from outside: their sentences by name, their tables and entries by keys."""

from collections.abc import Iterator

import pytest

from tests.gui.blackbox.desktop import LIMIT_S, Hands, closing_hands, in_front_of, lacking, waited
from tests.support.activations import approve, filed
from tests.support.scenes import PASSWORD, sealed_base, staged

pytestmark = [
    pytest.mark.real,
    pytest.mark.screen,
    pytest.mark.long,
    pytest.mark.skipif(bool(lacking()), reason=f"this machine lacks {lacking()}"),
]


@pytest.fixture
def hands(screen: dict[str, str]) -> Iterator[Hands]:
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            approve(console, filed(console, {"credential": PASSWORD}), "legal-1")
        with in_front_of(screen), closing_hands(scene.home, screen) as opened:
            yield opened


def named(hands: Hands, start: str) -> str:
    """Wait for something visible whose name begins so; return the name."""

    def seen() -> str | None:
        found = hands.app.locator(f'[name^="{start}"]').elements()
        return next((str(one.name) for one in found if one.visible), None)

    return waited(seen)


def test_pictures_say_what_they_show_and_turn_to_tables_by_a_key(hands: Hands) -> None:
    hands.find("button", "Request break-glass access")
    assert named(hands, "Who must agree. ").startswith(
        "Who must agree. Approvals: IT 0 of 1, Legal 1 of 1; 1 approval is missing."
    )
    hands.find("button", "Who must agree: show as a table").focus()
    hands.key("t")
    hands.find("button", "Who must agree: show as a picture")
    hands.find("table", "Who must agree").wait_focused(timeout=LIMIT_S)
    hands.picture("board-table")
    hands.key("t")
    hands.find("button", "Who must agree: show as a table")


def test_an_entry_is_reached_by_keys_alone(hands: Hands) -> None:
    hands.find("button", "Request break-glass access")
    hands.key("alt+6")
    hands.read("Not verified since it was unlocked")
    hands.key("ctrl+g")
    hands.find("text_field", "Go to an entry's number or a date, Control G").wait_focused(timeout=LIMIT_S)
    hands.type("3")
    hands.key("Return")
    named(hands, "Entries 3 to 0 of ")
    hands.key("Return")
    hands.read("Entry 3: ")
    hands.read("It is proven to stand in the journal, unchanged.")
    hands.picture("entry-window")
