# SPDX-License-Identifier: Apache-2.0
"""Keys of the counsel track: one for each matter or activation and set of readers, and who holds it.

A counsel key is a P-256 key pair. Whoever writes needs its point only; what it seals opens with its secret, which
exists nowhere but as *wraps*: sealed to the read key of each reader, and to the recovery sheets of their group. Byte
for byte: ``docs/formats/journal.md``, section 9.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from console.domain import keys
from console.domain.canonical import decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.entries.entry import Entry, Opening, check_opening, decode_opening
from console.domain.errors import Corrupt, Refused
from console.domain.journal import opening
from console.domain.keyholder.enrolment import READS_COUNSEL
from console.domain.keys import RosterKey
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy
from console.domain.sealed.envelope import SUITE

SECRET_BYTES = 32
SHEETS = "sheets"
"""The reader that is no person: the recovery sheets of Legal. Nobody can be enrolled under this id."""
FOLDER = "counsel/"
OpenPairs = Callable[[Sequence[tuple[bytes, bytes]]], list[bytes]]
"""A reader's key at work: the plaintexts of (blob, info) pairs."""
_NAME = re.compile(r"c-[0-9a-f]{32}\Z")


def name_of(point: bytes) -> str:
    """Return the name of a counsel key, which tells its point from every other one."""
    return f"c-{digest('counsel-key', point)[:16].hex()}"


def seal_field(point: bytes, entry_id: str, name: str, sealed: Opening) -> bytes:
    """Return an opening sealed to a counsel key: encapsulated key ‖ ciphertext (RFC 9180, base mode)."""
    return keys.seal_to(point, sealed.encode(), info=_field_info(entry_id, name))


class CounselKey:
    """The secret half, in this process for one sitting."""

    def __init__(self, secret: bytes | memoryview, vault: str) -> None:
        """``secret``: 32 bytes."""
        self._key = keys.DerivedKey(secret, digest("counsel-secret", vault.encode()))
        self.point = self._key.point
        self.name = name_of(self.point)

    def open(self, entry: Entry, sealed: Mapping[str, bytes]) -> dict[str, Opening]:
        """Return the openings of an entry, each checked; ``Corrupt`` (opening_swapped, seal_broken, …)."""
        pairs = [(opening.check_sealed(entry, name, sealed.get(name)), _field_info(entry.id, name)) for name in entry.c]
        opened = {name: decode_opening(plain) for name, plain in zip(entry.c, self._key.open(pairs), strict=True)}
        for name, found in opened.items():
            check_opening(entry, name, found)
        return opened


def _field_info(entry_id: str, name: str) -> bytes:
    return digest("counsel-opening", entry_id.encode(), name.encode())


# --- readers and their wraps ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Somebody that a counsel key is wrapped to: a member id, or ``SHEETS``."""

    id: str
    key: RosterKey


def reader_of(policy: Policy, id_: str) -> Reader:
    """Return a reader by name; ``Refused``: unknown_member, keyholder_suspended, not_a_reader, no_sheets."""
    if id_ == SHEETS:
        point = _sheets_point(policy)
        if point is None:
            raise Refused("no_sheets", slot=READS_COUNSEL)
        return Reader(SHEETS, RosterKey(point))
    return _of_member(policy.active(id_))


def readers(policy: Policy) -> list[Reader]:
    """Return everybody that a new key is wrapped to: who has a read key, is not suspended; and the sheets in force."""
    people = [_of_member(m) for m in policy.active_in(READS_COUNSEL) if m.read is not None]
    point = _sheets_point(policy)
    return people if point is None else [*people, Reader(SHEETS, RosterKey(point))]


def _of_member(member: Member) -> Reader:
    if member.read is None:
        raise Refused("not_a_reader", member=member.id)
    return Reader(member.id, RosterKey(member.read, member.mechanism))


def _sheets_point(policy: Policy) -> bytes | None:
    return policy.roster.recovery_point(READS_COUNSEL) if READS_COUNSEL in policy.roster.groups else None


@dataclass(frozen=True)
class Wrap:
    """A counsel key, sealed to one reader. It lies outside the log; an entry names its hash."""

    vault: str
    point: bytes
    reader: str
    key: RosterKey
    blob: bytes

    @property
    def file(self) -> str:
        """The name of its file."""
        return file_of(name_of(self.point), self.key.public)

    def encode(self) -> bytes:
        """Return the canonical bytes of its file."""
        return encode(
            {
                "v": 1,
                "suite": SUITE,
                "vault": self.vault,
                "key": name_of(self.point),
                "point": to_base64(self.point),
                "reader": self.reader,
                "public": to_base64(self.key.public),
                "mechanism": self.key.mechanism,
                "blob": to_base64(self.blob),
            }
        )

    @staticmethod
    def parse(data: bytes) -> "Wrap":
        """Return the wrap of a file; ``Corrupt`` (counsel_wrap_shape)."""
        value = decode_object(data)
        with shaped("counsel_wrap_shape"):
            found = Wrap(
                str(value["vault"]),
                from_base64(value["point"]),
                str(value["reader"]),
                RosterKey(from_base64(value["public"]), str(value["mechanism"])),
                from_base64(value["blob"]),
            )
            if found.encode() != data:
                raise ValueError("members")
        return found

    def named(self, who: str) -> tuple[str, str, bytes]:
        """Return how an entry names it; ``who`` is the reader's pseudonym."""
        return who, fingerprint(self.key.public), hashlib.sha256(self.encode()).digest()


def wrap(secret: bytes | memoryview, vault: str, reader: Reader) -> Wrap:
    """Return a counsel key sealed to a reader."""
    point = CounselKey(secret, vault).point
    info = _wrap_info(vault, point, reader.key.public)
    # As it lies in locked memory: a copy could not be wiped.
    blob = keys.seal_to(reader.key.public, cast(bytes, secret), info=info, mechanism=reader.key.mechanism)
    return Wrap(vault, point, reader.id, reader.key, blob)


def unwrap(wraps: Sequence[Wrap], open_: OpenPairs) -> list[bytes]:
    """Return the secrets of wraps that are all sealed to one reader's key, with one use of it.

    ``Corrupt`` (seal_broken, counsel_wrap_differs) where a wrap was changed or belongs to another key.
    """
    secrets = open_([(each.blob, _wrap_info(each.vault, each.point, each.key.public)) for each in wraps])
    for each, secret in zip(wraps, secrets, strict=True):
        if len(secret) != SECRET_BYTES or CounselKey(secret, each.vault).point != each.point:
            raise Corrupt("counsel_wrap_differs", key=name_of(each.point))
    return secrets


def fingerprint(public: bytes) -> str:
    """Return how a file name tells a reader's key."""
    return digest("counsel-reader", public)[:8].hex()


def file_of(name: str, public: bytes) -> str:
    """Return the name of the file that holds a counsel key for a reader's key."""
    if not _NAME.match(name):
        raise Corrupt("counsel_key_name")
    return f"{FOLDER}{name}-{fingerprint(public)}.json"


def key_in(file: str) -> str:
    """Return the name of the counsel key that a file holds."""
    return file.removeprefix(FOLDER).rpartition("-")[0]


def _wrap_info(vault: str, point: bytes, public: bytes) -> bytes:
    return digest("counsel-wrap", vault.encode(), point, public)
