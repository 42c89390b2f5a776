# SPDX-License-Identifier: Apache-2.0
"""What can come in, by its kind: what it is in words, and where it belongs."""

from collections.abc import Mapping

from console.language import say_each

KINDS: Mapping[str, str] = say_each(
    {
        "errand": "a request to a keyholder, sealed",
        "answer": "a keyholder's answer, sealed",
        "pin-card": "the card of a station",
        "card": "the card of somebody who wants to join",
        "change": "a change of people or rules, to be signed",
        "signature": "a signature under a change of people or rules",
        "witness": "a request to a witness of the journal",
        "checkpoint": "a state of the journal",
        "request": "a request as the station keeps it",
        "approval": "an approval as the station keeps it",
        "file": "a file that this program does not know",
    }
)
BELONGS: Mapping[str, str] = say_each(
    {
        "errand": "Take it in on the keyholder's own console, on its page Requests.",
        "answer": "Take it in at the station: Approve, then Ask from far.",
        "pin-card": "Take it in on a keyholder's own console that knows no station yet.",
        "card": "Take it in at the station: People, then Enrol somebody.",
        "change": "Take it in on the keyholder's own console, on its page Changes.",
        "signature": "Take it in at the station: People, then People who are away.",
        "witness": "Take it in on the witness's own console, on its page Witness.",
        "checkpoint": "Take it in at the station: Journal, then Outside this room.",
        "request": "Keep it as a file: the page Files writes it out.",
        "approval": "Keep it as a file: the page Files writes it out.",
        "file": "Keep it as a file: the page Files writes it out.",
    }
)
