# SPDX-License-Identifier: Apache-2.0
"""What is left of an activation: showings and time, each as a bar from full to empty.

Pure: places are pixels.
"""

from dataclasses import dataclass

from console.gui.phrases import span
from console.gui.snapshot import View
from console.language import say, say_count

COLUMNS = (say("What"), say("Used"), say("Left"), say("In all"))
CELL_GAP = 4.0
MOST_CELLS = 24
"""More showings than these are drawn as one bar."""
SOON_SECONDS, LAST_RELEASES = 600, 1


@dataclass(frozen=True)
class Budget:
    """Showings and seconds: how many there are in all, and how many are left."""

    releases: int
    releases_left: int
    seconds: int
    seconds_left: int

    @property
    def used(self) -> int:
        """Return how many showings are used."""
        return self.releases - self.releases_left

    @property
    def is_low(self) -> tuple[bool, bool]:
        """Return whether showings, and whether time, will soon be over."""
        return self.releases_left <= LAST_RELEASES, self.seconds_left <= SOON_SECONDS


@dataclass(frozen=True)
class Part:
    """A piece of a bar; what is used is empty."""

    left: float
    width: float
    is_left: bool


def of(view: View, seconds_left: int) -> Budget:
    """Return the budget of an activation, as ``activation.show`` tells it."""
    showings = view["budget"]
    return Budget(int(showings["releases"]), int(showings["left"]), int(view["seconds"]), seconds_left)


def showings(budget: Budget, width: float) -> list[Part]:
    """Return one piece for each showing, those that are left first."""
    if not 0 < budget.releases <= MOST_CELLS:
        return _share(budget.releases_left, budget.releases, width)
    each = (width + CELL_GAP) / budget.releases
    return [Part(n * each, each - CELL_GAP, n < budget.releases_left) for n in range(budget.releases)]


def time(budget: Budget, width: float) -> list[Part]:
    """Return what is left of the time, then what is used of it."""
    return _share(budget.seconds_left, budget.seconds, width)


def _share(left: int, whole: int, width: float) -> list[Part]:
    full = width * min(1.0, left / whole) if whole else 0.0
    return [part for part in (Part(0.0, full, is_left=True), Part(full, width - full, is_left=False)) if part.width > 0]


def told(budget: Budget) -> tuple[str, str]:
    """Return in words, to the second, what is left of both."""
    return (
        say("{left} of {whole} showings left", left=budget.releases_left, whole=budget.releases),
        say("{left} of {whole} left", left=span(budget.seconds_left), whole=span(budget.seconds)),
    )


def summary(budget: Budget) -> str:
    """Return both in one sentence, to the minute: who hears it is not told every second."""
    minutes = -(-budget.seconds_left // 60)
    time_left = say_count(
        minutes, "{count} minute of {whole} is left", "{count} minutes of {whole} are left", whole=budget.seconds // 60
    )
    return say(
        "{left} of {whole} showings are left, and {time}.",
        left=budget.releases_left,
        whole=budget.releases,
        time=time_left,
    )


def rows(budget: Budget) -> list[tuple[str, ...]]:
    """Return the same as a table."""
    used = budget.seconds - budget.seconds_left
    return [
        (say("Showings"), str(budget.used), str(budget.releases_left), str(budget.releases)),
        (say("Time"), span(used), span(budget.seconds_left), span(budget.seconds)),
    ]
