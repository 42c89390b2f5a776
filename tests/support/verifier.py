# SPDX-License-Identifier: Apache-2.0
"""Runs a copy of the verifier, as an auditor would, in this process."""

import functools
import io
import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


@functools.cache
def _main_of(verifier: Path) -> Callable[[], int]:
    main: Callable[[], int] = runpy.run_path(str(verifier))["main"]
    return main


def run(verifier: Path, judged: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Return the exit status and the report."""
    said, typed = sys.stdout, sys.argv
    sys.stdout, sys.argv = io.StringIO(), ["verify.py", str(judged), *arguments, "--json"]
    try:
        status = _main_of(verifier)()
        return status, json.loads(sys.stdout.getvalue())
    finally:
        sys.stdout, sys.argv = said, typed
