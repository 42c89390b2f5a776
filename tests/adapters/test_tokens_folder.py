# SPDX-License-Identifier: Apache-2.0
"""A SoftHSM folder through kills, cuts and other people's hands: what was answered stays, what was cut is undone."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.adapters.hsm.process import TokenAddress, TokenProcess
from console.adapters.hsm.station import OwnLine, StationHsm
from console.domain.errors import Corrupt, Unavailable
from console.tokens.folder import TokenFolder
from tests.support.softhsm import MODULE, PIN, make_token, person_token, unlocked


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A prepared folder with one file in it."""
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    mask = os.umask(0o077)
    folder = tmp_path / "token"
    with TokenFolder(folder).prepared():
        (folder / "tokens" / "one").mkdir()
        (folder / "tokens" / "one" / "token.object").write_bytes(b"whole")
    with (made := TokenFolder(folder)).acting():
        pass
    made.close()
    yield folder
    os.umask(mask)


def contents(folder: Path) -> dict[str, bytes]:
    tokens = folder / "tokens"
    return {str(file.relative_to(tokens)): file.read_bytes() for file in tokens.rglob("*.object")}


def cut(folder: Path, *, after: str) -> None:
    """Act in a process that ends in the middle, as by a power cut: files torn, extra ones half made."""
    if os.fork() == 0:
        with suppress(BaseException), TokenFolder(folder).acting():
            (folder / "tokens" / "one" / "token.object").write_bytes(after.encode())
            (folder / "tokens" / "two").mkdir()
            (folder / "tokens" / "two" / "token.object").write_bytes(b"half")
            (folder / "tokens" / "two" / "token.lock").write_bytes(b"")
            os._exit(0)
        os._exit(1)
    assert os.wait()[1] == 0


def prepare(folder: Path) -> None:
    with TokenFolder(folder).prepared():
        pass


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was synced, in order."""
    names: list[str] = []

    def synchronise(descriptor: int) -> None:
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        os.fdatasync(descriptor)

    monkeypatch.setattr(os, "fsync", synchronise)
    return names


def test_during_an_act_there_is_a_durable_marker_and_a_copy_of_before(place: Path, synced: list[str]) -> None:
    with TokenFolder(place).acting():
        assert (place / "busy").read_bytes() == b"A"
        assert b"whole" in (place / "tokens.pack").read_bytes()
        assert synced == ["busy.new", "token"]
        (place / "tokens" / "one" / "token.object").write_bytes(b"next")
        synced.clear()
    assert synced == ["tokens.pack.new", "token"]
    assert (place / "busy").read_bytes() == b"S"
    assert b"next" in (place / "tokens.pack").read_bytes()


def test_a_second_act_that_changes_nothing_needs_no_sync(place: Path, synced: list[str]) -> None:
    folder = TokenFolder(place)
    with folder.acting():
        pass
    synced.clear()
    with folder.acting():
        (place / "tokens" / "one" / "token.object").write_bytes(b"whole")
    assert synced == []


def test_a_login_that_moves_only_the_number_on_needs_no_sync(place: Path, synced: list[str]) -> None:
    file = place / "tokens" / "one" / "token.object"
    folder = TokenFolder(place)
    with folder.acting():
        file.write_bytes(bytes(7) + b"\x01" + b"flags and keys")
    synced.clear()
    with folder.acting():
        file.write_bytes(bytes(7) + b"\x02" + b"flags and keys")
    assert synced == []
    with folder.acting():
        file.write_bytes(bytes(7) + b"\x03" + b"a wrong PIN was counted")
    assert synced == ["tokens.pack.new", "token"]


def test_another_start_leaves_alone_what_a_login_moved_on(place: Path) -> None:
    file = place / "tokens" / "one" / "token.object"
    folder = TokenFolder(place)
    with folder.acting():
        file.write_bytes(bytes(7) + b"\x01" + b"flags and keys")
    with folder.acting():
        file.write_bytes(bytes(7) + b"\x02" + b"flags and keys")
    prepare(place)
    assert file.read_bytes()[7] == 2
    file.write_bytes(bytes(7) + b"\x03" + b"fl")  # torn by a power cut in the login after that
    prepare(place)
    assert file.read_bytes() == bytes(7) + b"\x01" + b"flags and keys"


def test_a_copy_that_went_bad_under_a_running_process_is_made_anew(place: Path) -> None:
    folder = TokenFolder(place)
    with folder.acting():
        pass
    (place / "tokens.pack").write_bytes(b"rubbish")
    with folder.acting():
        pass
    prepare(place)
    assert contents(place) == {"one/token.object": b"whole"}


def test_files_torn_after_an_act_by_a_power_cut_are_whole_at_the_next_start(place: Path) -> None:
    with TokenFolder(place).acting():
        (place / "tokens" / "one" / "token.object").write_bytes(b"next")
    (place / "tokens" / "one" / "token.object").write_bytes(b"")  # was never synced
    prepare(place)
    assert contents(place) == {"one/token.object": b"next"}


def test_a_clean_end_syncs_the_files_before_the_marker_goes(place: Path, synced: list[str]) -> None:
    folder = TokenFolder(place)
    with folder.acting():
        pass
    synced.clear()
    folder.close()
    assert set(synced) == {"one", "token.object", "tokens"}
    assert not (place / "busy").exists()


def test_an_act_that_fails_is_settled_all_the_same(place: Path) -> None:
    with pytest.raises(Unavailable, match="token_absent"), TokenFolder(place).acting():
        (place / "tokens" / "one" / "token.object").write_bytes(b"wrong pin counted")
        raise Unavailable("token_absent")
    prepare(place)
    assert contents(place) == {"one/token.object": b"wrong pin counted"}


@pytest.mark.parametrize("after", ["", "torn"])
def test_what_was_cut_is_undone_at_the_next_start(place: Path, after: str) -> None:
    cut(place, after=after)
    prepare(place)
    assert contents(place) == {"one/token.object": b"whole"}
    assert not (place / "tokens" / "two").exists()
    assert (place / "busy").read_bytes() == b"S"


def test_a_token_of_which_only_the_folder_was_made_is_gone_at_the_next_start(place: Path) -> None:
    (place / "tokens" / "two").mkdir()
    (place / "busy").write_bytes(b"A")
    prepare(place)
    assert [folder.name for folder in (place / "tokens").iterdir()] == ["one"]


def test_a_running_process_does_not_act_on_what_another_left_torn(place: Path) -> None:
    running = TokenFolder(place)
    cut(place, after="torn")
    with pytest.raises(Unavailable, match="token_broken"), running.acting():
        raise AssertionError("acted")


def test_what_somebody_changed_without_a_marker_is_theirs_to_change(place: Path) -> None:
    (place / "tokens" / "one" / "token.object").write_bytes(b"by hand")
    prepare(place)
    assert contents(place) == {"one/token.object": b"by hand"}
    cut(place, after="torn")
    prepare(place)
    assert contents(place) == {"one/token.object": b"by hand"}


def test_a_damaged_copy_restores_nothing(place: Path) -> None:
    pack = place / "tokens.pack"
    cut(place, after="torn")
    for damaged in (pack.read_bytes()[:-1], pack.read_bytes().replace(b"whole", b"whale"), b"rubbish"):
        pack.write_bytes(damaged)
        with pytest.raises(Corrupt, match="token_copy_damaged"):
            prepare(place)
    assert contents(place)["one/token.object"] == b"torn"


def test_two_processes_do_not_act_at_once(place: Path) -> None:
    entered, order = threading.Event(), []

    def other() -> None:
        entered.wait()
        with TokenFolder(place).acting():
            order.append("second")

    thread = threading.Thread(target=other)
    thread.start()
    with TokenFolder(place).acting():
        entered.set()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.real
def test_a_token_file_cut_to_nothing_during_a_login_is_healed(tmp_path: Path) -> None:
    address = make_token(tmp_path, "legal-1")
    token = person_token(address)
    known = token.enrol(["sign", "share"])
    token.close()
    assert address.folder is not None
    (file,) = address.folder.rglob("token.object")
    file.write_bytes(b"")
    (address.folder / "busy").write_bytes(b"A")
    healed = person_token(address, known=known)
    assert len(healed.sign("sign", bytes(32))) == 64
    healed.close()


@pytest.mark.real
def test_a_login_moves_nothing_on_but_the_number(tmp_path: Path) -> None:
    """What the guard takes for granted of SoftHSM; a version that writes more at a login fails here."""
    address = make_token(tmp_path, "legal-1")
    token = person_token(address)
    known = token.enrol(["sign", "share"])
    token.close()
    assert address.folder is not None
    (file,) = address.folder.rglob("token.object")
    token, pack = person_token(address, known=known), address.folder / "tokens.pack"
    token.sign("sign", bytes(32))
    before, packed = file.read_bytes(), pack.stat().st_ino
    token.sign("sign", bytes(32))
    assert file.read_bytes() != before
    assert file.read_bytes()[8:] == before[8:]
    assert pack.stat().st_ino == packed
    token.close()


@pytest.mark.real
def test_a_restored_key_can_be_destroyed(tmp_path: Path) -> None:
    address = make_token(tmp_path, "station")
    hsm = unlocked(address)
    hsm.make_key("state-1")
    hsm.close()
    assert address.folder is not None
    for file in address.folder.rglob("*.lock"):
        file.unlink()
    hsm = unlocked(address)
    hsm.destroy_key("state-1")
    hsm.close()


@pytest.mark.real
def test_a_token_whose_making_was_cut_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "legal-1").mkdir()
    for delay_ms in range(0, 12, 4):
        process = TokenProcess(TokenAddress(MODULE, "", tmp_path / "legal-1"), {})
        with suppress(Unavailable):  # token_absent: it is started for the asking
            process.call("points", None, label="", expect={})
        kill_soon(process, delay_ms / 1000)
        with suppress(Unavailable):
            process.call("init_token", bytearray(b"so-pin" + PIN), label=f"cut-{delay_ms}", so_pin_bytes=6)
        process.close()
    token = person_token(make_token(tmp_path, "legal-1"))
    token.prove(["sign"])
    token.close()
    made = (tmp_path / "legal-1" / "tokens").iterdir()
    assert all((folder / "token.object").stat().st_size > 0 for folder in made)


@dataclass
class Known:
    """What was answered, and what was asked last without an answer."""

    keys: dict[str, bytes] = field(default_factory=dict)
    anchor: bytes = b"none yet"
    asked: tuple[str, str] = ("nothing", "")


def kill_soon(process: TokenProcess, delay_s: float) -> None:
    assert process._child is not None
    timer = threading.Timer(delay_s, kill, (process._child.pid,))
    timer.start()


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def act_until_killed(hsm: StationHsm, known: Known, dice: random.Random) -> None:
    while True:
        verb, name = dice.choice(["make", "destroy", "anchor"]), f"state-{dice.randrange(1000)}"
        if verb == "destroy" and known.keys:
            name = dice.choice(sorted(known.keys))
        elif name in known.keys:
            continue
        known.asked = (verb, name)
        if verb == "make":
            known.keys[name] = hsm.make_key(name)
        elif verb == "destroy":
            hsm.destroy_key(name)
            known.keys.pop(name, None)
        else:
            hsm.set_anchor(name.encode())
            known.anchor = name.encode()
        known.asked = ("nothing", "")


def check(hsm: StationHsm, known: Known) -> None:
    verb, name = known.asked
    uncertain = {name} if verb in ("make", "destroy") else set()
    found = set(hsm.keys())
    assert found - uncertain == set(known.keys) - uncertain
    assert len(hsm.anchor()) == 1
    assert hsm.anchor()[0] in ({known.anchor, name.encode()} if verb == "anchor" else {known.anchor})
    for key in sorted(found & set(known.keys))[:3]:
        (x,) = hsm.derive(key, [GENERATOR])
        assert x == known.keys[key][1:33]
    known.anchor = hsm.anchor()[0]
    if verb == "make" and name in found:
        hsm.destroy_key(name)
    if verb == "destroy" and name not in found:
        known.keys.pop(name, None)
    known.asked = ("nothing", "")


GENERATOR = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


@pytest.mark.real
@pytest.mark.parametrize("kills", [5, pytest.param(200, marks=pytest.mark.long)])
def test_no_kill_loses_what_was_answered(tmp_path: Path, kills: int) -> None:
    dice, known = random.Random(kills), Known()
    address = make_token(tmp_path, "station")
    hsm = unlocked(address)
    hsm.set_anchor(known.anchor)
    for number in range(kills):
        assert isinstance(hsm._line, OwnLine)
        assert hsm._line._process is not None
        kill_soon(hsm._line._process, dice.uniform(0, 0.05))
        with suppress(Unavailable):
            act_until_killed(hsm, known, dice)
        if number % 4 == 0:
            cut_login(address, dice)
        hsm = unlocked(address)
        check(hsm, known)
    hsm.close()


def cut_login(address: TokenAddress, dice: random.Random) -> None:
    process = TokenProcess(address, {})
    process.call("points", None, label=address.label, expect={})
    kill_soon(process, dice.uniform(0, 0.006))
    with suppress(Unavailable):
        process.call("unlock", bytearray(PIN), label=address.label, member="legal-1")
        while True:
            process.call("keys")
    process.close()
