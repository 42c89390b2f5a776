# SPDX-License-Identifier: Apache-2.0
"""``breakglass keyholder suspend`` and ``remove``: people who shall no longer count."""

from console.actions.policy import steps, suspension
from console.actions.station import lifecycle as station_actions
from console.cli import policy_lines
from console.cli.call import Call, Reply, Verb
from console.domain.canonical import Object
from console.language import say
from console.wording import SUSPENDING


def suspend(call: Call) -> Reply[Object]:
    """Suspend a person at once, by a keyholder of the same group (--as), on a terminal once it is confirmed."""
    member, by = call.arguments.name, call.arguments.as_member
    if call.terminal.has_person():
        call.terminal.confirm(
            f"{say('{member} will be suspended by {by}.', member=member, by=by)} {SUSPENDING}", say("suspend")
        )
    with call.console(by) as console:
        value, unlocked_by = suspension.suspend(console, member, by), console.hsm.unlocked_by()
    if unlocked_by == member:
        with call.station() as station:
            station_actions.lock(station.locked)
    return Reply(value, policy_lines.suspended)


def remove(call: Call) -> Reply[Object]:
    """Propose that a person leaves; the quorum signs it."""
    with call.console() as console:
        return Reply(steps.propose_without(console, call.arguments.name), policy_lines.proposed)


VERBS: dict[str, Verb] = {"suspend": suspend, "remove": remove}
