# SPDX-License-Identifier: Apache-2.0
"""Sealed credentials: their kinds, what can be checked while sealing, and their versions as a fold.

A version is ``sealed`` (the first), or a ``candidate`` that takes over when a second person confirms it. What was
shown is ``exposed`` until a newer version is confirmed; a one-time code that was taken is gone for good.
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from console.domain.activation import NOT_SHOWN, Event
from console.domain.canonical import Json, Object, from_base64
from console.domain.errors import Refused

KINDS = ("password", "api-key", "codes", "totp", "certificate")
MAX_CODES = 100
TOTP_PERIOD_SECONDS = 30
TOTP_DIGITS = 6
MIN_SEED_BYTES = 10
NAME = re.compile(r"[a-z][a-z0-9-]{1,63}\Z")


@dataclass(frozen=True)
class Version:
    """One version of a credential: the hash of each of its records, who sealed it, whether it is confirmed."""

    number: int
    class_: str
    roster: bytes
    records: tuple[bytes, ...]
    sealed_by: str
    confirmed: bool


@dataclass(frozen=True)
class Credential:
    """A credential with its versions, oldest first, and the newest version that anybody was shown."""

    name: str
    kind: str
    versions: tuple[Version, ...] = ()
    exposed: int = 0
    taken: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    @property
    def current(self) -> Version:
        """The newest confirmed version: the one that a request gets."""
        return [version for version in self.versions if version.confirmed][-1]

    def version(self, number: int) -> Version:
        """Return the version of this number; ``Refused`` (unknown_version) if there is none."""
        for version in self.versions:
            if version.number == number:
                return version
        raise Refused("unknown_version", name=self.name, version=number)

    @property
    def candidate(self) -> Version | None:
        """The version that waits for its confirmation."""
        return None if self.versions[-1].confirmed else self.versions[-1]

    @property
    def is_exposed(self) -> bool:
        """Whether the current version was shown and owes rotation."""
        return self.exposed >= self.current.number

    def items_left(self) -> list[int]:
        """Return the numbers of the items that nobody has taken yet."""
        version = self.current
        return [n for n in range(len(version.records)) if (version.number, n) not in self.taken]

    def state(self) -> str:
        """Return burnt, exposed, candidate or sealed: the first that holds."""
        if not self.items_left():
            return "burnt"
        if self.is_exposed:
            return "exposed"
        return "candidate" if self.candidate else "sealed"


def fold(events: Iterable[Event]) -> dict[str, Credential]:
    """Return name -> credential from the entries credential.sealed, credential.confirmed, release.*."""
    found: dict[str, Credential] = {}
    ordered = sorted(events, key=lambda e: e.seq)
    failed = _failed(ordered)
    for event in ordered:
        if event.type == "credential.sealed":
            _sealed(found, event)
        elif event.type == "credential.confirmed":
            _confirmed(found, event)
        elif event.type == "release.intended" and event.seq not in failed:
            _shown(found, event.body)
    return found


def _failed(events: Iterable[Event]) -> set[int]:
    """Return the intents that showed nothing: every outcome written for them says so."""
    outcomes: dict[int, set[str]] = {}
    for event in events:
        if event.type == "release.outcome":
            outcomes.setdefault(cast(int, event.body["intent"]), set()).add(str(event.body["outcome"]))
    return {intent for intent, said in outcomes.items() if said == {NOT_SHOWN}}


def _sealed(found: dict[str, Credential], event: Event) -> None:
    body = event.body
    name = str(body["credential"])
    version = Version(
        cast(int, body["version"]), str(body["class"]), from_base64(body["roster"]),
        tuple(from_base64(record) for record in cast(list[str], body["records"])),
        str(body["sealed_by"]), confirmed=body["state"] == "sealed",
    )  # fmt: skip
    before = found.get(name, Credential(name, str(body["kind"])))
    found[name] = replace(before, versions=(*before.versions, version))


def _confirmed(found: dict[str, Credential], event: Event) -> None:
    credential = found[str(event.body["credential"])]
    versions = tuple(
        replace(v, confirmed=True) if v.number == event.body["version"] else v for v in credential.versions
    )
    found[credential.name] = replace(credential, versions=versions)


def _shown(found: dict[str, Credential], body: Object) -> None:
    credential, version = found[str(body["credential"])], cast(int, body["version"])
    if credential.kind == "codes":
        taken = credential.taken | {(version, cast(int, body["item"]))}
        found[credential.name] = replace(credential, taken=taken)
    else:
        found[credential.name] = replace(credential, exposed=max(credential.exposed, version))


def check_name(name: str) -> None:
    """Raise ``Refused`` unless the name can be a credential's id and human label."""
    if not NAME.match(name):
        raise Refused("credential_name", name=name)


def payloads(kind: str, secret: bytes) -> list[bytes]:
    """Return the items to seal for a secret as typed or read; ``Refused`` says what is wrong with it."""
    if kind not in KINDS:
        raise Refused("credential_kind", kind=kind, known=", ".join(KINDS))
    text = _text(secret)
    if kind == "codes":
        return _codes(text)
    if kind == "totp":
        return [_seed(text)]
    if not text.strip():
        raise Refused("secret_empty")
    return [text.strip("\r\n").encode()]


def _text(secret: bytes) -> str:
    try:
        return secret.decode()
    except UnicodeDecodeError as error:
        raise Refused("secret_not_text") from error


def _codes(text: str) -> list[bytes]:
    # One code a line: services print codes with blanks inside, and half a code opens nothing.
    codes = [line.strip() for line in text.splitlines() if line.strip()]
    if not codes:
        raise Refused("secret_empty")
    if len(set(codes)) < len(codes):
        raise Refused("codes_repeated")
    if len(codes) > MAX_CODES:
        raise Refused("too_many_codes", limit=MAX_CODES)
    return [code.encode() for code in codes]


def _seed(text: str) -> bytes:
    # Outside ASCII, upper() makes Latin letters of others: a mistyped seed would become another one.
    letters = "".join(text.split()).upper() if text.isascii() else text
    try:
        seed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError) as error:
        raise Refused("seed_not_base32") from error
    if len(seed) < MIN_SEED_BYTES:
        raise Refused("seed_too_short", least=MIN_SEED_BYTES)
    return json.dumps(
        {"seed": letters.rstrip("="), "digits": TOTP_DIGITS, "period": TOTP_PERIOD_SECONDS}
    ).encode()


def totp_step(wall_ms: int) -> int:
    """Return the time step of a wall clock reading (RFC 6238 section 4.2)."""
    return wall_ms // 1000 // TOTP_PERIOD_SECONDS


def totp(payload: bytes | memoryview, step: int) -> bytes:
    """Return the code of a time step from a sealed seed's payload (RFC 6238, HMAC-SHA-1)."""
    value = json.loads(bytes(payload))
    letters = str(value["seed"])
    seed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    mac = hmac.digest(seed, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    digits = int(value["digits"])
    return f"{number % 10**digits:0{digits}d}".encode()


USE_CARD_FIELDS = ("target", "account", "where", "steps", "if_refused", "ranges", "residence", "rotate")


def check_use_card(card: Mapping[str, Json]) -> None:
    """Raise ``Refused`` for a use card with unknown or missing fields."""
    unknown = [name for name in card if name not in USE_CARD_FIELDS]
    lacking = [name for name in ("target", "account", "rotate") if not card.get(name)]
    if unknown or lacking:
        raise Refused("use_card", unknown=", ".join(unknown), missing=", ".join(lacking))


def choose_items(credential: Credential, count: int, unburnt: Container[int]) -> Sequence[int]:
    """Return the items that a request for ``count`` codes (or one secret) gets: the first untaken ones.

    ``unburnt`` are the items that can still be opened. ``Refused`` (too_few_codes) when too few are left.
    """
    left = [item for item in credential.items_left() if item in unburnt]
    wanted = count if credential.kind == "codes" else 1
    if len(left) < wanted:
        raise Refused("too_few_codes", credential=credential.name, left=len(left), asked=wanted)
    return left[:wanted]
