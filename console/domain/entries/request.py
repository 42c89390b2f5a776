# SPDX-License-Identifier: Apache-2.0
"""Requests that are agreed on in peacetime."""

from dataclasses import dataclass

from console.domain.canonical import Object
from console.domain.entries.event import Event, commitment


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RequestPrepared(Event):
    """A request was proposed in peacetime."""

    TYPE = "request.prepared"
    prepared: str
    roster: bytes
    document: Object | None = commitment(member="prepared")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RequestAgreed(Event):
    """Somebody agreed to it on their token."""

    TYPE = "request.agreed"
    prepared: str
    roster: bytes
    member: str | None = commitment()
    signature: bytes | None = commitment()
