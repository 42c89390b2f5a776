# SPDX-License-Identifier: Apache-2.0
"""``breakglass activation …``."""

from collections.abc import Sequence
from typing import cast

from console.actions.activation import approval, remote
from console.actions.activation import lifecycle as actions
from console.actions.activation.incidents import incidents
from console.actions.activation.release import release as release_secret
from console.actions.console import Console
from console.actions.document.summary import incident_summary
from console.actions.journal import heads
from console.cli import files, handover, prepared, questions, screens, text, usage
from console.cli.call import Call, Reply, Verb, in_one_sitting
from console.domain.activation import justification
from console.domain.canonical import Json, Object


@in_one_sitting
def approve(call: Call) -> Reply[Object]:
    """Approve on a keyholder's own token; a person at a terminal reads the request and restates the matter numbers."""
    asked = call.arguments
    confirms = questions.read(call, "approve", 0, [asked.keyholder])
    matters = questions.matters(call)
    questions.confirm(call, confirms)
    with call.console(asked.keyholder) as console:
        value = approval.approve(console, asked.id, asked.keyholder, matters=matters, confirms=asked.confirm)
        head = cast(dict[str, Json], value["head"])
        if asked.receipt:
            heads.note_receipt(console, asked.keyholder, head)
    if asked.receipt:
        handover.bring_out(asked.receipt, f"journal-{head['size']}", str(head["note"]).encode())
    return Reply(value, text.decided, to_stderr=asked.receipt == files.STDOUT)


@in_one_sitting
def deny(call: Call) -> Reply[Object]:
    """Deny on a keyholder's own token; a person at a terminal reads the request first."""
    asked = call.arguments
    decision = "veto" if asked.veto else "deny"
    justification.check_reason(asked.reason)
    questions.read(call, decision, 0, [asked.keyholder])
    questions.agree(call, decision)
    with call.console(asked.keyholder) as console:
        value = approval.deny(console, asked.id, asked.keyholder, asked.reason, veto=asked.veto)
        return Reply(value, text.decided)


@in_one_sitting
def extend(call: Call) -> Reply[Object]:
    """More time."""
    return _second(call, "extend", call.arguments.minutes * 60)


@in_one_sitting
def reset(call: Call) -> Reply[Object]:
    """More showings."""
    return _second(call, "reset", call.arguments.releases)


@in_one_sitting
def resume(call: Call) -> Reply[Object]:
    """Go on after the clock went back."""
    return _second(call, "resume", 0)


def withdraw(call: Call) -> Reply[Object]:
    """Take a request back."""
    with call.console() as console:
        return Reply(actions.withdraw(console, call.arguments.id), text.decided)


def open_(call: Call) -> Reply[Object]:
    """Open with the quorum."""
    with call.console() as console:
        value = actions.open_activation(console, call.arguments.id)
    return _warned(call, Reply(value, text.activation))


def release(call: Call) -> Reply[Object]:
    """Show one secret where the options say."""
    act, name, document = call.arguments.id, call.arguments.credential, cast(dict[str, Json], {})
    with call.console() as console:
        screen = screens.choose(call, console, name, document)
        value = release_secret(console, act, name, screen)
    is_taken = call.arguments.out == files.STDOUT
    return _warned(call, Reply({**value, **document}, text.released, to_stderr=is_taken))


def request_code(call: Call) -> Reply[Object]:
    """The request for a keyholder's own console, sealed to them alone."""
    asked = call.arguments
    decision, amount = _turn(call)
    with call.console() as console:
        value, data = remote.request_code(
            console,
            asked.id,
            asked.keyholder,
            decision=decision,
            amount=amount,
            since=asked.since,
            remembers=asked.remembers,
        )
    names = handover.bring_out(asked.out, f"request-{asked.keyholder}", data)
    return Reply({**value, "files": names}, questions.sent, to_stderr=asked.out == "-")


def approval_scan(call: Call) -> Reply[Object]:
    """Take a keyholder's answer from elsewhere."""
    data = handover.take_in(call.arguments.files)
    with call.console() as console:
        return Reply(remote.approval_scan(console, call.arguments.id, data), text.decided)


def missing(call: Call) -> Reply[Object]:
    """Who could still decide, and how they are reached."""
    with call.console() as console:
        return Reply(remote.missing(console, call.arguments.id), questions.missing)


def _turn(call: Call) -> tuple[str, int]:
    asked = call.arguments
    if asked.extend is not None:
        return "extend", asked.extend * 60
    if asked.reset is not None:
        return "reset", asked.reset
    return ("resume" if asked.resume else "approve"), 0


def end(call: Call) -> Reply[Object]:
    """End now."""
    with call.console() as console:
        return Reply(actions.end(console, call.arguments.id), text.activation)


def close(call: Call) -> Reply[Object]:
    """Close once nothing is owed."""
    with call.console() as console:
        return Reply(actions.close(console, call.arguments.id), text.decided)


def show(call: Call) -> Reply[Object]:
    """Everything about one activation."""
    with call.console() as console:
        value = actions.show(console, call.arguments.id)
    return _warned(call, Reply(value, text.activation))


def list_all(call: Call) -> Reply[Object]:
    """Every activation."""
    with call.console() as console:
        rows = cast(list[dict[str, Json]], actions.list_activations(console)["activations"])
        called = incidents(console, [str(row["activation"]) for row in rows])
    named: list[Json] = [{**row, "incident": called[str(row["activation"])] or None} for row in rows]
    return Reply({"activations": named}, text.activations)


def summary(call: Call) -> Reply[Object]:
    """The incident summary as PDF."""
    with call.console() as console:
        page = incident_summary(console, call.arguments.id)
    return files.hand_over(call.arguments.out, page)


def _second(call: Call, decision: str, amount: int) -> Reply[Object]:
    people: Sequence[str] = call.arguments.keyholder
    questions.read(call, decision, amount, people)
    questions.agree(call, decision)
    with call.console(*people) as console:
        values = [_seconded(console, call.arguments.id, member, decision, amount) for member in people]
        return Reply(values[-1], text.decided)


def _seconded(console: Console, act: str, member: str, decision: str, amount: int) -> Object:
    return approval.second(console, act, member, decision, amount)


def _warned(call: Call, reply: Reply[Object]) -> Reply[Object]:
    """Warn while approvers can still be reached."""
    for code in cast(Sequence[str], reply.value["warnings"]):
        call.terminal.say(code)
    return reply


VERBS: dict[str, Verb] = {
    **prepared.VERBS,
    **usage.USE,
    "request-code": request_code,
    "approval-scan": approval_scan,
    "missing": missing,
    "approve": approve,
    "deny": deny,
    "extend": extend,
    "reset": reset,
    "resume": resume,
    "withdraw": withdraw,
    "open": open_,
    "release": release,
    "end": end,
    "close": close,
    "show": show,
    "list": list_all,
    "summary": summary,
}
