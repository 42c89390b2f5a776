# SPDX-License-Identifier: Apache-2.0
"""A throw-away station on real SoftHSM2 tokens, with a sample credential of every kind: for demo and tests."""

import base64
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from console.actions.credential import versions
from console.actions.station import lifecycle
from console.domain import keys
from console.domain.canonical import Json
from console.domain.payload import certificate
from console.settings import Settings, parse
from console.wiring import founding
from console.wiring.station import Station

PEOPLE = {
    "legal-1": ("Anna Berg", "legal"),
    "legal-2": ("Ben Clausen", "legal"),
    "it-1": ("Carla Dietz", "it"),
    "it-2": ("Deniz Eren", "it"),
    "legal-ops-1": ("Eva Falk", "operator"),
}

_STATION = """\
# A throw-away station: everything in this folder may be deleted.
[station]
organisation = "demo.example"
name = "console-demo"
mode = "drill"
mirror = "../mirror"
idle_minutes = {idle_minutes}

[hsm]
module = "softhsm"

{people}
[classes.standard]
legal = 1
it = 1

[classes.privileged]
legal = 2
it = 1

[rules]
matter_pattern = "M-[0-9]{{4}}-[0-9]{{5}}"
jurisdictions = ["DE", "FR", "NL"]
"""

_PERSON = """\
[[keyholder]]
id = "{id}"
name = "{name}"
role = "{role}"
folder = "../tokens/{id}"

"""


class KnownPins:
    """An ``Operator`` who knows every PIN of the demo."""

    def __init__(self, pins: Mapping[str, str]) -> None:
        self._pins = pins

    def pin(self, member: str) -> bytearray:
        """Return a member's PIN."""
        return bytearray(self._pins[member].encode())

    def say(self, code: str, **facts: object) -> None:
        """Nobody is there to be told."""


def found_station(
    folder: Path, *, idle_minutes: int = 60, people: Mapping[str, tuple[str, str]] = PEOPLE
) -> tuple[Settings, dict[str, str]]:
    """Found a station in ``folder``/station, its genesis signed by all keyholders; return settings and PINs."""
    home = folder / "station"
    home.mkdir(mode=0o700, parents=True)
    (folder / "mirror").mkdir(mode=0o700)
    (folder / "tokens").mkdir(mode=0o700)
    rows = "".join(_PERSON.format(id=id_, name=name, role=role) for id_, (name, role) in people.items())
    text = _STATION.format(people=rows, idle_minutes=idle_minutes)
    settings = parse(text.encode(), home)
    pins = {member: f"{secrets.randbelow(10**6):06d}" for member in people}
    _write_pins(folder / "pins.toml", pins)
    founding.found(home, text.encode(), KnownPins(pins))
    place = Station(settings, KnownPins(pins))
    try:
        for member, (_, role) in people.items():
            if role != "operator":
                lifecycle.sign_genesis(place.locked, member)
    finally:
        place.close()
    return settings, pins


def _write_pins(file: Path, pins: Mapping[str, str]) -> None:
    file.touch(mode=0o600)
    file.write_text("".join(f'{member} = "{pin}"\n' for member, pin in pins.items()))


def seal_samples(place: Station) -> dict[str, bytearray]:
    """Seal one sample credential of every kind; return what was sealed, for the demo to compare."""
    samples = {
        "salesforce-emergency-admin": ("password", _words(4)),
        "llm-admin-api-key": ("api-key", f"sk-demo-{secrets.token_hex(16)}"),
        "idp-recovery-codes": ("codes", "\n".join(f"{secrets.randbelow(10**8):08d}" for _ in range(10))),
        "idp-admin-totp": ("totp", base64.b32encode(secrets.token_bytes(20)).decode()),
        "vpn-counter-codes": ("hotp", base64.b32encode(secrets.token_bytes(20)).decode()),
        "crm-signing-key": ("signing-key", certificate.throwaway_key(keys.RSA_PKCS1_SHA256).decode()),
        "crm-client-certificate": (
            "certificate",
            certificate.sample("emergency", datetime.fromtimestamp(time.time(), UTC)).decode(),
        ),
    }
    sealed = {name: bytearray(text.encode()) for name, (_, text) in samples.items()}
    with place.console() as console:
        for name, (kind, _) in samples.items():
            versions.seal(console, name, kind, "standard", bytearray(sealed[name]), card(name), sign_as="legal-ops-1")
    return sealed


def card(name: str) -> dict[str, Json]:
    """Return the use card of a sample."""
    return {
        "target": name,
        "account": "emergency@demo.example",
        "where": "https://login.demo.example/?login",
        "steps": ["open the address", "type the account", "type what the station shows"],
        "if_refused": "Call the IT officer on duty: the number is on the grab card.",
        "rotate": "Set a new secret at the target, seal it here, let a second person confirm it.",
    }


def _words(count: int) -> str:
    letters = "abcdefghkmnprstuvwx23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(count))
