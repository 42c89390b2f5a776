# SPDX-License-Identifier: Apache-2.0
"""What the start of the window must not load or keep: it would cost everybody memory before they did anything."""

import os
import subprocess
import sys

PROBE = """
import sys
from console.gui.startup import start_lean
start_lean()
from console.gui import app, assembly
import linecache
own = [name for name in linecache.cache if "/console/" in name]
foreign = ("sqlcipher3", "reportlab", "qrcode", "PIL", "zxingcpp", "pkcs11", "asyncio", "cryptography.x509",
           "decimal", "console.wiring.logs", "PySide6.QtNetwork",
           "console.gui.pages.activation.board", "console.gui.pages.journal.entries")
import console.wiring.station
print(len(own), [name for name in foreign if name in sys.modules])
"""


def test_a_locked_station_loads_no_page_no_database_and_keeps_no_source() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert told == "0 []\n"
