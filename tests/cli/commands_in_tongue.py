# SPDX-License-Identifier: Apache-2.0
"""Runs commands in a language that nobody speaks, for people and as JSON; ``test_tongue.py`` gives it a process.

Its arguments: the station's folder, and a file of commands, one a line; it prints for each what it said and its data.
"""

import contextlib
import io
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from console import language
from console.cli.main import run
from tests.gui.tongue import speak


def said(argv: list[str]) -> str:
    """Return what one command prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        run(argv, open_window=None, tty="/nonexistent/tty")  # type: ignore[arg-type]
    return out.getvalue()


def main() -> None:
    """Run each command for people and for programs."""
    station, commands = sys.argv[1:]
    speak("xx")
    language.choose = lambda *_: None
    found: list[dict[str, Any]] = []
    for line in Path(commands).read_text().splitlines():
        argv = [*shlex.split(line), "--station", station]
        found.append({"command": line, "said": said(argv), "data": said([*argv, "--json"])})
    print(json.dumps(found))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main()
