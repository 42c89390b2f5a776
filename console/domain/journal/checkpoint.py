# SPDX-License-Identifier: Apache-2.0
"""Signed checkpoints: C2SP tlog-checkpoint in a signed note, the keys that verify them, what a start concludes.

Signing happens in the HSM: callers take ``text``, have it signed, and ``assemble`` the note. Sources:
c2sp.org/signed-note, c2sp.org/tlog-checkpoint, and for ECDSA keys github.com/transparency-dev/formats.
"""

import enum
import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from console.domain import canonical
from console.domain.entries.entry import Checkpoint, Entry
from console.domain.errors import Corrupt, Misused

__all__ = [
    "Checkpoint",
    "Finding",
    "Start",
    "VerifierKey",
    "assemble",
    "decide",
    "key_of",
    "open_note",
    "open_past",
    "parse_vkey",
    "split",
    "text",
]

ED25519 = 0x01
ECDSA_P256 = 0x02
LOG_KINDS = (ED25519, ECDSA_P256)
MAX_NOTE_BYTES = 64 * 1024
_SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_NAME = re.compile(r"[!#-*,-\[\]-~]{1,200}\Z")
_SIZE = re.compile(r"(0|[1-9]\d{0,15})\Z")


RootAt = Callable[[int], bytes]
"""The root of a log at a size that it has had."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name it signs under."""

    name: str
    kind: int
    """0x01 Ed25519, 0x02 ECDSA P-256, 0x04 a witness's Ed25519 (c2sp.org/tlog-cosignature)."""
    public: bytes
    """32 raw bytes, or the SPKI DER of a P-256 point."""

    @property
    def id(self) -> bytes:
        """The 4 bytes that stand before each signature."""
        if self.kind == ECDSA_P256:
            return hashlib.sha256(self.public).digest()[:4]
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def vkey(self) -> str:
        """Return the one-line text form: name, hexadecimal id, base64 of kind and key."""
        return f"{self.name}+{self.id.hex()}+{canonical.to_base64(bytes([self.kind]) + self.public)}"

    def encoded(self, signature: bytes) -> bytes:
        """Return a signature as an HSM gives it (64 raw bytes, r‖s for P-256) in the form of notes."""
        if len(signature) != 64:
            raise Misused("signature_length", bytes=len(signature))
        if self.kind != ECDSA_P256:
            return signature
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        return encode_dss_signature(r, s)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise ``Corrupt`` unless this is the key's signature (64 raw bytes, or DER) over the message."""
        try:
            if self.kind != ECDSA_P256:
                ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            else:
                point = self.public[len(_SPKI_P256) :]
                key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
                key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise Corrupt("checkpoint_signature", key=self.name) from error


def key_of(name: str, public: bytes) -> VerifierKey:
    """Return the verifier key of a raw Ed25519 key (32 bytes) or an uncompressed P-256 point (65 bytes)."""
    if not _NAME.match(name):
        raise Misused("key_name")
    if len(public) == 32:
        return VerifierKey(name, ED25519, public)
    if len(public) == 65 and _is_on_p256(public):
        return VerifierKey(name, ECDSA_P256, _SPKI_P256 + public)
    raise Misused("key_kind", bytes=len(public))


def parse_vkey(line: str, *, kinds: Collection[int] = LOG_KINDS) -> VerifierKey:
    """Return the key of a vkey line; ``Corrupt`` if its parts do not belong together, or it is of another kind."""
    name, _, rest = line.partition("+")
    key_id, _, encoded = rest.partition("+")
    data = canonical.from_base64(encoded)
    key = VerifierKey(name, data[0] if data else 0, data[1:])
    ed = key.kind != ECDSA_P256 and len(key.public) == 32
    p256 = key.kind == ECDSA_P256 and key.public.startswith(_SPKI_P256) and _is_on_p256(key.public[26:])
    if not _NAME.match(name) or key.kind not in kinds or not (ed or p256) or key.id.hex() != key_id:
        raise Corrupt("vkey_garbled")
    return key


def text(origin: str, size: int, root: bytes) -> bytes:
    """Return the note text to be signed: origin, size, base64 root, a line each."""
    if not _NAME.match(origin) or size < 0 or len(root) != 32:
        raise Misused("checkpoint_shape")
    return f"{origin}\n{size}\n{canonical.to_base64(root)}\n".encode()


def assemble(body: bytes, key: VerifierKey, signature: bytes) -> bytes:
    """Return the signed note; ``signature`` is 64 raw bytes as an HSM gives them (r‖s for P-256)."""
    return body + f"\n— {key.name} {canonical.to_base64(key.id + key.encoded(signature))}\n".encode()


def open_note(note: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint of a note that at least one of these keys signed.

    ``Corrupt`` when it has another shape, when no known key signed it, or when a known key's signature is wrong.
    Signatures of unknown keys are ignored, as the format asks.
    """
    body, lines = split(note)
    origin, size, root, *extensions = body[:-1].decode().split("\n")
    if extensions or not origin or not _SIZE.match(size):
        raise Corrupt("checkpoint_garbled")
    checkpoint = Checkpoint(origin, int(size), canonical.from_base64(root), note)
    if len(checkpoint.root) != 32:
        raise Corrupt("checkpoint_garbled")
    known = {(key.name, key.id): key for key in keys}
    signed = False
    for name, signature in lines:
        key = known.get((name, signature[:4]))
        if key is not None:
            key.verify(signature[4:], body)
            signed = True
    if not signed:
        raise Corrupt("checkpoint_unsigned", origin=origin, size=size)
    return checkpoint


def open_past(note: str, entry: Entry, key: VerifierKey, root_at: RootAt) -> Checkpoint:
    """Return the checkpoint that an entry quotes; ``Corrupt`` unless it is of the past of that entry's log."""
    quoted = open_note(note.encode(), [key])
    if quoted.origin != entry.log or quoted.size > entry.seq or quoted.root != root_at(quoted.size):
        raise Corrupt("consistency_not_proven", first=quoted.size, second=entry.seq)
    return quoted


class Start(enum.Enum):
    """What the start of a lease found when it compared the database with the anchors."""

    NORMAL = "normal"
    TAIL_TO_ANCHOR = "tail_to_anchor"
    ANCHOR_UNAVAILABLE = "anchor_unavailable"
    ALARM = "alarm"


@dataclass(frozen=True)
class Finding:
    """The row of the start-up table that applies, and why."""

    start: Start
    reasons: tuple[str, ...] = ()


def decide(
    size: int,
    root_at: Callable[[int], bytes],
    anchors: Sequence[Checkpoint],
    *,
    clean: bool,
    anchors_hold: bool,
    outside: Sequence[Checkpoint] = (),
) -> Finding:
    """Return what to do at a start; never heals anything.

    ``root_at(n)`` is the database's root over its first n <= size entries; ``clean``: the last lease was closed
    in order; ``anchors_hold``: the HSM is measured to keep an anchor through a power cut; ``outside``: signed states
    that came back from people.
    """
    told = _against_outside(size, root_at, outside)
    if not anchors:
        found = _without_anchor(size, clean=clean, anchors_hold=anchors_hold)
        return Finding(Start.ALARM, (*found.reasons, *told)) if told else found
    newest = max(anchors, key=lambda anchor: anchor.size)
    reasons = [*told, *_against_anchors(size, root_at, anchors, newest)]
    if reasons:
        return Finding(Start.ALARM, tuple(reasons))
    return Finding(Start.NORMAL if newest.size == size else Start.TAIL_TO_ANCHOR)


def _against_anchors(
    size: int, root_at: Callable[[int], bytes], anchors: Sequence[Checkpoint], newest: Checkpoint
) -> list[str]:
    return [
        reason
        for reason, applies in (
            ("shorter_than_anchor", newest.size > size),
            ("root_differs", any(a.size <= size and root_at(a.size) != a.root for a in anchors)),
            ("anchors_fork", any(a.size == newest.size and a.root != newest.root for a in anchors)),
        )
        if applies
    ]


def _against_outside(size: int, root_at: Callable[[int], bytes], outside: Sequence[Checkpoint]) -> list[str]:
    shorter = any(seen.size > size for seen in outside)
    differs = any(seen.size <= size and root_at(seen.size) != seen.root for seen in outside)
    return [code for code, applies in (("shorter_than_outside", shorter), ("outside_differs", differs)) if applies]


def _without_anchor(size: int, *, clean: bool, anchors_hold: bool) -> Finding:
    if size == 0:
        return Finding(Start.NORMAL)
    if not anchors_hold and not clean:
        return Finding(Start.ANCHOR_UNAVAILABLE, ("anchor_missing",))
    return Finding(Start.ALARM, ("anchor_missing",))


def split(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return a note's text and its signature lines (name, bytes), none checked; ``Corrupt`` (checkpoint_garbled)."""
    if len(note) > MAX_NOTE_BYTES or any(byte < 0x20 and byte != 0x0A for byte in note):
        raise Corrupt("checkpoint_garbled")
    body, blank, signatures = note.rpartition(b"\n\n")
    if not blank or not signatures.endswith(b"\n") or body.count(b"\n") < 2:
        raise Corrupt("checkpoint_garbled")
    try:
        body.decode()
        return body + b"\n", [_signature(line) for line in signatures.decode()[:-1].split("\n")]
    except UnicodeDecodeError as error:
        raise Corrupt("checkpoint_garbled") from error


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, encoded = (*line.split(" "), "", "")[:3]
    signature = canonical.from_base64(encoded)
    if dash != "—" or not name or "+" in name or line.count(" ") != 2 or len(signature) < 5:
        raise Corrupt("checkpoint_garbled")
    return name, signature


def _is_on_p256(point: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == 65
