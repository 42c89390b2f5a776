# SPDX-License-Identifier: Apache-2.0
"""``breakglass journal paper``: the last step of the retreat, when nothing takes entries."""

from collections.abc import Iterator

from console.actions import papermode
from console.cli import text
from console.cli.call import Call, Reply, Verb
from console.domain.canonical import Object
from console.sentences import recording


def paper(call: Call) -> Reply:
    """Say how it stands; accept paper mode on a keyholder's own token; or reserve numbers for the forms."""
    asked = call.arguments
    tokens = [asked.keyholder] if asked.accept else []
    with call.console(*tokens) as console:
        if asked.reserve:
            return Reply(papermode.reserve(console, asked.reserve), _reserved)
        if asked.accept:
            return Reply(papermode.accept(console, asked.keyholder), _told)
        return Reply(papermode.status(console), _told)


def _told(value: Object) -> Iterator[str]:
    return recording.paper(value, text.when)


def _reserved(value: Object) -> Iterator[str]:
    return text.facts([("reserved", f"forms {value['first']} to {value['last']}")])


VERBS: dict[str, Verb] = {"paper": paper}
