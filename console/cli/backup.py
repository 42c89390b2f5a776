# SPDX-License-Identifier: Apache-2.0
"""``breakglass station backup`` and ``restore``."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from console.actions.backup import copy as actions
from console.actions.backup import restore as restoring
from console.actions.keyholder.recovery import Words
from console.cli import files, recovery, text
from console.cli.call import Call, Reply, Verb, in_one_sitting
from console.domain.canonical import Object
from console.language import say
from console.wiring import founding


def backup(call: Call) -> Reply[Object]:
    """A signed copy of everything that a restore needs, or the check of one."""
    from console.wiring.station import backup_folder

    asked = call.arguments
    medium = backup_folder(Path(asked.folder), call.folder, same_disk=asked.same_disk)
    if asked.verify:
        with call.station() as station:
            return Reply(actions.verify(station.locked.vault, medium), _made)
    with call.console() as console:
        return Reply(actions.make(console, medium), _made)


def restore(call: Call) -> Reply[Object]:
    """The station's files from a backup; with sheets also a new security module."""
    source = Path(call.arguments.folder)

    def check(words: Words) -> None:
        founding.check_sheets(call.folder, source, words)

    words = recovery.typed_words(call, check) if call.arguments.sheets else None
    value = founding.put_back(call.folder, source, call.terminal, words)
    return Reply(value, _restored)


@in_one_sitting
def replace_hsm(call: Call) -> Reply[Object]:
    """The station once more in another folder, with a new security module; the old one opens nothing from then on."""
    asked, target = call.arguments, Path(call.arguments.folder).absolute()
    data = bytes(files.read(asked.config)) if asked.config else None
    moved = founding.new_place(call.folder, target, data)
    with call.console() as console:
        taken = restoring.take_over(console)
    value = founding.fill_elsewhere(moved, call.folder, taken, call.terminal)
    with call.console() as console:
        restoring.retire(console)
    return Reply(value, _lines)


def _made(value: Object) -> Iterator[str]:
    words = {"words": " ".join(cast(list[str], value["words"]))} if "words" in value else {}
    return _lines({**value, **words, "made": text.when(str(value["made"]))})


def _restored(value: Object) -> Iterator[str]:
    """Say what came back, and what comes next: here nobody has a board that would say it."""
    yield from _lines({name: item for name, item in value.items() if name != "keys"})
    yield say("Now unlock the station: breakglass station unlock --as NAME.")
    if "keys" in value:
        yield say("It will raise its alarm, as its security module is new: begin a new log then.")
    else:
        yield say("Is its security module lost, too? Then first run this again with --sheets.")


def _lines(value: Object) -> Iterator[str]:
    return text.facts((text.label(name), item) for name, item in value.items())


VERBS: dict[str, Verb] = {"backup": backup, "restore": restore, "replace-hsm": replace_hsm}
