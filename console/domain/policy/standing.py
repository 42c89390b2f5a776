# SPDX-License-Identifier: Apache-2.0
"""Who can still open what was sealed under an earlier roster, and how many of them it takes.

A record opens with the shares it was dealt into: of the people who hold them only those count who stand in the
roster in force too, in the same group with the same keys, and are not suspended. The threshold is the stricter of the
record's own and the present class'. A group that joined later holds no share and is not asked until re-sealing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from console.domain.policy.rules import Policy, Roster


@dataclass(frozen=True)
class Seal:
    """What a record was sealed under: the roster of that time, the class, and whether recovery sheets may open it."""

    roster: Roster
    class_: str
    recoverable: bool = True

    def holders(self, now: Policy) -> dict[str, list[str]]:
        """Return per group the ids of the people whose shares still count."""
        return {
            group: [
                member.id
                for member in self.roster.group(group)
                if now.roster.has(member) and member.id not in now.suspended
            ]
            for group in self.roster.groups
        }

    def thresholds(self, now: Policy, classes: Sequence[str] = ()) -> dict[str, int]:
        """Return per group of the record how many approvals it takes; ``classes`` are asked on top of its own."""
        asked = [now.roster.classes.get(name, {}) for name in (self.class_, *classes)]
        return {
            group: max(m, *(thresholds.get(group, 1) for thresholds in asked))
            for group, m in self.roster.classes[self.class_].items()
        }

    def has_sheets(self, group: str) -> bool:
        """Return whether a group's recovery sheets open it whoever of the group is left."""
        return self.recoverable and self.roster.recovery_point(group) is not None

    def is_stale(self, now: Policy) -> bool:
        """Return whether sealing it again would deal its shares otherwise."""
        if self.class_ not in now.roster.classes:
            return True
        before, after = (
            roster.recipients(self.class_, recoverable=self.recoverable) for roster in (self.roster, now.roster)
        )
        return before != after

    def short_of(
        self, now: Policy, classes: Sequence[str] = (), without: Collection[str] = ()
    ) -> dict[str, tuple[int, int]]:
        """Return group -> (left, needed) where too few people are left; empty while it can be opened.

        ``without``: people who do not count this time, such as the requester.
        """
        left = {group: len(set(ids) - set(without)) for group, ids in self.holders(now).items()}
        needed = self.thresholds(now, classes)
        return {group: (left[group], m) for group, m in needed.items() if left[group] < m}


def common(seals: Sequence[Seal], now: Policy) -> dict[str, list[str]]:
    """Return per group the ids of the people who hold a counting share of every one of these."""
    each = [seal.holders(now) for seal in seals]
    groups = sorted(set.intersection(*(set(held) for held in each))) if each else []
    return {group: [id_ for id_ in each[0][group] if all(id_ in held[group] for held in each)] for group in groups}


def greatest(all_thresholds: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return per group the greatest of several thresholds."""
    groups = sorted({group for thresholds in all_thresholds for group in thresholds})
    return {group: max(thresholds.get(group, 0) for thresholds in all_thresholds) for group in groups}
