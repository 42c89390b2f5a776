# SPDX-License-Identifier: Apache-2.0
"""Errors as the window explains them: where a sentence names a command, the window names what leads there."""

import re

from console import wording
from console.domain.errors import Cancelled, ConsoleError
from console.gui.catalogue import DEEDS
from console.gui.own_console_words import NOW
from console.language import say
from console.wording import Explanation

COMMAND = re.compile(
    r"breakglass\s(?P<noun>[a-z]+)\s(?P<verb>[a-z-]+)(?:\s(?:genesis|status|list)\b)?"
    r"(?:\s--(?:keyholder|as|witness)(?:\s[^\s.,;)]+)?|\s--[a-z-]+)*"
)
"""A command as sentences write it: its noun and verb, and the options that follow."""
ELSEWHERE = {
    "station.init": say("the set-up guide, which opens where there is no station"),
    "keyholder.answer": say("the page Requests of an own console"),
    "keyholder.make-card": say("the set-up guide of an own console"),
    "keyholder.sign-step": say("the page Changes of an own console"),
    "keyholder.pin": say("the page Requests of an own console"),
    "keyholder.witness": say("the page Witness of an own console"),
}
"""Commands whose place is not in a station's window -> where that is."""


def explain(error: ConsoleError | Cancelled) -> Explanation:
    """Return the two sentences for an error, in the window's own terms."""
    told = wording.explain(error)
    own = NOW.get(error.code) if isinstance(error, ConsoleError) else None
    now = own.format_map(error.facts) if own and isinstance(error, ConsoleError) else told.now
    return Explanation(in_window(told.what), in_window(now))


def in_window(text: str) -> str:
    """Return a sentence with what leads there in the window, where it names a command."""
    return COMMAND.sub(lambda found: _place(f"{found['noun']}.{found['verb']}", found[0]), text)


def _place(verb: str, command: str) -> str:
    if verb in ELSEWHERE:
        return ELSEWHERE[verb]
    deed = next((deed for deed in DEEDS if verb in deed.verbs), None)
    return say("“{deed}” under All actions", deed=deed.words) if deed else command
