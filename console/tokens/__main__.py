# SPDX-License-Identifier: Apache-2.0
"""Start of a token process: ``python -I -m console.tokens READING WRITING [detached | software]``.

Reading and writing are two inherited descriptors. It bans its own network and dumps before it loads a module's code;
with ``software`` it loads none, and serves a software key file.
"""

import os
import sys
from contextlib import suppress

from console.confinement import forbid_dumps, shut_network


def main(arguments: list[str]) -> None:
    """Serve until the other end of the pipe is gone, or until the keeper ends."""
    if "detached" in arguments and os.fork():
        # The keeper must not be a child of the command that started it. Nothing is loaded yet, so forking is safe.
        os._exit(0)
    forbid_dumps()
    shut_network()
    if "software" in arguments:
        _serve_key_file(int(arguments[0]), int(arguments[1]))
    else:
        _serve_module(int(arguments[0]), int(arguments[1]))


def _serve_key_file(reading: int, writing: int) -> None:
    from console.tokens.software import serve

    with suppress(BrokenPipeError):
        serve(reading, writing)


def _serve_module(reading: int, writing: int) -> None:
    from console.tokens.process import Process

    process = Process()
    try:
        with suppress(BrokenPipeError):
            process.serve(reading, writing)
    finally:
        process.close()


if __name__ == "__main__":
    main(sys.argv[1:])
