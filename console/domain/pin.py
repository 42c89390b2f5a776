# SPDX-License-Identifier: Apache-2.0
"""What a PIN must be that is chosen for a token in software, and when a wrong one is not tried again."""

from console.domain.errors import Refused

LEAST_PIN_LETTERS = 6
"""Of a PIN that is chosen for a token in software: a copy of it can be tried for as long as somebody likes."""
SPENT = ("last", "none")
"""Tries that a token has left after a wrong PIN, when the program itself tries no more."""


def check_new_pin(pin: bytearray) -> None:
    """Raise ``Refused`` (pin_short) for a PIN that would be guessed too soon; one that is in use is never judged."""
    # Letters counted without a copy of the PIN: every byte of UTF-8 but those that go on begins one.
    if sum(byte & 0xC0 != 0x80 for byte in pin) < LEAST_PIN_LETTERS:
        raise Refused("pin_short", least=LEAST_PIN_LETTERS)
