# SPDX-License-Identifier: Apache-2.0
"""The lock from outside: by keys above a question for a PIN, and by the system, which goes to sleep only afterwards."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.gui.blackbox.desktop import LIMIT_S, Hands, closing_hands, in_front_of, lacking, waited
from tests.gui.conftest import Sample
from tests.gui.fake_logind import FakeLogind, logind

pytestmark = [
    pytest.mark.real,
    pytest.mark.screen,
    pytest.mark.long,
    pytest.mark.skipif(bool(lacking()), reason=f"this machine lacks {lacking()}"),
]
INCIDENT = "INC-2026-0707"


@pytest.fixture
def system(tmp_path: Path) -> Iterator[FakeLogind]:
    with logind(tmp_path) as lent:
        yield lent


@pytest.fixture
def hands(sample: Sample, screen: dict[str, str], system: FakeLogind) -> Iterator[Hands]:
    environment = {**screen, "DBUS_SYSTEM_BUS_ADDRESS": system.address}
    with in_front_of(screen), closing_hands(sample.settings.folder, environment) as opened:
        yield opened


def unlock(hands: Hands, sample: Sample) -> None:
    hands.unlock(sample.pins["legal-ops-1"])
    hands.read("Unlocked by Eva Falk")


def everything_aloud(hands: Hands) -> str:
    return str(hands.app.dump(max_depth=60))


def test_the_lock_wins_over_a_question_and_the_machine_sleeps_only_then(
    hands: Hands, sample: Sample, system: FakeLogind, request_texts: tuple[dict[str, str], dict[str, str]]
) -> None:
    unlock(hands, sample)
    hands.read("Network off, proven ")  # by this very process, which cannot reach any
    hands.read("Other programs can record this screen.")
    waited(lambda: system.hears("held") or None)
    hands.key("alt+3")
    for name, text in {**request_texts[0], "Incident number": INCIDENT}.items():
        hands.find("text_field", name).set_value(text)
    for name, text in request_texts[1].items():
        # A request must not say the same as the last one, and the station is shared.
        hands.find("text_area", name).set_value(f"{text} The lid is about to be shut.")
    hands.find("check_box", "llm-admin-api-key (API key)").toggle()
    hands.find("check_box", "DE").toggle()
    hands.press("File the request")
    hands.read("The request is filed.")
    hands.find("radio_button", "Anna Berg (Legal)").toggle()
    hands.find("text_field", "Matter number, typed again").set_value("M-2026-00117")
    hands.find("check_box", "I confirm that no privilege is claimed.").toggle()
    hands.press("Approve")
    hands.find("text_field", "PIN of Anna Berg").wait_focused(timeout=LIMIT_S)
    hands.type("47")
    hands.picture("pin-before-lock")

    hands.key("ctrl+l")
    hands.find("list", "Who are you?").wait_focused(timeout=LIMIT_S)
    hands.read("LOCKED")
    assert INCIDENT not in everything_aloud(hands)
    waited(lambda: system.hears("released") or None)
    hands.picture("locked")

    unlock(hands, sample)
    hands.find("radio_button", "Anna Berg (Legal)")  # the page on which the lock came, and the request still waits
    waited(lambda: system.hears("held") or None)
    system.happen("sleep")
    hands.find("list", "Who are you?").wait_focused(timeout=LIMIT_S)
    hands.read("Locked because this computer goes to sleep.")
    waited(lambda: system.hears("released") or None)
    shown = Image.open(io.BytesIO(hands.picture("locked-asleep").to_png()))
    assert zxingcpp.read_barcodes(shown) == [] and INCIDENT not in everything_aloud(hands)
    assert hands.close() == 0
