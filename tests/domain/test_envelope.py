# SPDX-License-Identifier: Apache-2.0
"""What is sealed opens with exactly the keys, infos and shares it was sealed to, and with nothing else."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from console.domain import envelope, shamir
from console.domain.canonical import Json, decode_object, digest, encode, from_base64, to_base64
from console.domain.envelope import SIZE_CLASSES, Context, Recipients
from console.domain.errors import Corrupt, Misused, Refused
from tests.fakes import P256_ORDER, FakeMachine, FakeToken
from tests.vectors import founding as sample
from tests.vectors.sealing import FILE

VECTORS: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
OURS = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
THEIRS = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
HSM_SECRET = bytes(range(32))


def private(scalar: str) -> ec.EllipticCurvePrivateKey:
    """Return the private key of a scalar in hex."""
    return ec.derive_private_key(int(scalar, 16), ec.SECP256R1())


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the uncompressed public point."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def deriver(key: ec.EllipticCurvePrivateKey) -> envelope.Derive:
    """Return the raw ECDH that a token would do."""
    return lambda points: [key.exchange(ec.ECDH(), envelope.check_point(point)) for point in points]


def opened(key: ec.EllipticCurvePrivateKey, blob: bytes, info: bytes) -> bytes:
    """Return one blob opened."""
    (plain,) = envelope.open_sealed(deriver(key), point_of(key), [(blob, info)])
    return plain


def flipped(data: bytes, bit: int) -> bytes:
    """Return the bytes with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


KEY = private("07")
OTHER_KEY = private("08")
KEYS = st.integers(1, P256_ORDER - 1).map(lambda scalar: ec.derive_private_key(scalar, ec.SECP256R1()))

# --- points and signatures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "point",
    [
        b"", b"\0", b"\4", bytes(65), b"\4" + bytes(64), point_of(KEY)[:-1], point_of(KEY) + b"\0",
        b"\6" + point_of(KEY)[1:], b"\7" + point_of(KEY)[1:], flipped(point_of(KEY), 500),
        KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        b"\4" + b"\xff" * 64,
    ],
)  # fmt: skip
def test_a_point_is_uncompressed_and_on_the_curve(point: bytes) -> None:
    with pytest.raises(Corrupt, match="not_a_point"):
        envelope.check_point(point)


@given(KEYS)
def test_every_public_key_is_a_point(key: ec.EllipticCurvePrivateKey) -> None:
    assert envelope.check_point(point_of(key)).public_numbers() == key.public_key().public_numbers()


def signature_of(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return r‖s over the SHA-256 of a message."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@given(st.binary(max_size=40), st.integers(0, 511))
def test_a_signature_holds_and_no_changed_one_does(message: bytes, bit: int) -> None:
    signature, signed = signature_of(KEY, message), hashlib.sha256(message).digest()
    envelope.check_message(point_of(KEY), signature, message)
    envelope.check_signature(point_of(KEY), signature, signed)
    wrong = [
        (point_of(KEY), flipped(signature, bit), signed), (point_of(KEY), signature, flipped(signed, bit)),
        (point_of(OTHER_KEY), signature, signed), (point_of(KEY), signature[:-1], signed),
        (point_of(KEY), signature + b"\0", signed), (point_of(KEY), bytes(64), signed),
        (point_of(KEY), b"\xff" * 64, signed), (point_of(KEY), b"", signed),
    ]  # fmt: skip
    for point, other_signature, other_signed in wrong:
        with pytest.raises(Corrupt, match="signature_wrong"):
            envelope.check_signature(point, other_signature, other_signed)


# --- HPKE -------------------------------------------------------------------------------------------------


def test_the_vector_of_rfc_9180_by_value() -> None:
    vector = {name: bytes.fromhex(text) for name, text in VECTORS["hpke"].items() if name != "source"}
    key, nonce = vector["key"], vector["base_nonce"]
    blob = vector["enc"] + AESGCM(key).encrypt(nonce, b"Beauty is truth", b"")
    assert point_of(private(vector["skRm"].hex())) == vector["pkRm"]
    assert opened(private(vector["skRm"].hex()), blob, vector["info"]) == b"Beauty is truth"


def test_the_vectors_key_and_nonce_are_those_of_the_rfc() -> None:
    # 1000 seals of the RFC's key schedule, accumulated as github.com/golang/go crypto/hpke/hpke_test.go does.
    vector = VECTORS["hpke"]
    key, nonce = bytes.fromhex(vector["key"]), int(vector["base_nonce"], 16)
    stream, sink = memoryview(hashlib.shake_128().digest(600_000)), hashlib.shake_128()
    for sequence in range(1000):
        aad, stream = stream[1 : 1 + stream[0]], stream[1 + stream[0] :]
        plain, stream = stream[1 : 1 + stream[0]], stream[1 + stream[0] :]
        sink.update(AESGCM(key).encrypt((nonce ^ sequence).to_bytes(12, "big"), bytes(plain), bytes(aad)))
    assert sink.hexdigest(16) == vector["encryptions_accumulated"]


@settings(max_examples=300)
@given(KEYS, st.binary(max_size=100), st.binary(max_size=40))
def test_two_other_implementations_open_ours_and_we_open_theirs(
    key: ec.EllipticCurvePrivateKey, plain: bytes, info: bytes
) -> None:
    theirs = KEMKey.from_pyca_cryptography_key(key)
    blob = envelope.seal_to(point_of(key), plain, info=info)
    assert OURS.decrypt(blob, key, info=info) == plain
    assert THEIRS.create_recipient_context(blob[:65], theirs, info).open(blob[65:]) == plain
    enc, sender = THEIRS.create_sender_context(KEMKey.from_pyca_cryptography_key(key.public_key()), info)
    assert opened(key, enc + sender.seal(plain), info) == plain
    assert opened(key, OURS.encrypt(plain, key.public_key(), info=info), info) == plain
    assert opened(key, blob, info) == plain


def test_one_call_of_the_token_opens_all_and_a_short_x_is_padded() -> None:
    calls: list[int] = []

    def derive(points: Sequence[bytes]) -> list[bytes]:
        calls.append(len(points))
        return [z.lstrip(b"\0") for z in deriver(KEY)(points)]

    sealed = [(envelope.seal_to(point_of(KEY), b"%d" % n, info=b"i%d" % n), b"i%d" % n) for n in range(300)]
    assert envelope.open_sealed(derive, point_of(KEY), sealed) == [b"%d" % n for n in range(300)]
    assert calls == [300]


BLOB = envelope.seal_to(point_of(KEY), b"secret", info=b"info")


@pytest.mark.parametrize(
    ("key", "blob", "info", "code"),
    [
        (OTHER_KEY, BLOB, b"info", "seal_broken"),
        (KEY, BLOB, b"inf0", "seal_broken"),
        (KEY, BLOB, b"", "seal_broken"),
        (KEY, BLOB[:-1], b"info", "seal_broken"),
        (KEY, BLOB + b"\0", b"info", "seal_broken"),
        (KEY, BLOB[:65], b"info", "seal_broken"),
        (KEY, BLOB[:70], b"info", "seal_broken"),
        (KEY, point_of(OTHER_KEY) + BLOB[65:], b"info", "seal_broken"),
        (KEY, BLOB[:64], b"info", "not_a_point"),
        (KEY, b"", b"info", "not_a_point"),
        (KEY, b"\4" + bytes(64) + BLOB[65:], b"info", "not_a_point"),
        (KEY, b"\2" + BLOB[1:33] + BLOB[65:], b"info", "not_a_point"),
    ],
)
def test_a_seal_that_is_not_exactly_ours_is_refused(
    key: ec.EllipticCurvePrivateKey, blob: bytes, info: bytes, code: str
) -> None:
    with pytest.raises(Corrupt, match=code):
        opened(key, blob, info)


@given(st.integers(0, len(BLOB) * 8 - 1))
def test_no_flipped_bit_of_a_seal_is_accepted(bit: int) -> None:
    with pytest.raises(Corrupt, match=r"seal_broken|not_a_point"):
        opened(KEY, flipped(BLOB, bit), b"info")


def test_nothing_is_sealed_to_what_is_no_point() -> None:
    with pytest.raises(Corrupt, match="not_a_point"):
        envelope.seal_to(b"\4" + bytes(64), b"secret", info=b"")


def test_a_pin_is_stretched_as_the_format_page_says() -> None:
    vector = VECTORS["stretch"]
    stretched = envelope.stretch(bytearray(vector["pin"].encode()), bytes.fromhex(vector["salt"]))
    assert stretched.decode() == vector["stretched"]
    assert len(stretched) == 43


# --- records ----------------------------------------------------------------------------------------------


def recipients(
    sizes: Mapping[str, tuple[int, int]], *, recovery: bytes | None = None
) -> dict[str, Recipients]:
    """Return groups of (m, n), everybody with the same share key: who opens a share is not what these tests ask."""
    return {
        group: Recipients(m, {f"{group}-{x}": point_of(KEY) for x in range(1, n + 1)}, recovery)
        for group, (m, n) in sizes.items()
    }


def shares_of(record: Mapping[str, Json]) -> dict[str, bytes]:
    """Return every member's share, opened."""
    members = [
        str(share["member"])
        for group in cast(list[dict[str, Any]], record["groups"])
        for share in group["shares"]
    ]
    sealed = [envelope.sealed_share(record, member) for member in members]
    plain = envelope.open_sealed(deriver(KEY), point_of(KEY), [(s[3], s[4]) for s in sealed])
    return dict(zip(members, plain, strict=True))


def unsealed(
    record: Mapping[str, Json], shares: Mapping[str, bytes], hsm_secret: bytes = HSM_SECRET
) -> bytes:
    """Return the payload."""
    room = memoryview(bytearray(envelope.unsealed_size(record)))
    return bytes(envelope.unseal_record(record, shares, hsm_secret, room))


CONTEXT = Context("vault", "drill", 1, bytes(32), "credential", "standard", 1, 0)
RECORD = envelope.seal_record(
    CONTEXT, b"payload", recipients({"legal": (2, 3), "it": (1, 2)}), HSM_SECRET, FakeMachine().random
)
SHARES = shares_of(RECORD)

GROUPS = st.dictionaries(
    st.text("abcäß", min_size=1, max_size=3),
    st.tuples(st.integers(1, 3), st.integers(0, 1)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=25)
@given(GROUPS, st.binary(max_size=80), st.binary(max_size=3))
def test_every_sufficient_set_of_people_opens_and_no_other_does(
    groups: dict[str, tuple[int, int]], payload: bytes, seed: bytes
) -> None:
    sizes = {group: (m, m + more) for group, (m, more) in groups.items()}
    record = envelope.seal_record(
        CONTEXT, payload, recipients(sizes), HSM_SECRET, FakeMachine(seed=seed).random
    )
    shares = shares_of(record)
    for kept in product((False, True), repeat=len(shares)):
        held = {member: share for (member, share), keep in zip(shares.items(), kept, strict=True) if keep}
        if all(
            sum(name.rpartition("-")[0] == group for name in held) >= m for group, (m, _) in sizes.items()
        ):
            assert unsealed(record, held) == payload
        else:
            with pytest.raises(Corrupt, match="glass_intact"):
                unsealed(record, held)


def test_nobody_and_the_wrong_station_open_nothing() -> None:
    for held, hsm_secret in (({}, HSM_SECRET), (SHARES, bytes(32)), (SHARES, b""), ({}, b"")):
        with pytest.raises(Corrupt, match="glass_intact"):
            unsealed(RECORD, held, hsm_secret)


def test_shares_of_another_item_do_not_open() -> None:
    other = envelope.seal_record(
        replace(CONTEXT, item=1), b"payload", recipients({"legal": (2, 3), "it": (1, 2)}), HSM_SECRET,
        FakeMachine(seed=b"other").random,
    )  # fmt: skip
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed(other, SHARES)


def test_shares_of_two_people_swapped_do_not_open() -> None:
    swapped = {**SHARES, "legal-1": SHARES["legal-2"], "legal-2": SHARES["legal-1"]}
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed(RECORD, swapped)


@given(st.data())
def test_no_flipped_bit_of_any_field_is_accepted(data: st.DataObject) -> None:
    record = json.loads(encode(RECORD))
    group = data.draw(st.sampled_from(record["groups"]))
    share = data.draw(st.sampled_from(group["shares"]))
    holder, field = data.draw(
        st.sampled_from(
            [(record, "wrap"), (record, "sealed"), (record, "roster"), (share, "commitment"), (share, "blob")]
        )
    )
    holder[field] = to_base64(flipped(from_base64(holder[field]), data.draw(st.integers(0, 10**6))))
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed(record, SHARES)


@pytest.mark.parametrize(
    "change",
    [
        {"vault": "other"}, {"mode": "real"}, {"epoch": 2}, {"credential": "other"}, {"class": "other"},
        {"version": 2}, {"item": 1}, {"groups": []}, {"groups": RECORD["groups"][::-1]},  # type: ignore[index]
    ],
)  # fmt: skip
def test_no_changed_context_is_accepted(change: dict[str, Json]) -> None:
    with pytest.raises(Corrupt, match="glass_intact"):
        unsealed({**RECORD, **change}, SHARES)


def test_every_part_of_the_context_is_in_its_hash() -> None:
    others = [
        {"vault": "v"}, {"mode": "real"}, {"epoch": 2}, {"roster": bytes(31)}, {"credential": "c"}, {"class_": "c"},
        {"version": 2}, {"item": 2}, {"vault": "vaultd", "mode": "rill"},
    ]  # fmt: skip
    hashes_ = {replace(CONTEXT, **other).digest() for other in others}  # type: ignore[arg-type]
    assert len(hashes_ | {CONTEXT.digest()}) == len(others) + 1
    assert envelope.record_context(RECORD) == CONTEXT


def test_the_lengths_of_secrets_of_a_class_are_the_same() -> None:
    for low, high in zip((0, *SIZE_CLASSES), SIZE_CLASSES, strict=False):
        smallest, largest = max(0, low - 3), high - 4
        records = [
            envelope.seal_record(
                CONTEXT, bytes(size), recipients({"a": (1, 1)}), HSM_SECRET, FakeMachine().random
            )
            for size in (smallest, largest)
        ]
        assert {envelope.unsealed_size(record) for record in records} == {high}
        assert len({len(encode(record)) for record in records}) == 1
        assert [len(unsealed(record, shares_of(record))) for record in records] == [smallest, largest]


def test_what_is_longer_than_the_largest_class_is_refused() -> None:
    with pytest.raises(Refused, match=r"secret_too_long \(limit=65532\)"):
        envelope.seal_record(CONTEXT, bytes(65533), {}, HSM_SECRET, FakeMachine().random)


def test_more_room_than_needed_does_no_harm_and_less_opens_nothing() -> None:
    room = bytearray(100)
    assert bytes(envelope.unseal_record(RECORD, SHARES, HSM_SECRET, memoryview(room))) == b"payload"
    with pytest.raises(Corrupt, match="glass_intact"):
        envelope.unseal_record(RECORD, SHARES, HSM_SECRET, memoryview(bytearray(63)))


def test_a_liar_is_named() -> None:
    for member, share in SHARES.items():
        envelope.check_share(RECORD, member, share)
        with pytest.raises(Corrupt, match=f"wrong_share .*{member}"):
            envelope.check_share(RECORD, member, flipped(share, 7))


def test_who_was_dealt_no_share_has_none() -> None:
    with pytest.raises(Refused, match="no_share"):
        envelope.sealed_share(RECORD, "stranger")


def test_a_record_of_another_shape_is_our_bug() -> None:
    with pytest.raises(Misused, match="record_shape"):
        envelope.sealed_share({**RECORD, "groups": {}}, "it-1")


def test_a_share_opens_only_under_its_own_info() -> None:
    infos = {member: envelope.sealed_share(RECORD, member)[4] for member in SHARES}
    assert len(set(infos.values())) == len(SHARES)
    for one, other in combinations(SHARES, 2):
        with pytest.raises(Corrupt, match="seal_broken"):
            opened(KEY, envelope.sealed_share(RECORD, one)[3], infos[other])


def test_signatures_are_no_part_of_the_record_hash() -> None:
    assert envelope.record_hash({**RECORD, "signatures": {}}) == envelope.record_hash(RECORD)
    assert envelope.record_hash({**RECORD, "item": 1}) != envelope.record_hash(RECORD)


def test_the_recovery_key_opens_a_groups_secret() -> None:
    groups = recipients({"legal": (2, 2)}, recovery=point_of(OTHER_KEY))
    record = envelope.seal_record(CONTEXT, b"payload", groups, HSM_SECRET, FakeMachine().random)
    blob = from_base64(record["groups"][0]["recovery"])  # type: ignore[index,call-overload]
    secret = opened(OTHER_KEY, blob, digest("recovery", CONTEXT.digest(), b"legal"))
    assert secret == shamir.combine(list(enumerate(shares_of(record).values(), start=1)))


# --- tables -----------------------------------------------------------------------------------------------

ROWS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9:/-]{0,20}", fullmatch=True), st.binary(min_size=32, max_size=32), max_size=5
)


@given(ROWS, st.integers(1, 2**40))
def test_a_table_comes_back(rows: dict[str, bytes], number: int) -> None:
    table = decode_object(envelope.seal_table("state", "vault", number, point_of(KEY), rows))
    assert envelope.open_table(table, deriver(KEY)) == rows
    for change in (
        {"kind": "table"},
        {"vault": "other"},
        {"number": number + 1},
        {"point": to_base64(point_of(OTHER_KEY))},
    ):
        with pytest.raises(Corrupt, match="seal_broken"):
            envelope.open_table({**table, **change}, deriver(KEY))
    with pytest.raises(Corrupt, match="seal_broken"):
        envelope.open_table(table, deriver(OTHER_KEY))


def test_every_info_is_another() -> None:
    infos = [
        envelope.approval_info(b"a", "b", "c"), envelope.approval_info(b"ab", "", "c"), envelope.slot_info("a", "b"),
        envelope.slot_info("ab", ""), envelope.database_key_info("a"), envelope.database_key_info("ab"),
    ]  # fmt: skip
    assert len(set(infos)) == len(infos)


# --- the vectors of the format page -----------------------------------------------------------------------


def test_the_digests_shares_and_context_of_the_format_page() -> None:
    for case in VECTORS["digest"]:
        assert digest(case["tag"], *map(bytes.fromhex, case["parts"])).hex() == case["digest"]
    drawn = [bytes.fromhex(coefficient) for coefficient in VECTORS["shamir"]["coefficients"]]
    shares = shamir.split(drawn[0], 3, 5, lambda _: drawn.pop(1))
    assert [share.hex() for share in shares] == VECTORS["shamir"]["shares"]
    record = decode_object(VECTORS["record"]["text"].encode())
    assert envelope.record_context(record).digest().hex() == VECTORS["context"]["hash"]


def test_the_record_of_the_format_page_opens_with_each_quorum() -> None:
    vector = VECTORS["record"]
    record = decode_object(vector["text"].encode())
    shares = {
        member: opened(private(VECTORS["keys"][member]["share"]), *envelope.sealed_share(record, member)[3:5])
        for member in ("it-1", "it-2", "legal-1", "legal-2", "legal-3")
    }
    for member, share in shares.items():
        envelope.check_share(record, member, share)
    for held in (
        ("it-1", "legal-1", "legal-2"),
        ("it-2", "legal-2", "legal-3"),
        ("it-1", "legal-1", "legal-3"),
    ):
        payload = unsealed(
            record, {member: shares[member] for member in held}, bytes.fromhex(vector["hsm_secret"])
        )
        assert payload.hex() == vector["payload"]
    assert envelope.record_hash(record).hex() == vector["hash"]


def test_the_table_and_the_database_key_of_the_format_page_open() -> None:
    vector = VECTORS["sealed"]
    table = decode_object(vector["table"].encode())
    rows = envelope.open_table(table, deriver(private(vector["hsm"]["state-3"])))
    assert rows == {"alpha/1/0": bytes(range(32)), "beta/2/3": bytes(range(32, 64))}
    blob = from_base64(vector["database_key"])
    assert opened(private(vector["hsm"]["journal"]), blob, envelope.database_key_info(sample.VAULT)) == bytes(
        32
    )


def test_a_record_sealed_to_a_policy_opens_on_the_tokens_of_its_people() -> None:
    made = sample.found()
    record = sample.seal(made, b"payload", HSM_SECRET)
    token: FakeToken = made.tokens["it-2"]
    blob, info = envelope.sealed_share(record, "it-2")[3:5]
    (share,) = envelope.open_sealed(
        lambda p: token.derive("share", p), made.policy.roster.member("it-2").share, [(blob, info)]
    )
    envelope.check_share(record, "it-2", share)
