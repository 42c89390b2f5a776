# SPDX-License-Identifier: Apache-2.0
"""Every text of the source that people read, found by reading the source: what ``say`` and its like are given.

Run as a program it puts the catalogues in order and says what each lacks: ``python -m tests.support.texts``.
"""

import ast
import json
import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

from console import language
from console.actions.document import certificate, grab_card, summary
from console.actions.entries import PROGRAM
from console.actions.journal import times
from console.actions.keyholder import custody, proof, recovery, sheet_status
from console.actions.paper import mode
from console.actions.readiness import rollback
from console.adapters.paper import sheets, voice
from console.adapters.paper import summary as one_page
from console.cli import arguments, parser
from console.domain import categories, groups, outcomes, privileges
from console.domain.activation import justification, prepared
from console.domain.activation import state as activation
from console.domain.credential import versions
from console.domain.keyholder import custody as register
from console.domain.keyholder.contact import Contact
from console.domain.policy import keyholder
from console.sentences import change, errors, paper

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "console"
UNSAID = {"nouns"}
"""``of_help`` reads the nouns. What the demo's station holds is data."""
PAPERS = ("forms.py", "grab_card.py", "sheets.py", "founding.py", "custody.py", "summary.py", "sections.py")
SAYING = {"say": 1, "say_in_each": 1, "say_count": 3, "say_each": 1, "titles": 99}
"""What says texts -> how many of its first arguments are texts (of ``say_count`` the first is the count)."""


def sources() -> list[Path]:
    """Return the modules whose texts reach people."""
    return [
        *sorted((CONSOLE / "gui").rglob("*.py")),
        *(source for source in sorted((CONSOLE / "demo").rglob("*.py")) if source.stem != "station"),
        *(source for source in sorted((CONSOLE / "cli").rglob("*.py")) if not {*source.parts} & UNSAID),
        *sorted((CONSOLE / "sentences").rglob("*.py")),
        CONSOLE / "wording.py",
    ]


def papers() -> list[Path]:
    """Return the modules of pages that are printed in the language of a face."""
    return [CONSOLE / "adapters" / "paper" / name for name in PAPERS]


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
        # A terminal's own ``say`` takes codes.
        if isinstance(node, ast.Call) and name_of(node) in SAYING and not _takes_codes(node):
            for argument in node.args[: SAYING[name_of(node)]]:
                yield from constants(argument)


def _takes_codes(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "say"


def tables() -> set[str]:
    """Return the sentences about errors: they are said when an error is explained."""
    pairs = [*errors.REFUSED.values(), *errors.UNAVAILABLE.values()]
    return {text for pair in pairs for text in pair} | {*errors.CORRUPT.values(), errors.STOP, errors.BEGIN_ANEW}


def reasons() -> set[str]:
    """Return what errors give as the reason, where that is a phrase: it stands inside their sentences."""
    calls = (
        node
        for source in sorted(CONSOLE.rglob("*.py"))
        for node in ast.walk(tree(source))
        if isinstance(node, ast.Call) and name_of(node) in ("Refused", "Unavailable", "Corrupt")
    )
    given = (text for call in calls for word in call.keywords if word.arg == "why" for text in constants(word.value))
    return {text for text in given if " " in text}


def told_by_actions() -> set[str]:
    """Return what actions tell of readiness and on papers: a face says it in its language."""
    given: set[str] = {*sheet_status.STANDING.values(), *sheet_status.LACKING.values()}
    given |= {*paper.LIGHTS, *proof.PLACES, *prepared.STATES, *rollback.ANSWERS}
    for source in sorted([*(CONSOLE / "actions").rglob("*.py"), CONSOLE / "domain" / "text.py"]):
        for node in ast.walk(tree(source)):
            if isinstance(node, ast.Call) and name_of(node) == "told" and node.args:
                given |= {*constants(node.args[0])}
            elif isinstance(node, ast.Call) and name_of(node) == "check":
                details = [word.value for word in node.keywords if word.arg == "detail"]
                given |= {text for detail in details for text in constants(detail)}
    return {text for text in given if re.search("[a-z]", re.sub(r"\{\w+\}", "", text))}


def on_paper() -> set[str]:
    """Return what stands on paper and is said there as a whole."""
    called = {
        *groups.CALLED.values(),
        voice.THE_STATION,
        "the station, with all groups",
        "the group legal",
        "the group it",
    }
    tables = (
        grab_card.FIRST_MINUTES,
        grab_card.TOKEN_PLACES,
        sheets.RULES,
        mode.WRITE,
        mode.NOT_PROVEN,
        keyholder.ROLES,
        certificate.ASSURANCES,
    )
    texts = {*chain.from_iterable((*tables, *_of_summary(), *_of_founding(), custody.NOT_PROVEN, register.FATES))}
    return (texts | called | {recovery.DRILL_BANNER, PROGRAM}) - {""}


def _of_summary() -> Iterator[Iterable[str]]:
    yield from (summary.NOT_PROVEN, summary.CODES, [summary.NOT_OVER], times.UNKNOWN, one_page.MORE_EVENTS)
    yield [summary.CALLED.get(state, state) for state in activation.STATES]
    for table in (
        summary.MODE_WORDS,
        summary.PROOFS,
        categories.SENTENCES,
        categories.LABELS,
        privileges.LABELS,
        summary.ENDINGS,
        outcomes.SENTENCES,
        outcomes.LABELS,
        summary.WHY,
        summary.BOUNDS,
        summary.SECONDED,
        summary.REFUSALS,
        summary.SENTENCES,
        one_page.WATERMARKS,
    ):
        yield table.values()


def _of_founding() -> Iterator[Iterable[str]]:
    yield from (certificate.PROVEN, certificate.NOT_PROVEN)
    yield [certificate.SIGNED, certificate.UNSIGNED, certificate.EXEMPT]
    yield from (certificate.ASSURANCES.values(), certificate.LISTED.values())


def labels() -> set[str]:
    """Return what fields are called that the command shows by name: of requests, use cards, contacts, rules."""
    requests = {*justification.FIELDS, *justification.OUTAGE_FIELDS, *justification.PLACE_FIELDS} - {"items"}
    shown = {"member", *Contact().to_json(), *requests, *versions.USE_CARD_FIELDS, *change.RULES}
    return {name.replace("_", " ") for name in shown}


def of_help() -> set[str]:
    """Return every text of a help, and what is said of a wrong command line."""
    given = {"usage: ", "options", "positional arguments", *parser.WRONG}
    verb_lists = {told for told in arguments.NOUNS.values() if told.count(", ") > 1}
    return (given | {*_helped(arguments.parser_of([*arguments.NOUNS]))}) - verb_lists


def _helped(one: ArgumentParser) -> Iterator[str]:
    yield from filter(None, [one.description])
    for action in one._actions:
        yield from filter(None, [action.help])
        if isinstance(action, _SubParsersAction):
            yield from (told.help for told in action._choices_actions if told.help)
            for below in {*action.choices.values()}:
                yield from _helped(below)


def all_texts() -> dict[str, str]:
    """Return text -> one place where it stands."""
    found = dict.fromkeys(tables() | reasons() | told_by_actions() | on_paper() | labels() | of_help(), "sentences")
    for source in [*sources(), *papers()]:
        found |= dict.fromkeys(said(source), source.relative_to(CONSOLE).as_posix())
    return found


@cache
def german() -> Mapping[str, str]:
    """Return what is said in German."""
    return language.read("de").texts


def catalogue_file(code: str) -> Path:
    """Return the file that a language is."""
    return language.FOLDER / f"{code}.json"


def written(catalogue: Mapping[str, object]) -> str:
    """Return a catalogue's file: one text a line, in order, so that changes of two people meet without conflict."""
    return json.dumps(dict(sorted(catalogue.items())), ensure_ascii=False, indent=0) + "\n"


def main() -> None:
    """Put the catalogues in order, without what no text uses any more; print what each lacks."""
    texts = all_texts()
    for code in language.TRANSLATED:
        known = json.loads(catalogue_file(code).read_text())
        catalogue_file(code).write_text(written({text: told for text, told in known.items() if text in {"", *texts}}))
        for text, place in texts.items():
            if text not in known:
                print(f"{code}: {place}: {text}")  # noqa: T201 - a tool for whoever translates


if __name__ == "__main__":
    main()


def words(text: str) -> set[str]:
    """Return the words of a text: two letters or more."""
    return {word.casefold() for word in re.findall(r"[^\W\d_]{2,}", text)}
