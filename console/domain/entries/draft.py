# SPDX-License-Identifier: Apache-2.0
"""Drafts of notes."""

from dataclasses import dataclass

from console.domain.entries.event import Event


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DraftFinished(Event):
    """A draft became entries."""

    TYPE = "draft.finished"
    draft: str


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DraftDiscarded(Event):
    """A draft was destroyed."""

    TYPE = "draft.discarded"
    draft: str
