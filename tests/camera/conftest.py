# SPDX-License-Identifier: Apache-2.0
"""The driver of a camera that is not there, compiled once from the kernel's own header."""

import shutil
import subprocess
from pathlib import Path

import pytest

HEADER = Path("/usr/include/linux/videodev2.h")


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None or not HEADER.exists():
        pytest.skip("gcc or the kernel's headers are not installed")
    made = tmp_path_factory.mktemp("kernel") / "kernel.so"
    source = Path(__file__).with_name("kernel.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-o", made, source, "-ldl"], check=True)
    return made
