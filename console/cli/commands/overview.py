# SPDX-License-Identifier: Apache-2.0
"""``breakglass overview``, ``station status-code`` and ``station check-status``."""

from console.actions import overview as actions
from console.cli import receipts
from console.cli.call import Call, Reply, Verb


def overview(call: Call) -> Reply:
    """Counts of what goes on and of what is owed."""
    with call.console() as console:
        return Reply(actions.overview(console), receipts.overview)


def status_code(call: Call) -> Reply:
    """At the station: the state in 24 letters."""
    with call.console() as console:
        return Reply(actions.status_code(console, call.arguments.reader), receipts.status_code)


def check_status(call: Call) -> Reply:
    """On one's own console: what 24 letters say."""
    from console.wiring.own_console import own_console

    with own_console(call.folder, call.terminal) as own:
        return Reply(actions.check_status(own, " ".join(call.arguments.code)), receipts.checked)


VERBS: dict[str, Verb] = {"overview": overview}
STATION: dict[str, Verb] = {"status-code": status_code, "check-status": check_status}
