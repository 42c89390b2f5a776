# SPDX-License-Identifier: Apache-2.0
"""The window is complete in every language that there is, in short sentences and plain words."""

import ast
import json
import re
import string
from collections.abc import Callable, Iterator, Set
from pathlib import Path

import pytest

from console import language
from console.cli.arguments import NOUNS
from tests.support.texts import CONSOLE, SAYING, all_texts, catalogue_file, name_of, of_help, sources, tree

MOST_WORDS = 20
BANNED = {
    "en": r"epoch|merkle|checkpoint|anchor\w*|hpke|envelope|fold|slot|ckr\w*|pkcs",
    "de": r"epoche\w*|merkle|checkpoint|anker|verankert|hpke|umschlag|falten|faltung|slot|ckr\w*|pkcs",
}
COMMAND = re.compile(r"breakglass [a-z -]+|--[a-z-]+|\{\w*\}|\S*\.(?:toml|py|html|md|so)\b|\S*/\S*")
"""What may stand in a sentence without being one of its words: a command to type, a place, a file."""
TEXTS = all_texts()
TOLD = {code: language.read(code).texts for code in language.TRANSLATED}
IN_EACH = pytest.mark.parametrize("code", TOLD)
SAID_WHEN_PRINTED = of_help() | {*NOUNS.values()}
"""Texts of the command's help."""
FOR_IT = {"the PKCS#11 library; software: a key file (softhsm)"}
"""Help of an option that only IT uses: there the standard has its name."""

SAME_EVERYWHERE = {
    "Noto Sans",
    "Noto Sans Mono",
    "yyyy-MM-dd HH:mm",
    "{} ({} UTC)",
    "Break-Glass Console",
    "Break-Glass Console: {}/{}",
    "Anna Berg",
    "Gerd Hahn",
    "M-2026-00117, act:…, legal-3",
    '{ credential = "{}"{}, stale = true }',
}
SPELLING = "alfa bravo"
"""Names that are the same in every language: fonts, forms of time, the product, the spelling alphabet."""
SHOWING = {
    "PlainLabel": 0,
    "button": 0,
    "Field": 0,
    "Twice": 0,
    "setText": 0,
    "setAccessibleName": 0,
    "say_done": 0,
    "say_problem": 0,
    "announce": 0,
    "setPlaceholderText": 0,
    "setToolTip": 0,
    "setAccessibleDescription": 0,
    "setWindowTitle": 0,
    "addItem": 0,
    "step": 0,
    "tell": 0,
}
"""What puts a text on the screen, into its accessible name or into the story of the demo -> which argument it is."""


def places(text: str) -> set[tuple[str, str]]:
    """Return the named places of a text, with how their values are written."""
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name is not None}


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; what follows a colon is one of its own."""
    return re.split(r"(?<=[.!?:])\s", text)


# --- complete ---------------------------------------------------------------------------------------------


@IN_EACH
def test_every_text_has_its_translation(code: str) -> None:
    assert {text: where for text, where in TEXTS.items() if text not in TOLD[code]} == {}


@IN_EACH
def test_no_translation_is_left_over(code: str) -> None:
    assert sorted(TOLD[code].keys() - TEXTS.keys()) == []


@IN_EACH
def test_no_text_stands_twice_in_a_catalogue(code: str) -> None:
    """It may where two people's lines met: put it in order with ``python -m tests.support.texts``."""
    pairs = json.loads(catalogue_file(code).read_text(), object_pairs_hook=list)
    assert len(pairs) == len(TOLD[code]) + 1


@IN_EACH
def test_named_places_are_the_same_in_both_languages(code: str) -> None:
    """Where English says 1, another language may say the count: it may say nothing in the same form."""
    counted = {("count", "")}
    wrong = [text for text, told in TOLD[code].items() if places(text) != places(told)]
    assert [text for text in wrong if "1" not in text or places(TOLD[code][text]) != places(text) | counted] == []


@IN_EACH
def test_a_text_begins_and_ends_alike_in_both_languages(code: str) -> None:
    """Pieces are joined: a blank or a full stop that one language lacks would be seen there."""

    def ends(text: str) -> tuple[bool, bool, bool]:
        return text[:1].isspace(), text[-1:].isspace(), text.endswith(".")

    assert [text for text, told in TOLD[code].items() if ends(text) != ends(told)] == []


# --- nothing passes by ------------------------------------------------------------------------------------


def joined(node: ast.expr) -> str:
    """Return a literal's text, its values as ``{}``."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def silent(module: ast.Module) -> Iterator[ast.AST]:
    """Yield what is no text that passes by: what is said, docstrings, tables of errors, types, indices."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and name_of(node) in {*SAYING, "Refused", "Unavailable"}:
            yield from ast.walk(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.AnnAssign):
            yield from ast.walk(node.annotation)
            if ast.unparse(node.annotation) in ("Sentences", "Verdicts", "Commands"):
                yield from ast.walk(node)
        elif isinstance(node, ast.arg | ast.FunctionDef):
            typed = node.annotation if isinstance(node, ast.arg) else node.returns
            yield from ast.walk(typed) if typed else ()


def passing_by(source: Path) -> list[str]:
    """Return the literals of a module with words in them that ``say`` never sees."""
    module = tree(source)
    hidden = set(silent(module))
    parts = {part for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = [joined(node) for node in ast.walk(module) if isinstance(node, ast.expr) and node not in hidden | parts]
    return [
        text
        for text in found
        if re.search(r"[a-z]{2,}\W* +\W*[A-Za-z]|[A-Za-z] +[a-z]{2,}|\w\.$", text)
        and text not in SAME_EVERYWHERE | SAID_WHEN_PRINTED
        and not text.startswith(SPELLING)
        and source.parts[-2:] != ("sentences", "template.py")
        # What people of the demo type is theirs, and what would break its story is our own bug.
        and source.parts[-2] != "demo"
    ]


def test_no_sentence_passes_by() -> None:
    assert by_source(passing_by) == {}


def test_no_literal_goes_straight_to_a_widget() -> None:
    assert by_source(straight) == {}


def straight(source: Path) -> list[str]:
    """Return the literals with letters that a module puts on the screen without saying them."""
    shown = [
        joined(call.args[SHOWING[name_of(call)]])
        for call in ast.walk(tree(source))
        if isinstance(call, ast.Call) and name_of(call) in SHOWING and len(call.args) > SHOWING[name_of(call)]
    ]
    return [text for text in shown if re.search(r"[A-Za-z]{2,}", text) and not text.startswith(("~/", "breakglass "))]


def by_source(find: Callable[[Path], list[str]]) -> dict[str, list[str]]:
    """Return module -> what was found there, where something was."""
    found = {source.relative_to(CONSOLE).as_posix(): find(source) for source in sources()}
    return {source: texts for source, texts in found.items() if texts}


# --- nothing of it is kept --------------------------------------------------------------------------------


def acting(module: ast.Module) -> set[str]:
    """Return the names by which a module calls actions."""
    froms = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    return {
        name.asname or name.name
        for node in froms
        if (node.module or "").startswith("console.actions")
        for name in node.names
    }


def given_texts(source: Path) -> list[str]:
    """Return the calls of actions to which a module gives a text that was said."""
    module = tree(source)
    names = acting(module)
    return [
        ast.unparse(call)
        for call in ast.walk(module)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).split(".")[0] in names
        and any(isinstance(part, ast.Call) and name_of(part) in SAYING for part in ast.walk(call) if part is not call)
    ]


def test_no_action_is_given_a_text_in_a_language() -> None:
    """What an action is given goes into the journal or under a signature: there stand codes, or what somebody typed."""
    assert by_source(given_texts) == {}


# --- short and plain --------------------------------------------------------------------------------------


def of(code: str, *, but: Set[str] = frozenset()) -> list[str]:
    """Return every text in a language, but those of these English ones."""
    return [TOLD[code][text] if code in TOLD else text for text in TEXTS if text not in but]


@pytest.mark.parametrize("code", language.LANGUAGES[1:])
def test_sentences_are_short(code: str) -> None:
    long = [one for text in of(code) for one in sentences(text) if len(one.split()) > MOST_WORDS]
    assert long == []


@pytest.mark.parametrize("code", language.LANGUAGES[1:])
def test_words_are_plain(code: str) -> None:
    banned = re.compile(rf"\b(?:{BANNED[code]})\b", re.IGNORECASE)
    assert [text for text in of(code, but=FOR_IT) if banned.search(COMMAND.sub("", text))] == []
