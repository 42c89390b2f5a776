# SPDX-License-Identifier: Apache-2.0
"""The language of this process. The English text in the source is the key; one catalogue is read, once, for another.

It is chosen before anything is shown: texts of modules are said when those are imported. English costs nothing.
Nothing that is signed or journalled is ever said by these: there stand codes, or what somebody typed.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

SYSTEM, ENGLISH, GERMAN = "system", "en", "de"
LANGUAGES = (SYSTEM, ENGLISH, GERMAN)
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In this order the first that is set counts (POSIX, XBD 8.2)."""

_catalogue: Mapping[str, str] | None = None
_spoken = ENGLISH


def say(text: str, /, **values: object) -> str:
    """Return a text in this process's language, the values in its named places; what is not known stays English."""
    told = text if _catalogue is None else _catalogue.get(text, text)
    return told.format(**values) if values else told


def say_count(count: int, one: str, many: str, /, **values: object) -> str:
    """Return ``one`` for a count of 1, else ``many``; both may have the place ``{count}``."""
    return say(one if count == 1 else many, count=count, **values)


def say_each(table: Mapping[str, str]) -> Mapping[str, str]:
    """Return a table of texts in the language of this process, under the same names."""
    return table if _catalogue is None else {name: say(text) for name, text in table.items()}


def say_number(number: int) -> str:
    """Return a whole number with its thousands apart."""
    grouped = f"{number:,}"
    return grouped.replace(",", ".") if _spoken == GERMAN else grouped


def spoken() -> str:
    """Return the language of this process: ``en`` or ``de``."""
    return _spoken


def choose(asked: Sequence[str], environment: Mapping[str, str]) -> None:
    """Speak the first of ``asked`` that is a language; what the system says where none is."""
    language = next((one for one in asked if one in (ENGLISH, GERMAN)), system(environment))
    if language != _spoken:
        speak(language, _read(language) if language != ENGLISH else None)


def system(environment: Mapping[str, str]) -> str:
    """Return the language of the system: German where it says so, else English."""
    told = next(filter(None, (environment.get(name) for name in VARIABLES)), "")
    return GERMAN if told.startswith(GERMAN) and not told[2:3].isalpha() else ENGLISH


def kept(environment: Mapping[str, str]) -> str:
    """Return what this user once chose in the window; what the system says where nothing can be read."""
    try:
        return _file_of(environment).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return SYSTEM


def keep(asked: str, environment: Mapping[str, str]) -> bool:
    """Keep a choice for the next start; return whether that worked."""
    file = _file_of(environment)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{asked}\n", encoding="ascii")
    except OSError:
        return False
    return True


def _file_of(environment: Mapping[str, str]) -> Path:
    # XDG Base Directory Specification
    home = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/"), ".config")
    return Path(home, "breakglass", "language")


def speak(language: str, catalogue: Mapping[str, str] | None) -> None:
    """Take these translations: English -> text, with the same named places."""
    global _catalogue, _spoken
    _catalogue, _spoken = catalogue, language


def _read(language: str) -> dict[str, str]:
    import json

    file = Path(__file__).parent.parent / "resources" / "translations" / f"{language}.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found
