# SPDX-License-Identifier: Apache-2.0
"""Runs a copy of the verifier, as an auditor would, in this process."""

import io
import json
import runpy
import sys
from pathlib import Path
from typing import Any


def run(verifier: Path, judged: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Return the exit status and the report."""
    said, typed = sys.stdout, sys.argv
    sys.stdout, sys.argv = io.StringIO(), ["verify.py", str(judged), *arguments, "--json"]
    try:
        runpy.run_path(str(verifier), run_name="__main__")
    except SystemExit as end:
        assert isinstance(sys.stdout, io.StringIO)
        return int(str(end.code)), json.loads(sys.stdout.getvalue())
    finally:
        sys.stdout, sys.argv = said, typed
    raise AssertionError
