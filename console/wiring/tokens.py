# SPDX-License-Identifier: Apache-2.0
"""Where tokens are, as the station file says: their modules and folders, and how a PIN becomes the one of a token."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

from console.adapters.hsm.person import Stretch
from console.adapters.hsm.process import KEY_FILE, TokenAddress
from console.adapters.machine import write_durably
from console.domain.errors import Unavailable
from console.domain.sealed import envelope
from console.settings import EMBEDDED, KeyholderSection, Settings

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
SOFTHSM_VARIABLE = "BREAKGLASS_SOFTHSM"
SALT_FILE = "pin-salt"
SALT_BYTES = 16


def module_path(name: str) -> Path:
    """Return the PKCS#11 module that a station file names; ``software`` stands for itself: none."""
    return Path(os.environ.get(SOFTHSM_VARIABLE, SOFTHSM)) if name == EMBEDDED else Path(name)


def hsm_address(settings: Settings) -> TokenAddress:
    """Return where the station's own token is."""
    folder = (settings.hsm.folder or settings.folder / "hsm") if settings.hsm.module == EMBEDDED else None
    return TokenAddress(module_path(settings.hsm.module), settings.hsm.token, folder)


def person_address(settings: Settings, member: str) -> TokenAddress:
    """Return where a person's token is."""
    return address_of(settings, settings.keyholder(member))


def address_of(settings: Settings, section: KeyholderSection) -> TokenAddress:
    """Return where the token of a section is."""
    return address_in(section, settings.folder / "tokens" / section.id)


def address_in(section: KeyholderSection, default: Path) -> TokenAddress:
    """Return where the token of a section is; ``default``: the folder of one in software that names none."""
    folder = (section.folder or default) if section.is_software else None
    module = module_path(section.module)
    return TokenAddress(module, section.token or section.id, folder, section.init or None)


def stretch_of(address: TokenAddress) -> Stretch | None:
    """Return the PIN stretching of an embedded token; devices and software key files do without."""
    embedded = address.folder is not None and address.module != KEY_FILE
    return stretcher(cast(Path, address.folder)) if embedded else None


def salt_of(folder: Path) -> Path:
    """Return where the salt of an embedded token's PIN lies: beside the token."""
    return folder.with_name(folder.name + "." + SALT_FILE)


def stretcher(folder: Path) -> Callable[[bytearray], bytearray]:
    """Return the PIN stretching of an embedded token; its salt lies beside the token, and is made before it.

    ``Unavailable`` (pin_salt_missing): a token is there and its salt is not, so that no PIN can be the right one.
    """
    file = salt_of(folder)

    def stretch(pin: bytearray) -> bytearray:
        if not file.exists():
            if folder.exists():
                raise Unavailable("pin_salt_missing", file=str(file), folder=str(folder))
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(file, os.urandom(SALT_BYTES))
        return envelope.stretch(pin, file.read_bytes())

    return stretch
