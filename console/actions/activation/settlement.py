# SPDX-License-Identifier: Apache-2.0
"""Which activations owe what a new version settles: those that showed the secret which it replaces."""

from console.actions.console import Console
from console.domain import kinds
from console.domain.credential.versions import Credential, failed_intents
from console.domain.entries.entry import Entry
from console.domain.entries.release import ReleaseIntended


def owing(console: Console, credential: Credential) -> list[str]:
    """Return the activations that showed the present secret, oldest first; what an older log told is not among them."""
    intents = list(console.journal.entries(type_="release.intended"))
    failed = failed_intents([*intents, *console.journal.entries(type_="release.outcome")])
    shown = [entry.act for entry in intents if entry.seq not in failed and _owes(entry, credential)]
    return [act for act in dict.fromkeys(shown) if act is not None]


def _owes(entry: Entry, credential: Credential) -> bool:
    said = ReleaseIntended.read(entry)
    if said.credential != credential.name or kinds.of(said.kind).burns or said.use:
        return False
    return credential.origin_of(said.version) == credential.origin
