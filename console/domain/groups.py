# SPDX-License-Identifier: Apache-2.0
"""What groups and classes are called: those that a firm begins with have names of their own, in each language."""

from console.domain.canonical import Json
from console.domain.text import told

CALLED = {"legal": "Legal", "it": "IT"}
CLASSES = ("standard", "privileged")
LETTERS = 2
"""A name as short as that is an abbreviation."""


def called(name: str) -> str:
    """Return what a group is called, in English; a firm's own groups keep their names."""
    return CALLED.get(name) or (name.upper() if len(name) <= LETTERS else name.capitalize())


def group(name: str) -> Json:
    """Return the same, for a paper that will say it in its language."""
    return told(CALLED[name]) if name in CALLED else called(name)


def class_(name: str) -> Json:
    """Return what a class is called on such a paper."""
    return told(name) if name in CLASSES else name
