# SPDX-License-Identifier: Apache-2.0
"""Write ``resources/vectors/sealing.json`` anew: ``python -m tests.vectors.sealing``. The tests read it back.

Seals and signatures are random, so a new file differs in bytes; it is written anew only when the format changes.
All keys in it are throw-away keys. The HPKE vector is the one of RFC 9180 (kem 0x0010, kdf 1, aead 2, mode 0), as
github.com/golang/go has it in src/crypto/hpke/testdata/rfc9180.json; ``key`` and ``base_nonce``, which that file
leaves out, are checked by its accumulated ciphertexts.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric import ec

from console.domain import keys
from console.domain.activation import ceremony
from console.domain.canonical import Json, digest, encode, from_base64, to_base64
from console.domain.policy import keyholder, rules, succession
from console.domain.policy.rules import Policy
from console.domain.recovery import sheets
from console.domain.sealed import envelope, shamir
from console.domain.words import to_words
from tests.support.fakes import PrivateKey, public_of
from tests.vectors import founding as sample

FILE = Path(__file__).parents[2] / "resources" / "vectors" / "sealing.json"
PAYLOAD = "Schlüssel-unter-der-Fußmatte".encode()
HPKE = {
    "source": "RFC 9180, mode 0, kem 16, kdf 1, aead 2",
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skRm": "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2",
    "pkRm": "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f"
    "853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c",
    "enc": "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e"
    "0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0",
    "key": "ee16802a936d5f544771131900ee6973d0551de9e852ece2ef34bf0d5f9e1d1d",
    "base_nonce": "9bc50980832a7b4b58c40161",
    "encryptions_accumulated": "8d3263541fc1695b6e88ff3a1208577c",
}


def vectors() -> dict[str, Json]:
    """Return all vectors; bytes in hex, objects of the format as their canonical text."""
    made = sample.found({"it": 2, "legal": 3}, {"it": 1, "legal": 2}, rsa_member="it-2")
    hsm_secret = bytes(range(32))
    record = sample.seal(made, PAYLOAD, hsm_secret)
    return {
        "digest": _digests(),
        "shamir": _shamir(),
        "hpke": HPKE,
        "stretch": _stretch(),
        "context": {"hash": sample.context(made).digest().hex()},
        "keys": _private_keys(made),
        "record": {
            "text": encode(record).decode(),
            "hash": envelope.record_hash(record).hex(),
            "hsm_secret": hsm_secret.hex(),
            "payload": PAYLOAD.hex(),
        },
        "genesis": _genesis(made),
        "step": _step(made),
        "sealed": _sealed(made),
        "sheets": _sheets(made),
        "rsa": _rsa(),
        "request": _request(made, record),
    }


def _digests() -> Json:
    cases: list[tuple[str, list[bytes]]] = [
        ("ctx", []),
        ("ctx", [b""]),
        ("slot", [b"ab", b"c"]),
        ("slot", [b"a", b"bc"]),
    ]
    return [
        {"tag": tag, "parts": [part.hex() for part in parts], "digest": digest(tag, *parts).hex()}
        for tag, parts in cases
    ]


def _shamir() -> Json:
    coefficients = [bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))]
    drawn = iter(coefficients[1:])
    shares = shamir.split(coefficients[0], 3, 5, lambda _: next(drawn))
    return {"coefficients": [c.hex() for c in coefficients], "shares": [share.hex() for share in shares]}


def _stretch() -> Json:
    salt = bytes(range(16))
    return {"pin": "123456", "salt": salt.hex(), "stretched": envelope.stretch(bytearray(b"123456"), salt).decode()}


def _private_keys(made: sample.Founding) -> Json:
    return {
        member: {purpose: _private(key) for purpose, key in token.keys.items()} for member, token in made.tokens.items()
    }


def _private(key: PrivateKey) -> Json:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _scalar(key)
    numbers = key.private_numbers()
    return {"p": f"{numbers.p:x}", "q": f"{numbers.q:x}"}


def _scalar(key: object) -> str:
    return f"{cast(ec.EllipticCurvePrivateKey, key).private_numbers().private_value:064x}"


def _genesis(made: sample.Founding) -> Json:
    known = made.policy
    return {
        "text": made.signed().decode(),
        "roster": known.roster.hash().hex(),
        "rules": known.rules.hash().hex(),
        "genesis": known.genesis.hex(),
        "words": " ".join(to_words(known.genesis)),
        "signed": rules.signed_genesis(known).hex(),
    }


def _step(made: sample.Founding) -> Json:
    known = rules.load(made.signed(), made.policy.genesis)
    step = succession.propose(known, Policy(known.roster, replace(known.rules, showing_seconds=60)))
    for member in ("it-1", "legal-1", "legal-3"):
        step = step.signed(member, made.tokens[member].sign("sign", step.signed_digest()))
    return {
        "text": step.encode().decode(),
        "policy": step.after.hash.hex(),
        "words": " ".join(to_words(step.after.hash)),
        "signed": step.signed_digest().hex(),
    }


def _sheets(made: sample.Founding) -> Json:
    group, known = "legal", made.policy
    with_sheets = replace(known, roster=replace(known.roster, recovery={group: sample.sheet_keys(group)}))
    founded = replace(made, policy=with_sheets)
    step = succession.propose(with_sheets, known)
    step = step.signed("it-1", made.tokens["it-1"].sign("sign", step.signed_digest()))
    step = step.signed_by_sheets(group, sample.recovery_key(group).sign(step.signed_digest()))
    return {
        "secret": sample.RECOVERY_SECRET.hex(),
        "vault": sample.VAULT,
        "slot": group,
        "generation": 1,
        **{name: from_base64(text).hex() for name, text in sample.sheet_keys(group).to_json().items()},
        "check": sheets.check_value(*sample.sheet_keys(group).points()),
        "genesis": founded.signed().decode(),
        "step": step.encode().decode(),
    }


def _sealed(made: sample.Founding) -> Json:
    hsm, vault, member = made.hsm, sample.VAULT, made.policy.roster.member("legal-1")
    rows = {"alpha/1/0": bytes(range(32)), "beta/2/3": bytes(range(32, 64))}
    database = keys.seal_to(
        made.policy.roster.station_point("journal"), bytes(32), info=envelope.database_key_info(vault)
    )
    return {
        "table": envelope.seal_table("state", vault, 3, hsm.make_key("state-3"), rows).decode(),
        "slot": keyholder.seal_slot(vault, member, b"the PIN that nobody knows").decode(),
        "database_key": to_base64(database),
        "hsm": {name: _scalar(hsm.pairs[name]) for name in ("state-3", "journal", "request")},
    }


def _rsa() -> Json:
    return [
        {
            "mechanism": mechanism,
            "private": _private(key),
            "public": public_of(key).hex(),
            "info": b"info".hex(),
            "plaintext": PAYLOAD.hex(),
            "blob": keys.seal_to(public_of(key), PAYLOAD, info=b"info", mechanism=mechanism).hex(),
        }
        for mechanism in (keys.RSA_OAEP_SHA256, keys.RSA_OAEP_SHA1)
        for key in [sample.rsa_key(*sample.RSA_PRIMES["share"])]
    ]


def _request(made: sample.Founding, record: dict[str, Json]) -> Json:
    request = sample.file_request(made, [record])
    approvals = [sample.approve(made, request, [record], member) for member in ("it-1", "legal-1", "legal-3")]
    denial = sample.sign(made, sample.statement(made, request, "it-2", "deny"))
    return {
        "text": encode(request.to_json()).decode(),
        "hash": request.hash.hex(),
        "signed": ceremony.request_digest(request.body).hex(),
        "key": _scalar(made.hsm.pairs[sample.OPENING_KEY]),
        "approvals": [encode(approval.to_json()).decode() for approval in (*approvals, denial)],
    }


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
