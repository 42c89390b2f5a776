# SPDX-License-Identifier: Apache-2.0
"""What is asked of a seed before it is sealed: whether its present code is that of its target."""

from console.language import say, say_count

WHETHER_RIGHT = say("Type it where the target asks for it, or compare it with what its owner sees. Is it right?")


def gives(code: str, seconds: int) -> str:
    """Return which code a seed gives now, and for how long."""
    return say_count(
        seconds,
        "This seed now gives the code {code}, for 1 second.",
        "This seed now gives the code {code}, for {count} seconds.",
        code=code,
    )
