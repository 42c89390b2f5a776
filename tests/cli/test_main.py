# SPDX-License-Identifier: Apache-2.0
"""The command's own behaviour: statuses, errors, and that nothing ever comes out as a traceback."""

import json
import os
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from console import __version__
from console.cli import arguments, handoff
from console.cli.call import Call, Reply
from console.domain.canonical import Object
from console.domain.errors import Cancelled, Corrupt, Misused, Refused, Unavailable
from tests.cli.transcript import Run

SCAN = ["handoff", "scan", "picture.png"]


def raising(error: BaseException) -> Callable[[Call], Reply[Any]]:
    def verb(_: Call) -> Reply[Any]:
        raise error

    return verb


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("gone", items="x"), 1),
        (Unavailable("keeper_busy"), 3),
        (Corrupt("seal_broken"), 4),
        (Misused("entry_shape", member="t"), 5),
        (Cancelled(), 130),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("secret: hunter2"), 5),
    ],
)
def test_each_family_has_its_status_and_two_sentences(
    error: BaseException, status: int, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handoff.VERBS, "scan", raising(error))
    result = command(SCAN, b"")
    assert result.status == status
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 2
    document = json.loads(command([*SCAN, "--json"], b"").stdout)["error"]
    assert list(document) == ["code", "family", "what", "now", "facts"]
    assert result.stderr == f"{document['what']}\n{document['now']}\n"


def test_an_unexpected_exception_is_our_bug_and_tells_its_place_but_not_its_message(
    command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handoff.VERBS, "scan", raising(ZeroDivisionError("secret: hunter2")))
    result = command([*SCAN, "--json"], b"")
    assert "hunter2" not in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["family"]) == ("unexpected", "misused")
    assert error["facts"]["kind"] == "ZeroDivisionError"
    assert re.fullmatch(r"tests\.cli\.test_main:\d+", error["facts"]["place"].split("/")[-1])


def test_letters_that_steer_a_terminal_are_spelt_out(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    reply: Reply[Object] = Reply({}, lambda _: ["\x1b[2Jcleared\r", "ein Gruß – fein"])
    monkeypatch.setitem(handoff.VERBS, "scan", lambda _: reply)
    assert command(SCAN, b"").stdout == "\\u001b[2Jcleared\\u000d\nein Gruß – fein\n"


def test_what_a_reader_does_not_want_any_more_is_no_traceback(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(handoff.VERBS, "scan", raising(BrokenPipeError()))
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    assert command(SCAN, b"").status == 3


def test_the_command_says_its_version(command: Run) -> None:
    assert command(["--version"], b"").stdout == f"breakglass {__version__}\n"


@pytest.mark.parametrize("noun", arguments.NOUNS)
def test_every_noun_has_help_and_a_function_for_every_verb(noun: str, command: Run) -> None:
    result = command([noun, "--help"], b"")
    assert (result.status, result.stderr) == (0, "")
    named = re.findall(r"^    ([a-z-]+)(?: |$)", result.stdout, re.MULTILINE)
    own = not named  # a noun that is its own verb: demo, overview
    named = named or [noun]
    assert sorted(named) == sorted(import_module(f"console.cli.{noun}").VERBS)
    for verb in named:
        assert command([noun, "--help"] if own else [noun, verb, "--help"], b"").status == 0


def test_options_for_all_verbs_may_stand_before_or_after_the_verb(folder: Path, command: Run) -> None:
    before = command(["--json", "--station", "elsewhere", "credential", "list"], b"")
    after = command(["credential", "list", "--station", "elsewhere", "--json"], b"")
    assert before == after
    assert json.loads(after.stdout)["error"]["facts"] == {"folder": str(folder / "elsewhere")}


def test_the_station_is_taken_from_the_environment_or_the_data_folder(
    folder: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"{folder}/station." in command(["credential", "list"], b"").stderr
    monkeypatch.delenv("BREAKGLASS_STATION")
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    assert f"{folder}/data/breakglass." in command(["credential", "list"], b"").stderr
