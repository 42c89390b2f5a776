# SPDX-License-Identifier: Apache-2.0
"""After a wrong PIN it is asked once more, at once and of the same person: nothing else must be done anew."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from console.domain.errors import Cancelled, ConsoleError
from console.domain.pin import SPENT
from console.gui.kit.widgets import Page
from console.gui.shell.operator import WindowOperator, Wrong
from console.gui.shell.worker import Worker
from console.language import say

Failure = TypeVar("Failure", bound=ConsoleError | Cancelled)


@dataclass(frozen=True)
class Again:
    """Whose PIN a gesture asks before it begins, and how it begins."""

    member: str
    """Empty: nobody's, or that of several."""
    why: str
    start: Callable[[], None]

    def ask_if_mistyped(self, error: ConsoleError | Cancelled, page: Page, operator: WindowOperator) -> None:
        """Ask anew, unless the error is another one or the token would not hear one more."""
        if not self.member or isinstance(error, Cancelled) or error.code != "pin_wrong":
            return
        if error.facts.get("tries") not in SPENT:
            from console.gui.explanations import explain

            told = explain(named(error, operator))
            operator.ask(self.member, self.why, partial(self._go_on, page), wrong=(told.what, told.now))

    def _go_on(self, page: Page) -> None:
        page.messages.clear()
        self.start()


@dataclass(frozen=True)
class AtOnce:
    """Tries a PIN as soon as it is typed: whoever mistyped theirs is asked at once, and nobody else again."""

    worker: Worker
    operator: WindowOperator
    try_pin: Callable[[str], None]
    """Called in the worker; raises where the PIN of this member is wrong."""
    give_up: Callable[[ConsoleError | Cancelled], None]

    def tries(self, member: str, right: Callable[[], None], wrong: Callable[[Wrong], None]) -> None:
        """Fits ``operator.Tries``."""

        def failed(error: ConsoleError | Cancelled) -> None:
            if isinstance(error, Cancelled) or error.code == "pin_locked" or error.facts.get("tries") in SPENT:
                self.operator.forget()
                self.give_up(named(error, self.operator))
            else:
                from console.gui.explanations import explain

                told = explain(named(error, self.operator))
                wrong((told.what, told.now))

        self.worker.run_locked(say("Trying the PIN"), lambda _: self.try_pin(member), lambda _: right(), failed)


def named(error: Failure, operator: WindowOperator) -> Failure:
    """Return an error that calls people by their names."""
    if isinstance(error, Cancelled) or "member" not in error.facts:
        return error
    return type(error)(error.code, **{**error.facts, "member": operator.called(str(error.facts["member"]))})
