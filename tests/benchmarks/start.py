# SPDX-License-Identifier: Apache-2.0
"""How fast the command starts: ``--help`` against bare argparse, ``journal list`` against its bare parts.

    python tests/benchmarks/start.py [--quick] [--json] [--write] [--folder DIR]

The bare parts of ``journal list``, in one process: Python, the imports of the same modules in the same order, SQLCipher
opened with the raw key, the last 100 rows. Where ours goes: the modules' own import time, by package.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from console.actions.entries import draft, unlocked_person
from console.actions.station import lifecycle as station_actions
from console.cli.arguments import NOUNS
from console.domain.entries.station import StationUnlocked
from tests.benchmarks.performance import Row, finish, in_turns, options, row, timed
from tests.support.stations import make_station, opened

PYTHON = (sys.executable, "-I")
COMMAND = str(Path(sys.executable).with_name("breakglass"))
ENTRIES = 1000
LAST = 100
PACKAGES_SHOWN = 7
HELP_TARGET, LIST_TARGET = 2.0, 1.4

BARE_HELP = """\
from argparse import SUPPRESS, ArgumentParser
parser = ArgumentParser(prog="bare", description="The same number of parsers and arguments.")
for name in ("--station", "--pins", "--as"):
    parser.add_argument(name, metavar="VALUE", default=SUPPRESS, help="the help of this option")
parser.add_argument("--json", action="store_true", default=SUPPRESS, help="the help of this option")
nouns = parser.add_subparsers(dest="noun", metavar="NOUN", required=True)
for name, help_ in {nouns}:
    nouns.add_parser(name, help=help_, description=help_)
parser.parse_args()
"""
BARE_LIST = """\
import sys
{imports}
import sqlcipher3
path, key = sys.argv[1], sys.stdin.read()
with open(path, "rb") as file:
    salt = file.read(16).hex()
db = sqlcipher3.connect(path, isolation_level=None)
db.execute(f'''PRAGMA key="x'{{key}}{{salt}}'\"''')
assert len(db.execute("SELECT body FROM entry ORDER BY seq DESC LIMIT {last}").fetchall()) == {last}
"""
_IMPORT = re.compile(r"^import time:\s*(\d+) \|\s*\d+ \| +([\w.]+)$", re.MULTILINE)


def run(command: Sequence[str], given: str = "") -> str:
    """Return what a command prints on stderr; its status must be 0."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return done.stderr


def helping(rounds: int, folder: Path) -> Row:
    """``--help``: every start pays for this, whatever it does then."""
    script = folder / "help.py"
    script.write_text(BARE_HELP.format(nouns=list(NOUNS.items())))
    ours, bare = in_turns(
        rounds,
        *(partial(timed, partial(run, command)) for command in ((COMMAND, "--help"), (*PYTHON, str(script), "--help"))),
    )
    measured = row("breakglass --help", ours, bare, HELP_TARGET)
    return _with_imports(measured, _imports("--help"))


def listing(rounds: int, folder: Path) -> Row:
    """``journal list`` of the newest entries through a running keeper."""
    with station(folder) as (home, key):
        asked = ("--station", str(home), "journal", "list", "--after", str(ENTRIES - LAST), "--limit", str(LAST))
        imports = _imports(*asked)
        script = folder / "list.py"
        script.write_text(BARE_LIST.format(imports=_statements(imports), last=LAST))
        parts = (*PYTHON, str(script), str(home / "journal.db"))
        ours, bare = in_turns(
            rounds, partial(timed, partial(run, (COMMAND, *asked))), partial(timed, partial(run, parts, key))
        )
    return _with_imports(row(f"journal list, {ENTRIES:,} entries", ours, bare, LIST_TARGET), imports)


@contextmanager
def station(folder: Path) -> Iterator[tuple[Path, str]]:
    """Lend an unlocked station with a filled journal: its folder, the database key in hexadecimal digits."""
    settings, pins = make_station(folder)
    place = opened(settings, pins)
    try:
        with place.console() as console:
            by = unlocked_person(console)
            console.journal.append([draft(console, StationUnlocked(), by) for _ in range(ENTRIES)])
            key = station_actions.open_database_key(console.vault, console.hsm, console.policy.roster).hex()
        yield settings.folder, key
    finally:
        station_actions.lock(place.locked)
        place.close()


def _imports(*arguments: str) -> dict[str, float]:
    """Return module -> own milliseconds of a command, in the order in which they were done with."""
    told = run((sys.executable, "-I", "-X", "importtime", "-m", "console", *arguments))
    return {name: int(own) / 1000 for own, name in _IMPORT.findall(told)}


def _statements(imports: Mapping[str, float]) -> str:
    # What ran as a script, or is only there by another module's hand, cannot be imported by its name.
    lines = (f"    import {name}" for name in imports if not name.endswith("__main__"))
    return "\n".join(f"try:\n{line}\nexcept ImportError:\n    pass" for line in lines)


def _with_imports(measured: Row, imports: Mapping[str, float]) -> Row:
    own: dict[str, float] = {}
    for name, took in imports.items():
        package = name.partition(".")[0]
        package = "the standard library" if package.lstrip("_") in _STANDARD else package
        own[package] = own.get(package, 0.0) + took
    dearest = sorted(own, key=lambda name: -own[name])[:PACKAGES_SHOWN]
    return replace(measured, parts={f"import {name}": own[name] for name in dearest})


_STANDARD = {name.lstrip("_") for name in sys.stdlib_module_names}


def main() -> int:
    """Measure, print, judge."""
    chosen = options(__doc__)
    rounds = 3 if chosen.quick else 21
    with tempfile.TemporaryDirectory(prefix="bg-", dir=chosen.folder) as folder:
        rows = [helping(rounds, Path(folder)), listing(rounds, Path(folder))]
    return finish("Start of the command", rows, chosen)


if __name__ == "__main__":
    sys.exit(main())
