# SPDX-License-Identifier: Apache-2.0
"""``breakglass journal erase`` and ``hold``."""

from console.actions.privacy import erasure, notices
from console.actions.privacy import hold as holds
from console.cli import privacy_lines, questions
from console.cli.call import Call, Reply, Verb
from console.cli.parser import WrongUsage
from console.domain.canonical import Object
from console.language import say


def erase(call: Call) -> Reply[Object]:
    """Propose an erasure, agree to one, list them, tick off a notice."""
    asked = call.arguments
    proposes = bool(asked.subject or asked.act)
    chosen = [proposes, bool(asked.approve), asked.list, asked.notified is not None, asked.due]
    if sum(chosen) != 1 or proposes != bool(asked.basis):
        raise WrongUsage(
            say("Name one thing to do."), say("--subject or --act with --basis; --approve; --list; --notified; --due.")
        )
    if bool(asked.approve) != bool(asked.keyholder) or (asked.notified is None) != (asked.erasure is None):
        raise WrongUsage(
            say("--approve belongs to --keyholder, and --notified to --erasure."), say("Name both of them.")
        )
    if asked.approve:
        _read(call)
    with call.console(*([asked.keyholder] if asked.keyholder else [])) as console:
        if asked.approve:
            return Reply(erasure.approve(console, asked.approve, asked.keyholder), privacy_lines.erasure)
        if proposes:
            made = erasure.propose(console, asked.basis, subject=asked.subject, act=asked.act)
            return Reply(made, privacy_lines.erasure)
        if asked.due:
            return Reply(notices.due(console), privacy_lines.due)
        if asked.list:
            return Reply(notices.status(console), privacy_lines.erasures)
        return Reply(notices.given(console, asked.erasure, asked.notified), privacy_lines.erasures)


def _read(call: Call) -> None:
    """Show what would be erased to whoever agrees to it, and let them type a word: nobody can undo it."""
    asked = call.arguments
    if not call.terminal.has_person():
        return
    with call.console(later=asked.keyholder) as console:
        told = erasure.describe(console, erasure.find(console, asked.approve))
    questions.tell(privacy_lines.erasure(told))
    call.terminal.confirm(say("Once both have agreed, nobody can undo it."), say("erase"))


def hold(call: Call) -> Reply[Object]:
    """Place a hold, agree to lift one, list them."""
    asked = call.arguments
    if not asked.list and not (asked.keyholder and asked.reason):
        raise WrongUsage(say("This needs to know who says so, and why."), say("Add --keyholder and --reason."))
    with call.console(*([] if asked.list else [asked.keyholder])) as console:
        if asked.on:
            return Reply(holds.place(console, asked.on, asked.keyholder, asked.reason), privacy_lines.holds)
        if asked.lift:
            return Reply(holds.lift(console, asked.lift, asked.keyholder, asked.reason), privacy_lines.holds)
        return Reply(holds.list_holds(console), privacy_lines.holds)


VERBS: dict[str, Verb] = {"erase": erase, "hold": hold}
