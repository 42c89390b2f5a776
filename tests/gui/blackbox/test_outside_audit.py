# SPDX-License-Identifier: Apache-2.0
"""Names, sizes and contrast of the real window from outside, as an accessibility client and a camera see them."""

import io
import time
from collections.abc import Iterator

import pytest
import xa11y
from PIL import Image

from tests.gui.audit import STRESS_TARGET, TARGET, TEXT, contrast_in
from tests.gui.blackbox.desktop import Hands, closing_hands, in_front_of, lacking
from tests.gui.conftest import Sample

pytestmark = [
    pytest.mark.real,
    pytest.mark.screen,
    pytest.mark.long,
    pytest.mark.skipif(bool(lacking()), reason=f"this machine lacks {lacking()}"),
]
ROLES = ("button", "text_field", "text_area", "check_box", "radio_button", "combo_box", "spin_button", "list", "table")
RAIL = {
    "alt+2": "Board",
    "alt+3": "Request",
    "alt+4": "Approve",
    "alt+5": "Session",
    "alt+6": "Journal",
    "alt+7": "People",
    "alt+8": "Readiness",
    "alt+9": "Vault",
    "alt+1": "Station",
}
READ = ("button", "static_text")
WHOLE = ("list", "table", "combo_box", "spin_button")
"""What is inside of these is part of them."""
MARGIN = 2
PAINTED_S = 1.0
LOOKS = 5
"""A page is made and painted well before; what is looked at is the picture itself."""


@pytest.fixture
def hands(sample: Sample, screen: dict[str, str]) -> Iterator[Hands]:
    with in_front_of(screen), closing_hands(sample.settings.folder, screen) as opened:
        opened.unlock(sample.pins["legal-ops-1"])
        opened.find("button", "Request break-glass access")
        yield opened


def seen(hands: Hands, roles: tuple[str, ...]) -> Iterator[tuple[str, xa11y.Element]]:
    """Yield what an accessibility client finds of these roles, and says that it can be seen."""
    waiting = list(hands.app.as_element().children())
    while waiting:
        element = waiting.pop()
        bounds = element.bounds
        if not element.visible or bounds is None or bounds.width <= 0:
            continue
        if element.role in roles:
            yield element.role, element
        if element.role not in WHOLE:
            waiting += element.children()


def names(hands: Hands) -> list[str]:
    return [f"a {role} has no name" for role, element in seen(hands, ROLES) if not (element.name or "").strip()]


CALM = (": show as a table", ": show as a picture")
LEADS = "Still empty: "
"""Buttons that nobody presses under stress, and that a key stands for: T, and Tab."""


def sizes(hands: Hands) -> list[str]:
    found = []
    for role, element in seen(hands, ROLES):
        name = element.name or ""
        calm = name.endswith(CALM) or name.startswith(LEADS)
        least = STRESS_TARGET if role == "button" and not calm else TARGET
        bounds = element.bounds
        if bounds is not None and bounds.height < least:
            found.append(f"{role} {element.name!r} is {bounds.width}x{bounds.height}")
    return found


def contrast(hands: Hands, screen: Image.Image) -> list[str]:
    """Return what of the texts on the screen does not stand out from its ground; what is grey cannot be pressed."""
    found = []
    foot = bottom(hands)
    for role, element in seen(hands, READ):
        place = element.bounds
        if place is None or not (element.name or "").strip() or (role == "button" and not element.enabled):
            continue
        box = (place.x + MARGIN, place.y + MARGIN, place.x + place.width - MARGIN, place.y + place.height - MARGIN)
        if box[0] < 0 or box[1] < 0 or box[2] > screen.width or box[3] > foot or box[3] - box[1] < 8:
            continue
        if (ratio := contrast_in(screen.crop(box))) < TEXT:
            found.append(f"{role} {(element.name or '')[:40]!r} has {ratio:.1f}:1")
    return found


def bottom(hands: Hands) -> int:
    """Return where the window ends: what a page has scrolled away has bounds on the desktop below it."""
    (window,) = (one.bounds for one in hands.app.as_element().children() if one.bounds is not None)
    return window.y + window.height


def test_every_page_of_the_rail_from_outside(hands: Hands) -> None:
    found: dict[str, list[str]] = {}
    for keys, page in RAIL.items():
        hands.key(keys)
        if said := wrong_on_it(hands):
            found[page] = said
    assert found == {}


def wrong_on_it(hands: Hands) -> list[str]:
    """Return what stays wrong: a page is not painted at once, and less so on a busy machine."""
    said: list[str] = []
    for _ in range(LOOKS):
        time.sleep(PAINTED_S)
        picture = Image.open(io.BytesIO(xa11y.screenshot().to_png())).convert("RGB")
        said = names(hands) + sizes(hands) + contrast(hands, picture)
        if not said:
            break
    return said
