# SPDX-License-Identifier: Apache-2.0
"""Public keys, by their mechanism: what can be sealed to, what can be opened with a token, what a signature is worth.

A key is bytes: an uncompressed P-256 point (65 bytes beginning with 04), or the DER SubjectPublicKeyInfo of an RSA key.
Each key has one spelling and each member's mechanisms stand in the roster; nothing is negotiated at use. Only the raw
ECDH, the OAEP decryption and the signing run in a token. Byte for byte: ``docs/formats/sealing.md``, sections 3 and 4.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from console.domain.canonical import digest
from console.domain.errors import Corrupt

P256_HPKE, RSA_OAEP_SHA256, RSA_OAEP_SHA1 = "p256-hpke", "rsa-oaep-sha256", "rsa-oaep-sha1"
MECHANISMS = (P256_HPKE, RSA_OAEP_SHA256, RSA_OAEP_SHA1)
"""How something is sealed to a key. The last is for test tokens only: a roster has it in drill mode or not at all."""
ECDSA_P256, RSA_PKCS1_SHA256, RSA_PSS_SHA256 = "ecdsa-p256", "rsa-pkcs1-sha256", "rsa-pss-sha256"
SIGNINGS = (ECDSA_P256, RSA_PKCS1_SHA256, RSA_PSS_SHA256)

POINT_BYTES = 65
SEED_BYTES = 32
NONCE_BYTES = 12
RSA_BITS = range(2048, 4097)
RSA_EXPONENT = 65537
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SCALAR_BYTES = 48

Decapsulate = Callable[[Sequence[bytes]], list[bytes]]
"""A key in a token at work, 32 bytes for each: of uncompressed points the raw ECDH x coordinates (P-256), of OAEP
ciphertexts their seeds (RSA)."""

_HPKE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_KEM_ID = b"KEM\x00\x10"
_HPKE_ID = b"HPKE\x00\x10\x00\x01\x00\x02"


@dataclass(frozen=True)
class RosterKey:
    """A public key, and the one mechanism by which the roster has it used."""

    public: bytes
    mechanism: str = P256_HPKE


# --- what a public key is ---------------------------------------------------------------------------------


def check_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """Return the P-256 key of an uncompressed point (65 bytes); ``Corrupt`` if it is not on the curve."""
    # One spelling per key: a compressed one would pass for another person's, and could be sealed to but not opened.
    if len(point) != POINT_BYTES:
        raise Corrupt("not_a_point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise Corrupt("not_a_point") from error


def check_rsa(public: bytes) -> rsa.RSAPublicKey:
    """Return the RSA key of a SubjectPublicKeyInfo, 2048 to 4096 bits, e = 65537; ``Corrupt`` (not_an_rsa_key) else."""
    try:
        key = load_der_public_key(public)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Corrupt("not_an_rsa_key") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size not in RSA_BITS:
        raise Corrupt("not_an_rsa_key")
    # Read leniently, written strictly: only the strict spelling is this key.
    spelled = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_numbers().e != RSA_EXPONENT or spelled != public:
        raise Corrupt("not_an_rsa_key")
    return key


def check_sealing_key(public: bytes, mechanism: str) -> None:
    """Raise ``Corrupt`` (mechanism_unknown, not_a_point, not_an_rsa_key) unless the key fits the mechanism."""
    _check_fits(public, mechanism, MECHANISMS, P256_HPKE)


def check_signing_key(public: bytes, signing: str) -> None:
    """Raise ``Corrupt`` (mechanism_unknown, not_a_point, not_an_rsa_key) unless the key signs like this."""
    _check_fits(public, signing, SIGNINGS, ECDSA_P256)


def _check_fits(public: bytes, mechanism: str, known: Sequence[str], with_point: str) -> None:
    if mechanism not in known:
        raise Corrupt("mechanism_unknown", mechanism=mechanism)
    if mechanism == with_point:
        check_point(public)
    else:
        check_rsa(public)


# --- signatures -------------------------------------------------------------------------------------------


def check_signature(public: bytes, signature: bytes, signed: bytes, *, signing: str = ECDSA_P256) -> None:
    """Raise ``Corrupt`` (signature_wrong) unless the key made the signature over the 32-byte digest ``signed``.

    ECDSA: r‖s (64 bytes) over the digest itself. RSA: over the digest as a message, which SHA-256 hashes once more;
    PSS with MGF1-SHA-256 and 32 bytes of salt.
    """
    check_signing_key(public, signing)
    try:
        if signing == ECDSA_P256:
            check_point(public).verify(_der(signature), signed, ec.ECDSA(Prehashed(hashes.SHA256())))
        else:
            _check_rsa_signature(check_rsa(public), signature, signed, signing)
    except InvalidSignature as error:
        raise Corrupt("signature_wrong") from error


def _check_rsa_signature(key: rsa.RSAPublicKey, signature: bytes, signed: bytes, signing: str) -> None:
    # One spelling (RFC 8017 section 8.1.2, step 1): OpenSSL takes one without its leading zero byte as well.
    if len(signature) * 8 != key.key_size:
        raise Corrupt("signature_wrong")
    key.verify(signature, signed, _padding(signing), hashes.SHA256())


def check_message(point: bytes, signature: bytes, message: bytes) -> None:
    """Raise ``Corrupt`` (signature_wrong) unless r‖s is ECDSA P-256 with SHA-256 over ``message``: a station's key."""
    check_signature(point, signature, hashlib.sha256(message).digest())


def _der(signature: bytes) -> bytes:
    if len(signature) != 64:
        raise Corrupt("signature_wrong")
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def _padding(signing: str) -> padding.PKCS1v15 | padding.PSS:
    # PKCS#1 v1.5 for signatures only; as encryption it answers questions about the plaintext (Bleichenbacher 1998).
    if signing == RSA_PKCS1_SHA256:
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)


# --- sealed to a key --------------------------------------------------------------------------------------


def seal_to(public: bytes, plaintext: bytes, *, info: bytes, mechanism: str = P256_HPKE) -> bytes:
    """Return encapsulation ‖ ciphertext, sealed to a public key under ``info``.

    P-256: HPKE base mode (RFC 9180 section 6.1). RSA: OAEP without a label around a fresh seed; AES-256-GCM under a
    key from the seed, the ciphertext of the seed and ``info``, since not every token knows labels.
    """
    check_sealing_key(public, mechanism)
    if mechanism == P256_HPKE:
        return _HPKE.encrypt(plaintext, check_point(public), info=info)
    # The library draws the seed, as it draws HPKE's ephemeral key and the OAEP padding.
    seed = AESGCM.generate_key(8 * SEED_BYTES)
    encapsulation = check_rsa(public).encrypt(seed, _oaep(mechanism))
    key, nonce = _from_seed(seed, mechanism, public, encapsulation, info)
    return encapsulation + AESGCM(key).encrypt(nonce, plaintext, info)


def open_sealed(
    decapsulate: Decapsulate, public: bytes, sealed: Sequence[tuple[bytes, bytes]], *, mechanism: str = P256_HPKE
) -> list[bytes]:
    """Return the plaintexts of (blob, info) pairs sealed to ``public``, with one call of the token for all.

    Raises ``Corrupt`` (seal_broken) if a blob was changed, or sealed to another key or under another info.
    """
    check_sealing_key(public, mechanism)
    size = POINT_BYTES if mechanism == P256_HPKE else check_rsa(public).key_size // 8
    encapsulations = [blob[:size] for blob, _ in sealed]
    for encapsulation in encapsulations:
        _check_encapsulation(encapsulation, size, mechanism)
    secrets = decapsulate(encapsulations)
    return [
        _open_one(secret, mechanism, public, encapsulation, blob[size:], info)
        for secret, encapsulation, (blob, info) in zip(secrets, encapsulations, sealed, strict=True)
    ]


def open_own(decapsulate: Decapsulate, point: bytes, sealed: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """Open as ``open_sealed`` what is sealed to a P-256 key of one's own whose point was read from a file.

    ``Corrupt`` (seal_broken), too, unless the point is the key's public half. Whoever knows that half can make a blob
    that opens beside any point; what is sealed next would be sealed to theirs.
    """
    asked = ec.generate_private_key(ec.SECP256R1())

    def proven(encapsulations: Sequence[bytes]) -> list[bytes]:
        *secrets, shown = decapsulate([*encapsulations, _spelled(asked.public_key())])
        if shown.rjust(SEED_BYTES, b"\0") != asked.exchange(ec.ECDH(), check_point(point)):
            raise Corrupt("seal_broken")
        return secrets

    return open_sealed(proven, point, sealed)


def _spelled(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _check_encapsulation(encapsulation: bytes, size: int, mechanism: str) -> None:
    # Before it reaches the token: off the curve it could make the token tell something about the key.
    if mechanism == P256_HPKE:
        check_point(encapsulation)
    elif len(encapsulation) != size:
        raise Corrupt("seal_broken")


def _open_one(
    secret: bytes, mechanism: str, public: bytes, encapsulation: bytes, ciphertext: bytes, info: bytes
) -> bytes:
    try:
        if mechanism == P256_HPKE:
            key, nonce = _from_x(secret, public, encapsulation, info)
            return AESGCM(key).decrypt(nonce, ciphertext, b"")
        key, nonce = _from_seed(secret, mechanism, public, encapsulation, info)
        return AESGCM(key).decrypt(nonce, ciphertext, info)
    except (InvalidTag, ValueError) as error:
        raise Corrupt("seal_broken") from error


def _oaep(mechanism: str) -> padding.OAEP:
    hash_ = hashes.SHA256() if mechanism == RSA_OAEP_SHA256 else hashes.SHA1()  # noqa: S303 - test tokens only
    return padding.OAEP(padding.MGF1(hash_), hash_, None)


def _from_seed(seed: bytes, mechanism: str, public: bytes, encapsulation: bytes, info: bytes) -> tuple[bytes, bytes]:
    bound = digest("rsa-seal", mechanism.encode(), public, info)
    made = HKDF(hashes.SHA256(), SEED_BYTES + NONCE_BYTES, salt=encapsulation, info=bound).derive(seed)
    return made[:SEED_BYTES], made[SEED_BYTES:]


def _from_x(x: bytes, point: bytes, enc: bytes, info: bytes) -> tuple[bytes, bytes]:
    # RFC 9180 sections 4.1 (DHKEM) and 5.1 (key schedule, base mode), with the ECDH's x from the token.
    prk = _extract(_KEM_ID, b"", b"eae_prk", x.rjust(SEED_BYTES, b"\0"))
    shared_secret = _expand(_KEM_ID, prk, b"shared_secret", enc + point, SEED_BYTES)
    schedule = b"\0" + _extract(_HPKE_ID, b"", b"psk_id_hash", b"") + _extract(_HPKE_ID, b"", b"info_hash", info)
    secret = _extract(_HPKE_ID, shared_secret, b"secret", b"")
    key = _expand(_HPKE_ID, secret, b"key", schedule, SEED_BYTES)
    return key, _expand(_HPKE_ID, secret, b"base_nonce", schedule, NONCE_BYTES)


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, size: int) -> bytes:
    # One block of HKDF-Expand is enough: nothing here is longer than 32 bytes.
    labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\x01", "sha256")[:size]


# --- a key in software ------------------------------------------------------------------------------------


class DerivedKey:
    """A P-256 key pair that a secret makes, in this process for the length of one act."""

    def __init__(self, secret: bytes | bytearray | memoryview, info: bytes) -> None:
        """Derived as FIPS 186-5 appendix A.2.1 has it: 16 bytes more than the order, reduced."""
        made = HKDF(hashes.SHA256(), _SCALAR_BYTES, salt=None, info=info).derive(cast(bytes, secret))
        scalar = int.from_bytes(made, "big") % (P256_ORDER - 1) + 1
        self._key = ec.derive_private_key(scalar, ec.SECP256R1())
        self.point = _spelled(self._key.public_key())

    def open(self, sealed: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Return the plaintexts of (blob, info) pairs; ``Corrupt`` (seal_broken) if one is not for this key."""
        return open_sealed(self._decapsulate, self.point, sealed)

    def sign(self, signed: bytes) -> bytes:
        """Return r‖s (64 bytes) over a 32-byte digest."""
        # Deterministic (RFC 6979): a bad source of randomness must not give away what is printed for years.
        how = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
        r, s = decode_dss_signature(self._key.sign(signed, how))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def _decapsulate(self, points: Sequence[bytes]) -> list[bytes]:
        return [self._key.exchange(ec.ECDH(), check_point(point)) for point in points]
