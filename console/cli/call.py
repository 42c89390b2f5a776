# SPDX-License-Identifier: Apache-2.0
"""What every verb gets and gives back: its arguments, the person and the station; a value, and how to read it."""

from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from console import settings, wording
from console.actions.console import Console
from console.actions.privacy.reader import is_reader
from console.cli.folder import station_folder
from console.cli.terminal import Terminal
from console.domain.answer import Answer
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.language import say
from console.settings import Settings

if TYPE_CHECKING:
    from console.wiring.station import Station

OpenWindow = Callable[[Settings, str | None], int]
"""Opens the window on a station, with the words of a banner; returns the exit status."""


# Plain objects until every action returns an answer.
A = TypeVar("A", bound=Answer | Object)


@dataclass(frozen=True)
class Reply(Generic[A]):
    """The answer, how to say it in lines, and the exit status."""

    value: A
    lines: Callable[[A], Iterable[str]]
    status: int = 0
    to_stderr: bool = False
    """Stdout holds a file or a secret, so the lines are talk."""

    def to_json(self) -> Object:
        """Return the answer as ``--json`` prints it."""
        return self.value.to_json() if isinstance(self.value, Answer) else self.value


@dataclass(frozen=True)
class Call:
    """One command line on its way."""

    arguments: Namespace
    terminal: Terminal
    open_window: OpenWindow
    held: "Station | None" = None
    """The station of a verb that takes several acts."""

    @property
    def folder(self) -> Path:
        """The station's folder."""
        return station_folder(self.arguments.station)

    @contextmanager
    def station(self, read: Settings | None = None) -> Iterator["Station"]:
        """Lend the station; its token processes end with the command."""
        if self.held and read is None:
            yield self.held
            return
        chosen = read or settings.read(self.folder)
        # Imported here: it brings every adapter, and a wrong folder is told without them.
        from console.wiring.station import Station

        station = Station(chosen, self.terminal, say)
        try:
            yield station
        finally:
            station.close()

    @contextmanager
    def console(self, *tokens: str, later: str | None = None) -> Iterator[Console]:
        """Hold the station for one act, for which the people named in ``tokens`` use their own tokens.

        With ``--as`` it is unlocked by that person unless it is already; if somebody else unlocked it, only what the
        person proves by their token goes on under their name. ``later``: who reads now, and uses their token after it.
        """
        with self.station() as station:
            for person in tokens:
                station.settings.keyholder(person)
                if not station.has_pin(person):
                    self.terminal.prepare_pin(person)
            with self._leased(station, tokens, later) as console:
                yield console

    @contextmanager
    def _leased(self, station: "Station", tokens: Sequence[str], later: str | None) -> Iterator[Console]:
        member = self.arguments.as_member
        with station.console(as_member=member) as console:
            # Who reads along is shown less than anybody, whoever unlocked.
            if member and member not in (*tokens, later, console.hsm.unlocked_by()) and not is_reader(console, member):
                raise Refused("unlocked_by_another", member=member)
            self._say_alarms(console)
            yield console
            self._say_light(console)

    def _say_alarms(self, console: Console) -> None:
        """An alarm stays for ever, also when a new log has long begun."""
        for past in console.logs.alarms():
            self.terminal.say("standing_alarm", log=past["log"], why=wording.alarm(cast(Sequence[str], past["alarm"])))

    def _say_light(self, console: Console) -> None:
        """Whoever writes somewhere else than the journal is told, at each command."""
        if console.journal.alarm():
            return
        light = cast(Object, console.journal.status()["recording"])["light"]
        if light == "reserve":
            self.terminal.say("light_reserve")
        elif light == "paper":
            self.terminal.say("light_paper")


Verb = Callable[[Call], Reply[Any]]


def in_one_sitting(verb: Verb) -> Verb:
    """Return a verb that takes several acts, for which nobody types a PIN twice; what was typed goes with its end."""

    @wraps(verb)
    def sitting(call: Call) -> Reply[Any]:
        with call.station() as station:
            return verb(replace(call, held=station))

    return sitting
