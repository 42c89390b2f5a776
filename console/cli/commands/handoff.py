# SPDX-License-Identifier: Apache-2.0
"""``breakglass handoff …``: pictures are made and read without a station."""

from pathlib import Path

from console.actions import handoff as actions
from console.cli import files, text
from console.cli.call import Call, Reply, Verb
from console.domain.errors import Refused


def show(call: Call) -> Reply:
    """Write a file as pictures: one PNG, or a folder of them."""
    from console.wiring import codes

    asked = call.arguments
    pictures = actions.pictures(codes(), bytes(files.read(asked.file)), frame_bytes=asked.bytes)
    if not asked.out.endswith(".png"):
        return files.written(files.write_numbered(asked.out, Path(asked.file).stem, pictures))
    if len(pictures) > 1:
        raise Refused("handoff_needs_folder", frames=len(pictures))
    files.write(asked.out, pictures[0])
    return files.written([asked.out])


def scan(call: Call) -> Reply:
    """Say what pictures hold; write it where it is wanted."""
    from console.wiring import codes

    images = {name: bytes(files.read(name)) for name in call.arguments.images}
    value, data = actions.scan(codes(), images)
    if call.arguments.out:
        files.write(call.arguments.out, data)
    return Reply(value, text.scanned, to_stderr=call.arguments.out == "-")


VERBS: dict[str, Verb] = {"show": show, "scan": scan}
