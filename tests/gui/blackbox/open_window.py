# SPDX-License-Identifier: Apache-2.0
"""Opens the window on a station, its network shut off first, as the program itself does."""

import sys
from pathlib import Path

from console.confinement import shut_network

shut_network()

from console.gui.app import run  # noqa: E402 - after the network is gone
from console.settings import read  # noqa: E402

sys.exit(run(read(Path(sys.argv[1]))))
