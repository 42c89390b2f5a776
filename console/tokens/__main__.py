# SPDX-License-Identifier: Apache-2.0
"""Start of a token process: ``python -I -m console.tokens READING WRITING [detached]`` with two inherited descriptors.

It bans its own network and dumps before the module's code is loaded.
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
    from console.tokens.process import Process

    process = Process()
    try:
        with suppress(BrokenPipeError):
            process.serve(int(arguments[0]), int(arguments[1]))
    finally:
        process.close()


if __name__ == "__main__":
    main(sys.argv[1:])
