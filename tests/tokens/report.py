# SPDX-License-Identifier: Apache-2.0
"""Measure every implementation and write the table in docs/tokens.md: ``python -m tests.tokens.report --write``.

Nothing in the table is said by a maker or a header file: each cell is what happened in this run.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from console.adapters.hsm.person import EnrolledKey, PersonToken
from console.adapters.hsm.station import StationHsm, unlock
from console.domain.errors import ConsoleError
from console.domain.policy.keyholder import TokenKeys
from tests.tokens.devices import IMPLEMENTATIONS, Device

FILE = Path(__file__).parents[2] / "docs" / "tokens.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
PURPOSES = ("sign", "share", "read")
DIGEST = bytes(32)
FIRST, SECOND = b"first anchor", b"second anchor"
NO_DISK = "nothing of it lies on a disk"


def measured(name: str) -> dict[str, str]:
    """Return what one implementation does, by the heading of each column; skips like the tests do."""
    cells: dict[str, str] = {}
    with fresh(name) as device, closing(device.token()) as token:
        cells |= keys_of(token.prove(PURPOSES))
    with fresh(name) as device:
        cells["data objects, `anchors`"] = anchors(device)
    with fresh(name) as device:
        cells["`destroys`"] = destroys(device)
    with fresh(name) as device:
        cells["taken out"] = taken_out(device, enrolled(device))
    with fresh(name) as device:
        cells["wrong PINs"] = wrong_pins(device, enrolled(device))
    return cells


@contextmanager
def fresh(name: str) -> Iterator[Device]:
    """Lend a new token."""
    folder = Path(tempfile.mkdtemp(prefix="bg-"))
    try:
        with IMPLEMENTATIONS[name](folder) as device:
            yield device
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def enrolled(device: Device) -> TokenKeys:
    """Return the keys of a token that was just enrolled."""
    with closing(device.token()) as token:
        return token.enrol(PURPOSES)


def keys_of(made: Mapping[str, EnrolledKey]) -> dict[str, str]:
    """Return which keys there are, whose they are, and what they want."""
    sign = made["sign"]
    made_here = all(key.way != "card" for key in made.values())
    stay = all(key.sensitive and not key.extractable for key in made.values())
    return {
        "signs": f"`{sign.mechanism}`",
        "opens": f"`{made['share'].mechanism}`",
        "keys": "made by the enrolment" if made_here else "adopted: 9C, 9D, 82",
        "key stays": "yes" if stay else "NO",
        "PIN for each signature": "yes" if sign.confirms else "no",
    }


def wrong_pins(device: Device, known: TokenKeys) -> str:
    """Return what the program says to one wrong PIN after the other, and then to the right one."""
    said = [_refusal(device, known, "9" * len(device.pin)) for _ in range(5)]
    if set(said) == {said[0]}:
        return f"{said[0]}, and so on: it never locks"
    kept = said[: said.index(said[-1]) + 1]
    return f"{', then '.join(kept)}; the right one: {_refusal(device, known, device.pin)}"


def _refusal(device: Device, known: TokenKeys, pin: str) -> str:
    with closing(device.token(known, pin=pin)) as token:
        return _said(lambda: token.sign("sign", DIGEST))


def _said(act: Callable[[], object]) -> str:
    try:
        act()
    except ConsoleError as error:
        tries = error.facts.get("tries")
        return f"`{error.code}`" + (f" ({tries})" if tries else "")
    return "works"


def taken_out(device: Device, known: TokenKeys) -> str:
    """Return what the program says while the token is away, and when it is there again."""
    if device.take_out is None or device.put_in is None:
        return "not possible here"
    with closing(device.token(known)) as token:
        token.sign("sign", DIGEST)
        device.take_out()
        gone = [_said(lambda: token.sign("sign", DIGEST)) for _ in range(2)]
        device.put_in()
        return f"{', then '.join(dict.fromkeys(gone))}; put in again: {_said(lambda: token.sign('sign', DIGEST))}"


def destroys(device: Device) -> str:
    """Return whether a destroyed key stays destroyed when the folder is put back from a copy."""
    if device.disk is None:
        return NO_DISK
    with closing(device.token()) as token, _copied(device) as copy:
        public = _prepared(token, "p256", "rsa")
        copy()
        token._with_pin("drop", purpose="read", public=public.hex())
        assert not _there(token)
    device.restarted()
    with closing(device.token()) as token:
        return "no: the key is there again" if _there(token) else "yes"


def _prepared(token: PersonToken, *ways: str) -> bytes:
    for way in ways:
        with suppress(ConsoleError):
            return token._prepared("read", way).public
    raise AssertionError("it makes no key")


def _there(token: PersonToken) -> bool:
    try:
        token._prepared("read", "found")
    except ConsoleError:
        return False
    return True


def anchors(device: Device) -> str:
    """Return whether a replaced data object stays replaced when the folder is put back from a copy."""
    try:
        with closing(_station(device)) as hsm:
            hsm.set_anchor(FIRST)
    except ConsoleError as error:
        return f"none (`{error.code}`)"
    with _copied(device) as copy:
        copy()
        with closing(_station(device)) as hsm:
            hsm.set_anchor(SECOND)
            assert hsm.anchor() == [SECOND]
    device.restarted()
    with closing(_station(device)) as hsm:
        return "yes, no: the old one is there again" if hsm.anchor() == [FIRST] else "yes, yes"


def _station(device: Device) -> StationHsm:
    return unlock(device.address, bytearray(device.pin.encode()), "legal-1", environment=device.environment)


@contextmanager
def _copied(device: Device) -> Iterator[Callable[[], None]]:
    """Lend a way to copy the token's folder; at the end of the block the copy is put back."""
    assert device.disk is not None
    copy = device.disk.with_name("copy")
    yield lambda: _copy(device.disk, copy)
    subprocess.run(["find", str(device.disk), "-mindepth", "1", "-delete"], check=True)
    _copy(copy, device.disk)


def _copy(source: Path | None, target: Path) -> None:
    target.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def table(rows: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table, turned: a column for each implementation."""
    headings = list(next(iter(rows.values())))
    lines = [["", *rows], ["---"] * (len(rows) + 1), *([h, *(row[h] for row in rows.values())] for h in headings)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Measure all; write the table into the page, or print it."""
    made = table({name: measured(name) for name in IMPLEMENTATIONS})
    if "--write" not in sys.argv:
        sys.stdout.write(made)
        return
    page = FILE.read_text()
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    FILE.write_text(page[:start] + made + page[end:])


if __name__ == "__main__":
    main()
