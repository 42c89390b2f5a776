# SPDX-License-Identifier: Apache-2.0
"""Hand something over as pictures, a page or spoken lines, and take it in again; needs no station and no key."""

from collections.abc import Mapping, Sequence
from typing import cast

from console.domain.activation.ceremony import Approval, Request
from console.domain.canonical import Json, Object, decode_object, shaped, to_base64
from console.domain.errors import ConsoleError, Refused
from console.domain.handoff import errand
from console.domain.handoff import frames as handoff
from console.domain.handoff import spoken as voice
from console.domain.handoff.frames import (
    APPROVAL,
    CARD,
    CHANGE,
    CHECKPOINT,
    FILE,
    FRAME_BYTES,
    PIN_CARD,
    REQUEST,
    SIGNATURE,
    WITNESS,
    Collector,
)
from console.domain.journal import cosignature
from console.domain.keyholder import enrolment
from console.ports.codes import Codes

PICTURE_BEGINS = (b"\x89PNG", b"\xff\xd8\xff")
PDF_BEGINS = b"%PDF-"
MOST_ON_PAGE = 12
"""Three by four: more on one page come out too small once a messenger has shrunk it (docs/performance.md)."""
_TRAVELLERS = {enrolment.CARD: CARD, enrolment.BUNDLE: CHANGE, enrolment.ANSWER: SIGNATURE}
NOTE_MARK = "\n\n\u2014 "
"""A signed note's blank line and the dash before each signature (c2sp.org/signed-note)."""


def pictures(codes: Codes, data: bytes, *, frame_bytes: int = FRAME_BYTES) -> list[bytes]:
    """Return an object as PNG pictures, in order."""
    return [codes.render(text) for text in handoff.split(kind_of(data), data, frame_bytes=frame_bytes)]


def page(codes: Codes, data: bytes, *, frame_bytes: int = FRAME_BYTES) -> bytes:
    """Return an object as one picture with all its frames side by side; ``Refused`` (frames_on_page) if too many."""
    frames = handoff.split(kind_of(data), data, frame_bytes=frame_bytes)
    if len(frames) > MOST_ON_PAGE:
        raise Refused("frames_on_page", frames=len(frames), most=MOST_ON_PAGE)
    return codes.page(frames)


def take_in(codes: Codes, given: Mapping[str, bytes]) -> bytes:
    """Return the object that pictures (name -> PNG, JPEG or PDF) or a single file hold.

    ``Refused``: handoff_mixed, and as ``scan``.
    """
    are_pictures = [data.startswith((*PICTURE_BEGINS, PDF_BEGINS)) for data in given.values()]
    if all(are_pictures):
        return scan(codes, given)[1]
    if any(are_pictures) or len(given) != 1:
        raise Refused("handoff_mixed")
    (data,) = given.values()
    return data


def scan(codes: Codes, images: Mapping[str, bytes]) -> tuple[Object, bytes]:
    """Return what the pictures (name -> PNG, JPEG or PDF) hold, described, and its bytes.

    Raises ``Refused``: no_code_in_picture, handoff_incomplete with the missing numbers.
    """
    collector = Collector()
    for text in texts(codes, images):
        collector.add(text)
    data, kind = collector.data(), collector.kind()
    value: dict[str, Json] = {
        "kind": kind,
        "frames": collector.count(),
        "bytes": len(data),
        "data": to_base64(data),
        "describes": describe(kind, data),
    }
    return value, data


def texts(codes: Codes, images: Mapping[str, bytes]) -> list[str]:
    """Return the texts of all codes in pictures; ``Refused`` (no_code_in_picture) names one without any."""
    found = []
    for name, image in images.items():
        try:
            read = codes.scan(image)
        except Refused as error:
            error.facts.setdefault("file", name)  # One of twenty pictures was cut on its way: which?
            raise
        if not read:
            raise Refused("no_code_in_picture", file=name)
        found += read
    return found


def spoken(data: bytes) -> Object:
    """Return an object as lines to read aloud, how long that takes, and how the letters are said."""
    names = [f"{letter} {name}" for letter, name in voice.NAMES.items()]
    rows = ["   ".join(names[at : at + 8]) for at in range(0, len(names), 8)]
    return {**voice.length(data), "names": cast(Json, rows), "text": cast(Json, voice.lines(data))}


def heard(typed: str) -> tuple[Object, bytes]:
    """Return what typed lines hold, described, and its bytes; raises as ``domain.spoken.read``."""
    data = voice.read(typed)
    kind = kind_of(data)
    value: dict[str, Json] = {
        "kind": kind,
        "frames": 0,
        "bytes": len(data),
        "data": to_base64(data),
        "describes": describe(kind, data),
    }
    return value, data


def kind_of(data: bytes) -> str:
    """Return what an object is by its form: an errand, an answer, a checkpoint, …, or just a file."""
    if sealed := errand.kind_of(data):
        return sealed
    if cosignature.is_question(data):
        return WITNESS
    if NOTE_MARK.encode() in data:
        return CHECKPOINT
    try:
        value = decode_object(data)
    except ConsoleError:
        return FILE
    if value.keys() == {"statement", "blob", "signature"}:
        return APPROVAL
    if value.keys() == {"v", "genesis", "steps", "checkpoint"}:
        return PIN_CARD
    if "station_signature" in value:
        return REQUEST
    return _TRAVELLERS.get(str(value.get("kind")), FILE)


def describe(kind: str, data: bytes) -> Object:
    """Return what it is, from whom and for whom, as it says of itself: nothing here is verified.

    ``Corrupt`` (arrival_shape) for a request that lacks what every request has; as the readers of the other kinds.
    """
    with shaped("arrival_shape"):
        return _told(kind, data)


def _told(kind: str, data: bytes) -> Object:
    if kind == REQUEST:
        body = Request.from_json(decode_object(data)).body
        return {
            "activation": body["activation"],
            "requester": body["requester"],
            "station": body["log"],
            "valid_minutes": cast(int, body["valid_seconds"]) // 60,
            "verified": False,
        }
    if kind == APPROVAL:
        approval = Approval.parse(data)
        return {"decision": approval.decision, "member": approval.member, "group": approval.group, "verified": False}
    if kind == WITNESS:
        asked = cosignature.parse_question(data)
        return {**describe(CHECKPOINT, asked.note), "old": asked.old}
    if kind == CHECKPOINT:
        origin, size, root = _lines(data)[:3]
        return {"log": origin, "size": size, "root": root, "verified": False}
    return {}


def _lines(data: bytes) -> Sequence[str]:
    return [*data.decode(errors="replace").split("\n"), "", "", ""]
