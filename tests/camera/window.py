# SPDX-License-Identifier: Apache-2.0
"""The real panel on the real adapter, as a program behind ``kernel.c``: scans what the camera shows, prints its hash.

``python -m tests.camera.window FOLDER``
"""

import hashlib
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from console.adapters.camera import V4l2Cameras
from console.adapters.qr import QrCodes
from console.gui.kit import theme
from console.gui.scan.camera_feed import Eye
from console.gui.scan.panel import ScanPanel

LIMIT_MS = 20_000


def main(folder: str) -> int:
    """Return 0 as soon as the message is whole."""
    app = theme.application()
    eye = Eye(V4l2Cameras(Path(folder)), QrCodes())
    panel = ScanPanel(eye, QrCodes())

    def whole(data: bytes) -> None:
        sys.stdout.write(f"{panel.grab().height()} {hashlib.sha256(data).hexdigest()}\n")
        panel.close_it()
        app.exit(0)

    panel.whole.connect(whole)
    QTimer.singleShot(LIMIT_MS, lambda: app.exit(1))
    panel.show()
    panel.present("The request", ["errand"])
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
