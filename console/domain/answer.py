# SPDX-License-Identifier: Apache-2.0
"""What an action answers: a frozen dataclass whose attributes both faces read; its JSON form is made here alone."""

from console.domain.canonical import Json
from console.domain.codec import members_of


class Answer:
    """The base of every answer: a frozen dataclass of texts, numbers, truths, ``None``, tuples and further answers.

    A field without a default is always a member of the JSON form, one with a default only where it differs from it.
    """

    def to_json(self) -> dict[str, Json]:
        """Return the members as ``--json`` prints them."""
        return members_of(self)
