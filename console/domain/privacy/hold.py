# SPDX-License-Identifier: Apache-2.0
"""A legal hold: what may not be erased, whoever asks and whoever agrees, until two people lift it.

One keyholder of Legal places it on their own token. A hold is on activations, on people or on matter numbers; a matter
stands for every activation whose request names it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from console.domain.canonical import Json, Object, digest, encode, from_base64, shaped, to_base64
from console.domain.privacy import erasure

PLACED, LIFTING = "privacy.held", "privacy.hold_lifted"
KINDS = ("act", "subject", "matter")


@dataclass(frozen=True)
class Hold:
    """What is held: ``on`` are texts ``act:…``, ``subject:…``, ``matter:…``."""

    vault: str
    on: tuple[str, ...]
    reason: str
    placed_by: str
    """The pseudonym of who placed it."""
    nonce: bytes

    def to_json(self) -> dict[str, Json]:
        """Return it as its entry commits to it."""
        return {
            "v": 1,
            "vault": self.vault,
            "on": list(self.on),
            "reason": self.reason,
            "placed_by": self.placed_by,
            "nonce": to_base64(self.nonce),
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Hold":
        """Return it from its JSON form; ``Corrupt`` (hold_shape)."""
        with shaped("hold_shape"):
            on = tuple(str(target) for target in cast(list[Json], value["on"]))
            return Hold(
                str(value["vault"]), on, str(value["reason"]), str(value["placed_by"]), from_base64(value["nonce"])
            )

    @property
    def id(self) -> str:
        """The first 12 hex digits of its hash: how people and entries name it."""
        return digest("hold", encode(self.to_json())).hex()[:12]

    def signed_digest(self, verb: str) -> bytes:
        """Return what is signed to ``place`` or to ``lift`` it."""
        return digest(f"sign-hold-{verb}", encode(self.to_json()))

    def covers(self, scope: str, matters: Collection[str]) -> bool:
        """Return whether a scope is held; ``matters``: what the request of its activation names."""
        act, subject = erasure.parts(scope)
        named = {f"act:{act}", f"subject:{subject}", *(f"matter:{matter}" for matter in matters)}
        return not named.isdisjoint(self.on)


def is_target(text: str) -> bool:
    """Return whether a text says what a hold can be on."""
    kind, colon, name = text.partition(":")
    return kind in KINDS and bool(colon) and bool(name.strip())


def holding(holds: Iterable[Hold], scope: str, matters: Collection[str] | None) -> list[Hold]:
    """Return the holds on a scope; where nobody can read its matters any more, any hold on a matter holds."""
    if matters is not None:
        return [hold for hold in holds if hold.covers(scope, matters)]
    return [hold for hold in holds if hold.covers(scope, ()) or any(target.startswith("matter:") for target in hold.on)]


def describe(hold: Hold) -> Object:
    """Return a hold as people read it."""
    return {"hold": hold.id, "on": list(hold.on), "reason": hold.reason, "placed_by": hold.placed_by}
