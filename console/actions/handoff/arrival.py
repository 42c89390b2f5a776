# SPDX-License-Identifier: Apache-2.0
"""What has come in, before anything is done with it: what it is, from whom, for whom, until when.

Nothing is verified by this and nothing is written: it says what a thing claims, and what is known here against that.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.actions.handoff.transfer import kind_of
from console.actions.own_console import answer
from console.actions.own_console.answer import OwnConsole
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval
from console.domain.activation.state import OVER
from console.domain.canonical import Json, Object, decode_object, shaped
from console.domain.entries.entry import to_rfc3339
from console.domain.errors import Refused
from console.domain.handoff import errand
from console.domain.handoff.frames import (
    ANSWER,
    APPROVAL,
    CARD,
    CHANGE,
    CHECKPOINT,
    ERRAND,
    PIN_CARD,
    REQUEST,
    SIGNATURE,
    WITNESS,
)
from console.domain.journal import checkpoint, cosignature
from console.domain.keyholder import enrolment
from console.domain.policy import rules as policy
from console.domain.policy.rules import Policy

HERE, SEALED, ANYBODY, KEYHOLDER, STATION = "here", "sealed", "anybody", "keyholder", "station"
"""Who sends or reads: this station or the one that is known here; only a token tells; whoever has it; a keyholder; a
station."""
PERSON, WITNESS_OF, YOU, ANOTHER, WAITING = "person", "witness", "you", "another", "waiting"
"""Who sends or reads: somebody by name; a witness; this console's keyholder; a station that is not known here; a
request that waits here."""


@dataclass(frozen=True)
class Known:
    """What the place knows at which something arrives."""

    policy: Policy | None = None
    me: str | None = None
    """The keyholder whose own console this is."""
    waiting: Mapping[bytes, tuple[str, int]] = field(default_factory=dict)
    """Hash of each request that waits here -> its incident, and until when (wall clock, milliseconds)."""
    now_ms: int = 0

    @property
    def log(self) -> str:
        """How the logs of the station begin that is known here; empty for none."""
        name = checkpoint.parse_vkey(self.policy.roster.station["log"]).name if self.policy else ""
        return name.rpartition("/")[0]

    def named(self, member: str) -> str:
        """Return a person's name, where they are known."""
        people = self.policy.roster.members if self.policy else ()
        return next((person.name for person in people if person.id == member), member)


def at_station(console: Console) -> Known:
    """Return what an unlocked station knows."""
    now, waiting = console.machine.reading(), {}
    rows = cast(list[Mapping[str, Json]], lifecycle.list_activations(console)["activations"])
    for act in (str(row["activation"]) for row in rows if row["state"] not in OVER):
        with suppress(Refused):  # erased: no answer to it can be told by name
            filed = lifecycle.load_request(console, act)
            left = lifecycle.load(console, act).seconds_left(now)
            said = cast(Mapping[str, Json], filed.body["justification"])
            waiting[filed.hash] = (str(said["incident"]), now.wall_ms + left * 1000)
    return Known(console.policy, None, waiting, now.wall_ms)


def at_own(own: OwnConsole) -> Known:
    """Return what a keyholder's own console knows."""
    return Known(answer.pinned_if_any(own), own.member, now_ms=own.machine.reading().wall_ms)


def tell(data: bytes, known: Known) -> Object:
    """Return ``kind``, ``bytes``, ``sender`` and ``reader`` ({is, name}), ``until``, ``over`` and ``old``.

    ``until``: a time, ``sealed`` (only its reader can tell), or None for ever; ``over``: that time has come; ``old``:
    the number of the change that is known here, where it knows an earlier one. Raises as its reader does, and
    ``Corrupt`` (arrival_shape).
    """
    kind = kind_of(data)
    with shaped("arrival_shape"):
        told = _TELLERS.get(kind, _of_file)(data, known)
    return {"kind": kind, "bytes": len(data), "until": None, "over": False, "old": None, **told}


def _of_errand(data: bytes, known: Known) -> dict[str, Json]:
    sealed, here = errand.parse(data, ERRAND), known.policy
    members = here.roster.members if here else ()
    vault = here.roster.vault.encode() if here else b""
    reader = next((m.id for m in members if sealed.is_to(vault, m.id.encode())), None)
    if reader is None:
        whose = _party(SEALED if here is None else ANOTHER)
        return {"sender": whose, "reader": _party(SEALED), "until": SEALED}
    to = _party(YOU) if reader == known.me else _party(PERSON, known.named(reader))
    return {"sender": _party(HERE), "reader": to, "until": SEALED}


def _of_answer(data: bytes, known: Known) -> dict[str, Json]:
    sealed = errand.parse(data, ANSWER)
    for asked, (incident, until) in known.waiting.items():
        if sealed.is_to(asked):
            over = until <= known.now_ms
            return {
                "sender": _party(SEALED),
                "reader": _party(WAITING, incident),
                "until": to_rfc3339(until),
                "over": over,
            }
    return {"sender": _party(SEALED), "reader": _party(ANOTHER), "until": SEALED}


def _of_pin_card(data: bytes, known: Known) -> dict[str, Json]:
    value = decode_object(data)
    founded = policy.parse(str(value["genesis"]).encode())[0]
    number = 1 + len(cast(list[Json], value["steps"]))
    return {**_from_founded(founded, known, number), "reader": _party(KEYHOLDER)}


def _of_change(data: bytes, known: Known) -> dict[str, Json]:
    step = enrolment.parse_bundle(data)
    founded = policy.parse(str(decode_object(data)["genesis"]).encode())[0]
    return {**_from_founded(founded, known, step.after.number), "reader": _party(KEYHOLDER)}


def _from_founded(founded: Policy, known: Known, number: int) -> dict[str, Json]:
    here = known.policy
    is_known = here is not None and here.genesis == founded.genesis
    other = ANOTHER if here is not None else STATION
    sender = _party(HERE if is_known else other, str(founded.roster.station["origin"]))
    older = here.number if here is not None and is_known and number < here.number else None
    return {"sender": sender, "old": older}


def _of_card(data: bytes, _: Known) -> dict[str, Json]:
    member = enrolment.parse_card(data).member
    return {"sender": _party(PERSON, f"{member.name} ({member.id})"), "reader": _party(STATION)}


def _of_signature(data: bytes, known: Known) -> dict[str, Json]:
    member = enrolment.parse_answer(data).member
    return {"sender": _party(PERSON, known.named(member)), "reader": _party(STATION)}


def _of_note(data: bytes, known: Known) -> dict[str, Json]:
    body, lines = checkpoint.split(data)
    origin = body.decode(errors="replace").partition("\n")[0]
    signers = [name for name, _ in lines if name != origin]
    if signers:
        return {"sender": _party(WITNESS_OF, ", ".join(signers)), "reader": _party(STATION, origin)}
    return {"sender": _station(origin, known), "reader": _party(ANYBODY)}


def _of_witness(data: bytes, known: Known) -> dict[str, Json]:
    note = cosignature.parse_question(data).note
    origin = checkpoint.split(note)[0].decode(errors="replace").partition("\n")[0]
    return {"sender": _station(origin, known), "reader": _party(WITNESS_OF)}


def _of_request(data: bytes, known: Known) -> dict[str, Json]:
    body = ceremony.Request.from_json(decode_object(data)).body
    return {"sender": _station(str(body["log"]), known), "reader": _party(KEYHOLDER)}


def _of_approval(data: bytes, known: Known) -> dict[str, Json]:
    return {"sender": _party(PERSON, known.named(Approval.parse(data).member)), "reader": _party(STATION)}


def _of_file(_: bytes, __: Known) -> dict[str, Json]:
    return {"sender": _party(SEALED), "reader": _party(ANYBODY)}


def _station(origin: str, known: Known) -> Json:
    is_known = origin.rpartition("/")[0] == known.log
    other = ANOTHER if known.policy is not None else STATION
    return _party(HERE if known.policy is not None and is_known else other, origin)


def _party(is_: str, name: str = "") -> Json:
    return {"is": is_, "name": name}


_TELLERS: Mapping[str, Callable[[bytes, Known], dict[str, Json]]] = {
    ERRAND: _of_errand,
    ANSWER: _of_answer,
    PIN_CARD: _of_pin_card,
    CARD: _of_card,
    CHANGE: _of_change,
    SIGNATURE: _of_signature,
    CHECKPOINT: _of_note,
    WITNESS: _of_witness,
    REQUEST: _of_request,
    APPROVAL: _of_approval,
}
