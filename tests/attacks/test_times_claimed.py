# SPDX-License-Identifier: Apache-2.0
"""A station whose clock lies: what is surely known of its entries' times does not come from that clock."""

from collections.abc import Iterator
from typing import Any

import pytest

from console.actions.activation import release
from console.actions.console import Console
from console.actions.journal import reading, times
from console.actions.station import clock
from console.domain.entries.entry import to_rfc3339
from console.domain.errors import Refused
from console.domain.journal.clock import BOOT, STEP
from tests.support.activations import approve, filed
from tests.support.clocks import SetClock
from tests.support.keys import TOTP, keys_base
from tests.support.remote import answered, asked, pinned_home, taken
from tests.support.scenes import PASSWORD, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real

HOUR, YEAR = 3600, 365 * 24 * 3600


@pytest.fixture
def machine() -> SetClock:
    return SetClock()


@pytest.fixture
def scene(machine: SetClock) -> Iterator[Scene]:
    with staged(keys_base()) as lent:
        lent.station._machine = machine
        yield lent


def true_now(machine: SetClock) -> str:
    """Return what an honest watch says: this machine's real clock."""
    return to_rfc3339(machine.reading().wall_ms - machine.wall_s * 1000)


def noted(console: Console) -> list[str]:
    return [entry.type for entry in console.journal.entries() if entry.type in (BOOT, STEP)]


def surely(console: Console, seq: int) -> tuple[str | None, str | None]:
    known: Any = reading.show_entry(console, seq)["surely"]
    return known["not_before"], known["not_after"]


def test_a_dead_battery_stops_codes_until_two_people_say_the_time(scene: Scene, machine: SetClock) -> None:
    """2019: it is noted, nothing is shown, and setting the clock right does not suffice; the word of two does."""
    machine.reboot(off_s=-7 * YEAR)
    with scene.console() as console:
        assert noted(console) == [BOOT, STEP]
        for name in (TOTP, PASSWORD):
            with pytest.raises(Refused):
                release.release(console, scene.act, name, Paper())
        with pytest.raises(Refused, match="time_differs"):
            clock.attest(console, ["legal-1", "it-1"], true_now(machine))
    machine.wall_s += 7 * YEAR
    with scene.console() as console:
        assert noted(console) == [BOOT, STEP, STEP]
        with pytest.raises(Refused, match="totp_clock"):
            clock.check(console)
        clock.attest(console, ["legal-1", "it-1"], true_now(machine))
        clock.check(console)
        (entry,) = console.journal.entries(type_="clock.attested")
        before, after = surely(console, entry.seq)
        assert before is not None
        assert after is not None
        assert before < true_now(machine) < after
        # What was written in 2019 is known to be older than that, and nothing more.
        (first,) = console.journal.entries(type_=BOOT)
        assert surely(console, first.seq)[0] is None
        assert (surely(console, first.seq)[1] or "9") <= after


def test_a_clock_set_there_and_back_while_people_work_is_noted_twice(scene: Scene, machine: SetClock) -> None:
    with scene.console() as console:
        clock.attest(console, ["legal-1", "it-1"], true_now(machine))
        (attested,) = console.journal.entries(type_="clock.attested")
        machine.wall_s -= HOUR
        filed(console, {"credential": PASSWORD})
        machine.wall_s += HOUR
        clock.attest(console, ["legal-1", "it-1"], true_now(machine))
        assert noted(console) == [STEP, STEP]
        (request,) = console.journal.entries(type_="activation.requested", after=attested.seq)
        before, after = surely(console, request.seq)
        # The entry itself claims an hour earlier; between the two words there were seconds.
        assert before is not None
        assert after is not None
        assert to_rfc3339(request.t.wall_ms) < before < after


def test_an_answer_from_home_bounds_the_entries_around_it() -> None:
    """The station's clock is an hour wrong; the keyholder's own console is not."""
    machine = SetClock()
    with staged(sealed_base()) as scene:
        scene.station._machine = machine
        machine.wall_s = -HOUR
        with scene.console() as console:
            home = pinned_home(scene, console, "it-1")
            act = filed(console, {"credential": PASSWORD})
            taken(console, act, answered(home, asked(console, act, "it-1")))
            approve(console, act, "legal-1")
            here, there = (
                next(e for e in console.journal.entries(act=act, type_="activation.approved") if e.body["by"] == by)
                for by in ("station", "own_console")
            )
            assert "time" not in here.body
            assert str(there.body["time"]) > to_rfc3339(there.t.wall_ms + HOUR * 1000 - 60_000)
            for entry in console.journal.entries(act=act):
                before, after = surely(console, entry.seq)
                assert before is not None
                assert after is not None
                assert to_rfc3339(entry.t.wall_ms) < before < true_now(machine) < after
            report = times.report(console)
            assert report["contradictions"] == 0
            assert report["noted"] == {"clock.boot": 0, "clock.step": 1, "clock.slept": 0}


def test_the_page_says_no_less_than_the_whole(scene: Scene, machine: SetClock) -> None:
    """A listing looks at what is near; here that is everything, so both say the same."""
    for turn in range(3):
        with scene.console() as console:
            filed(console, {"credential": PASSWORD})
            if turn:
                clock.attest(console, ["legal-1", "it-1"], true_now(machine))
        machine.reboot(off_s=HOUR)
        machine.wall_s -= HOUR
    with scene.console() as console:
        whole, entries = times.whole(console), list(console.journal.entries())
        page: Any = reading.list_entries(console, limit=len(entries))
        for entry, row in zip(entries, page["entries"], strict=True):
            assert row["surely"] == times.told(whole, entry)
        verdict: Any = reading.verify(console, deep=True)
        assert verdict["ok"]
        widths = [w for e in entries if (w := whole.interval(e.seq, e.t).width()) is not None]
        # Both ends are rounded outwards to whole milliseconds.
        assert 0 <= max(widths) - verdict["clock"]["widest"]["ms"] <= 2
