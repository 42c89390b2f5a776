# SPDX-License-Identifier: Apache-2.0
"""From a prepared request to the first released code in the real window, by keys alone, every keystroke counted.

A keystroke is a key or chord that somebody chooses to press: Tab, Space, Enter, an arrow, F2. What is typed counts as a
field, not by its letters. A field of the request is typed once; the matter number and the PIN are typed by each of the
people who approve, and counted apart. The code is read from the pixels of the screen.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.actions.activation import prepared
from console.actions.station import lifecycle as station_actions
from console.demo.station import seal_samples
from tests.gui.blackbox.desktop import HEARS_S, LIMIT_S, Hands, closing_hands, in_front_of, lacking
from tests.gui.conftest import Sample
from tests.support.night_request import TEMPLATE
from tests.support.stations import make_station, opened

pytestmark = [
    pytest.mark.real,
    pytest.mark.screen,
    pytest.mark.long,
    pytest.mark.skipif(bool(lacking()), reason=f"this machine lacks {lacking()}"),
]
MOST_KEYS, MOST_FIELDS = 40, 3
MATTER = "M-2026-00117"


@pytest.fixture
def ready(tmp_path: Path) -> Sample:
    """A locked station with one prepared request that both groups have agreed on."""
    settings, pins = make_station(tmp_path)
    place = opened(settings, pins)
    sealed = seal_samples(place)
    with place.console() as console:
        prepared.propose(console, "idp-down-at-night", {**TEMPLATE, "privilege": "attorney-client"})
        for member in ("legal-1", "it-1"):
            prepared.sign(console, "idp-down-at-night", member)
    station_actions.lock(place.locked)
    place.close()
    return Sample(settings, pins, {name: secret.decode() for name, secret in sealed.items()})


class Keyboard:
    """Somebody with a keyboard and nothing else; what they press and type is counted."""

    def __init__(self, hands: Hands, sample: Sample) -> None:
        self.hands, self._sample = hands, sample
        self.keys, self.fields, self.told_by_approvers = 0, 0, 0

    def press(self, *keys: str) -> None:
        """Press keys, each counted."""
        self.hands.key(*keys)
        self.keys += len(keys)

    def to(self, role: str, name: str, key: str = "Tab", most: int = 12) -> None:
        """Press a key until the focus is there, as somebody does who looks at the screen."""
        for _ in range(most):
            time.sleep(0.3)
            if self.hands.seen(role, name).focused:
                return
            self.press(key)
        pytest.fail(f"{name} is not reached by {most} times {key}")

    def verb(self) -> None:
        """Press the page's one verb, once it hears keys."""
        time.sleep(HEARS_S)
        self.press("ctrl+Return")

    def fill(self, text: str) -> None:
        """Type a field of the request."""
        self.hands.type(text)
        self.fields += 1

    def tell(self, text: str) -> None:
        """Type what an approver types."""
        self.hands.type(text)
        self.told_by_approvers += 1

    def pin(self, member: str, name: str) -> None:
        """Type a PIN, and Enter."""
        self.hands.find("text_field", f"PIN of {name}").wait_focused(timeout=LIMIT_S)
        self.tell(self._sample.pins[member])
        self.press("Return")


@pytest.fixture
def person(ready: Sample, screen: dict[str, str]) -> Iterator[Keyboard]:
    with in_front_of(screen), closing_hands(ready.settings.folder, screen) as hands:
        hands.unlock(ready.pins["legal-ops-1"])
        hands.read("Next: Nothing waits for you")
        yield Keyboard(hands, ready)


def approve(person: Keyboard, member: str, name: str, role: str) -> None:
    person.to("radio_button", f"{name} ({role})")
    person.press("space")
    person.to("text_field", "Matter number, typed again")
    person.tell(MATTER)
    if role == "Legal":
        person.to("check_box", "I confirm the privilege basis: Attorney-client.")
        person.press("space")
    person.verb()
    person.pin(member, name)
    person.hands.read(f"{name} has approved.")


def test_from_a_prepared_request_to_the_first_code_by_keys_alone(person: Keyboard, ready: Sample) -> None:
    hands = person.hands
    person.press("F2")
    person.to("text_field", "Incident number")
    person.fill("INC-2026-0042")
    person.to("text_area", "Reason")
    person.fill("Single sign-on has not answered since five past two.")
    person.verb()
    hands.read("The request is filed.")
    approve(person, "legal-1", "Anna Berg", "Legal")
    approve(person, "it-1", "Carla Dietz", "IT")
    person.press("F2")
    hands.seen("button", "Open now")
    person.verb()
    hands.read("It is open.")
    person.verb()
    hands.find("button", "I have it (read back)")
    assert hands.code("by-keys") == ready.codes[0]
    sys.stdout.write(
        f"by keys alone: {person.keys} keystrokes, {person.fields} fields of the request, "
        f"{person.told_by_approvers} more by the approvers (matter number and PIN each)\n"
    )
    assert person.keys <= MOST_KEYS
    assert person.fields <= MOST_FIELDS
