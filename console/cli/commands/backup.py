# SPDX-License-Identifier: Apache-2.0
"""``breakglass station backup`` and ``restore``."""

from collections.abc import Iterator
from pathlib import Path

from console import settings
from console.actions import backup as actions
from console.actions import restore as restoring
from console.cli import files, text
from console.cli.call import Call, Reply, Verb
from console.cli.commands import recovery
from console.domain.canonical import Object
from console.settings import FILE_NAME


def backup(call: Call) -> Reply:
    """A signed copy of everything that a restore needs, or the check of one."""
    from console.wiring import backup_folder

    asked = call.arguments
    medium = backup_folder(Path(asked.folder), call.folder, same_disk=asked.same_disk)
    if asked.verify:
        with call.station() as station:
            return Reply(actions.verify(station.locked, medium), _lines)
    with call.console() as console:
        return Reply(actions.make(console, medium), _lines)


def restore(call: Call) -> Reply:
    """The station's files from a backup; with sheets also a new security module."""
    from console.wiring import backup_folder, sheets

    asked, medium = call.arguments, backup_folder(Path(call.arguments.folder), call.folder)
    if not (call.folder / FILE_NAME).exists():
        call.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write(str(call.folder / FILE_NAME), medium.read(FILE_NAME))
    with call.station(settings.read(call.folder)) as station:
        mirror = backup_folder(station.settings.station.mirror, call.folder)
        value = restoring.put_back(station.locked, medium, mirror)
        if asked.sheets:
            value = {**value, **restoring.new_hsm(station.locked, sheets(), recovery.typed_words(call))}
        restoring.done(station.locked)
        return Reply(value, _lines)


def replace_hsm(call: Call) -> Reply:
    """The station once more in another folder, with a new security module; the old one opens nothing from then on."""
    from console.wiring import backup_folder

    asked, target = call.arguments, Path(call.arguments.folder).absolute()
    source = backup_folder(call.folder, call.folder)
    new = settings.parse(bytes(files.read(asked.config)) if asked.config else source.read(FILE_NAME), target)
    with call.console() as console:
        taken, anchors = restoring.take_over(console)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    files.write(
        str(target / FILE_NAME), bytes(files.read(asked.config)) if asked.config else source.read(FILE_NAME)
    )
    with call.station(new) as station:
        value = restoring.put_back(station.locked, source, backup_folder(new.station.mirror, call.folder))
        value = {**value, **restoring.fill(station.locked, taken, anchors)}
        restoring.done(station.locked)
    with call.console() as console:
        restoring.retire(console)
    return Reply({**value, "folder": str(target)}, _lines)


def _lines(value: Object) -> Iterator[str]:
    return text.facts((name.replace("_", " "), item) for name, item in value.items())


VERBS: dict[str, Verb] = {"backup": backup, "restore": restore, "replace-hsm": replace_hsm}
