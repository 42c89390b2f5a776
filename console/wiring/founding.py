# SPDX-License-Identifier: Apache-2.0
"""How a folder becomes a station: founded, put back, moved to a new security module; or a keyholder's own console."""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from console import settings
from console.actions.backup import restore
from console.actions.keyholder import enrolment, recovery
from console.actions.keyholder.recovery import Escrowed, Words
from console.actions.own_console import answer
from console.actions.policy.steps import GENESIS
from console.actions.sealed import escrow
from console.actions.station import founding, lifecycle
from console.adapters.hsm.person import is_founded
from console.adapters.machine import make_folder, write_durably
from console.domain.canonical import Object
from console.domain.errors import Cancelled, ConsoleError, Refused
from console.domain.keyholder.enrolment import Card, check_named, parse_card
from console.domain.keyholder.keyfile import FILE_NAME as KEY_FILE_NAME
from console.ports.operator import Operator
from console.settings import FILE_NAME, IN_SOFTWARE, OWN_FILE_NAME, KeyholderSection, Settings
from console.wiring.logs import set_aside
from console.wiring.station import Station, backup_folder, sheets
from console.wiring.tokens import address_of, salt_of


def found(folder: Path, data: bytes, operator: Operator) -> Object:
    """Found a station with this station file, which is put on both its media; return its founding document in words.

    Raises as ``check`` and ``actions.station.found``.
    """
    chosen, is_new = check(folder, data), not (folder / FILE_NAME).exists()
    make_folder(folder)
    with _lent(chosen, operator) as place:
        place.locked.vault.write(FILE_NAME, data)
        try:
            return lifecycle.found(place.locked)
        except (ConsoleError, Cancelled):
            if is_new:
                place.locked.vault.remove(FILE_NAME)
            raise


def check(folder: Path, data: bytes) -> Settings:
    """Return what this station file says, if a station can be founded with it: before anybody types a PIN.

    ``Refused`` (station_exists) if another station file is there, or a founding document; as ``check_medium``
    and ``actions.founding``.
    """
    chosen, file = settings.parse(data, folder), folder / FILE_NAME
    if (folder / GENESIS).exists() or (file.exists() and file.read_bytes() != data):
        raise Refused("station_exists", folder=str(folder))
    check_medium(folder, chosen.station.mirror)
    founding.check_settings(chosen)
    return chosen


def check_medium(folder: Path, medium: Path) -> None:
    """Raise ``Refused`` unless this folder can be the second medium of a station in ``folder``.

    Codes: second_medium_bare (a mount point itself), _missing, _inside (with the station), _unwritable, _used (holds
    something, and the station is not there yet).
    """
    try:
        _check_medium(folder, medium)
    except OSError as error:
        raise Refused("second_medium_unwritable", folder=str(medium)) from error


def is_on_same_disk(folder: Path, medium: Path) -> bool:
    """Say whether one fault would take both: the station's folder, perhaps still to be made, and the second medium."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    return there.stat().st_dev == medium.stat().st_dev


def left_over(chosen: Settings) -> list[str]:
    """Return whose tokens in software are there from a founding that was not finished: their PINs were chosen then."""
    return [known.id for known in chosen.keyholders if is_left_over(chosen, known)]


def is_left_over(chosen: Settings, section: KeyholderSection, present: Collection[str] = ()) -> bool:
    """Say whether a person's token in software is there from before, and no list of people can name it.

    ``present``: the ids in that list; one of these has a token that counts, in the folder that ``chosen`` says.
    """
    address = address_of(chosen, section)
    counts = section.id in present and section.folder in [known.folder for known in chosen.keyholders]
    return section.is_software and is_founded(address) and not counts


def who_is_known(folder: Path) -> list[str]:
    """Return whom a station knows by the token of this own console: its keyholder, once the station is pinned."""
    return [settings.read_own(folder).id] if (folder / answer.PINNED).exists() else []


def put_token_aside(chosen: Settings, section: KeyholderSection) -> None:
    """Rename a token that is left over and whose PIN nobody knows, so that a new one is made; nothing is deleted."""
    address = address_of(chosen, section)
    if address.folder is not None:
        # Of a key file that file alone: a person may have named a whole stick.
        is_file = section.module == settings.KEY_FILE
        for path in [address.folder / KEY_FILE_NAME] if is_file else [address.folder, salt_of(address.folder)]:
            set_aside(path)


def try_pin(folder: Path, data: bytes, member: str, operator: Operator) -> None:
    """Try the PIN of a token that was there before the founding; raises as the port ``Token``."""
    with _lent(settings.parse(data, folder), operator) as place:
        place.locked.founding.try_pin(member)


def put_back(folder: Path, source: Path, operator: Operator, words: Words | None = None) -> Object:
    """Put a station's files back from a backup or its second medium; with ``words`` of its sheets also a new HSM.

    Raises as ``actions.restore.put_back`` and ``new_hsm``; nothing is left then of a backup that will not do.
    """
    medium, file = backup_folder(source, folder), folder / FILE_NAME
    data = file.read_bytes() if file.exists() else medium.read(FILE_NAME)
    make_folder(folder)
    with _lent(settings.parse(data, folder), operator) as place:
        mirror = backup_folder(place.settings.station.mirror, folder)
        value = restore.put_back(place.locked, medium, mirror)
        # After the rest: by this file the folder is a station.
        _write(file, data)
        if words is not None:
            value = {**value, **restore.new_hsm(place.locked, sheets(), words)}
            restore.done(place.locked)
        return value


def check_sheets(folder: Path, source: Path, words: Words) -> None:
    """Check sheets of the station as they are typed in: the words, and that they are its own where its files are.

    ``source``: the backup or the second medium, if it was named. Raises as ``actions.recovery.check_typed``.
    """
    for place in (folder, source):
        files = backup_folder(place, folder)
        if escrow.file(escrow.DATABASE_KEY) in files.names("escrow/"):
            recovery.check_typed(sheets(), files, words)
            return
    for number, row in enumerate(words, start=1):
        sheets().read(number, row)


def new_place(folder: Path, target: Path, data: bytes | None) -> tuple[Settings, bytes]:
    """Return what the station of ``folder`` will be in ``target``, and its station file; ``data``: another one."""
    written = data or backup_folder(folder, folder).read(FILE_NAME)
    return settings.parse(written, target), written


def fill_elsewhere(
    moved: tuple[Settings, bytes], folder: Path, taken: tuple[Escrowed, Sequence[bytes]], operator: Operator
) -> Object:
    """Make the station of ``folder`` once more in a ``new_place``, with a new HSM that holds what was ``taken``."""
    new, data = moved
    _write(new.folder / FILE_NAME, data)
    opened, anchors = taken
    with _lent(new, operator) as place:
        source = backup_folder(folder, folder)
        value = restore.put_back(place.locked, source, backup_folder(new.station.mirror, folder))
        value = {**value, **restore.fill(place.locked, opened, anchors)}
        restore.done(place.locked)
    return {**value, "folder": str(new.folder)}


def own_section(folder: Path, section: KeyholderSection) -> KeyholderSection:
    """Return the section for a keyholder's own console: a token in software that names no folder lies in this one.

    ``Refused`` (console_exists): the folder is somebody else's; and as ``check_named``, before anybody types a PIN.
    """
    check_named(section.id, section.name, section.role)
    if section.module in IN_SOFTWARE and section.folder is None:
        section = replace(section, folder=(folder / "token").resolve())
    file = folder / OWN_FILE_NAME
    if file.exists() and settings.read_own(folder) != section:
        raise Refused("console_exists", folder=str(folder), member=settings.read_own(folder).id)
    return section


def make_own(folder: Path, section: KeyholderSection, operator: Operator, attestation: Sequence[bytes] = ()) -> Card:
    """Make a keyholder's own console and their enrolment card; made again for the same keys, it is the same card.

    Another one would have other words than the card that is under way.
    """
    with _lent(settings.without_station(folder, section), operator) as place:
        card = enrolment.make_card(place.locked, section.id, attestation)
    file = folder / answer.CARD
    if file.exists() and (known := parse_card(file.read_bytes())).is_of(card):
        return known
    _write(file, card.encode())
    _write(folder / OWN_FILE_NAME, settings.own_toml(section, folder))
    return card


@contextmanager
def _lent(chosen: Settings, operator: Operator) -> Iterator[Station]:
    place = Station(chosen, operator)
    try:
        yield place
    finally:
        place.close()


def _check_medium(folder: Path, medium: Path) -> None:
    if medium.is_mount():
        # Without its medium a mount point is an empty folder of the first disk: copies would seem to be made.
        raise Refused("second_medium_bare", folder=str(medium))
    if not medium.is_dir():
        raise Refused("second_medium_missing", folder=str(medium))
    if _lie_together(folder.resolve(), medium.resolve()):
        raise Refused("second_medium_inside", folder=str(medium))
    if not os.access(medium, os.R_OK | os.W_OK | os.X_OK):
        raise Refused("second_medium_unwritable", folder=str(medium))
    if not (folder / FILE_NAME).exists() and backup_folder(medium, medium).names(""):
        raise Refused("second_medium_used", folder=str(medium))


def _lie_together(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(file, data)
