# SPDX-License-Identifier: Apache-2.0
"""``breakglass handoff …``: pictures and spoken lines are made and read without a station."""

from pathlib import Path

from console.actions.handoff import transfer as actions
from console.cli import files, handover, questions, text
from console.cli.call import Call, Reply, Verb
from console.cli.parser import WrongUsage
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.language import say


def show(call: Call) -> Reply[Object]:
    """Write a file as pictures: one PNG, or a folder of them."""
    from console.wiring.station import codes

    asked = call.arguments
    if asked.spoken:
        return Reply(actions.spoken(bytes(files.read(asked.file))), questions.spoken)
    if asked.out is None:
        raise WrongUsage(say("Nobody said where the pictures shall lie."), say("Add --out DIR, or --spoken."))
    pictures = actions.pictures(codes(), bytes(files.read(asked.file)), frame_bytes=asked.bytes)
    if not asked.out.endswith(".png"):
        return files.written(files.write_numbered(asked.out, Path(asked.file).stem, pictures))
    if len(pictures) > 1:
        raise Refused("handoff_needs_folder", frames=len(pictures))
    files.write(asked.out, pictures[0])
    return files.written([asked.out])


def scan(call: Call) -> Reply[Object]:
    """Say what pictures hold; write it where it is wanted."""
    from console.wiring.station import codes

    if (call.arguments.typed is None) == (not call.arguments.images):
        raise WrongUsage(
            say("This needs pictures, or lines that were typed."), say("Name the pictures, or --typed FILE.")
        )
    if call.arguments.typed is not None:
        value, data = actions.heard(files.read(call.arguments.typed).decode(errors="replace"))
    else:
        found = [path for name in call.arguments.images for path in handover.files_of(name)]
        images = {path: bytes(files.read(path)) for path in found}
        value, data = actions.scan(codes(), images)
    if call.arguments.out:
        files.write(call.arguments.out, data)
    return Reply(value, text.scanned, to_stderr=call.arguments.out == "-")


VERBS: dict[str, Verb] = {"show": show, "scan": scan}
