# SPDX-License-Identifier: Apache-2.0
"""The command ``breakglass``: run one verb, print its result, and end with the status of COMMANDS.

stdout is the result, stderr is the talk, /dev/tty is the person.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from itertools import pairwise

from console import language
from console.cli.arguments import parse
from console.cli.parser import WrongUsage
from console.cli.plain import plain
from console.domain.errors import Cancelled, ConsoleError, Misused, Unavailable

TYPE_CHECKING = False  # The one of ``typing`` would cost every start 6 ms.
if TYPE_CHECKING:
    from typing import TextIO

    from console.cli.call import OpenWindow, Verb

DONE, REFUSED, WRONG_USAGE, UNAVAILABLE, CORRUPT, OUR_BUG, CANCELLED = 0, 1, 2, 3, 4, 5, 130
STATUS = {"refused": REFUSED, "unavailable": UNAVAILABLE, "corrupt": CORRUPT, "misused": OUR_BUG}
TTY = "/dev/tty"


def run(argv: Sequence[str], *, open_window: "OpenWindow", tty: str = TTY) -> int:
    """Run one command line and return its exit status; never raises."""
    as_json = "--json" in argv
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run_verb(argv, tty, open_window)
    except SystemExit as stop:  # argparse, after printing help
        return int(stop.code or DONE)
    except WrongUsage as error:
        return _fail_usage(error, as_json=as_json)
    except KeyboardInterrupt:
        return fail(Cancelled(), as_json=as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return fail(Unavailable("output_closed"), as_json=False)
    except (ConsoleError, Cancelled) as error:
        return fail(error, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the top of this face: a traceback could print a secret
        return fail(_unexpected(error), as_json=as_json)


def fail(error: ConsoleError | Cancelled, *, as_json: bool) -> int:
    """Say what happened and what to do now; return the exit status."""
    from console import wording

    said = wording.explain(error)
    if isinstance(error, Cancelled):
        _report("cancelled", "cancelled", said.what, said.now, {}, as_json=as_json)
        return CANCELLED
    _report(error.code, error.family, said.what, said.now, error.facts, as_json=as_json)
    return STATUS[error.family]


def _run_verb(argv: Sequence[str], tty: str, open_window: "OpenWindow") -> int:
    language.choose((_asked(argv), language.kept(os.environ)), os.environ)
    arguments = parse(argv)
    # Help is printed by now: only from here on is it worth loading more, as what the station file says.
    _choose_language(arguments.lang, arguments.station)
    from console.cli.call import Call
    from console.cli.terminal import Terminal

    module = import_module(f"console.cli.{arguments.noun}")
    verbs: Mapping[str, Verb] = module.VERBS
    reply = verbs[arguments.verb](Call(arguments, Terminal(tty, arguments.pins), open_window))
    if arguments.json:
        _print([_json(reply.to_json())], sys.stdout)
    else:
        _print((plain(line) for line in reply.lines(reply.value)), sys.stderr if reply.to_stderr else sys.stdout)
    return reply.status


def _asked(argv: Sequence[str]) -> str:
    """Return the language that a command line names, before it is read: its help is said in it."""
    return next((asked for name, asked in pairwise(argv) if name == "--lang"), "")


def _choose_language(asked: str | None, station: str | None) -> None:
    """Before anything is loaded that says something: texts of modules are said when those are imported."""
    from console import settings
    from console.cli.folder import station_folder

    by_station = settings.language(station_folder(station))
    language.choose((asked or "", language.kept(os.environ), by_station), os.environ)


def _print(lines: Iterable[str], stream: "TextIO") -> None:
    stream.writelines(f"{plain(line)}\n" for line in lines)
    stream.flush()


def _fail_usage(error: WrongUsage, *, as_json: bool) -> int:
    _report("wrong_usage", "usage", error.what, error.now, {}, as_json=as_json)
    return WRONG_USAGE


def _report(code: str, family: str, what: str, now: str, facts: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        error = {"code": code, "family": family, "what": what, "now": now, "facts": facts}
        _print([_json({"error": error})], sys.stdout)
        return
    _print((what, now), sys.stderr)


def _json(value: Mapping[str, object]) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def _unexpected(error: Exception) -> Misused:
    """Return our bug with its kind and place: the message of a foreign exception may quote a secret."""
    place, step = "?", error.__traceback__
    while step is not None:
        place = f"{step.tb_frame.f_globals.get('__name__')}:{step.tb_lineno}"
        step = step.tb_next
    return Misused("unexpected", kind=type(error).__name__, place=place)
