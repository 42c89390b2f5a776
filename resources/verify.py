# SPDX-License-Identifier: Apache-2.0
"""Verify an exported journal, or the proof of one entry. One file: Python 3.11 or later and ``cryptography``.

PATH is the export (default: where this file lies) or a file of `journal prove`. Keys, and this file, count when they
come from outside: the log's from the founding certificate or by telephone, the witnesses' from themselves; each
--witness must have signed, a --policy (c2sp.org/tlog-policy) says how many. --checkpoint FILE, --words "[SIZE] w1 ...
w12" are what was kept elsewhere. --bytes is quicker and leaves out form and order of entries, openings and erasures.
FORMAT.md says more. Exit status: 0 verified, 2 not judged (no file, no key of the log), 3 origin unproven, 4 corrupt
"""

import os
import sys

# Nothing is imported from the folder that is judged: a forger may have put a module there.
if HERE := os.path.split(os.path.realpath(__file__))[0]:
    sys.path = [place for place in sys.path if os.path.realpath(place) != HERE]

import argparse
import base64
import binascii
import contextlib
import datetime
import hashlib
import hmac
import json
import pathlib
import re
import unicodedata
from collections import namedtuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

sha256, Path = hashlib.sha256, pathlib.Path

WIDTH = 256  # of a tile
ED25519, P256, COSIGNATURE = b"\1", b"\2", b"\4"  # kinds of keys
SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
WORDS_SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"

# ---- What does not verify ------------------------------------------------------------------------------------------

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError)
NOT_JUDGED = ("key_garbled", "key_of_another_log", "words_garbled")  # of what was given beside the files


class Wrong(Exception):
    """The first thing that does not verify."""

    def __init__(self, code, seq=None, detail=""):
        super().__init__(code, seq, detail)
        self.code, self.seq, self.detail = code, seq, detail


def need(condition, code="", seq=None, detail=""):
    """Raise ``Wrong`` unless the condition holds."""
    if not condition:
        raise Wrong(code, seq, detail)


@contextlib.contextmanager
def named(code, seq=None):
    """Give this code to whatever goes wrong inside."""
    try:
        yield
    except (*UNREADABLE, InvalidSignature, Wrong) as error:
        raise Wrong(code, seq, detail_of(error)) from error


def detail_of(error):
    """Return what an error says, cut: it may quote a whole file."""
    text = error.detail if isinstance(error, Wrong) else f"{type(error).__name__}: {error}"
    return text[:200]


# ---- Base64 and JSON -----------------------------------------------------------------------------------------------


def text64(data):
    """Return base64."""
    return base64.b64encode(data).decode()


def unbase64(text, length=None):
    """Return the bytes of the only spelling in base64."""
    data = base64.b64decode(text, validate=True)
    need(text64(data) == text and length in (None, len(data)), "garbled", None, f"no base64: {length}")
    return data


def canonical(value):
    """Return canonical JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse(data, depth):
    """Return what canonical JSON in the profile of FORMAT.md section 1 says."""
    value = load(data, None)
    need(in_profile(value, depth) and canonical(value) == data, "garbled", None, "profile")
    return value


def parse_free(data, depth=9):
    """Return what JSON in the profile says, whose order of members, white space and escapes are free."""
    value = load(data, without_doubles)
    need(in_profile(value, depth), "garbled", None, "profile")
    return value


def load(data, pairs_hook):
    """Return what JSON says; 1.0 and NaN are no numbers."""
    return json.loads(data.decode(), parse_constant=int, parse_float=int, object_pairs_hook=pairs_hook)


def without_doubles(pairs):
    """Return an object, none of whose members stands there twice."""
    need(len(dict(pairs)) == len(pairs), "garbled", None, "twice")
    return dict(pairs)


def in_profile(value, depth):
    """Return whether a value has at most so many levels, and only what the profile allows."""
    if isinstance(value, str):
        return unicodedata.is_normalized("NFC", value) and not {"Cs", "Cn"} & {*map(unicodedata.category, value)}
    if value is None or isinstance(value, int):
        return value is None or abs(value) < 2**53
    if isinstance(value, dict) and all(re.fullmatch(MEMBER, f'"{name}":') for name in value):
        value = [*value.values()]
    return isinstance(value, list) and depth > 0 and all(in_profile(item, depth - 1) for item in value)


def rows_of(value, size, name, members):
    """Return a list in the form of FORMAT.md section 4, that stands in an object of so many members."""
    fits = (
        " ".join(sorted(row)) == members and [type(row.get("seq", 0)), type(row["name"])] == [int, str]
        for row in value[name]
    )
    need(repr(value["v"]) == "1" and len(value) == size and all(fits), "garbled", None, name)
    return [] + value[name]


# ---- The tree (RFC 9162 section 2.1) -------------------------------------------------------------------------------


def leaf_hash(entry):
    """Return the hash of an entry."""
    return sha256(b"\0" + entry).digest()


def node_hash(left, right):
    """Return the hash of two subtrees."""
    return sha256(b"\1" + left + right).digest()


def append(tree, root, size=1):
    """Append a complete subtree. A tree is [(size, 01 ‖ root)] of its complete subtrees, largest first."""
    while tree and tree[-1][0] == size:
        root, size = sha256(tree.pop()[1] + root).digest(), size * 2
    tree.append((size, b"\1" + root))


def root_of(tree):
    """Return the root over all subtrees."""
    result = tree[-1][1][1:] if tree else sha256(b"").digest()
    for _, left in tree[-2::-1]:
        result = sha256(left + result).digest()
    return result


def root_of_tile(tile):
    """Return the root of a full tile."""
    while len(tile) > 32:
        tile = b"".join([sha256(b"\1" + tile[at : at + 64]).digest() for at in range(0, len(tile), 64)])
    return tile


def root_of_path(index, size, leaf, path):
    """Return the root that a proof of inclusion leads to (section 2.1.3); an error where there is no path."""
    if (index, size, path) == (0, 1, []):
        return leaf
    half = 1 << (max(size, 1) - 1).bit_length() - 1
    if index < half:
        return node_hash(root_of_path(index, half, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_of_path(index - half, size - half, leaf, path[:-1]))


# ---- Keys, signed notes and policies -------------------------------------------------------------------------------

NOTE = re.compile(rb"(.+)\n(0|[1-9]\d{0,15})\n(.+)\n\n((?:\xe2\x80\x94 [^ \n+]+ [^ \n]+\n){1,100})")
Key = namedtuple("Key", "name kind public id")  # public: 32 bytes of Ed25519, or the SPKI of P-256
Note = namedtuple("Note", "origin size root signers")  # signers: {key: the time of a cosignature, or None}


def parse_key(vkey, *kinds):
    """Return the key of a vkey, alone or as the last word of a line (c2sp.org/signed-note)."""
    with named("key_garbled"):
        name, key_id, encoded = vkey.strip().rpartition(" ")[2].split("+", 2)
        data = unbase64(encoded)
        p256 = data[:1] == P256 and len(data) == 92 and data[1:].startswith(SPKI_P256)
        hashed = sha256(data[1:] if p256 else name.encode() + b"\n" + data).digest()[:4]
        need(data[:1] in kinds and (p256 or len(data) == 33) and name and hashed.hex() == key_id, vkey)
        return Key(name, data[:1], data[1:], hashed)


def check_signature(key, signature, text):
    """Return the time of a cosignature (c2sp.org/tlog-cosignature), None for the other kinds."""
    if key.kind == P256:
        public = serialization.load_der_public_key(key.public)
        return public.verify(signature, text, ec.ECDSA(hashes.SHA256()))
    public = ed25519.Ed25519PublicKey.from_public_bytes(key.public)
    if key.kind == ED25519:
        return public.verify(signature, text)
    seconds = int.from_bytes(signature[:8], "big")
    public.verify(signature[8:], b"cosignature/v1\ntime %d\n%b" % (seconds, text))
    return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"


def open_note(note, keys, names=()):
    """Return a checkpoint that a log's key signed (c2sp.org/tlog-checkpoint)."""
    match, signers = NOTE.fullmatch(note), {}
    need(match and not re.search(rb"[\x00-\x09\x0b-\x1f]", note), "checkpoint_garbled")
    signed = note[: match.start(4) - 1]
    for line in match[4].decode().split("\n")[:-1]:
        signers |= signers_of(line, signed, keys)
    code = "key_of_another_log" if names and match[1].decode() not in names else "checkpoint_unsigned"
    detail = f"no signature of {', '.join(names) or 'a key'}"
    need(any(key.kind != COSIGNATURE for key in signers), code, None, detail)
    return Note(match[1], int(match[2]), unbase64(match[3].decode(), 32), signers)


def signers_of(line, signed, keys):
    """Return those of the keys that a line of a note is a signature of."""
    _, name, encoded = line.split(" ")
    signature, signers = unbase64(encoded), {}
    for key in keys:
        if (key.name, key.id) == (name, signature[:4]):
            with named("checkpoint_signature"):
                signers[key] = check_signature(key, signature[4:], signed)
    return signers


class Policy:
    """Keys, and which witnesses together are enough (c2sp.org/tlog-policy)."""

    LINE = re.compile(r"^[ \t]*([^ \t#\n].*?)[ \t]*$", re.MULTILINE)

    def __init__(self, text):
        self.keys, self.quorums, self.members = [], [], ["none"]
        self.tests = {"none": lambda signers: True}  # by name: whether these signers reach it
        with named("policy_garbled"):
            for line in self.LINE.findall(text):
                self.read(*re.split("[ \t]+", line))
            once = self.members + [key.public for key in self.keys]
            need(len(self.quorums) == 1 and len({*once}) == len(once), "", None, "twice, or no quorum")

    def read(self, what, name, *words):
        """Read one line; a name is defined once, and before it is used."""
        need(what == "log" or (what == "quorum") == (name in self.tests), "", None, name)
        if what == "log":
            self.keys.append(parse_key(name, ED25519, P256))
        elif what == "quorum":
            self.quorums.append(self.tests[name])
        elif what == "witness":
            self.keys.append(key := parse_key(words[0], COSIGNATURE))
            self.tests[name] = lambda signers: key in signers
        else:
            need(what == "group", "", None, what)
            self.tests[name] = self.group(*words)

    def group(self, rule, *members):
        """Return the test whether so many of the members are reached."""
        need(re.fullmatch("any|all|[0-9]+", rule), "", None, rule)
        least = {"any": 1, "all": len(members)}.get(rule) or int(rule)
        need(0 < least <= len(members), "", None, rule)
        tests = [self.tests[one] for one in members]
        self.members += members
        return lambda signers: sum(test(signers) for test in tests) >= least

    def is_reached(self, signers):
        """Return whether these signers are a quorum."""
        return self.quorums[0](signers)


# ---- Tiles (c2sp.org/tlog-tiles) -----------------------------------------------------------------------------------


def tile_path(level, index, width):
    """Return the path of a tile; the level of a bundle is ``entries``."""
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    return f"tile/{level}/" + re.sub(r"\d{3}(?=\d)", r"x\g<0>/", digits) + ("" if width == WIDTH else f".p/{width}")


def check_tile(folder, level, index, computed):
    """Return the path of the tile, which must hold what its entries hash to."""
    name = tile_path(level, index, len(computed) // 32)
    stored = (folder / name).read_bytes()
    if stored == computed:
        return name
    at = next((at for at in range(0, len(computed), 32) if stored[at : at + 32] != computed[at : at + 32]), 0)
    raise Wrong("tile_differs", (index * WIDTH + at // 32) * WIDTH**level, name)


def entries_in(bundle):
    """Return the entries of a bundle; None where it does not end with one."""
    bundle, at, entries = bundle + b"\0", 0, []  # so that a length that was cut in two can be read
    while at < len(bundle) - 1:
        end = at + 2 + (bundle[at] << 8 | bundle[at + 1])
        entries.append(bundle[at + 2 : end])
        at = end
    return entries if at == len(bundle) - 1 else None


def blocks(folder, size, seen):
    """Yield for each bundle its first seq, its entries, their hashes, and the root if it is full; then check the rest.

    ``seen`` takes the names of all files that belong there.
    """
    roots = b""
    for first in range(0, size, WIDTH):
        count = min(WIDTH, size - first)
        name = tile_path("entries", first // WIDTH, count)
        entries = entries_in((folder / name).read_bytes())
        need(entries and len(entries) == count, "bundle_garbled", first, name)
        leaves = [sha256(b"\0" + entry).digest() for entry in entries]
        tile = b"".join(leaves)
        seen |= {name, check_tile(folder, 0, first // WIDTH, tile)}
        root = root_of_tile(tile) if count == WIDTH else b""
        roots += root
        yield first, entries, leaves, root
    check_upper_tiles(folder, roots, seen)


def check_upper_tiles(folder, roots, seen):
    """Check the tiles above level 0, whose full tiles have these roots."""
    level = 0
    while roots:
        level, tiles = level + 1, [roots[at : at + 32 * WIDTH] for at in range(0, len(roots), 32 * WIDTH)]
        seen |= {check_tile(folder, level, index, tile) for index, tile in enumerate(tiles)}
        roots = b"".join(root_of_tile(tile) for tile in tiles if len(tile) == 32 * WIDTH)


# ---- Entries (FORMAT.md sections 1, 5, 8) --------------------------------------------------------------------------

NAME, HASH = r'"[ !#-\[\]-~]{1,200}"', '"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="'
NATURAL, FOURTH = r"(?:0|[1-9]\d{0,14}|[1-8]\d{15})", "(?:[02468][048]|[13579][26])"
NO_DAY = rf"(?!0000|....-(?:02-3|(?:0[469]|11)-31)|(?!{FOURTH}00|..(?!00){FOURTH})....-02-29)"  # of the calendar
DAY = rf"{NO_DAY}\d{{4}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
WALL = rf"{DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{{3}}Z"
MEMBER, SCALAR = '"[a-z][a-z0-9_]{0,31}":', r'(?:"[ !#-\[\]-~]*"|0|-?[1-9]\d{0,14}|true|false|null)'
BLOB = rf'\{{"len":{NATURAL},"sha256":{HASH}\}}'
UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TYPE_FITS = r'(?(unbound)(?!activation\.))(?(counsel)(?=counsel\.entry")|(?!counsel\.entry"))'
ENTRY = re.compile(  # its members as they stand in canonical JSON; a flat body needs no parsing
    (
        rf'\{{"act":(?:(?P<unbound>null)|{NAME}),'
        rf'"actor":{NAME},'
        rf'"blob":\[(?:{BLOB}(?:,(?!\])|(?=\])))*\],'
        rf'"body":(?:(?P<flat>\{{(?:{MEMBER}{SCALAR}(?:,(?!\}})|(?=\}})))*\}})|\{{.*\}}),'
        rf'"c":(?P<c>\{{(?:{MEMBER}\[{HASH},{HASH}\](?:,(?!\}})|(?=\}})))*\}}),'
        rf'"id":"{UUID7}",'
        r'"log":"(?P<log>[!#-*,-\[\]-~]{1,200})",'
        r'"mode":"(?P<mode>real|drill)",'
        rf'"prev":(?P<prev>{HASH}),'
        r'"proof":"(?:token|unlock|claimed|program)",'
        rf'"seq":(?P<seq>{NATURAL}),'
        rf'"subject":(?:(?P<nobody>null)|{NAME}),'
        rf'"t":\{{"boot":{NAME},"src":{NAME},"unc_ms":(?:null|{NATURAL}),'
        rf'"up_ns":"(?:0|[1-9]\d{{0,18}})","wall":"{WALL}"\}},'
        r'"track":"(?:facts|(?P<counsel>counsel))",'
        rf'"type":"(?P<type>{TYPE_FITS}[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)",'
        r'"v":1\}'
    ).encode(),
    re.ASCII,
)
LOOKED_INTO = (b"privacy.", b"spool.", b"witness.")  # types whose body says something that is checked


class Log:
    """What the entries of one log must fit, in order."""

    def __init__(self, origin, keys, fields):
        self.origin, self.keys, self.mode = origin.encode(), keys, None
        self.past = bytearray()  # the roots of every size up to here; a proof of one entry shows none
        self.fields, self.spools = Fields(fields), Spools(self)

    def check(self, data, seq, root):
        """Check the next entry; ``root`` is that before it, or None where one entry is all there is."""
        match = self.form(data, seq)
        if root is not None:
            need(match["prev"] == b'"' + binascii.b2a_base64(root)[:-1] + b'"', "prev_differs", seq)
            self.past += root
        if match["c"] != b"{}" or match["type"].startswith(LOOKED_INTO):
            self.look_into(json.loads(data), seq, whole=root is not None)

    def form(self, data, seq):
        """Check the form of an entry, and its place but for prev."""
        match = ENTRY.fullmatch(data)
        usual = match and match.group("c", "log", "seq", "mode") == (b"{}", self.origin, b"%d" % seq, self.mode)
        flat = usual and not match["counsel"] and match["flat"]
        if flat and (names := [part[part.rfind(b'"') :] for part in flat.split(b'":')[:-1]]) == sorted({*names}):
            return match
        with named("not_canonical", seq):
            entry = parse(data, 6)
        complete = match and len(entry) == 16  # the pattern lets members follow a body
        need(complete and (match["nobody"] or not match["counsel"]), "entry_shape", seq)
        self.mode = self.mode or match["mode"]
        here = match.group("log", "seq", "mode") == (self.origin, b"%d" % seq, self.mode)
        need(here, "entry_out_of_place", seq)
        return match

    def look_into(self, entry, seq, *, whole):
        """Check what an entry commits to, erases or quotes; a proof of one entry, not whole, shows no chain."""
        kind, body = entry["type"], entry["body"]
        self.fields.check(entry)
        if kind in ("witness.asked", "witness.cosigned"):
            with named("witness_note", seq):
                need(self.quoted(body["note"], seq) == str([body["size"], body["root"]]))
        if whole and kind == "spool.merged":
            self.spools.merged(entry, seq, body)
        if whole and kind == "spool.settled":
            self.spools.settled(seq, body)

    def quoted(self, note, seq):
        """Return size and root of a checkpoint, which must be of this log's past."""
        origin, size, root, _ = open_note(note.encode(), self.keys)
        own = root == (self.past[32 * size : 32 * size + 32] or root)
        need(origin == self.origin and size <= seq and own, "past")
        return str([size, text64(root)])

    def finish(self):
        """Return what a report says of the entries, after the last of them."""
        return {"fields": self.fields.finish(), "spool_open": self.spools.open}


class Fields:
    """The protected fields: what an entry commits to is opened, withheld or erased."""

    def __init__(self, listed):
        self.listed = listed  # {(seq, name): opening, "withheld" or "erased"}
        self.counts = {"opened": 0, "withheld": 0, "erased": 0}
        self.due = {}  # of scopes, the first erased field that no entry has authorised yet

    def check(self, entry):
        """Check each field of an entry, and take what it says of erasures before it."""
        if entry["type"] == "privacy.erased":
            for scope in [] + entry["body"]["scopes"]:
                self.due.pop("" + scope, None)
        for name in entry["c"]:
            self.check_field(entry, name, self.listed.pop((entry["seq"], name), None))

    def check_field(self, entry, name, field):
        """Check one field."""
        need(field, "field_lost", entry["seq"], name)
        self.counts[field if field in ("withheld", "erased") else "opened"] += 1
        if field == "erased":
            self.due.setdefault(scope_of(entry), (entry["seq"], name))
        elif field != "withheld":
            need(commitment(entry, name, field) == entry["c"][name][0], "commitment_mismatch", entry["seq"], name)

    def finish(self):
        """Return how many there are of each; nothing is left that no entry knows or allows."""
        for seq, name in sorted(self.listed)[:1]:
            raise Wrong("field_unknown", seq, f"{name}: no entry commits to it")
        for seq, name in sorted(self.due.values())[:1]:
            raise Wrong("erased_without_authority", seq, name)
        return self.counts


def scope_of(entry):
    """Return whose opening key the fields of an entry were sealed under."""
    if entry["track"] == "counsel":
        return "counsel:" + entry["body"]["key"]
    return "/".join(f"{one}:{entry[one]}" for one in ("act", "subject") if entry[one] is not None) or "station"


def commitment(entry, name, opening):
    """Return what this opening commits to, in base64."""
    parts = b"bg.field.v1", entry["id"].encode(), name.encode(), canonical(opening["value"])
    return text64(hmac.digest(unbase64(opening["salt"], 32), b"\0".join(parts), "sha256"))


class Spools:
    """The chains of records that came into the log from a reserve (FORMAT.md section 8)."""

    def __init__(self, log):
        self.log, self.open, self.ends = log, None, {}  # ends: by spool, [number of records, hash of the last]

    def merged(self, entry, seq, body):
        """Check an entry that carries a record."""
        with named("spool_shape", seq):
            data, signature, record = self.record(body)
        with named("spool_signature", seq):
            self.check_record_signature(signature, data)
        spool, n = body["spool"], body["n"]
        follows = canonical([n, record["prev"]]) == canonical(self.ends.get(spool, [0, None]))
        need(follows and self.open in (None, spool), "spool_chain", seq)
        with named("spool_entry", seq):
            self.check_carried(entry, seq, record["entry"])
        with named("spool_checkpoint", seq):
            need(record["checkpoint"] is None or self.log.quoted(record["checkpoint"], seq), "note")
        self.open, self.ends[spool] = spool, [n + 1, text64(sha256(data).digest())]

    @staticmethod
    def record(body):
        """Return the bytes of the record, its signature, and what it says."""
        data, signature = unbase64(body["record"]), unbase64(body["sig"], 64)
        record = {one: parse(data, 7)[one] for one in ("prev", "checkpoint", "entry")}
        shape = {"v": 1, "spool": body["spool"], "n": body["n"], **record}
        need(data == canonical(shape) and len(body) == 4 and re.fullmatch("[0-9a-f]{32}", body["spool"]), "members")
        return data, signature, record

    def check_record_signature(self, signature, data):
        """Check the log's own signature over a record."""
        key = self.log.keys[0]
        if key.kind == P256:
            signature = utils.encode_dss_signature(*map(int.from_bytes, (signature[:32], signature[32:])))
        check_signature(key, signature, b"bg.spool.v1\0" + data)

    def check_carried(self, entry, seq, inner):
        """Check the entry in the record: it differs from the one that carries it in t, type and body alone."""
        expected = canonical(entry | {one: inner[one] for one in ("t", "type", "body")})
        same = canonical(inner | {one: entry[one] for one in ("seq", "prev")}) == expected and len(inner) == 14
        need(same and not self.log.form(expected, seq)["type"].startswith(b"spool."), "members, or type")

    def settled(self, seq, body):
        """Check that the records run to the end that was signed."""
        need([*body] == ["anchor", "count", "head", "spool"], "spool_shape", seq)
        with named("spool_head", seq):
            count, head = self.ends[self.open]
            found = canonical([body["count"], body["head"], body["spool"]])
            need(found == canonical([count, head, self.open]), "records")
            anchor = open_note(unbase64(body["anchor"]), self.log.keys)
            need(anchor.origin == self.log.origin + f"/spool-{self.open}".encode(), "origin")
            need([anchor.size, text64(anchor.root)] == [count, head], "anchor")
        self.open = None


# ---- What was given from outside, and what the checkpoint is held against ------------------------------------------

Claim = namedtuple("Claim", "code size holds")  # the finding if the root at this size does not hold


class Given:
    """The keys, the witnesses and the policy that came from outside."""

    def __init__(self, options):
        self.witnesses = [parse_key(vkey, COSIGNATURE) for vkey in options.witness or ()]
        self.policy = Policy(Path(options.policy).read_text("utf-8") if options.policy else "quorum none")
        logs = [parse_key(vkey, ED25519, P256) for vkey in options.key or ()]
        self.keys = self.policy.keys + logs + self.witnesses
        self.kinds = {key.kind == COSIGNATURE for key in self.keys}
        self.names = sorted({key.name for key in self.keys if key.kind != COSIGNATURE})

    def with_claimed(self, claimed):
        """Return all keys; those that the files claim count where none of their kind was given."""
        return self.keys + [key for key in Policy(claimed).keys if (key.kind == COSIGNATURE) not in self.kinds]

    def are_enough(self, signers):
        """Return whether every witness who must sign has signed, and a quorum of them."""
        return {*self.witnesses} <= {*signers} and self.policy.is_reached(signers)


def open_trusted(note, cosigned, claimed, words_txt, options, report):
    """Open the checkpoint; return the log's keys that signed it, and claims on the roots of the tree."""
    report["verdict"] = "not judged"  # while what was given beside the files is read: it is no fault of theirs
    given = Given(options)
    report["verdict"] = "corrupt"
    keys = given.with_claimed(claimed)
    newest = open_note(note, keys, given.names)
    logs = [key for key in newest.signers if key.kind != COSIGNATURE]
    need(
        {key.name.encode() for key in logs} == {newest.origin}, "checkpoint_unsigned", None, "by the key of another log"
    )
    report |= {"origin": newest.origin.decode(), "size": newest.size, "root": text64(newest.root)}
    report |= {"origin_proven": False in given.kinds, "witnesses_proven": True in given.kinds}
    claims = [Claim("root_differs", newest.size, newest.root.__eq__)]
    if options.checkpoint:
        report["verdict"] = "not judged"
        kept = open_other(Path(options.checkpoint).read_bytes(), keys, newest.origin)
        claims.append(Claim("checkpoint_differs", kept.size, kept.root.__eq__))
        report["verdict"] = "corrupt"
    claims.append(witnessed_claim(open_other(cosigned, keys, newest.origin), given, report))
    if options.words:
        claims.append(word_claim(options.words, newest.size, words_txt.read_bytes()))
    return logs, claims


def open_other(note, keys, origin):
    """Return another checkpoint, which must be of the same log."""
    other = open_note(note, keys)
    need(other.origin == origin, "checkpoint_of_another_log", None, repr(other.origin))
    return other


def witnessed_claim(note, given, report):
    """Return the claim of the checkpoint that witnesses signed, who must be enough."""
    times = [(key.name, time) for key, time in note.signers.items() if time]
    report["witnessed"] = [{"name": name, "time": time, "size": note.size} for name, time in times]
    need(given.are_enough(note.signers), "quorum_missing", note.size, "too few witnesses")
    return Claim("cosigned_differs", note.size, note.root.__eq__)


def word_claim(text, size, words_txt):
    """Return the claim of 12 words, which are the first 132 bits of a root; their own size may stand before them."""
    need(sha256(words_txt).hexdigest() == WORDS_SHA256, "file_garbled", None, "words.txt")
    words, place = text.lower().split(), {word: n for n, word in enumerate(words_txt.decode().split())}
    if words and re.fullmatch("[0-9]+", words[0]):
        size = int(words.pop(0))
    need(len(words) == 12 and place.keys() >= {*words}, "words_garbled", None, "12 words of the list")
    bits = sum(place[word] << 11 * (11 - n) for n, word in enumerate(words))
    return Claim("words_differ", size, lambda root: int.from_bytes(root, "big") >> 124 == bits)


def check_claims(claims, size, tree):
    """Hold the root at this size against every claim on it."""
    for code, at, holds in claims:
        need(at != size or holds(root_of(tree)), code, size, "the root is another one")


# ---- The proof of one entry ----------------------------------------------------------------------------------------

PROOF = re.compile(rb"c2sp\.org/tlog-proof@v1\nextra (.+)\nindex (0|[1-9]\d{0,15})\n((?:.+\n){0,64})\n((?s:.+))")
LARGEST_PROOF = 2**24
Proof = namedtuple("Proof", "seq entry path note openings claimed")  # openings: {(seq, name): opening}


def verify_proof(file, options, report):
    """Verify that one entry stands in a log."""
    with named("proof_garbled"):
        proof = read_proof(file)
    words_txt = Path(__file__).parent / "words.txt"
    logs, claims = open_trusted(proof.note, proof.note, proof.claimed, words_txt, options, report)
    with named("inclusion_not_proven", proof.seq):
        root = root_of_path(proof.seq, report["size"], leaf_hash(proof.entry), proof.path)
        need(text64(root) == report["root"], "")
    comparable = all(claim.size == report["size"] for claim in claims)
    need(comparable, "claim_not_comparable", proof.seq, "a proof speaks of one size")
    check_claims(claims, report["size"], [(report["size"], b"\1" + root)])
    report |= check_alone(proof, logs, report["origin"])


def read_proof(file):
    """Return what a c2sp.org/tlog-proof holds."""
    match = PROOF.fullmatch(file.read_bytes()) if file.stat().st_size <= LARGEST_PROOF else None
    need(match, "", None, "no whole proof")
    extra, seq = parse(unbase64(match[1].decode()), 9), int(match[2])
    path = [unbase64(line, 32) for line in match[3].decode().split("\n")[:-1]]
    entry, claimed = unbase64(extra["entry"]), f"log {extra['key']}\nquorum none"
    openings = {(seq, row["name"]): row for row in rows_of(extra, 4, "openings", "name salt value")}
    need(len(openings) == len(extra["openings"]) and len(entry) < 2**16, "", None, "a field twice, or too long")
    return Proof(seq, entry, path, match[4], openings, claimed)


def check_alone(proof, logs, origin):
    """Check an entry without its log; return what a report says of it."""
    log = Log(origin, logs, {})
    committed = json.loads(log.form(proof.entry, proof.seq)["c"])
    log.fields.listed = {(proof.seq, name): "withheld" for name in committed} | proof.openings
    log.check(proof.entry, proof.seq, None)
    entry, opened = json.loads(proof.entry), {name for _, name in proof.openings}
    found = {"seq": proof.seq, "mode": entry["mode"], "vouched_until": entry["t"]["wall"], "entry": entry}
    shown = {"opened": [*proof.openings.values()], "withheld": sorted({*committed} - opened)}
    return log.finish() | found | shown


# ---- The export of a journal ---------------------------------------------------------------------------------------

LISTS = {"openings": "name salt seq value", "withheld": "name seq", "erased": "name seq"}
EMPTY_HEAD, EMPTY_LAST = b'{"body":{}}', b'{"t":{"wall":null}}'  # of a log without entries


def verify_export(folder, options, report):
    """Verify all entries of an export."""
    note, claimed = (folder / "checkpoint").read_bytes(), (folder / "policy").read_text("utf-8")
    cosigned = (folder / "cosigned").read_bytes() if (folder / "cosigned").exists() else note
    logs, claims = open_trusted(note, cosigned, claimed, folder / "words.txt", options, report)
    size = report["size"]
    need(all(claim.size <= size for claim in claims), "shorter_than_checkpoint", size, "one of more")
    log = Log(report["origin"], logs, read_lists(folder) if options.deep else {})
    head, last = check_entries(folder, size, claims, log if options.deep else None)
    skipped = {"unchecked": "form and order of the entries, openings, erasures"}
    report |= log.finish() if options.deep else skipped
    with named("garbled", 0):
        report |= beginning_of(head)
    with named("garbled", size - 1):
        report["vouched_until"] = parse(last, 6)["t"]["wall"]
    report["unproven"] = check_log_json(folder, size, head, report["origin"])


def read_lists(folder):
    """Return the fields that the three lists tell of: {(seq, name): opening, "withheld" or "erased"}."""
    lists = {name: parse_free((folder / f"{name}.json").read_bytes()) for name in LISTS}
    listed = [(name, row) for name, value in lists.items() for row in rows_of(value, 2, name, LISTS[name])]
    fields = {(row["seq"], row["name"]): row if name == "openings" else name for name, row in listed}
    need(len(fields) == len(listed), "field_unknown", None, "a field is listed twice")
    return fields


def check_entries(folder, size, claims, log):
    """Check every entry, tile and claim; return the first and the last entry. Without ``log``: their bytes alone."""
    tree, seen, head, last = [], set(), EMPTY_HEAD, EMPTY_LAST
    check_claims(claims, 0, tree)
    for first, entries, leaves, root in blocks(folder, size, seen):
        head, last = head if first else entries[0], entries[-1]
        sizes = {claim.size for claim in claims if first < claim.size <= first + len(leaves)}
        if root and log is None and sizes <= {first + WIDTH}:
            append(tree, root, WIDTH)
            check_claims(claims, first + WIDTH, tree)
            continue
        for seq, leaf in enumerate(leaves, first):
            if log is not None:
                log.check(entries[seq - first], seq, root_of(tree))
            append(tree, leaf)
            if seq + 1 in sizes:
                check_claims(claims, seq + 1, tree)
    check_nothing_else(folder, seen)
    return head, last


def check_nothing_else(folder, seen):
    """Check that no other file lies among the tiles."""
    found = {file.relative_to(folder).as_posix() for file in (folder / "tile").rglob("*") if file.is_file()}
    need(not found - seen, "file_unknown", None, "".join(sorted(found - seen)[:1]))


def beginning_of(head):
    """Return what the first entry says of the log: whether it is a drill's, and after which alarm it began."""
    entry = parse(head, 6)
    body = entry["body"]
    return {"mode": entry.get("mode"), "alarm": body.get("alarm"), "after": body.get("from")}


def check_log_json(folder, size, head, origin):
    """Hold log.json, where there is one, against the log; return what nothing in the export proves."""
    if not (folder / "log.json").exists():
        return ["log.json: missing"]
    with named("garbled"):
        told = read_log_json(folder / "log.json")
    need(told["log"] == origin, "log_json_differs", None, "of another log")
    if size:
        with named("garbled", 0):
            newest = alarm_before(parse(head, 6))
        need(told["alarms"][-1:] == newest, "log_json_differs", None, "another alarm than the first entry tells of")
    older = len(told["alarms"]) > (1 if size else 0)
    return ["log.json: followed"] + (["log.json: alarms"] if older else [])


def read_log_json(file):
    """Return what log.json claims, in the form of FORMAT.md section 4."""
    told = parse_free(file.read_bytes())
    need(sorted(told) == ["alarms", "followed", "log", "v"] and repr(told["v"]) == "1", "", None, "log.json")
    need(isinstance(told["log"], str) and isinstance(told["followed"], bool), "", None, "log.json")
    for row in [] + told["alarms"]:
        texts = [row["log"], row["renewal"], *([] + row["alarm"])]
        need(len(row) == 3 and all(isinstance(one, str) for one in texts), "", None, "log.json")
    return told


def alarm_before(entry):
    """Return, in a list, the alarm after which the log began, as its first entry tells of it; none for a first log."""
    if entry.get("type") != "log.renewed":
        return []
    body = entry["body"]
    return [{"alarm": body["alarm"], "log": body["from"]["origin"], "renewal": body["renewal"]}]


# ---- The command ---------------------------------------------------------------------------------------------------


def main():
    """Judge what the command line names, tell the report, and return the exit status."""
    options = read_options()
    proof = not options.path.is_dir()
    report = {"verdict": "corrupt", "ok": False, "depth": "proof" if proof else "deep" if options.deep else "bytes"}
    report |= dict.fromkeys(["mode", "origin", "size", "root", "vouched_until", "witnessed", "fields"])
    report["findings"] = []
    try:
        (verify_proof if proof else verify_export)(options.path, options, report)
        report |= {"verdict": "verified" if report["origin_proven"] else "consistent, origin unproven", "ok": True}
    except (Wrong, OSError, *UNREADABLE) as error:
        take_finding(report, error)
    sys.stdout.write((json.dumps(report) if options.json else in_lines(report)) + "\n")
    return {"verified": 0, "not judged": 2, "corrupt": 4}.get(report["verdict"], 3)


def read_options():
    """Return what was typed. What is judged proves nothing of itself, so nothing that is given may lie in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", default=Path(__file__).resolve().parent, type=Path)
    for name in ("policy", "checkpoint", "words"):
        parser.add_argument(f"--{name}")
    for name in ("key", "witness"):
        parser.add_argument(f"--{name}", action="append")
    for name in ("bytes", "deep", "json"):
        parser.add_argument(f"--{name}", action="store_true")
    options = parser.parse_args()
    options.deep |= not options.bytes
    judged, *others = [Path(one).resolve() for one in (options.path, options.policy, options.checkpoint) if one]
    for one in (judged, *others):
        if not one.exists():
            parser.error(f"nothing is at {one}")
        if judged in one.parents:
            parser.error(f"lies in what is judged itself: {one}")
    return options


def take_finding(report, error):
    """Put into the report what does not verify."""
    code, seq = "file_missing" if isinstance(error, OSError) else "garbled", None
    if isinstance(error, Wrong):
        code, seq = error.code, error.seq
    report["findings"] = [{"code": code, "seq": seq, "detail": detail_of(error)}]
    if code in NOT_JUDGED:
        report["verdict"] = "not judged"


def in_lines(report):
    """Return a line for each member; ASCII alone, so that nothing in the files can speak for the verifier."""
    return "\n".join(f"{name}: {value!a}" for name, value in report.items()).replace("'", "")


if __name__ == "__main__":
    sys.exit(main())
