# SPDX-License-Identifier: Apache-2.0
"""Children: every wait ends, oddities come back as errors, and nothing of the console leaks into them."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from console.adapters import child
from console.adapters.child import Child, Wire
from console.adapters.hsm.process import exchange
from console.confinement import shut_network
from console.domain.errors import Corrupt, Unavailable
from console.domain.frame import Frame

LIMIT_S = 0.3
pytestmark = pytest.mark.real


@pytest.fixture
def odd() -> Iterator[Child]:
    started = Child("tests.support.odd_child", {})
    ask(started, "fine", limit_s=10)
    yield started
    started.kill()
    started.wire.close()


def ask(started: Child, how: str, tail: bytes = b"", limit_s: float = LIMIT_S) -> Frame:
    return exchange(started.wire, Frame({"id": 1, "verb": how}, bytearray(tail)), time.monotonic() + limit_s)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("hang", "no_answer"),
        ("crash", "other_end_gone"),
        ("garble", "frame_garbled"),
        ("huge", "frame_too_large"),
        ("another", "answer_to_another_request"),
    ],
)
def test_whatever_a_child_does_is_one_error(odd: Child, how: str, why: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        ask(odd, how)
    assert (caught.value.code, caught.value.facts["why"]) == ("token_broken", why)
    assert time.monotonic() - began < LIMIT_S + 0.5


def test_the_limit_covers_writing_too(odd: Child) -> None:
    odd.wire.send(Frame({"id": 1, "verb": "stop reading"}), time.monotonic() + 5)
    with pytest.raises(Unavailable, match="no_answer"):
        ask(odd, "fine", tail=bytes(1_000_000))


def test_interim_frames_are_passed_over(odd: Child) -> None:
    assert ask(odd, "interim").tail == b"tail"


def test_what_a_library_prints_does_not_reach_the_frames(odd: Child) -> None:
    assert ask(odd, "chatter").head["ok"] == {}


def test_a_child_sees_only_the_allowed_environment() -> None:
    started = Child("tests.support.odd_child", {"HOME": "/nowhere", "BREAKGLASS_SECRET": "x", "PYTHONPATH": "/evil"})
    about = ask(started, "fine", limit_s=10).head["ok"]
    started.end()
    assert isinstance(about, dict)
    seen = json.loads(about["environment"])
    assert seen["HOME"] == "/nowhere"
    assert not {"BREAKGLASS_SECRET", "PYTHONPATH"} & set(seen)
    assert about["isolated"] == 1


def test_a_child_has_its_own_session_and_no_descriptor_of_ours(odd: Child, tmp_path: Path) -> None:
    ours = os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(ours, True)
    started = Child("tests.support.odd_child", {})
    about = ask(started, "fine", limit_s=10).head["ok"]
    started.end()
    os.close(ours)
    assert isinstance(about, dict)
    assert about["session"] == about["pid"] != os.getsid(0)
    assert about["descriptors"] == 6  # three standard ones, two pipes, the one that lists them


def test_a_child_ends_with_its_pipe(odd: Child) -> None:
    about = ask(odd, "fine").head["ok"]
    assert isinstance(about, dict)
    other = Child("tests.support.odd_child", {})
    ask(other, "fine", limit_s=10)
    other.end()
    assert Path(f"/proc/{about['pid']}").exists()


def test_a_detached_process_is_nobodys_child() -> None:
    wire = child.start_detached("tests.support.odd_child", {})
    about = exchange(wire, Frame({"id": 1, "verb": "fine"}), time.monotonic() + 10).head["ok"]
    assert isinstance(about, dict)
    parent = int(Path(f"/proc/{about['pid']}/stat").read_text().rsplit(")", 1)[1].split()[1])
    wire.close()
    assert parent != os.getpid()
    assert about["session"] not in (os.getsid(0), about["pid"])  # it leads no session, so it gets no terminal


def test_children_inherit_the_network_ban() -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            shut_network()
            started = Child("tests.support.odd_child", {})
            os.write(writing, json.dumps(ask(started, "fine", limit_s=10).head["ok"]).encode())
            started.end()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        about = json.loads(pipe.read())
    os.waitpid(pid, 0)
    assert about["network"] is False


def test_nobody_listens_at_a_missing_or_stale_socket(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.sock", tmp_path / ("long" * 40)):
        with pytest.raises(Unavailable, match="nobody_listens"):
            child.dial(path, time.monotonic() + 1)


def test_a_frame_over_the_limits_is_refused_before_it_is_read() -> None:
    reading, writing = os.pipe()
    wire = Wire(reading, writing)
    os.write(writing, b"\x7f" * 8)
    with pytest.raises(Corrupt, match="frame_too_large"):
        wire.receive(time.monotonic() + 1)
    wire.close()
