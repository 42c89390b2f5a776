# SPDX-License-Identifier: Apache-2.0
"""Scanners that type like a keyboard of some country."""

US = "1234567890-qwertyuiopasdfghjklzxcvbnm/"

KEYS = {
    "German": ("1234567890ßqwertzuiopasdfghjklyxcvbnm-", '!"§$%&/()=?QWERTZUIOPASDFGHJKLYXCVBNM_'),
    "French": ("&é\"'(-è_çà)azertyuiopqsdfghjklmwxcvbn!", "1234567890°AZERTYUIOPQSDFGHJKLMWXCVBN§"),
    "Belgian": ("&é\"'(§è!çà)azertyuiopqsdfghjklmwxcvbn=", "1234567890°AZERTYUIOPQSDFGHJKLMWXCVBN+"),
    "Spanish": ("1234567890'qwertyuiopasdfghjklzxcvbnm-", '!"·$%&/()=?QWERTYUIOPASDFGHJKLZXCVBNM_'),
    "Turkish": ("1234567890*qwertyu\u0131opasdfghjklzxcvbnm.", "!'^+%&/()=?QWERTYUIOPASDFGHJKLZXCVBNM:"),
}


def typed(text: str, country: str) -> str:
    """Return what arrives when a scanner of the United States types into a computer of this country."""
    plain, shifted = KEYS[country]
    return "".join((shifted if letter.isupper() else plain)[US.index(letter.lower())] for letter in text)
