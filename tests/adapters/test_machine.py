# SPDX-License-Identifier: Apache-2.0
"""The machine: clocks, identifiers, durable files, protected memory, and what a process gives up at its start."""

import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.adapters import machine
from console.adapters.machine import ClockWatch, SecretBuffer, ThisMachine, uuid7
from console.domain.errors import Unavailable
from tests.support.fakes import FakeMachine


@pytest.mark.parametrize("this", [ThisMachine(), FakeMachine()], ids=["real", "fake"])
class TestMachine:
    """The contract of the port ``Machine``."""

    def test_readings_are_of_one_boot_and_go_on(self, this: ThisMachine | FakeMachine) -> None:
        first, second = this.reading(), this.reading()
        assert first.boot == second.boot
        assert first.up_ns <= second.up_ns
        assert first.wall_ms > 1_700_000_000_000

    def test_randomness_has_the_asked_size_and_differs(self, this: ThisMachine | FakeMachine) -> None:
        assert len(this.random(33)) == 33
        assert this.random(16) != this.random(16)

    def test_identifiers_are_uuid7_of_the_present(self, this: ThisMachine | FakeMachine) -> None:
        made = this.new_id()
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
        assert abs(int(made.replace("-", "")[:12], 16) - this.reading().wall_ms) < 10_000

    def test_lent_memory_is_wiped_when_given_back(self, this: ThisMachine | FakeMachine) -> None:
        with this.secret(48) as memory:
            memory[:] = b"x" * 48
            seen = memory
        with pytest.raises(ValueError, match="released"):
            bytes(seen)

    def test_its_health_is_told_in_the_same_words(self, this: ThisMachine | FakeMachine, tmp_path: Path) -> None:
        told = this.health(tmp_path)
        assert list(told) == ["memory", "dumps", "interfaces", "free_bytes", "display", "printer", "cameras"]
        assert told["memory"] in ("memfd_secret", "mlock") and told["display"] in ("wayland", "x11", "none")
        assert isinstance(told["free_bytes"], int) and isinstance(told["dumps"], bool)


def test_uuid7_is_that_of_rfc_9562() -> None:
    # Appendix A.6: 2022-02-22T19:22:22Z, rand_a CC3, rand_b 18C4DC0C0C07398F.
    random = (0xCC3 << 64 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert uuid7(0x017F22E279B0, random) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_the_fake_clock_moves_as_told() -> None:
    fake = FakeMachine()
    noon = fake.reading()
    fake.advance(60)
    assert (fake.now.wall_ms - noon.wall_ms, fake.now.up_ns - noon.up_ns) == (60_000, 60_000_000_000)
    fake.reboot(off_seconds=600)
    assert fake.now.boot != noon.boot
    assert fake.now.wall_ms - noon.wall_ms == 660_000


def test_a_file_is_written_whole_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    machine.write_durably(file, b"one")
    machine.write_durably(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    machine.remove_durably(file)
    machine.remove_durably(file)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.mkdir()
    with pytest.raises(Unavailable, match="not_written"):
        machine.write_durably(folder, b"x")
    with pytest.raises(Unavailable, match="not_written"):
        machine.write_durably(tmp_path / "missing" / "file", b"x")
    assert list(tmp_path.iterdir()) == [folder]


def test_a_disk_that_takes_only_a_part_keeps_the_old_file(tmp_path: Path) -> None:
    code = f"""
import resource
from pathlib import Path
from console.adapters.machine import write_durably
from console.domain.errors import Unavailable
file = Path({str(tmp_path / "file")!r})
write_durably(file, b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    write_durably(file, bytes(1000))
except Unavailable as error:
    print(error.code, file.read_bytes() == b"old", len(list(file.parent.iterdir())))
"""
    assert run(code) == "not_written True 1"


def test_secret_memory_is_wiped_and_says_what_protects_it() -> None:
    with SecretBuffer(5000) as secret:
        secret.view[:6] = b"secret"
        assert secret.protection in ("memfd_secret", "mlock")
        secret.wipe()
        assert bytes(secret.view) == bytes(5000)


def test_a_view_that_outlives_secret_memory_reads_zeros() -> None:
    with SecretBuffer(100) as secret:
        secret.view[:6] = b"secret"
        part = secret.view[2:4]
    assert bytes(part) == bytes(2)


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_secret_memory_falls_back_openly() -> None:
    # A filter that answers ENOSYS to memfd_secret stands for an older kernel.
    code = """
import ctypes
from console.adapters import machine
machine.MEMFD_SECRET = 100000
with machine.SecretBuffer(4096) as secret:
    secret.view[:3] = b"abc"
    print(secret.protection)
"""
    assert run(code) == "mlock"


def test_memory_that_cannot_be_locked_is_an_error() -> None:
    code = """
import os, resource
from console.adapters import machine
from console.domain.errors import Unavailable
resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
if os.geteuid() == 0:
    os.setuid(65534)  # root is not bound by the limit
try:
    machine.SecretBuffer(4096)
except Unavailable as error:
    print(error.code)
"""
    assert run(code) == "memory_not_locked"


def test_the_network_is_off_and_stays_off() -> None:
    code = """
import ctypes, errno, os, socket, threading
from console.confinement import shut_network
waiting, found = threading.Event(), []
def other():
    waiting.wait()
    try:
        socket.socket(socket.AF_INET)
    except OSError as error:
        found.append(error.errno)
thread = threading.Thread(target=other)
thread.start()
shut_network()
shut_network()
waiting.set()
thread.join()
assert found == [errno.EAFNOSUPPORT], "a thread that ran before is not bound"
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET, socket.AF_VSOCK, 31):  # 31: Bluetooth
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
        except OSError as error:
            assert error.errno == errno.EAFNOSUPPORT, (family, error)
        else:
            raise AssertionError(family)
libc = ctypes.CDLL(None, use_errno=True)
assert libc.syscall(425, 8, ctypes.create_string_buffer(120)) == -1 and ctypes.get_errno() == errno.ENOSYS
one, two = socket.socketpair(socket.AF_UNIX)
one.send(b"x")
assert two.recv(1) == b"x"
if os.fork() == 0:
    try:
        socket.socket(socket.AF_INET)
    except OSError:
        os._exit(0)
    os._exit(1)
assert os.wait()[1] == 0, "a child is not bound"
print("off")
"""
    assert run(code) == "off"


def test_no_core_dump_and_no_attaching() -> None:
    code = """
import resource
from pathlib import Path
from console.confinement import forbid_dumps
forbid_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE), Path("/proc/self/environ").stat().st_uid)
"""
    assert run(code) == "(0, 0) 0"  # what is not dumpable belongs to root in /proc


def test_a_clock_that_nobody_sets_wakes_nobody() -> None:
    watch = ClockWatch()
    try:
        assert select.select([watch], [], [], 0.05) == ([], [], [])
        assert not watch.was_set()
    finally:
        watch.close()


def test_sleep_since_boot_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = {time.CLOCK_BOOTTIME: 90_000_000_000, time.CLOCK_MONOTONIC: 30_000_000_000}
    monkeypatch.setattr(time, "clock_gettime_ns", clocks.__getitem__)
    assert ThisMachine().slept_ns() == 60_000_000_000
