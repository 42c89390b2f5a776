# SPDX-License-Identifier: Apache-2.0
"""``breakglass activation use``, ``credential drift`` and ``station attest-time``."""

from collections.abc import Iterator, Sequence
from typing import cast

from console import wording
from console.actions.activation import use as actions
from console.actions.console import Console
from console.actions.credential import drift as drifting
from console.actions.station import clock
from console.cli import files, screens, text
from console.cli.call import Call, Reply, Verb, in_one_sitting
from console.domain.canonical import Object
from console.domain.moment import zoned
from console.domain.payload.usage import ToSign
from console.language import say

WATCH = say("Date and time of your own watch or telephone, like 2026-11-24 02:15: ")


@in_one_sitting
def use(call: Call) -> Reply[Object]:
    """Let a sealed key sign once; a person at a terminal reads first what will be signed."""
    act, name = call.arguments.id, call.arguments.credential
    with call.console() as console:
        screens.choose(call, console, name, {})
        wanted = _wanted(call, console)
    call.terminal.say("to_be_signed", algorithm=wanted.algorithm, content=wanted.words())
    if call.terminal.has_person():
        call.terminal.confirm(say("This will be signed."), say("sign"))
    with call.console() as console:
        value = actions.use(console, act, name, wanted, screens.choose(call, console, name, {}))
    for code in cast(Sequence[str], value["warnings"]):
        call.terminal.say(code)
    return Reply(value, _used, to_stderr=call.arguments.out == files.STDOUT)


def drift(call: Call) -> Reply[Object]:
    """Compare a code that is shown elsewhere with the station's."""
    shown = call.arguments.shown or call.terminal.ask(say("The code that is shown there now: "))
    with call.console() as console:
        return Reply(drifting.drift(console, call.arguments.name, shown), _drifted)


def attest_time(call: Call) -> Reply[Object]:
    """Let keyholders of two groups say what time it is."""
    people: Sequence[str] = call.arguments.keyholder
    for member in people:
        call.terminal.prepare_pin(member)
    # Asked last, so that it is not old before it is signed.
    time = zoned(call.arguments.time or call.terminal.ask(WATCH))
    with call.console(*people) as console:
        return Reply(clock.attest(console, people, time), _attested)


def _wanted(call: Call, console: Console) -> ToSign:
    asked = call.arguments
    if asked.jwt is not None:
        claims = bytes(files.read(asked.jwt))
        return actions.prepare_jwt(console, claims, algorithm=asked.alg, key_id=asked.kid)
    return actions.prepare_tls(bytes(files.read(asked.tls_challenge)), scheme=asked.alg)


def _used(value: Object) -> Iterator[str]:
    return text.facts(
        [
            (say("used"), value["used"]),
            (say("algorithm"), value["algorithm"]),
            (say("signed"), value["signed"]),
            (say("outcome"), wording.OUTCOMES[str(value["outcome"])]),
            (say("budget"), text.budget(value["budget"])),
        ]
    )


def _drifted(value: Object) -> Iterator[str]:
    return text.facts(
        [(say("credential"), value["credential"]), (say("ahead by"), say("{offset} codes", offset=value["offset"]))]
    )


def _attested(value: Object) -> Iterator[str]:
    return text.facts(
        [
            (say("attested"), value["time"]),
            (say("by"), value["groups"]),
            (say("this clock differs by"), f"{value['seconds_apart']} s"),
        ]
    )


USE: dict[str, Verb] = {"use": use}
DRIFT: dict[str, Verb] = {"drift": drift}
ATTEST: dict[str, Verb] = {"attest-time": attest_time}
