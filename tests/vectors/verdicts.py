# SPDX-License-Identifier: Apache-2.0
"""One table of exports and proofs, honest and not, with the verdict that each deserves.

A case is a folder or file on disk, what somebody types beside it, and the code of the first finding (None: it
verifies). verify.py and verify.html are held against the same table.
"""

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from console.domain.canonical import Json, Object, to_base64
from console.domain.journal import checkpoint, cosignature, merkle
from console.domain.words import WORDS, to_words
from tests.vectors.forge import ED25519, OTHER, P256, WITNESSES, Forged, LogKey, Spooled

GIVEN = ("key_garbled", "key_of_another_log", "words_garbled")
"""Findings on what somebody typed: no verdict on the files."""
Change = Callable[[Path], object]
KEY = ("--key", P256.public.vkey())
DEEP, BYTES = (*KEY, "--deep"), (*KEY, "--bytes")


@dataclass(frozen=True)
class Case:
    """What is judged, with what from elsewhere, and the first finding."""

    name: str
    judged: Path
    arguments: tuple[str, ...]
    code: str | None = None
    given: bool = False
    """The finding is about a policy or a checkpoint that was given from outside, and not about the files."""

    @property
    def judged_not(self) -> bool:
        """Return whether nothing may be said of the files."""
        return self.given or self.code in GIVEN


def edit(name: str, change: Callable[[bytes], bytes]) -> Change:
    """Return a change of one file."""

    def apply(folder: Path) -> None:
        before = (folder / name).read_bytes()
        after = change(before)
        assert after != before, name
        (folder / name).write_bytes(after)

    return apply


def in_list(name: str, change: Callable[[list[Any]], object]) -> Change:
    """Return a change of one of the lists of fields."""

    def apply(data: bytes) -> bytes:
        value = json.loads(data)
        change(value[name])
        return json.dumps(value).encode()

    return edit(f"{name}.json", apply)


def withhold(folder: Path, seq: int) -> None:
    """Hold the fields of an entry back from this recipient."""
    opened, held = (json.loads((folder / f"{name}.json").read_text()) for name in ("openings", "withheld"))
    held["withheld"] += [{"seq": seq, "name": o["name"]} for o in opened["openings"] if o["seq"] == seq]
    opened["openings"] = [o for o in opened["openings"] if o["seq"] != seq]
    for name, value in (("openings", opened), ("withheld", held)):
        (folder / f"{name}.json").write_text(json.dumps(value))


def _swap(openings: list[dict[str, Any]]) -> None:
    for member in ("salt", "value"):
        openings[0][member], openings[1][member] = openings[1][member], openings[0][member]


FILES: dict[str, tuple[Change, str]] = {
    "edited body": (edit("tile/entries/000", lambda data: data.replace(b"xxx", b"yyy", 1)), "tile_differs"),
    "edited last entry": (edit("tile/entries/002.p/88", lambda data: data.replace(b"xxx", b"yyy", 1)), "tile_differs"),
    "edited tile": (edit("tile/0/001", lambda data: data[:40] + b"\0" + data[41:]), "tile_differs"),
    "longer tile": (edit("tile/0/001", lambda data: data + data), "tile_differs"),
    "shorter tile": (edit("tile/0/001", lambda data: data[:-32]), "tile_differs"),
    "edited upper tile": (edit("tile/1/000.p/2", lambda data: data[::-1]), "tile_differs"),
    "cut bundle": (edit("tile/entries/001", lambda data: data[:-1]), "bundle_garbled"),
    "longer bundle": (edit("tile/entries/001", lambda data: data + b"\0\1x"), "bundle_garbled"),
    "half a length": (edit("tile/entries/001", lambda data: data + b"\0"), "bundle_garbled"),
    "missing bundle": (lambda folder: (folder / "tile/entries/001").unlink(), "file_missing"),
    "missing checkpoint": (lambda folder: (folder / "checkpoint").unlink(), "file_missing"),
    "missing policy": (lambda folder: (folder / "policy").unlink(), "file_missing"),
    "unknown tile": (lambda folder: (folder / "tile/0/003").write_bytes(b"x"), "file_unknown"),
    "other size": (edit("checkpoint", lambda note: note.replace(b"\n600\n", b"\n599\n")), "checkpoint_signature"),
    "other origin": (edit("checkpoint", lambda note: note.replace(b"07/", b"08/")), "key_of_another_log"),
    "extension line": (edit("checkpoint", lambda note: note.replace(b"\n\n", b"\nmore\n\n")), "checkpoint_garbled"),
    "no signature": (edit("checkpoint", lambda note: note.partition(b"\n\n")[0] + b"\n\n"), "checkpoint_garbled"),
    "a tab": (edit("checkpoint", lambda note: note.replace(b"station", b"sta\tion")), "checkpoint_garbled"),
    "no base64": (edit("checkpoint", lambda note: note[:-3] + b"!=\n"), "garbled"),
    "policy of nothing": (edit("policy", lambda _: b"log\nquorum none\n"), "policy_garbled"),
    "policy without quorum": (edit("policy", lambda text: text.replace(b"quorum none\n", b"")), "policy_garbled"),
    "policy after a byte order mark": (edit("policy", lambda text: b"\xef\xbb\xbf" + text), "policy_garbled"),
    "policy with a key twice": (edit("policy", lambda text: text.partition(b"\n")[0] + b"\n" + text), "policy_garbled"),
}
ALARM = b'{"alarm":["journal_missing"],"log":"a/log-0","renewal":"' + b"A" * 43 + b'="}'
FILES |= {
    "log.json of another log": (edit("log.json", lambda data: data.replace(b"/log-", b"/log-9")), "log_json_differs"),
    "log.json with an alarm of its own": (
        edit("log.json", lambda data: data.replace(b'"alarms":[]', b'"alarms":[' + ALARM + b"]")),
        "log_json_differs",
    ),
    "cut log.json": (edit("log.json", lambda data: data[:-3]), "garbled"),
    "empty log.json": (edit("log.json", lambda _: b""), "garbled"),
    "log.json as a list": (edit("log.json", lambda data: b"[" + data + b"]"), "garbled"),
    "log.json of another version": (edit("log.json", lambda data: data.replace(b'"v":1', b'"v":2')), "garbled"),
    "log.json with more": (edit("log.json", lambda data: data.replace(b'"v":1', b'"v":1,"w":1')), "garbled"),
    "log.json with a member twice": (edit("log.json", lambda data: data.replace(b'"v":1', b'"v":1,"v":1')), "garbled"),
    "log.json followed by a number": (edit("log.json", lambda data: data.replace(b"false", b"0")), "garbled"),
    "log.json without alarms": (edit("log.json", lambda data: data.replace(b'"alarms":[]', b'"alarms":{}')), "garbled"),
    "log.json with half an alarm": (
        edit("log.json", lambda data: data.replace(b'"alarms":[]', b'"alarms":[{"log":"a"}]')),
        "garbled",
    ),
}
FIELDS: dict[str, tuple[Change, str]] = {
    "other value": (in_list("openings", lambda found: found[0].update(value="harmlos")), "commitment_mismatch"),
    "other salt": (in_list("openings", lambda found: found[0].update(salt="AA" * 20 + "AAA=")), "commitment_mismatch"),
    "short salt": (in_list("openings", lambda found: found[0].update(salt="AAAA")), "garbled"),
    "swapped openings": (in_list("openings", _swap), "commitment_mismatch"),
    "lost opening": (in_list("openings", lambda found: found.pop()), "field_lost"),
    "opening of nothing": (in_list("openings", lambda found: found.append(found[0] | {"seq": 8})), "field_unknown"),
    "opening of no number": (in_list("openings", lambda found: found[0].pop("seq")), "garbled"),
    "not listed as withheld": (in_list("withheld", lambda found: found.clear()), "field_lost"),
    "withheld although opened": (
        in_list("withheld", lambda found: found.append({"seq": 7, "name": "why"})),
        "field_unknown",
    ),
    "listed twice": (in_list("withheld", lambda found: found.append(found[0])), "field_unknown"),
    "erased by nobody": (
        lambda folder: (
            in_list("withheld", lambda found: found.clear())(folder),
            in_list("erased", lambda found: found.append({"seq": 300, "name": "why"}))(folder),
        ),
        "erased_without_authority",
    ),
    "opening of entry true": (in_list("openings", lambda found: found.append(found[0] | {"seq": True})), "garbled"),
    "opening of entry 7.0": (edit("openings.json", lambda data: re.sub(rb'"seq": ?7', b'"seq":7.0', data)), "garbled"),
    "opening of entry null": (in_list("openings", lambda found: found[0].update(seq=None)), "garbled"),
    "opening of a text": (in_list("openings", lambda found: found[0].update(seq="7")), "garbled"),
    "opening of the name 1": (in_list("openings", lambda found: found[0].update(name=1)), "garbled"),
    "opening with another member": (in_list("openings", lambda found: found[0].update(more=1)), "garbled"),
    "opening that is a list": (
        in_list("openings", lambda found: found.append(["name", "salt", "seq", "value"])),
        "garbled",
    ),
    "opening not in NFC": (in_list("openings", lambda found: found[0].update(value="a\u0308")), "garbled"),
    "opening with a name of no profile": (
        in_list("openings", lambda found: found[0].update(value={"A": 1})),
        "garbled",
    ),
    "opening of a great number": (in_list("openings", lambda found: found[0].update(value=2**53)), "garbled"),
    "opening with a member twice": (
        edit("openings.json", lambda data: re.sub(rb'"value":', b'"value":"x","value":', data, count=1)),
        "garbled",
    ),
    "opening with an escaped member twice": (
        edit("openings.json", lambda data: data.replace(b'"value":', b'"v\\u0061lue" : "x","value":', 1)),
        "garbled",
    ),
    "salt of 31 bytes": (in_list("openings", lambda found: found[0].update(salt=to_base64(bytes(31)))), "garbled"),
    "openings twice": (
        edit("openings.json", lambda data: re.sub(rb'"openings":', b'"openings":[],"openings":', data)),
        "garbled",
    ),
    "openings with more": (edit("openings.json", lambda data: re.sub(rb'"v": ?1', b'"v":1,"w":1', data)), "garbled"),
    "openings as a list": (edit("openings.json", lambda data: b"[" + data + b"]"), "garbled"),
    "openings in an object": (edit("erased.json", lambda _: b'{"v":1,"erased":{}}'), "garbled"),
    "withheld with a salt": (in_list("withheld", lambda found: found[0].update(salt="")), "garbled"),
    "openings of version true": (edit("openings.json", lambda data: re.sub(rb'"v": ?1', b'"v":true', data)), "garbled"),
    "openings of another version": (edit("openings.json", lambda data: re.sub(rb'"v": ?1', b'"v":2', data)), "garbled"),
    "garbled openings": (edit("openings.json", lambda data: b"[" + data), "garbled"),
    "missing erased": (lambda folder: (folder / "erased.json").unlink(), "file_missing"),
}
RUBBISH = [
    (b'"seq":2', b'"seq":3', "entry_out_of_place"),
    (b'"mode":"drill"', b'"mode":"real"', "entry_out_of_place"),
    (b"station-07", b"station-08", "entry_out_of_place"),
    (b'"prev":"', b'"prev":"AAAA', "entry_shape"),
    (b'"v":1', b'"v":2', "entry_shape"),
    (b'"v":1}', b'"v":1,"w":1}', "entry_shape"),
    (b',"c":', b',"bz":{},"c":', "entry_shape"),
    (b'"number":2}', b'"number":[2]},"body2":{"a":1}', "entry_shape"),
    (b'"wall":"2026-11-23', b'"wall":"2026-02-30', "entry_shape"),
    (b'"wall":"2026-11-23', b'"wall":"2026-02-29', "entry_shape"),
    (b'"wall":"2026-11-23', b'"wall":"2100-02-29', "entry_shape"),
    (b'"wall":"2026-11-23', b'"wall":"0000-11-23', "entry_shape"),
    (b'"v":1}', b'"v":1 }', "not_canonical"),
    (b'"body":', b'"body":[],"c":{},"body":', "not_canonical"),
    (b'"proof":"token"', b'"proof":"trust"', "entry_shape"),
    (b'"act":"act-1"', b'"act":null', "entry_shape"),
    (b'"track":"facts"', b'"track":"counsel"', "entry_shape"),
    (b'"number":2', b'"number":2.5', "not_canonical"),
    (b'"number":2', b'"number":2,"number":2', "not_canonical"),
    (b'"number":2', b'"zahl":2,"number":2', "not_canonical"),
    (b'"number":2', b'"Number":2', "not_canonical"),
    (b'"number":2', b'"number":9007199254740992', "not_canonical"),
    (b'"number":2', b'"number":"a\\u0308"', "not_canonical"),
    (b'"number":2', b'"number":NaN', "not_canonical"),
    (b'"number":2', b'"number":[[[[[1]]]]]', "not_canonical"),
    (b'"number":2', b'"number":"\xff"', "not_canonical"),
    (b'"unc_ms":null', b'"unc_ms":-1', "entry_shape"),
    (b"T", b"t", "entry_shape"),
    (b'"up_ns":"', b'"up_ns":"0', "entry_shape"),
    (b'"blob":[]', b'"blob":[{}]', "entry_shape"),
    (b'"c":{}', b'"c":{"a":["x","y"]}', "entry_shape"),
]


TOKENS = (
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"NaN",
    b"9" * 5000,
    b'"\\ud800"',
    b"[" * 3000,
    b"{}",
    b"\xff\xfe",
    b"\0",
    b"\n",
    b'"',
    b"\xe2\x80\x94 a b\n",
    b"=",
    b"log x\n",
)


def sample() -> Forged:
    """Return a log with all that deep verification looks at."""
    log = Forged()
    log.append(log.draft(fields={"why": "x", "who": {"a": [1, "ü"]}}))
    log.append(log.draft(act="act-1", fields={"why": "x"}), "erased")
    log.append(log.draft("privacy.erased", body={"scopes": ["act:act-1"]}))
    note = log.note().decode()
    said: Object = {"witness": "w", "size": 3, "root": note.split("\n")[2], "old": 0, "note": note}
    log.append(log.draft("witness.asked", body=said))
    spool = Spooled(log)
    spool.merge(note=log.note(2))
    spool.merge()
    spool.settle()
    return log


def bent(data: bytes, at: float, length: int, kind: int, byte: int, token: bytes) -> bytes:
    """Return bytes flipped, cut out, cut off, doubled, or with a token put in, at this share of them."""
    place = int(at * len(data))
    before, hit, after = data[:place], data[place : place + length], data[place + length :]
    flipped = bytes(one ^ byte for one in hit)
    return (before + flipped + after, before + after, before, before + hit + hit + after, before + token + after)[kind]


def bent_cases(base: Path, seed: int, count: int) -> Iterator[Case]:
    """Yield exports and proofs of which one place is bent at random, the same ones for each seed."""
    random, log = Random(seed), sample()
    honest = log.write(_new(base), cosigned=log.cosigned(0, 1, size=5), witnesses=WITNESSES, quorum=2)
    names = [str(path.relative_to(honest)) for path in honest.rglob("*") if path.suffix not in (".py", ".txt")]
    files = sorted(name for name in names if (honest / name).is_file())

    def change(data: bytes) -> bytes:
        kind, token = random.randrange(5), random.choice(TOKENS)
        return bent(data, random.random(), random.randint(1, 40), kind, random.randint(1, 255), token)

    for number in range(count):
        name, seq = random.choice(files), random.randrange(log.size)
        if number % 3 == 0:
            folder = _new(base)
            shutil.copytree(honest, folder)
            (folder / name).write_bytes(change((folder / name).read_bytes()))
            yield Case(f"{number}: {name}", folder, DEEP)
        elif number % 3 == 1:
            other = Forged(openings=dict(log.openings), withheld=list(log.withheld), erased=list(log.erased))
            for place, entry in enumerate(log.entries):
                other.take(change(entry)[:65535] if place == seq else entry)
            yield Case(f"{number}: entry {seq}", other.write(_new(base)), DEEP)
        else:
            yield Case(f"{number}: proof", _proof(base, change(log.prove(0))), KEY)


def all_cases(base: Path, honest: Path, older: bytes) -> Iterator[Case]:
    """Yield every case, made below ``base``; ``honest``: an export of 600 entries of a station with the key P256."""
    yield from _honest(base, honest, older)
    for depth, arguments in (("", BYTES), (", deep", DEEP)):
        for name, (change, code) in FILES.items():
            yield Case(f"{name}{depth}", _changed(base, honest, change), arguments, code)
    for name, (change, code) in FIELDS.items():
        yield Case(name, _changed(base, honest, change), DEEP, code)
    for place, (old, new, code) in enumerate(RUBBISH):
        yield Case(f"rubbish {place}: {new!r}", _rubbish(base, old, new), DEEP, code)
    for source in (_kinds, _erased, _witnessed, _policies, _spooled, _proofs):
        yield from source(base)


def _new(base: Path) -> Path:
    return base / f"case-{len(list(base.iterdir()))}"


def _file(base: Path, data: bytes | str) -> str:
    path = _new(base)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(path)


def _changed(base: Path, honest: Path, change: Change) -> Path:
    folder = _new(base)
    shutil.copytree(honest, folder)
    change(folder)
    return folder


def _honest(base: Path, honest: Path, older: bytes) -> Iterator[Case]:
    kept, root = _file(base, older), base64.b64decode((honest / "checkpoint").read_bytes().split(b"\n")[2])
    words = " ".join(to_words(root))
    yield Case("honest", honest, KEY)
    yield Case("honest, bytes", honest, BYTES)
    yield Case("honest, without log.json", _changed(base, honest, lambda folder: (folder / "log.json").unlink()), KEY)
    yield Case("honest, deep", honest, DEEP)
    yield Case("honest, no key", honest, ("--deep",))
    yield Case("honest, an older checkpoint", honest, (*DEEP, "--checkpoint", kept))
    yield Case("honest, an older checkpoint, bytes", honest, (*BYTES, "--checkpoint", kept))
    yield Case("honest, 12 words", honest, (*KEY, "--words", words))
    yield Case("older words", honest, (*KEY, "--words", f"300 {words}"), "words_differ")
    yield Case("words of more", honest, (*KEY, "--words", f"601 {words}"), "shorter_than_checkpoint")
    yield Case("11 words", honest, (*KEY, "--words", words.partition(" ")[2]), "words_garbled")
    yield Case("words of no list", honest, (*KEY, "--words", f"{words} xyz"), "words_garbled")
    yield Case(
        "words that are not the list",
        _changed(base, honest, edit("words.txt", lambda d: d[1:])),
        (*KEY, "--words", words),
        "file_garbled",
    )
    yield Case("another key", honest, ("--key", OTHER.public.vkey()), "checkpoint_unsigned")
    next_log = LogKey(P256.private, P256.public.name.replace("log-1", "log-2"))
    yield Case("the key of the next log", honest, ("--key", next_log.public.vkey()), "key_of_another_log")
    yield Case("the key of the next log, too", honest, (*KEY, "--key", next_log.public.vkey()))
    yield Case("no key at all", honest, ("--key", "hello"), "key_garbled")
    yield Case("a key with another id", honest, ("--key", KEY[1].replace("+", "+0", 1)), "key_garbled")
    short = Forged()
    for _ in range(20):
        short.append(short.draft())
    folder = short.write(_new(base))
    yield Case("a lost tail", folder, (*KEY, "--checkpoint", kept), "shorter_than_checkpoint")
    yield Case("another past", honest, (*KEY, "--checkpoint", _file(base, short.note())), "checkpoint_differs")
    other = LogKey(P256.private, "example.org/station-08/log-1")
    note = _file(base, other.note(20, short.roots[20]))
    yield Case(
        "a checkpoint of another log",
        folder,
        (*KEY, "--key", other.public.vkey(), "--checkpoint", note),
        "checkpoint_of_another_log",
        given=True,
    )
    yield Case(
        "a checkpoint that is none",
        honest,
        (*KEY, "--checkpoint", _file(base, "hello\n")),
        "checkpoint_garbled",
        given=True,
    )
    spoilt = older.replace(older.split(b"\n")[2], base64.b64encode(bytes(32)))
    yield Case(
        "a checkpoint that was edited",
        honest,
        (*KEY, "--checkpoint", _file(base, spoilt)),
        "checkpoint_signature",
        given=True,
    )


def _rubbish(base: Path, old: bytes, new: bytes) -> Path:
    log = Forged()
    for _ in range(2):
        log.append(log.draft("activation.noted", act="act-1"))
    entry = log.compose(log.draft("activation.noted", act="act-1"))
    assert old in entry
    log.take(entry.replace(old, new, 1))
    return log.write(_new(base))


def _kinds(base: Path) -> Iterator[Case]:
    empty = Forged().write(_new(base))
    shutil.rmtree(empty / "tile")
    yield Case("empty", empty, DEEP)
    log = Forged()
    log.take(log.compose(log.draft()).replace(b'"number":0', b'"number":Infinity'))
    folder = log.write(_new(base))
    yield Case("an entry that is no JSON", folder, KEY, "not_canonical")
    yield Case("an entry that is no JSON, bytes", folder, BYTES, "garbled")
    log = Forged()
    log.take(log.compose(log.draft()).replace(b'"body":{"number":0}', b'"body":[]'))
    yield Case("an entry whose body is a list, bytes", log.write(_new(base)), BYTES, "garbled")
    log = Forged()
    log.append(log.draft(fields={"n": 1, "deep": {"a": [[[[[1]]]]]}}))
    yield Case("six levels in a field", log.write(_new(base)), DEEP)
    yield Case("six levels in a field, proven", _proof(base, log.prove(0)), KEY)
    folder = log.write(_new(base))
    for text, code in ((b"1.0", "garbled"), (b"1e0", "garbled"), (b"true", "commitment_mismatch")):
        yield Case(f"a field of value {text!r}", _changed(base, folder, _saying(text)), DEEP, code)
    log = Forged(ED25519)
    log.append(log.draft(body={"a": ["ä", -5, True, None]}))
    log.append(log.draft(fields={"why": "Schlüssel 🔑", "who": {"name": "x", "list": [1, 2]}}))
    log.append(log.draft())
    folder = log.write(_new(base))
    yield Case("Ed25519", folder, ("--key", ED25519.public.vkey(), "--deep"))
    smaller = _changed(base, folder, edit("checkpoint", lambda note: note.replace(b"\n3\n", b"\n2\n")))
    key = ("--key", ED25519.public.vkey())
    yield Case("Ed25519, another signature", smaller, key, "checkpoint_signature")


def _saying(value: bytes) -> Change:
    return edit("openings.json", lambda data: data.replace(b'"value": 1}', b'"value": ' + value + b"}"))


def _erased(base: Path) -> Iterator[Case]:
    def folder(
        scopes: list[str], *, before: bool = False, act: str | None = "act-1", subject: str | None = None
    ) -> Path:
        log = Forged()
        if before:
            log.append(log.draft("privacy.erased", body={"scopes": list(scopes)}))
        log.append(log.draft(act=act, subject=subject, fields={"why": "x"}), "erased")
        if not before:
            log.append(log.draft("privacy.erased", body={"scopes": list(scopes)}))
        return log.write(_new(base))

    code = "erased_without_authority"
    yield Case("erased", folder(["act:act-1"]), DEEP)
    yield Case("erased, among others", folder(["station", "act:act-1"]), DEEP)
    yield Case("erased, a person", folder(["subject:p-1"], act=None, subject="p-1"), DEEP)
    yield Case("erased, a person inside an activation", folder(["act:act-1/subject:p-1"], subject="p-1"), DEEP)
    yield Case("erased, the station's", folder(["station"], act=None), DEEP)
    yield Case("erased, bytes", folder([]), BYTES)
    yield Case("erased before it was written", folder(["act:act-1"], before=True), DEEP, code)
    yield Case("erased by another scope", folder(["act:act-2"]), DEEP, code)
    yield Case("erased by half a scope", folder(["act:act-1"], subject="p-1"), DEEP, code)
    yield Case("erased by no list", folder([]), DEEP, code)
    log = Forged()
    itself = log.draft("privacy.erased", act="act-1", body={"scopes": ["act:act-1"]}, fields={"why": "x"})
    log.append(itself, "erased")
    yield Case("erased by itself", log.write(_new(base)), DEEP, code)
    wrong: list[Json] = ["act:act-1", {"station": 1}, None, [{}, "act:act-1"], [1, "act:act-1"], [["act:act-1"]]]
    for scopes in wrong:
        log = Forged()
        log.append(log.draft(act="act-1", fields={"why": "x"}), "erased")
        log.append(log.draft("privacy.erased", body={"scopes": scopes}))
        yield Case(f"erased by the scopes {scopes}", log.write(_new(base)), DEEP, "garbled")
    keys: list[Json] = [{}, None, 1]
    for key in keys:
        log = Forged()
        log.append(log.draft("counsel.entry", track="counsel", body={"key": key}, fields={"text": "x"}), "erased")
        log.append(log.draft("privacy.erased", body={"scopes": [f"counsel:{key}", "counsel:[object Object]"]}))
        yield Case(f"erased under the counsel key {key}", log.write(_new(base)), DEEP, "garbled")


def _grown(size: int = 5) -> Forged:
    log = Forged()
    for _ in range(size):
        log.append(log.draft())
    return log


def _witnessed(base: Path) -> Iterator[Case]:
    log = _grown()
    vkeys = [one.key.vkey() for one in WITNESSES]
    folder = log.write(_new(base), cosigned=log.cosigned(0, 1, size=4), witnesses=WITNESSES, quorum=2)
    policy = {k: _file(base, cosignature.policy(P256.public, WITNESSES, k)) for k in (1, 2, 3)}
    yield Case("witnessed, as it claims", folder, KEY)
    yield Case("witnessed by two of three", folder, ("--policy", policy[2], "--deep"))
    yield Case("witnessed by two, three needed", folder, ("--policy", policy[3]), "quorum_missing")
    yield Case("a witness who signed", folder, (*KEY, "--witness", vkeys[0]))
    yield Case("a witness who did not", folder, (*KEY, "--witness", vkeys[2]), "quorum_missing")
    yield Case("a log's key for a witness", folder, (*KEY, "--witness", KEY[1]), "key_garbled")
    yield Case("never witnessed", log.write(_new(base)), ("--policy", policy[1]), "quorum_missing")
    wrong = _changed(base, folder, edit("cosigned", lambda note: note.replace(b"\n4\n", b"\n3\n")))
    yield Case("cosigned with another size", wrong, KEY, "checkpoint_signature")
    forked = log.write(_new(base), cosigned=log.cosigned(0, size=4, root=log.roots[3]), witnesses=WITNESSES, quorum=1)
    yield Case("witnesses saw another log", forked, DEEP, "cosigned_differs")
    longer = _grown(9)
    ahead = log.write(_new(base), cosigned=longer.cosigned(0), witnesses=WITNESSES, quorum=1)
    yield Case("witnesses saw more", ahead, DEEP, "shorter_than_checkpoint")
    for name, size, root, code in (
        ("asked", 4, 4, None),
        ("of another root", 4, 3, "witness_note"),
        ("of the future", 9, 9, "witness_note"),
    ):
        yield Case(f"witness.asked {name}", _quoting(base, longer.note(size), size, longer.roots[root]), DEEP, code)
    fork, other = P256.note(4, bytes(32)), bytes(32)
    for type_ in ("witness.asked", "witness.cosigned"):
        yield Case(f"{type_} of a fork", _quoting(base, fork, 4, other, type_), DEEP, "witness_note")
    yield Case("a fork, not looked at", _quoting(base, fork, 4, other), BYTES)
    own = _quoting(base, longer.note(1), True, longer.roots[1])
    yield Case("witness.asked of size true", own, DEEP, "witness_note")


def _quoting(base: Path, note: bytes, size: int, root: bytes, type_: str = "witness.asked") -> Path:
    log = _grown()
    said: Object = {"witness": "w", "size": size, "root": to_base64(root), "old": 0, "note": note.decode()}
    log.append(log.draft(type_, body=said))
    return log.write(_new(base))


POLICIES: dict[str, tuple[str, str | None]] = {
    "comments and blanks": ("\n# comment\n\t # another\n{log}\n {w1} https://w1.example/ \n\n quorum\tw1\n", None),
    "groups of groups": (
        "{log}\n{w1}\n{w2}\n{w3}\ngroup inner any w2 w3\ngroup outer all w1 inner\nquorum outer\n",
        None,
    ),
    "a group that was not reached": ("{log}\n{w1}\n{w3}\ngroup g all w1 w3\nquorum g\n", "quorum_missing"),
    "none is enough": ("{log}\n{w3}\nquorum none\n", None),
    "a word that says nothing": ("quibble w1\nquorum none\n", "policy_garbled"),
    "log without key": ("log\nquorum none\n", "policy_garbled"),
    "log with garbage": ("log garbage\nquorum none\n", "policy_garbled"),
    "the same key twice": ("{log}\n{log}\nquorum none\n", "policy_garbled"),
    "witness without key": ("witness w1\nquorum none\n", "policy_garbled"),
    "witness named none": ("witness none {k1}\nquorum none\n", "policy_garbled"),
    "witness named twice": ("{w1}\nwitness w1 {k2}\nquorum w1\n", "policy_garbled"),
    "group named like a witness": ("{w1}\ngroup w1 any w1\nquorum w1\n", "policy_garbled"),
    "group of nobody": ("{w1}\ngroup g 1\nquorum w1\n", "policy_garbled"),
    "nought of one": ("{w1}\ngroup g 0 w1\nquorum g\n", "policy_garbled"),
    "plus one of one": ("{w1}\ngroup g +1 w1\nquorum g\n", "policy_garbled"),
    "a digit of another script": ("{w1}\ngroup g \u0661 w1\nquorum g\n", "policy_garbled"),
    "a blank that is none": ("{w1}\nquorum\u00a0w1\n", "policy_garbled"),
    "after a byte order mark": ("\ufeff{w1}\nquorum w1\n", "policy_garbled"),
    "lines of another system": ("{log}\r\n{w1}\r\nquorum w1\r\n", None),
    "two of one": ("{w1}\ngroup g 2 w1\nquorum g\n", "policy_garbled"),
    "an unknown member": ("{w1}\ngroup g any w2\nquorum g\n", "policy_garbled"),
    "a member before it is known": ("group g any w1\n{w1}\nquorum g\n", "policy_garbled"),
    "none as a member": ("{w1}\ngroup g any none w1\nquorum g\n", "policy_garbled"),
    "a member twice": ("{w1}\ngroup g all w1 w1\nquorum g\n", "policy_garbled"),
    "a member of two groups": ("{w1}\n{w2}\ngroup g any w1 w2\ngroup h any w1\nquorum g\n", "policy_garbled"),
    "no quorum": ("{w1}\n", "policy_garbled"),
    "two quorums": ("{w1}\nquorum w1\nquorum w1\n", "policy_garbled"),
    "a quorum of somebody else": ("quorum unknown\n", "policy_garbled"),
    "a quorum before it is known": ("quorum w1\n{w1}\n", "policy_garbled"),
    "a quorum without name": ("quorum\n", "policy_garbled"),
}
"""The cases of transparency-dev/formats (Apache-2.0), policy/tlog_policy_test.go, with keys of our own."""


def _policies(base: Path) -> Iterator[Case]:
    log = _grown()
    folder = log.write(_new(base), cosigned=log.cosigned(0, 1))
    named = {f"w{n}": f"witness w{n} {one.key.vkey()}" for n, one in enumerate(WITNESSES, 1)}
    named |= {f"k{n}": one.key.vkey() for n, one in enumerate(WITNESSES, 1)} | {"log": f"log {KEY[1]}"}
    for name, (text, code) in POLICIES.items():
        outside = ("--policy", _file(base, text.format_map(named)))
        yield Case(f"policy: {name}", folder, outside, code, given=code == "policy_garbled")


def _spooled(base: Path) -> Iterator[Case]:
    def folder(tell: Callable[[Forged, Spooled], None]) -> Path:
        log = _grown(3)
        tell(log, Spooled(log))
        log.append(log.draft())
        return log.write(_new(base))

    def honest(log: Forged, spool: Spooled) -> None:
        spool.merge(note=log.note(2))
        spool.merge()
        spool.settle()

    def twice(log: Forged, spool: Spooled) -> None:
        honest(log, spool)
        honest(log, Spooled(log, id="f" * 32))

    def cut(_: Forged, spool: Spooled) -> None:
        spool.merge()
        spool.count = 2
        spool.merge()

    def again(log: Forged, spool: Spooled) -> None:
        honest(log, spool)
        Spooled(log).merge()

    def gone_on(log: Forged, spool: Spooled) -> None:
        honest(log, spool)
        spool.merge()
        spool.settle()

    def gone_on_elsewhere(log: Forged, spool: Spooled) -> None:
        honest(log, spool)
        spool.head = bytes(32)
        spool.merge()

    def between(log: Forged, spool: Spooled) -> None:
        spool.merge()
        Spooled(log, id="f" * 32).merge()

    def chained(_: Forged, spool: Spooled) -> None:
        spool.merge()
        spool.head = bytes(32)
        spool.merge()

    def short(_: Forged, spool: Spooled) -> None:
        spool.merge()
        spool.merge()
        spool.count = 1
        spool.settle()

    def bent(**how: Any) -> Callable[[Forged, Spooled], None]:
        return lambda _, spool: spool.merge(**how)

    def settled(**how: Any) -> Callable[[Forged, Spooled], None]:
        def tell(_: Forged, spool: Spooled) -> None:
            spool.merge()
            spool.settle(**how)

        return tell

    yield Case("spool", folder(honest), DEEP)
    yield Case("two spools", folder(twice), DEEP)
    yield Case("a spool that went on after it was settled", folder(gone_on), DEEP)
    yield Case("an open spool", folder(lambda _, spool: spool.merge()), DEEP)
    bends: list[tuple[str, Callable[[Forged, Spooled], None], str]] = [
        ("shape", bent(bend_body=lambda body: body.update(more=1)), "spool_shape"),
        ("said again", bent(bend_body=lambda body: body.update(restated={"from": "files"})), "spool_shape"),
        ("said again of nothing", bent(bend_body=lambda body: body.update(restated=None)), "spool_shape"),
        ("version", bent(bend_record=lambda record: record.update(v=2)), "spool_shape"),
        ("id", bent(bend_record=lambda record: record.update(spool="x")), "spool_shape"),
        ("number", bent(bend_body=lambda body: body.update(n=1)), "spool_shape"),
        ("signature", bent(key=OTHER), "spool_signature"),
        ("short signature", bent(bend_body=lambda body: body.update(sig="AAAA")), "spool_shape"),
        ("cut", cut, "spool_chain"),
        ("again", again, "spool_chain"),
        ("between", between, "spool_chain"),
        ("chained", chained, "spool_chain"),
        ("gone on elsewhere", gone_on_elsewhere, "spool_chain"),
        ("entry of version true", bent(bend_record=_in_entry(v=True)), "spool_entry"),
        ("entry of another actor", bent(bend_record=_in_entry(actor="member-2")), "spool_entry"),
        ("entry of another log", bent(bend_record=_in_entry(log="x")), "spool_entry"),
        ("entry of a spool", bent(bend_record=_in_entry(type="spool.merged")), "spool_entry"),
        ("entry with a seq", bent(bend_record=_in_entry(seq=3)), "spool_entry"),
        ("entry of no form", bent(bend_record=_in_entry(body=1)), "spool_entry"),
        ("checkpoint of nobody", bent(note=OTHER.note(2, bytes(32))), "spool_checkpoint"),
        ("checkpoint of the future", bent(note=P256.note(9, bytes(32))), "spool_checkpoint"),
        ("checkpoint of a fork", bent(note=P256.note(2, bytes(32))), "spool_checkpoint"),
        ("settled with more", settled(bend=lambda body: body.update(more=1)), "spool_shape"),
        ("settled by another key", settled(key=OTHER), "spool_head"),
        ("settled with another head", settled(bend=lambda body: body.update(head=to_base64(bytes(32)))), "spool_head"),
        ("settled too soon", short, "spool_head"),
        ("settled without a record", lambda log, _: _settle_nothing(log), "spool_head"),
    ]
    for name, tell, code in bends:
        yield Case(f"spool: {name}", folder(tell), DEEP, code)


def _in_entry(**changes: Any) -> Callable[[Object], None]:
    def apply(record: Object) -> None:
        entry = record["entry"]
        assert isinstance(entry, dict)
        entry.update(changes)

    return apply


def _settle_nothing(log: Forged) -> None:
    spool = Spooled(log, head=bytes(32))
    spool.settle()


def _proofs(base: Path) -> Iterator[Case]:
    log = Forged()
    for n in range(11):
        log.append(log.draft(fields={"why": "ü", "who": {"a": 1}} if n == 5 else None))
    log.withheld.append((5, "who"))
    del log.openings[5, "who"]
    for seq in (0, 5, 10):
        yield Case(f"proof of {seq}", _proof(base, log.prove(seq)), KEY)
    good = log.prove(5)
    yield Case("proof, no key", _proof(base, good), ())
    yield Case("proof, another key", _proof(base, good), ("--key", OTHER.public.vkey()), "checkpoint_unsigned")
    words = " ".join(to_words(log.roots[-1]))
    yield Case("proof, 12 words", _proof(base, good), (*KEY, "--words", words))
    yield Case("proof, other words", _proof(base, good), (*KEY, "--words", " ".join(WORDS[:12])), "words_differ")
    yield Case("proof, older words", _proof(base, good), (*KEY, "--words", f"3 {words}"), "claim_not_comparable")
    larger = _file(base, _grown(12).note())
    yield Case("proof, a larger checkpoint", _proof(base, good), (*KEY, "--checkpoint", larger), "claim_not_comparable")
    for name, data, code in _bent_proofs(log, good):
        yield Case(f"proof: {name}", _proof(base, data), KEY, code)
    reserve = Forged()
    reserve.append(reserve.draft())
    spool = Spooled(reserve)
    spool.merge()
    spool.merge()
    spool.settle()
    for seq in range(4):
        yield Case(f"proof of {seq}, from the reserve", _proof(base, reserve.prove(seq)), KEY)
    nothing = P256.note(0, merkle.node_hash(merkle.leaf_hash(log.entries[0]), bytes(32)))
    lines = [*log.prove(0).split(b"\n")[:3], to_base64(bytes(32)).encode(), b"", nothing]
    yield Case("proof, an empty log", _proof(base, b"\n".join(lines)), KEY, "inclusion_not_proven")


def _proof(base: Path, data: bytes) -> Path:
    folder = base / "proofs"
    folder.mkdir(exist_ok=True)
    path = folder / f"{len(list(folder.iterdir()))}.tlog-proof"
    path.write_bytes(data)
    return path


def _bent_proofs(log: Forged, good: bytes) -> Iterator[tuple[str, bytes, str]]:
    lines = good.split(b"\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix(b"extra ")))

    def with_extra(**changes: Any) -> bytes:
        text = json.dumps(extra | changes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return b"\n".join([lines[0], b"extra " + base64.b64encode(text.encode()), *lines[2:]])

    opening = extra["openings"][0]
    other = base64.b64encode(log.entries[4]).decode()
    yield "another entry", with_extra(entry=other), "inclusion_not_proven"
    yield "another index", good.replace(b"index 5\n", b"index 4\n"), "inclusion_not_proven"
    yield "an index beyond", good.replace(b"index 5\n", b"index 11\n"), "inclusion_not_proven"
    yield "a step less", b"\n".join([*lines[:3], *lines[4:]]), "inclusion_not_proven"
    yield "a step more", b"\n".join([*lines[:4], *lines[3:]]), "inclusion_not_proven"
    yield ("two steps swapped", b"\n".join([*lines[:3], lines[4], lines[3], *lines[5:]]), "inclusion_not_proven")
    yield "half a step", good.replace(lines[3], lines[3][:20]), "proof_garbled"
    yield "another header", good.replace(b"@v1", b"@v2"), "proof_garbled"
    yield "no extra data", b"\n".join([lines[0], *lines[2:]]), "proof_garbled"
    yield (
        "extra data in another order",
        b"\n".join(
            [lines[0], b"extra " + base64.b64encode(json.dumps(dict(reversed(extra.items()))).encode()), *lines[2:]]
        ),
        "proof_garbled",
    )
    yield "another version", with_extra(v=2), "proof_garbled"
    yield "version true", with_extra(v=True), "proof_garbled"
    yield "an opening with more", with_extra(openings=[opening | {"seq": 5}]), "proof_garbled"
    yield "openings in an object", with_extra(openings={}), "proof_garbled"
    yield "openings of no name", with_extra(openings=[opening | {"name": 1}]), "proof_garbled"
    yield "a salt of 31 bytes", with_extra(openings=[opening | {"salt": to_base64(bytes(31))}]), "garbled"
    yield "more extra data", with_extra(w=1), "proof_garbled"
    yield "a lie and the truth", with_extra(openings=[opening | {"value": "u"}, opening]), "proof_garbled"
    yield "the truth twice", with_extra(openings=[opening, opening]), "proof_garbled"
    yield "nothing", b"", "proof_garbled"
    yield "another opening", with_extra(openings=[opening | {"value": "u"}]), "commitment_mismatch"
    yield "an opening of nothing", with_extra(openings=[opening, opening | {"name": "xyz"}]), "field_unknown"
    yield "another checkpoint", good.replace(b"\n11\n", b"\n12\n"), "checkpoint_signature"
    yield "an entry of another place", _misplaced(log), "entry_out_of_place"
    note = checkpoint.split(log.note())[0]
    yield "an unsigned checkpoint", good[: good.index(note)] + note + b"\n", "checkpoint_garbled"


def _misplaced(log: Forged) -> bytes:
    bent = Forged()
    bent.append(bent.draft())
    bent.take(log.entries[5])
    entry = base64.b64encode(log.entries[5]).decode()
    text = json.dumps({"entry": entry, "key": KEY[1], "openings": [], "v": 1}, separators=(",", ":"))
    path = "".join(f"{to_base64(step)}\n" for step in bent.path(1))
    return (
        f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(text.encode()).decode()}\nindex 1\n{path}\n".encode()
        + bent.note()
    )
