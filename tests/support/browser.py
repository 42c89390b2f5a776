# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven through its own pipe with nothing but the standard library."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pytest

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-pipe"
).split()


class Browser:
    """One page; ``call`` is a command of the DevTools protocol."""

    def __init__(self, page: Path) -> None:
        self._profile = tempfile.TemporaryDirectory()
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        # Chromium reads its descriptor 3 and writes 4; a shell puts ours there.
        start = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        command = ["bash", "-c", start, "bash", str(CHROMIUM), *FLAGS, f"--user-data-dir={self._profile.name}"]
        self._child = subprocess.Popen(
            [*command, "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._out, self._in = os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb")
        self._number, self._session, self._rest = 0, "", b""
        try:
            self._attach(page)
        except BaseException:
            self.__exit__()
            raise

    def _attach(self, page: Path) -> None:
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.open(page)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()
        self._child.terminate()
        self._child.wait()
        self._in.close()
        self._end_what_it_began()
        self._profile.cleanup()

    def _end_what_it_began(self) -> None:
        # Chromium's own children outlive it for a moment and still write into the profile.
        for _ in range(200):
            try:
                os.killpg(self._child.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            time.sleep(0.05)

    def open(self, page: Path) -> None:
        """Load a page from disk and wait for it."""
        self.call("Page.navigate", url=page.as_uri())
        self.run("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to one command; fails the test on an error."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while True:
            answer = json.loads(self._read())
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page, waiting for a promise."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds in the page; fails the test after half a minute."""
        turn = f"new Promise(done => setTimeout(() => done(Boolean({condition})), 50))"
        assert any(self.run(turn) for _ in range(600)), condition

    def choose(self, selector: str, *files: Path) -> None:
        """Put files into a field for files, as a person who chooses them."""
        document = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=document, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    def picture(self, *, width: int, height: int, dark: bool = False) -> bytes:
        """Return the page as a PNG."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _read(self) -> bytes:
        while b"\0" not in self._rest:
            more = os.read(self._in.fileno(), 1 << 16)
            assert more, "Chromium ended"
            self._rest += more
        whole, _, self._rest = self._rest.partition(b"\0")
        return whole


def in_base64(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return files as a page can be handed them."""
    return {name: base64.b64encode(data).decode() for name, data in files.items()}
