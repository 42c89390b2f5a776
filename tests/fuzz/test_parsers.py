# SPDX-License-Identifier: Apache-2.0
"""Every parser of outside bytes, fed with spoilt ones: an error of this program or the one spelling, nothing else.

And none is forgotten: whatever is called like a parser stands in the table, or beside it with the reason.
"""

import ast
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.canonical import decode_object, encode
from console.domain.errors import ConsoleError, Misused
from tests.fuzz.parsers import BY_OBJECT, NO_PARSER, PARSERS
from tests.support.parsed_objects import CASES

CONSOLE = Path(__file__).parents[2] / "console"
MOST_SECONDS, MOST_BYTES = 5.0, 64 * 1024 * 1024
TOKENS = (
    b"",
    b"\0",
    b"\xff",
    b"\n",
    b"\r\n",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e9",
    b"9" * 400,
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"[",
    b"{",
    b"}",
    b"=",
    b"/",
    b"+",
    b" ",
    b"\t",
    "\u200b".encode(),
    "ñ".encode(),
    "n\u0303".encode(),
    "—".encode(),
    b"\xed\xa0\x80",
    b"-----BEGIN",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
)
BOMBS = (
    b"",
    b"\0" * 70_000,
    b"\xff" * 70_000,
    b"9" * 70_000,
    b"[" * 70_000,
    b'{"a":' * 20_000,
    b'["' + b"a" * 70_000,
    b"A" * 70_000,
    b" " * 70_000,
    b"\n" * 70_000,
    b"\\" * 70_000,
    b"-" * 70_000,
    b"=" * 70_000,
    b"a=" * 30_000,
    b"[[a]]\n" * 10_000,
    b"abandon " * 9_000,
    b"2" * 70_000,
    b"old 0\n" + b"AAAA\n" * 14_000,
    b"\xff" * 8,
    b"\0\0\xff\xff" * 2,
)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def spoilt(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed of which up to four places are flipped, cut, repeated, filled, or taken from another seed."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        at, to = sorted(draw(st.integers(0, len(data))) for _ in range(2))
        deed = draw(st.sampled_from(("flip", "cut", "repeat", "put", "splice", "end")))
        if deed == "flip" and data:
            data[min(at, len(data) - 1)] ^= 1 << draw(st.integers(0, 7))
        elif deed == "cut":
            del data[at:to]
        elif deed == "repeat":
            data[at:at] = data[at:to]
        elif deed == "put":
            data[at:to] = draw(st.sampled_from(TOKENS) | st.binary(max_size=12))
        elif deed == "splice":
            data[at:] = draw(st.sampled_from(seeds))[at:]
        else:
            data += draw(st.sampled_from(TOKENS))
    return bytes(data)


def feed(name: str, data: bytes) -> None:
    """Let a parser read; whatever it takes has one spelling."""
    try:
        taken = PARSERS[name].read(data)
    except Misused as error:
        pytest.fail(f"{name} calls outside bytes our bug: {error} {data!r}")
    except ConsoleError:
        return
    assert taken is None or taken == data


def fuzz(name: str, data: st.DataObject) -> None:
    for _ in range(4):
        feed(name, data.draw(spoilt(PARSERS[name].seeds)))
    feed(name, data.draw(st.binary(max_size=60)))


@pytest.mark.parametrize("name", PARSERS)
def test_every_seed_is_taken(name: str) -> None:
    for seed in PARSERS[name].seeds:
        taken = PARSERS[name].read(seed)
        assert taken is None or taken == seed


@pytest.mark.parametrize("name", PARSERS)
def test_neither_time_nor_memory_runs_away(name: str) -> None:
    for bomb in BOMBS:
        tracemalloc.start()
        begun = time.thread_time()
        feed(name, bomb)
        seconds, (_, most) = time.thread_time() - begun, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert seconds < MOST_SECONDS and most < MOST_BYTES, (bomb[:10], seconds, most)


@pytest.mark.parametrize("name", PARSERS)
def test_a_member_that_is_missing_or_unknown_is_not_passed_over(name: str) -> None:
    for seed in PARSERS[name].seeds:
        for changed in changed_members(seed):
            feed(name, changed)


def changed_members(seed: bytes) -> Iterator[bytes]:
    """Yield a JSON object's canonical bytes without each of its members, and with one more; nothing of other bytes."""
    try:
        value = decode_object(seed)
    except ConsoleError:
        return
    for gone in value:
        yield encode({name: member for name, member in value.items() if name != gone})
    yield encode({**value, "zz": 1})


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", PARSERS)
def test_spoilt_bytes_are_refused_by_name(name: str, data: st.DataObject) -> None:
    fuzz(name, data)


@pytest.mark.long
@MANY
@given(data=st.data())
@pytest.mark.parametrize("name", PARSERS)
def test_spoilt_bytes_are_refused_by_name_for_long(name: str, data: st.DataObject) -> None:
    fuzz(name, data)


# --- none is forgotten ----------------------------------------------------------------------------------------

PLACES = (
    "domain",
    "settings.py",
    "tokens/wire.py",
    "adapters/journal/mirror.py",
    "adapters/journal/checkers.py",
    "adapters/slip39/words.py",
    "adapters/qr",
)
STARTS = ("parse", "decode", "read", "load", "from_", "open_")
OUTSIDE = (
    "bytes",
    "str",
    "Json",
    "Object",
    "Any",
    "memoryview",
    "Mapping[str, Json]",
    "Mapping[str, object]",
    "Sequence[str]",
    "Iterable[bytes]",
    "ReadInto",
    "Path",
    "Sealed",
)


def called_like_a_parser() -> Iterator[str]:
    """Yield what takes outside bytes by its name and by its first argument."""
    for place in PLACES:
        path = CONSOLE / place
        for module in [path] if path.is_file() else sorted(path.rglob("*.py")):
            prefix = ".".join(module.relative_to(CONSOLE).with_suffix("").parts)
            tree = ast.parse(module.read_text())
            scopes = [("", tree.body), *((f"{c.name}.", c.body) for c in tree.body if isinstance(c, ast.ClassDef))]
            for scope, body in scopes:
                yield from (f"{prefix}.{scope}{name}" for name in map(parser_name, body) if name)


def parser_name(part: ast.stmt) -> str:
    """Return the name of a function that is called like a parser; empty for anything else."""
    if not isinstance(part, ast.FunctionDef) or not part.name.startswith(STARTS):
        return ""
    arguments = [one for one in (*part.args.posonlyargs, *part.args.args) if one.arg != "self"]
    kind = arguments[0].annotation if arguments else None
    return part.name if kind is not None and ast.unparse(kind) in OUTSIDE else ""


def test_no_parser_is_forgotten() -> None:
    told = {*PARSERS, *BY_OBJECT, *NO_PARSER}
    assert set(called_like_a_parser()) - told == set()


def test_the_structured_cases_exist() -> None:
    assert set(BY_OBJECT.values()) <= set(CASES)
