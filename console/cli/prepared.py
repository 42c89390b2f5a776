# SPDX-License-Identifier: Apache-2.0
"""``breakglass activation request``, ``prepare``, ``prepared`` and ``cost``."""

from collections.abc import Sequence

from console.actions.activation import lifecycle as actions
from console.actions.activation import prepared as prepared_actions
from console.cli import files, policy_lines, readiness_lines, text
from console.cli.call import Call, Reply, Verb, in_one_sitting
from console.cli.parser import WrongUsage
from console.domain.canonical import Json, Object
from console.language import say


def request(call: Call) -> Reply[Object]:
    """File a request, or a prepared one with what the hour tells."""
    asked, member = call.arguments, call.arguments.as_member
    if asked.file and asked.hour:
        raise WrongUsage(say("--set belongs to --prepared."), say("Write it into the file instead."))
    fields = files.read_toml(asked.file) if asked.file else _hour(asked.hour)
    with call.console(*([member] if member else [])) as console:
        if asked.file:
            return Reply(actions.request(console, fields, sign_as=member), text.decided)
        filed = prepared_actions.request(console, asked.prepared, fields, sign_as=member)
        return Reply(filed, text.decided)


@in_one_sitting
def prepare(call: Call) -> Reply[Object]:
    """Propose a prepared request, or agree on one."""
    asked = call.arguments
    if bool(asked.file) != bool(asked.name) or bool(asked.sign) != bool(asked.keyholder):
        raise WrongUsage(
            say("--file belongs to --name, and --sign to --keyholder."),
            say("Name a file and its name, or what whose token signs."),
        )
    if asked.sign:
        return _sign(call, asked.sign, asked.keyholder)
    template = files.read_toml(asked.file)
    with call.console() as console:
        return Reply(prepared_actions.propose(console, asked.name, template), readiness_lines.prepared)


def _sign(call: Call, name: str, member: str) -> Reply[Object]:
    """Agree on one; on a terminal only after it was read."""
    read = None
    if call.terminal.has_person():
        with call.console(later=member) as console:
            shown = prepared_actions.describe(console, name)
        read = str(shown["id"])
        call.terminal.confirm(policy_lines.signing("\n".join(readiness_lines.prepared(shown)), member), say("sign"))
    with call.console(member) as console:
        return Reply(prepared_actions.sign(console, name, member, read=read), readiness_lines.prepared)


def list_prepared(call: Call) -> Reply[Object]:
    """Every prepared request."""
    with call.console() as console:
        return Reply(prepared_actions.list_prepared(console), readiness_lines.all_prepared)


def cost(call: Call) -> Reply[Object]:
    """What opening will cost, before anybody is woken."""
    asked = call.arguments
    fields = files.read_toml(asked.file) if asked.file else None
    with call.console() as console:
        if fields is None:
            fields = prepared_actions.standing_one(console, asked.prepared).prepared.template
        return Reply(prepared_actions.cost(console, fields), readiness_lines.cost)


def _hour(pairs: Sequence[str]) -> Object:
    told: dict[str, Json] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WrongUsage(
                say("--set {pair} has no =.", pair=pair), say("Write it like --set incident=INC-2026-0042.")
            )
        told[name.strip()] = files.as_text(value, "--set", name)
    return told


VERBS: dict[str, Verb] = {"request": request, "prepare": prepare, "prepared": list_prepared, "cost": cost}
