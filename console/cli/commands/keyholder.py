# SPDX-License-Identifier: Apache-2.0
"""``breakglass keyholder …``."""

from console.actions import keyholder as actions
from console.cli import text
from console.cli.call import Call, Reply, Verb


def list_people(call: Call) -> Reply:
    """Everybody in the roster."""
    with call.console() as console:
        return Reply(actions.list_keyholders(console), text.keyholders)


VERBS: dict[str, Verb] = {"list": list_people}
