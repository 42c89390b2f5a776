# SPDX-License-Identifier: Apache-2.0
"""Write ``resources/vectors/journal.json`` anew: ``python -m tests.vectors.journal``. A test makes it and compares.

All keys and salts in it are throw-away ones, and the signatures are Ed25519: the file is the same byte for byte.
"""

import base64
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console.domain.canonical import to_base64
from console.domain.entries.entry import Opening, commit
from console.domain.journal import merkle
from console.domain.journal.cosignature import policy
from console.domain.journal.opening import seal_opening
from console.domain.words import to_words
from tests.vectors.forge import ED25519, WITNESSES, Forged, Spooled

FILE = Path(__file__).parents[2] / "resources" / "vectors" / "journal.json"
LEFT_OUT = {"words.txt", "verify.py", "verify.html"}
OPENING_KEY, NONCE = bytes(range(32)), bytes(range(100, 112))

Made = dict[str, Any]


def vectors() -> Made:
    """Return all vectors; bytes in hex, what the format has as text as text."""
    log = _log()
    return {
        "entries": [_entry(log, seq, name) for seq, name in enumerate(("plain", "two fields", "a person"))],
        "not_entries": list(_not_entries(log)),
        "sealed_openings": [_sealed(log, name) for name in ("harm", "reason")],
        "checkpoint": {
            "vkey": log.key.public.vkey(),
            "note": log.note().decode(),
            "size": log.size,
            "root": log.roots[-1].hex(),
            "words": to_words(log.roots[-1]),
        },
        "proofs": list(_proofs(log)),
        "exports": list(_exports()),
    }


def text() -> str:
    """Return the file."""
    return json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"


def _log() -> Forged:
    log = Forged(ED25519)
    log.append(log.draft("station.created", body={"genesis": "AAAA"}))
    fields = {"reason": "SSO und CRM seit 14:05 nicht erreichbar", "harm": ["Frist läuft ab", 1, None]}
    items = [{"credential": "salesforce-emergency-admin", "item": 0}]
    body = {"grund": "Ä", "items": items, "minutes": 60}
    log.append(log.draft("activation.requested", act="act-1", body=body, fields=fields))  # type: ignore[arg-type]
    log.append(log.draft("record.added", subject="s-19", body={}))
    return log


def _entry(log: Forged, seq: int, name: str) -> Made:
    openings = {field: opening for (at, field), opening in log.openings.items() if at == seq}
    data = log.entries[seq]
    return {
        "name": name,
        "seq": seq,
        "data": data.decode(),
        "leaf": merkle.leaf_hash(data).hex(),
        "root_after": log.roots[seq + 1].hex(),
        "openings": {name: {"salt": one.salt.hex(), "value": one.value} for name, one in openings.items()},
    }


def _not_entries(log: Forged) -> Iterator[Made]:
    plain, acting = log.entries[0].decode(), log.entries[1].decode()
    body = '"body":{"genesis":"AAAA"}'
    for name, data, code in (
        ("white space", plain.replace('"actor":', ' "actor":'), "not_canonical"),
        ("duplicate key", plain.replace('"v":1', '"v":1,"v":1'), "not_canonical"),
        ("escape that need not be", plain.replace("AAAA", "\\u0041AAA"), "not_canonical"),
        ("not NFC", acting.replace("Ä", "A\u0308"), "not_canonical"),
        ("float", acting.replace('"minutes":60', '"minutes":60.5'), "not_canonical"),
        ("integer beyond 2^53-1", acting.replace('"minutes":60', '"minutes":9007199254740992'), "not_canonical"),
        ("lone surrogate", plain.replace("AAAA", "\\ud800"), "not_canonical"),
        ("members in another order", plain.replace(f'{body},"c":{{}}', f'"c":{{}},{body}'), "not_canonical"),
        ("seven levels", plain.replace('"AAAA"', "[[[[[1]]]]]"), "not_canonical"),
        ("array at top", f"[{plain}]", "not_canonical"),
        ("unknown member", plain.replace('"v":1', '"v":1,"w":1'), "entry_shape"),
        ("version 2", plain.replace('"v":1', '"v":2'), "entry_shape"),
        ("up_ns as a number", plain.replace('"up_ns":"0"', '"up_ns":0'), "entry_shape"),
        ("wall without milliseconds", plain.replace(".000Z", "Z"), "entry_shape"),
        ("quotation mark in an actor", plain.replace("member-1", 'member\\"1'), "entry_shape"),
        ("activation without act", acting.replace('"act":"act-1"', '"act":null'), "entry_shape"),
        ("counsel type on the facts track", plain.replace("station.created", "counsel.entry"), "entry_shape"),
    ):
        assert data not in (plain, acting), name
        yield {"name": name, "data": data, "code": code}


def _sealed(log: Forged, name: str) -> Made:
    entry = json.loads(log.entries[1])
    opening: Opening = log.openings[1, name]
    sealed = seal_opening(OPENING_KEY, opening.salt, NONCE, entry_id=entry["id"], name=name, value=opening.value)
    return {
        "key": OPENING_KEY.hex(),
        "salt": opening.salt.hex(),
        "nonce": NONCE.hex(),
        "id": entry["id"],
        "name": name,
        "value": opening.value,
        "sealed": sealed.hex(),
        "commitment": commit(opening.salt, entry["id"], name, opening.value).hex(),
    }


def _proofs(log: Forged) -> Iterator[Made]:
    good, key = log.prove(1).decode(), log.key.public.vkey()
    lines = good.split("\n")
    yield {"name": "honest", "key": key, "file": good, "code": None, "seq": 1, "opened": ["harm", "reason"]}
    for name, data, code in (
        ("another index", good.replace("index 1", "index 0"), "inclusion_not_proven"),
        ("a step less", "\n".join([*lines[:3], *lines[4:]]), "inclusion_not_proven"),
        ("another size", good.replace(f"\n{log.size}\n", f"\n{log.size + 1}\n"), "checkpoint_signature"),
        ("another header", good.replace("@v1", "@v2"), "proof_garbled"),
        ("another opening", _reopened(lines), "commitment_mismatch"),
    ):
        assert data != good, name
        yield {"name": name, "key": key, "file": data, "code": code}


def _reopened(lines: list[str]) -> str:
    extra = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
    extra["openings"][0]["value"] = "anders"
    data = json.dumps(extra, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return "\n".join([lines[0], f"extra {to_base64(data)}", *lines[2:]])


def _exports() -> Iterator[Made]:
    claimed = policy(ED25519.public, WITNESSES, 2)
    for name, log, code in (
        ("opened, withheld and erased fields", _with_fields("act:act-1/subject:p-1"), None),
        ("a field erased by another scope", _with_fields("act:act-1"), "erased_without_authority"),
        ("a field that is nowhere", _with_fields("act:act-1/subject:p-1", lost=True), "field_lost"),
        ("a spool", _with_spool(whole=True), None),
        ("a spool without its first record", _with_spool(whole=False), "spool_chain"),
        ("a spool that names a state of a fork", _with_spool(whole=True, forked=True), "spool_checkpoint"),
        ("a state that witnesses were shown and signed", _with_witness(forked=False), None),
        ("a state of a fork that witnesses were shown", _with_witness(forked=True), "witness_note"),
        ("an entry that does not follow", _not_following(), "prev_differs"),
    ):
        yield _export(name, log, code, {"key": log.key.public.vkey()})
    log = _log()
    witnessed = log.cosigned(0, 2, size=2)
    yield _export("witnessed by two of three", log, None, {"policy": claimed}, cosigned=witnessed)
    yield _export(
        "three needed",
        log,
        "quorum_missing",
        {"policy": claimed.replace("witnesses 2", "witnesses 3")},
        cosigned=witnessed,
    )
    yield from _held_against(log)
    yield from _other_lists()
    forked = log.cosigned(0, 2, size=2, root=log.roots[1])
    yield _export("witnesses saw another log", log, "cosigned_differs", {"policy": claimed}, cosigned=forked)


def _held_against(log: Forged) -> Iterator[Made]:
    """An export, and what was kept elsewhere: a checkpoint, or 12 words with the size before them."""
    key, words = log.key.public.vkey(), [" ".join(to_words(root)) for root in log.roots]
    longer = _with_witness(forked=False)
    for name, kept, code in (
        ("an older checkpoint that was kept", {"checkpoint": log.note(2).decode()}, None),
        ("a kept checkpoint of a fork", {"checkpoint": log.key.note(2, log.roots[1]).decode()}, "checkpoint_differs"),
        ("a kept checkpoint of more entries", {"checkpoint": longer.note().decode()}, "shorter_than_checkpoint"),
        ("12 words", {"words": words[-1]}, None),
        ("older words", {"words": f"2 {words[2]}"}, None),
        ("words of another size", {"words": f"2 {words[1]}"}, "words_differ"),
    ):
        yield _export(name, log, code, {"key": key, **kept})


def _other_lists() -> Iterator[Made]:
    """An export whose lists are told otherwise than section 4 has them."""
    log = _with_fields("act:act-1/subject:p-1")
    honest = _export("", log, None, {"key": log.key.public.vkey()})
    row = '{"seq": 1, "name": "why"}'
    for name, file, old, new, code in (
        ("an opening with a further member", "openings", '"name":', '"more": 1, "name":', "garbled"),
        ("an opening with two values", "openings", '"value":', '"value": "nie", "value":', "garbled"),
        ("an opening of entry 0.0", "openings", '"seq": 0', '"seq": 0.0', "garbled"),
        ("an opening of entry true", "openings", '"seq": 0', '"seq": true', "garbled"),
        ("another value", "openings", '"weil"', '"nie"', "commitment_mismatch"),
        ("a list with a further member", "withheld", '"v": 1', '"v": 1, "w": 1', "garbled"),
        ("a field that is listed twice", "withheld", row, f"{row}, {row}", "field_unknown"),
        ("a field that is listed under another entry", "withheld", '"seq": 1', '"seq": 3', "field_lost"),
    ):
        before = honest["texts"][f"{file}.json"]
        after = before.replace(old, new)
        assert after != before, name
        yield {**honest, "name": name, "code": code, "texts": {**honest["texts"], f"{file}.json": after}}


def _with_fields(scope: str, *, lost: bool = False) -> Forged:
    log = Forged(ED25519)
    log.append(log.draft("record.added", fields={"why": "weil"}))
    log.append(log.draft("record.added", act="act-1", fields={"why": "x"}), "withheld")
    log.append(
        log.draft("record.added", act="act-1", subject="p-1", fields={"name": "x"}), "lost" if lost else "erased"
    )
    log.append(log.draft("privacy.erased", body={"scopes": [scope]}))
    return log


def _with_witness(*, forked: bool) -> Forged:
    log = _log()
    root = log.roots[1] if forked else log.roots[2]
    said: Made = {"witness": WITNESSES[0].key.name, "size": 2, "root": to_base64(root)}
    asked = {**said, "old": 0, "note": log.cosigned(size=2, root=root).decode()}
    log.append(log.draft("witness.asked", body=asked))
    signed = {**said, "time": "2026-11-23T12:00:00Z", "note": log.cosigned(0, size=2, root=root).decode()}
    log.append(log.draft("witness.cosigned", body=signed))
    return log


def _with_spool(*, whole: bool, forked: bool = False) -> Forged:
    log = _log()
    spool = Spooled(log)
    if not whole:
        spool.count, spool.head = 1, bytes(32)
    spool.merge(note=log.key.note(2, log.roots[1]) if forked else log.note(2))
    spool.merge()
    spool.settle()
    return log


def _not_following() -> Forged:
    log = _log()
    log.roots[-1] = log.roots[0]
    data = log.compose(log.draft())
    log.take(data)
    return log


def _export(name: str, log: Forged, code: str | None, given: Made, cosigned: bytes | None = None) -> Made:
    with tempfile.TemporaryDirectory() as base:
        folder = log.write(
            Path(base) / "out", cosigned=cosigned, witnesses=WITNESSES if cosigned else (), quorum=2 if cosigned else 0
        )
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in LEFT_OUT)
        held = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    texts = {path: data.decode() for path, data in held.items() if not path.startswith("tile/")}
    tiles = {path: to_base64(data) for path, data in held.items() if path.startswith("tile/")}
    return {"name": name, "given": given, "code": code, "texts": texts, "tiles": tiles}


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
