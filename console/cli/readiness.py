# SPDX-License-Identifier: Apache-2.0
"""``breakglass station check`` and ``grab-card``, ``breakglass keyholder prove``."""

from typing import cast

from console.actions.document import grab_card as card
from console.actions.keyholder import proof
from console.actions.readiness import lockout, rollback
from console.actions.readiness import report as actions
from console.cli import files, readiness_lines
from console.cli.call import Call, Reply, Verb
from console.cli.progress import shown
from console.domain.canonical import Json, Object
from console.language import say
from console.sentences.checks import command, now

NOT_READY = 3


def check(call: Call) -> Reply[Object]:
    """Say whether everything is ready, or what is locked out by which losses, or what the HSM keeps."""
    if call.arguments.what_if is not None:
        return _what_if(call)
    if call.arguments.rollback_drill:
        return _rollback_drill(call)
    with call.console() as console, shown(say("Verifying the journal")) as progress:
        found = actions.readiness(console, progress)
    rows: list[Json] = [
        {**row, "now": None if row["ok"] else now(row), "by": command(row) or None}
        for row in cast(list[dict[str, Json]], found["checks"])
    ]
    return Reply({**found, "checks": rows}, readiness_lines.checks, 0 if found["ready"] else NOT_READY)


def _what_if(call: Call) -> Reply[Object]:
    with call.console() as console:
        value = lockout.matrix(console, call.arguments.what_if)
        names: dict[str, Json] = {member.id: member.name for member in console.policy.roster.members}
    return Reply({**value, "people": names}, readiness_lines.what_if)


def _rollback_drill(call: Call) -> Reply[Object]:
    from console.wiring.station import measure_rollback

    with call.console() as console:
        return Reply(rollback.note_rollback(console, measure_rollback(console.settings)), readiness_lines.rollback)


def grab_card(call: Call) -> Reply[Object]:
    """Print the grab card."""
    with call.console() as console:
        page = card.grab_card(console)
    return files.hand_over(call.arguments.out, page)


def prove(call: Call) -> Reply[Object]:
    """Prove a person's token, on that token."""
    member = call.arguments.name
    with call.console(member) as console:
        return Reply(proof.prove(console, member), readiness_lines.proven)


VERBS: dict[str, Verb] = {"check": check, "grab-card": grab_card}
PROOF: dict[str, Verb] = {"prove": prove}
