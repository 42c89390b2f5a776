# SPDX-License-Identifier: Apache-2.0
"""How secrets are sealed and signatures checked: HPKE with keys in tokens, records, tables, slots.

Suite ``bg1-p256``: HPKE base mode (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; ECDSA P-256
over SHA-256 digests; HKDF-SHA256 for the key of a record. Only the raw ECDH and ECDSA run in a token; whatever
does not fit raises ``Corrupt``. Byte for byte: ``docs/formats/sealing.md``.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from console.domain import shamir
from console.domain.canonical import Json, Object, decode, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Misused, Refused

SUITE = "bg1-p256"
SECRET_BYTES = 32
POINT_BYTES = 65
NONCE_BYTES = 12
TAG_BYTES = 16
SIZE_CLASSES = (64, 256, 1024, 4096, 16384, 65536)

Random = Callable[[int], bytes]
Derive = Callable[[Sequence[bytes]], list[bytes]]
"""The raw ECDH of a key in a token: uncompressed points in, x coordinates (32 bytes each) out."""

_HPKE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_KEM_ID = b"KEM\x00\x10"
_HPKE_ID = b"HPKE\x00\x10\x00\x01\x00\x02"


# --- keys, signatures, HPKE -------------------------------------------------------------------------------


def check_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """Return the P-256 key of an uncompressed point (65 bytes); ``Corrupt`` if it is not on the curve."""
    # One spelling per key: a compressed one would pass for another person's, and could be sealed to but not opened.
    if len(point) != POINT_BYTES:
        raise Corrupt("not_a_point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise Corrupt("not_a_point") from error


def check_signature(point: bytes, signature: bytes, signed: bytes) -> None:
    """Raise ``Corrupt`` (signature_wrong) unless r‖s (64 bytes) is ECDSA P-256 over the digest ``signed``."""
    if len(signature) != 64:
        raise Corrupt("signature_wrong")
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        check_point(point).verify(der, signed, ec.ECDSA(Prehashed(hashes.SHA256())))
    except InvalidSignature as error:
        raise Corrupt("signature_wrong") from error


def check_message(point: bytes, signature: bytes, message: bytes) -> None:
    """Raise ``Corrupt`` (signature_wrong) unless r‖s is ECDSA P-256 with SHA-256 over ``message``."""
    check_signature(point, signature, hashlib.sha256(message).digest())


def seal_to(point: bytes, plaintext: bytes, *, info: bytes) -> bytes:
    """Return enc (65 bytes) ‖ ciphertext, sealed to a public point under ``info`` (RFC 9180 section 6.1)."""
    return _HPKE.encrypt(plaintext, check_point(point), info=info)


def open_sealed(derive: Derive, point: bytes, sealed: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the plaintexts of (blob, info) pairs sealed to ``point``, with one call of the token for all.

    Raises ``Corrupt`` (seal_broken) if a blob was changed, or sealed to another key or under another info.
    """
    encapsulated = [blob[:POINT_BYTES] for blob, _ in sealed]
    for enc in encapsulated:
        check_point(enc)
    shared = derive(encapsulated)
    return [
        _open_one(z, enc, point, blob[POINT_BYTES:], info)
        for z, enc, (blob, info) in zip(shared, encapsulated, sealed, strict=True)
    ]


def _open_one(z: bytes, enc: bytes, point: bytes, ciphertext: bytes, info: bytes) -> bytes:
    # RFC 9180 sections 4.1 (DHKEM) and 5.1 (key schedule, base mode), with Z from the token.
    prk = _extract(_KEM_ID, b"", b"eae_prk", z.rjust(SECRET_BYTES, b"\0"))
    shared_secret = _expand(_KEM_ID, prk, b"shared_secret", enc + point, SECRET_BYTES)
    schedule = (
        b"\0" + _extract(_HPKE_ID, b"", b"psk_id_hash", b"") + _extract(_HPKE_ID, b"", b"info_hash", info)
    )
    secret = _extract(_HPKE_ID, shared_secret, b"secret", b"")
    key = _expand(_HPKE_ID, secret, b"key", schedule, SECRET_BYTES)
    nonce = _expand(_HPKE_ID, secret, b"base_nonce", schedule, NONCE_BYTES)
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, b"")
    except (InvalidTag, ValueError) as error:
        raise Corrupt("seal_broken") from error


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, size: int) -> bytes:
    # One block of HKDF-Expand is enough: nothing here is longer than 32 bytes.
    labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\x01", "sha256")[:size]


def stretch(pin: bytearray, salt: bytes) -> bytearray:
    """Return a 43-letter PIN for a software token by Argon2id, 64 MiB, 3 passes, 4 lanes (RFC 9106 section 4)."""
    raw = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=64 * 1024).derive(
        cast(bytes, pin)
    )
    return bytearray(to_base64(raw).rstrip("=").encode())


# --- records: one per credential, version and item --------------------------------------------------------


@dataclass(frozen=True)
class Context:
    """What a record is bound to; its digest is in every layer of the seal."""

    vault: str
    mode: str
    epoch: int
    roster: bytes
    credential: str
    class_: str
    version: int
    item: int

    def digest(self) -> bytes:
        """Return the 32-byte context hash."""
        numbers = (self.epoch, self.version, self.item)
        texts = (SUITE, self.vault, self.mode, self.credential, self.class_)
        return digest(
            "ctx", *(text.encode() for text in texts), *(n.to_bytes(8, "big") for n in numbers), self.roster
        )


@dataclass(frozen=True)
class Recipients:
    """One group's part of a seal: its threshold, its members' share points, its recovery point if it has one."""

    threshold: int
    points: Mapping[str, bytes]
    recovery: bytes | None = None


def seal_record(
    context: Context, payload: bytes, groups: Mapping[str, Recipients], hsm_secret: bytes, random: Random
) -> dict[str, Json]:
    """Return the unsigned record that opens with every group's threshold of shares and the station's secret."""
    ctx = context.digest()
    secrets = {name: random(SECRET_BYTES) for name in sorted(groups)}
    sealed_groups: list[Json] = [_seal_group(ctx, n, groups[n], secrets[n], random) for n in secrets]
    data_key, wrap_nonce, nonce = random(SECRET_BYTES), random(NONCE_BYTES), random(NONCE_BYTES)
    wrapped = AESGCM(_record_key(ctx, secrets, hsm_secret)).encrypt(
        wrap_nonce, data_key, ctx + digest("shares", encode(sealed_groups))
    )
    return {
        "v": 1, "suite": SUITE, "vault": context.vault, "mode": context.mode,
        "epoch": context.epoch, "roster": to_base64(context.roster), "credential": context.credential,
        "class": context.class_, "version": context.version, "item": context.item, "binding": "state-table",
        "groups": sealed_groups, "wrap": to_base64(wrap_nonce + wrapped),
        "sealed": to_base64(nonce + AESGCM(data_key).encrypt(nonce, _pad(payload), ctx)),
    }  # fmt: skip


def _seal_group(ctx: bytes, group: str, recipients: Recipients, secret: bytes, random: Random) -> Json:
    members = list(recipients.points)
    shares: list[Json] = []
    for x, y in enumerate(shamir.split(secret, recipients.threshold, len(members), random), start=1):
        member, commitment = members[x - 1], _commitment(ctx, group, x, y)
        blob = seal_to(recipients.points[member], y, info=_share_info(ctx, group, member, x, commitment))
        shares.append(
            {"member": member, "x": x, "commitment": to_base64(commitment), "blob": to_base64(blob)}
        )
    recovery = recipients.recovery and to_base64(
        seal_to(recipients.recovery, secret, info=digest("recovery", ctx, group.encode()))
    )
    return {"group": group, "threshold": recipients.threshold, "shares": shares, "recovery": recovery}


def record_context(record: Object) -> Context:
    """Return the context that a record claims."""
    return Context(
        str(record["vault"]), str(record["mode"]), cast(int, record["epoch"]), from_base64(record["roster"]),
        str(record["credential"]), str(record["class"]), cast(int, record["version"]), cast(int, record["item"]),
    )  # fmt: skip


def sealed_share(record: Object, member: str) -> tuple[str, int, bytes, bytes, bytes]:
    """Return (group, x, commitment, blob, info) of a member's share; ``Refused`` (no_share) if there is none."""
    ctx = record_context(record).digest()
    for group in _list(record["groups"]):
        for share in _list(group["shares"]):
            if share["member"] == member:
                x, commitment = cast(int, share["x"]), from_base64(share["commitment"])
                info = _share_info(ctx, str(group["group"]), member, x, commitment)
                return str(group["group"]), x, commitment, from_base64(share["blob"]), info
    raise Refused("no_share", member=member, credential=str(record["credential"]))


def check_share(record: Object, member: str, y: bytes) -> None:
    """Raise ``Corrupt`` (wrong_share), naming the member, unless ``y`` is what was dealt to them."""
    group, x, commitment, _, _ = sealed_share(record, member)
    ctx = record_context(record).digest()
    if not hmac.compare_digest(_commitment(ctx, group, x, y), commitment):
        raise Corrupt("wrong_share", member=member)


def unseal_record(
    record: Object, shares: Mapping[str, bytes], hsm_secret: bytes, into: memoryview
) -> memoryview:
    """Decrypt a record with members' shares (member -> 32 bytes) into ``into``; return the payload's part of it.

    Asks nothing but the cryptography: with too few shares the key of the record does not come out.
    Raises ``Corrupt`` (glass_intact) when it does not open.
    """
    ctx = record_context(record).digest()
    secrets = {str(group["group"]): _group_secret(group, shares) for group in _list(record["groups"])}
    wrap, sealed = from_base64(record["wrap"]), from_base64(record["sealed"])
    aad = ctx + digest("shares", encode(record["groups"]))
    size = len(sealed) - NONCE_BYTES - TAG_BYTES
    try:
        data_key = AESGCM(_record_key(ctx, secrets, hsm_secret)).decrypt(
            wrap[:NONCE_BYTES], wrap[NONCE_BYTES:], aad
        )
        AESGCM(data_key).decrypt_into(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], ctx, into[:size])
    except (InvalidTag, ValueError) as error:
        raise Corrupt("glass_intact", credential=str(record["credential"])) from error
    return into[4 : 4 + int.from_bytes(into[:4], "big")]


def unsealed_size(record: Object) -> int:
    """Return how many bytes ``unseal_record`` needs."""
    return len(from_base64(record["sealed"])) - NONCE_BYTES - TAG_BYTES


def record_hash(record: Object) -> bytes:
    """Return the hash that approvals and the journal name a record by; signatures are not part of it."""
    return digest("record", encode({k: v for k, v in record.items() if k != "signatures"}))


def _group_secret(group: Mapping[str, Json], shares: Mapping[str, bytes]) -> bytes:
    held = [
        (cast(int, share["x"]), shares[str(share["member"])])
        for share in _list(group["shares"])
        if str(share["member"]) in shares
    ]
    return shamir.combine(held[: cast(int, group["threshold"])]) if held else bytes(SECRET_BYTES)


def _record_key(ctx: bytes, secrets: Mapping[str, bytes], hsm_secret: bytes) -> bytes:
    names = sorted(secrets, key=str.encode)
    info = digest("kek", SUITE.encode(), *(name.encode() for name in names))
    ikm = b"".join(secrets[name] for name in names) + hsm_secret
    return HKDF(hashes.SHA256(), SECRET_BYTES, salt=ctx, info=info).derive(ikm)


def _commitment(ctx: bytes, group: str, x: int, y: bytes) -> bytes:
    return digest("commit", ctx, group.encode(), bytes([x]), y)


def _share_info(ctx: bytes, group: str, member: str, x: int, commitment: bytes) -> bytes:
    return digest("share", ctx, group.encode(), member.encode(), bytes([x]), commitment)


def _pad(payload: bytes) -> bytes:
    framed = len(payload).to_bytes(4, "big") + payload
    for size in SIZE_CLASSES:
        if len(framed) <= size:
            return framed.ljust(size, b"\0")
    raise Refused("secret_too_long", limit=SIZE_CLASSES[-1] - 4)


def _list(value: Json) -> list[dict[str, Json]]:
    if not isinstance(value, list):
        raise Misused("record_shape")
    return cast(list[dict[str, Json]], value)


# --- approvals, slots, tables -----------------------------------------------------------------------------


def approval_info(request: bytes, group: str, member: str) -> bytes:
    """Return the HPKE info of the shares that one approval carries to the request key."""
    return digest("release", request, group.encode(), member.encode())


def slot_info(vault: str, member: str) -> bytes:
    """Return the HPKE info of an unlock slot (the station's PIN, sealed to a person's share key)."""
    return digest("slot", vault.encode(), member.encode())


def database_key_info(vault: str) -> bytes:
    """Return the HPKE info of the journal's database key, sealed to the HSM key ``journal``."""
    return digest("database-key", vault.encode())


def seal_table(kind: str, vault: str, number: int, point: bytes, rows: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a state or key table: its rows (name -> 32 bytes) sealed to the HSM key of that number."""
    body = encode([[name, to_base64(value)] for name, value in sorted(rows.items())])
    blob = seal_to(point, body, info=_table_info(kind, vault, number, point))
    return encode({
        "v": 1, "suite": SUITE, "kind": kind, "vault": vault, "number": number,
        "point": to_base64(point), "blob": to_base64(blob),
    })  # fmt: skip


def open_table(table: Object, derive: Derive) -> dict[str, bytes]:
    """Return the rows of a table; ``Corrupt`` (seal_broken) if it was changed."""
    with shaped("table_shape"):
        point, blob = from_base64(table["point"]), from_base64(table["blob"])
        info = _table_info(str(table["kind"]), str(table["vault"]), cast(int, table["number"]), point)
    (body,) = open_sealed(derive, point, [(blob, info)])
    with shaped("table_shape"):
        return {str(name): from_base64(value) for name, value in cast(list[tuple[str, Json]], decode(body))}


def _table_info(kind: str, vault: str, number: int, point: bytes) -> bytes:
    return digest("table", kind.encode(), vault.encode(), number.to_bytes(8, "big"), point)
