# SPDX-License-Identifier: Apache-2.0
"""``breakglass journal checkpoint --witness | cosign | status`` and ``breakglass keyholder witness``."""

from collections.abc import Sequence
from pathlib import Path

from console.actions.journal import outside, witnesses
from console.actions.own_console import witness as own_witness
from console.cli import handover, witness_lines
from console.cli.call import Call, Reply, Verb
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.wiring.own_console import own_console

DASHES = ("—", "–")


def ask(call: Call) -> Reply[Object]:
    """The newest state as a request to a witness."""
    asked = call.arguments
    if asked.out is None:
        raise Refused("out_needed")
    with call.console() as console:
        value, data = witnesses.ask(console, asked.witness, asked.old)
    names = handover.bring_out(asked.out, f"witness-{value['size']}", data)
    return Reply({**value, "files": names}, witness_lines.asked, to_stderr=asked.out == "-")


def cosign(call: Call) -> Reply[Object]:
    """Take the answer of a witness."""
    answer = _answer(call.arguments.answer)
    with call.console() as console:
        return Reply(witnesses.take(console, answer), witness_lines.cosigned)


def status(call: Call) -> Reply[Object]:
    """Written, provable since when, last witnessed by whom."""
    with call.console() as console:
        return Reply(outside.standing(console), witness_lines.standing)


def witness(call: Call) -> Reply[Object]:
    """On one's own console: its witness key, or its signature under the state that a request shows."""
    asked = call.arguments
    if not asked.files:
        with own_console(call.folder, call.terminal) as own:
            return Reply(own_witness.key(own), witness_lines.key)
    if asked.out is None:
        raise Refused("out_needed")
    data = handover.take_in(asked.files)
    with own_console(call.folder, call.terminal) as own:
        value, answer = own_witness.cosign(own, data)
    names = handover.bring_out(asked.out, "cosigned", answer)
    return Reply({**value, "files": names}, witness_lines.signed, to_stderr=asked.out == "-")


def _answer(given: Sequence[str]) -> str:
    """Return a line as it was typed, or what the files hold: a name that is a file is one."""
    if any(text.startswith(DASHES) for text in given) or not any(_is_file(text) for text in given):
        return " ".join(given) + "\n"
    return handover.take_in(given).decode(errors="replace")


def _is_file(text: str) -> bool:
    return text == "-" or Path(text).exists()


STATION: dict[str, Verb] = {"cosign": cosign, "status": status}
OWN: dict[str, Verb] = {"witness": witness}
