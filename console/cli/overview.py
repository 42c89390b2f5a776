# SPDX-License-Identifier: Apache-2.0
"""``breakglass overview``, ``station status-code`` and ``station check-status``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from console import wording
from console.actions import overview as actions
from console.cli import text
from console.cli.call import Call, Reply, Verb
from console.domain import status
from console.domain.canonical import Json, Object
from console.domain.handoff import spoken
from console.language import say
from console.sentences import overview as counts


def overview(call: Call) -> Reply[Object]:
    """Counts of what goes on and of what is owed."""
    with call.console() as console:
        return Reply(actions.overview(console), _overview)


def status_code(call: Call) -> Reply[Object]:
    """At the station: the state in 24 letters."""
    with call.console() as console:
        return Reply(actions.status_code(console, call.arguments.reader), _code)


def check_status(call: Call) -> Reply[Object]:
    """On one's own console: what 24 letters say."""
    from console.wiring.own_console import own_console

    with own_console(call.folder, call.terminal) as own:
        return Reply(actions.check_status(own, " ".join(call.arguments.code)), _checked)


def _overview(value: Object) -> Iterator[str]:
    """Say what goes on and what is owed."""
    if alarm := cast(Sequence[str], value["alarm"]):
        yield f"{counts.ALARM}: {'; '.join(map(wording.finding, alarm))}."
    yield from text.facts([*counts.facts(value), (say("as of"), text.when(str(value["at"])))])
    for name, states in cast(Mapping[str, Mapping[str, Json]], value["jurisdictions"]).items():
        yield f"{name}: " + ", ".join(f"{count} {wording.STATES[state]}" for state, count in states.items())


def _code(value: Object) -> Iterator[str]:
    """Say the letters, how each is read aloud, and what they say."""
    yield str(value["groups"])
    yield ""
    for group in str(value["groups"]).split():
        yield f"{group}  {spoken.spelled(group)}"
    yield ""
    yield say("For {to}. It says:", to=value["to"])
    yield from text.facts(counts.told(value))
    yield say("It is believed for {minutes} minutes.", minutes=status.MINUTES_APART)


def _checked(value: Object) -> Iterator[str]:
    """Say what was told, and that it may be believed."""
    yield say("This is the station that you know, and it said this at {time}:", time=text.when(str(value["told_at"])))
    yield from text.facts(counts.told(value))
    if since := counts.since(value):
        yield since


VERBS: dict[str, Verb] = {"overview": overview}
STATION: dict[str, Verb] = {"status-code": status_code, "check-status": check_status}
