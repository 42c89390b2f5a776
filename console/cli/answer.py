# SPDX-License-Identifier: Apache-2.0
"""``breakglass keyholder card | pin | answer``: a station is introduced to a console of one's own, and is answered."""

from console.actions.activation import remote
from console.actions.own_console import answer as actions
from console.actions.own_console.answer import Opened, OwnConsole
from console.cli import handover, questions, witness
from console.cli.call import Call, Reply, Verb
from console.domain.canonical import Object
from console.domain.handoff.frames import PIN_CARD
from console.language import say
from console.wiring.own_console import own_console


def card(call: Call) -> Reply[Object]:
    """At the station: the card that introduces it to a keyholder's own console."""
    member, out = call.arguments.name, call.arguments.out
    with call.console() as console:
        value, data = remote.pin_card(console, member)
    names = handover.bring_out(out, f"card-{member}", data)
    return Reply({**value, "files": names}, questions.card, to_stderr=out == "-")


def pin(call: Call) -> Reply[Object]:
    """On one's own console: pin a station by its card and its 12 words, or bring it up to date."""
    given = call.arguments.words
    if given is None and call.terminal.has_person():
        given = call.terminal.ask(say("Type the 12 words, from paper or as two founders read them: "))
    data = handover.take_in(call.arguments.files, PIN_CARD)
    with own_console(call.folder, call.terminal) as own:
        return Reply(actions.pin(own, data, (given or "").split()), questions.pinned)


def answer(call: Call) -> Reply[Object]:
    """On one's own console: read a request in words, and answer it."""
    asked = call.arguments
    data = handover.take_in(asked.files)
    with own_console(call.folder, call.terminal) as own:
        opened = actions.read(own, data)
        shown = actions.describe(own, opened)
        stopping = _stopping(call)
        questions.show({**shown, "decision": stopping or shown["decision"]})
        value, reply = _stopped(call, own, opened, stopping) if stopping else _agreed(call, own, opened, shown)
    names = handover.bring_out(asked.out, "answer", reply)
    return Reply({**value, "asked": shown, "files": names}, questions.answered, to_stderr=asked.out == "-")


def _stopping(call: Call) -> str | None:
    asked = {"deny": call.arguments.deny, "veto": call.arguments.veto}
    return next((decision for decision, reason in asked.items() if reason is not None), None)


def _stopped(call: Call, own: OwnConsole, opened: Opened, decision: str) -> tuple[Object, bytes]:
    questions.agree(call, decision)
    reason = call.arguments.deny or call.arguments.veto
    return actions.refuse(own, opened, reason, veto=decision == "veto")


def _agreed(call: Call, own: OwnConsole, opened: Opened, shown: Object) -> tuple[Object, bytes]:
    matters = questions.matters(call)
    questions.confirm(call, shown["confirms"])
    return actions.agree(own, opened, matters, call.arguments.confirm)


VERBS: dict[str, Verb] = {"card": card, "pin": pin, "answer": answer, **witness.OWN}
