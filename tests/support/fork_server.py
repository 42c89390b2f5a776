# SPDX-License-Identifier: Apache-2.0
"""A server that forks for each job, so that a process which may be killed costs no new start of Python.

One JSON object a line comes in at stdin; the exit status of the child (minus the signal that ended it) goes out.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any


def serve(run: Callable[[dict[str, Any]], None]) -> None:
    """Run each job in a child of its own, until the other end is gone."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
