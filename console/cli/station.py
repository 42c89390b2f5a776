# SPDX-License-Identifier: Apache-2.0
"""``breakglass station …``."""

from console.actions.station import lifecycle as actions
from console.cli import backup, files, overview, readiness, text, usage
from console.cli.call import Call, Reply, Verb
from console.domain.canonical import Object
from console.wiring import founding


def init(call: Call) -> Reply[Object]:
    """Found a station with a station file, which is copied into its folder."""
    data = bytes(files.read(call.arguments.config))
    chosen = founding.check(call.folder, data)
    if chosen.station.mode == "real" and founding.is_on_same_disk(call.folder, chosen.station.mirror):
        call.terminal.say("second_medium_same_disk")
    left = founding.left_over(chosen)
    if call.arguments.new_token:
        for member in left:
            founding.put_token_aside(chosen, chosen.keyholder(member))
        left = []
    people = [person.id for person in chosen.keyholders]
    choose = [person.id for person in chosen.keyholders if person.is_software and person.id not in left]
    for member in left:
        call.terminal.say("token_left_over", member=member)

    def try_pin(member: str) -> None:
        founding.try_pin(call.folder, data, member, call.terminal)

    with call.terminal.keeping_pins(people, new=choose, try_pin=try_pin):
        return Reply(founding.found(call.folder, data, call.terminal), text.genesis)


def unlock(call: Call) -> Reply[Object]:
    """Unlock by one person's token."""
    with call.station() as station:
        return Reply(station.unlock(call.arguments.as_member), text.unlocked)


def lock(call: Call) -> Reply[Object]:
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


VERBS: dict[str, Verb] = {
    "init": init,
    "unlock": unlock,
    "lock": lock,
    **readiness.VERBS,
    **overview.STATION,
    **usage.ATTEST,
    **backup.VERBS,
}
