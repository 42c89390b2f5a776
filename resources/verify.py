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

WIDTH = 256
SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
WORDS_SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
NAME = r"[ !#-\[\]-~]{1,200}"
TEXTS = {
    "log": r"[!#-*,-\[\]-~]{1,200}", "type": r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", "actor": NAME,
    "id": r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "act": NAME, "subject": NAME,
    "proof": "token|unlock|claimed|program", "mode": "real|drill", "track": "facts|counsel",
}  # fmt: skip
TIMES = {"wall": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "up_ns": r"0|[1-9]\d{0,18}"}
TIMES |= {"boot": NAME, "src": NAME}


class Wrong(Exception):
    """The first thing that does not verify: code, entry or None, detail."""


def need(condition: bool, code: str, seq: int | None = None, detail: str = "") -> None:  # noqa: FBT001
    if not condition:
        raise Wrong(code, seq, detail)


def unbase64(text: str, length: int | None = None) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text or length not in (None, len(data)):
        raise ValueError(f"not the base64 of {length} bytes")
    return data


def append(tree: list, node: bytes, size: int = 1) -> None:
    """Add a complete subtree to a tree kept as [(subtree size, hash)], largest first (RFC 9162 section 2.1)."""
    while tree and tree[-1][0] == size:
        node, size = hashlib.sha256(b"\1" + tree.pop()[1] + node).digest(), size * 2
    tree.append((size, node))


def root_of(tree: list) -> bytes:
    result = tree[-1][1] if tree else hashlib.sha256(b"").digest()
    for _, left in tree[-2::-1]:
        result = hashlib.sha256(b"\1" + left + result).digest()
    return result


def tile_root(level: list[bytes]) -> bytes:
    sha256 = hashlib.sha256
    while len(level) > 1:
        level = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def parse_key(vkey: str) -> tuple[str, bytes, bytes]:
    """Return (name, id, public key: 32 bytes of Ed25519 or SPKI of P-256) of a vkey (c2sp.org/signed-note)."""
    name, key_id, encoded = vkey.strip().split("+", 2)
    data = unbase64(encoded)
    if data[:1] == b"\x01" and len(data) == 33:
        expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    else:
        need(data[:1] == b"\x02" and len(data) == 92 and data[1:].startswith(SPKI_P256), "key_garbled")
        expected = hashlib.sha256(data[1:]).digest()[:4]
    need(bool(name) and expected.hex() == key_id, "key_garbled", None, "name, id and key differ")
    return name, expected, data[1:]


def check_signature(public: bytes, signature: bytes, message: bytes) -> None:
    if len(public) == 32:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    else:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public[len(SPKI_P256) :])
        point.verify(signature, message, ec.ECDSA(hashes.SHA256()))


def open_checkpoint(note: bytes, keys: list) -> tuple[str, int, bytes]:
    """Return (origin, size, root) of a note that one of the keys signed (c2sp.org/tlog-checkpoint)."""
    match = re.fullmatch(rb"(.+)\n(0|[1-9]\d{0,15})\n(.+)\n\n((?:\xe2\x80\x94 [^ \n+]+ [^ \n]+\n)+)", note)
    if match is None or re.search(rb"[\x00-\x09\x0b-\x1f]", note):
        raise Wrong("checkpoint_garbled", None, "")
    origin, signed = match[1].decode(), False
    for name, encoded in re.findall(r" (\S+) (\S+)\n", match[4].decode()):
        signature = unbase64(encoded)
        for key_name, key_id, public in keys:
            if (key_name, key_id) == (name, signature[:4]):
                check_signature(public, signature[4:], note[: match.start(4) - 1])
                signed = signed or name == origin
    need(signed, "checkpoint_unsigned", None, "no signature by the given key")
    return origin, int(match[2]), unbase64(match[3].decode(), 32)


def tile_path(level: object, index: int, width: int) -> str:
    groups = f"{index:,}".split(",")
    groups[0] = groups[0].zfill(3)
    number = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{number}" + ("" if width == WIDTH else f".p/{width}")


def check_tile(folder: Path, level: int, index: int, computed: list[bytes]) -> str:
    name = tile_path(level, index, len(computed))
    stored = (folder / name).read_bytes()
    other = [n for n, one in enumerate(computed) if stored[32 * n : 32 * n + 32] != one] or [0]
    seq = (index * WIDTH + other[0]) * WIDTH**level
    need(stored == b"".join(computed), "tile_differs", seq, name)
    return name


def blocks(folder: Path, size: int, seen: set) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """Yield (first seq, entries, leaf hashes) of each bundle, and check every tile (c2sp.org/tlog-tiles)."""
    roots, sha256 = [], hashlib.sha256
    for first in range(0, size, WIDTH):
        name = tile_path("entries", first // WIDTH, min(WIDTH, size - first))
        bundle, entries, at = (folder / name).read_bytes(), [], 0
        while at < len(bundle):
            start, at = at + 2, at + 2 + int.from_bytes(bundle[at : at + 2], "big")
            entries.append(bundle[start:at])
        need(at == len(bundle) and len(entries) == min(WIDTH, size - first), "bundle_garbled", first, name)
        leaves = [sha256(b"\0" + entry).digest() for entry in entries]
        seen |= {name, check_tile(folder, 0, first // WIDTH, leaves)}
        yield first, entries, leaves
        roots += [tile_root(leaves)] if len(leaves) == WIDTH else []
    level = 1
    while roots:
        parts = [roots[at : at + WIDTH] for at in range(0, len(roots), WIDTH)]
        seen |= {check_tile(folder, level, index, part) for index, part in enumerate(parts)}
        level, roots = level + 1, [tile_root(part) for part in parts if len(part) == WIDTH]


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def in_profile(value: object, depth: int = 6) -> bool:
    if isinstance(value, str):
        known = value.isascii() or all(unicodedata.category(letter) not in ("Cs", "Cn") for letter in value)
        return known and unicodedata.is_normalized("NFC", value)
    if value is None or isinstance(value, int):
        return value is None or abs(value) < 2**53
    if isinstance(value, dict) and all(fits(key, r"[a-z][a-z0-9_]{0,31}") for key in value):
        value = list(value.values())
    return isinstance(value, list) and depth > 0 and all(in_profile(item, depth - 1) for item in value)


def fits(value: object, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def parse_entry(data: bytes, seq: int) -> dict:
    entry = json.loads(data)
    need(in_profile(entry) and canonical(entry) == data, "not_canonical", seq)
    need(entry.keys() == {*TEXTS, "v", "seq", "prev", "t", "body", "c", "blob"}, "entry_shape", seq)
    null = {name for name in ("act", "subject") if entry[name] is None}
    bad = [name for name, pattern in TEXTS.items() if name not in null and not fits(entry[name], pattern)]
    bad += [f"t.{name}" for name, pattern in TIMES.items() if not fits(entry["t"][name], pattern)]
    counsel = entry["track"] == "counsel"
    bad += ["t"] * (entry["t"].keys() != {*TIMES, "unc_ms"})
    bad += ["track"] * (counsel != (entry["type"] == "counsel.entry"))
    bad += ["subject"] * (counsel and "subject" not in null)
    bad += ["act"] * (entry["type"].startswith("activation.") and "act" in null)
    bad += ["v"] * (type(entry["v"]) is not int or entry["v"] != 1)
    bad += ["body"] * (not isinstance(entry["body"], dict))
    for pair in entry["c"].values():
        bad += ["c"] if [len(unbase64(part)) for part in pair] != [32, 32] else []
    for item in entry["blob"]:
        bad += ["blob"] if item.keys() != {"sha256", "len"} or not unbase64(item["sha256"], 32) else []
    need(not bad, "entry_shape", seq, ", ".join(bad))
    return entry


class Deep:
    """Checks each entry's form and place, and its fields against openings.json and withheld.json."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.origin, self.mode = origin, None
        self.openings, self.withheld = (
            {(item["seq"], item["name"]): item for item in json.loads((folder / f"{name}.json").read_bytes())[name]}
            for name in ("openings", "withheld"))  # fmt: skip
        self.states = {"opened": len(self.openings), "withheld": len(self.withheld)}

    def check(self, data: bytes, seq: int, root: bytes) -> None:
        entry = parse_entry(data, seq)
        self.mode = self.mode or entry["mode"]
        place = entry["log"] == self.origin and entry["seq"] == seq and entry["mode"] == self.mode
        need(place and type(entry["seq"]) is int, "entry_out_of_place", seq)
        need(unbase64(entry["prev"], 32) == root, "prev_differs", seq)
        for name, (commitment, _) in entry["c"].items():
            opening = self.openings.pop((seq, name), None)
            if opening is None:
                need(self.withheld.pop((seq, name), None) is not None, "field_lost", seq, name)
                continue
            parts = (b"bg.field.v1", entry["id"].encode(), name.encode(), canonical(opening["value"]))
            made = hmac.digest(unbase64(opening["salt"], 32), b"\0".join(parts), "sha256")
            need(made == unbase64(commitment, 32), "commitment_mismatch", seq, name)

    def finish(self) -> dict:
        for seq, name in sorted({**self.openings, **self.withheld})[:1]:
            raise Wrong("field_unknown", seq, f"{name}: no entry commits to it")
        return self.states


def word_claim(folder: Path, text: str, size: int) -> tuple[int, int]:
    """Return (size, first 132 bits of the root)."""
    listed = (folder / "words.txt").read_bytes()
    need(hashlib.sha256(listed).hexdigest() == WORDS_SHA256, "file_garbled", None, "words.txt")
    words, place = text.lower().split(), {word: n for n, word in enumerate(listed.decode().split())}
    size = int(words.pop(0)) if words and words[0].isdecimal() else size
    need(len(words) == 12 and place.keys() >= set(words), "words_garbled", None, "12 words of the list")
    return size, sum(place[word] << 11 * (11 - n) for n, word in enumerate(words))


def check_claims(claims: list, size: int, tree: list) -> None:
    for code, claimed, holds in claims:
        need(claimed != size or holds(root_of(tree)), code, size, "the root is another one")


def verify(folder: Path, options: argparse.Namespace, report: dict) -> None:
    policy = (folder / "policy").read_text()
    keys = [parse_key(line) for line in options.key or re.findall(r"^log (\S+)", policy, re.MULTILINE)]
    origin, size, root = open_checkpoint((folder / "checkpoint").read_bytes(), keys)
    report.update(origin=origin, size=size, root=base64.b64encode(root).decode())
    claims: list = [("root_differs", size, lambda found: found == root)]
    if options.checkpoint:
        other, earlier, old_root = open_checkpoint(Path(options.checkpoint).read_bytes(), keys)
        need(other == origin, "checkpoint_of_another_log", None, other)
        claims.append(("checkpoint_differs", earlier, lambda found: found == old_root))
    if options.words:
        worded, prefix = word_claim(folder, options.words, size)
        claims.append(("words_differ", worded, lambda found: int.from_bytes(found, "big") >> 124 == prefix))
    need(all(n <= size for _, n, _ in claims), "shorter_than_checkpoint", size, "a checkpoint speaks of more")
    deep, tree, seen, last, begun = Deep(folder, origin) if options.deep else None, [], set(), b"", {}
    check_claims(claims, 0, tree)
    for first, entries, leaves in blocks(folder, size, seen):
        if deep is None and len(leaves) == WIDTH and not any(first < n < first + WIDTH for _, n, _ in claims):
            append(tree, tile_root(leaves), WIDTH)
            check_claims(claims, first + WIDTH, tree)
        else:
            for report["at"], (entry, leaf) in enumerate(zip(entries, leaves, strict=True), first):
                if deep is not None:
                    deep.check(entry, report["at"], root_of(tree))
                append(tree, leaf)
                check_claims(claims, report["at"] + 1, tree)
        last, begun = entries[-1], begun or json.loads(entries[0])["body"]
    files = {str(path.relative_to(folder)) for path in (folder / "tile").rglob("*") if path.is_file()}
    need(files == seen, "file_unknown", None, ", ".join(sorted(files - seen)[:1]))
    report |= {"fields": deep and deep.finish(), "alarm": begun.get("alarm"), "after": begun.get("from")}
    report["vouched_until"] = json.loads(last)["t"]["wall"] if last else None


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify an exported journal.")
    parser.add_argument("dir", nargs="?", default=str(Path(__file__).resolve().parent), metavar="DIR")
    parser.add_argument("--key", action="append", metavar="VKEY", help="verifier key from elsewhere")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint that was kept elsewhere")
    parser.add_argument("--words", help="12 words of a root on paper, after the size if that was smaller")
    parser.add_argument("--deep", action="store_true", help="also form, order, prev, commitments, fields")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report: dict = {"verdict": "corrupt", "ok": False, "depth": "deep" if options.deep else "bytes"}
    report |= {"at": None, "origin": None, "size": None, "root": None, "vouched_until": None, "findings": []}
    try:
        verify(Path(options.dir), options, report)
        report |= {"verdict": "verified" if options.key else "consistent, origin unproven", "ok": True}
    except Wrong as wrong:
        report["findings"] = [dict(zip(("code", "seq", "detail"), wrong.args, strict=True))]
    except InvalidSignature:
        report["findings"] = [{"code": "checkpoint_signature", "seq": None, "detail": "not by this key"}]
    except OSError as error:
        report["findings"] = [{"code": "file_missing", "seq": report["at"], "detail": str(error)}]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        report["findings"] = [{"code": "garbled", "seq": report["at"], "detail": repr(error)}]
    del report["at"]
    lines = [f"{name}: {value}" for name, value in report.items()]
    sys.stdout.write((json.dumps(report) if options.json else "\n".join(lines)) + "\n")
    return {"verified": 0, "corrupt": 4}.get(str(report["verdict"]), 3)


if __name__ == "__main__":
    sys.exit(main())
