# SPDX-License-Identifier: Apache-2.0
"""A typing scanner through the keyboards of other countries: learnt from one code, or refused in words."""

import pytest

from console.domain.errors import Refused
from console.domain.handoff import scanner
from console.domain.handoff.frames import Collector, split
from console.domain.handoff.scanner import ALPHABET, CALIBRATION, read_calibration
from tests.support.scanners import KEYS, typed

# What the same keys write elsewhere, without and with the shift key.
TEXTS = split("request", bytes(range(256)) * 3)


@pytest.mark.parametrize("country", KEYS)
def test_a_foreign_keyboard_is_learnt_from_one_code(country: str) -> None:
    layout = read_calibration(typed(CALIBRATION, country) + "\n")
    collector = Collector()
    for text in TEXTS:
        collector.add(layout.read(typed(text, country)))
    assert collector.data() == bytes(range(256)) * 3


def test_the_caps_lock_is_a_foreign_keyboard_like_any_other() -> None:
    layout = read_calibration(CALIBRATION.lower())
    assert layout.read(TEXTS[0].lower()) == TEXTS[0]


def test_without_learning_it_types_what_it_reads() -> None:
    assert scanner.AS_TYPED.read(f" {TEXTS[0]}\r") == TEXTS[0]
    with pytest.raises(Refused, match="scanner_letter"):
        scanner.AS_TYPED.read(typed(TEXTS[0], "French"))


def swapped(old: str, new: str) -> str:
    return CALIBRATION.replace(old, new)


@pytest.mark.parametrize(
    ("came", "code"),
    [
        ("", "scanner_silent"),
        (" \r\n", "scanner_silent"),
        (swapped("-", ""), "scanner_keys_lost"),  # a dead key
        (CALIBRATION[:-1], "scanner_keys_lost"),
        (CALIBRATION + "0", "scanner_keys_lost"),
        (swapped("Y", "Z"), "scanner_ambiguous"),
        (CALIBRATION.replace("B", "8", 1), "scanner_unsteady"),
        (CALIBRATION[1] + CALIBRATION[0] + CALIBRATION[2:], "scanner_unsteady"),
    ],
)
def test_a_layout_that_tells_letters_not_apart_is_refused_in_words(came: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_calibration(came)
    assert caught.value.code == code


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Refused, match="scanner_too_long"):
        scanner.AS_TYPED.read("A" * (scanner.MAX_TYPED + 1))


def test_the_calibration_code_holds_every_letter_in_order() -> None:
    assert CALIBRATION.startswith(ALPHABET)
    assert set("".join(TEXTS)) <= set(ALPHABET)
