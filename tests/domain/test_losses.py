# SPDX-License-Identifier: Apache-2.0
"""The smallest losses that lock a credential out: exactly those that trying every set finds."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.losses import (
    BACKUP,
    DISK,
    HSM,
    MIRROR,
    MOST,
    Gate,
    GroupHeld,
    Held,
    SheetsHeld,
    StationHeld,
    Way,
    all_of,
    any_of,
    is_open,
    smallest,
)

PARTS = "abcdef"


def gates(children: st.SearchStrategy[Way]) -> st.SearchStrategy[Way]:
    return st.lists(children, min_size=1, max_size=4).flatmap(
        lambda ways: st.integers(0, len(ways) + 1).map(lambda least: Gate(least, tuple(ways)))
    )


WAYS: st.SearchStrategy[Way] = st.recursive(st.sampled_from(PARTS), gates, max_leaves=12)


def tried(way: Way, parts: str | list[str]) -> list[frozenset[str]]:
    """Return the smallest closing sets by trying every set."""
    found: list[frozenset[str]] = []
    for size in range(MOST + 1):
        for chosen in map(frozenset, combinations(parts, size)):
            if not any(known <= chosen for known in found) and not is_open(way, chosen):
                found.append(chosen)
    return sorted(found, key=lambda one: (len(one), sorted(one)))


@given(WAYS)
def test_the_smallest_losses_are_those_that_trying_all_finds(way: Way) -> None:
    assert smallest(way) == tried(way, PARTS)


@given(WAYS, st.sets(st.sampled_from(PARTS)), st.sampled_from(PARTS))
def test_a_loss_never_opens_anything(way: Way, lost: set[str], more: str) -> None:
    assert is_open(way, lost) or not is_open(way, lost | {more})


def test_gates() -> None:
    assert smallest(all_of("a", "b")) == [{"a"}, {"b"}]
    assert smallest(any_of("a", "b")) == [{"a", "b"}]
    assert smallest(Gate(2, ("a", "b", "c"))) == [{"a", "b"}, {"a", "c"}, {"b", "c"}]
    assert smallest(any_of()) == [frozenset()]
    assert smallest(all_of()) == []
    assert smallest(any_of(*"abcd")) == []


ANNA, BEN, CARLA, DENIZ, EVA = "anna", "ben", "carla", "deniz", "eva"
SIGNERS = ((1, (ANNA, BEN)), (1, (CARLA, DENIZ)))
STATION = StationHeld((ANNA, BEN, CARLA, DENIZ, EVA), SIGNERS, frozenset((HSM,)))


def held(
    legal: int = 1, *, sheets: tuple[str, ...] = (), recoverable: bool = True, station: StationHeld = STATION
) -> Held:
    set_ = SheetsHeld("legal", ((2, sheets),)) if sheets else None
    groups = (GroupHeld("legal", legal, (ANNA, BEN), set_), GroupHeld("it", 1, (CARLA, DENIZ)))
    return Held(groups, station, recoverable=recoverable)


def said(found: Held) -> list[set[str]]:
    return [set(one) for one in found.losses()]


def test_two_people_where_one_is_needed() -> None:
    """Nobody's loss alone locks out; the module does, and the disk it lies on, as long as no sheets make it again."""
    assert said(held()) == [{DISK}, {HSM}, {"token:anna", "token:ben"}, {"token:carla", "token:deniz"}]


def test_two_of_two_lock_out_with_either_of_them() -> None:
    assert said(held(2))[2:4] == [{"token:anna"}, {"token:ben"}]


def test_sheets_stand_in_for_tokens_unless_their_keeper_is_gone_with_them() -> None:
    found = said(held(2, sheets=(ANNA, BEN)))
    assert {"token:anna"} not in found
    assert {"person:anna"} in found
    assert {"sheets:legal", "token:anna"} in found


def test_a_third_sheet_lets_anybody_go() -> None:
    groups = (
        GroupHeld("legal", 2, (ANNA, BEN), SheetsHeld("legal", ((2, (ANNA, BEN, "fritz")),))),
        GroupHeld("it", 1, (CARLA, DENIZ)),
    )
    assert [one for one in Held(groups, STATION).losses() if len(one) == 1] == [{DISK}, {HSM}]


def test_codes_do_not_open_with_sheets() -> None:
    assert {"token:anna"} in said(held(2, sheets=(ANNA, BEN), recoverable=False))


def test_only_one_group_may_open_by_its_sheets() -> None:
    groups = (
        GroupHeld("legal", 1, (ANNA,), SheetsHeld("legal", ((1, (BEN,)),))),
        GroupHeld("it", 1, (CARLA,), SheetsHeld("it", ((1, (DENIZ,)),))),
    )
    found = Held(groups, STATION)
    assert is_open(found.way(), {"token:anna"})
    assert is_open(found.way(), {"token:carla"})
    assert not is_open(found.way(), {"token:anna", "token:carla"})


def test_a_disk_that_can_be_restored_and_a_module_that_can_be_replaced() -> None:
    station = StationHeld(
        STATION.unlockers, SIGNERS, sheets=SheetsHeld("station", ((1, (ANNA, BEN)), (1, (CARLA, DENIZ))))
    )
    found = said(held(station=station))
    assert not [one for one in found if len(one) == 1]
    assert {DISK, MIRROR} in found
    assert {HSM, "sheets:station"} in found


def test_a_backup_takes_the_loss_of_the_whole_laptop_away_but_only_with_the_stations_sheets() -> None:
    station = StationHeld(STATION.unlockers, SIGNERS, frozenset((HSM,)), SheetsHeld("station", ((1, (ANNA, BEN)),)))
    laptop = {HSM, DISK, MIRROR}
    found = replace(held(station=station), backed_up=True)
    assert is_open(found.way(), laptop)
    assert not is_open(found.way(), {*laptop, BACKUP})
    assert not is_open(found.way(), {*laptop, "sheets:station"})
    assert not is_open(replace(found, backed_up=False).way(), laptop)
    assert not is_open(replace(found, recoverable=False).way(), laptop)


def test_a_new_module_takes_a_quorum_of_tokens_even_where_sheets_stand_in() -> None:
    """All of Legal's tokens and the module at once: Legal's sheets would open, and nobody signs its keys."""
    station = StationHeld(STATION.unlockers, SIGNERS, sheets=SheetsHeld("station", ((1, (EVA,)),)))
    found = held(sheets=(ANNA, BEN, EVA), station=station)
    assert is_open(found.way(), {"token:anna", "sheets:station"})
    assert is_open(found.way(), {HSM, "token:anna"})
    assert not is_open(found.way(), {HSM, "token:anna", "token:ben"})


def test_nobody_unlocks_once_every_token_with_a_slot_is_gone() -> None:
    found = held(station=StationHeld((EVA,)))
    assert {"token:eva"} in said(found)
    assert not is_open(found.way(), {"person:eva"})


@pytest.mark.parametrize("legal", [1, 2])
@pytest.mark.parametrize("sheets", [(), (ANNA, BEN)])
def test_the_losses_of_people_are_those_that_trying_all_finds(legal: int, sheets: tuple[str, ...]) -> None:
    """Trying every set of losses: what is not found is a greater loss of what is."""
    found = held(legal, sheets=sheets)
    people = (ANNA, BEN, CARLA, DENIZ)
    parts = [DISK, HSM, "sheets:legal", *(f"{kind}:{m}" for m in people for kind in ("person", "token"))]
    named = found.losses()
    assert set(named) <= set(tried(found.way(), parts))
    for closing in tried(found.way(), parts):
        lesser = frozenset(loss.replace("person:", "token:") for loss in closing)
        assert any(one <= closing | lesser for one in named)
