# SPDX-License-Identifier: Apache-2.0
"""A journal that was lost or put back, and the new log that is begun after it."""

from typing import Any, cast

from console.actions.activation import release
from console.actions.journal import renewal
from tests.support.activations import open_for
from tests.support.copies import copy_files, restore_files
from tests.support.scenes import PASSWORD, Scene
from tests.support.screens import Paper


def lose_mirror(scene: Scene) -> None:
    (scene.folder / "mirror" / "journal.mirror").unlink()


def shown(scene: Scene, name: str, act: str | None = None) -> bytes:
    paper = Paper()
    with scene.console() as console:
        release.release(console, act or scene.act, name, paper)
    return paper.shown[0][1]


def older_journal(scene: Scene, name: str = PASSWORD) -> bytes:
    """Show something, then put the journal of before back: the alarm."""
    before = copy_files(scene.home)
    secret = shown(scene, name)
    restore_files(scene.home, before)
    return secret


def renewed(scene: Scene) -> dict[str, Any]:
    """Begin a new log by one of Legal and one of IT; return the renewal as the second one signed it."""
    with scene.console() as console:
        proposed = renewal.propose(console)
        id_ = str(proposed["renewal"])
        renewal.sign(console, id_, "legal-2")
        return cast(dict[str, Any], renewal.sign(console, id_, "it-1"))


def opened_again(scene: Scene, *items: Any, **more: Any) -> str:
    """Ask, approve and open in the log that is written now."""
    with scene.console() as console:
        return open_for(console, *items, **more)


def delete_journal(scene: Scene) -> None:
    restore_files(scene.home, {})
