# SPDX-License-Identifier: Apache-2.0
"""docs/extending.md says what a newcomer touches: its examples are made in a copy of the project, and hold there."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "extending.md"
MOST = {"An event type": 3, "A kind of credential": 4, "An error with its sentence": 2, "A language": 1}
"""What is promised: the most files that each change may touch."""
UNCOUNTED = "resources/translations/"
"""Where every new sentence goes, whatever it is new for."""
SECTION = re.compile(r"^## (?P<title>[^:\n]+): (?P<files>\d) files?$", re.MULTILINE)
BLOCK = re.compile(
    r"^In `(?P<file>[^`]+)` (?P<where>[^:\n]*(?:`[^`\n]*`)?):\n\n```\w+\n(?P<lines>.*?)^```$", re.M | re.S
)
MADE = re.compile(r"^Made anew: `([\w.]+)`\.", re.MULTILINE)
HELD = re.compile(r"Held by: `([^`]+)`\.")


@dataclass(frozen=True)
class Change:
    """Lines that go into one file: at its end, below the one line with ``below`` in it, or into a new one."""

    file: str
    where: str
    lines: str

    def make(self, root: Path) -> None:
        """Make it in a copy of the project."""
        file = root / self.file
        if self.where == "a new file":
            assert not file.exists(), f"{self.file} is not new"
            file.write_text(self.lines)
        else:
            file.write_text(self.changed(file.read_text()))

    def changed(self, text: str) -> str:
        """Return a file's text with these lines in their place."""
        if self.where == "at the end":
            return f"{text.rstrip()}\n\n\n{self.lines}"
        below = self.where.removeprefix("below `").removesuffix("`")
        lines = text.splitlines(keepends=True)
        found = [at for at, line in enumerate(lines) if below in line]
        assert len(found) == 1, f"{self.file} has {len(found)} lines with {below!r}"
        return "".join([*lines[: found[0] + 1], self.lines, *lines[found[0] + 1 :]])


@dataclass(frozen=True)
class Example:
    """One section of the page."""

    title: str
    files: int
    changes: tuple[Change, ...]
    made: tuple[str, ...]
    held: tuple[str, ...]

    @property
    def touched(self) -> set[str]:
        """The files that count."""
        mine = {change.file for change in self.changes}
        return mine if self.title == "A language" else {file for file in mine if not file.startswith(UNCOUNTED)}


def examples() -> Iterator[Example]:
    """Yield the sections of the page."""
    page = PAGE.read_text()
    heads = [*SECTION.finditer(page)]
    for head, end in zip(heads, [*(later.start() for later in heads[1:]), len(page)], strict=True):
        text = page[head.end() : end]
        changes = tuple(Change(found["file"], found["where"], found["lines"]) for found in BLOCK.finditer(text))
        assert len(changes) == text.count("```") // 2, f"a block of {head['title']!r} does not say where it goes"
        held = tuple(tests for names in HELD.findall(text) for tests in names.split())
        yield Example(head["title"], int(head["files"]), changes, tuple(MADE.findall(text)), held)


EXAMPLES = {example.title: example for example in examples()}
EACH = pytest.mark.parametrize("title", EXAMPLES)


def test_every_promise_has_its_example() -> None:
    assert EXAMPLES.keys() == MOST.keys()


@EACH
def test_it_touches_no_more_files_than_it_says(title: str) -> None:
    example = EXAMPLES[title]
    assert len(example.touched) == example.files <= MOST[title]
    assert example.held


@EACH
def test_its_places_are_there(title: str) -> None:
    for change in EXAMPLES[title].changes:
        if change.where != "a new file":
            assert change.lines in change.changed((ROOT / change.file).read_text())


def run(root: Path, *words: str) -> None:
    """Run a module of the copy; what it says stands in the failure."""
    ended = subprocess.run([sys.executable, "-m", *words], cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]


def copied(root: Path) -> Path:
    """Copy what is checked of the project."""
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("console", "docs", "packaging", "resources", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, root / name)
    return root


@pytest.mark.long
@EACH
def test_it_holds_where_it_is_made(title: str, tmp_path: Path) -> None:
    root, example = copied(tmp_path / "copy"), EXAMPLES[title]
    for change in example.changes:
        change.make(root)
    for module in example.made:
        run(root, module)
    run(root, "pytest", "-q", "-p", "no:cacheprovider", *example.held)


@pytest.mark.long
def test_all_of_them_pass_the_checks_of_types_and_style(tmp_path: Path) -> None:
    root = copied(tmp_path / "copy")
    for change in (change for example in EXAMPLES.values() for change in example.changes):
        change.make(root)
    run(root, "ruff", "format", "--check", ".")
    run(root, "ruff", "check", ".")
    run(root, "mypy")
