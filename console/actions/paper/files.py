# SPDX-License-Identifier: Apache-2.0
"""Which paper forms have numbers, kept as files beside the journal: where it is lost, they tell what is still out.

One file for each log, signed by the station: else whoever writes to the disk could call forms used that are not, or
have a new log count some that nobody reserved.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import cast

from console.actions.console import Console
from console.domain import keys
from console.domain.canonical import Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import ConsoleError, Unavailable

FOLDER = "paper/"

Numbers = tuple[int, int]
"""The first and the last of some that follow each other."""


def keep(console: Console, reserved: Sequence[Numbers], used: Collection[int]) -> None:
    """Write down what the log that is written knows of numbers of paper forms."""
    log, roster = console.logs.current(), console.policy.roster
    said: Object = {
        "v": 1,
        "vault": roster.vault,
        "log": log.origin,
        "roster": to_base64(roster.hash()),
        "reserved": [list(numbers) for numbers in reserved],
        "used": sorted(used),
    }
    station = to_base64(console.hsm.sign("request", _digest(said)))
    # A full disk keeps nobody from paper: the second medium is written first, and an entry says the same.
    with suppress(Unavailable):
        console.vault.write(f"{FOLDER}{log.number:06d}.json", encode({**said, "station": station}))


def kept(console: Console) -> Iterator[tuple[list[Numbers], set[int]]]:
    """Yield (reserved, used) of each log whose file this station signed; no other file counts."""
    for name in console.vault.names(FOLDER):
        with suppress(ConsoleError), shaped("paper_numbers_shape"):
            value = decode_object(console.vault.read(name))
            said = {member: each for member, each in value.items() if member != "station"}
            roster = console.policy.roster_of(from_base64(said["roster"]))
            keys.check_message(roster.station_point("request"), from_base64(value["station"]), _digest(said))
            if said["vault"] == roster.vault:
                rows = cast(list[list[int]], said["reserved"])
                yield [(first, last) for first, last in rows], set(cast(list[int], said["used"]))


def _digest(said: Object) -> bytes:
    return digest("sign-paper-numbers", encode(said))
