# SPDX-License-Identifier: Apache-2.0
"""The command ``breakglass``: run one verb, print its result, and end with the status of COMMANDS.

stdout is the result, stderr is the talk, /dev/tty is the person. What is printed is plain text: a letter that could
steer the terminal is spelt out, whoever wrote it into the journal.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, cast

from console.cli.arguments import WrongUsage, parse
from console.domain.errors import Cancelled, ConsoleError, Misused, Unavailable

if TYPE_CHECKING:
    from console.cli.call import OpenWindow

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
        return cast(int, stop.code or DONE)
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
    family, code, facts = "cancelled", "cancelled", cast(Mapping[str, object], {})
    if isinstance(error, ConsoleError):
        family, code, facts = error.family, error.code, error.facts
    _report(code, family, said.what, said.now, facts, as_json=as_json)
    return STATUS.get(family, CANCELLED)


def _run_verb(argv: Sequence[str], tty: str, open_window: "OpenWindow") -> int:
    arguments = parse(argv)
    from console.cli.call import Call, Verb
    from console.cli.terminal import Terminal

    module = import_module(f"console.cli.commands.{arguments.noun}")
    verbs = cast(Mapping[str, Verb], module.VERBS)
    pins = Path(arguments.pins) if arguments.pins else None
    reply = verbs[arguments.verb](Call(arguments, Terminal(tty, pins), open_window))
    if arguments.json:
        _print([json.dumps(reply.value, ensure_ascii=False)])
    else:
        _print(plain(line) for line in reply.lines(reply.value))
    return reply.status


def plain(text: str) -> str:
    """Return a text with every letter spelt out that is not to be printed."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def _print(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def _fail_usage(error: WrongUsage, *, as_json: bool) -> int:
    _report("wrong_usage", "usage", error.what, error.now, {}, as_json=as_json)
    return WRONG_USAGE


def _report(
    code: str, family: str, what: str, now: str, facts: Mapping[str, object], *, as_json: bool
) -> None:
    if as_json:
        error = {"code": code, "family": family, "what": what, "now": now, "facts": facts}
        _print([json.dumps({"error": error}, ensure_ascii=False, default=str)])
        return
    sys.stderr.writelines(f"{plain(line)}\n" for line in (*what.split("\n"), now))
    sys.stderr.flush()


def _unexpected(error: Exception) -> Misused:
    """Return our bug with its kind and place: the message of a foreign exception may quote a secret."""
    place, step = "?", error.__traceback__
    while step is not None:
        place = f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}"
        step = step.tb_next
    return Misused("unexpected", kind=type(error).__name__, place=place)
