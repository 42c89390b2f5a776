# SPDX-License-Identifier: Apache-2.0
"""``breakglass journal …``."""

from pathlib import Path

from console.actions import handoff
from console.actions import journal as actions
from console.cli import files, text
from console.cli.call import Call, Reply, Verb

DOES_NOT_VERIFY = 4
QR_BYTES = 1000
"""A checkpoint fits one picture of this density."""


def verify(call: Call) -> Reply:
    """Check the whole journal."""
    with call.console() as console:
        value = actions.verify(console, deep=call.arguments.deep)
        return Reply(value, text.verdict, 0 if value["ok"] else DOES_NOT_VERIFY)


def list_all(call: Call) -> Reply:
    """One page of entries."""
    asked = call.arguments
    with call.console() as console:
        value = actions.list_entries(
            console, type_=asked.type, act=asked.act, after=asked.after, limit=asked.limit
        )
        return Reply(value, text.entries)


def show(call: Call) -> Reply:
    """One entry."""
    with call.console() as console:
        return Reply(actions.show_entry(console, call.arguments.seq), text.entry)


def export(call: Call) -> Reply:
    """The journal for somebody without this program."""
    with call.console() as console:
        folder = Path(call.arguments.folder)
        return Reply(actions.export(console, folder, audience=call.arguments.audience), text.exported)


def checkpoint(call: Call) -> Reply:
    """The newest signed state, also as a picture."""
    with call.console() as console:
        value = actions.checkpoint(console)
        if call.arguments.qr:
            note = str(value["note"]).encode()
            (picture,) = handoff.pictures(console.codes, note, frame_bytes=QR_BYTES)
            files.write(call.arguments.qr, picture)
        return Reply(value, text.checkpoint, to_stderr=call.arguments.qr == "-")


VERBS: dict[str, Verb] = {
    "verify": verify,
    "list": list_all,
    "show": show,
    "export": export,
    "checkpoint": checkpoint,
}
