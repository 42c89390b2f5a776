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

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


HERE = Path(__file__).parent / "transcripts"


def odd_files(folder: Path) -> None:
    """Write the files that the transcripts name besides the examples."""
    request = (folder / "request.toml").read_text()
    one = re.sub(r"items = .*", 'items = [{ credential = "salesforce-emergency-admin" }]', request)
    (folder / "one-item.toml").write_text(one)
    second = one.replace("SSO und CRM", "Anmeldung und CRM").replace("läuft heute", "endet heute")
    (folder / "second.toml").write_text(second)
    home = folder / "home-it-2"
    shutil.copytree(folder / "tokens" / "it-2", home / "token")
    shutil.copy(folder / "tokens" / "it-2.pin-salt", home / "token.pin-salt")
    (home / "console.toml").write_text('[keyholder]\nid = "it-2"\nname = "Deniz Eren"\nrole = "it"\n')
    (folder / "secret.txt").write_text("sk-1234567890")
    config = (folder / "example-station.toml").read_text().replace('"drill"', '"real"', 1)
    config = config.replace("../tokens", "../tokens-real").replace("../mirror", "../mirror-real")
    (folder / "mirror-real").mkdir(mode=0o700)
    (folder / "hardware.toml").write_text(config)
    software = config.replace("accept_software = false", "accept_software = true")
    (folder / "software-keys.toml").write_text(software.replace("accept_software_keys = true", ""))
    (folder / "real.toml").write_text(software)
    (folder / "typo.toml").write_text(config.replace("idle_minutes", "idle_minuts"))
    (folder / "broken.toml").write_text(config.replace("[station]", "[station"))
    (folder / "fraction.toml").write_text(one.replace("minutes = 60", "minutes = 1.5"))
    (folder / "typo-change.toml").write_text("[rules]\nminuts_max = 60\n")
    (folder / "back.toml").write_text('[classes.privileged]\nit = 1\n\n[[remove]]\nmember = "it-2"\n')
    for name, text, mode in (
        ("wrong.toml", 'legal-1 = "000"', 0o600),
        ("open.toml", 'legal-1 = "123456"', 0o640),
        ("odd.toml", "legal-1 = 123456", 0o600),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(mode)


def answer(result: Result) -> dict[str, Any]:
    """Return what a command said with --json."""
    assert result.status == 0, result.stdout + result.stderr
    value: dict[str, Any] = json.loads(result.stdout)
    return value
