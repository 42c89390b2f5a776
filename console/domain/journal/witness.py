# SPDX-License-Identifier: Apache-2.0
"""What a keyholder's console remembers of a journal, and whether what it is told continues that.

A console remembers the sizes and roots that were proven to it. A station that shows it another history is caught
here: this memory, and not the station's word, is what the keyholder's signature under a checkpoint is worth.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from console.domain.canonical import Json, Object, from_base64, to_base64
from console.domain.entries.event import Seen
from console.domain.errors import Corrupt, Refused
from console.domain.journal import merkle

REMEMBERED = 16


@dataclass(frozen=True)
class Proven:
    """An earlier state with the proof (RFC 9162) that the state being told continues it."""

    seen: Seen
    proof: Sequence[bytes]

    def to_json(self) -> dict[str, Json]:
        """Return it as it stands in an errand."""
        return {**self.seen.to_json(), "proof": [to_base64(step) for step in self.proof]}

    @staticmethod
    def from_json(value: Object) -> "Proven":
        """Return what a JSON object states; raises what a wrong shape raises."""
        return Proven(Seen.from_json(value), [from_base64(step) for step in cast(list[Json], value["proof"])])


def check_log(number: int, remembered: Collection[int]) -> None:
    """Raise ``Corrupt`` (log_older) if a log is told that another one followed: nothing is written to it any more."""
    newest = max(remembered, default=number)
    if number < newest:
        raise Corrupt("log_older", remembered=newest, told=number)


def check_root(told: Seen, memory: Sequence[Seen]) -> None:
    """Raise ``Corrupt`` (checkpoint_inconsistent) if a state of this size is remembered with another root."""
    for seen in memory:
        if seen.size == told.size and seen.root != told.root:
            raise Corrupt("checkpoint_inconsistent", seen=str(seen), told=str(told))


def check(told: Seen, earlier: Sequence[Proven], memory: Sequence[Seen]) -> list[Seen]:
    """Return what to remember from now on, smallest first, ``told`` being proven to continue the memory.

    ``Corrupt`` (checkpoint_inconsistent) names both states; ``Refused``: checkpoint_unproven (the proof does not begin
    where this console stands), checkpoint_older (nothing says that it belongs to the same history).
    """
    proven = {row.seen.size: row.seen for row in earlier} | {told.size: told}
    for row in earlier:
        _check_proof(row, told)
    for seen in memory:
        if seen.size in proven and proven[seen.size].root != seen.root:
            raise Corrupt("checkpoint_inconsistent", seen=str(seen), told=str(proven[seen.size]))
    _check_reaches(told, proven.keys(), memory)
    known = {seen.size: seen for seen in memory} | proven
    return [known[size] for size in sorted(known)][-REMEMBERED:]


def _check_proof(row: Proven, told: Seen) -> None:
    try:
        merkle.verify_consistency(row.seen.size, told.size, row.seen.root, told.root, row.proof)
    except Corrupt as error:
        raise Corrupt("checkpoint_inconsistent", seen=str(row.seen), told=str(told)) from error


def _check_reaches(told: Seen, proven: Collection[int], memory: Sequence[Seen]) -> None:
    if not memory or told.size in {seen.size for seen in memory}:
        return
    newest = max(seen.size for seen in memory)
    if told.size < newest:
        raise Refused("checkpoint_older", remembered=newest, told=told.size)
    if newest not in proven:
        raise Refused("checkpoint_unproven", remembered=newest)
