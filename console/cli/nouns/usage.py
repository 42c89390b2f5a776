# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass activation use``, ``credential drift`` and ``station attest-time``."""

from console.cli.parser import add_id, add_name, add_verb, descriptor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add_use(verbs: "Verbs") -> None:
    """Add the verb that signs with a sealed key."""
    use = add_verb(verbs, "use", "let a sealed key sign once, without showing it")
    add_id(use)
    use.add_argument("credential", metavar="CREDENTIAL")
    what = use.add_mutually_exclusive_group(required=True)
    what.add_argument("--jwt", metavar="CLAIMS.json", help="sign a JWT with these claims; - is stdin")
    what.add_argument("--tls-challenge", metavar="FILE", help="answer a TLS 1.3 client's CertificateVerify")
    use.add_argument(
        "--alg",
        metavar="NAME",
        help="RS256 or ES256; for TLS rsa_pss_rsae_sha256 or ecdsa_secp256r1_sha256 (the first unless said)",
    )
    use.add_argument("--kid", metavar="ID", help="for a JWT: the name of the key at the target")
    use.add_argument("--out", type=descriptor, required=True, metavar="FD", help="to an open descriptor; - is stdout")
    use.set_defaults(qr=None, show=False)


def add_drift(verbs: "Verbs") -> None:
    """Add the verb that finds how far a target's codes are away."""
    drift = add_verb(verbs, "drift", "enter the code that is shown elsewhere now, in an open activation")
    add_name(drift)
    drift.add_argument("--shown", metavar="CODE", help="the code; without it, it is asked")


def add_attest_time(verbs: "Verbs") -> None:
    """Add the verb by which two people say what time it is."""
    attest = add_verb(verbs, "attest-time", "after the clock was set: keyholders of two groups say the time")
    attest.add_argument("--keyholder", action="append", required=True, metavar="N", help="once for each")
    attest.add_argument("--time", metavar="TIME", help="date and time of your own watch; without it, it is asked")
