# SPDX-License-Identifier: Apache-2.0
"""Transcripts of the command, as text that an auditor can read, and how they are compared with what happens.

    $ breakglass NOUN VERB …        a command, split like a shell does
    < text                          one line of its stdin
    text                            one line of its stdout
    ! text                          one line of its stderr
    = 0                             its exit status, which ends it
    % delete FILE                   what no command does: a file of the station is lost

In an expected line ``<NAME>`` stands for any text and is kept; ``$NAME`` in a later line is what was kept. A line
``...`` (or ``! ...``) stands for any lines. Lines that begin with # are comments.
"""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

KEPT = re.compile(r"<([A-Z]+)>")
USED = re.compile(r"\$([A-Z]+)")


@dataclass
class Step:
    """One command and what it should do."""

    command: str
    stdin: list[str] = field(default_factory=list)
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    status: int | None = None
    deleted: str = ""
    """The file to lose instead of a command."""


@dataclass(frozen=True)
class Result:
    """What a command did."""

    status: int
    stdout: str
    stderr: str


Run = Callable[[list[str], bytes], Result]


def read(file: Path) -> Iterator[Step]:
    """Yield the steps of a transcript."""
    step: Step | None = None
    for line in file.read_text().splitlines():
        if line.startswith("$ "):
            step = Step(line.removeprefix("$ breakglass").strip())
        elif line.startswith("#") or (not line and step is None):
            continue
        elif line.startswith("% delete "):
            yield Step("", deleted=line.removeprefix("% delete "))
        else:
            assert step is not None, f"{file.name}: {line!r} belongs to no command"
            if line.startswith("= "):
                step.status = int(line[2:])
                yield step
                step = None
            else:
                _add(step, line)
    assert step is None, f"{file.name}: the last command has no status"


def _add(step: Step, line: str) -> None:
    for mark, lines in (("< ", step.stdin), ("! ", step.stderr)):
        if line.startswith(mark):
            lines.append(line[2:])
            return
    step.stdout.append(line)


def play(file: Path, run: Run) -> None:
    """Run every command of a transcript and compare."""
    known: dict[str, str] = {}
    for step in read(file):
        if step.deleted:
            Path(step.deleted).unlink()
            continue
        command = USED.sub(lambda found: known[found[1]], step.command)
        result = run(shlex.split(command), "\n".join(step.stdin).encode())
        shown = f"$ breakglass {command}\n{result.stdout}{result.stderr}= {result.status}"
        assert result.status == step.status, shown
        _compare(step.stdout, result.stdout, known, shown)
        _compare(step.stderr, result.stderr, known, shown)


def _compare(expected: list[str], found: str, known: dict[str, str], shown: str) -> None:
    pattern = "".join(_pattern(line, known) for line in expected)
    match = re.fullmatch(pattern, found if found.endswith("\n") or not found else f"{found}\n")
    assert match, f"expected:\n{chr(10).join(expected)}\n\nhappened:\n{shown}"
    known.update(match.groupdict())


def _pattern(line: str, known: dict[str, str]) -> str:
    if line == "...":
        return "(?:.*\n)*?"
    line = USED.sub(lambda found: known[found[1]], line)
    parts = KEPT.split(line)
    texts = [re.escape(part) if at % 2 == 0 else f"(?P<{part}>[^\n]*?)" for at, part in enumerate(parts)]
    return "".join(texts) + "\n"
