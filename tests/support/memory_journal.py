# SPDX-License-Identifier: Apache-2.0
"""The log without a database: the same entries, tree, signatures and proofs, and nothing of them on a disk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path, PurePath

from console.adapters.journal import export as exports
from console.adapters.journal.clock_breaks import Breaks
from console.adapters.journal.context import Context
from console.adapters.journal.export import Opener
from console.adapters.journal.journal import open_field
from console.adapters.journal.placement import place, prepare
from console.adapters.journal.search import is_sought
from console.adapters.journal.signing import Signing
from console.domain.canonical import MAX_DEPTH, Json, Object, encode, to_base64
from console.domain.entries.entry import Checkpoint, Draft, Entry, entry_of, parse, scope_of, to_rfc3339
from console.domain.errors import Cancelled, ConsoleError, Corrupt, Refused
from console.domain.journal import cosignature, merkle, proof
from console.domain.journal.checkpoint import Start, open_note
from console.domain.journal.clock import BREAKS
from console.domain.journal.merkle import TILE_WIDTH, CompactRange
from console.domain.journal.opening import check_sealed
from console.domain.journal.proof import Proof
from console.domain.journal.search import Search
from console.domain.record.counsel import CounselKey
from console.ports.progress import Progress


@dataclass
class Stored:
    """What a log leaves behind for whoever opens it next."""

    entries: list[Entry] = field(default_factory=list)
    sealed: list[dict[str, bytes]] = field(default_factory=list)
    signed: Checkpoint | None = None
    failures: list[ConsoleError | None] = field(default_factory=list)
    """What the next appends raise, in this order; None: that one is taken."""


class MemoryJournal:
    """Fits the port ``Journal``."""

    def __init__(self, context: Context, stored: Stored | None = None) -> None:
        self.stored = stored or Stored()
        self._context, self._signing, self._tree = context, Signing(context), CompactRange()
        self._leaves = [merkle.leaf_hash(entry.data) for entry in self.stored.entries]
        for leaf in self._leaves:
            self._tree = self._tree.append(leaf)
        self._signing.newest = self.stored.signed
        clean = self.stored.signed is None or self.stored.signed.size == self._tree.size
        finding = self._signing.compare(self._tree.size, self.root_at, clean=clean)
        self._reasons = finding.reasons if finding.start is Start.ALARM else ()
        self._breaks = Breaks(context, *map(self._newest_of, (None, BREAKS)))
        if not self._reasons and self._breaks.are_due():
            self._write([])

    def append(self, drafts: Sequence[Draft], *, critical: bool = False) -> list[Entry]:
        """Append all of them or none; critical: also signed and anchored."""
        self._check_writable()
        failure = self.stored.failures.pop(0) if self.stored.failures else None
        if failure is not None:
            raise failure
        written = self._write(drafts)
        if critical:
            self._anchor()
        return written

    def alarm(self) -> list[str]:
        """Return why nothing is written any more."""
        return list(self._reasons)

    def size(self) -> int:
        """Return the number of entries."""
        return self._tree.size

    def entries(
        self,
        *,
        act: str | None = None,
        type_: str | None = None,
        after: int = -1,
        before: int | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """Yield entries with ``after`` < seq < ``before``, filtered."""
        found = [
            entry
            for entry in self.stored.entries[max(0, after + 1) : before]
            if act in (None, entry.act) and type_ in (None, entry.type)
        ]
        yield from (found[::-1] if newest_first else found)[:limit]

    def open_fields(self, entry: Entry, counsel: CounselKey | None = None) -> dict[str, Json]:
        """Return the committed fields that this station, or a key of counsel's, opens; each is checked."""
        if not entry.c:
            return {}
        sealed = self.stored.sealed[entry.seq]
        if counsel is not None:
            return {name: opening.value for name, opening in counsel.open(entry, sealed).items()}
        key = self._context.opening_key(scope_of(entry), create=False)
        return {} if key is None else {name: open_field(entry, name, sealed.get(name), key) for name in entry.c}

    def search(self, sought: Search, *, before: int | None, limit: int) -> tuple[list[Entry], int]:
        """Return one page, newest first, and down to which entry it has looked (0: no more)."""
        told = self.entries(before=before, newest_first=True)
        found = list(islice((entry for entry in told if is_sought(entry, self.open_fields, sought)), limit))
        return found, found[-1].seq if len(found) == limit else 0

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""
        return merkle.root(self._leaves[:size])

    def checkpoint(self) -> Checkpoint:
        """Return a signed checkpoint of everything."""
        self._check_writable()
        self.stored.signed = self._signing.sign(self._tree)
        return self.stored.signed

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that ``size`` entries, by default those of the newest checkpoint, continue ``old_size``."""
        return merkle.consistency_proof(old_size, size or self.checkpoint().size, self._node)

    def prove(self, seq: int, *, audience: str, counsel: Mapping[str, CounselKey] | None = None) -> Proof:
        """Return the proof of one entry, and what opens of it; ``Refused``: unknown_entry, nothing_signed."""
        newest, opener = self._newest_signed(), exports.opener(self._context, audience, counsel or {})
        if not 0 <= seq < newest.size:
            raise Refused("unknown_entry", seq=seq, size=newest.size)
        entry, path = self.stored.entries[seq], merkle.inclusion_proof(seq, newest.size, self._node)
        return proof.typeset(entry, opener(entry, self.stored.sealed[seq]), self._context.key, path, newest)

    def verify(self, *, deep: bool = False, entry: int | None = None, progress: Progress | None = None) -> Object:
        """Return the verdict; of one ``entry``: the signed state it stands in. ``Refused``: nothing_signed."""
        signed = self.stored.signed
        if entry is not None:
            return self._found_in(entry, signed)
        if progress is not None and not progress(self.size(), self.size()):
            raise Cancelled
        findings = [*self._reasons, *self._wrong(signed), *(self._wrong_fields() if deep else ())]
        last = self.stored.entries[signed.size - 1] if signed and signed.size and not findings else None
        return {
            "ok": not findings,
            "size": self.size(),
            "root": to_base64(self.root_at(self.size())),
            "vouched_until": None if last is None else to_rfc3339(last.t.wall_ms),
            "checkpoint": signed.note.decode() if signed else "",
            "findings": [{"code": code, "seq": None, "detail": ""} for code in findings],
        }

    def export(
        self,
        folder: PurePath,
        *,
        audience: str,
        counsel: Mapping[str, CounselKey] | None = None,
        progress: Progress | None = None,
    ) -> Object:
        """Write tiles, openings, checkpoint and policy into an empty folder; of these a verifier needs no more."""
        opener, place_ = exports.opener(self._context, audience, counsel or {}), Path(folder)
        place_.mkdir(parents=True, exist_ok=True)
        if any(place_.iterdir()):
            raise Refused("folder_not_empty", folder=str(folder))
        self._anchor()
        newest = self._newest_signed()
        if progress is not None and not progress(newest.size, newest.size):
            raise Cancelled
        openings, withheld = self._opened(opener, newest.size)
        lists: dict[str, list[Json]] = {"openings": openings, "withheld": withheld, "erased": []}
        policy = cosignature.policy(self._context.key, self._context.witnesses, self._context.witness_quorum)
        log: dict[str, Json] = {"v": 1, "log": self._context.log, "alarms": [], "followed": False}
        files = {name: encode({"v": 1, name: rows}, depth=MAX_DEPTH + 3) for name, rows in lists.items()}
        papers = {f"{name}.json": data for name, data in {**files, "log": encode(log)}.items()}
        papers |= {"checkpoint": newest.note, "policy": policy.encode()}
        for name, data in {**papers, **self._tiles()}.items():
            (place_ / name).parent.mkdir(parents=True, exist_ok=True)
            (place_ / name).write_bytes(data)
        counts = {name: len(rows) for name, rows in lists.items()}
        return {"size": newest.size, "root": to_base64(newest.root), **counts}

    def status(self) -> Object:
        """Return the state of recording: sizes, alarm, and that nothing waits."""
        return {
            "size": self.size(),
            "signed": self.stored.signed.size if self.stored.signed else 0,
            "anchored": self._signing.anchored,
            "alarm": self.alarm(),
            "before": list(self._context.before),
            "findings": [],
            "recording": {"light": "recording", "why": None, "waiting": 0, "incomplete": False},
        }

    def copy_to(self, file: PurePath) -> bool:
        """Return False: there is no database."""
        return False

    def close(self) -> None:
        """Sign, and anchor if the log grew."""
        if not self._reasons and self.size() > self._signing.anchored:
            self._anchor()

    def __enter__(self) -> "MemoryJournal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_writable(self) -> None:
        if self._reasons:
            raise Corrupt("journal_alarm", why=",".join(self._reasons))

    def _write(self, drafts: Sequence[Draft]) -> list[Entry]:
        request = [prepare(self._context, draft) for draft in drafts]
        written: list[Entry] = []
        for prepared in chain(self._breaks.due(), [request]):
            places, tree = place(self._context, prepared, self._tree)
            self._breaks.passed(places)
            written = [
                entry_of(
                    item.draft,
                    at.data,
                    log=self._context.log,
                    mode=self._context.mode,
                    seq=at.seq,
                    prev=at.prev,
                    reading=at.reading,
                    commitments=item.commitments,
                )
                for item, at in zip(prepared, places, strict=True)
            ]
            self._tree = tree
            self._leaves += [at.leaf for at in places]
            self.stored.entries += written
            self.stored.sealed += [item.sealed for item in prepared]
        return written

    def _anchor(self) -> None:
        self._signing.anchor(self._tree)
        self.stored.signed = self._signing.newest

    def _newest_signed(self) -> Checkpoint:
        newest = self.stored.signed if self._reasons else self.checkpoint()
        if newest is None:
            raise Refused("nothing_signed")
        return newest

    def _newest_of(self, types: Sequence[str] | None) -> Entry | None:
        told = (entry for entry in reversed(self.stored.entries) if types is None or entry.type in types)
        return next(told, None)

    def _node(self, level: int, index: int) -> bytes:
        return merkle.root(self._leaves[index << level : (index + 1) << level])

    def _found_in(self, seq: int, signed: Checkpoint | None) -> Object:
        if signed is None or not 0 <= seq < signed.size:
            raise Refused("nothing_signed")
        path, root = merkle.inclusion_proof(seq, signed.size, self._node), signed.root
        merkle.verify_inclusion(seq, signed.size, merkle.leaf_hash(self.stored.entries[seq].data), path, root)
        return {"size": signed.size, "root": to_base64(root), "steps": len(path)}

    def _wrong(self, signed: Checkpoint | None) -> Iterator[str]:
        bodies = [merkle.leaf_hash(entry.data) for entry in self.stored.entries]
        claims = [("checkpoint_differs", signed)] if signed else []
        claims += [("anchor_differs", open_note(note, [self._context.key])) for note in self._context.anchors()]
        for code, claim in claims:
            if claim.size > self.size() or merkle.root(bodies[: claim.size]) != claim.root:
                yield code
        if bodies and signed is None:
            yield "checkpoint_missing"

    def _wrong_fields(self) -> Iterator[str]:
        for entry, sealed in zip(self.stored.entries, self.stored.sealed, strict=True):
            try:
                if parse(entry.data) != entry:
                    yield "entry_differs"
                for name in entry.c:
                    check_sealed(entry, name, sealed.get(name))
                self.open_fields(entry)
            except Corrupt as error:
                yield error.code

    def _opened(self, opener: Opener, size: int) -> tuple[list[Json], list[Json]]:
        openings, withheld = list[Json](), list[Json]()
        for entry, sealed in zip(self.stored.entries[:size], self.stored.sealed, strict=False):
            opened = opener(entry, sealed)
            for name in sorted(entry.c):
                row: dict[str, Json] = {"seq": entry.seq, "name": name}
                if name in opened:
                    openings.append({**row, "salt": to_base64(opened[name].salt), "value": opened[name].value})
                else:
                    withheld.append(row)
        return openings, withheld

    def _tiles(self) -> dict[str, bytes]:
        """Return the tiles and entry bundles by their paths (c2sp.org/tlog-tiles)."""
        found = {}
        for level, index, width in merkle.tiles(self.size()):
            first = index * TILE_WIDTH
            hashes = [self._node(level * merkle.TILE_HEIGHT, first + n) for n in range(width)]
            found[merkle.tile_path(level, index, width)] = b"".join(hashes)
            if level == 0:
                bodies = [entry.data for entry in self.stored.entries[first : first + width]]
                bundle = b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
                found[merkle.tile_path(None, index, width)] = bundle
        return found
