# SPDX-License-Identifier: Apache-2.0
"""``breakglass demo``."""

import tempfile
from pathlib import Path

from console import wording
from console.cli.call import Call, Reply, Verb
from console.demo import start
from console.domain.canonical import Object


def run(call: Call) -> Reply[Object]:
    """Run the demo in the named folder, or in a fresh throw-away one."""
    folder = Path(call.arguments.folder or tempfile.mkdtemp(prefix="breakglass-demo-"))
    settings = start.run(folder, headless=call.arguments.headless)
    status = call.open_window(settings, wording.DEMO) if settings else 0
    return Reply({}, lambda _: (), status)


VERBS: dict[str, Verb] = {"demo": run}
