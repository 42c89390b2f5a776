# SPDX-License-Identifier: Apache-2.0
"""The rollback drill: does what a module destroyed or replaced come back when an old copy of its folder is put back?

It is measured with a throw-away token of the same module in a folder of its own: the live token's folder is never
touched, and no copy of its keys ever lies about. A module that keeps its keys in a device has no folder to put back;
what it does is for somebody to find out who can put the device itself back.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from console.adapters.hsm.person import found_software_token
from console.adapters.hsm.process import TokenAddress
from console.adapters.hsm.station import StationHsm, unlock

PROBE = "state-1"
EARLIER, LATER = b"an earlier note\n", b"a later note\n"
PIN_BYTES = 16


def measure(address: TokenAddress, *, environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``destroys`` and ``anchors``, each ``yes``, ``no`` or ``unproven``; raises what a token raises."""
    if address.folder is None:
        return {"destroys": "unproven", "anchors": "unproven"}
    with TemporaryDirectory(prefix="breakglass-drill-") as place:
        return _measure(replace(address, folder=Path(place, "token")), Path(place, "copy"), environment)


def _measure(address: TokenAddress, copy: Path, environment: Mapping[str, str]) -> dict[str, str]:
    folder, pin = address.folder or copy, os.urandom(PIN_BYTES).hex().encode()
    found_software_token(address, bytearray(pin[::-1]), bytearray(pin), environment=environment)
    with _unlocked(address, pin, environment) as hsm:
        hsm.make_key(PROBE)
        hsm.set_anchor(EARLIER)
    shutil.copytree(folder, copy)
    with _unlocked(address, pin, environment) as hsm:
        hsm.destroy_key(PROBE)
        hsm.set_anchor(LATER)
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
    with _unlocked(address, pin, environment) as hsm:
        return {"destroys": _word(PROBE not in hsm.keys()), "anchors": _word(hsm.anchor() == [LATER])}


@contextmanager
def _unlocked(address: TokenAddress, pin: bytes, environment: Mapping[str, str]) -> Iterator[StationHsm]:
    with closing(unlock(address, bytearray(pin), "drill", environment=environment)) as hsm:
        yield hsm


def _word(kept: bool) -> str:  # noqa: FBT001 - it is what it is about
    return "yes" if kept else "no"
