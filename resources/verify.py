# SPDX-License-Identifier: Apache-2.0
"""Verify an exported journal. One file: Python 3.11 or later and the package ``cryptography``, nothing else.

    python verify.py [DIR] [--key VKEY] [--checkpoint FILE] [--words "[SIZE] w1 ... w12"] [--deep] [--json]

DIR is the export (default: where this file lies). The key must come from outside the export: from the founding
certificate or a keyholder's card. Without it the best verdict is "consistent, origin unproven".
Exit status: 0 verified, 2 wrong usage, 3 consistent but origin unproven, 4 corrupt. FORMAT.md has the rules.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

WORDS_SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
WIDTH = 256
ID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
NAME = r"[ -~]{1,200}"
TEXTS = {"log": r"[!-*,-~]{1,200}", "id": ID, "type": r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", "actor": NAME,
         "proof": "token|unlock|claimed|program", "act": NAME, "subject": NAME, "mode": "real|drill",
         "track": "facts|counsel"}  # fmt: skip
TIMES = {"wall": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "boot": r"[\s\S]*", "up_ns": r"0|[1-9]\d{0,18}",
         "src": r"[\s\S]*"}  # fmt: skip
OTHERS = {"v", "seq", "prev", "t", "body", "c", "blob"}


class Wrong(Exception):
    """The first thing that does not verify."""

    def __init__(self, code: str, seq: int | None = None, detail: str = "") -> None:
        super().__init__(code)
        self.finding = {"code": code, "seq": seq, "detail": detail}


def need(condition: bool, code: str, seq: int | None = None, detail: str = "") -> None:  # noqa: FBT001
    if not condition:
        raise Wrong(code, seq, detail)


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Wrong("file_missing", None, str(path)) from error


def unbase64(text: object, code: str, seq: int | None = None) -> bytes:
    try:
        data = base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise Wrong(code, seq, "base64") from error
    need(base64.b64encode(data).decode() == text, code, seq, "base64")
    return data


# The tree of RFC 6962: a range is a list of (subtree size, hash), largest first.


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def append(tree: list, node: bytes, size: int = 1) -> None:
    while tree and tree[-1][0] == size:
        node, size = node_hash(tree.pop()[1], node), size * 2
    tree.append((size, node))


def root_of(tree: list) -> bytes:
    result = tree[-1][1] if tree else hashlib.sha256(b"").digest()
    for _, left in tree[-2::-1]:
        result = node_hash(left, result)
    return result


def subtree(level: list) -> bytes:
    sha256 = hashlib.sha256
    while len(level) > 1:
        level = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


# Signed notes and keys (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).


def parse_key(vkey: str) -> tuple:
    """Return (name, id, kind, public key bytes)."""
    name, key_id, encoded = (*vkey.strip().split("+", 2), "", "")[:3]
    data = unbase64(encoded, "key_garbled")
    kind, public = data[:1], data[1:]
    if kind == b"\x01" and len(public) == 32:
        expected = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    else:
        need(kind == b"\x02" and len(public) == 91 and public.startswith(SPKI_P256), "key_garbled")
        expected = hashlib.sha256(public).digest()[:4]
    need(bool(name) and expected.hex() == key_id, "key_garbled", None, "name, id and key do not belong together")
    return name, expected, kind, public


def verify_signature(key: tuple, signature: bytes, message: bytes) -> None:
    try:
        if key[2] == b"\x01":
            ed25519.Ed25519PublicKey.from_public_bytes(key[3]).verify(signature, message)
        else:
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key[3][len(SPKI_P256) :])
            point.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise Wrong("checkpoint_signature", None, key[0]) from error


def open_checkpoint(note: bytes, keys: list) -> tuple[str, int, bytes]:
    """Return (origin, size, root) of a note signed by one of the keys."""
    match = re.fullmatch(rb"([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n\n((?:[^\n]+\n)+)", note)
    need(match is not None and not re.search(rb"[\x00-\x09\x0b-\x1f]", note), "checkpoint_garbled")
    text, signed = note[: match.start(4) - 1], False
    try:
        origin, lines = match[1].decode(), match[4].decode().splitlines()
    except UnicodeDecodeError as error:
        raise Wrong("checkpoint_garbled") from error
    for line in lines:
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014", "checkpoint_garbled")
        signature = unbase64(parts[2], "checkpoint_garbled")
        for key in keys:
            if (key[0], key[1]) == (parts[1], signature[:4]):
                verify_signature(key, signature[4:], text)
                signed = signed or key[0] == origin
    need(signed, "checkpoint_unsigned", None, "no signature by the given key")
    root = unbase64(match[3].decode("ascii", "replace"), "checkpoint_garbled")
    need(len(root) == 32, "checkpoint_garbled")
    return origin, int(match[2]), root


# The export's files (c2sp.org/tlog-tiles).


def tile_path(level: object, index: int, width: int) -> str:
    groups = f"{index:,}".split(",")
    groups[0] = groups[0].zfill(3)
    number = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{number}" + ("" if width == WIDTH else f".p/{width}")


def split_bundle(bundle: bytes, first: int) -> list[bytes]:
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        need(at + 2 < end <= len(bundle), "bundle_garbled", first + len(entries))
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


def blocks(folder: Path, size: int, seen: set) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """Yield (first seq, entries, leaf hashes) of each bundle, compared with its tile, then check the tiles above."""
    upper: list[bytes] = []
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        name = tile_path("entries", first // WIDTH, width)
        entries = split_bundle(read(folder / name), first)
        need(len(entries) == width, "bundle_width", first, name)
        sha256 = hashlib.sha256
        leaves = [sha256(b"\0" + entry).digest() for entry in entries]
        seen |= {name, check_tile(folder, 0, first // WIDTH, leaves)}
        if width == WIDTH:
            upper.append(subtree(leaves))
        yield first, entries, leaves
    level = 1
    while upper:
        parts = [upper[at : at + WIDTH] for at in range(0, len(upper), WIDTH)]
        seen |= {check_tile(folder, level, index, part) for index, part in enumerate(parts)}
        level, upper = level + 1, [subtree(part) for part in parts if len(part) == WIDTH]


def check_tile(folder: Path, level: int, index: int, hashes_: list[bytes]) -> str:
    name = tile_path(level, index, len(hashes_))
    stored = read(folder / name)
    if stored != b"".join(hashes_):
        places = [n for n, leaf in enumerate(hashes_) if stored[32 * n : 32 * n + 32] != leaf] or [0]
        seq = index * WIDTH + places[0] if level == 0 else None
        raise Wrong("tile_differs", seq, name)
    return name


# Depth ``deep``: the entries themselves.


def in_profile(value: object, depth: int = 6) -> bool:
    if isinstance(value, str):
        known = value.isascii() or all(unicodedata.category(letter) not in ("Cs", "Cn") for letter in value)
        return known and unicodedata.is_normalized("NFC", value)
    if value is None or isinstance(value, int):
        return value is None or abs(value) < 2**53
    keys, items = (value.keys(), value.values()) if isinstance(value, dict) else ((), value)
    good = isinstance(value, dict | list) and depth > 0 and all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", k) for k in keys)
    return good and all(in_profile(item, depth - 1) for item in items)


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fits(value: object, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def hash32(value: object, seq: int) -> bytes:
    data = unbase64(value, "entry_shape", seq)
    need(len(data) == 32, "entry_shape", seq, "32 bytes")
    return data


def parse_entry(data: bytes, seq: int) -> dict:
    try:
        entry = json.loads(data)
        good = isinstance(entry, dict) and in_profile(entry) and canonical(entry) == data
    except (ValueError, RecursionError) as error:
        raise Wrong("not_canonical", seq) from error
    need(good, "not_canonical", seq)
    need(entry.keys() == {*TEXTS, *OTHERS} and entry["v"] == 1 and entry["v"] is not True, "entry_shape", seq)
    for name, pattern in TEXTS.items():
        empty = entry[name] is None and name in ("act", "subject")
        need(empty or fits(entry[name], pattern), "entry_shape", seq, name)
    kinds = [isinstance(entry[name], kind) for name, kind in (("body", dict), ("t", dict), ("c", dict), ("blob", list))]
    counsel = entry["track"] == "counsel"
    need(counsel == (entry["type"] == "counsel.entry"), "entry_shape", seq, "track")
    need(not counsel or entry["subject"] is None, "entry_shape", seq, "subject")
    need(not entry["type"].startswith("activation.") or entry["act"] is not None, "entry_shape", seq, "act")
    need(all(kinds) and entry["t"].keys() == {*TIMES, "unc_ms"}, "entry_shape", seq)
    for name, pattern in TIMES.items():
        need(fits(entry["t"][name], pattern), "entry_shape", seq, f"t.{name}")
    for pair in entry["c"].values():
        need(isinstance(pair, list) and len([hash32(part, seq) for part in pair]) == 2, "entry_shape", seq, "c")
    for item in entry["blob"]:
        need(isinstance(item, dict) and item.keys() == {"sha256", "len"}, "entry_shape", seq, "blob")
        hash32(item["sha256"], seq)
    return entry


class Deep:
    """Checks each entry's place, form and fields against openings.json and withheld.json."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.origin, self.mode = origin, None
        self.openings, self.withheld = self.listed(folder, "openings"), set(self.listed(folder, "withheld"))
        self.states = {"opened": 0, "withheld": 0}

    @staticmethod
    def listed(folder: Path, name: str) -> dict:
        try:
            return {(item["seq"], item["name"]): item for item in json.loads(read(folder / f"{name}.json"))[name]}
        except (ValueError, KeyError, TypeError) as error:
            raise Wrong("file_garbled", None, f"{name}.json") from error

    def check(self, data: bytes, seq: int, root: bytes) -> None:
        entry = parse_entry(data, seq)
        self.mode = self.mode or entry["mode"]
        place = entry["log"] == self.origin and entry["seq"] == seq and entry["mode"] == self.mode
        need(place and type(entry["seq"]) is int, "entry_out_of_place", seq)
        need(hash32(entry["prev"], seq) == root, "prev_differs", seq)
        for name, (commitment, _) in entry["c"].items():
            opening = self.openings.pop((seq, name), None)
            if opening is None:
                need((seq, name) in self.withheld, "field_lost", seq, name)
                self.withheld.remove((seq, name))
            else:
                salt = hash32(opening.get("salt"), seq)
                parts = (b"bg.field.v1", entry["id"].encode(), name.encode(), canonical(opening.get("value")))
                made = hmac.digest(salt, b"\0".join(parts), "sha256")
                need(made == hash32(commitment, seq), "commitment_mismatch", seq, name)
            self.states["withheld" if opening is None else "opened"] += 1

    def finish(self) -> None:
        for seq, name in sorted([*self.openings, *self.withheld])[:1]:
            raise Wrong("field_unknown", seq, f"{name}: no entry commits to it")


def word_claim(folder: Path, text: str, size: int) -> tuple[int, int]:
    """Return (size, 132-bit prefix of the root) of the typed words."""
    listed = read(folder / "words.txt")
    need(hashlib.sha256(listed).hexdigest() == WORDS_SHA256, "file_garbled", None, "words.txt")
    index, words = {word: n for n, word in enumerate(listed.decode().split())}, text.lower().split()
    if words and words[0].isdecimal():
        size = int(words.pop(0))
    need(len(words) == 12 and all(word in index for word in words), "words_garbled", None, "12 listed words")
    number = 0
    for word in words:
        number = number << 11 | index[word]
    return size, number


def verify(folder: Path, options: argparse.Namespace, report: dict) -> None:
    policy = [line.split()[1] for line in read(folder / "policy").decode().splitlines() if line[:4] == "log "]
    keys = [parse_key(line) for line in options.key or policy]
    origin, size, root = open_checkpoint(read(folder / "checkpoint"), keys)
    report.update(origin=origin, size=size, root=base64.b64encode(root).decode())
    claims: dict[int, list] = {size: [("root_differs", lambda found: found == root)]}
    if options.checkpoint:
        other, earlier, old_root = open_checkpoint(read(Path(options.checkpoint)), keys)
        need(other == origin, "checkpoint_of_another_log", None, other)
        claims.setdefault(earlier, []).append(("checkpoint_differs", lambda found: found == old_root))
    if options.words:
        worded, prefix = word_claim(folder, options.words, size)
        claims.setdefault(worded, []).append(("words_differ", lambda f: int.from_bytes(f, "big") >> 124 == prefix))
    need(max(claims) <= size, "shorter_than_checkpoint", size, f"a checkpoint speaks of {max(claims)} entries")
    deep = Deep(folder, origin) if options.deep else None
    tree: list = []
    seen: set = set()
    last = check_claims(claims, 0, tree)
    for first, entries, leaves in blocks(folder, size, seen):
        if deep is None and len(leaves) == WIDTH and not any(first < n < first + WIDTH for n in claims):
            append(tree, subtree(leaves), WIDTH)
            check_claims(claims, first + WIDTH, tree)
        else:
            for seq, (entry, leaf) in enumerate(zip(entries, leaves, strict=True), first):
                if deep is not None:
                    deep.check(entry, seq, root_of(tree))
                append(tree, leaf)
                check_claims(claims, seq + 1, tree)
        last = entries[-1]
    stray = sorted(str(p.relative_to(folder)) for p in (folder / "tile").rglob("*") if p.is_file())
    for name in sorted(set(stray) - seen)[:1]:
        raise Wrong("file_unknown", None, name)
    if deep is not None:
        deep.finish()
        report["fields"] = deep.states
    report["vouched_until"] = json.loads(last)["t"]["wall"] if last else None


def check_claims(claims: dict[int, list], size: int, tree: list) -> None:
    for code, holds in claims.get(size, ()):
        need(holds(root_of(tree)), code, size, "the root over this many entries is another one")


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify an exported journal.")
    parser.add_argument("dir", nargs="?", default=str(Path(__file__).resolve().parent), metavar="DIR")
    parser.add_argument("--key", action="append", metavar="VKEY", help="verifier key, from outside the export")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint that was kept elsewhere")
    parser.add_argument("--words", help="12 words of a root from paper, the size before them if it was smaller")
    parser.add_argument("--deep", action="store_true", help="also form, order, prev, commitments, field states")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report: dict = {"verdict": "corrupt", "ok": False, "depth": "deep" if options.deep else "bytes",
                    "origin": None, "size": None, "root": None, "vouched_until": None, "findings": []}  # fmt: skip
    try:
        verify(Path(options.dir), options, report)
        report["verdict"] = "verified" if options.key else "consistent, origin unproven"
        report["ok"] = True
    except Wrong as wrong:
        report["findings"].append(wrong.finding)
    if options.json:
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        lines = [f"{name}: {value}" for name, value in report.items() if name != "findings"]
        lines += ["first thing wrong: {code}, entry {seq} {detail}".format(**f) for f in report["findings"]]
        sys.stdout.write("\n".join(lines) + "\n")
    return {"verified": 0, "corrupt": 4}.get(str(report["verdict"]), 3)


if __name__ == "__main__":
    sys.exit(main())
