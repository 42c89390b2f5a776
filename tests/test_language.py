# SPDX-License-Identifier: Apache-2.0
"""How a process comes to its language, and what is said in it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from gettext import c2py
from pathlib import Path

import pytest

from console import language
from console.domain.errors import Refused
from console.settings import language as of_station
from console.settings import parse

EXAMPLE = Path(__file__).parents[1] / "resources" / "examples" / "station.toml"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.choose(["en"], {})


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "den_US"}, "en"),
        ({"LANG": "de_AT.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "de_DE@euro"}, "de"),
    ],
)
def test_the_system_says_which(environment: dict[str, str], spoken: str) -> None:
    assert language.system(environment) == spoken


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [(("en",), "en"), (("system", "en"), "en"), (("", "de"), "de"), (("system", "system"), "de"), (("xx",), "de")],
)
def test_the_first_that_was_chosen_counts_else_the_system(asked: tuple[str, ...], spoken: str) -> None:
    language.choose(asked, {"LANG": "de_DE.UTF-8"})
    assert language.spoken() == spoken


def test_a_choice_is_kept_for_the_next_start(tmp_path: Path) -> None:
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    assert language.kept(environment) == "system"
    assert language.keep("de", environment)
    assert language.kept(environment) == "de"


def test_a_choice_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "file")}
    assert not language.keep("de", environment)
    assert language.kept(environment) == "system"


def test_german_is_said_and_what_is_not_known_stays_english() -> None:
    language.choose(["de"], {})
    assert language.say("Locked") == "Gesperrt"
    assert language.say("Entry {seq}: {finding}.", seq=7, finding="{x}") == "Eintrag 7: {x}."
    assert language.say("nobody ever wrote this {n}", n=1) == "nobody ever wrote this 1"


@pytest.mark.parametrize(("count", "told"), [(0, "0 Minuten"), (1, "1 Minute"), (2, "2 Minuten")])
def test_one_is_said_as_one(count: int, told: str) -> None:
    language.choose(["de"], {})
    assert language.say_count(count, "1 minute", "{count} minutes") == told


@pytest.mark.parametrize(("count", "told"), [(0, "{count} minute"), (1, "{count} minute"), (2, "{count} minutes")])
def test_a_language_says_which_counts_take_its_first_form(count: int, told: str) -> None:
    """In French nothing is singular (GNU gettext manual, "Plural forms")."""
    language.speak("fr", language.Catalogue("Français", {}, form=c2py("n > 1")))
    assert language.say_count(count, "{count} minute", "{count} minutes") == told.format(count=count)


def test_a_language_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {"name": "Nederlands", "plural": "n != 1", "thousands": "."}
    (tmp_path / "nl.json").write_text(json.dumps({"": rules, "Locked": "Vergrendeld"}))
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    found = language.read("nl")
    assert (found.name, found.texts["Locked"], found.thousands) == ("Nederlands", "Vergrendeld", ".")


def test_which_languages_there_are_is_read_from_their_folder() -> None:
    assert ("system", "en", *sorted(file.stem for file in language.FOLDER.iterdir())) == language.LANGUAGES


@pytest.mark.parametrize(("spoken", "told"), [("en", "1,234,567"), ("de", "1.234.567")])
def test_numbers_have_their_thousands_apart(spoken: str, told: str) -> None:
    language.choose([spoken], {})
    assert language.say_number(1_234_567) == told


def test_the_station_file_may_say_which(tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace('language = "system"', 'language = "de"')
    (tmp_path / "station.toml").write_text(text)
    assert of_station(tmp_path) == "de"
    assert of_station(tmp_path / "nowhere") == "system"


def test_a_station_file_with_another_language_is_refused(tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace('language = "system"', 'language = "xx"')
    with pytest.raises(Refused, match="language_unknown"):
        parse(text.encode(), tmp_path)


def told(folder: Path, *arguments: str, **environment: str) -> str:
    """Return what the command tells the person about a station that is not there."""
    ended = ran(folder, "station", "check", "--station", str(folder / "none"), *arguments, **environment)
    return ended.stderr.splitlines()[0]


def ran(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing of this process's language."""
    clean = {name: value for name, value in os.environ.items() if name not in language.VARIABLES}
    config = {"XDG_CONFIG_HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        env={**clean, **config, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_speaks_it_too(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    assert told(tmp_path, LANG="de_DE.UTF-8") == f"In {missing} ist keine Station."
    assert told(tmp_path, "--lang", "en", LANG="de_DE.UTF-8") == f"There is no station in {missing}."
    language.keep("de", {"XDG_CONFIG_HOME": str(tmp_path)})
    assert told(tmp_path, LANG="C.UTF-8") == f"In {missing} ist keine Station."


def test_help_is_said_in_it_as_are_complaints_about_a_command_line(tmp_path: Path) -> None:
    helped = " ".join(ran(tmp_path, "activation", "release", "--help", LANG="de_DE.UTF-8").stdout.split())
    for words in (
        "Aufruf: breakglass activation release",
        "Optionen:",
        "Argumente:",
        "-h, --help diese Hilfe zeigen",
        "ein Geheimnis oder einen Code zeigen",
        "--as MEMBER wer handelt",
    ):
        assert words in helped
    assert "usage" not in helped and "options" not in helped
    lacking = ran(tmp_path, "activation", "release", "--lang", "de")
    assert (lacking.returncode, lacking.stderr.splitlines()[0]) == (
        2,
        "breakglass activation release: diese Argumente fehlen: ID, CREDENTIAL.",
    )
    english = ran(tmp_path, "activation", "release", "--lang", "en", LANG="de_DE.UTF-8").stderr
    assert english.startswith("breakglass activation release: the following arguments are required: ID, CREDENTIAL.")


def test_who_is_missing_is_named_as_groups_are_called() -> None:
    """Tables are said when their modules are imported: German is asked of a process of its own."""
    asked = (
        "from console import language; language.choose(['de'], {}); from console.wording import explain;"
        "from console.domain.errors import Refused;"
        "print(explain(Refused('quorum_not_met', missing='1 × it, 2 × legal')).what);"
        "print(explain(Refused('genesis_unsigned', missing='legal-1')).what)"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert "es fehlen noch: 1 × IT, 2 × Recht." in said
    assert "legal-1" in said
