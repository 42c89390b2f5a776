# SPDX-License-Identifier: Apache-2.0
"""A child process that misbehaves as asked: the first request names how. Started like a token process."""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

from console.domain.frame import Frame
from console.tokens import wire


def misbehave(how: str, number: object, writing: int) -> None:
    """Answer one request in an odd way."""
    out = wire.writer_of(writing)
    if how == "hang":
        time.sleep(60)
    elif how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "garble":
        os.write(writing, b"\0\0\0\4\0\0\0\0nope")
    elif how == "huge":
        os.write(writing, b"\xff" * 8)
    elif how == "late":
        time.sleep(0.4)
        wire.write(out, Frame({"id": number, "ok": {"late": True}}))
    elif how == "interim":
        wire.write(out, Frame({"id": number, "interim": "touch"}))
        time.sleep(0.05)
        wire.write(out, Frame({"id": number, "ok": {}}, bytearray(b"tail")))
    elif how == "another":
        wire.write(out, Frame({"id": 4711, "ok": {}}))
    elif how == "chatter":
        print("a vendor's library says hello", flush=True)  # noqa: T201 - that is what it does
        wire.write(out, Frame({"id": number, "ok": {}}))
    else:
        wire.write(out, Frame({"id": number, "ok": about_itself()}))


def about_itself() -> dict[str, object]:
    """Tell what a test wants to know of a child."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
        network = True
    except OSError:
        network = False
    return {
        "environment": json.dumps(dict(os.environ)),
        "session": os.getsid(0),
        "pid": os.getpid(),
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "network": network,
        "isolated": sys.flags.isolated,
    }


def main() -> None:
    """Serve until the pipe ends."""
    reading, writing = int(sys.argv[1]), int(sys.argv[2])
    if "detached" in sys.argv and os.fork():
        os._exit(0)
    while (request := wire.read(wire.reader_of(reading))) is not None:
        if request.head["verb"] == "stop reading":
            time.sleep(60)
        misbehave(str(request.head["verb"]), request.head["id"], writing)


if __name__ == "__main__":
    main()
