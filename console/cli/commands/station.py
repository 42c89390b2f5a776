# SPDX-License-Identifier: Apache-2.0
"""``breakglass station …``."""

from pathlib import Path

from console import settings
from console.actions import station as actions
from console.cli import files, text
from console.cli.call import Call, Reply, Verb
from console.cli.commands import backup, overview, readiness, usage
from console.domain.errors import Cancelled, ConsoleError, Refused
from console.settings import FILE_NAME, Settings


def init(call: Call) -> Reply:
    """Found a station with a station file, which is copied into its folder."""
    chosen, is_new = _place_config(call)
    people = [person.id for person in chosen.keyholders]
    choose = [person.id for person in chosen.keyholders if person.is_software]
    try:
        with call.terminal.keeping_pins(people, new=choose), call.station(chosen) as station:
            return Reply(actions.found(station.locked), text.genesis)
    except (ConsoleError, Cancelled):
        if is_new:
            (call.folder / FILE_NAME).unlink()
        raise


def unlock(call: Call) -> Reply:
    """Unlock by one person's token."""
    with call.station() as station:
        return Reply(station.unlock(call.arguments.as_member), text.unlocked)


def lock(call: Call) -> Reply:
    """Lock, whatever the journal says to it."""
    with call.station() as station:
        if station.locked.keepers.status() is None:
            return Reply(actions.lock(station.locked), text.unlocked)
        try:
            with station.console() as console:
                actions.note_lock(console)
        finally:
            value = actions.lock(station.locked)
        return Reply(value, text.unlocked)


def _place_config(call: Call) -> tuple[Settings, bool]:
    """Copy the station file into its folder unless the same one is there; return it and whether it is new."""
    data, file = bytes(files.read(call.arguments.config)), call.folder / FILE_NAME
    chosen = settings.parse(data, call.folder)
    if file.exists() and file.read_bytes() != data:
        raise Refused("station_exists", folder=str(call.folder))
    is_new = not file.exists()
    if is_new:
        Path(call.folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write(str(file), data)
    return chosen, is_new


VERBS: dict[str, Verb] = {
    "init": init,
    "unlock": unlock,
    "lock": lock,
    **readiness.VERBS,
    **overview.STATION,
    **usage.ATTEST,
    **backup.VERBS,
}
