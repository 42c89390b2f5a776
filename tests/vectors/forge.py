# SPDX-License-Identifier: Apache-2.0
"""Exports and proofs of logs made at will with software keys: honest ones, and those that no station would make."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.adapters.journal import export
from console.domain.canonical import Json, Object, encode, to_base64
from console.domain.entries import entry as journal
from console.domain.entries.entry import Checkpoint, Draft, Opening, Reading
from console.domain.journal import checkpoint, cosignature, merkle, proof, spool
from console.domain.journal.checkpoint import VerifierKey, key_of
from console.domain.journal.cosignature import Witness
from console.domain.journal.merkle import CompactRange
from console.domain.words import WORDS

LOG = "example.org/station-07/log-1"
NOON_MS = 1_795_435_200_000
SPOOL = "00112233445566778899aabbccddeeff"


@dataclass(frozen=True)
class LogKey:
    """A log's key in software: P-256, or Ed25519, whose signatures are always the same."""

    private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    name: str = LOG

    @property
    def public(self) -> VerifierKey:
        key = self.private.public_key()
        if isinstance(key, ed25519.Ed25519PublicKey):
            return key_of(self.name, key.public_bytes_raw())
        return key_of(self.name, key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def sign(self, text: bytes) -> bytes:
        """Return 64 raw bytes, as an HSM gives them."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(text)
        r, s = decode_dss_signature(self.private.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def note(self, size: int, root: bytes, origin: str | None = None) -> bytes:
        """Return a signed checkpoint."""
        text = checkpoint.text(origin or self.name, size, root)
        return checkpoint.assemble(text, self.public, self.sign(text))


P256 = LogKey(ec.derive_private_key(7, ec.SECP256R1()))
ED25519 = LogKey(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = LogKey(ec.derive_private_key(9, ec.SECP256R1()))
SEEDS = [bytes([n]) * 32 for n in (1, 2, 3)]
WITNESSES = [Witness(f"w{n}", cosignature.witness_key(f"witness-{n}.example", seed)) for n, seed in enumerate(SEEDS, 1)]


def salt_of(number: int, name: str) -> bytes:
    """Return a salt that is the same each time; a real one is random."""
    return hashlib.sha256(f"salt {number} {name}".encode()).digest()


@dataclass
class Forged:
    """A log that grows entry by entry; every entry is canonical unless its bytes are given."""

    key: LogKey = P256
    entries: list[bytes] = field(default_factory=list)
    roots: list[bytes] = field(default_factory=lambda: [merkle.EMPTY_ROOT])
    openings: dict[tuple[int, str], Opening] = field(default_factory=dict)
    withheld: list[tuple[int, str]] = field(default_factory=list)
    erased: list[tuple[int, str]] = field(default_factory=list)
    _tree: CompactRange = field(default_factory=CompactRange)

    @property
    def size(self) -> int:
        return len(self.entries)

    def draft(
        self,
        type_: str = "station.noted",
        *,
        act: str | None = None,
        subject: str | None = None,
        body: Object | None = None,
        track: str = "facts",
        fields: Mapping[str, Json] | None = None,
    ) -> Draft:
        """Return a draft whose id follows from its place."""
        return Draft(
            type=type_,
            actor="member-1",
            proof="token",
            id=f"01a20846-fe00-7dc5-8f4c-{self.size:012x}",
            body={"number": self.size} if body is None else body,
            act=act,
            subject=subject,
            track=track,
            fields=fields or {},
        )

    def compose(self, draft: Draft) -> bytes:
        """Return the bytes that the entry has at the end of the log."""
        seq = self.size
        openings = {name: Opening(salt_of(seq, name), value) for name, value in draft.fields.items()}
        commitments = {
            name: (journal.commit(one.salt, draft.id, name, one.value), hashlib.sha256(b"sealed " + one.salt).digest())
            for name, one in openings.items()
        }
        reading = Reading(NOON_MS + 1000 * seq, "b007", 10**9 * seq)
        return journal.compose(
            draft,
            log=self.key.name,
            mode="drill",
            seq=seq,
            prev=self.roots[-1],
            reading=reading,
            commitments=commitments,
        )

    def append(self, draft: Draft, state: str = "opened") -> int:
        """Append an entry whose fields are all in this state; return its number."""
        seq = self.size
        self.take(self.compose(draft))
        for name, value in draft.fields.items():
            if state == "opened":
                self.openings[seq, name] = Opening(salt_of(seq, name), value)
            elif state != "lost":
                (self.withheld if state == "withheld" else self.erased).append((seq, name))
        return seq

    def take(self, data: bytes) -> None:
        """Append these bytes, whatever they are."""
        self.entries.append(data)
        self._tree = self._tree.append(merkle.leaf_hash(data))
        self.roots.append(self._tree.root())

    def note(self, size: int | None = None) -> bytes:
        """Return a signed checkpoint, by default of everything."""
        at = self.size if size is None else size
        return self.key.note(at, self.roots[at])

    def cosigned(self, *signers: int, size: int | None = None, root: bytes | None = None) -> bytes:
        """Return a checkpoint with the lines of these witnesses, by their place."""
        at = self.size if size is None else size
        note = self.key.note(at, self.roots[at] if root is None else root)
        text, _ = checkpoint.split(note)
        lines = [cosignature.cosign(WITNESSES[n].key.name, SEEDS[n], text, NOON_MS // 1000 + n) for n in signers]
        return note + "".join(f"{line.rstrip()}\n" for line in lines).encode()

    def path(self, seq: int, size: int | None = None) -> list[bytes]:
        """Return the proof of inclusion of an entry."""
        leaves = [merkle.leaf_hash(data) for data in self.entries]
        return merkle.inclusion_proof(
            seq, size or self.size, lambda level, at: merkle.root(leaves[at << level : (at + 1) << level])
        )

    def prove(self, seq: int) -> bytes:
        """Return a proof of an entry with the openings that it has."""
        mine = {name: opening for (at, name), opening in self.openings.items() if at == seq}
        note = Checkpoint(self.key.name, self.size, self.roots[-1], self.note())
        return proof.typeset(journal.parse(self.entries[seq]), mine, self.key.public, self.path(seq), note).data

    def write(
        self, folder: Path, *, cosigned: bytes | None = None, witnesses: Sequence[Witness] = (), quorum: int = 0
    ) -> Path:
        """Write an export of at most 256 entries; ``witnesses``: what its policy claims."""
        folder.mkdir(parents=True)
        bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in self.entries)
        leaves = b"".join(merkle.leaf_hash(entry) for entry in self.entries)
        for path, data in ((merkle.tile_path(None, 0, self.size), bundle), (merkle.tile_path(0, 0, self.size), leaves)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        (folder / "checkpoint").write_bytes(self.note())
        (folder / "policy").write_text(cosignature.policy(self.key.public, witnesses, quorum))
        if cosigned is not None:
            (folder / "cosigned").write_bytes(cosigned)
        self._write_lists(folder)
        (folder / "words.txt").write_text("\n".join(WORDS) + "\n")
        (folder / "verify.py").write_bytes(export.VERIFIER.read_bytes())
        return folder

    def _write_lists(self, folder: Path) -> None:
        opened: list[Json] = [
            {"seq": seq, "name": name, "salt": to_base64(one.salt), "value": one.value}
            for (seq, name), one in self.openings.items()
        ]
        listed = {
            name: [{"seq": seq, "name": field} for seq, field in found]
            for name, found in (("withheld", self.withheld), ("erased", self.erased))
        }
        for name, rows in {"openings": opened, **listed}.items():
            (folder / f"{name}.json").write_text(json.dumps({"v": 1, name: rows}))


@dataclass
class Spooled:
    """Entries that a log could not take, merged into it afterwards; each step may be bent."""

    log: Forged
    id: str = SPOOL
    count: int = 0
    head: bytes | None = None

    def merge(
        self,
        *,
        bend_record: Callable[[Object], None] = lambda _: None,
        bend_body: Callable[[Object], None] = lambda _: None,
        note: bytes | None = None,
        key: LogKey | None = None,
    ) -> None:
        """Append the next record as ``spool.merged``."""
        waiting = self.log.draft("station.noted", body={"spooled": self.count})
        record = journal_object(spool.compose(self.id, self.count, self.head, note, self.log.compose(waiting)))
        bend_record(record)
        data = encode(record, depth=spool.RECORD_DEPTH)
        body: Object = {
            "spool": self.id,
            "n": self.count,
            "record": to_base64(data),
            "sig": to_base64((key or self.log.key).sign(spool.message(data))),
        }
        bend_body(body)
        self.log.append(replace(waiting, type=spool.MERGED, body=body))
        self.count, self.head = self.count + 1, spool.hash_of(data)

    def settle(self, *, bend: Callable[[Object], None] = lambda _: None, key: LogKey | None = None) -> None:
        """Append ``spool.settled``."""
        assert self.head is not None
        origin = f"{self.log.key.name}/spool-{self.id}"
        anchor = (key or self.log.key).note(self.count, self.head, origin)
        body: Object = {
            "spool": self.id,
            "count": self.count,
            "head": to_base64(self.head),
            "anchor": to_base64(anchor),
        }
        bend(body)
        self.log.append(self.log.draft(spool.SETTLED, body=body))


def journal_object(data: bytes) -> Object:
    """Return the object with these bytes."""
    value: Object = json.loads(data)
    return value
