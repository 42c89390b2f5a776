# SPDX-License-Identifier: Apache-2.0
"""``breakglass policy …``."""

from console.actions import station as actions
from console.cli import text
from console.cli.call import Call, Reply, Verb
from console.domain.errors import Refused


def genesis(call: Call) -> Reply:
    """The founding document in words, with the signatures that are missing."""
    with call.station() as station:
        return Reply(actions.genesis(station.locked), text.genesis)


def words(call: Call) -> Reply:
    """The twelve words alone."""
    with call.station() as station:
        return Reply(actions.genesis(station.locked), text.twelve_words)


def show(call: Call) -> Reply:
    """People, classes and limits."""
    with call.station() as station:
        return Reply(actions.genesis(station.locked), text.rules)


def sign(call: Call) -> Reply:
    """Sign the founding document; on a terminal only after its words were read."""
    with call.station() as station:
        document = actions.genesis(station.locked)
        if call.arguments.id not in ("genesis", document["genesis"]):
            raise Refused("unknown_policy", id=call.arguments.id)
        if call.terminal.has_person():
            read = "\n".join(text.genesis(document))
            call.terminal.confirm(f"{read}\n\nThis will be signed by {call.arguments.keyholder}.", "sign")
        return Reply(actions.sign_genesis(station.locked, call.arguments.keyholder), text.genesis)


VERBS: dict[str, Verb] = {"genesis": genesis, "words": words, "show": show, "sign": sign}
