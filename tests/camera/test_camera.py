# SPDX-License-Identifier: Apache-2.0
"""Cameras: the same contract on the fake and on the adapter behind a kernel that answers by its own header."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from console.adapters.camera import V4l2Cameras
from console.domain.errors import Unavailable
from console.domain.handoff import picture
from console.domain.handoff.errand import ERRAND, Sealed
from console.domain.handoff.frames import split
from tests.camera import contract
from tests.camera.scene import film, seen, taken
from tests.support.aftermath import PROJECT
from tests.support.fakes import FakeCamera, FakeCameras

TEXTS = ("BG1/FIRST", "BG1/SECOND", "BG1/THIRD")
IMAGES = [seen(text) for text in TEXTS]


class Kernel:
    """Runs one check of the contract in a process behind ``kernel.c``."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._library, self.folder = library, folder
        self.devices = folder / "dev"
        self.devices.mkdir()
        (self.devices / contract.DEVICE).touch()
        (self.devices / "video9").touch()

    def check(self, name: str, *arguments: str, **settings: object) -> None:
        """Run it; what fails there fails here."""
        self.run("tests.camera.contract", name, *arguments, **settings)

    def run(self, module: str, *arguments: str, **settings: object) -> str:
        """Run a program on these devices; return what it prints."""
        command = [sys.executable, "-m", module, str(self.devices), *arguments]
        environment = os.environ | {
            "LD_PRELOAD": str(self._library),
            "CAMERA_DEVICE": str(self.devices / contract.DEVICE),
            **{f"CAMERA_{key}": str(value) for key, value in settings.items()},
        }
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def behind(kernel: Path, tmp_path: Path) -> Kernel:
    return Kernel(kernel, tmp_path)


@pytest.mark.parametrize(
    ("form", "padding"),
    [
        (picture.YUYV, 32),
        pytest.param(picture.JPEG, 0, marks=pytest.mark.long),
        pytest.param(picture.GREY, 0, marks=pytest.mark.long),
        pytest.param(picture.GREY, 64, marks=pytest.mark.long),
    ],
)
def test_every_form_is_read_to_the_letter(behind: Kernel, form: str, padding: int) -> None:
    file = film(behind.folder / "film", IMAGES, form, padding, broken=1)
    behind.check("shows", TEXTS[0], TEXTS[2], **{form: file})


@pytest.mark.long
def test_it_is_listed_by_a_name_that_can_be_shown(behind: Kernel) -> None:
    behind.check("is_listed")
    behind.check("is_not_listed", FAULT="no-capture")


@pytest.mark.long
def test_a_camera_is_pulled_out_or_stands_still(behind: Kernel) -> None:
    file = film(behind.folder / "film", IMAGES, picture.GREY)
    behind.check("is_pulled_out", GREY=file, END="gone")
    behind.check("stands_still", GREY=file, END="still")
    behind.check("is_lent_once", GREY=file)


@pytest.mark.long
def test_what_reads_better_is_taken_first_but_not_below_the_wanted_height(behind: Kernel) -> None:
    small = film(behind.folder / "small", [seen("BG1/SMALL", (640, 480))], picture.YUYV)
    large = film(behind.folder / "large", [seen("BG1/LARGE")], picture.JPEG)
    behind.check("shows", "BG1/LARGE", YUYV=small, MJPG=large)
    behind.check("shows", "BG1/SMALL", YUYV=small)
    behind.check("shows", "BG1/LARGE", GREY=film(behind.folder / "g", [seen("BG1/LARGE")], picture.GREY), MJPG=small)


@pytest.mark.long
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("busy", "camera_busy"),
        ("no-capture", "camera_unsuited"),
        ("no-buffers", "camera_unsuited"),
        ("huge-buffer", "camera_unsuited"),
        ("huge-picture", "camera_unsuited"),
    ],
)
def test_a_camera_that_cannot_be_used_is_refused_by_name(behind: Kernel, fault: str, code: str) -> None:
    file = film(behind.folder / "film", IMAGES[:1], picture.GREY)
    behind.check("is_refused", code, GREY=file, FAULT=fault)


@pytest.mark.long
def test_a_camera_without_a_known_form_is_refused(behind: Kernel) -> None:
    behind.check("is_refused", "camera_unsuited")


@pytest.mark.long
def test_a_buffer_that_was_never_lent_is_not_touched(behind: Kernel) -> None:
    file = film(behind.folder / "film", IMAGES[:1], picture.GREY)
    behind.check("is_pulled_out", GREY=file, FAULT="foreign-buffer")


@pytest.mark.long
@pytest.mark.parametrize("form", [picture.YUYV, picture.JPEG])
def test_a_message_comes_from_the_kernel_to_the_panel_of_the_window(behind: Kernel, form: str) -> None:
    data = Sealed(ERRAND, bytes(8), bytes(8), Random(1).randbytes(1400)).encode()
    texts = split(ERRAND, data)
    file = film(behind.folder / "film", [seen(text) for text in ("", *texts[2:], *texts[:2])], form, broken=0)
    told = behind.run("tests.camera.window", **{form: file, "PACE_MS": 100})
    assert told.split()[1] == hashlib.sha256(data).hexdigest()


def test_the_fake_does_the_same() -> None:
    pictures = [taken(image) for image in IMAGES]

    def plugged(end: str = "loop", trouble: str = "") -> FakeCameras:
        return FakeCameras({contract.DEVICE: FakeCamera(contract.NAME, pictures, end, trouble)})

    contract.is_listed(plugged())
    contract.shows(plugged(), *TEXTS)
    contract.is_pulled_out(plugged(end="gone"))
    contract.stands_still(plugged(end="still"))
    contract.is_lent_once(plugged())
    contract.is_refused(plugged(trouble="camera_busy"), "camera_busy")
    contract.is_refused(FakeCameras({}), "camera_gone")
    contract.is_not_listed(FakeCameras({}))


def test_files_that_are_no_devices_are_no_cameras(tmp_path: Path) -> None:
    (tmp_path / "video0").write_bytes(b"no device")
    (tmp_path / "video1").mkdir()
    assert not V4l2Cameras(tmp_path).names()
    for name, code in (("video0", "camera_gone"), ("video1", "camera_gone"), ("video2", "camera_gone")):
        with pytest.raises(Unavailable) as caught, V4l2Cameras(tmp_path).camera(name):
            pass
        assert caught.value.code == code
