# SPDX-License-Identifier: Apache-2.0
"""A copy of everything that a restored station needs, and of nothing that opens it: signed, journaled, checked.

What is in it is safe in the clear: sealed, signed or encrypted. The key table stays out, so that what was erased
here comes back from no backup; so do all tokens and the station's own HSM.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import cast

from console.actions.console import Console
from console.actions.entries import unlocked_person, write
from console.actions.policy import steps as policy_actions
from console.actions.readiness.checks import DAY_MS, check, warn_of
from console.domain import keys
from console.domain.canonical import Json, Object, decode_object, digest, encode, from_base64, shaped, to_base64
from console.domain.entries.entry import Entry, to_rfc3339
from console.domain.entries.event import Event
from console.domain.entries.station import StationBackedUp, StationBackupDone
from console.domain.errors import Corrupt
from console.domain.text import told
from console.domain.words import to_words
from console.ports.medium import Medium
from console.ports.vault import Vault

MANIFEST = "backup.json"
BEGUN, DONE = "station.backed_up", "station.backup_done"
"""The entry before a backup, which is in it, and the one after its last file: a backup that was cut has none."""
MAX_DAYS = 35
TAKEN = (
    "canaries/",
    "cards/",
    "counsel/",
    "erasures/",
    "escrow/state.json",
    "escrow/database-key.json",
    "paper/",
    "policy/",
    "records/",
    "recovery/",
    "renewals/",
    "slots/",
    "state/",
    "database-key",
    "genesis.json",
    "station.toml",
)
LEFT = ("table/", "escrow/table.json", "drafts/", "proposals/", "proposed-renewals/")
"""Files of the station that no backup holds: opening keys, and what nobody has signed or finished yet."""


def make(console: Console, medium: Medium) -> Object:
    """Write a backup onto an empty medium, and journal its beginning and its end. Under the alarm no entry says so.

    ``Refused``: folder_not_empty, backup_same_disk.
    """
    medium.prepare()
    names = [name for name in console.vault.names("") if name.startswith(TAKEN)]
    _note(console, StationBackedUp(files=len(names)))
    for name in names:
        medium.write(name, console.vault.read(name))
    databases = console.logs.copy_databases(console.journal, medium)
    manifest = _manifest(console, medium, [*names, *databases])
    signature = console.hsm.sign("request", _signed(manifest))
    medium.write(MANIFEST, encode({"manifest": manifest, "signature": to_base64(signature)}))
    _note(console, StationBackupDone(files=len(names)))
    return {
        "folder": str(medium.folder),
        "files": len(names) + len(databases),
        "log": console.logs.current().origin,
        "size": manifest["size"],
        "made": manifest["made"],
    }


def _note(console: Console, said: Event) -> None:
    if not console.journal.alarm():
        write(console, said, unlocked_person(console), critical=True)


def _manifest(console: Console, medium: Medium, names: list[str]) -> dict[str, Json]:
    roster = console.policy.roster
    return {
        "v": 1,
        "vault": roster.vault,
        "mode": roster.mode,
        "roster": to_base64(roster.hash()),
        "genesis": to_base64(console.policy.genesis),
        "log": console.logs.current().origin,
        "size": console.journal.size(),
        "made": to_rfc3339(console.machine.reading().wall_ms),
        "files": [[name, to_base64(medium.sha256(name))] for name in sorted(names)],
    }


def verify(vault: Vault | None, medium: Medium) -> Object:
    """Check a backup against its signed list; with a station's files, also that it is theirs. Nothing is unlocked.

    ``Corrupt``: backup_shape, backup_altered, backup_of_another_station, signature_wrong.
    """
    manifest, signature, listed = _list_on(medium)
    # Before anything in it is read: a file that is damaged is a bad backup, and no evidence against a station.
    found = set(medium.names("")) - {MANIFEST}
    wrong = [n for n in sorted(found | set(listed)) if n not in found or medium.sha256(n) != listed.get(n)]
    if wrong:
        raise Corrupt("backup_altered", name=wrong[0], count=len(wrong))
    known, genesis = policy_actions.as_written(medium), from_base64(manifest["genesis"])
    if known.genesis != genesis or (vault is not None and policy_actions.as_written(vault).genesis != genesis):
        raise Corrupt("backup_of_another_station")
    roster = known.roster_of(from_base64(manifest["roster"]))
    keys.check_message(roster.station_point("request"), signature, _signed(manifest))
    return {
        "files": len(listed),
        "log": manifest["log"],
        "size": manifest["size"],
        "made": manifest["made"],
        "genesis": to_base64(genesis),
        "words": to_words(genesis),
        "ours": vault is not None,
    }


def _list_on(medium: Medium) -> tuple[dict[str, Json], bytes, dict[str, bytes]]:
    """Return (list, signature, name -> SHA-256) of a backup; nothing of it is checked yet."""
    try:
        with shaped("backup_shape"):
            value = decode_object(medium.read(MANIFEST))
            manifest, signature = cast(dict[str, Json], value["manifest"]), from_base64(value["signature"])
            files = cast(list[list[str]], manifest["files"])
            for name in ("roster", "genesis"):
                from_base64(manifest[name])
            return manifest, signature, {str(name): from_base64(hash_) for name, hash_ in files}
    except Corrupt as error:
        raise Corrupt("backup_shape") from error


def _signed(manifest: Object) -> bytes:
    return digest("sign-backup", hashlib.sha256(encode(manifest)).digest())


# --- how old it is --------------------------------------------------------------------------------------------


def backup_check(console: Console) -> dict[str, Json]:
    """Return the row of readiness: whether a whole backup was written, after all that a restore needs, and lately."""
    sealed, done = _newest(console, "credential.sealed"), _newest(console, DONE)
    if sealed is None and done is None:
        return check("backup", ok=True, detail="nothing is sealed yet", mend="nothing_to_back_up")
    begun = _newest(console, BEGUN)
    wrong = [told("none was ever written")] if done is None else [*_overtaken(console, done)]
    if begun is not None and (done is None or done.seq < begun.seq):
        wrong.append(told("the newest one was not finished"))
    return warn_of("backup", wrong)


def held(console: Console, names: Iterable[str]) -> set[str]:
    """Return which credentials the newest whole backup opens to the people of today: none, where they changed since."""
    done = _newest(console, DONE)
    if done is None or next(_since(console, "policy.changed", done), None):
        return set()
    return set(names) - _sealed_since(console, done)


def _overtaken(console: Console, done: Entry) -> Iterator[Object]:
    if names := _sealed_since(console, done):
        yield told("sealed since: {names}", names=", ".join(sorted(names)))
    if next(_since(console, "policy.changed", done), None):
        yield told("people, rules or sheets changed since")
    days = (console.machine.reading().wall_ms - done.t.wall_ms) // DAY_MS
    if days > MAX_DAYS:
        yield told("last written {days} days ago", days=days)


def _sealed_since(console: Console, done: Entry) -> set[str]:
    return {str(entry.body["credential"]) for entry in _since(console, "credential.sealed", done)}


def _newest(console: Console, type_: str) -> Entry | None:
    return next(console.journal.entries(type_=type_, newest_first=True, limit=1), None)


def _since(console: Console, type_: str, then: Entry) -> Iterator[Entry]:
    newest_first = console.journal.entries(type_=type_, newest_first=True)
    return takewhile(lambda entry: entry.seq > then.seq, newest_first)
