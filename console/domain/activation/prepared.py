# SPDX-License-Identifier: Apache-2.0
"""A request agreed in peacetime: everything but what only the hour can tell. It shortens typing, never the quorum.

One keyholder of each group signs the template on their own token. At the hour three fields are left: ``incident``,
``first_seen`` and one sentence of ``reason``; ``deadline_at_risk`` and ``requester`` where they are to be named. What
is then filed is checked, and approved, like any other request.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from console.domain.activation import justification
from console.domain.canonical import Json, Object, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Refused
from console.domain.policy.rules import Rules

HOUR = ("incident", "first_seen", "reason")
HOUR_OPTIONAL = ("deadline_at_risk", "requester")
_KNOWN = {*HOUR, *HOUR_OPTIONAL, *justification.FIELDS}
VALID_DAYS = 180
DAY_MS = 86_400_000
NAME = re.compile(r"[a-z][a-z0-9-]{1,63}\Z")
_ANY_HOUR: dict[str, Json] = {
    "incident": "any",
    "first_seen": "2026-01-01T00:00:00Z",
    "reason": "whatever the hour will bring to say",
}
AGREED, PROPOSED, OVERTAKEN, EXPIRED = STATES = "agreed", "proposed", "overtaken", "expired"


@dataclass(frozen=True)
class Prepared:
    """A template with its name, and the hash of the roster whose people agree on it."""

    vault: str
    name: str
    roster: bytes
    template: Object

    def to_json(self) -> dict[str, Json]:
        """Return it as its entry commits to it."""
        return {
            "v": 1,
            "vault": self.vault,
            "name": self.name,
            "roster": to_base64(self.roster),
            "template": self.template,
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Prepared":
        """Return it from its JSON form; ``Corrupt`` (prepared_shape)."""
        with shaped("prepared_shape"):
            template = dict(cast(Mapping[str, Json], value["template"]))
            return Prepared(str(value["vault"]), str(value["name"]), from_base64(value["roster"]), template)

    @property
    def hash(self) -> bytes:
        """The hash of all of it (32 bytes)."""
        return digest("prepared", encode(self.to_json()))

    @property
    def id(self) -> str:
        """The first 12 hex digits of the hash: how entries name it."""
        return self.hash.hex()[:12]

    def signed_digest(self) -> bytes:
        """Return what one keyholder of each group signs."""
        return digest("sign-prepared", self.hash)

    def filled(self, hour: Object, requester: str) -> dict[str, Json]:
        """Return the fields of a request with what the hour tells; ``Refused``: prepared_agreed, request_incomplete."""
        if unknown := [(name, "unknown_field") for name in hour if name not in _KNOWN]:
            raise Refused("request_incomplete", problems=tuple(unknown))
        if other := sorted(set(hour) - {*HOUR, *HOUR_OPTIONAL}):
            raise Refused("prepared_agreed", fields=", ".join(other), left=", ".join((*HOUR, *HOUR_OPTIONAL)))
        told = {name: value for name, value in hour.items() if name != "first_seen"}
        seen: dict[str, Json] = {"first_seen": hour.get("first_seen", ""), "checked_by": [requester]}
        outages: list[Json] = [{**row, **seen} for row in cast(Sequence[Object], self.template["outage"])]
        return {**self.template, **told, "requester": requester, "outage": outages}


def check(prepared: Prepared, rules: Rules) -> None:
    """Raise ``Refused`` (prepared_name, prepared_only_the_hour, request_incomplete) for what could never be filed."""
    if not NAME.match(prepared.name):
        raise Refused("prepared_name", name=prepared.name)
    template, outages = prepared.template, prepared.template.get("outage")
    said = {*template, *(name for row in _rows(outages) for name in row)}
    if told := sorted(said & {*HOUR, *HOUR_OPTIONAL, "checked_by"}):
        raise Refused("prepared_only_the_hour", fields=", ".join(told))
    if not _rows(outages):
        raise Refused("request_incomplete", problems=(("outage", "outage_incomplete"),))
    # The hour alone names a deadline.
    justification.check(prepared.filled(_ANY_HOUR, "anybody"), rules, now_ms=0)


def _rows(value: Json) -> list[Object]:
    rows = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


def state(prepared: Prepared, groups: Collection[str], signed: Mapping[str, int], roster: bytes, now_ms: int) -> str:
    """Return agreed, proposed (a group has not signed), overtaken (other people since) or expired.

    ``signed``: group -> when somebody of it signed (wall clock, ms).
    """
    if prepared.roster != roster:
        return OVERTAKEN
    if set(groups) - set(signed):
        return PROPOSED
    return EXPIRED if days_left(signed, now_ms) < 0 else AGREED


def days_left(signed: Mapping[str, int], now_ms: int) -> int:
    """Return for how many days an agreement holds, from its last signature."""
    return VALID_DAYS - (now_ms - max(signed.values(), default=now_ms)) // DAY_MS


# --- what opening will cost -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Usable:
    """A credential as far as one may count on it: what it opens, and whether it still does."""

    name: str
    target: str
    usable: bool


def last_for_target(known: Sequence[Usable], asked: Collection[str]) -> list[Usable]:
    """Return those of the asked credentials after which nothing is left that opens the same target."""
    left = {_same(one.target) for one in known if one.usable and one.name not in asked}
    return [one for one in known if one.name in asked and _same(one.target) not in left]


def _same(target: str) -> str:
    return " ".join(target.casefold().split())


def typical_minutes(milliseconds: Sequence[int]) -> int | None:
    """Return the median of earlier times from request to opening in minutes, rounded up; None without any."""
    # Here: it loads decimal numbers, fractions and randomness, which nothing else needs.
    from statistics import median

    return -(-int(median(milliseconds)) // 60_000) if milliseconds else None
