# SPDX-License-Identifier: Apache-2.0
"""Verify an exported journal, or the proof of one entry. One file: Python 3.11 or later and ``cryptography``.
PATH is the export (default: where this file lies) or a file of `journal prove`. Keys, and this file, count when they
come from outside: the log's from the founding certificate or by telephone, the witnesses' from themselves; each
--witness must have signed, a --policy (c2sp.org/tlog-policy) says how many. --checkpoint FILE, --words "[SIZE] w1 ...
w12" are what was kept elsewhere. --bytes is quicker and leaves out form and order of entries, openings and erasures.
FORMAT.md says more. Exit status: 0 verified, 2 not judged (no file, no key of the log), 3 origin unproven, 4 corrupt"""
import os, sys; sys.path = [p for p in sys.path if os.path.realpath(p) != os.path.dirname(os.path.realpath(__file__))]
import argparse, base64, binascii, collections, contextlib, datetime, hashlib, hmac, json, pathlib, re, unicodedata
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization as der
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
sha256, Path = hashlib.sha256, pathlib.Path  # above: nothing is imported from the folder that is judged
WIDTH, ED25519, P256, COSIGNATURE = 256, b"\1", b"\2", b"\4"  # the width of a tile; kinds of keys
SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
WORDS_SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
NOTE = re.compile(rb"(.+)\n(0|[1-9]\d{0,15})\n(.+)\n\n((?:\xe2\x80\x94 [^ \n+]+ [^ \n]+\n){1,100})")
PROOF = re.compile(rb"c2sp\.org/tlog-proof@v1\nextra (.+)\nindex (0|[1-9]\d{0,15})\n((?:.+\n){0,64})\n((?s:.+))")
NAME, HASH = r'"[ !#-\[\]-~]{1,200}"', '"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="'
NATURAL, FOURTH = r"(?:0|[1-9]\d{0,14}|[1-8]\d{15})", "(?:[02468][048]|[13579][26])"
NO_DAY = rf"(?!0000|....-(?:02-3|(?:0[469]|11)-31)|(?!{FOURTH}00|..(?!00){FOURTH})....-02-29)"  # of the calendar
MEMBER, SCALAR = '"[a-z][a-z0-9_]{0,31}":', r'(?:"[ !#-\[\]-~]*"|0|-?[1-9]\d{0,14}|true|false|null)'
ENTRY = re.compile("".join((  # FORMAT.md section 1: members as in canonical JSON; a flat body needs no parsing
    rf'\{{"act":(?:(?P<unbound>null)|{NAME}),"actor":{NAME},"blob":\[(?:\{{"len":{NATURAL},"sha256":{HASH}\}}',
    rf'(?:,(?!\])|(?=\])))*\],"body":(?:(?P<flat>\{{(?:{MEMBER}{SCALAR}(?:,(?!\}})|(?=\}})))*\}})|\{{.*\}}),',
    rf'"c":(?P<c>\{{(?:{MEMBER}\[{HASH},{HASH}\](?:,(?!\}})|(?=\}})))*\}}),',
    r'"id":"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}","log":"(?P<log>[!#-*,-\[\]-~]{1,200})',
    rf'","mode":"(?P<mode>real|drill)","prev":(?P<prev>{HASH}),"proof":"(?:token|unlock|claimed|program)",',
    rf'"seq":(?P<seq>{NATURAL}),"subject":(?:(?P<nobody>null)|{NAME}),"t":\{{"boot":{NAME},"src":{NAME},"unc_ms":',
    rf'(?:null|{NATURAL}),"up_ns":"(?:0|[1-9]\d{{0,18}})","wall":"{NO_DAY}\d{{4}}-(?:0[1-9]|1[0-2])',
    r'-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z"\},"track":"(?:facts|(?P<counsel>counsel))",',
    r'"type":"(?P<type>(?(unbound)(?!activation\.))(?(counsel)(?=counsel\.entry")|(?!counsel\.entry"))',
    r'[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)","v":1\}')).encode(), re.ASCII)
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError)
Key = collections.namedtuple("Key", "name kind public id")  # public: 32 bytes of Ed25519, or the SPKI of P-256
class Wrong(Exception): """The first thing that does not verify: code, entry or None, detail."""
def need(condition, code="", seq=None, detail=""):
    if not condition: raise Wrong(code, seq, detail)
@contextlib.contextmanager
def named(code, seq=None):  # gives this code to whatever goes wrong inside
    try: yield
    except (*UNREADABLE, InvalidSignature, Wrong) as error: raise Wrong(code, seq, told(error)) from error
def told(error): return (error.args[2] if isinstance(error, Wrong) else f"{type(error).__name__}: {error}")[:200]
def text64(data): return base64.b64encode(data).decode()
def unbase64(text, length=None):
    data = base64.b64decode(text, validate=True)
    need(text64(data) == text and length in (None, len(data)), "garbled", None, f"no base64: {length}"); return data
def canonical(value): return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def once(pairs): return dict(pairs) if len(dict(pairs)) == len(pairs) else need(False, "garbled", None, "twice")
def parse(data, depth, hook=None):  # in the profile of FORMAT.md section 1; without a hook it must be canonical
    value = json.loads(data.decode(), parse_constant=int, parse_float=int, object_pairs_hook=hook)  # 1.0, NaN: no int
    need(in_profile(value, depth) and (hook or canonical(value) == data), "garbled", None, "profile"); return value
def rows(it, size, name, members):  # of a list (FORMAT.md section 4) in an object of so many members
    fits = (" ".join(sorted(r)) == members and [type(r.get("seq", 0)), type(r["name"])] == [int, str] for r in it[name])
    need(repr(it["v"]) == "1" and len(it) == size and all(fits), "garbled", None, name); return [] + it[name]
def in_profile(value, depth):
    if isinstance(value, str):
        return unicodedata.is_normalized("NFC", value) and not {"Cs", "Cn"} & {*map(unicodedata.category, value)}
    if value is None or isinstance(value, int): return value is None or abs(value) < 2**53
    if isinstance(value, dict) and all(re.fullmatch(MEMBER, f'"{name}":') for name in value): value = [*value.values()]
    return isinstance(value, list) and depth > 0 and all(in_profile(item, depth - 1) for item in value)
def node(left, right): return sha256(b"\1" + left + right).digest()
def append(tree, root, size=1):  # a tree: [(size, 01 ‖ root)] of its complete subtrees, largest first (RFC 9162)
    while tree and tree[-1][0] == size: root, size = sha256(tree.pop()[1] + root).digest(), size * 2
    tree.append((size, b"\1" + root))
def root_of(tree):
    result = tree[-1][1][1:] if tree else sha256(b"").digest()
    for _, left in tree[-2::-1]: result = sha256(left + result).digest()
    return result
def tile_root(tile):
    while len(tile) > 32: tile = b"".join([sha256(b"\1" + tile[n : n + 64]).digest() for n in range(0, len(tile), 64)])
    return tile
def path_root(index, size, leaf, path):  # the root that a proof of inclusion leads to (RFC 9162 section 2.1.3)
    if (index, size, path) == (0, 1, []): return leaf
    half = 1 << (max(size, 1) - 1).bit_length() - 1  # an error where there is no path
    if index < half: return node(path_root(index, half, leaf, path[:-1]), path[-1])
    return node(path[-1], path_root(index - half, size - half, leaf, path[:-1]))
def parse_key(vkey, *kinds):  # c2sp.org/signed-note
    with named("key_garbled"):
        name, key_id, encoded = vkey.strip().rpartition(" ")[2].split("+", 2); data = unbase64(encoded)
        p256 = data[:1] == P256 and len(data) == 92 and data[1:].startswith(SPKI_P256)
        hashed = sha256(data[1:] if p256 else name.encode() + b"\n" + data).digest()[:4]
        need(data[:1] in kinds and (p256 or len(data) == 33) and name and hashed.hex() == key_id, vkey)
        return Key(name, data[:1], data[1:], hashed)
def check_signature(key, signature, text):  # returns the time of a cosignature (c2sp.org/tlog-cosignature)
    if key.kind == P256: return der.load_der_public_key(key.public).verify(signature, text, ec.ECDSA(hashes.SHA256()))
    time = int.from_bytes(signature[:8], "big") if key.kind == COSIGNATURE else None
    if time is not None: signature, text = signature[8:], b"cosignature/v1\ntime %d\n%b" % (time, text)
    ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    return None if time is None else f"{datetime.datetime.fromtimestamp(time, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
def open_note(note, keys, names=()):  # origin, size, root, {signer: time} of a checkpoint (c2sp.org/tlog-checkpoint)
    match, signers = NOTE.fullmatch(note), {}
    need(match and not re.search(rb"[\x00-\x09\x0b-\x1f]", note), "checkpoint_garbled")
    for _, name, encoded in (line.split(" ") for line in match[4].decode().split("\n")[:-1]):
        signature = unbase64(encoded)
        for key in (key for key in keys if (key.name, key.id) == (name, signature[:4])):
            with named("checkpoint_signature"):
                signers[key] = check_signature(key, signature[4:], note[: match.start(4) - 1])
    code = "key_of_another_log" if names and match[1].decode() not in names else "checkpoint_unsigned"
    need(any(key.kind != COSIGNATURE for key in signers), code, None, f"no signature of {', '.join(names) or 'a key'}")
    return match[1], int(match[2]), unbase64(match[3].decode(), 32), signers
def read_policy(text, signers=()):  # keys, and whether these signers are a quorum (c2sp.org/tlog-policy)
    keys, reached, quorum, members = [], {"none": True}, [], ["none"]
    with named("policy_garbled"):
        for what, name, *args in map(re.compile("[ \t]+").split, re.findall(r"(?m)^[ \t]*([^ \t#\n].*?)[ \t]*$", text)):
            need(what == "log" or (what == "quorum") == (name in reached), name)
            if what == "log": keys.append(parse_key(name, ED25519, P256))
            elif what == "quorum": quorum.append(reached[name])
            elif what == "witness": keys, reached[name] = [*keys, k := parse_key(args[0], COSIGNATURE)], k in signers
            else:
                least, members = {"any": 1, "all": len(args) - 1}.get(args[0]) or int(args[0]), members + args[1:]
                need(what == "group" and 0 < least < len(args) and re.fullmatch("any|all|[0-9]+", args[0]), what)
                reached[name] = sum(reached[one] for one in args[1:]) >= least
        need(len(quorum) == 1 and len({*(once := members + [key.public for key in keys])}) == len(once), "twice, or no")
    return keys, quorum[0]
def tile_path(level, index, width):
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    return f"tile/{level}/" + re.sub(r"\d{3}(?=\d)", r"x\g<0>/", digits) + ("" if width == WIDTH else f".p/{width}")
def check_tile(folder, level, index, computed):
    stored = (folder / (name := tile_path(level, index, len(computed) // 32))).read_bytes()
    if stored == computed: return name
    at = next((at for at in range(0, len(computed), 32) if stored[at : at + 32] != computed[at : at + 32]), 0)
    raise Wrong("tile_differs", (index * WIDTH + at // 32) * WIDTH**level, name)
def blocks(folder, size, seen):  # c2sp.org/tlog-tiles: first seq, entries, leaf hashes, root of a full tile
    roots, level = b"", 0
    for first in range(0, size, WIDTH):
        name, at, entries = tile_path("entries", first // WIDTH, count := min(WIDTH, size - first)), 0, []
        bundle = (folder / name).read_bytes() + b"\0"  # so that a length that was cut in two can be read
        while at < len(bundle) - 1:
            entries.append(bundle[at + 2 : (at := at + 2 + (bundle[at] << 8 | bundle[at + 1]))])
        need(at == len(bundle) - 1 and len(entries) == count, "bundle_garbled", first, name)
        leaves = [sha256(b"\0" + entry).digest() for entry in entries]
        seen |= {name, check_tile(folder, 0, first // WIDTH, tile := b"".join(leaves))}
        roots += (root := tile_root(tile) if count == WIDTH else b"")
        yield first, entries, leaves, root
    while roots:
        level, tiles = level + 1, [roots[at : at + 32 * WIDTH] for at in range(0, len(roots), 32 * WIDTH)]
        seen |= {check_tile(folder, level, index, tile) for index, tile in enumerate(tiles)}
        roots = b"".join(tile_root(tile) for tile in tiles if len(tile) == 32 * WIDTH)
class Deep:  # checks entries in order (FORMAT.md 1, 5, 8); fields: {(seq, name): opening, "withheld" or "erased"}
    def __init__(self, fields, log, keys):
        self.fields, self.log, self.keys, self.mode, self.due = fields, log.encode(), keys, None, {}
        self.states, self.spool, self.ends, self.past = {"opened": 0, "withheld": 0, "erased": 0}, None, {}, bytearray()
    def form(self, data, seq):  # checks the form of an entry, and its place but for prev
        match = ENTRY.fullmatch(data)
        usual = match and match.group("c", "log", "seq", "mode") == (b"{}", self.log, b"%d" % seq, self.mode)
        flat = usual and not match["counsel"] and match["flat"]
        if flat and (names := [p[p.rfind(b'"') :] for p in flat.split(b'":')[:-1]]) == sorted({*names}): return match
        with named("not_canonical", seq): entry = parse(data, 6)  # the pattern lets members follow a body
        need(match and len(entry) == 16 and (match["nobody"] or not match["counsel"]), "entry_shape", seq)
        self.mode = self.mode or match["mode"]
        need(match.group("log", "seq", "mode") == (self.log, b"%d" % seq, self.mode), "entry_out_of_place", seq)
        return match
    def check(self, data, seq, root):
        match = self.form(data, seq); self.past += root or b""  # roots of every size; a proof of one entry shows none
        need(root is None or match["prev"] == b'"' + binascii.b2a_base64(root)[:-1] + b'"', "prev_differs", seq)
        if match["c"] == b"{}" and not match["type"].startswith((b"privacy.", b"spool.", b"witness.")): return
        body = (entry := json.loads(data))["body"]
        for one in [] + body["scopes"] if entry["type"] == "privacy.erased" else (): self.due.pop("" + one, None)
        for name in entry["c"]: self.field(entry, name, self.fields.pop((seq, name), None))
        if entry["type"] in ("witness.asked", "witness.cosigned"):
            with named("witness_note", seq): need(self.quoted(body["note"], seq) == str([body["size"], body["root"]]))
        chained = {"spool.merged": self.merged, "spool.settled": self.settled}.get(entry["type"])
        if chained and root: chained(entry, seq, body)  # a proof of one entry shows no chain
    def field(self, entry, name, field):
        need(field, "field_lost", entry["seq"], name)
        self.states[field if field in ("withheld", "erased") else "opened"] += 1
        if field == "erased":
            scope = "/".join(f"{one}:{entry[one]}" for one in ("act", "subject") if entry[one] is not None) or "station"
            scope = "counsel:" + entry["body"]["key"] if entry["track"] == "counsel" else scope
            self.due.setdefault(scope, (entry["seq"], name))
        elif field != "withheld":
            parts = b"bg.field.v1", entry["id"].encode(), name.encode(), canonical(field["value"])
            made = text64(hmac.digest(unbase64(field["salt"], 32), b"\0".join(parts), "sha256"))
            need(made == entry["c"][name][0], "commitment_mismatch", entry["seq"], name)
    def merged(self, entry, seq, body):
        with named("spool_shape", seq):
            data, sig, spool, n = unbase64(body["record"]), unbase64(body["sig"], 64), body["spool"], body["n"]
            prev, note, inner = (parse(data, 7)[one] for one in ("prev", "checkpoint", "entry"))
            shape = {"v": 1, "spool": spool, "n": n, "prev": prev, "checkpoint": note, "entry": inner}
            need(data == canonical(shape) and len(body) == 4 and re.fullmatch("[0-9a-f]{32}", spool), "members")
        with named("spool_signature", seq):
            if self.keys[0].kind == P256: sig = utils.encode_dss_signature(*map(int.from_bytes, (sig[:32], sig[32:])))
            check_signature(self.keys[0], sig, b"bg.spool.v1\0" + data)
        follows = canonical([n, prev]) == canonical(self.ends.get(spool, [0, None]))
        need(follows and self.spool in (None, spool), "spool_chain", seq)
        with named("spool_entry", seq):  # it differs from the entry that carries it in these three alone
            expected = canonical(entry | {one: inner[one] for one in ("t", "type", "body")})
            same = canonical(inner | {one: entry[one] for one in ("seq", "prev")}) == expected and len(inner) == 14
            need(same and not self.form(expected, seq)["type"].startswith(b"spool."), "members, or type")
        with named("spool_checkpoint", seq): need(note is None or self.quoted(note, seq), "note")
        self.spool, self.ends[spool] = spool, [n + 1, text64(sha256(data).digest())]
    def quoted(self, note, seq):  # a checkpoint of this log's past
        origin, size, root, _ = open_note(note.encode(), self.keys)
        need(origin == self.log and size <= seq and root == (self.past[32 * size : 32 * size + 32] or root), "past")
        return str([size, text64(root)])
    def settled(self, _, seq, body):
        need([*body] == "anchor count head spool".split(), "spool_shape", seq)
        with named("spool_head", seq):
            need(canonical([*body.values()][1:]) == canonical(end := [*self.ends[self.spool], self.spool]), "records")
            origin, size, root, _ = open_note(unbase64(body["anchor"]), self.keys)
            need([origin, size, text64(root)] == [self.log + f"/spool-{self.spool}".encode(), *end[:2]], "")
        self.spool = None
    def finish(self):
        for seq, name in sorted(self.fields)[:1]: raise Wrong("field_unknown", seq, f"{name}: no entry commits to it")
        for seq, name in sorted(self.due.values())[:1]: raise Wrong("erased_without_authority", seq, name)
        return {"fields": self.states, "spool_open": self.spool}
def word_claim(text, size, words_txt):
    need(sha256(words_txt).hexdigest() == WORDS_SHA256, "file_garbled", None, "words.txt")
    words, place = text.lower().split(), {word: n for n, word in enumerate(words_txt.decode().split())}
    size = int(words.pop(0)) if words and re.fullmatch("[0-9]+", words[0]) else size
    need(len(words) == 12 and place.keys() >= {*words}, "words_garbled", None, "12 words of the list")
    bits = sum(place[word] << 11 * (11 - n) for n, word in enumerate(words))  # the first 132 of the root
    return "words_differ", size, lambda root: int.from_bytes(root, "big") >> 124 == bits
def open_trusted(note, cosigned, claimed, words_txt, options, report):  # returns log keys; claims (code, size, test)
    report["verdict"], required = "not judged", [parse_key(vkey, COSIGNATURE) for vkey in options.witness or ()]
    policy = Path(options.policy).read_text("utf-8") if options.policy else "quorum none"  # no fault of the files
    given = read_policy(policy)[0] + [parse_key(vkey, ED25519, P256) for vkey in options.key or ()] + required
    kinds, report["verdict"] = {key.kind == COSIGNATURE for key in given}, "corrupt"  # claims count where not given
    keys = given + [key for key in read_policy(claimed)[0] if (key.kind == COSIGNATURE) not in kinds]
    origin, size, root, signers = open_note(note, keys, sorted({key.name for key in given if key.kind != COSIGNATURE}))
    logs = [key for key in signers if key.kind != COSIGNATURE]
    need({key.name.encode() for key in logs} == {origin}, "checkpoint_unsigned", None, "by the key of another log")
    report |= {"origin": origin.decode(), "size": size, "root": text64(root)}
    report |= {"origin_proven": False in kinds, "witnesses_proven": True in kinds}
    claims = [("root_differs", size, root.__eq__)]
    for code, other in ("checkpoint_differs", options.checkpoint), ("cosigned_differs", cosigned):
        report["verdict"] = "not judged" if isinstance(other, str) else "corrupt"
        found, at, old, signers = open_note(Path(other).read_bytes() if isinstance(other, str) else other or note, keys)
        need(found == origin, "checkpoint_of_another_log", None, repr(found)); claims.append((code, at, old.__eq__))
    report["witnessed"] = [{"name": key.name, "time": time, "size": at} for key, time in signers.items() if time]
    need({*required} <= {*signers} and read_policy(policy, signers)[1], "quorum_missing", at, "too few witnesses")
    if options.words: claims.append(word_claim(options.words, size, words_txt.read_bytes()))
    return logs, claims
def check_claims(claims, size, tree):
    for code, at, holds in claims: need(at != size or holds(root_of(tree)), code, size, "the root is another one")
def verify_proof(file, options, report):
    with named("proof_garbled"):
        need(match := file.stat().st_size <= 2**24 and PROOF.fullmatch(file.read_bytes()), "", None, "no whole proof")
        extra, seq = parse(unbase64(match[1].decode()), 9), int(match[2])
        path = [unbase64(line, 32) for line in match[3].decode().split("\n")[:-1]]
        data, claimed = unbase64(extra["entry"]), f"log {extra['key']}\nquorum none"
        opened = {(seq, row["name"]): row for row in rows(extra, 4, "openings", "name salt value")}
        need(len(opened) == len(extra["openings"]) and len(data) < 2**16, "a field twice, or too long")
    logs, claims = open_trusted(match[4], match[4], claimed, Path(__file__).parent / "words.txt", options, report)
    with named("inclusion_not_proven", seq):
        need(text64(root := path_root(seq, report["size"], sha256(b"\0" + data).digest(), path)) == report["root"], "")
    need(all(at == report["size"] for _, at, _ in claims), "claim_not_comparable", seq, "a proof speaks of one size")
    check_claims(claims, report["size"], [(report["size"], b"\1" + root)]); deep = Deep({}, report["origin"], logs)
    deep.fields = {(seq, name): "withheld" for name in json.loads(deep.form(data, seq)["c"])} | opened
    deep.check(data, seq, None); it = json.loads(data)
    report |= deep.finish() | {"seq": seq, "mode": it["mode"], "vouched_until": it["t"]["wall"], "entry": it}
    report |= {"opened": extra["openings"], "withheld": sorted({*it["c"]} - {name for _, name in opened})}
def verify_export(folder, options, report):
    note, claimed = (folder / "checkpoint").read_bytes(), (folder / "policy").read_text("utf-8")
    cosigned = (folder / "cosigned").read_bytes() if (folder / "cosigned").exists() else note
    logs, claims = open_trusted(note, cosigned, claimed, folder / "words.txt", options, report)
    need(all(at <= report["size"] for _, at, _ in claims), "shorter_than_checkpoint", report["size"], "one of more")
    members = {"openings": "name salt seq value", "withheld": "name seq", "erased": "name seq"}
    lists = {one: parse((folder / f"{one}.json").read_bytes(), 9, once) for one in members if options.deep}
    listed = [(one, row) for one, it in lists.items() for row in rows(it, 2, one, members[one])]
    fields = {(item["seq"], item["name"]): item if state == "openings" else state for state, item in listed}
    need(len(fields) == len(listed), "field_unknown", None, "a field is listed twice")
    deep, tree, seen = Deep(fields, report["origin"], logs), [], set()
    check_claims(claims, 0, tree); head, last = b'{"body":{}}', b'{"t":{"wall":null}}'  # of an empty log
    for first, entries, leaves, root in blocks(folder, report["size"], seen):
        head, last = head if first else entries[0], entries[-1]
        whole, ends = root and not options.deep, {at for _, at, _ in claims if first < at <= first + len(leaves)}
        for seq, leaf in [(first + WIDTH - 1, root)] if whole and ends <= {first + WIDTH} else enumerate(leaves, first):
            if options.deep: deep.check(entries[seq - first], seq, root_of(tree))
            append(tree, leaf, WIDTH if leaf is root else 1)
            if seq + 1 in ends: check_claims(claims, seq + 1, tree)
    more = {file.relative_to(folder).as_posix() for file in (folder / "tile").rglob("*") if file.is_file()} - seen
    need(not more, "file_unknown", None, "".join(sorted(more)[:1]))
    report |= deep.finish() if options.deep else {"unchecked": "form and order of the entries, openings, erasures"}
    with named("garbled", 0): it = (head := parse(head, 6))["body"]; report |= {"mode": head.get("mode")} | {
        "alarm": it.get("alarm"), "after": it.get("from")}  # of the log's first entry
    with named("garbled", report["size"] - 1): report["vouched_until"] = parse(last, 6)["t"]["wall"]
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", default=Path(__file__).resolve().parent, type=Path)
    actions = {"key": "append", "witness": "append", **dict.fromkeys(("bytes", "deep", "json"), "store_true")}
    for name in ("policy", "checkpoint", "words", *actions): parser.add_argument("--" + name, action=actions.get(name))
    options = parser.parse_args(); proof = not options.path.is_dir(); options.deep |= not options.bytes
    given = [Path(p).resolve() for p in (options.path, options.policy, options.checkpoint) if p]
    lost = [p for p in given if not p.exists() or given[0] in p.parents]  # what is judged proves nothing of itself
    if lost: parser.error(f"{'lies in what is judged itself:' if lost[0].exists() else 'nothing is at'} {lost[0]}")
    report = {"verdict": "corrupt", "ok": False, "depth": "proof" if proof else "deep" if options.deep else "bytes"}
    report |= dict.fromkeys("mode origin size root vouched_until witnessed fields".split()) | {"findings": []}
    try:
        (verify_proof if proof else verify_export)(options.path, options, report)
        report |= {"verdict": "verified" if report["origin_proven"] else "consistent, origin unproven", "ok": True}
    except (Wrong, OSError, *UNREADABLE) as e:
        code, seq = e.args[:2] if isinstance(e, Wrong) else (["garbled", "file_missing"][isinstance(e, OSError)], None)
        report["findings"] = [{"code": code, "seq": seq, "detail": told(e)}]
        if code in ("key_garbled", "key_of_another_log", "words_garbled"): report["verdict"] = "not judged"
    print(json.dumps(report) if options.json else "\n".join(f"{a}: {b!a}" for a, b in report.items()).replace("'", ""))
    return {"verified": 0, "not judged": 2, "corrupt": 4}.get(report["verdict"], 3)
if __name__ == "__main__": sys.exit(main())
