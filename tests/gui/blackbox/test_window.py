# SPDX-License-Identifier: Apache-2.0
"""The real window from outside: by keys, accessible names and pixels, on real SoftHSM tokens."""

from collections.abc import Iterator

import pytest

from tests.gui.blackbox.desktop import LIMIT_S, Hands, closing_hands, in_front_of, lacking
from tests.gui.conftest import Sample

pytestmark = [
    pytest.mark.real,
    pytest.mark.screen,
    pytest.mark.long,
    pytest.mark.skipif(bool(lacking()), reason=f"this machine lacks {lacking()}"),
]


@pytest.fixture
def hands(sample: Sample, screen: dict[str, str]) -> Iterator[Hands]:
    with in_front_of(screen), closing_hands(sample.settings.folder, screen) as opened:
        yield opened


def give_pin(hands: Hands, sample: Sample, member: str, name: str) -> None:
    hands.find("text_field", f"PIN of {name}").wait_focused(timeout=LIMIT_S)
    hands.type(sample.pins[member])
    hands.key("Return")


def approve(hands: Hands, sample: Sample, member: str, name: str) -> None:
    role = "Legal" if member.startswith("legal") else "IT"
    hands.find("radio_button", f"{name} ({role})").toggle()
    hands.find("text_field", "Matter number, typed again").set_value("M-2026-00117")
    if member.startswith("legal"):
        hands.find("check_box", "I confirm that no privilege is claimed.").toggle()
        hands.picture("approve")
    hands.press("Approve")
    give_pin(hands, sample, member, name)


def test_one_emergency_from_unlock_to_end(
    hands: Hands, sample: Sample, request_texts: tuple[dict[str, str], dict[str, str]]
) -> None:
    # Unlock: the list has the focus, the last in it is the operator.
    hands.find("list", "Who are you?").wait_focused(timeout=LIMIT_S)
    hands.key("End")
    hands.picture("unlock")
    hands.key("Return")
    give_pin(hands, sample, "legal-ops-1", "Eva Falk")
    hands.read("Unlocked by Eva Falk")

    # Request, by keys to the page and by names to the fields.
    hands.find("button", "Request break-glass access")
    hands.key("alt+3")
    hands.press("File the request")
    hands.read("The request is not complete.")
    hands.picture("request")
    for name, text in request_texts[0].items():
        hands.find("text_field", name).set_value(text)
    for name, text in request_texts[1].items():
        hands.find("text_area", name).set_value(text)
    hands.find("check_box", "idp-recovery-codes (one-time codes, 10 left)").toggle()
    hands.find("check_box", "salesforce-emergency-admin (password)").toggle()
    hands.find("check_box", "DE").toggle()
    hands.press("File the request")
    hands.read("The request is filed. Still missing: 1 × IT, 1 × Legal.")

    # Two approvals, each on its own token.
    approve(hands, sample, "legal-1", "Anna Berg")
    hands.read("Anna Berg has approved. Still missing: 1 × IT.")
    approve(hands, sample, "it-1", "Carla Dietz")
    hands.read("Carla Dietz has approved. Nobody is missing.")
    hands.key("alt+2")
    hands.read("Approved, ready to open")
    hands.picture("board")

    # Open, and one code handed over as a picture.
    hands.press("Go and open it: INC-2026-0042")
    hands.press("Open now")
    hands.read("OPEN")
    hands.press("Show next code: idp-recovery-codes")
    hands.find("button", "I have it (read back)")
    assert hands.code("release") == sample.codes[0]
    hands.press("I have it (read back)")
    hands.read("Showings: 1 of 4 used, 3 left")
    hands.press("Show once: salesforce-emergency-admin")
    hands.press("Show the secret")
    hands.find("button", "Hide the secret")
    hands.picture("secret")
    hands.press("I have it (read back)")
    hands.read("Showings: 2 of 4 used, 2 left")
    hands.picture("session")

    # End: the password is owed, the code is not.
    hands.press("End the session")
    hands.press("Yes, end it: nothing more can be shown")
    hands.read("It was ended by hand.")
    hands.read("▲  Still to be changed: salesforce-emergency-admin")
    hands.picture("ended")
    hands.key("alt+6")
    hands.press("Verify the journal")
    hands.read("Verified up to entry")
    hands.picture("journal")

    # The lock takes everything away.
    hands.key("ctrl+l")
    hands.find("list", "Who are you?").wait_focused(timeout=LIMIT_S)
    assert hands.close() == 0
