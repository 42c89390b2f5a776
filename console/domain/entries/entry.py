# SPDX-License-Identifier: Apache-2.0
"""One entry of the journal: its byte form and its commitments (docs/formats/journal.md).

``compose`` and ``parse`` stand side by side; the stored bytes are the Merkle leaf, so nothing is ever
re-serialised to be checked.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from console.domain import canonical
from console.domain.canonical import Json, Object
from console.domain.errors import Corrupt, Misused

VERSION = 1
MAX_ENTRY_BYTES = 65_535
SALT_BYTES = 32
MAX_NATURAL = 9 * 10**15 - 1
"""Verifiers read numbers with a pattern, and 2^53 makes none that anybody would read."""
PROOFS = ("token", "unlock", "claimed", "program")
TRACKS = ("facts", "counsel")
MODES = ("real", "drill")
COUNSEL_TYPE = "counsel.entry"

_EPOCH = datetime(1970, 1, 1)
_TYPE = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+"
ID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
# Printable ASCII without what JSON escapes; in a log's name also without space and plus (c2sp.org/signed-note).
_LOG = r"[!#-*,-\[\]-~]{1,200}"
_NAME = r"[ !#-\[\]-~]{1,200}"
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
# No pattern allows the quote that joins them.
_PLAIN = re.compile(
    '"'.join(
        (
            _LOG,
            f"(?:{'|'.join(MODES)})",
            ID,
            rf'(?!{COUNSEL_TYPE}"){_TYPE}',
            _NAME,
            f"(?:{'|'.join(PROOFS)})",
            TRACKS[0],
            _NAME,
            _NAME,
        )
    )
    + r"\Z"
)
_DECIMAL = re.compile(r"(0|[1-9]\d{0,18})\Z", re.ASCII)
_OBJECTS = ("prev", "t", "body", "c", "blob")


@dataclass(frozen=True)
class Reading:
    """One look at the clocks; a claim, never an order."""

    wall_ms: int
    """Milliseconds since 1970 UTC."""
    boot: str
    up_ns: int
    """The suspend-inclusive clock since boot."""
    src: str = "system"
    unc_ms: int | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A signed statement: the log ``origin`` had ``size`` entries and this root (c2sp.org/tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes
    note: bytes
    """The whole signed note."""


@dataclass(frozen=True)
class Draft:
    """An entry before the writer gives it seq, prev, t, log and mode."""

    type: str
    actor: str
    proof: str
    id: str
    body: Object = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)
    """What is personal, privileged or free text: committed to, never in the leaf."""
    act: str | None = None
    subject: str | None = None
    track: str = "facts"
    blob: tuple[tuple[bytes, int], ...] = ()
    """SHA-256 of each attachment's ciphertext, and its padded length."""
    sealed_to: bytes | None = None
    """Track ``counsel``: the point of the counsel key that ``body.key`` names."""


@dataclass(frozen=True)
class Entry:
    """A stored entry; ``data`` is the canonical bytes, the leaf of the tree."""

    v: int
    log: str
    seq: int
    id: str
    prev: bytes
    t: Reading
    type: str
    actor: str
    proof: str
    act: str | None
    subject: str | None
    mode: str
    track: str
    body: Mapping[str, Json]
    c: Mapping[str, tuple[bytes, bytes]]
    """For each field its commitment and the SHA-256 of its opening's ciphertext."""
    blob: tuple[tuple[bytes, int], ...]
    data: bytes


@dataclass(frozen=True)
class Opening:
    """What opens one commitment."""

    salt: bytes
    value: Json

    def encode(self) -> bytes:
        """Return the plaintext that is sealed: 32 bytes of salt, then the canonical bytes of the value."""
        return self.salt + canonical.encode(self.value)


def decode_opening(data: bytes) -> Opening:
    """Return the opening with this plaintext; ``Corrupt`` if it is none."""
    if len(data) <= SALT_BYTES:
        raise Corrupt("opening_garbled")
    return Opening(data[:SALT_BYTES], canonical.decode(data[SALT_BYTES:]))


def commit(salt: bytes, entry_id: str, name: str, value: Json) -> bytes:
    """Return the commitment to one field: HMAC-SHA-256 keyed with 32 fresh random bytes."""
    if len(salt) != SALT_BYTES:
        raise Misused("salt_length", bytes=len(salt))
    message = b"\0".join((b"bg.field.v1", entry_id.encode(), name.encode(), canonical.encode(value)))
    return hmac.digest(salt, message, "sha256")


def check_opening(entry: Entry, name: str, opening: Opening) -> None:
    """Raise ``Corrupt`` unless the opening is the one this entry committed to."""
    expected = entry.c[name][0]
    if not hmac.compare_digest(commit(opening.salt, entry.id, name, opening.value), expected):
        raise Corrupt("commitment_mismatch", seq=entry.seq, field=name)


def scope_of(entry: Entry | Draft) -> str:
    """Return whose opening key seals this entry's fields, from the leaf alone: a person inside an activation, an
    activation, a person, else the station."""
    if entry.track == "counsel":
        # The station has no key for what counsel writes: ``domain.counsel``.
        return f"counsel:{entry.body.get('key')}"  # as it stands: the scope is asked of drafts, too
    named = (("act", entry.act), ("subject", entry.subject))
    return "/".join(f"{what}:{name}" for what, name in named if name is not None) or "station"


def to_rfc3339(wall_ms: int) -> str:
    """Return milliseconds since 1970 as RFC 3339 UTC with three decimals."""
    seconds, milliseconds = divmod(wall_ms, 1000)
    try:
        return f"{_to_second(seconds)}.{milliseconds:03d}Z"
    except OverflowError as error:
        raise Misused("wall_clock_out_of_range", wall_ms=wall_ms) from error


@lru_cache(maxsize=1)
def _to_second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()


def from_rfc3339(text: Json) -> int:
    """Return the milliseconds since 1970 of exactly this spelling; ``Corrupt`` for any other."""
    if not isinstance(text, str) or not _WALL.match(text):
        raise Corrupt("entry_shape", member="t")
    try:
        return (datetime.fromisoformat(text[:-1]) - _EPOCH) // timedelta(milliseconds=1)
    except ValueError as error:
        raise Corrupt("entry_shape", member="t") from error


def compose(
    draft: Draft,
    *,
    log: str,
    mode: str,
    seq: int,
    prev: bytes,
    reading: Reading,
    commitments: Mapping[str, tuple[bytes, bytes]],
) -> bytes:
    """Return the bytes of the entry; ``Misused`` when the draft breaks the format."""
    if commitments.keys() != draft.fields.keys():
        raise Misused("entry_shape", member="c")
    if not _is_plain(draft, log, mode, seq):
        _check_frame(draft, log, mode, seq)
    # The members' rules allow nothing that JSON escapes, so this is their canonical form; only the body is free.
    body = canonical.encode(draft.body, depth=canonical.MAX_DEPTH - 1).decode()
    data = (
        f'{{"act":{_quoted(draft.act)},"actor":"{draft.actor}","blob":{_blob_text(draft.blob)},"body":{body},'
        f'"c":{_commitment_text(commitments)},"id":"{draft.id}","log":"{log}","mode":"{mode}",'
        f'"prev":"{canonical.to_base64(prev)}","proof":"{draft.proof}","seq":{seq},'
        f'"subject":{_quoted(draft.subject)},"t":{_reading_text(reading)},"track":"{draft.track}",'
        f'"type":"{draft.type}","v":{VERSION}}}'
    ).encode()
    if len(data) > MAX_ENTRY_BYTES:
        raise Misused("entry_too_large", bytes=len(data))
    return data


def entry_of(
    draft: Draft,
    data: bytes,
    *,
    log: str,
    mode: str,
    seq: int,
    prev: bytes,
    reading: Reading,
    commitments: Mapping[str, tuple[bytes, bytes]],
) -> Entry:
    """Return what ``parse`` would return for the bytes that ``compose`` made of the same arguments."""
    return Entry(
        v=VERSION,
        log=log,
        seq=seq,
        id=draft.id,
        prev=prev,
        t=reading,
        type=draft.type,
        actor=draft.actor,
        proof=draft.proof,
        act=draft.act,
        subject=draft.subject,
        mode=mode,
        track=draft.track,
        body=draft.body,
        c=commitments,
        blob=draft.blob,
        data=data,
    )


def parse(data: bytes) -> Entry:
    """Return the entry with these bytes; ``Corrupt`` when they are not canonical or have another shape."""
    if len(data) > MAX_ENTRY_BYTES:
        raise Corrupt("entry_too_large", bytes=len(data))
    value = canonical.decode_object(data)
    if value.keys() != {*_RULES, *_OBJECTS}:
        raise Corrupt("entry_shape", member="*")
    wrong = _wrong_member(value)
    if wrong is not None:
        raise Corrupt("entry_shape", member=wrong)
    text = cast(dict[str, str], value)
    return Entry(
        v=VERSION,
        log=text["log"],
        seq=cast(int, value["seq"]),
        id=text["id"],
        prev=_bytes32(value["prev"], "prev"),
        t=_reading(value["t"]),
        type=text["type"],
        actor=text["actor"],
        proof=text["proof"],
        act=cast(str | None, value["act"]),
        subject=cast(str | None, value["subject"]),
        mode=text["mode"],
        track=text["track"],
        body=cast(dict[str, Json], value["body"]),
        c=_commitments(value["c"]),
        blob=_blobs(value["blob"]),
        data=data,
    )


def _is_plain(draft: Draft, log: str, mode: str, seq: int) -> bool:
    """Return whether one match shows that the draft follows every rule; the writer has no time for one by one."""
    act, subject = draft.act, draft.subject
    texts = (
        log,
        mode,
        draft.id,
        draft.type,
        draft.actor,
        draft.proof,
        draft.track,
        "-" if act is None else act,
        "-" if subject is None else subject,
    )
    try:
        fits = _PLAIN.match('"'.join(texts)) is not None and isinstance(draft.body, dict) and _natural(seq)
    except TypeError:
        return False
    return fits and (act is not None or not draft.type.startswith("activation."))


def _check_frame(draft: Draft, log: str, mode: str, seq: int) -> None:
    frame: dict[str, Json] = {
        "v": VERSION,
        "log": log,
        "seq": seq,
        "id": draft.id,
        "type": draft.type,
        "actor": draft.actor,
        "proof": draft.proof,
        "act": draft.act,
        "subject": draft.subject,
        "mode": mode,
        "track": draft.track,
        "body": draft.body,
    }
    wrong = _wrong_member(frame)
    if wrong is not None:
        raise Misused("entry_shape", member=wrong)


def _wrong_member(value: Mapping[str, Json]) -> str | None:
    """Return the first member whose scalar value breaks the format, or None."""
    for name, good in _RULES.items():
        if not good(value[name]):
            return name
    if not isinstance(value["body"], dict):
        return "body"
    if value["act"] is None and str(value["type"]).startswith("activation."):
        # An entry without ``act`` would be missing from the activation's own fold.
        return "act"
    if (value["track"] == "counsel") != (value["type"] == COUNSEL_TYPE):
        return "track"
    if value["track"] == "counsel" and value["subject"] is not None:
        return "subject"
    return None


def _text(pattern: str) -> Callable[[Json], bool]:
    match = re.compile(pattern + r"\Z").match
    return lambda value: isinstance(value, str) and match(value) is not None


def _text_or_null(pattern: str) -> Callable[[Json], bool]:
    good = _text(pattern)
    return lambda value: value is None or good(value)


_is_name = _text(_NAME)


def _natural(value: Json, most: int = MAX_NATURAL) -> bool:
    return type(value) is int and 0 <= value <= most


_RULES: Mapping[str, Callable[[Json], bool]] = {
    "v": lambda value: type(value) is int and value == VERSION,
    "log": _text(_LOG),
    "seq": lambda value: _natural(value, canonical.MAX_INTEGER),
    "id": _text(ID),
    "type": _text(_TYPE),
    "actor": _text(_NAME),
    "proof": lambda value: value in PROOFS,
    "act": _text_or_null(_NAME),
    "subject": _text_or_null(_NAME),
    "mode": lambda value: value in MODES,
    "track": lambda value: value in TRACKS,
}


def _quoted(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def _reading_text(reading: Reading) -> str:
    # 2^53 ns are 104 days of uptime: as a number the clock would stop the journal, so it is decimal text.
    good = _is_name(reading.boot) and _is_name(reading.src) and 0 <= reading.up_ns < 10**19
    if not good or not (reading.unc_ms is None or _natural(reading.unc_ms)):
        raise Misused("entry_shape", member="t")
    uncertainty = "null" if reading.unc_ms is None else reading.unc_ms
    return (
        f'{{"boot":"{reading.boot}","src":"{reading.src}","unc_ms":{uncertainty},'
        f'"up_ns":"{reading.up_ns}","wall":"{to_rfc3339(reading.wall_ms)}"}}'
    )


def _commitment_text(commitments: Mapping[str, tuple[bytes, bytes]]) -> str:
    if not commitments:
        return "{}"
    pairs = {name: [canonical.to_base64(part) for part in pair] for name, pair in commitments.items()}
    return canonical.encode(pairs).decode()


def _blob_text(blob: Sequence[tuple[bytes, int]]) -> str:
    if not blob:
        return "[]"
    items: list[Json] = [{"sha256": canonical.to_base64(digest), "len": length} for digest, length in blob]
    return canonical.encode(items).decode()


def _reading(value: Json) -> Reading:
    if not isinstance(value, dict) or value.keys() != {"wall", "boot", "up_ns", "src", "unc_ms"}:
        raise Corrupt("entry_shape", member="t")
    boot, up_ns, src, unc_ms = value["boot"], value["up_ns"], value["src"], value["unc_ms"]
    if not (isinstance(boot, str) and isinstance(src, str) and isinstance(up_ns, str)):
        raise Corrupt("entry_shape", member="t")
    texts = _is_name(boot) and _is_name(src) and _DECIMAL.match(up_ns)
    if not texts or not (unc_ms is None or _natural(unc_ms)):
        raise Corrupt("entry_shape", member="t")
    return Reading(from_rfc3339(value["wall"]), boot, int(up_ns), src, unc_ms)


def _commitments(value: Json) -> dict[str, tuple[bytes, bytes]]:
    if not isinstance(value, dict):
        raise Corrupt("entry_shape", member="c")
    result = {}
    for name, pair in value.items():
        if not isinstance(pair, list) or len(pair) != 2:
            raise Corrupt("entry_shape", member="c")
        result[name] = (_bytes32(pair[0], "c"), _bytes32(pair[1], "c"))
    return result


def _blobs(value: Json) -> tuple[tuple[bytes, int], ...]:
    if not isinstance(value, list):
        raise Corrupt("entry_shape", member="blob")
    return tuple(_blob(item) for item in value)


def _blob(item: Json) -> tuple[bytes, int]:
    if not isinstance(item, dict) or item.keys() != {"sha256", "len"} or not _natural(item["len"]):
        raise Corrupt("entry_shape", member="blob")
    return _bytes32(item["sha256"], "blob"), cast(int, item["len"])


def _bytes32(value: Json, member: str) -> bytes:
    data = canonical.from_base64(value)
    if len(data) != hashlib.sha256().digest_size:
        raise Corrupt("entry_shape", member=member)
    return data
