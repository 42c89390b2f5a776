# SPDX-License-Identifier: Apache-2.0
"""Where somebody stands in a long list that is turned page by page, newest first, by the number a page begins below."""

from dataclasses import dataclass, field


@dataclass
class Place:
    """The pages that were turned; None is the newest."""

    page: int
    """How many there are on one."""
    _turned: list[int | None] = field(default_factory=lambda: [None])

    @property
    def before(self) -> int | None:
        """The number below which the page begins."""
        return self._turned[-1]

    @property
    def is_newest(self) -> bool:
        """Whether nothing newer is left to turn to."""
        return self._turned == [None]

    def newest(self) -> None:
        """Go to the newest page."""
        self._turned = [None]

    def go_to(self, number: int) -> None:
        """Go to the page that begins with this number."""
        self._turned = [number + 1]

    def older(self, looked_to: int) -> None:
        """Turn to what lies below."""
        self._turned.append(looked_to)

    def newer(self, size: int, *, has_gaps: bool) -> None:
        """Turn back; from where somebody went to by number, on: numbers without gaps tell where a page begins."""
        if len(self._turned) > 1:
            self._turned.pop()
        elif self._turned[0] is not None:
            above = self._turned[0] + self.page
            self._turned = [None if has_gaps or above >= size else above]
