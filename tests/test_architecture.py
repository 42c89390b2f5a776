# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a machine can check: who imports whom, sizes, names, pins, and what no file may say."""

import ast
import importlib.metadata
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

PROJECT = Path(__file__).parent.parent
CONSOLE = PROJECT / "console"
MODULES = sorted(CONSOLE.rglob("*.py"))

MAX_FUNCTION_LINES = 50
MAX_METHODS = 15

LICENCE_LINE = "# SPDX-License-Identifier: Apache-2.0\n"
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "base", "manager", "misc"}
LIBRARIES_WITH_A_DOOR = {"PySide6": "6.11.3", "python-pkcs11": "0.10.1", "sqlcipher3": "0.6.4"}

# Written in two halves, so that this file does not accuse itself.
MACHINE_TRACES = ["pypi" + ".org", "files." + "pythonhosted", "deb." + "debian", "/" + "root/", "/" + "work/"]


def name_of(module: Path) -> str:
    return module.relative_to(PROJECT).as_posix()


def functions_of(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def classes_of(module: Path) -> Iterator[ast.ClassDef]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ClassDef):
            yield node


def statements_of(module: Path) -> list[ast.stmt]:
    tree = ast.parse(module.read_text())
    return tree.body[1:] if ast.get_docstring(tree) is not None else tree.body


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_module_is_in_a_circle() -> None:
    graph = grimp.build_graph("console", cache_dir=None)
    depends = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(depends).prepare()  # CycleError otherwise


# import-linter cannot name a module that is not there, so the courier's contracts come with the courier.
@pytest.mark.parametrize("process", ["tokens", "courier"])
def test_child_processes_are_fenced_in(process: str) -> None:
    if not (CONSOLE / process).exists():
        pytest.skip("not written yet")
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    name = f"console.{process}"
    assert [c for c in contracts if name in c.get("protected_modules", []) and c["allowed_importers"] == []]
    assert [c for c in contracts if [name] == c.get("source_modules") and c["type"] == "forbidden"]


def test_functions_are_short() -> None:
    sizes = {f"{name_of(m)}:{f.name}": lines_of(f) for m in MODULES for f in functions_of(m)}
    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION_LINES} == {}


def test_classes_have_few_methods() -> None:
    counts = {
        f"{name_of(module)}:{klass.name}": sum(isinstance(part, ast.FunctionDef) for part in klass.body)
        for module in MODULES
        for klass in classes_of(module)
    }
    assert {name: count for name, count in counts.items() if count > MAX_METHODS} == {}


def test_layers_hold_their_code_in_modules_with_names() -> None:
    layers = [*CONSOLE.glob("*/__init__.py"), *CONSOLE.glob("gui/*/__init__.py")]
    assert [name_of(layer) for layer in layers if statements_of(layer)] == []


def test_every_module_names_its_licence_first() -> None:
    written = [module for module in MODULES if module.name != "__init__.py"]
    assert [name_of(m) for m in written if not m.read_text().startswith(LICENCE_LINE)] == []


def test_every_folder_of_the_program_is_a_package() -> None:
    assert [name_of(m) for m in MODULES if not (m.parent / "__init__.py").exists()] == []


def test_modules_have_names_that_say_something() -> None:
    words = {name_of(m): set(m.stem.split("_")) | {m.parent.name} for m in MODULES}
    assert [name for name, said in words.items() if said & NAMES_THAT_SAY_NOTHING] == []


def test_every_module_is_typed_without_blanket_exceptions() -> None:
    assert [name_of(m) for m in MODULES if "# mypy:" in m.read_text() or "# ruff: noqa" in m.read_text()] == []


@pytest.mark.parametrize(("library", "version"), LIBRARIES_WITH_A_DOOR.items())
def test_libraries_have_the_version_that_was_examined(library: str, version: str) -> None:
    distribution = "PySide6-Essentials" if library == "PySide6" else library
    assert importlib.metadata.version(distribution) == version


def test_the_program_and_its_changelog_agree_on_the_version() -> None:
    assert f"## [{importlib.metadata.version('breakglass-console')}]" in (PROJECT / "CHANGELOG.md").read_text()


# PySide6 6.12.0 on Python 3.11 loses one reference to None in every call of a setter; the interpreter
# starts with about 5,200 of them and aborts when they are used up.
@pytest.mark.usefixtures("qapp")
def test_qt_binding_does_not_eat_references_to_none() -> None:
    from PySide6.QtWidgets import QLabel

    label = QLabel()
    before = sys.getrefcount(None)
    for _ in range(500):
        label.setText("x")
    assert sys.getrefcount(None) > before - 100


def test_no_file_names_a_package_index_or_this_machine() -> None:
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    files = [PROJECT / name for name in found.stdout.split("\0") if (PROJECT / name).is_file()]
    traces = {
        name_of(file): [trace for trace in MACHINE_TRACES if trace.encode() in file.read_bytes()]
        for file in files
        if file.suffix not in {".png", ".ttf", ".otf", ".pdf"}
    }
    assert {name: found for name, found in traces.items() if found} == {}


def test_no_test_module_imports_another() -> None:
    """What several need lies in ``tests/support`` or beside them, under a name that says what it is."""
    tests = PROJECT / "tests"
    found = {
        (str(file.relative_to(tests)), module)
        for file in tests.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for module in imported(node)
        if module.startswith("tests.") and any(part.startswith("test_") for part in module.split("."))
    }
    assert found == set()


def imported(node: ast.AST) -> list[str]:
    """Return the modules, and what may be one, that an import names."""
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
