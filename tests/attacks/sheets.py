# SPDX-License-Identifier: Apache-2.0
"""Tokens that are lost, and how recovery sheets stand."""

import shutil
from typing import Any, cast

from console.actions.console import Console
from console.actions.keyholder import sheet_status
from tests.support.scenes import Scene


def status_of(console: Console, slot: str) -> dict[str, Any]:
    rows = cast(list[dict[str, Any]], sheet_status.status(console)["recovery"])
    (row,) = [row for row in rows if row["slot"] == slot]
    return row


def lose_tokens(scene: Scene, group: str) -> None:
    """Take the tokens of a group away for good."""
    for folder in (scene.folder / "tokens").glob(f"{group}-[0-9]*"):
        shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
