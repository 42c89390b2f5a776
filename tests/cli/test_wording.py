# SPDX-License-Identifier: Apache-2.0
"""Every code that the program can raise or store has words, and no words stand for nothing."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from console import wording
from console.domain import errors
from console.domain.activation import justification, state
from console.domain.errors import Cancelled, ConsoleError, Corrupt, Misused, Refused, Unavailable
from console.sentences import errors as sentences
from console.sentences.checks import CHECKS, CHECKS_NOW, CHECKS_WRONG, COMMANDS, OTHERWISE
from console.sentences.entry_words import who

CONSOLE = Path(__file__).parents[2] / "console"
FAMILIES = {"Refused": Refused, "Unavailable": Unavailable, "Corrupt": Corrupt, "Misused": Misused}
WORDS = {"Refused": sentences.REFUSED, "Unavailable": sentences.UNAVAILABLE, "Corrupt": sentences.CORRUPT}
ADVISED = {**sentences.REFUSED, **sentences.UNAVAILABLE}
MOST_WORDS = 20

# Where the code is not written beside the error: file, variable, and what it may be.
FOUND_ELSEWHERE = {
    ("domain/codec.py", "Corrupt", "code"): {"event_shape", "spool_shape"},
    ("adapters/journal/database.py", "Corrupt", "code"): {"journal_format", "journal_of_another_station"},
    ("adapters/hsm/station.py", "Unavailable", "code"): {"keeper_busy", "station_locked"},
    ("actions/privacy/erasure.py", "Refused", "over"): {"erasure_overtaken", "erased_before"},
    ("adapters/camera.py", "Unavailable", "code"): {"camera_gone", "camera_denied", "camera_busy"},
    ("cli/handover.py", "Refused", "OTHERS[wanted]"): {
        "not_a_card",
        "not_a_change",
        "not_a_pin_card",
        "not_a_signature",
    },
    ("gui/kit/files.py", "Unavailable", "code"): {"file_unreadable", "not_written"},
    ("domain/canonical.py", "Corrupt", "code"): {
        "slot_shape",
        "table_shape",
        "database_key_shape",
        "record_shape",
        "canary_shape",
        "escrow_shape",
        "sheet_set_shape",
        "stand_in_shape",
        "approval_shape",
        "errand_shape",
        "kept_answer_shape",
        "memory_shape",
        "pinned_shape",
        "pin_card_shape",
        "arrival_shape",
        "card_shape",
        "answer_shape",
        "bundle_shape",
        "erasure_shape",
        "heard_shape",
        "prepared_shape",
        "backup_shape",
        "mirror_garbled",
        "new_hsm_shape",
        "renewal_shape",
        "cosignature_shape",
        "witness_key_shape",
        "counsel_wrap_shape",
        "draft_shape",
    },
}


@dataclass(frozen=True)
class Raised:
    """One place in the source that makes an error."""

    place: str
    family: str
    codes: frozenset[str]
    facts: frozenset[str]


def literals(node: ast.expr) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def codes_of(file: str, family: str, argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.Constant):
        return literals(argument)
    if isinstance(argument, ast.IfExp):
        return literals(argument.body) | literals(argument.orelse)
    return FOUND_ELSEWHERE.get((file, family, ast.unparse(argument)), set())


def raised_in_source() -> Iterator[Raised]:
    for module in sorted(CONSOLE.rglob("*.py")):
        file = module.relative_to(CONSOLE).as_posix()
        for node in ast.walk(ast.parse(module.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAMILIES):
                continue
            codes = codes_of(file, node.func.id, node.args[0])
            assert codes, f"{file}:{node.lineno}: say in FOUND_ELSEWHERE what this code may be"
            facts = frozenset(keyword.arg or "*" for keyword in node.keywords)
            yield Raised(f"{file}:{node.lineno}", node.func.id, frozenset(codes), facts)


def test_every_check_says_what_to_do_now() -> None:
    assert CHECKS_NOW.keys() == CHECKS.keys() == CHECKS_WRONG.keys()
    assert COMMANDS.keys() <= CHECKS.keys() | OTHERWISE.keys()
    assert not set(CHECKS.values()) & set(CHECKS_WRONG.values())
    assert not [now for now in CHECKS_NOW.values() if "breakglass" in now]


def test_whoever_acted_has_words_even_where_nothing_proves_them() -> None:
    assert [who(name) for name in ("program", "claimed", "Eva Falk (legal-ops-1)")] == [
        "program",
        "somebody, unproven",
        "Eva Falk (legal-ops-1)",
    ]


BANNED = ("slot", "CKR", "PKCS", "epoch", "anchor")


@pytest.mark.parametrize("id_", OTHERWISE)
def test_what_to_do_otherwise_is_short_and_without_jargon(id_: str) -> None:
    assert len(OTHERWISE[id_].split()) <= MOST_WORDS
    assert OTHERWISE[id_].endswith(".")
    assert not [word for word in BANNED if word.casefold() in OTHERWISE[id_].casefold()]


@pytest.mark.parametrize("id_", CHECKS)
def test_what_to_do_about_a_check_is_short_and_without_jargon(id_: str) -> None:
    now = CHECKS_NOW[id_]
    assert len(now.split()) <= MOST_WORDS
    assert now.endswith(".")
    assert not [word for word in BANNED if word.casefold() in f"{now} {CHECKS[id_]} {CHECKS_WRONG[id_]}".casefold()]


def from_modules() -> dict[str, set[str]]:
    """Return the codes that a token process translates from a module's errors, by family."""
    tree = ast.parse((CONSOLE / "tokens/failures.py").read_text())
    tables = {
        ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target): node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
    }
    devices, codes = literals(tables["_DEVICE_CODES"]), literals(tables["CODES"])
    return {"Unavailable": devices, "Refused": codes - devices}


RAISED = list(raised_in_source())


def codes_raised(family: str) -> set[str]:
    found = {code for raised in RAISED if raised.family == family for code in raised.codes}
    return found | from_modules().get(family, set())


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("family", WORDS)
def test_every_code_has_its_sentences_and_no_sentence_is_left_over(family: str) -> None:
    assert set(WORDS[family]) - codes_raised(family) == set()
    assert codes_raised(family) - set(WORDS[family]) == set()


@pytest.mark.parametrize("family", WORDS)
def test_every_fact_in_a_sentence_is_supplied_wherever_its_code_is_raised(family: str) -> None:
    lacking = [
        f"{raised.place}: {code} lacks {names}"
        for raised in RAISED
        if raised.family == family
        for code in raised.codes
        if "*" not in raised.facts and (names := placeholders(said_of(family, code)) - raised.facts)
    ]
    assert lacking == []


def said_of(family: str, code: str) -> str:
    """Return what happened and what to do now: both have places."""
    found = WORDS[family].get(code, "")
    return found if isinstance(found, str) else " ".join(found)


@pytest.mark.parametrize(
    ("error", "now"),
    [
        (Refused("deputy_wrong", member="it-1", deputy="legal-2", group="it"), "Name somebody else of it."),
        (
            Refused("member_is_another", member="it-2", name="Deniz Eren", role="it"),
            "Choose another short name, or remove it-2 first.",
        ),
    ],
)
def test_what_to_do_now_names_what_it_is_about(error: Refused, now: str) -> None:
    assert wording.explain(error).now == now


@pytest.mark.parametrize(
    "now", sorted({now for _, now in ADVISED.values()} | {sentences.BEGIN_ANEW, sentences.STOP, sentences.TAKE_ANOTHER})
)
def test_what_to_do_now_is_one_short_sentence(now: str) -> None:
    assert len(now.split()) <= MOST_WORDS
    assert now.endswith(".")
    assert not now.startswith(("Please", "You "))


JARGON = ("epoch", "Merkle", "PKCS", "CKR", " slot", "AES", "nonce", "blob", "digest", "HPKE", "leaf")


def test_sentences_use_plain_words() -> None:
    said = [
        *[text for pair in ADVISED.values() for text in pair],
        *sentences.CORRUPT.values(),
        *wording.PROBLEMS.values(),
        *wording.MESSAGES.values(),
        *wording.ENTRY_TYPES.values(),
        *wording.FINDINGS.values(),
    ]
    assert [text for text in said if any(word in text for word in JARGON)] == []


def test_a_bug_names_its_code_and_asks_for_a_report() -> None:
    said = wording.explain(Misused("entry_shape", member="act"))
    assert "entry_shape" in said.what
    assert "report" in said.now


def test_an_unknown_code_is_said_to_be_a_bug_and_never_fails() -> None:
    assert "no_such_code" in wording.explain(Refused("no_such_code")).what


def test_a_missing_fact_leaves_a_gap_instead_of_an_error() -> None:
    assert wording.explain(Refused("unknown_activation")).what == "There is no activation ?."


def test_calling_off_is_explained() -> None:
    assert wording.explain(Cancelled()).what == "It was called off."


def test_the_last_try_of_a_pin_is_told() -> None:
    assert "One try is left" in wording.explain(Refused("pin_wrong", tries="last")).what


def test_every_family_is_known_to_the_words() -> None:
    assert {kind.__name__ for kind in ConsoleError.__subclasses__()} == set(FAMILIES)
    assert {errors.Refused.family, errors.Unavailable.family, errors.Corrupt.family} == {name.lower() for name in WORDS}


def test_every_state_has_words() -> None:
    assert set(wording.STATES) == set(state.STATES)


def texts_of(file: str) -> set[str]:
    return literals_of(ast.parse((CONSOLE / file).read_text()))


def literals_of(tree: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_every_problem_of_a_request_has_words() -> None:
    said = texts_of("domain/activation/justification.py") | texts_of("domain/record/note.py")
    assert set(wording.PROBLEMS) - said == set()
    codes = {"missing", "unknown_field"} | codes_returned("domain/activation/justification.py")
    assert codes - set(wording.PROBLEMS) == set()


def codes_returned(file: str) -> set[str]:
    """Return the texts that the functions of a file return or yield as codes."""
    tree = ast.parse((CONSOLE / file).read_text())
    returned = [n.value for n in ast.walk(tree) if isinstance(n, ast.Return) and n.value is not None]
    bodies = [n.body for n in ast.walk(tree) if isinstance(n, ast.Lambda)]
    ends = [part for node in [*returned, *bodies] for part in branches(node)]
    yielded = [n.value.elts[1] for n in ast.walk(tree) if isinstance(n, ast.Yield) and isinstance(n.value, ast.Tuple)]
    constants = [n for n in [*ends, *yielded] if isinstance(n, ast.Constant)]
    return {n.value for n in constants if isinstance(n.value, str)}


def branches(node: ast.expr) -> list[ast.expr]:
    return [*branches(node.body), *branches(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def test_the_rule_of_a_free_text_is_quoted() -> None:
    said = wording.explain(Refused("request_incomplete", problems=(("reason", "says_nothing"),)))
    assert said.what.splitlines()[1] == (
        f"reason: it says nothing: at least {justification.MIN_LETTERS} letters and "
        f"{justification.MIN_WORDS} different words are needed."
    )


def test_an_answer_that_was_given_is_told_in_words() -> None:
    said = wording.explain(Refused("already_answered", decision="approve", at="2026-11-27T18:27:53.657Z"))
    assert said.what.startswith("This request was answered already: approved, at 2026-11-27 ")
    assert "approve," not in said.what and "657Z" not in said.what


def test_allowed_values_are_named() -> None:
    assert "total" in wording.problem("category", "not_in_list")


ENTRY_TYPE = re.compile(r"(station|keyholder|credential|activation|release|ceremony|journal|recovery|clock)\.[a-z_]+")


def test_every_entry_type_in_the_source_has_words() -> None:
    written = {
        text
        for file in (CONSOLE / "actions").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call | ast.Dict)
        for text in direct_literals(node)
        if ENTRY_TYPE.fullmatch(text)
    }
    assert written - {"station.mode"} - set(wording.ENTRY_TYPES) == set()


def direct_literals(node: ast.Call | ast.Dict) -> set[str]:
    parts = node.args if isinstance(node, ast.Call) else node.values
    return {n.value for n in parts if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_everything_said_by_the_way_has_words() -> None:
    said = {
        argument
        for module in CONSOLE.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say"
        for argument in literals(node.args[0])
    }
    assert said | warnings() == set(wording.MESSAGES)


def warnings() -> set[str]:
    """Return the codes that an activation warns with."""
    tree = ast.parse((CONSOLE / "domain/activation/state.py").read_text())
    (function,) = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "warnings"]
    tables = [n for n in ast.walk(function) if isinstance(n, ast.Dict)]
    return {key.value for t in tables for key in t.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def test_every_check_and_finding_has_words() -> None:
    checks = {
        text
        for file in (CONSOLE / "actions").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("check", "warn_of", "_check") and node.args
        for text in direct_literals(node)
    }
    assert checks == set(CHECKS)
    reported = {
        text
        for file in ("adapters/journal/verification.py", "adapters/journal/deep.py")
        for node in ast.walk(ast.parse((CONSOLE / file).read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("report")
        for text in literals(node.args[0])
    }
    assert reported - set(wording.FINDINGS) - set(sentences.CORRUPT) == set()


def test_how_well_times_are_known_is_said_in_hours_and_minutes() -> None:
    noted = {"clock.boot": 2, "clock.step": 0, "clock.slept": 0}
    report = {"widest": {"seq": 7, "ms": 7_325_001}, "unbounded": 3, "contradictions": 1, "noted": noted}
    assert wording.times_known(report) == [
        "The least known time is that of entry 7: within 2 h 2 min.",
        "For 3 entries, clocks outside bound the time on one side at most.",
        "Noted 2 ×: the computer was started again.",
        "Clocks outside contradict one another or this station's: compare the entries with their times.",
    ]
    assert wording.times_known({**report, "widest": {"seq": 7, "ms": 180_301}})[0].endswith("within 3 min 1 s.")
    assert wording.times_known({"widest": None, "unbounded": 0, "contradictions": 0, "noted": {}}) == []
