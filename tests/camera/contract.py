# SPDX-License-Identifier: Apache-2.0
"""What every camera must do, the fake one and the real one behind a kernel; each as a function of the port.

As a program: ``python -m tests.camera.contract FOLDER CHECK [ARGUMENT…]`` runs one of them on the cameras in a folder.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from console.adapters.camera import V4l2Cameras
from console.adapters.qr import QrCodes
from console.domain.errors import Refused, Unavailable
from console.ports.cameras import Cameras

DEVICE, NAME = "video7", "Camera of the test"
LIMIT_S = 2.0
MOST_LOOKS = 200


def is_listed(cameras: Cameras) -> None:
    """It stands in the list, by a name that can be shown."""
    assert [device for device, _ in cameras.names()] == [DEVICE]
    assert all(name.isprintable() and name for _, name in cameras.names())


def is_not_listed(cameras: Cameras) -> None:
    """What cannot deliver pictures stands in no list."""
    assert not cameras.names()


def shows(cameras: Cameras, *texts: str) -> None:
    """Every symbol in front of it is read sooner or later; and once more after it was given back."""
    codes = QrCodes()
    for _ in range(2):
        found: set[str] = set()
        with cameras.camera(DEVICE) as camera:
            for _ in range(MOST_LOOKS):
                came = camera.picture(LIMIT_S)
                assert came is not None
                with suppress(Refused):
                    found.update(codes.see(codes.grey(came) if isinstance(came, bytes) else came))
                if found == set(texts):
                    break
        assert found == set(texts)


def is_pulled_out(cameras: Cameras) -> None:
    """It says so when it is gone, not that nothing came."""
    with cameras.camera(DEVICE) as camera:
        try:
            for _ in range(MOST_LOOKS):
                camera.picture(LIMIT_S)
        except Unavailable as error:
            assert error.code == "camera_gone"
        else:
            raise AssertionError("it was never said")


def stands_still(cameras: Cameras) -> None:
    """A camera that delivers nothing more holds nobody up."""
    with cameras.camera(DEVICE) as camera:
        assert any(camera.picture(0.1) is None for _ in range(20))


def is_lent_once(cameras: Cameras) -> None:
    """Who comes second is told that it is busy; who comes after is served."""
    with cameras.camera(DEVICE):
        is_refused(cameras, "camera_busy")
    with cameras.camera(DEVICE) as camera:
        assert camera.picture(LIMIT_S) is not None


def is_refused(cameras: Cameras, code: str) -> None:
    """What cannot be used is refused by name."""
    try:
        with cameras.camera(DEVICE):
            raise AssertionError("it was lent")
    except Unavailable as error:
        assert error.code == code, error.code


CHECKS = {
    check.__name__: check
    for check in (is_listed, is_not_listed, shows, is_pulled_out, stands_still, is_lent_once, is_refused)
}


def main(arguments: Sequence[str]) -> None:
    """Run one check on real devices."""
    folder, name, *rest = arguments
    CHECKS[name](V4l2Cameras(Path(folder)), *rest)


if __name__ == "__main__":
    main(sys.argv[1:])
