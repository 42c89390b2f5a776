# SPDX-License-Identifier: Apache-2.0
"""Records as they lie in the station's folder: under which name, and whether station and sealer signed them."""

import re
from collections.abc import Iterator
from typing import cast

from console.actions.console import Console
from console.domain import keys
from console.domain.canonical import Json, Object, digest, from_base64, shaped
from console.domain.errors import Corrupt
from console.domain.policy.keyholder import READER
from console.domain.sealed import envelope

_RECORD_FILE = re.compile(r"records/(?P<name>[^/]+)/(?P<version>[0-9]{6,})-(?P<item>[0-9]{3})\.json\Z")


def check_signed(console: Console, found: Object, credential: str, version: int, item: int) -> None:
    """Raise ``Corrupt`` unless a record belongs to this place and the station and its sealer signed it."""
    signed = digest("sign-record", envelope.record_hash(found))
    with shaped("record_shape"):
        signatures, context = cast(dict[str, Json], found["signatures"]), envelope.record_context(found)
        station, own = from_base64(signatures["station"]), from_base64(signatures["sealer"])
        roster = console.policy.roster_of(context.roster)
        member = roster.member(sealer(found))
    keys.check_message(roster.station_point("request"), station, signed)
    member.check(own, signed)
    if member.role == READER:
        raise Corrupt("record_sealed_by_reader", credential=credential)
    expected = (roster.vault, roster.mode, credential, version, item)
    if (context.vault, context.mode, context.credential, context.version, context.item) != expected:
        raise Corrupt("record_not_the_sealed_one", credential=credential)


def sealer(found: Object) -> str:
    """Return the member id of whoever sealed a record."""
    return str(cast(Object, found["signatures"])["member"])


def record_file(name: str, version: int, item: int) -> str:
    """Return the name of a record's file."""
    return f"records/{name}/{version:06d}-{item:03d}.json"


def record_files(console: Console) -> Iterator[tuple[str, int, int]]:
    """Yield (credential, version, item) of every record's file, in order."""
    for file in console.vault.names("records/"):
        place = _RECORD_FILE.match(file)
        if place:
            yield place["name"], int(place["version"]), int(place["item"])
