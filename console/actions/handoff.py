# SPDX-License-Identifier: Apache-2.0
"""Hand something over as pictures, and read pictures again; needs no station, no key and no journal."""

from collections.abc import Mapping, Sequence
from typing import cast

from console.actions.ports import Codes
from console.domain import handoff
from console.domain.canonical import Json, Object, decode_object, to_base64
from console.domain.ceremony import Approval, Request
from console.domain.errors import ConsoleError, Refused
from console.domain.handoff import FRAME_BYTES, Collector

FILE, REQUEST, APPROVAL, CHECKPOINT = "file", "request", "approval", "checkpoint"
NOTE_MARK = "\n\n\u2014 "
"""A signed note's blank line and the dash before each signature (c2sp.org/signed-note)."""


def pictures(codes: Codes, data: bytes, *, frame_bytes: int = FRAME_BYTES) -> list[bytes]:
    """Return an object as PNG pictures, in order."""
    return [codes.render(text) for text in handoff.split(kind_of(data), data, frame_bytes=frame_bytes)]


def scan(codes: Codes, images: Mapping[str, bytes]) -> tuple[Object, bytes]:
    """Return what the pictures (name -> PNG or JPEG) hold, described, and its bytes.

    Raises ``Refused``: no_code_in_picture, handoff_incomplete with the missing numbers.
    """
    collector = Collector()
    for name, image in images.items():
        texts = codes.scan(image)
        if not texts:
            raise Refused("no_code_in_picture", file=name)
        for text in texts:
            collector.add(text)
    data, kind = collector.data(), collector.kind()
    value: dict[str, Json] = {
        "kind": kind, "frames": collector.count(), "bytes": len(data), "data": to_base64(data),
        "describes": describe(kind, data),
    }  # fmt: skip
    return value, data


def kind_of(data: bytes) -> str:
    """Return what an object is by its form: a request, an approval, a checkpoint, or just a file."""
    if NOTE_MARK.encode() in data:
        return CHECKPOINT
    try:
        value = decode_object(data)
    except ConsoleError:
        return FILE
    if value.keys() == {"statement", "blob", "signature"}:
        return APPROVAL
    return REQUEST if "station_signature" in value else FILE


def describe(kind: str, data: bytes) -> Object:
    """Return what it is, from whom and for whom, as it says of itself: nothing here is verified."""
    if kind == REQUEST:
        body = Request.from_json(decode_object(data)).body
        return {
            "activation": body["activation"], "requester": body["requester"], "station": body["log"],
            "valid_minutes": cast(int, body["valid_seconds"]) // 60, "verified": False,
        }  # fmt: skip
    if kind == APPROVAL:
        approval = Approval.parse(data)
        return {
            "decision": approval.decision,
            "member": approval.member,
            "group": approval.group,
            "verified": False,
        }
    if kind == CHECKPOINT:
        origin, size, root = _lines(data)[:3]
        return {"log": origin, "size": size, "root": root, "verified": False}
    return {}


def _lines(data: bytes) -> Sequence[str]:
    return [*data.decode(errors="replace").split("\n"), "", "", ""]
