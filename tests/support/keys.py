# SPDX-License-Identifier: Apache-2.0
"""A station with an open activation for keys that sign and seeds that make codes; seeds are those of the RFCs."""

import json

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from console.actions.activation import use
from console.actions.console import Console
from console.actions.credential import versions
from console.demo.station import card
from console.domain.payload.usage import ToSign
from tests.support.activations import open_for
from tests.support.scenes import Base, for_a_while, keep, sealed_base, staged

SEED = b"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""RFC 4226 appendix D and RFC 6238 appendix B: the ASCII bytes 12345678901234567890."""
HOTP_CODES = b"755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split()
RSA_KEY, EC_KEY, HOTP, TOTP = "salesforce-jwt", "partner-jwt", "vpn-hotp", "vpn-totp"
CERTIFICATE = "crm-client-certificate"
"""One of the samples: a self-signed P-256 certificate with its key."""


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def prepared_jwt(console: Console) -> ToSign:
    """Return claims for a few minutes from now, ready to be signed with RSA."""
    expires = console.machine.reading().wall_ms // 1000 + 180
    claims = json.dumps({"sub": "emergency@example.org", "aud": "https://login.example", "exp": expires})
    return use.prepare_jwt(console, claims.encode(), algorithm=None, key_id=None)


@for_a_while
def keys_base() -> Base:
    """Seal them beside the samples and open an activation that asks for all of them, for eight showings."""
    secrets = {
        RSA_KEY: ("signing-key", pem(rsa.generate_private_key(65537, 2048))),
        EC_KEY: ("signing-key", pem(ec.generate_private_key(ec.SECP256R1()))),
        HOTP: ("hotp", SEED),
        TOTP: ("totp", SEED),
    }
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            for name, (kind, secret) in secrets.items():
                versions.seal(console, name, kind, "standard", bytearray(secret), card(name))
            act = open_for(console, *({"credential": name} for name in (*secrets, CERTIFICATE)), releases=8)
        kept = keep(scene, "keys", act)
    return Base(kept.folder, kept.sealed | {name: secret for name, (_, secret) in secrets.items()}, act)
