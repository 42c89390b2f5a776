# SPDX-License-Identifier: Apache-2.0
"""Every text of the source that people read, found by reading the source: what ``say`` and its like are given.

Run as a program it puts the German catalogue in order and says what lacks: ``python -m tests.texts``.
"""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from console.actions import grab_card, papermode, recovery, sheet_status, summary
from console.adapters.paper import sheets, voice
from console.sentences import every

ROOT = Path(__file__).parents[1]
CONSOLE = ROOT / "console"
CATALOGUE = ROOT / "resources" / "translations" / "de.json"
SAYING = {"say": 1, "say_count": 3, "say_each": 1}
"""What says texts -> how many of its first arguments are texts (of ``say_count`` the first is the count)."""


def sources() -> list[Path]:
    """Return the modules whose texts reach people in the window."""
    return [
        *sorted((CONSOLE / "gui").rglob("*.py")),
        *sorted((CONSOLE / "sentences").rglob("*.py")),
        CONSOLE / "wording.py",
    ]


def papers() -> list[Path]:
    """Return the modules of pages that are printed in the language of a face."""
    return [CONSOLE / "adapters" / "paper" / name for name in ("forms.py", "grab_card.py", "sheets.py")]


def name_of(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


@cache
def tree(source: Path) -> ast.Module:
    """Return a module's syntax."""
    return ast.parse(source.read_text())


def constants(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be: a literal, or either of two; of a table its values."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp():
            yield from constants(node.body)
            yield from constants(node.orelse)
        case ast.Dict():
            for value in node.values:
                yield from constants(value)


def said(source: Path) -> Iterator[str]:
    """Yield what a module gives to ``say`` and its like."""
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Call) and name_of(node) in SAYING:
            for argument in node.args[: SAYING[name_of(node)]]:
                yield from constants(argument)


def tables() -> set[str]:
    """Return the sentences about errors: they are said when an error is explained."""
    pairs = [*every.REFUSED.values(), *every.UNAVAILABLE.values()]
    return {text for pair in pairs for text in pair} | {*every.CORRUPT.values(), every.STOP, every.BEGIN_ANEW}


def reasons() -> set[str]:
    """Return what errors give as the reason, where that is a phrase: it stands inside their sentences."""
    calls = (
        node
        for source in sorted(CONSOLE.rglob("*.py"))
        for node in ast.walk(tree(source))
        if isinstance(node, ast.Call) and name_of(node) in ("Refused", "Unavailable", "Corrupt")
    )
    given = (
        text
        for call in calls
        for word in call.keywords
        if word.arg == "why"
        for text in constants(word.value)
    )
    return {text for text in given if " " in text}


def found_by_checks() -> set[str]:
    """Return what the checks of readiness tell: a face says it in its language."""
    given: set[str] = {*sheet_status.STANDING.values(), *sheet_status.LACKING.values()}
    for source in sorted((CONSOLE / "actions").glob("*.py")):
        for node in ast.walk(tree(source)):
            if isinstance(node, ast.Call) and name_of(node) == "told" and node.args:
                given |= {*constants(node.args[0])}
            elif isinstance(node, ast.Call) and name_of(node) == "check":
                details = [word.value for word in node.keywords if word.arg == "detail"]
                given |= {text for detail in details for text in constants(detail)}
    return {text for text in given if re.search("[a-z]", re.sub(r"\{\w+\}", "", text))}


def on_paper() -> set[str]:
    """Return what stands on paper and is said there as a whole."""
    groups = {*voice.CALLED.values(), "the station, with all groups", "the group legal", "the group it"}
    forms = (papermode.WRITE, papermode.NOT_PROVEN)
    tables = (
        grab_card.FIRST_MINUTES,
        grab_card.TOKEN_PLACES,
        sheets.RULES,
        summary.MODE_WORDS.values(),
        *forms,
    )
    return {text for text in (*chain.from_iterable(tables), recovery.DRILL_BANNER, *groups) if text}


def all_texts() -> dict[str, str]:
    """Return text -> one place where it stands."""
    found = dict.fromkeys(tables() | reasons() | found_by_checks() | on_paper(), "sentences")
    for source in [*sources(), *papers()]:
        found |= dict.fromkeys(said(source), source.relative_to(CONSOLE).as_posix())
    return found


def german() -> dict[str, str]:
    """Return the German catalogue."""
    catalogue: dict[str, str] = json.loads(CATALOGUE.read_text())
    return catalogue


def written(catalogue: dict[str, str]) -> str:
    """Return the catalogue's file: one text a line, in order, so that changes of two people meet without conflict."""
    return json.dumps(dict(sorted(catalogue.items())), ensure_ascii=False, indent=0) + "\n"


def main() -> None:
    """Put the catalogue in order, without what no text uses any more; print what lacks German."""
    texts, known = all_texts(), german()
    CATALOGUE.write_text(written({text: told for text, told in known.items() if text in texts}))
    for text, place in texts.items():
        if text not in known:
            print(f"{place}: {text}")  # noqa: T201 - a tool for whoever translates


if __name__ == "__main__":
    main()
