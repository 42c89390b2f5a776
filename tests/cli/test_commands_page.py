# SPDX-License-Identifier: Apache-2.0
"""docs/commands.md names every verb with every option, as the command itself does, and what each answers with --json.

Run as a program it writes the part of the page that comes from the parser: ``python -m tests.cli.test_commands_page``.
"""

import re
from argparse import SUPPRESS, Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from console.cli import arguments
from console.cli.parser import Parser

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
BEGIN, END = "<!-- from the parser: begin -->\n", "<!-- from the parser: end -->\n"
COMMON = {"help", "station", "lang", "json", "pins", "as_member"}


def verbs() -> Iterator[tuple[str, ArgumentParser]]:
    """Yield every verb as it is typed, and its parser."""
    for noun in arguments.NOUNS:
        parser = Parser(prog=noun)
        import_module(f"console.cli.nouns.{noun}").add(parser)
        yield from under(noun, parser)


def under(name: str, parser: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    groups = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    if not groups:
        yield name, parser
    for verb, one in (pair for group in groups for pair in group.choices.items()):
        yield from under(f"{name} {verb}", one)


def lines() -> Iterator[str]:
    """Yield the part of the page that the parser knows."""
    noun = ""
    for name, parser in verbs():
        if name.split()[0] != noun:
            noun = name.split()[0]
            yield f"### {noun}\n"
        told = f": {parser.description}" if parser.description else ""
        yield f"- **`{name}`**{told}"
        yield from (f"  - {option(action)}" for action in parser._actions if action.dest not in COMMON)
    yield ""


def option(action: Action) -> str:
    value = action.metavar if action.nargs != 0 else ""
    more = " …" if action.nargs in ("+", "*") else ""
    name = " ".join(part for part in (", ".join(action.option_strings), str(value or "")) if part)
    asked = " (needed)" if action.required and action.option_strings else ""
    told = f": {action.help}" if action.help and action.help != SUPPRESS else ""
    return f"`{name}`{more}{asked}{told}"


def test_the_page_names_every_verb_and_option_as_the_command_does() -> None:
    text = PAGE.read_text()
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == "\n".join(lines())


def test_every_verb_says_what_it_answers() -> None:
    told = set(re.findall(r"^\| `([a-z-]+(?: [a-z-]+)*)` \|", PAGE.read_text(), re.MULTILINE))
    assert told == {name for name, _ in verbs()}


def test_the_help_of_the_whole_command_names_every_verb() -> None:
    names = [name.split() for name, _ in verbs() if " " in name]
    for noun, told in arguments.NOUNS.items():
        known = dict.fromkeys(words[1] for words in names if words[0] == noun)
        assert not known or told == ", ".join(known), noun


if __name__ == "__main__":
    page = PAGE.read_text()
    begin, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    PAGE.write_text(page[:begin] + "\n".join(lines()) + page[end:])
