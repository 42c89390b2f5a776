# SPDX-License-Identifier: Apache-2.0
"""The language of this process. The English text in the source is the key; one catalogue is read, once, for another.

A language is a file of resources/translations, and nothing else: which there are is read from that folder. It is
chosen before anything is shown: texts of modules are said when those are imported. English costs nothing.
Nothing that is signed or journalled is ever said by these: there stand codes, or what somebody typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "resources" / "translations"
SYSTEM, ENGLISH = "system", "en"
TRANSLATED = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))
LANGUAGES = (SYSTEM, ENGLISH, *TRANSLATED)
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In this order the first that is set counts (POSIX, XBD 8.2)."""


@dataclass(frozen=True)
class Catalogue:
    """A language: what it calls itself, its rules, and its texts by the English ones."""

    name: str
    texts: Mapping[str, str]
    thousands: str = ","
    """What stands between the thousands of a number."""
    form: Callable[[int], int] = lambda count: int(count != 1)
    """Which form a count takes: 0 is the first of ``say_count``, all others the second."""


_SOURCE = Catalogue("English", {})
_catalogue = _SOURCE
_spoken = ENGLISH


def say(text: str, /, **values: object) -> str:
    """Return a text in this process's language, the values in its named places; what is not known stays English."""
    told = _catalogue.texts.get(text, text)
    return told.format(**values) if values else told


def say_count(count: int, one: str, many: str, /, **values: object) -> str:
    """Return ``one`` for a count that the language says in its first form, else ``many``; both may have ``{count}``."""
    return say(many if _catalogue.form(count) else one, count=count, **values)


def say_each(table: Mapping[str, str]) -> Mapping[str, str]:
    """Return a table of texts in the language of this process, under the same names."""
    return table if _catalogue is _SOURCE else {name: say(text) for name, text in table.items()}


def say_number(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,}".replace(",", _catalogue.thousands)


def say_in_each(text: str) -> str:
    """Return a text in every language that there is, for whoever may not read the one that is spoken."""
    return " · ".join(read(each).texts.get(text, text) for each in LANGUAGES[1:])


def spoken() -> str:
    """Return the language of this process by its code (ISO 639-1)."""
    return _spoken


def choose(asked: Sequence[str], environment: Mapping[str, str]) -> None:
    """Speak the first of ``asked`` that is a language; what the system says where none is."""
    language = next((one for one in asked if one in LANGUAGES[1:]), system(environment))
    if language != _spoken:
        speak(language, read(language))


def system(environment: Mapping[str, str]) -> str:
    """Return the language of the system where there is a catalogue of it, else English."""
    told = next(filter(None, (environment.get(name) for name in VARIABLES)), "")
    return told[:2] if told[:2] in TRANSLATED and not told[2:3].isalpha() else ENGLISH


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


def speak(language: str, catalogue: Catalogue) -> None:
    """Take these translations: English -> text, with the same named places."""
    global _catalogue, _spoken
    _catalogue, _spoken = catalogue, language


def read(language: str) -> Catalogue:
    """Return what this language says: its file's texts, and under the empty text its name and rules.

    The rule of plurals is that of gettext (GNU gettext manual, "Plural forms"); two forms are enough for
    the languages of western Europe.
    """
    if language == ENGLISH:
        return _SOURCE
    import json
    from gettext import c2py

    texts = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    rules = texts.pop("")
    return Catalogue(rules["name"], texts, rules["thousands"], c2py(rules["plural"]))
