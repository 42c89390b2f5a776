# SPDX-License-Identifier: Apache-2.0
"""What an entry says: one frozen dataclass per event type, the files beside this one, by the noun of the type.

A plain field is a member of the leaf, for everybody who verifies. A ``commitment`` is only committed to: its value is
sealed for the entry's scope, and stays None where nobody opened it. docs/extending.md shows how one is added.
"""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol, Self

from console.domain import codec
from console.domain.canonical import Json, Object, from_base64, to_base64
from console.domain.entries.entry import TRACKS, Draft, Reading, from_rfc3339

NOTHING: Object = {}
FACTS, COUNSEL = TRACKS


class Recorded(Protocol):
    """What is read of an entry, stored or still to come."""

    @property
    def seq(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def t(self) -> Reading: ...
    @property
    def body(self) -> Object: ...


@dataclass(frozen=True)
class Seen:
    """A state of a journal that somebody saw: its size in entries and its root (32 bytes)."""

    size: int
    root: bytes

    def to_json(self) -> dict[str, Json]:
        """Return it as it stands in requests and approvals."""
        return {"size": self.size, "root": to_base64(self.root)}

    @staticmethod
    def from_json(value: Object) -> "Seen":
        """Return the state that a JSON object names; raises what a wrong shape raises."""
        size = value["size"]
        if type(size) is not int:
            raise TypeError("size")
        if size < 0:
            raise ValueError("size")
        return Seen(size, from_base64(value["root"]))

    def __str__(self) -> str:
        return f"{self.size} entries, root {to_base64(self.root)}"


@dataclass(frozen=True)
class Restated:
    """Where a new log found what it says again: the entry of the old log, or which files told it."""

    seq: int | None = None
    at: str | None = None
    """RFC 3339: when it was first written."""
    from_: str | None = None
    """mirror or files."""


def commitment(*, null: bool = False, member: str | None = None) -> Any:
    """Return a field that is committed to, never in the leaf; with ``null`` that it has no value is committed, too."""
    named = {} if member is None else {"member": member}
    return field(default=None, metadata={codec.APART: True, "null": null, **named})


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Event:
    """What every event type has.

    Its text tells the type alone, as fields may be privileged; and nobody compares events: both would cost the start
    of every verb half of what these classes cost (docs/decisions/0037).
    """

    TYPE: ClassVar[str]
    restated: Restated | None = None
    claimed_by: str | None = commitment()
    """Who says to have caused it, where nothing proves that."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def body(self) -> Object:
        """Return the members of the leaf's ``body``."""
        return codec.members_of(self)

    def committed(self) -> Object:
        """Return the fields that are committed to, by name."""
        said = [(each, getattr(self, each.name)) for each in codec.apart(type(self))]
        return {
            codec.member_of(each): codec.to_json(value)
            for each, value in said
            if value is not None or each.metadata["null"]
        }

    @classmethod
    def read(cls, entry: Recorded, opened: Object = NOTHING) -> Self:
        """Return what an entry of this type says, with the fields that were ``opened``.

        Raises ``Corrupt`` (event_shape) with the type and the member that has another form.
        """
        made = codec.from_json(cls, entry.body, "event_shape", type=entry.type)
        return replace(made, **codec.fields_of(cls, opened, "event_shape", type=entry.type)) if opened else made

    def to_draft(
        self,
        *,
        actor: str,
        proof: str,
        id_: str,
        act: str | None = None,
        subject: str | None = None,
        sealed_to: bytes | None = None,
    ) -> Draft:
        """Return the entry to be appended that says this; ``sealed_to``: the counsel key of a note for counsel."""
        track = FACTS if sealed_to is None else COUNSEL
        return Draft(
            self.TYPE, actor, proof, id_, self.body(), self.committed(), act, subject, track, sealed_to=sealed_to
        )


def written_ms(entry: Recorded) -> int:
    """Return when an entry of any type was first written (wall clock, ms): what a new log says again keeps its time."""
    said = Event.read(entry).restated
    return entry.t.wall_ms if said is None or said.at is None else from_rfc3339(said.at)
