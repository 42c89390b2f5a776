# SPDX-License-Identifier: Apache-2.0
"""Paper mode: when neither the journal nor the reserve takes entries, two people of two groups let codes be given on.

What they sign, and what was given meanwhile, lies in the station's HSM, which is the last thing that still holds
anything: without it nothing is given. What is given is only what it can destroy: one-time codes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Refused
from console.domain.policy.rules import Policy
from console.domain.renewal import FIRST

GROUPS_NEEDED = 2
NUMBERS_OF_A_LOG = 10_000


def before_first(log: int) -> int:
    """Return the number before the first form of the station's log of this number.

    Each log has numbers of its own: a new one begins after an alarm, when nobody may be able to read which the old one
    reserved, and two papers with one number would prove nothing.
    """
    return (log - FIRST) * NUMBERS_OF_A_LOG


def outstanding(reserved: Iterable[tuple[int, int]], used: Collection[int]) -> list[tuple[int, int]]:
    """Return (first, last) of each run of numbers that are reserved and not used, in order."""
    left = sorted({n for first, last in reserved for n in range(first, last + 1)} - set(used))
    runs: list[tuple[int, int]] = []
    for number in left:
        first = runs.pop()[0] if runs and runs[-1][1] == number - 1 else number
        runs.append((first, number))
    return runs


@dataclass(frozen=True)
class PaperMode:
    """One paper mode: what is signed, by whom, and what was given."""

    id: str
    log: str
    anchor: bytes
    """SHA-256 of the checkpoint that the HSM held."""
    at: str
    serial: int | None
    """The number of the form that was reserved before; None when none was."""
    accepted: tuple[tuple[str, bytes], ...] = ()
    """Member and signature."""
    given: tuple[Mapping[str, Json], ...] = ()
    """{act, credential, version, item, kind, number, at} of each code."""

    def signed(self) -> bytes:
        """Return the 32-byte digest that each who accepts it signs."""
        return digest("sign-paper-mode", encode(self._statement()))

    def accepting(self, member: str, signature: bytes) -> "PaperMode":
        """Return it with one more signature; ``Refused`` (already_accepted) the second time."""
        if member in dict(self.accepted):
            raise Refused("already_accepted", member=member)
        return replace(self, accepted=(*self.accepted, (member, signature)))

    def giving(self, **code: Json) -> "PaperMode":
        """Return it with one more code that is about to be given."""
        return replace(self, given=(*self.given, code))

    def given_in(self, act: str) -> list[Mapping[str, Json]]:
        """Return what was given in one activation."""
        return [code for code in self.given if code["act"] == act]

    def missing(self, policy: Policy) -> list[str]:
        """Return the groups of which one could still accept, empty when it is accepted.

        Raises ``Corrupt`` (signature_wrong, paper_mode_shape) when a signature is not of a keyholder in force.
        """
        groups = set()
        for name, signature in self.accepted:
            person = next((m for m in policy.roster.keyholders() if m.id == name), None)
            if person is None or name in policy.suspended:
                continue
            person.check(signature, self.signed())
            groups.add(person.role)
        return [] if len(groups) >= GROUPS_NEEDED else sorted(set(policy.roster.groups) - groups)

    def encode(self) -> bytes:
        """Return what the HSM holds."""
        accepted: list[Json] = [{"member": m, "signature": to_base64(s)} for m, s in self.accepted]
        return encode({**self._statement(), "accepted": accepted, "given": list(self.given)})

    def _statement(self) -> Object:
        return {
            "v": 1,
            "id": self.id,
            "log": self.log,
            "anchor": to_base64(self.anchor),
            "at": self.at,
            "serial": self.serial,
        }


def decode(data: bytes) -> PaperMode:
    """Return the paper mode that the HSM holds; ``Corrupt`` (paper_mode_shape) if it is none."""
    with shaped("paper_mode_shape"):
        value = decode_object(data)
        accepted = cast(Sequence[Mapping[str, str]], value["accepted"])
        mode = PaperMode(
            str(value["id"]),
            str(value["log"]),
            from_base64(value["anchor"]),
            str(value["at"]),
            cast(int | None, value["serial"]),
            tuple((row["member"], from_base64(row["signature"])) for row in accepted),
            tuple(cast(Sequence[Mapping[str, Json]], value["given"])),
        )
    if mode.encode() != data:
        # Another version, or a member that nobody here reads.
        raise Corrupt("paper_mode_shape")
    return mode
