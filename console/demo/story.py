# SPDX-License-Identifier: Apache-2.0
"""The teller of ``demo --headless``: steps and facts as lines, and the station that they are about."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

from console import wording
from console.actions.console import Console
from console.demo.station import KnownPins, found_station
from console.domain.canonical import Object
from console.domain.errors import ConsoleError, Misused
from console.domain.payload import usage
from console.language import say
from console.sentences import terms
from console.wiring.station import Station

T = TypeVar("T")

ADMIN, CODES, SIGNING_KEY = "salesforce-emergency-admin", "idp-recovery-codes", "crm-signing-key"
AFTER_ALARM = "llm-admin-api-key"
MATTER = "M-2026-00117"


class Keep:
    """A ``Screen`` that keeps what it was shown, for the story to compare."""

    def __init__(self) -> None:
        self.seen = b""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Remember the secret and say what came of it."""
        self.seen = bytes(secret)
        # Nobody reads a signed token back: a program takes it.
        return "shown" if kind == usage.JWT else "read_back"


class Story:
    """The teller: a numbered heading for each step, a line for each fact, and the station it is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.home = folder / "home-legal-1"
        self._step = 0
        self.settings, self.pins = found_station(folder)
        self.sealed: Mapping[str, bytearray] = {}
        self.out.mkdir()
        self.place = Station(self.settings, KnownPins(self.pins))

    def step(self, title: str) -> None:
        """Begin a step."""
        self._step += 1
        write(f"\n{self._step:2}. {title}")

    def act(self, action: Callable[[Console], T]) -> T:
        """Do one action under the lease."""
        with self.place.console() as console:
            return action(console)

    def refused(self, action: Callable[[Console], object], code: str) -> None:
        """Do an action that must be refused with this code."""
        try:
            self.act(action)
        except ConsoleError as error:
            check(error.code == code, f"expected {code}, got {error.code}")
            tell_refusal(error)
            return
        raise Misused("story_broken", what=f"{code} was not refused")


def tell(*lines: str) -> None:
    """Tell facts, a line each."""
    for line in lines:
        write(f"    {line}")


def tell_refusal(error: ConsoleError) -> None:
    """Tell why something was refused, in the words of every other command."""
    what, *more = wording.explain(error).what.splitlines()
    tell(say("refused: {what}", what=what), *(f"  {line}" for line in more))


def write(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def check(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise ``Misused`` (story_broken) unless it holds."""
    if not holds:
        raise Misused("story_broken", what=what)


def state_of(shown: Object) -> str:
    """Return the state of an activation, in words."""
    return wording.STATES[str(shown["state"])]


def missing(state: Object) -> str:
    """Return who must still agree, in words."""
    return terms.missing(state["missing"])


def words(value: Object) -> str:
    """Return the twelve words of a document or a checkpoint."""
    return " ".join(cast(Sequence[str], value["words"]))
