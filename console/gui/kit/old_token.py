# SPDX-License-Identifier: Apache-2.0
"""The question where a token in software is there from before: is its PIN known, or is a new one made?"""

from collections.abc import Callable, Sequence

from console.gui.kit.widgets import Page
from console.gui.phrases import listed
from console.language import say

WHY = say(
    "Nobody counts by it yet, and its PIN is the one that was chosen then. "
    "If nobody knows it, the old files are renamed, and nothing is deleted."
)


def ask_left_over(page: Page, names: Sequence[str], go_on: Callable[[bool], None]) -> None:
    """Go on at once where no token is left over; else ask first. ``go_on``: whether it is put aside."""
    if not names:
        go_on(False)
        return
    page.say_question(
        say("There is a token from before: {names}.", names=listed(names)),
        WHY,
        [
            (say("Go on with its PIN"), lambda: go_on(False)),
            (say("Nobody knows it: make a new one"), lambda: go_on(True)),
        ],
    )
