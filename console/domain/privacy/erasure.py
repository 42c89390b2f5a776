# SPDX-License-Identifier: Apache-2.0
"""Erasing what is personal: which opening keys go, on what ground, and who must agree.

What is erased is the opening key of a scope (``journal.scope_of``). The entries stay, every proof holds, and what they
committed to is not readable by anybody any more. Two people agree, each on their own token: one of Legal, one of
another group.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from console.domain.canonical import Json, digest, encode, from_base64, shaped, to_base64
from console.domain.entries.entry import Entry
from console.domain.entries.privacy import ErasureEvent
from console.domain.errors import Refused

PROPOSED, APPROVED, BEGUN, ERASED, NOTIFIED = (
    "privacy.proposed",
    "privacy.approved",
    "privacy.erasing",
    "privacy.erased",
    "privacy.notified",
)
LEGAL = "legal"
BASES = ("request", "retention", "unlawful", "order")
"""Why: the person asked (GDPR Article 17), the retention period is over, it was unlawful, an authority ordered it."""

_ACT = re.compile(r"act:(?P<act>[^/]+)(?:/subject:(?P<subject>.+))?\Z")


@dataclass(frozen=True)
class Erasure:
    """A proposal to erase; what both sign names every scope, so that no approval counts for another."""

    vault: str
    roster: bytes
    """Hash of the roster whose people agree."""
    scopes: tuple[str, ...]
    basis: str
    nonce: bytes

    def to_json(self) -> dict[str, Json]:
        """Return it as its entry says it."""
        return {
            "v": 1,
            "vault": self.vault,
            "roster": to_base64(self.roster),
            "scopes": list(self.scopes),
            "basis": self.basis,
            "nonce": to_base64(self.nonce),
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Erasure":
        """Return it from its JSON form; ``Corrupt`` (erasure_shape)."""
        with shaped("erasure_shape"):
            scopes = tuple(str(scope) for scope in cast(list[Json], value["scopes"]))
            return Erasure(
                str(value["vault"]),
                from_base64(value["roster"]),
                scopes,
                str(value["basis"]),
                from_base64(value["nonce"]),
            )

    @property
    def hash(self) -> bytes:
        """The hash of all of it (32 bytes)."""
        return digest("erasure", encode(self.to_json()))

    @property
    def id(self) -> str:
        """The first 12 hex digits of the hash: how people and entries name it."""
        return self.hash.hex()[:12]

    def signed_digest(self) -> bytes:
        """Return what both sign."""
        return digest("sign-erasure", self.hash)


def check_basis(basis: str) -> None:
    """Raise ``Refused`` (unknown_basis) for a ground that is none."""
    if basis not in BASES:
        raise Refused("unknown_basis", basis=basis, known=", ".join(BASES))


def missing(signed: Mapping[str, str], groups: Collection[str]) -> list[str]:
    """Return who must still agree: ``legal``, ``another`` group; ``signed``: person -> group, two people never one."""
    of_legal = {person for person, group in signed.items() if group == LEGAL}
    others = {person for person, group in signed.items() if group in groups and group != LEGAL}
    lacking = [] if of_legal else [LEGAL]
    return lacking if others else [*lacking, "another"]


def parts(scope: str) -> tuple[str | None, str | None]:
    """Return the activation and the person that a scope is about."""
    if found := _ACT.match(scope):
        return found["act"], found["subject"]
    return None, scope.removeprefix("subject:") if scope.startswith("subject:") else None


def of_person(scopes: Iterable[str], person: str) -> list[str]:
    """Return the scopes of one person, inside activations too."""
    return sorted(scope for scope in scopes if parts(scope)[1] == person)


def of_activation(scopes: Iterable[str], act: str) -> list[str]:
    """Return the scopes of one activation, with every person in it."""
    return sorted(scope for scope in scopes if parts(scope)[0] == act)


def erased_at(entries: Iterable[Entry]) -> dict[str, int]:
    """Return scope -> the last entry that says it was erased; only what stands before that entry is covered by it."""
    found: dict[str, int] = {}
    for entry in entries:
        if entry.type == ERASED:
            found |= dict.fromkeys(ErasureEvent.read(entry).scopes, entry.seq)
    return found
