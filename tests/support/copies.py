# SPDX-License-Identifier: Apache-2.0
"""Everything that a whole roll-back puts back."""

from pathlib import Path

from tests.support.scenes import Scene


def journal_files(scene: Scene) -> dict[Path, bytes]:
    """Return everything that a whole roll-back puts back: the journal, its copy, and the software HSM's folder."""
    return {
        path: path.read_bytes()
        for folder in (scene.home, scene.folder / "mirror")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".ballast" and path.name != "station.lock"
    }


def put_back(scene: Scene, files: dict[Path, bytes]) -> None:
    """Put station and HSM back to what they were: with the embedded module nothing on this machine shows it."""
    scene.station.locked.keepers.stop()
    for path in scene.home.glob("journal.db-*"):
        path.unlink()
    for path in journal_files(scene):
        if path not in files:
            path.unlink()
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    scene.restart()


def copy_files(folder: Path) -> dict[Path, bytes]:
    """Return the journal's files as they are now."""
    return {path: path.read_bytes() for path in folder.glob("journal.db*")}


def restore_files(folder: Path, files: dict[Path, bytes]) -> None:
    """Put these in place of the journal's files."""
    for path in folder.glob("journal.db*"):
        path.unlink()
    for path, data in files.items():
        path.write_bytes(data)
