# SPDX-License-Identifier: Apache-2.0
"""Contrast of two colours (WCAG 2.2, relative luminance and contrast ratio)."""

Rgb = tuple[int, int, int]


def ratio(one: str | Rgb, other: str | Rgb) -> float:
    """Return the contrast of two colours, 1 to 21; as ``#rrggbb`` or as three numbers up to 255."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str | Rgb) -> float:
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)] if isinstance(colour, str) else colour
    red, green, blue = (_linear(part / 255) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
