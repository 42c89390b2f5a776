# SPDX-License-Identifier: Apache-2.0
"""What is sealed to a key opens with this key and this info, and with nothing else; two other libraries agree."""

import hashlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from console.domain import keys
from console.domain.errors import Corrupt
from tests.support.fakes import FakeToken, public_of
from tests.vectors.founding import rsa_key
from tests.vectors.points import (
    KEY,
    KEYS,
    OTHER_KEY,
    OTHER_RSA_KEY,
    RSA_KEY,
    VECTORS,
    deriver,
    flipped,
    opened,
    point_of,
    private,
)

OURS = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
THEIRS = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)

# --- points and signatures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "point",
    [
        b"",
        b"\0",
        b"\4",
        bytes(65),
        b"\4" + bytes(64),
        point_of(KEY)[:-1],
        point_of(KEY) + b"\0",
        b"\6" + point_of(KEY)[1:],
        b"\7" + point_of(KEY)[1:],
        flipped(point_of(KEY), 500),
        KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        b"\4" + b"\xff" * 64,
    ],
)
def test_a_point_is_uncompressed_and_on_the_curve(point: bytes) -> None:
    with pytest.raises(Corrupt, match="not_a_point"):
        keys.check_point(point)


@given(KEYS)
def test_every_public_key_is_a_point(key: ec.EllipticCurvePrivateKey) -> None:
    assert keys.check_point(point_of(key)).public_numbers() == key.public_key().public_numbers()


def signature_of(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return r‖s over the SHA-256 of a message."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@given(st.binary(max_size=40), st.integers(0, 511))
def test_a_signature_holds_and_no_changed_one_does(message: bytes, bit: int) -> None:
    signature, signed = signature_of(KEY, message), hashlib.sha256(message).digest()
    keys.check_message(point_of(KEY), signature, message)
    keys.check_signature(point_of(KEY), signature, signed)
    wrong = [
        (point_of(KEY), flipped(signature, bit), signed),
        (point_of(KEY), signature, flipped(signed, bit)),
        (point_of(OTHER_KEY), signature, signed),
        (point_of(KEY), signature[:-1], signed),
        (point_of(KEY), signature + b"\0", signed),
        (point_of(KEY), bytes(64), signed),
        (point_of(KEY), b"\xff" * 64, signed),
        (point_of(KEY), b"", signed),
    ]
    for point, other_signature, other_signed in wrong:
        with pytest.raises(Corrupt, match="signature_wrong"):
            keys.check_signature(point, other_signature, other_signed)


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
    blob = keys.seal_to(point_of(key), plain, info=info)
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

    sealed = [(keys.seal_to(point_of(KEY), b"%d" % n, info=b"i%d" % n), b"i%d" % n) for n in range(300)]
    assert keys.open_sealed(derive, point_of(KEY), sealed) == [b"%d" % n for n in range(300)]
    assert calls == [300]


BLOB = keys.seal_to(point_of(KEY), b"secret", info=b"info")


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
    ids=range(12),
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
        keys.seal_to(b"\4" + bytes(64), b"secret", info=b"")


# --- RSA --------------------------------------------------------------------------------------------------

RSA_PUBLIC = public_of(RSA_KEY)
OAEP = (keys.RSA_OAEP_SHA256, keys.RSA_OAEP_SHA1)
RSA_SIGNINGS = (keys.RSA_PKCS1_SHA256, keys.RSA_PSS_SHA256)


def spelled(numbers: rsa.RSAPublicNumbers) -> bytes:
    """Return an RSA key as the library writes it, however weak it is."""
    return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def other_spellings() -> list[bytes]:
    """Return bytes that other programs read as the same key, or as a key, and that are none here."""
    long_length = b"\x30\x83\x00" + RSA_PUBLIC[2:]
    padded = RSA_PUBLIC.replace(b"\x02\x82\x01\x01\x00", b"\x02\x82\x01\x02\x00\x00", 1)
    no_null = RSA_PUBLIC.replace(
        bytes.fromhex("300d06092a864886f70d0101010500"), bytes.fromhex("300b06092a864886f70d010101"), 1
    )
    pkcs1 = RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return [long_length, padded, no_null, pkcs1, pem, RSA_PUBLIC + b"\0", RSA_PUBLIC[:-1]]


def unfit_keys() -> list[bytes]:
    """Return well-written keys that are too short, too long, with another exponent, or no RSA keys."""
    modulus = RSA_KEY.public_key().public_numbers().n
    numbers = [rsa.RSAPublicNumbers(65537, (1 << bits) + 1) for bits in (1024, 2046, 4096, 8191)]
    others = [spelled(each) for each in (*numbers, rsa.RSAPublicNumbers(3, modulus))]
    return [*others, KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), b""]


@pytest.mark.parametrize("public", [*other_spellings(), *unfit_keys(), point_of(KEY)])
def test_an_rsa_key_has_one_spelling_a_fit_size_and_the_usual_exponent(public: bytes) -> None:
    with pytest.raises(Corrupt, match="not_an_rsa_key"):
        keys.check_rsa(public)


def test_an_rsa_key_is_one() -> None:
    assert keys.check_rsa(RSA_PUBLIC).public_numbers() == RSA_KEY.public_key().public_numbers()


@pytest.mark.parametrize("mechanism", [*keys.MECHANISMS, *keys.SIGNINGS, "rsa-pkcs1", "none", ""])
def test_a_key_fits_its_mechanism_and_nothing_is_negotiated(mechanism: str) -> None:
    sealing = {(keys.P256_HPKE, point_of(KEY)), *((each, RSA_PUBLIC) for each in OAEP)}
    signing = {(keys.ECDSA_P256, point_of(KEY)), *((each, RSA_PUBLIC) for each in RSA_SIGNINGS)}
    for public in (point_of(KEY), RSA_PUBLIC):
        for check, fits in ((keys.check_sealing_key, sealing), (keys.check_signing_key, signing)):
            if (mechanism, public) in fits:
                check(public, mechanism)
                continue
            with pytest.raises(Corrupt, match=r"mechanism_unknown|not_a_point|not_an_rsa_key"):
                check(public, mechanism)


@pytest.mark.parametrize("mechanism", OAEP)
def test_what_is_sealed_to_an_rsa_key_opens_with_it_alone(mechanism: str) -> None:
    blob = keys.seal_to(RSA_PUBLIC, b"secret", info=b"info", mechanism=mechanism)
    assert opened(RSA_KEY, blob, b"info", mechanism) == b"secret"
    assert len(blob) == 256 + len(b"secret") + 16
    damaged = [blob[:-1], blob + b"\0", blob[:256], blob[:255], b"", flipped(blob, 2050)]
    for wrong, info in ((blob, b"inf0"), (blob, b""), *((each, b"info") for each in damaged)):
        with pytest.raises(Corrupt, match="seal_broken"):
            opened(RSA_KEY, wrong, info, mechanism)
    (other_hash,) = (each for each in OAEP if each != mechanism)
    for key, other in ((OTHER_RSA_KEY, mechanism), (RSA_KEY, other_hash)):
        with pytest.raises(ValueError, match="Decryption failed"):  # what a token would answer
            opened(key, blob, b"info", other)


def test_a_seed_moved_to_another_key_or_mechanism_opens_nothing() -> None:
    """Somebody who knows a seed cannot have it taken for a seal to somebody else: the key is bound."""
    blob = keys.seal_to(RSA_PUBLIC, b"secret", info=b"info", mechanism=keys.RSA_OAEP_SHA256)
    (seed,) = FakeToken(keys={"share": RSA_KEY}, mechanism=keys.RSA_OAEP_SHA256).decapsulate("share", [blob[:256]])
    for public, mechanism in ((public_of(OTHER_RSA_KEY), keys.RSA_OAEP_SHA256), (RSA_PUBLIC, keys.RSA_OAEP_SHA1)):
        with pytest.raises(Corrupt, match="seal_broken"):
            keys.open_sealed(lambda _: [seed], public, [(blob, b"info")], mechanism=mechanism)


@pytest.mark.parametrize("signing", RSA_SIGNINGS)
def test_an_rsa_signature_holds_and_no_other_does(signing: str) -> None:
    signed = hashlib.sha256(b"message").digest()
    signature = FakeToken(keys={"sign": RSA_KEY}, signing=signing).sign("sign", signed)
    keys.check_signature(RSA_PUBLIC, signature, signed, signing=signing)
    (other,) = (each for each in RSA_SIGNINGS if each != signing)
    wrong = [
        (RSA_PUBLIC, flipped(signature, 77), signed, signing),
        (RSA_PUBLIC, signature[1:], signed, signing),
        (RSA_PUBLIC, signature, flipped(signed, 3), signing),
        (RSA_PUBLIC, signature, signed, other),
        (public_of(OTHER_RSA_KEY), signature, signed, signing),
        (RSA_PUBLIC, b"", signed, signing),
        (RSA_PUBLIC, signature + b"\0", signed, signing),
    ]
    for public, bad, said, how in wrong:
        with pytest.raises(Corrupt, match="signature_wrong"):
            keys.check_signature(public, bad, said, signing=how)


@pytest.mark.parametrize("signing", RSA_SIGNINGS)
def test_an_rsa_signature_without_its_leading_zero_is_none(signing: str) -> None:
    token = FakeToken(keys={"sign": RSA_KEY}, signing=signing)
    made = ((said, token.sign("sign", said)) for n in range(5000) if (said := hashlib.sha256(b"%d" % n).digest()))
    signed, signature = next(pair for pair in made if pair[1][0] == 0)
    with pytest.raises(Corrupt, match="signature_wrong"):
        keys.check_signature(RSA_PUBLIC, signature[1:], signed, signing=signing)


def test_a_pss_signature_with_a_short_salt_is_none() -> None:
    signed = hashlib.sha256(b"message").digest()
    short = RSA_KEY.sign(signed, padding.PSS(padding.MGF1(hashes.SHA256()), 20), hashes.SHA256())
    with pytest.raises(Corrupt, match="signature_wrong"):
        keys.check_signature(RSA_PUBLIC, short, signed, signing=keys.RSA_PSS_SHA256)


def test_the_rsa_seals_of_the_format_page_open() -> None:
    for vector in VECTORS["rsa"]:
        key = rsa_key(vector["private"]["p"], vector["private"]["q"])
        blob, info = bytes.fromhex(vector["blob"]), bytes.fromhex(vector["info"])
        assert public_of(key).hex() == vector["public"]
        assert opened(key, blob, info, vector["mechanism"]).hex() == vector["plaintext"]
