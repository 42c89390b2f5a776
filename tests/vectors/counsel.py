# SPDX-License-Identifier: Apache-2.0
"""Write ``resources/vectors/counsel.json`` anew: ``python -m tests.vectors.counsel``. The test reads it back.

Seals are random, so a new file differs in bytes; it is written anew only when the format changes. All keys in it are
throw-away keys.
"""

import hashlib
import json
from pathlib import Path

from console.domain.canonical import Json, to_base64
from console.domain.entries.entry import Draft, Opening, Reading, commit, compose
from console.domain.keys import RosterKey
from console.domain.record import counsel
from console.domain.record.counsel import CounselKey, Reader
from tests.vectors.points import point_of, private

FILE = Path(__file__).parents[2] / "resources" / "vectors" / "counsel.json"
VAULT = "01890a5d-ac96-774b-bcce-b302099a8057"
ID = "01890a5d-ac96-774b-bcce-b302099a8058"
SECRET, SCALAR = bytes(range(32)), "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2"
FIELDS: dict[str, Json] = {
    "kind": "note",
    "title": "Einschätzung",
    "text": "Der Mandant rechnet mit einer Klage.",
    "matter": "M-2026-00117",
}


def vectors() -> dict[str, Json]:
    """Return all vectors; bytes in hex, objects of the format as their canonical text."""
    key, reader = CounselKey(SECRET, VAULT), Reader("legal-1", RosterKey(point_of(private(SCALAR))))
    wrap = counsel.wrap(SECRET, VAULT, reader)
    salts = {name: hashlib.sha256(name.encode()).digest() for name in FIELDS}
    sealed = {
        name: counsel.seal_field(key.point, ID, name, Opening(salts[name], value)) for name, value in FIELDS.items()
    }
    commitments = {
        name: (commit(salts[name], ID, name, value), hashlib.sha256(sealed[name]).digest())
        for name, value in FIELDS.items()
    }
    draft = Draft("counsel.entry", "p-0011223344556677", "unlock", ID, {"key": key.name}, FIELDS, track="counsel")
    entry = compose(
        draft,
        log="demo.example/console-demo/log-1",
        mode="drill",
        seq=0,
        prev=hashlib.sha256(b"").digest(),
        reading=Reading(1_795_435_200_000, "boot-1", 3600 * 10**9),
        commitments=commitments,
    )
    return {
        "vault": VAULT,
        "secret": SECRET.hex(),
        "point": key.point.hex(),
        "name": key.name,
        "reader": {"private": SCALAR, "public": reader.key.public.hex()},
        "wrap": {"file": wrap.file, "text": wrap.encode().decode(), "named": wrap.named("p-0011223344556677")},
        "entry": entry.decode(),
        "fields": FIELDS,
        "sealed": {name: to_base64(blob) for name, blob in sealed.items()},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
