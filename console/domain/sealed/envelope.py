# SPDX-License-Identifier: Apache-2.0
"""How secrets are sealed: records, tables, and the purposes for which something is sealed to a key.

What a key is and how something is sealed to it stands in ``keys``. Whatever does not fit raises ``Corrupt``. Byte for
byte: ``docs/formats/sealing.md``.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from console.domain.canonical import Json, Object, decode, digest, encode, from_base64, shaped, to_base64
from console.domain.errors import Corrupt, Misused, Refused
from console.domain.keys import Decapsulate, RosterKey, open_own, seal_to
from console.domain.sealed import shamir

SUITE = "bg1-p256"
SECRET_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SIZE_CLASSES = (64, 256, 1024, 4096, 16384, 65536)

Random = Callable[[int], bytes]


def stretch(pin: bytearray, salt: bytes) -> bytearray:
    """Return a 43-letter PIN for a software token by Argon2id, 64 MiB, 3 passes, 4 lanes (RFC 9106 section 4)."""
    raw = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=64 * 1024).derive(cast(bytes, pin))
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
        return digest("ctx", *(text.encode() for text in texts), *(n.to_bytes(8, "big") for n in numbers), self.roster)


@dataclass(frozen=True)
class Recipients:
    """One group's part of a seal: its threshold, its members' share keys, its recovery point if it has one."""

    threshold: int
    keys: Mapping[str, RosterKey]
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
        "v": 1,
        "suite": SUITE,
        "vault": context.vault,
        "mode": context.mode,
        "epoch": context.epoch,
        "roster": to_base64(context.roster),
        "credential": context.credential,
        "class": context.class_,
        "version": context.version,
        "item": context.item,
        "binding": "state-table",
        "groups": sealed_groups,
        "wrap": to_base64(wrap_nonce + wrapped),
        "sealed": to_base64(nonce + AESGCM(data_key).encrypt(nonce, _pad(payload), ctx)),
    }


def _seal_group(ctx: bytes, group: str, recipients: Recipients, secret: bytes, random: Random) -> Json:
    members = list(recipients.keys)
    shares: list[Json] = []
    for x, y in enumerate(shamir.split(secret, recipients.threshold, len(members), random), start=1):
        member, commitment = members[x - 1], _commitment(ctx, group, x, y)
        key, info = recipients.keys[member], _share_info(ctx, group, member, x, commitment)
        blob = seal_to(key.public, y, info=info, mechanism=key.mechanism)
        shares.append({"member": member, "x": x, "commitment": to_base64(commitment), "blob": to_base64(blob)})
    recovery = recipients.recovery and to_base64(
        seal_to(recipients.recovery, secret, info=digest("recovery", ctx, group.encode()))
    )
    return {"group": group, "threshold": recipients.threshold, "shares": shares, "recovery": recovery}


def record_context(record: Object) -> Context:
    """Return the context that a record claims."""
    return Context(
        str(record["vault"]),
        str(record["mode"]),
        cast(int, record["epoch"]),
        from_base64(record["roster"]),
        str(record["credential"]),
        str(record["class"]),
        cast(int, record["version"]),
        cast(int, record["item"]),
    )


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


def sealed_secret(record: Object, group: str) -> tuple[bytes, bytes]:
    """Return (blob, info) of a group's secret for its recovery sheets; ``Refused`` (not_recoverable) without one."""
    for row in _list(record["groups"]):
        if row["group"] == group and row["recovery"] is not None:
            ctx = record_context(record).digest()
            return from_base64(row["recovery"]), digest("recovery", ctx, group.encode())
    raise Refused("not_recoverable", credential=str(record["credential"]), group=group)


def unseal_record(
    record: Object,
    shares: Mapping[str, bytes],
    hsm_secret: bytes,
    into: memoryview,
    *,
    group_secrets: Mapping[str, bytes] | None = None,
) -> memoryview:
    """Decrypt a record with members' shares (member -> 32 bytes) into ``into``; return the payload's part of it.

    ``group_secrets``: group -> 32 bytes, of groups whose recovery sheets stand in for their shares.
    Asks nothing but the cryptography: with too few shares the key of the record does not come out.
    Raises ``Corrupt`` (glass_intact) when it does not open.
    """
    ctx = record_context(record).digest()
    secrets = {str(group["group"]): _group_secret(group, shares) for group in _list(record["groups"])}
    secrets |= group_secrets or {}
    wrap, sealed = from_base64(record["wrap"]), from_base64(record["sealed"])
    aad = ctx + digest("shares", encode(record["groups"]))
    size = len(sealed) - NONCE_BYTES - TAG_BYTES
    try:
        data_key = AESGCM(_record_key(ctx, secrets, hsm_secret)).decrypt(wrap[:NONCE_BYTES], wrap[NONCE_BYTES:], aad)
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
    return encode(
        {
            "v": 1,
            "suite": SUITE,
            "kind": kind,
            "vault": vault,
            "number": number,
            "point": to_base64(point),
            "blob": to_base64(blob),
        }
    )


def open_table(table: Object, decapsulate: Decapsulate) -> dict[str, bytes]:
    """Return the rows of a table; ``Corrupt`` (seal_broken) if it was changed, or names another key's point."""
    with shaped("table_shape"):
        point, blob = from_base64(table["point"]), from_base64(table["blob"])
        info = _table_info(str(table["kind"]), str(table["vault"]), cast(int, table["number"]), point)
    (body,) = open_own(decapsulate, point, [(blob, info)])
    with shaped("table_shape"):
        return {str(name): from_base64(value) for name, value in cast(list[tuple[str, Json]], decode(body))}


def _table_info(kind: str, vault: str, number: int, point: bytes) -> bytes:
    return digest("table", kind.encode(), vault.encode(), number.to_bytes(8, "big"), point)
