# SPDX-License-Identifier: Apache-2.0
"""What a witness is asked and what it answers: add-checkpoint requests, timestamped cosignatures, the policy of k of n.

Sources: c2sp.org/tlog-witness, c2sp.org/tlog-cosignature (key type 0x04), c2sp.org/tlog-policy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ed25519

from console.domain import canonical
from console.domain.entries.entry import Entry
from console.domain.entries.witness import ShownEvent
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.journal import checkpoint
from console.domain.journal.checkpoint import RootAt, VerifierKey

ASKED, COSIGNED = "witness.asked", "witness.cosigned"
COSIGNATURE = 0x04
SEED_BYTES = 32
MOST_STEPS = 63
MOST_WITNESSES = 32
_STAMP_BYTES = 8
_WHO = re.compile(r"[!-\[\]-~]{1,60}\Z")
_OLD = re.compile(r"old (0|[1-9]\d{0,15})\Z")
_DASHES = ("—", "–", "-")
"""How people type the dash before a signature, too."""


# --- witnesses and the policy -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Witness:
    """Somebody whose cosignatures count: ``who`` is a member id, or what people call a witness from elsewhere."""

    who: str
    key: VerifierKey


def parse_witness(text: str) -> Witness:
    """Return the witness that ``who vkey`` names; ``Refused`` (witness_garbled)."""
    who, _, vkey = text.partition(" ")
    try:
        key = checkpoint.parse_vkey(vkey, kinds=(COSIGNATURE,))
    except Corrupt as error:
        raise Refused("witness_garbled", witness=who) from error
    if not _WHO.match(who) or who == "none":
        raise Refused("witness_garbled", witness=who)
    return Witness(who, key)


def parse_witnesses(texts: Sequence[str], quorum: int) -> list[Witness]:
    """Return the witnesses of a rule; ``Refused``: witness_garbled, witness_twice, witness_quorum."""
    found = [parse_witness(text) for text in texts]
    for values in ([w.who for w in found], [w.key.name for w in found], [w.key.public for w in found]):
        if len(set(values)) != len(values):
            raise Refused("witness_twice")
    if not (1 <= quorum <= len(found) <= MOST_WITNESSES or quorum == 0 == len(found)):
        raise Refused("witness_quorum", quorum=quorum, witnesses=len(found))
    return found


def policy(log: VerifierKey, witnesses: Sequence[Witness], quorum: int) -> str:
    """Return the tlog-policy of a log. People are not named in it: it leaves the station."""
    names = [f"w{number}" for number in range(1, len(witnesses) + 1)]
    lines = [f"log {log.vkey()}"]
    lines += [f"witness {name} {witness.key.vkey()}" for name, witness in zip(names, witnesses, strict=True)]
    if not witnesses:
        return "\n".join([*lines, "quorum none", ""])
    return "\n".join([*lines, f"group witnesses {quorum} {' '.join(names)}", "quorum witnesses", ""])


# --- what is asked ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """The body of an add-checkpoint request: the witness is to know ``old`` entries, and the proof leads from there."""

    old: int
    proof: Sequence[bytes]
    note: bytes

    def encode(self) -> bytes:
        """Return the body's bytes."""
        steps = [canonical.to_base64(step) for step in self.proof]
        return "\n".join([f"old {self.old}", *steps, "", ""]).encode() + self.note


def is_question(data: bytes) -> bool:
    """Say whether bytes look like an add-checkpoint request."""
    return data.startswith(b"old ") and b"\n\n" in data


def parse_question(data: bytes) -> Question:
    """Return the request that these bytes are; ``Refused`` (not_a_witness_request). The note is unchecked."""
    head, blank, note = data.partition(b"\n\n")
    try:
        first, *steps = head.decode().split("\n")
        proof = [canonical.from_base64(step) for step in steps]
    except (UnicodeDecodeError, ConsoleError) as error:
        raise Refused("not_a_witness_request") from error
    old = _OLD.match(first)
    if not blank or old is None or len(proof) > MOST_STEPS or any(len(step) != 32 for step in proof):
        raise Refused("not_a_witness_request")
    return Question(int(old[1]), proof, note)


# --- what is answered -------------------------------------------------------------------------------------


def witness_key(name: str, seed: bytes) -> VerifierKey:
    """Return the public key of a witness's seed (32 bytes)."""
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return VerifierKey(name, COSIGNATURE, public)


def cosign(name: str, seed: bytes, body: bytes, at: int) -> str:
    """Return the signature line over the note text ``body``, ending with its newline; ``at``: Unix seconds."""
    signature = ed25519.Ed25519PrivateKey.from_private_bytes(seed).sign(_signed(body, at))
    stamped = witness_key(name, seed).id + at.to_bytes(_STAMP_BYTES, "big") + signature
    return f"— {name} {canonical.to_base64(stamped)}\n"


def check(key: VerifierKey, line: tuple[str, bytes], body: bytes) -> int:
    """Return the time (Unix seconds) of a witness's signature line over a note text.

    ``Corrupt``: cosignature_wrong.
    """
    name, blob = line
    stamp, signature = blob[4 : 4 + _STAMP_BYTES], blob[4 + _STAMP_BYTES :]
    if (name, blob[:4]) != (key.name, key.id) or len(signature) != 64:
        raise Corrupt("cosignature_wrong", witness=key.name)
    at = int.from_bytes(stamp, "big")
    try:
        key.verify(signature, _signed(body, at))
    except Corrupt as error:
        raise Corrupt("cosignature_wrong", witness=key.name) from error
    return at


def read_answer(text: str) -> tuple[bytes | None, list[tuple[str, bytes]]]:
    """Return the note text that was signed, if the answer has it, and the signature lines (name, bytes).

    An answer is a signed note, or signature lines alone, as a witness sends and as people type them.
    ``Refused`` (not_a_cosignature).
    """
    body, blank, lines = text.replace("\r\n", "\n").strip("\n").rpartition("\n\n")
    try:
        read = [_line(line) for line in lines.split("\n")]
        if blank:
            checkpoint.split(f"{body}\n\n{typeset(read)}".encode())
    except ConsoleError as error:
        raise Refused("not_a_cosignature") from error
    return (f"{body}\n".encode() if blank else None), read


def typeset(lines: Sequence[tuple[str, bytes]]) -> str:
    """Return signature lines as they stand in a note (c2sp.org/signed-note)."""
    return "".join(f"— {name} {canonical.to_base64(blob)}\n" for name, blob in lines)


def _line(line: str) -> tuple[str, bytes]:
    parts = line.split()
    if len(parts) == 3 and parts[0] in _DASHES:
        parts = parts[1:]
    if len(parts) != 2:
        raise Refused("not_a_cosignature")
    blob = canonical.from_base64(parts[1])
    if len(blob) < 5:
        raise Refused("not_a_cosignature")
    return parts[0], blob


def _signed(body: bytes, at: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % at + body


# --- how far it is witnessed ------------------------------------------------------------------------------


def witnessed(newest: Sequence[int], quorum: int) -> int:
    """Return the size that ``quorum`` witnesses vouch for, each up to the newest size that it signed; 0 if none.

    Whoever signed a later state has checked that it continues the earlier one, so the smaller size is theirs, too.
    """
    return sorted(newest, reverse=True)[quorum - 1] if 0 < quorum <= len(newest) else 0


# --- what the log says of it ------------------------------------------------------------------------------


def check_shown(entry: Entry, key: VerifierKey, root_at: RootAt) -> None:
    """Raise ``Corrupt`` (witness_note) unless what a witness was shown, or signed, is of the past of this log."""
    with canonical.shaped("witness_note"):
        try:
            said = ShownEvent.read(entry)
            shown = checkpoint.open_past(said.note, entry, key, root_at)
        except Corrupt as error:
            raise Corrupt("witness_note") from error
    if (said.size, said.root) != (shown.size, shown.root):
        raise Corrupt("witness_note")
