# SPDX-License-Identifier: Apache-2.0
"""What a token refused outside an activation."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CeremonyRefused(Event):
    """A token refused or failed."""

    TYPE = "ceremony.refused"
    code: str
    verb: str
    member: str
