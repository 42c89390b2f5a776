# SPDX-License-Identifier: Apache-2.0
"""Secrets that are text: one that is shown as it is, and a list of one-time codes, one a line."""

from console.domain.errors import Refused

MAX_CODES = 100
MAX_CODE_BYTES = 300
"""What one picture still carries well: a code that fits in none would be used up before it is shown."""


def payloads(secret: bytes) -> list[bytes]:
    """Return the one item of a text, without the end of its line; ``Refused``: secret_empty, secret_not_text."""
    text = decoded(secret)
    if not text.strip():
        raise Refused("secret_empty")
    return [text.strip("\r\n").encode()]


def listed(secret: bytes) -> list[bytes]:
    """Return the items of a list of codes, one a line: services print codes with blanks inside.

    ``Refused``: secret_empty, secret_not_text, codes_repeated, too_many_codes, listed_code_too_long.
    """
    codes = [line.strip() for line in decoded(secret).splitlines() if line.strip()]
    if not codes:
        raise Refused("secret_empty")
    if len(set(codes)) < len(codes):
        raise Refused("codes_repeated")
    if len(codes) > MAX_CODES:
        raise Refused("too_many_codes", limit=MAX_CODES)
    items = [code.encode() for code in codes]
    if any(len(item) > MAX_CODE_BYTES for item in items):
        raise Refused("listed_code_too_long", limit=MAX_CODE_BYTES)
    return items


def decoded(secret: bytes) -> str:
    """Return a secret as text; ``Refused`` (secret_not_text)."""
    try:
        return secret.decode()
    except UnicodeDecodeError as error:
        raise Refused("secret_not_text") from error
