# SPDX-License-Identifier: Apache-2.0
"""What the kinds of credentials are called, and what is said beside one that is shown: each under its kind's name."""

from collections.abc import Mapping

from console.language import say, say_each

KINDS: Mapping[str, str] = say_each(
    {
        "password": "password",
        "api-key": "API key",
        "codes": "one-time codes",
        "totp": "time-based code",
        "hotp": "counted code",
        "certificate": "certificate with key",
        "signing-key": "signing key",
    }
)
_HINTS = {
    "codes": say("Scan the picture, or read the code aloud. It will never be shown again."),
    "totp": say("Type this code now: it changes every 30 seconds, and this one is not shown again."),
    "hotp": say("Type this code now: it will never be shown again."),
    "certificate": say("Certificate and private key, as text."),
}
_AS_TYPED = say("The gaps are only for reading: type it without them. A space that belongs to it is drawn as ␣.")


def hint(kind: str) -> str:
    """Return what is said beside a secret of this kind that can be seen."""
    return _HINTS.get(kind, _AS_TYPED)
