# SPDX-License-Identifier: Apache-2.0
"""``breakglass demo``."""

import tempfile
from pathlib import Path

from console.cli import demo
from console.cli.call import Call, Reply, Verb


def run(call: Call) -> Reply:
    """Run the demo in the named folder, or in a fresh throw-away one."""
    folder = Path(call.arguments.folder or tempfile.mkdtemp(prefix="breakglass-demo-"))
    return Reply({}, lambda _: (), demo.run(folder, headless=call.arguments.headless))


VERBS: dict[str, Verb] = {"demo": run}
