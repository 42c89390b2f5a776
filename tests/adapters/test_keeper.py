# SPDX-License-Identifier: Apache-2.0
"""The keeper: outlives the command, serves its own user one request at a time, and ends when it should."""

import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.adapters.hsm.process import TokenAddress
from console.adapters.hsm.station import KeeperLine, cut, keeper_sockets, lock, start_keeper, through_keeper
from console.domain.errors import ConsoleError, Misused, Refused, Unavailable
from tests.support.softhsm import PIN, make_token
from tests.support.waits import wait_until

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> TokenAddress:
    return make_token(tmp_path_factory.mktemp("keeper"), "station")


@pytest.fixture
def sockets(tmp_path: Path) -> list[Path]:
    return [tmp_path / "run" / "keeper.sock"]


@pytest.fixture
def keeper(address: TokenAddress, sockets: list[Path]) -> Iterator[int]:
    """A running keeper; its process id."""
    start(address, sockets)
    pid = pid_at(sockets[0])
    yield pid
    if Path(f"/proc/{pid}").exists():
        os.kill(pid, signal.SIGKILL)


def start(address: TokenAddress, sockets: list[Path], idle_s: int = 60) -> None:
    start_keeper(address, bytearray(PIN), "legal-1", sockets, environment={}, idle_s=idle_s)


def pid_at(path: Path) -> int:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        return int(struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])


def objects_in(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*.object"))


def wait_until_gone(pid: int) -> None:
    wait_until(lambda: is_gone(pid), "the keeper did not end")


def is_gone(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_serves_until_it_is_locked(keeper: int, sockets: list[Path]) -> None:
    hsm = through_keeper(sockets)
    assert hsm.unlocked_by() == "legal-1"
    lock(sockets)
    for asked in (hsm.keys, lambda: lock(sockets)):
        with pytest.raises(Unavailable, match="station_locked"):
            asked()
    wait_until_gone(keeper)
    assert not sockets[0].exists()


def test_locking_and_unlocking_follow_each_other_at_once(
    keeper: int, address: TokenAddress, sockets: list[Path]
) -> None:
    for _ in range(3):
        lock(sockets)
        start(address, sockets)
    assert through_keeper(sockets).unlocked_by() == "legal-1"
    lock(sockets)


def test_it_outlives_the_command_that_started_it(address: TokenAddress, sockets: list[Path]) -> None:
    code = f"""
from pathlib import Path
from console.adapters.hsm.process import TokenAddress
from console.adapters.hsm.station import start_keeper
address = TokenAddress(Path({str(address.module)!r}), "station", Path({str(address.folder)!r}))
start_keeper(address, bytearray({PIN!r}), "it-1", [Path({str(sockets[0])!r})], environment={{}}, idle_s=60)
"""
    command = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    assert command.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(command.pid, signal.SIGHUP)  # nothing of its group is left, the keeper has its own
    assert through_keeper(sockets).unlocked_by() == "it-1"
    lock(sockets)


def test_its_socket_is_for_its_user_alone(keeper: int, sockets: list[Path]) -> None:
    assert stat.S_IMODE(sockets[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(sockets[0].parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_another_user_gets_no_answer(keeper: int, sockets: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    # As if somebody had opened the folder: from inside it, the modes above do not matter.
    sockets[0].chmod(0o666)
    sockets[0].parent.chmod(0o755)
    monkeypatch.chdir(sockets[0].parent)
    with socket.socket(socket.AF_UNIX) as connection:
        os.seteuid(65534)
        try:
            connection.connect(sockets[0].name)
            answer = connection.recv(100)
        finally:
            os.seteuid(0)
    assert answer == b""


def test_it_has_no_network_and_cannot_be_looked_into(keeper: int) -> None:
    status = Path(f"/proc/{keeper}/status").read_text()
    assert "Seccomp:\t2" in status
    assert PIN not in Path(f"/proc/{keeper}/cmdline").read_bytes()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to read what is not dumpable")
def test_it_does_not_keep_the_pin(keeper: int, sockets: list[Path]) -> None:
    through_keeper(sockets).keys()
    found = 0
    with Path(f"/proc/{keeper}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{keeper}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            begin, end = (int(part, 16) for part in span.split("-"))
            if rights.startswith("rw") and "vvar" not in line:
                memory.seek(begin)
                found += memory.read(end - begin).count(PIN)
    assert found == 0


def test_its_verbs_are_closed(keeper: int, sockets: list[Path]) -> None:
    line = KeeperLine(sockets)
    for verb in ("load", "unlock", "keep", "init_token", "enrol", "points", "get_objects"):
        with pytest.raises(Misused, match="verb_unknown"):
            line.call(verb)


def test_a_second_keeper_is_refused_and_the_first_stays(
    keeper: int, address: TokenAddress, sockets: list[Path]
) -> None:
    with pytest.raises(Refused, match="already_unlocked"):
        start(address, sockets)
    assert pid_at(sockets[0]) == keeper


def test_a_wrong_pin_starts_no_keeper(address: TokenAddress, sockets: list[Path]) -> None:
    pin = bytearray(b"wrong-pin")
    with pytest.raises(Refused, match="pin_wrong"):
        start_keeper(address, pin, "legal-1", sockets, environment={})
    assert pin == bytes(len(pin))
    with pytest.raises(Unavailable, match="station_locked"):
        through_keeper(sockets).keys()


def test_a_socket_left_by_a_killed_keeper_is_no_obstacle(
    keeper: int, address: TokenAddress, sockets: list[Path]
) -> None:
    os.kill(keeper, signal.SIGKILL)
    wait_until_gone(keeper)
    with pytest.raises(Unavailable, match="station_locked"):
        through_keeper(sockets).keys()
    start(address, sockets)
    lock(sockets)


def test_it_ends_when_nobody_asks(address: TokenAddress, sockets: list[Path]) -> None:
    start(address, sockets, idle_s=1)
    pid = pid_at(sockets[0])
    wait_until_gone(pid)
    assert not sockets[0].exists()


def test_it_ends_when_its_socket_is_taken_away(keeper: int, sockets: list[Path]) -> None:
    sockets[0].unlink()
    wait_until_gone(keeper)


def test_it_is_locked_at_once_and_ends_though_the_next_one_is_there(
    keeper: int, address: TokenAddress, sockets: list[Path]
) -> None:
    cut(sockets)
    with pytest.raises(Unavailable, match="station_locked"):
        through_keeper(sockets).keys()
    start(address, sockets)
    wait_until_gone(keeper)
    assert through_keeper(sockets).unlocked_by() == "legal-1"  # the old one took only its own socket away
    lock(sockets)


def test_it_ends_a_key_on_time_though_nobody_asks(keeper: int, address: TokenAddress, sockets: list[Path]) -> None:
    hsm = through_keeper(sockets)
    hsm.make_key("open-9", until_up_ns=time.clock_gettime_ns(time.CLOCK_BOOTTIME) + 200_000_000)
    assert address.folder is not None
    folder, without_both_halves = address.folder, objects_in(address.folder) - 2
    wait_until(lambda: objects_in(folder) == without_both_halves, "the key did not end")
    assert "open-9" not in set(hsm.keys())


def test_clients_wait_in_line_and_one_that_says_half_is_dropped(keeper: int, sockets: list[Path]) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(sockets[0]))
        silent.sendall(b"\0")
        with pytest.raises(Unavailable, match="keeper_busy"):
            KeeperLine(sockets, limit_s=0.3).call("keys")
        assert through_keeper(sockets).unlocked_by() == "legal-1"
        assert silent.recv(1) == b""


def test_a_client_that_says_nothing_holds_up_nobody(keeper: int, sockets: list[Path]) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(sockets[0]))
        assert KeeperLine(sockets, limit_s=0.5).call("unlocked_by").head["ok"] == {"member": "legal-1"}


def test_nothing_is_done_for_a_client_that_went_away_while_it_waited(keeper: int, sockets: list[Path]) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(sockets[0]))
        silent.sendall(b"\0")
        with pytest.raises(Unavailable, match="keeper_busy"):
            KeeperLine(sockets, limit_s=0.3).call("make_key", key="state-9")
    assert "state-9" not in through_keeper(sockets).keys()


def test_a_kept_connection_goes_on_with_the_next_keeper(
    keeper: int, address: TokenAddress, sockets: list[Path]
) -> None:
    hsm = through_keeper(sockets)
    assert hsm.unlocked_by() == "legal-1"
    lock(sockets)
    start(address, sockets)
    assert hsm.unlocked_by() == "legal-1"
    lock(sockets)
    with pytest.raises(Unavailable, match="station_locked"):
        hsm.unlocked_by()


def test_more_clients_than_it_keeps_are_all_answered(keeper: int, sockets: list[Path]) -> None:
    lines = [KeeperLine(sockets) for _ in range(70)]
    for _ in range(2):
        for line in lines:
            assert line.call("unlocked_by").head["ok"] == {"member": "legal-1"}
    for line in lines:
        line.close()


def test_a_kept_connection_without_requests_keeps_nothing_unlocked(address: TokenAddress, sockets: list[Path]) -> None:
    start(address, sockets, idle_s=1)
    pid, hsm = pid_at(sockets[0]), through_keeper(sockets)
    hsm.unlocked_by()
    wait_until_gone(pid)


def test_many_clients_at_once_are_all_answered(keeper: int, sockets: list[Path]) -> None:
    through_keeper(sockets).make_key("request")
    failures: list[ConsoleError] = []

    def client() -> None:
        hsm = through_keeper(sockets)
        try:
            for _ in range(10):
                hsm.sign("request", b"x")
        except ConsoleError as error:
            failures.append(error)

    threads = [threading.Thread(target=client) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    through_keeper(sockets).destroy_key("request")
    assert failures == []


def test_rubbish_does_not_end_it(keeper: int, sockets: list[Path]) -> None:
    for rubbish in (b"\xff" * 8, b"\0\0\0\2\0\0\0\0[]", b"\0\0\0\2\0\0\0\0{}", b"\0\0"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(sockets[0]))
            connection.sendall(rubbish)
    assert through_keeper(sockets).unlocked_by() == "legal-1"


def test_where_it_listens(tmp_path: Path) -> None:
    own = tmp_path / "station" / "run" / "keeper.sock"
    assert keeper_sockets(tmp_path / "station", {}) == [own]
    assert keeper_sockets(tmp_path / "station", {"XDG_RUNTIME_DIR": str(tmp_path / "missing")}) == [own]
    best, second = keeper_sockets(tmp_path / "station", {"XDG_RUNTIME_DIR": str(tmp_path)})
    assert (best.parent, second) == (tmp_path / "breakglass", own)


def test_a_path_too_long_for_a_socket_is_passed_over(address: TokenAddress, sockets: list[Path]) -> None:
    too_long = sockets[0].parent / ("x" * 100)
    with pytest.raises(Unavailable, match="socket_path_too_long"):
        start(address, [too_long])
    start(address, [too_long, *sockets])
    assert through_keeper([too_long, *sockets]).unlocked_by() == "legal-1"
    lock(sockets)


def test_a_runtime_folder_that_others_can_enter_is_refused(address: TokenAddress, sockets: list[Path]) -> None:
    sockets[0].parent.mkdir(mode=0o755)
    with pytest.raises(Refused, match="runtime_folder_open"):
        start(address, sockets)
