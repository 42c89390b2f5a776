# SPDX-License-Identifier: Apache-2.0
"""Every parser of outside bytes, with seeds that it takes; what has a name like a parser and is none, with the reason.

``read`` gets any bytes. It raises an error of this program, or returns the one spelling of what it took for valid; None
where a reader forgives spellings, as people's typing needs.
"""

import io
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from console.actions.handoff import arrival
from console.adapters.journal import checkers, mirror
from console.adapters.journal.stretch import Found
from console.adapters.qr import QrCodes, pdf
from console.adapters.qr import files as picture_files
from console.adapters.slip39 import words as slip39
from console.domain import canonical, frame, paper, status, words
from console.domain.activation import prepared
from console.domain.canonical import decode_object, encode, from_base64, to_base64
from console.domain.entries import entry as journal
from console.domain.handoff import errand, picture, scanner, spoken
from console.domain.handoff import frames as handoff
from console.domain.journal import checkpoint, cosignature, merkle, spool
from console.domain.keyholder import contact, keyfile
from console.domain.keyholder.keyfile import point_of
from console.domain.keys import RosterKey
from console.domain.payload import certificate, otp, usage
from console.domain.privacy import erasure, hold
from console.domain.record import counsel
from console.domain.record import note as record
from console.settings import load_toml
from console.settings import parse as parse_settings
from console.tokens import answering, wire
from tests.support.cosignatures import EXAMPLE, REQUEST
from tests.support.parsed_objects import POLICY, SETTINGS, toml

VECTORS: Any = json.loads((Path(__file__).parents[2] / "resources" / "vectors" / "journal.json").read_text())
Read = Callable[[bytes], bytes | None]
HASH = bytes(range(32))


@dataclass(frozen=True)
class Parser:
    """Who reads, and what it takes."""

    read: Read
    seeds: tuple[bytes, ...]


def text(read: Callable[[str], str | None]) -> Read:
    """Return a reader of bytes for one of text; what is no UTF-8 is read with marks in its place."""

    def of_bytes(data: bytes) -> bytes | None:
        said = read(data.decode(errors="replace"))
        return None if said is None or "\ufffd" in data.decode(errors="replace") else said.encode()

    return of_bytes


def only(read: Callable[[bytes], object]) -> Read:
    """Return a reader whose outcome has no single spelling."""

    def of_bytes(data: bytes) -> None:
        read(data)

    return of_bytes


def forgiving(read: Callable[[str], object]) -> Read:
    """Return a reader of what people type, which has many spellings."""

    def of_bytes(data: bytes) -> None:
        read(data.decode(errors="replace"))

    return of_bytes


def object_(read: Callable[[Any], object]) -> Read:
    """Return a reader of bytes for one of a canonical object that was read already."""

    def of_bytes(data: bytes) -> None:
        read(decode_object(data))

    return of_bytes


# --- the journal --------------------------------------------------------------------------------------------

ENTRIES = tuple(entry["data"].encode() for entry in VECTORS["entries"])
VKEY = VECTORS["checkpoint"]["vkey"]
NOTE = VECTORS["checkpoint"]["note"].encode()
SPOOL_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(HASH)
SPOOL_LOG = checkpoint.VerifierKey("example.org/s/log-1", checkpoint.ED25519, SPOOL_KEY.public_key().public_bytes_raw())
SPOOL_ID = "0123456789abcdef0123456789abcdef"
HEAD_TEXT = spool.head_text(SPOOL_LOG.name, SPOOL_ID, 3, HASH)
HEAD = checkpoint.assemble(HEAD_TEXT, SPOOL_LOG, SPOOL_KEY.sign(HEAD_TEXT))
WITNESS = cosignature.witness_key("example.org/w1", HASH).vkey()


def entry(data: bytes) -> bytes:
    parsed = journal.parse(data)
    assert encode(decode_object(data)) == parsed.data
    return parsed.data


def note(data: bytes) -> bytes:
    opened = checkpoint.open_note(data, [checkpoint.parse_vkey(VKEY)])
    # Other signatures may stand behind; what is signed has one spelling.
    said = checkpoint.text(opened.origin, opened.size, opened.root)
    return said + data[len(said) :]


def record_(data: bytes) -> bytes:
    taken = spool.parse(data)
    assert encode(decode_object(data, depth=spool.RECORD_DEPTH), depth=spool.RECORD_DEPTH) == data
    return data if taken.n >= 0 else b""


def mirrored(data: bytes) -> bytes | None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        rows = list(mirror.read_records(Path(file.name)))
    return data if sum(len(sealed) for _, sealed in rows) <= len(data) else b""


def range_(data: bytes) -> bytes:
    return merkle.decode_range(5, data).encode()


MIRROR = mirror.frame(0, HASH, b"sealed") + mirror.frame(1, HASH, b"more")
PAPER_MODE = (
    paper.PaperMode("p-1", SPOOL_LOG.name, HASH, "2026-11-23T22:00:00Z", 1, ())
    .accepting("legal-1", bytes(64))
    .giving(act="a", credential="codes", version=1, item=0, kind="codes", number=1, at="2026-11-23T22:01:00Z")
    .encode()
)
RECORD = spool.compose(SPOOL_ID, 0, None, None, ENTRIES[0])
FOUND = checkers.encode_found(Found(merkle.CompactRange(), merkle.CompactRange(1, (HASH,))))


# --- frames, files, typing ------------------------------------------------------------------------------------


def frames(data: bytes) -> bytes | None:
    collector = handoff.Collector()
    for line in data.decode(errors="replace").split("\n"):
        collector.add(line)
    collector.data()
    return None


def token_frame(data: bytes) -> bytes | None:
    """The keeper and every token process read like this, and answer whatever was asked."""
    message = wire.read(io.BytesIO(data).readinto)
    if message is not None:
        answer = answering.answered({}, message)
        assert "error" in answer.head
    return None


def lengths(data: bytes) -> bytes:
    if len(data) != frame.LENGTHS.size:
        return data
    return frame.LENGTHS.pack(*frame.lengths(data))


def head(data: bytes) -> bytes | None:
    frame.decode_head(data)
    return None


def in_room(read: Callable[[memoryview, memoryview], object]) -> Read:
    def of_bytes(data: bytes) -> None:
        read(memoryview(data), memoryview(bytearray(len(data))))

    return of_bytes


def sheet(said: str) -> None:
    slip39.read(1, said.split())


def heard(said: str) -> None:
    status.opened(status.letters_of(said), HASH)


def raw_picture(data: bytes) -> None:
    """What a camera says of its pictures is as little to be trusted as they are: the first bytes say the size."""
    sizes = [int.from_bytes(data[at : at + 2], "little") for at in (0, 2, 4)]
    for form in (picture.GREY, picture.YUYV):
        taken = picture.read_raw(data[6:], form, *sizes)
        assert len(taken.pixels) == taken.width * taken.height


def pages(data: bytes) -> None:
    assert all(len(page.pixels) == page.width * page.height for page in pdf.parse_pages(data))


def calibrated(said: str) -> None:
    assert set(scanner.read_calibration(said).letters.values()) == set(scanner.ALPHABET)


def wrapped(data: bytes) -> bytes:
    return counsel.Wrap.parse(data).encode()


COUNSEL = counsel.Wrap(
    "vault", point_of(HASH), "legal-1", RosterKey(point_of(bytes(31) + b"\x05"), "ECDH-P256"), b"blob"
).encode()
DRAFT = record.NoteDraft("d1", "m-1", record.About("M-1", None), record.Part("t", "x"), record.Part(), 5).encode()
NOTE_FIELDS = b'{"activation":null,"matter":"M-2026-00117","text":"what happened","title":"short"}'
HOLD = encode(hold.Hold("v", ("act:a",), "why", "m-1", HASH).to_json())
PREPARED = encode(prepared.Prepared("v", "n", HASH, {"items": []}).to_json())
KEY_FILE = keyfile.empty(
    bytearray(b"1234"),
    salt=bytes(keyfile.SALT_BYTES),
    nonce=bytes(keyfile.NONCE_BYTES),
    cost=keyfile.Cost(8, 1, 1),
    weak=True,
).encode()
PEM = certificate.throwaway_key("ECDSA-P256-SHA256")
CERTIFICATE = certificate.sample("example", datetime(2026, 11, 27, tzinfo=UTC)).split(b"-----BEGIN PRIVATE")[0]
SHEET = " ".join(slip39.split(HASH, [(1, 1)], 7, bytes)[0][0]).encode()
ERASURE = encode(erasure.Erasure("v", HASH, ("act:a",), "request", HASH).to_json())
SPOKEN = "\n".join(spoken.lines(b"what is read aloud")).encode()
FRAMES = "\n".join(handoff.split("request", bytes(range(256)) * 3, frame_bytes=handoff.MIN_FRAME_BYTES)).encode()
RAW_PICTURE = b"".join(side.to_bytes(2, "little") for side in (64, 64, 130)) + bytes(range(256)) * 33
PAGE = b"P5\n3 2\n255\n" + bytes(6)
STATUS = status.code_of(status.Status(**dict.fromkeys(status.Status.__dataclass_fields__, 0)), HASH).encode()  # type: ignore[arg-type]
MESSAGE = b"".join(bytes(part) for part in frame.encode(frame.Frame({"id": 1, "verb": "sign"}, bytearray(b"1234"))))

PARSERS: Mapping[str, Parser] = {
    "domain.entries.entry.parse": Parser(entry, ENTRIES),
    "domain.entries.entry.decode_opening": Parser(
        lambda data: journal.decode_opening(data).encode(), (HASH + b'{"a":[1,"x"]}', HASH + b'"x"')
    ),
    "domain.entries.entry.from_rfc3339": Parser(
        text(lambda said: journal.to_rfc3339(journal.from_rfc3339(said))), (b"2026-11-27T00:00:00.000Z",)
    ),
    "domain.canonical.decode": Parser(
        lambda data: encode(canonical.decode(data)), (b'{"a":[1,null,"\xc3\xbc"]}', b"7")
    ),
    "domain.canonical.decode_object": Parser(
        lambda data: encode(decode_object(data)), (b'{"a":{"b":[true]}}', *ENTRIES)
    ),
    "domain.canonical.from_base64": Parser(text(lambda said: to_base64(from_base64(said))), (b"AAECAw==", b"")),
    "domain.journal.merkle.decode_range": Parser(range_, (HASH * 2,)),
    "domain.journal.checkpoint.open_note": Parser(note, (NOTE,)),
    "domain.journal.checkpoint.parse_vkey": Parser(
        text(lambda said: checkpoint.parse_vkey(said).vkey()), (VKEY.encode(),)
    ),
    "domain.journal.cosignature.parse_witness": Parser(
        forgiving(cosignature.parse_witness), (f"it-1 {WITNESS}".encode(),)
    ),
    "domain.journal.cosignature.parse_witnesses": Parser(
        forgiving(lambda said: cosignature.parse_witnesses(said.split("\n"), 1)), (f"it-1 {WITNESS}".encode(),)
    ),
    "domain.journal.cosignature.parse_question": Parser(
        lambda data: cosignature.parse_question(data).encode(), (REQUEST.encode(),)
    ),
    "domain.journal.cosignature.read_answer": Parser(forgiving(cosignature.read_answer), (EXAMPLE.encode(),)),
    "domain.journal.spool.parse": Parser(record_, (RECORD,)),
    "domain.paper.decode": Parser(lambda data: paper.decode(data).encode(), (PAPER_MODE,)),
    "domain.journal.spool.open_head": Parser(lambda data: spool.open_head(data, SPOOL_LOG).note, (HEAD,)),
    "adapters.journal.mirror.read_records": Parser(mirrored, (MIRROR, b"")),
    "adapters.journal.checkers.decode_found": Parser(
        only(lambda data: checkers.decode_found(frame.decode_head(data))), (json.dumps(FOUND).encode(),)
    ),
    "domain.handoff.frames.parse": Parser(frames, (FRAMES,)),
    "domain.handoff.frames.read_spans": Parser(
        forgiving(lambda said: handoff.read_spans(said, 256)), (b"2, 5-7, 9", b"1 2 - 5")
    ),
    "actions.arrival.tell": Parser(
        only(lambda data: arrival.tell(data, arrival.Known())),
        (NOTE, REQUEST.encode(), errand.Sealed(errand.ANSWER, bytes(8), bytes(8), b"blob").encode(), ENTRIES[0]),
    ),
    "domain.handoff.scanner.read_calibration": Parser(
        forgiving(calibrated), (scanner.CALIBRATION.encode(), scanner.CALIBRATION.lower().encode())
    ),
    "domain.handoff.scanner.Layout.read": Parser(forgiving(scanner.AS_TYPED.read), (FRAMES.split(b"\n")[0],)),
    "domain.handoff.picture.read_raw": Parser(only(raw_picture), (RAW_PICTURE,)),
    "adapters.qr.pdf.parse_pages": Parser(only(pages), (PAGE * 2,)),
    "adapters.qr.files.grey": Parser(only(picture_files.grey), (QrCodes().render("BG1/X"),)),
    "domain.handoff.spoken.read": Parser(forgiving(spoken.read), (SPOKEN,)),
    "domain.words.from_words": Parser(forgiving(lambda said: words.from_words(said.split())), (b"abandon " * 12,)),
    "domain.status.letters_of": Parser(forgiving(heard), (STATUS,)),
    "adapters.slip39.words.read": Parser(forgiving(sheet), (SHEET,)),
    "domain.handoff.errand.parse": Parser(
        lambda data: errand.parse(data, errand.ERRAND).encode(),
        (errand.Sealed(errand.ERRAND, bytes(8), bytes(16), b"blob").encode(),),
    ),
    "domain.keyholder.keyfile.parse": Parser(lambda data: keyfile.parse(data).encode(), (KEY_FILE,)),
    "domain.record.counsel.Wrap.parse": Parser(wrapped, (COUNSEL,)),
    "domain.record.note.NoteDraft.parse": Parser(lambda data: record.NoteDraft.parse(data).encode(), (DRAFT,)),
    "domain.record.note.read_note": Parser(
        object_(lambda value: record.read_note(value, POLICY.rules, is_final=True)), (NOTE_FIELDS,)
    ),
    "domain.privacy.hold.Hold.from_json": Parser(object_(hold.Hold.from_json), (HOLD,)),
    "domain.privacy.erasure.Erasure.from_json": Parser(object_(erasure.Erasure.from_json), (ERASURE,)),
    "domain.activation.prepared.Prepared.from_json": Parser(object_(prepared.Prepared.from_json), (PREPARED,)),
    "domain.keyholder.contact.from_fields": Parser(
        object_(contact.from_fields), (b'{"mail":"a@example.org","phone":"1"}',)
    ),
    "domain.payload.certificate.read_all": Parser(only(certificate.read_all), (CERTIFICATE,)),
    "domain.payload.usage.read_private_key": Parser(in_room(usage.read_private_key), (PEM,)),
    "domain.payload.otp.read_seed": Parser(in_room(otp.read_seed), (b'{"digits":6,"seed":"GEZDGNBVGY3TQOJQ"}',)),
    "domain.payload.otp.read_number": Parser(
        only(lambda data: otp.read_number(memoryview(data), "digits")), (b'{"digits":6,"seed":"GEZD"}',)
    ),
    "domain.frame.decode_head": Parser(head, (b'{"id":1,"verb":"sign"}',)),
    "domain.frame.lengths": Parser(lengths, (bytes(8), b"\0\0\0\x10\0\0\0\x20")),
    "tokens.wire.read": Parser(token_frame, (MESSAGE, MESSAGE * 2)),
    "settings.parse": Parser(
        only(lambda data: parse_settings(data, Path("/nowhere"))), (toml(json.dumps(SETTINGS).encode()),)
    ),
    "settings.load_toml": Parser(only(lambda data: load_toml(data, "x")), (b'a = 1\n[b]\nc = "x"\n',)),
}

BY_OBJECT: Mapping[str, str] = {
    "domain.activation.ceremony.Approval.from_json": "approval",
    "domain.activation.ceremony.Approval.parse": "approval",
    "domain.activation.ceremony.Item.from_json": "request",
    "domain.activation.ceremony.Request.from_json": "request",
    "domain.keyholder.enrolment.parse_answer": "answer",
    "domain.keyholder.enrolment.parse_bundle": "bundle",
    "domain.keyholder.enrolment.parse_card": "card",
    "domain.sealed.envelope.open_table": "table",
    "domain.handoff.errand.parse_errand": "errands",
    "domain.policy.keyholder.Member.from_json": "card",
    "domain.policy.keyholder.open_slot": "slot",
    "domain.policy.rules.load": "founded",
    "domain.policy.rules.parse": "founded",
    "domain.policy.rules.read_documents": "founded",
    "domain.policy.rules.read_signatures": "founded",
    "domain.recovery.sheets.SheetSet.parse": "sheets",
    "domain.recovery.sheets.StandIn.from_json": "stand_in",
    "domain.renewal.load_chain": "new_log",
    "domain.renewal.parse": "new_log",
    "domain.policy.roster.SheetKeys.from_json": "founded",
    "domain.policy.succession.load_chain": "step",
    "domain.policy.succession.parse_step": "step",
    "domain.journal.witness.Proven.from_json": "errands",
    "domain.entries.event.Seen.from_json": "errands",
}
"""Read by the structured cases of ``tests/domain/test_fuzz_parsers.py``: which case."""

NO_PARSER: Mapping[str, str] = {
    "adapters.journal.checkers.read_order": "a frame of the parent process, in a process that may end",
    "domain.journal.checkpoint.open_past": "a note that ``checkpoint.open_note`` reads, held against a tree",
    "domain.codec.decoder": "makes readers of type hints; what they read is tried by tests/domain/test_entries.py",
    "domain.payload.text.decoded": "a secret's bytes as text, before its kind reads them",
    "domain.handoff.errand.open_answer": "opens what ``errand.parse`` took; what is inside is ``ceremony.Approval``",
    "domain.handoff.errand.open_errand": "opens what ``errand.parse`` took; what is inside is ``errand.parse_errand``",
    "domain.journal.opening.open_opening": "authenticated decryption; what is inside is ``journal.decode_opening``",
    "settings.read": "a file's bytes for ``settings.parse``",
    "settings.read_own": "a file's bytes for ``settings.load_toml``",
}
"""Is called like a parser and only hands on, or reads nothing from outside: why."""
