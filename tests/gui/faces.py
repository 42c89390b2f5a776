# SPDX-License-Identifier: Apache-2.0
"""What each face can do, read from its code: which actions it calls, and with which of their parameters."""

import argparse
import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeGuard

from console.cli import arguments

PROJECT = Path(__file__).parents[2]
DOORS = ("console.actions.", "console.wiring.founding")
"""Where both faces go for what they do."""
WHOLE = "*"
"""Stands for: handed on as it is, so that nobody can see here with what it is called."""


@dataclass
class Uses:
    """Names of actions, ``room.module.function``, each with the parameters that are given somewhere."""

    found: dict[str, set[str]] = field(default_factory=dict)

    def add(self, other: "Uses") -> None:
        """Take these in, too."""
        for name, given in other.found.items():
            self.found.setdefault(name, set()).update(given)

    def asked(self) -> Iterator[tuple[str, str]]:
        """Yield (action, parameter) for each parameter that is given; the parameter may be ``WHOLE``."""
        for name, given in self.found.items():
            for parameter in given or {WHOLE}:
                yield name, parameter

    def gives(self, name: str, parameter: str) -> bool:
        """Return whether this parameter of this action is given somewhere; ``WHOLE``: whether it is used at all."""
        return name in self.found and (parameter == WHOLE or bool(self.found[name] & {parameter, WHOLE}))


def verbs() -> Iterator[tuple[str, str]]:
    """Yield every (noun, verb) of the command."""
    for noun in arguments.NOUNS:
        parser = argparse.ArgumentParser()
        import_module(f"console.cli.nouns.{noun}").add(parser)
        below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        for verb in below[0].choices if below else [noun]:
            yield noun, verb


@cache
def of_verb(noun: str, verb: str) -> Uses:
    """Return what one verb of the command uses, through however many functions of that face."""
    start = import_module(f"console.cli.{noun}").VERBS[verb]
    return _reached(start)


@cache
def of_command() -> Uses:
    """Return what the whole command uses, but for the demo: its story is no verb for people."""
    return _united(of_verb(noun, verb) for noun, verb in verbs() if noun != "demo")


@cache
def of_window() -> Uses:
    """Return what the gestures of the window use."""
    modules = sorted((PROJECT / "console" / "gui").rglob("*.py"))
    return _united(_of_module(import_module(_name(path))) for path in modules if path.stem != "__init__")


def _united(parts: Iterable[Uses]) -> Uses:
    whole = Uses()
    for part in parts:
        whole.add(part)
    return whole


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts)


def _of_module(module: ModuleType) -> Uses:
    tree = ast.parse(inspect.getsource(module))
    uses, _ = _read(tree, module)
    return uses


def _reached(start: object) -> Uses:
    uses, seen, waiting = Uses(), set[int](), [start]
    while waiting:
        part = _bare(waiting.pop())
        if isinstance(part, dict):
            waiting += part.values()
        if id(part) in seen or not _is_of_command(part):
            continue
        seen.add(id(part))
        module = import_module(part.__module__)
        found, onward = _read(ast.parse(inspect.cleandoc("\n" + inspect.getsource(part))), module)
        uses.add(found)
        waiting += onward
    return uses


def _bare(part: object) -> object:
    while hasattr(part, "func"):  # functools.partial
        part = part.func
    return inspect.unwrap(part) if isinstance(part, FunctionType) else part


def _is_of_command(part: object) -> TypeGuard[FunctionType | type]:
    return isinstance(part, FunctionType | type) and part.__module__.startswith("console.cli.")


def _read(tree: ast.AST, module: ModuleType) -> tuple[Uses, list[object]]:
    """Return the actions that a piece of code uses, and everything else that it names."""
    names = dict(vars(module)) | _imported(tree)
    uses, onward, called = Uses(), [], set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            callee, given = node.func, node
            if isinstance(callee, ast.Name) and callee.id == "partial" and node.args:
                callee = node.args[0]
                given = ast.Call(callee, node.args[1:], node.keywords)
            elif isinstance(callee, ast.Name) and callee.id == "call" and node.args:
                # The worker gives the console, which stands before all that is given here.
                callee = node.args[0]
                given = ast.Call(callee, node.args, node.keywords)
            found = _resolved(callee, names)
            if _is_action(found):
                called.add(callee)
                uses.found.setdefault(_of(found), set()).update(_given(found, given))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and node not in called:
            found = _resolved(node, names)
            if _is_action(found):
                uses.found.setdefault(_of(found), set()).add(WHOLE)
            elif found is not None:
                onward.append(found)
    return uses, onward


def _imported(tree: ast.AST) -> dict[str, object]:
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("console"):
            for alias in node.names:
                source = import_module(node.module)
                part = getattr(source, alias.name, None) or import_module(f"{node.module}.{alias.name}")
                found[alias.asname or alias.name] = part
    return found


def _resolved(node: ast.expr, names: dict[str, object]) -> object:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolved(node.value, names)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


def _is_action(part: object) -> TypeGuard[FunctionType]:
    return isinstance(part, FunctionType) and part.__module__.startswith(DOORS)


def _of(part: FunctionType) -> str:
    return f"{part.__module__.removeprefix('console.').removeprefix('actions.')}.{part.__name__}"


def _given(action: FunctionType, call: ast.Call) -> set[str]:
    parameters = list(inspect.signature(action).parameters)
    if any(isinstance(part, ast.Starred) for part in call.args) or any(k.arg is None for k in call.keywords):
        return {WHOLE}
    return {*parameters[: len(call.args)], *(k.arg for k in call.keywords if k.arg)}
