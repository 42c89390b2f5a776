# SPDX-License-Identifier: Apache-2.0
"""What is sealed to the station's recovery sheets: rows of a table in one file of each kind.

Byte for byte: ``docs/formats/sealing.md``, section 16.
"""

from collections.abc import Mapping
from typing import cast

from console.domain import keys
from console.domain.canonical import Json, decode, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.recovery.sheets import RecoveryKey
from console.domain.sealed import envelope


def seal(kind: str, vault: str, point: bytes, rows: Mapping[str, bytes]) -> bytes:
    """Return the bytes of an escrow file: rows (name -> bytes) sealed to the station's recovery point."""
    body = encode([[name, to_base64(value)] for name, value in sorted(rows.items())])
    blob = keys.seal_to(point, body, info=_info(kind, vault, point))
    return encode(
        {
            "v": 1,
            "suite": envelope.SUITE,
            "kind": kind,
            "vault": vault,
            "point": to_base64(point),
            "blob": to_base64(blob),
        }
    )


def sealed_to(data: bytes) -> bytes:
    """Return the point that an escrow file is sealed to."""
    value = decode_object(data)
    with shaped("escrow_shape"):
        return from_base64(value["point"])


def unseal(data: bytes, kind: str, vault: str, key: RecoveryKey) -> dict[str, bytes]:
    """Return the rows of an escrow file; ``Corrupt`` (escrow_shape, seal_broken) if it is another's or was changed."""
    value = decode_object(data)
    with shaped("escrow_shape"):
        blob = from_base64(value["blob"])
    (body,) = key.open([(blob, _info(kind, vault, key.point))])
    with shaped("escrow_shape"):
        return {str(name): from_base64(text) for name, text in cast(list[tuple[str, Json]], decode(body))}


def _info(kind: str, vault: str, point: bytes) -> bytes:
    return digest("escrow", kind.encode(), vault.encode(), point)
