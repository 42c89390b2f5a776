# SPDX-License-Identifier: Apache-2.0
"""A station whose journal went back, and the new log that is proposed on it."""

from console.actions.activation import release
from console.actions.console import Console
from console.actions.journal import renewal
from tests.support.activations import opened_base
from tests.support.scenes import PASSWORD, Base, for_a_while, keep, staged
from tests.support.screens import Paper


@for_a_while
def alarmed_base() -> Base:
    """A station whose journal was put back to before a showing, and a new log that Legal has signed and IT has not."""
    with staged(opened_base()) as scene:
        before = (scene.home / "journal.db").read_bytes()
        with scene.console() as console:
            release.release(console, scene.act, PASSWORD, Paper())
        (scene.home / "journal.db").write_bytes(before)
        with scene.console() as console:
            renewal.propose(console)
            renewal.sign(console, proposed(console), "legal-1")
        return keep(scene, "alarmed", scene.act)


def proposed(console: Console) -> str:
    """Return the one new log that is proposed."""
    (known,) = renewal.proposals(console.vault, console.policy)
    return known.id
