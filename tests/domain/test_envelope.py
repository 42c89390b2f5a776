# SPDX-License-Identifier: Apache-2.0
"""What is sealed to a key opens with this key and this info, and with nothing else; two other libraries agree."""

import hashlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from console.domain import envelope
from console.domain.canonical import decode_object, to_base64
from console.domain.errors import Corrupt
from tests.vectors.points import KEY, KEYS, OTHER_KEY, VECTORS, deriver, flipped, opened, point_of, private

OURS = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
THEIRS = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)

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
