# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console as a witness: it cosigns the state of a journal once that is proven to continue its memory.

Its key is Ed25519, since no token makes this kind of signature, and made here. It rests sealed to the person's token: a
stolen folder does not cosign, a hostile computer of theirs does. What defeats a rolled-back station is the memory.
"""

from functools import partial

from console.actions.own_console import answer
from console.actions.own_console.answer import OwnConsole
from console.domain import keys
from console.domain.canonical import Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.entries.entry import to_rfc3339
from console.domain.entries.event import Seen
from console.domain.errors import Refused
from console.domain.journal import cosignature, witness
from console.domain.journal.checkpoint import VerifierKey, parse_vkey, split
from console.domain.journal.cosignature import Question
from console.domain.journal.witness import Proven
from console.domain.policy.keyholder import Member
from console.domain.policy.rules import Policy

KEY_FILE = "witness.json"
NAME_BYTES = 4


def key(own: OwnConsole) -> Object:
    """Return the key that others verify this witness by, made now if there is none; needs no token.

    ``Unavailable`` (nothing_pinned).
    """
    known = answer.pinned(own)
    if KEY_FILE not in own.files.names(""):
        _make(own, known)
    return {"member": own.member, "key": _public(own).vkey(), "line": f"{own.member} {_public(own).vkey()}"}


def cosign(own: OwnConsole, data: bytes) -> tuple[Object, bytes]:
    """Answer an add-checkpoint request: remembered durably, then signed; return it described, and the answer.

    The answer is the note under the log's signature and this witness's: a station with another journal is proven so by
    the answer alone. ``Refused``: not_a_witness_request, witness_conflict, witness_older; ``Corrupt``: checkpoint_*,
    log_older.
    """
    asked, known = cosignature.parse_question(data), answer.pinned(own)
    made = key(own)
    seed = _seed(own, known)
    with own.alone():
        log, told = answer.told(own, asked.note.decode(errors="replace"), known)
        memory = answer.memory_of(own).get(log.origin, [])
        # Durable before it is signed: an answer that was given is never unknown to this console.
        answer.remember(own, log.origin, _checked(asked, told, memory))
        body, at = split(asked.note)[0], own.machine.reading().wall_ms // 1000
        line = cosignature.cosign(_public(own).name, seed, body, at)
    value: Object = {
        "log": log.origin,
        "journal": log.number,
        **told.to_json(),
        "before": memory[-1].size if memory else 0,
        "witness": made["key"],
        "at": to_rfc3339(at * 1000),
        "line": line.strip(),
    }
    return value, asked.note + line.encode()


def _checked(asked: Question, told: Seen, memory: list[Seen]) -> list[Seen]:
    """Return what to remember; the request must begin at the newest state that is known here (tlog-witness)."""
    newest = memory[-1] if memory else Seen(0, b"")
    if told.size < newest.size:
        witness.check_root(told, memory)
        raise Refused("witness_older", remembered=newest.size, told=told.size)
    if told.size > newest.size and asked.old != newest.size:
        raise Refused("witness_conflict", remembered=newest.size, told=asked.old)
    earlier = [Proven(newest, asked.proof)] if newest.size and told.size > newest.size else []
    return witness.check(told, earlier, memory)


# --- the key ----------------------------------------------------------------------------------------------


def _make(own: OwnConsole, known: Policy) -> None:
    seed, person = own.machine.random(cosignature.SEED_BYTES), known.roster.member(own.member)
    name = f"{known.roster.station['origin']}/witness-{own.machine.random(NAME_BYTES).hex()}"
    public = cosignature.witness_key(name, seed)
    sealed = keys.seal_to(person.share, seed, info=_info(known, person), mechanism=person.mechanism)
    own.files.write(KEY_FILE, encode({"v": 1, "key": public.vkey(), "sealed": to_base64(sealed)}))


def _public(own: OwnConsole) -> VerifierKey:
    with shaped("witness_key_shape"):
        vkey = str(decode_object(own.files.read(KEY_FILE))["key"])
    return parse_vkey(vkey, kinds=(cosignature.COSIGNATURE,))


def _seed(own: OwnConsole, known: Policy) -> bytes:
    person = known.roster.member(own.member)
    with shaped("witness_key_shape"):
        sealed = from_base64(decode_object(own.files.read(KEY_FILE))["sealed"])
    decapsulate = partial(own.token(person.token_keys).decapsulate, "share")
    return person.open(decapsulate, [(sealed, _info(known, person))])[0]


def _info(known: Policy, person: Member) -> bytes:
    return digest("witness-key", known.roster.vault.encode(), person.id.encode())
