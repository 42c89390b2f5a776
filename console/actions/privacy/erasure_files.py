# SPDX-License-Identifier: Apache-2.0
"""What two people agreed to erase, kept as files: wherever only older journals are left, they tell what stays erased.

The station signs each when it has checked holds, periods and who may agree. Without that two people who have left
could sign on, and whoever writes to the disk could destroy with their file what a hold keeps.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import cast

from console.actions.console import Console
from console.domain import keys
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import ConsoleError
from console.domain.privacy import erasure as rules
from console.domain.privacy.erasure import Erasure

FOLDER = "erasures/"


def keep(console: Console, made: Erasure, signed: Mapping[str, bytes]) -> None:
    """Write down durably what is about to be erased, with the signatures under it and the station's."""
    rows: list[Json] = [[member, to_base64(signature)] for member, signature in sorted(signed.items())]
    said: dict[str, Json] = {"v": 2, "document": made.to_json(), "signatures": rows}
    station = to_base64(console.hsm.sign("request", _digest(said)))
    console.vault.write(f"{FOLDER}{made.id}.json", encode({**said, "station": station}))


def scopes(console: Console) -> set[str]:
    """Return every scope that a file says was erased which two people and the station signed; no other file counts."""
    found: set[str] = set()
    for name in console.vault.names(FOLDER):
        with suppress(ConsoleError), shaped("erasure_shape"):
            made, signed, said, station = _read(console.vault.read(name))
            roster = console.policy.roster_of(made.roster)
            keys.check_message(roster.station_point("request"), station, _digest(said))
            check_signed(console, made, signed)
            groups = {member: roster.member(member).role for member in signed}
            if made.vault == roster.vault and not rules.missing(groups, roster.groups):
                found |= set(made.scopes)
    return found


def check_signed(console: Console, made: Erasure, signed: Mapping[str, bytes]) -> None:
    """Raise ``Corrupt`` (signature_wrong) unless each of these people signed the erasure."""
    for member, signature in signed.items():
        console.policy.roster_of(made.roster).member(member).check(signature, made.signed_digest())


def _read(data: bytes) -> tuple[Erasure, dict[str, bytes], Object, bytes]:
    value = decode_object(data)
    made = Erasure.from_json(cast(dict[str, Json], value["document"]))
    rows = cast(list[list[Json]], value["signatures"])
    said = {name: each for name, each in value.items() if name != "station"}
    return (
        made,
        {str(member): from_base64(signature) for member, signature in rows},
        said,
        from_base64(value["station"]),
    )


def _digest(said: Object) -> bytes:
    return digest("sign-erased", encode(said))
