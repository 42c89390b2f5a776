# SPDX-License-Identifier: Apache-2.0
"""A copy of everything that a restored station needs, and of nothing that opens it: signed, journaled, checked.

What is in it is safe in the clear: sealed, signed or encrypted. The key table stays out, so that what was erased
here comes back from no backup; so do all tokens and the station's own HSM.
"""

import hashlib
from typing import cast

from console.actions import policy as policy_actions
from console.actions.keyholder import unlocked_person, write
from console.actions.ports import Console, Locked, Medium
from console.domain import keys
from console.domain.canonical import (
    Json,
    Object,
    decode_object,
    digest,
    encode,
    from_base64,
    shaped,
    to_base64,
)
from console.domain.errors import Corrupt
from console.domain.journal import to_rfc3339
from console.domain.words import to_words

MANIFEST = "backup.json"
TAKEN = (
    "canaries/", "cards/", "counsel/", "erasures/", "escrow/state.json", "escrow/database-key.json", "policy/",
    "records/", "recovery/", "renewals/", "slots/", "state/", "database-key", "genesis.json", "station.toml",
)  # fmt: skip
LEFT = ("table/", "escrow/table.json", "drafts/", "proposals/", "proposed-renewals/")
"""Files of the station that no backup holds: opening keys, and what nobody has signed or finished yet."""


def make(console: Console, medium: Medium) -> Object:
    """Write a backup onto an empty medium; the entry that says so is in it. Under the alarm no entry can say so.

    ``Refused``: folder_not_empty, backup_same_disk.
    """
    medium.prepare()
    names = [name for name in console.vault.names("") if name.startswith(TAKEN)]
    if not console.journal.alarm():
        write(console, "station.backed_up", unlocked_person(console), {"files": len(names)}, critical=True)
    for name in names:
        medium.write(name, console.vault.read(name))
    databases = console.logs.copy_databases(console.journal, medium)
    manifest = _manifest(console, medium, [*names, *databases])
    signature = console.hsm.sign("request", _signed(manifest))
    medium.write(MANIFEST, encode({"manifest": manifest, "signature": to_base64(signature)}))
    return {"folder": str(medium.folder), "files": len(names) + len(databases), "log": console.logs.current().origin,
            "size": console.journal.size(), "made": manifest["made"]}  # fmt: skip


def _manifest(console: Console, medium: Medium, names: list[str]) -> dict[str, Json]:
    roster = console.policy.roster
    return {
        "v": 1, "vault": roster.vault, "mode": roster.mode, "roster": to_base64(roster.hash()),
        "genesis": to_base64(console.policy.genesis), "log": console.logs.current().origin,
        "size": console.journal.size(), "made": to_rfc3339(console.machine.reading().wall_ms),
        "files": [[name, to_base64(medium.sha256(name))] for name in sorted(names)],
    }  # fmt: skip


def verify(locked: Locked | None, medium: Medium) -> Object:
    """Check a backup against its signed list; with a station, also that it is this station's. Nothing is unlocked.

    ``Corrupt``: backup_shape, backup_altered, backup_of_another_station, signature_wrong.
    """
    value = decode_object(medium.read(MANIFEST))
    with shaped("backup_shape"):
        manifest, signature = cast(dict[str, Json], value["manifest"]), from_base64(value["signature"])
        listed = {str(name): from_base64(hash_) for name, hash_ in cast(list[list[str]], manifest["files"])}
        roster_hash, genesis = from_base64(manifest["roster"]), from_base64(manifest["genesis"])
    known = policy_actions.as_written(medium)
    if known.genesis != genesis or (
        locked is not None and policy_actions.as_written(locked.vault).genesis != genesis
    ):
        raise Corrupt("backup_of_another_station")
    keys.check_message(known.roster_of(roster_hash).station_point("request"), signature, _signed(manifest))
    found = set(medium.names("")) - {MANIFEST}
    wrong = [n for n in sorted(found | set(listed)) if n not in found or medium.sha256(n) != listed.get(n)]
    if wrong:
        raise Corrupt("backup_altered", name=wrong[0], count=len(wrong))
    return {
        "files": len(listed), "log": manifest["log"], "size": manifest["size"], "made": manifest["made"],
        "genesis": to_base64(genesis), "words": to_words(genesis), "ours": locked is not None,
    }  # fmt: skip


def _signed(manifest: Object) -> bytes:
    return digest("sign-backup", hashlib.sha256(encode(manifest)).digest())
