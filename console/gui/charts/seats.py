# SPDX-License-Identifier: Apache-2.0
"""The quorum as a board of seats: for each group as many as must agree, taken or free, and who could take them.

Pure: places are pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.gui.phrases import group, listed
from console.gui.snapshot import Snapshot, View
from console.language import say, say_count

BENCH_WIDTH, CELL_WIDTH, CELL_HEIGHT = 330.0, 158.0, 84.0
HEAD_PIXELS, LINE_PIXELS, GAP = 26.0, 20.0, 12.0
COLUMNS = (say("Group"), say("Seat"), say("State"), say("Who"))


@dataclass(frozen=True)
class Seat:
    """One approval that is needed: given by somebody, by recovery sheets, or missing."""

    state: str
    """given, sheets or missing."""
    who: str = ""


@dataclass(frozen=True)
class Bench:
    """The seats of one group, and who of it could still take one."""

    group: str
    seats: tuple[Seat, ...]
    could: tuple[str, ...] = ()

    def taken(self) -> int:
        """Return how many are not missing."""
        return sum(seat.state != "missing" for seat in self.seats)


@dataclass(frozen=True)
class Cell:
    """Where a seat is drawn."""

    seat: Seat
    x: float
    y: float


@dataclass(frozen=True)
class Place:
    """Where a bench is drawn: its head on top, its seats, and at ``foot`` who could still agree."""

    bench: Bench
    x: float
    y: float
    width: float
    cells: tuple[Cell, ...]
    foot: float


@dataclass(frozen=True)
class Board:
    """Where everything is drawn."""

    places: tuple[Place, ...]
    height: float


def benches(snapshot: Snapshot, view: View) -> tuple[Bench, ...]:
    """Return the benches of an activation, as ``activation.show`` tells it."""
    missing: Mapping[str, int] = view["missing"]
    return tuple(_bench(snapshot, view, name, int(count)) for name, count in sorted(missing.items()))


def _bench(snapshot: Snapshot, view: View, name: str, missing: int) -> Bench:
    given = [str(one["member"]) for one in view["approvals"] if one["group"] == name]
    could = [p.name for p in snapshot.keyholders() if p.role == name and p.id not in (*given, view["requester"])]
    seats = [Seat("given", snapshot.name_of(member)) for member in given]
    if name in view.get("recovered", ()):
        seats.append(Seat("sheets"))
    seats += [Seat("missing")] * missing
    return Bench(group(name), tuple(seats), tuple(could) if missing else ())


def arrange(known: Sequence[Bench], width: float) -> Board:
    """Return where the benches are drawn: side by side where there is room, else below each other."""
    columns = max(1, min(len(known), int(width // BENCH_WIDTH)))
    each, places, top, bottom = width / columns, list[Place](), 0.0, 0.0
    for number, bench in enumerate(known):
        column = number % columns
        top = bottom + GAP if number and not column else top
        place = _place(bench, column * each, top, each - GAP)
        places.append(place)
        bottom = max(bottom, place.foot + (LINE_PIXELS if bench.could else 0.0))
    return Board(tuple(places), bottom)


def _place(bench: Bench, x: float, y: float, width: float) -> Place:
    in_line = max(1, int(width // CELL_WIDTH))
    top = y + HEAD_PIXELS
    cells = tuple(
        Cell(seat, x + (n % in_line) * CELL_WIDTH, top + (n // in_line) * CELL_HEIGHT)
        for n, seat in enumerate(bench.seats)
    )
    return Place(bench, x, y, width, cells, top - (-len(cells) // in_line) * CELL_HEIGHT)


def head(bench: Bench) -> str:
    """Return what stands above a bench."""
    return say("{group}: {taken} of {needed}", group=bench.group, taken=bench.taken(), needed=len(bench.seats))


def foot(bench: Bench) -> str:
    """Return who could still agree; nothing where nobody has to."""
    return say("Can still agree: {names}", names=listed(bench.could)) if bench.could else ""


def told_at(places: Sequence[Place], x: float, y: float) -> str:
    """Return in full what stands here: a seat, or who could still agree."""
    for place in places:
        for cell in place.cells:
            if 0 <= x - cell.x < CELL_WIDTH and 0 <= y - cell.y < CELL_HEIGHT:
                return ", ".join(filter(None, (cell.seat.who, words(cell.seat))))
        if 0 <= x - place.x < place.width and 0 <= y - place.foot < LINE_PIXELS:
            return foot(place.bench)
    return ""


def words(seat: Seat) -> str:
    """Return a seat's state in a word or two."""
    return {"given": say("agreed"), "sheets": say("recovery sheets"), "missing": say("missing")}[seat.state]


def summary(known: Sequence[Bench]) -> str:
    """Return the board in one sentence."""
    told = [say("{group} {taken} of {needed}", group=b.group, taken=b.taken(), needed=len(b.seats)) for b in known]
    lacking = sum(len(bench.seats) - bench.taken() for bench in known)
    still = say_count(lacking, "{count} approval is missing", "{count} approvals are missing")
    return say(
        "Approvals: {benches}; {still}.", benches=listed(told), still=still if lacking else say("nobody is missing")
    )


def rows(known: Sequence[Bench]) -> list[tuple[str, ...]]:
    """Return the same as a table."""
    return [
        (
            bench.group,
            say("{number} of {needed}", number=number, needed=len(bench.seats)),
            words(seat),
            seat.who or (listed(bench.could) and say("could be: {names}", names=listed(bench.could))),
        )
        for bench in known
        for number, seat in enumerate(bench.seats, 1)
    ]
