# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of docs/screens anew.

    python -m tests.gui.screens [--out DIR] [--languages en de] [--walks]

Every page of an unlocked station as a picture of its own in light colours; on contact sheets in dark ones, with high
contrast, with text at 200 percent, and in every further language. ``--walks`` also lets the walks of tests/gui make
theirs, where a page has more to show. Needs Xvfb and openbox for those that look from outside.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from PIL import Image, ImageColor, ImageDraw

from console.gui.kit.looks import CONTRAST, DARK, LIGHT
from console.gui.kit.theme import colours_of
from console.gui.kit.widgets import ON_DARK, ON_LIGHT
from console.language import ENGLISH, LANGUAGES, SYSTEM
from tests.gui.contrast import Rgb
from tests.gui.hands import LOOKS

PROJECT = Path(__file__).parents[2]
WALK = "tests/gui/pages_in_tongue.py"
IN_LANGUAGE = """
import sys
from console.confinement import shut_network
shut_network()
from console import language
language.choose([sys.argv[1]], {})
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[2:]]))
"""
"""As the program does: without a network, or every picture's strip would say that it is not off."""
HOME = Path("/tmp/breakglass")
"""Where walks work, and pictures show it: it says nothing of this machine. It must not be there before."""
COLUMNS, ROWS, TILE_WIDTH, LABEL_HEIGHT, GAP = 3, 4, 620, 16, 8
COLOURS = 160
GROUND = (128, 128, 128)


def walk(language: str, folder: Path, look: str) -> None:
    """Let every page be pictured in a language and a look."""
    said = folder / "said.json"
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "BREAKGLASS_SCREENS": str(folder),
        "BREAKGLASS_LOOKS": look,
        "TONGUE_SAID": str(said),
        "XDG_CONFIG_HOME": str(folder),
    }
    _run([sys.executable, "-c", IN_LANGUAGE, language, WALK], environment)
    said.unlink()


def let_walks_picture(folder: Path) -> None:
    """Let the tests of the window keep what they see; ``FileExistsError``: somebody else makes pictures."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "BREAKGLASS_SCREENS": str(folder),
        "BREAKGLASS_LOOKS": "light",
        "XDG_CONFIG_HOME": str(folder),
        "TMPDIR": str(HOME),
    }
    walks = [
        str(path) for path in sorted((PROJECT / "tests/gui").rglob("test_*.py")) if ".picture(" in path.read_text()
    ]
    HOME.mkdir(mode=0o700)
    try:
        asked = ["-m", "real", f"--basetemp={HOME / 'walk'}", *walks]
        _run([sys.executable, "-c", IN_LANGUAGE, ENGLISH, *asked], environment)
    finally:
        shutil.rmtree(HOME)


def sheets(pictures: Sequence[Path]) -> Iterator[Image.Image]:
    """Yield contact sheets of these pictures, each with its name."""
    per_sheet = COLUMNS * ROWS
    for at in range(0, len(pictures), per_sheet):
        tiles = [_tile(path) for path in pictures[at : at + per_sheet]]
        height = max(tile.height for tile in tiles) + GAP
        lines = -(-len(tiles) // COLUMNS)
        sheet = Image.new("RGB", (COLUMNS * (TILE_WIDTH + GAP) + GAP, lines * height + GAP), GROUND)
        for number, tile in enumerate(tiles):
            line, column = divmod(number, COLUMNS)
            sheet.paste(tile, (GAP + column * (TILE_WIDTH + GAP), GAP + line * height))
        yield sheet


def _tile(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    height = picture.height * TILE_WIDTH // picture.width
    tile = Image.new("RGB", (TILE_WIDTH, height + LABEL_HEIGHT), GROUND)
    ImageDraw.Draw(tile).text((4, 2), path.stem, fill=(255, 255, 255))
    tile.paste(picture.resize((TILE_WIDTH, height), Image.Resampling.LANCZOS), (0, LABEL_HEIGHT))
    return tile


def of_window(picture: Image.Image) -> Image.Image:
    """Return a picture of a screen without what is black around its one window."""
    seen = picture.convert("RGB")
    return seen.crop(seen.getbbox() or (0, 0, *seen.size))


def keep_small(picture: Image.Image, file: Path) -> None:
    """Write a picture with a palette: flat colours need no more."""
    exact = picture.convert("RGB")
    commonest = [colour for _, colour in sorted(exact.getcolors(1 << 24) or [], reverse=True)]
    kept = list(dict.fromkeys([*_of_styles(), *(cast(Rgb, colour) for colour in commonest)]))[:COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in kept for part in colour])
    exact.quantize(palette=palette, dither=Image.Dither.NONE).save(file, optimize=True)


@cache
def _of_styles() -> tuple[Rgb, ...]:
    """Return every colour that the looks name: a sign is too small to be among the commonest."""
    named = {colour for scheme in (LIGHT, DARK, CONTRAST) for colour in colours_of(scheme).values()}
    named |= {*ON_DARK.values(), *ON_LIGHT.values()}
    return tuple(cast(Rgb, ImageColor.getrgb(colour)) for colour in sorted(named))


def put_sheets(name: str, folder: Path, out: Path) -> None:
    """Write the contact sheets of one variant, and take away those from before."""
    for old in out.glob(f"sheet-{name}-*.png"):
        old.unlink()
    for number, sheet in enumerate(sheets(sorted(folder.glob("*.png"))), 1):
        keep_small(sheet, out / f"sheet-{name}-{number}.png")


def main() -> int:
    """Make all that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=PROJECT / "docs" / "screens")
    parser.add_argument("--languages", nargs="+", default=[one for one in LANGUAGES if one != SYSTEM])
    parser.add_argument("--walks", action="store_true")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        for language in chosen.languages:
            folder = Path(made, language)
            folder.mkdir()
            for look in LOOKS if language == ENGLISH else LOOKS[:1]:
                walk(language, folder, look)
            if language != ENGLISH:
                put_sheets(language, folder, chosen.out)
                continue
            for look in LOOKS[1:]:
                put_sheets(look, folder / look, chosen.out)
            if chosen.walks:
                let_walks_picture(folder)
            for path in folder.glob("*.png"):
                with Image.open(path) as picture:
                    keep_small(of_window(picture), chosen.out / path.name)
    return 0


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(command, env=environment, cwd=PROJECT, check=True)


if __name__ == "__main__":
    sys.exit(main())
