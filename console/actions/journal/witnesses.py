# SPDX-License-Identifier: Apache-2.0
"""Witnesses of the journal, at the station: the state is shown to them, and their cosignatures come back.

An entry says what was shown, before it is shown, and what came back, with the whole cosigned note in its body: so it
lies in the log, on the second medium and in every export, and whoever has the export can check it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import cast

from console.actions.activation import remote
from console.actions.console import Console
from console.actions.entries import draft, unlocked_person, write
from console.actions.journal import heads
from console.domain.canonical import Json, Object, from_base64, shaped, to_base64
from console.domain.entries.entry import Checkpoint, Entry, to_rfc3339
from console.domain.entries.event import Seen
from console.domain.entries.witness import WitnessAsked, WitnessCosigned
from console.domain.errors import Corrupt, Refused
from console.domain.journal import checkpoint, cosignature
from console.domain.journal.checkpoint import VerifierKey
from console.domain.journal.cosignature import ASKED, COSIGNED, Question, Witness

MOST_IN_FLIGHT = 64
"""So many of the states that a witness was shown are tried, newest first, when a bare line comes back."""
Line = tuple[str, bytes]


# --- out --------------------------------------------------------------------------------------------------


def ask(console: Console, who: str, old: int | None = None) -> tuple[Object, bytes]:
    """Return the add-checkpoint request for a witness, described, and its bytes (c2sp.org/tlog-witness).

    ``old``: the size that the witness knows, if it is another than the station believes. Several witnesses who are
    asked one after the other see the same state. ``Refused``: unknown_witness, witness_knows_more.
    """
    witness, shown = _witness(console, who), _state_to_show(console)
    known = _believed(console, witness) if old is None else old
    if known > shown.size:
        raise Refused("witness_knows_more", known=known, size=shown.size)
    proof = console.journal.prove_consistency(known, shown.size)
    said = WitnessAsked(witness=witness.key.name, size=shown.size, root=shown.root, old=known, note=shown.note.decode())
    write(console, said, unlocked_person(console))
    data = Question(known, proof, shown.note).encode()
    value: Object = {
        "witness": witness.who,
        "key": witness.key.vkey(),
        "log": shown.origin,
        **Seen(shown.size, shown.root).to_json(),
        "old": known,
        "bytes": len(data),
    }
    return value, data


def _state_to_show(console: Console) -> Checkpoint:
    """Return the newest state; or the one just shown to another witness, if nothing but that was written since."""
    shown = None
    for entry in console.journal.entries(newest_first=True, limit=MOST_IN_FLIGHT):
        if entry.type not in (ASKED, COSIGNED):
            break
        shown = entry if entry.type == ASKED else shown
    if shown is None:
        return console.journal.checkpoint()
    note = str(shown.body["note"]).encode()
    return checkpoint.open_note(note, [_log_key(console)])


def _believed(console: Console, witness: Witness) -> int:
    """Return the size that a witness knows, as far as what came back from it tells."""
    sizes = [_seen(entry).size for entry in _cosigned(console, witness.key.name)]
    if witness.who in console.people:
        # A keyholder's console has one memory for what it approves under and what it cosigns.
        shown = remote.surely_known_to(console, witness.who)
        sizes += [Seen.from_json(cast(Object, entry.body["seen"])).size for entry in shown]
    return max(sizes, default=0)


# --- back -------------------------------------------------------------------------------------------------


def take(console: Console, answer: str) -> Object:
    """Take the answer of one or more witnesses: a cosigned note, or signature lines; return what each signed.

    A cosigned note that the log key signed as well, and that the journal does not continue, proves a fork by itself: it
    is kept, and the alarm stands from the next start on.

    ``Refused``: not_a_cosignature, cosignature_of_stranger, cosignature_of_another_log, cosignature_unasked,
    cosignature_known, cosignature_older; ``Corrupt``: cosignature_wrong, cosignature_fits_nothing,
    witness_saw_another_journal.
    """
    body, lines = cosignature.read_answer(answer)
    if body is not None:
        heads.keep_if_other(console, body + f"\n{cosignature.typeset(lines)}".encode())
    known = {(w.key.name, w.key.id): w for w in console.policy.rules.known_witnesses()}
    named = [(known.get((name, blob[:4])), (name, blob)) for name, blob in lines]
    mine = [(witness, line) for witness, line in named if witness is not None]
    if not mine:
        raise Refused("cosignature_of_stranger", witness=", ".join(name for name, _ in lines))
    asked = _asked(console)
    found = [_checked(console, asked, witness, line, body) for witness, line in mine]
    _check_each_once(mine, found)
    by = unlocked_person(console)
    console.journal.append([draft(console, taken, by) for taken in found], critical=True)
    return {"cosigned": [_row(witness, taken) for (witness, _), taken in zip(mine, found, strict=True)]}


def _checked(
    console: Console, asked: Mapping[int, bytes], witness: Witness, line: Line, body: bytes | None
) -> WitnessCosigned:
    """Return what a cosignature becomes an entry of, everything about it being checked."""
    note, at = _of_what(console, asked, witness, line, body)
    signed = checkpoint.open_note(note, [_log_key(console)])
    before = {_seen(entry).size: entry for entry in _cosigned(console, witness.key.name)}
    if signed.size in before:
        raise Refused("cosignature_known", witness=witness.who, size=signed.size)
    if signed.size < max(before, default=0):
        raise Refused("cosignature_older", witness=witness.who, size=signed.size, known=max(before))
    name, blob = line
    return WitnessCosigned(
        witness=name,
        size=signed.size,
        root=signed.root,
        time=to_rfc3339(at * 1000),
        note=note.decode() + f"— {name} {to_base64(blob)}\n",
    )


def _check_each_once(mine: Sequence[tuple[Witness, Line]], found: Sequence[WitnessCosigned]) -> None:
    """Raise ``Refused`` (cosignature_known) where a witness signed one size twice in one answer: it counts once."""
    seen = set()
    for (witness, _), taken in zip(mine, found, strict=True):
        if (witness.who, taken.size) in seen:
            raise Refused("cosignature_known", witness=witness.who, size=taken.size)
        seen.add((witness.who, taken.size))


def _of_what(
    console: Console, asked: Mapping[int, bytes], witness: Witness, line: Line, body: bytes | None
) -> tuple[bytes, int]:
    """Return the note that a witness was shown and has signed, and when it did."""
    if body is not None:
        size = _check_journal(console, witness, line, body)
        if size not in asked:
            raise Refused("cosignature_unasked", witness=witness.who, size=size)
        return asked[size], cosignature.check(witness.key, line, body)
    for note in asked.values():
        with suppress(Corrupt):
            return note, cosignature.check(witness.key, line, checkpoint.split(note)[0])
    sizes = ", ".join(map(str, asked)) or "-"
    raise Corrupt("cosignature_fits_nothing", witness=witness.who, sizes=sizes)


def _check_journal(console: Console, witness: Witness, line: Line, body: bytes) -> int:
    """Return the size that was signed. A witness who signed another history has found a fork: its line proves it."""
    origin, *rest = body.decode(errors="replace").split("\n")
    if origin != console.logs.current().origin:
        raise Refused("cosignature_of_another_log", log=origin, here=console.logs.current().origin)
    cosignature.check(witness.key, line, body)
    with shaped("cosignature_shape"):
        signed = Seen(int(rest[0]), from_base64(rest[1]))
    here = min(signed.size, console.journal.size())
    told = Seen(here, console.journal.root_at(here))
    if told != signed:
        raise Corrupt("witness_saw_another_journal", witness=witness.who, seen=str(signed), told=str(told))
    return signed.size


def _row(witness: Witness, taken: WitnessCosigned) -> dict[str, Json]:
    return {"witness": witness.who, **Seen(taken.size, taken.root).to_json(), "time": taken.time}


# --- what is known ----------------------------------------------------------------------------------------


def _asked(console: Console) -> dict[int, bytes]:
    """Return the notes that witnesses were shown by their size, newest first."""
    shown = console.journal.entries(type_=ASKED, newest_first=True, limit=MOST_IN_FLIGHT)
    return {_seen(entry).size: str(entry.body["note"]).encode() for entry in shown}


def _cosigned(console: Console, name: str) -> list[Entry]:
    """Return what a witness has signed."""
    return [e for e in console.journal.entries(type_=COSIGNED) if e.body["witness"] == name]


def _seen(entry: Entry) -> Seen:
    return Seen.from_json(entry.body)


def _witness(console: Console, who: str) -> Witness:
    known = console.policy.rules.known_witnesses()
    for witness in known:
        if who in (witness.who, witness.key.name):
            return witness
    raise Refused("unknown_witness", witness=who, known=", ".join(w.who for w in known) or "-")


def _log_key(console: Console) -> VerifierKey:
    return checkpoint.parse_vkey(console.logs.current().key)
