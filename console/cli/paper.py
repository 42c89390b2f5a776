# SPDX-License-Identifier: Apache-2.0
"""``breakglass journal paper``: the last step of the retreat, when nothing takes entries."""

from collections.abc import Iterator
from typing import cast

from console.actions.console import Console
from console.actions.paper import mode
from console.cli import files, text
from console.cli.call import Call, Reply, Verb
from console.domain.canonical import Object
from console.language import say
from console.sentences import paper as recording


def paper(call: Call) -> Reply[Object]:
    """Say how it stands; accept paper mode on a keyholder's own token; or reserve and print forms."""
    asked = call.arguments
    tokens = [asked.keyholder] if asked.accept else []
    with call.console(*tokens) as console:
        if asked.reserve or asked.out:
            return _forms(console, asked.reserve, asked.out)
        if asked.accept:
            return Reply(mode.accept(console, asked.keyholder), _told)
        return Reply(mode.status(console), _told)


def _forms(console: Console, count: int | None, out: str | None) -> Reply[Object]:
    reserved = mode.reserve(console, count) if count else None
    if out is None:
        return Reply(cast(Object, reserved), _reserved)
    _, pages = mode.forms(console, reserved)
    return files.hand_over(out, pages)


def _told(value: Object) -> Iterator[str]:
    return recording.paper(value, text.when)


def _reserved(value: Object) -> Iterator[str]:
    return text.facts([(say("reserved"), say("forms {first} to {last}", first=value["first"], last=value["last"]))])


VERBS: dict[str, Verb] = {"paper": paper}
