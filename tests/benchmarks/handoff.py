# SPDX-License-Identifier: Apache-2.0
"""How large a request and its answer are as pictures, and how many pictures are read after a phone and a messenger.

Every picture is spoiled as it would be on its way (photographed from a screen: tilt, perspective, blur, contrast,
noise; then shrunk to 1,280 pixels and pressed to JPEG 50) and read by the program's own decoder. The target is at least
95 % at the messenger's setting, and with a bad camera before the screen (``camera_view``).
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))

from PIL import Image, ImageEnhance, ImageFilter

from console.adapters.qr import QrCodes
from console.domain.canonical import Json
from console.domain.handoff import frames as handoff
from console.domain.handoff import spoken
from tests.benchmarks import performance
from tests.benchmarks.camera_view import VIEWS, View, equations, seen, solved
from tests.support.activations import filed
from tests.support.remote import answered, asked, pinned_home
from tests.support.scenes import CODES, PASSWORD, sealed_base, staged

TITLE = "Requests and answers as pictures"
TARGET = 0.95
ITEMS = (1, 4, 8)
LONG_SIDE = 1280
QUALITY = 50
SYMBOLS = 100


@dataclass(frozen=True)
class Way:
    """How a picture is spoiled; angles in degrees, noise as standard deviation of 256 tones."""

    name: str
    tilt: float = 0
    perspective: float = 0
    blur: float = 0
    contrast: float = 1
    noise: float = 0
    is_judged: bool = False


WAYS = (
    Way("the file itself through a messenger", is_judged=True),
    Way("photographed, then through a messenger", 4, 0.03, 1.0, 0.75, 6, is_judged=True),
    Way("the same, by a shaking hand in bad light", 12, 0.08, 1.8, 0.5, 12),
)


@dataclass(frozen=True)
class Sizes:
    """What one request and its answer come to."""

    items: int
    errand: bytes
    answer: bytes


def main() -> int:
    """Measure, print, and write if asked; 1 when a target is missed."""
    chosen = performance.options(__doc__)
    sizes, rounds = measured(), 1 if chosen.quick else 10
    rates = {way: rates_of(way, sizes[0].errand, rounds) for way in WAYS}
    symbols = 4 if chosen.quick else SYMBOLS
    views = {view: by_camera(view, symbols) for view in VIEWS}
    lines = [*size_table(sizes), "", *rate_table(rates, rounds), "", *camera_table(views, symbols)]
    if chosen.json:
        rows: list[dict[str, object]] = [{"way": way.name, **rate} for way, rate in rates.items()]
        rows += [{"way": view.name, "camera": rate} for view, rate in views.items()]
        figures = [{"items": s.items, "errand": len(s.errand), "answer": len(s.answer)} for s in sizes]
        sys.stdout.write(json.dumps({"title": TITLE, "sizes": figures, "rows": rows}) + "\n")
    else:
        sys.stdout.write("\n".join([*lines, ""]))
    if chosen.write:
        performance.put(TITLE, lines)
    judged = [*(min(rates[way].values()) for way in WAYS if way.is_judged), *views.values()]
    return 1 if min(judged) < TARGET and not chosen.quick else 0


def measured() -> list[Sizes]:
    """Return real requests and answers of a real station, for 1, 4 and 8 items."""
    found = []
    with staged(sealed_base()) as scene, scene.console() as console:
        home = pinned_home(scene, console, "legal-1")
        for count in ITEMS:
            codes: list[Json] = [{"credential": CODES, "codes": count - 1}] if count > 1 else []
            act = filed(console, {"credential": PASSWORD}, *codes)
            data = asked(console, act, "legal-1")
            found.append(Sizes(count, data, answered(home, data)))
    return found


def rates_of(way: Way, data: bytes, rounds: int) -> dict[str, float]:
    """Return how many of the single pictures, and of the whole pages, are read."""
    codes, random = QrCodes(), Random(7)
    frames = handoff.split("errand", data)
    pictures = [codes.render(text) for text in frames]
    singles = [
        codes.scan(spoiled(picture, way, random)) == [text]
        for _ in range(rounds)
        for picture, text in zip(pictures, frames, strict=True)
    ]
    return {"single": share(singles), **pages(way, data, rounds, random)}


def pages(way: Way, data: bytes, rounds: int, random: Random) -> dict[str, float]:
    """Return how many pages of 4 and of 12 pictures are read whole."""
    codes, found = QrCodes(), {}
    for count in (4, 12):
        texts = handoff.split("errand", data * 2)[:count]
        page = codes.page(texts)
        found[f"page of {count}"] = share(
            sorted(codes.scan(spoiled(page, way, random))) == sorted(texts) for _ in range(rounds)
        )
    return found


def share(outcomes: Iterable[bool]) -> float:
    """Return how many of these are true, from 0 to 1."""
    known = list(outcomes)
    return sum(known) / len(known)


def spoiled(picture: bytes, way: Way, random: Random) -> bytes:
    """Return the picture as it arrives."""
    image = Image.open(BytesIO(picture)).convert("L")
    if way.tilt:
        image = photographed(image, way, random)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    pressed = BytesIO()
    image.save(pressed, "JPEG", quality=QUALITY)
    return pressed.getvalue()


def photographed(image: Image.Image, way: Way, random: Random) -> Image.Image:
    """Return a phone's photograph of a screen that fills about three quarters of it, 3,000 pixels wide."""
    side = 2250
    image = image.resize((side, side * image.height // image.width), Image.Resampling.NEAREST)
    photo = Image.new("L", (3000, max(2250, image.height + 300)), 190)
    photo.paste(image, ((3000 - side) // 2, (photo.height - image.height) // 2))
    photo = photo.transform(photo.size, Image.Transform.PERSPECTIVE, leaning(photo, way, random), fillcolor=190)
    photo = photo.rotate(random.uniform(-way.tilt, way.tilt), Image.Resampling.BICUBIC, fillcolor=190)
    photo = photo.filter(ImageFilter.GaussianBlur(way.blur * 3000 / LONG_SIDE))
    photo = ImageEnhance.Contrast(photo).enhance(way.contrast)
    noise = Image.effect_noise(photo.size, way.noise)
    return Image.blend(photo, noise, 0.5).point(lambda tone: min(255, max(0, 2 * tone - 128)))


def leaning(photo: Image.Image, way: Way, random: Random) -> Sequence[float]:
    """Return the eight numbers of a perspective whose corners are off by up to a share of the width."""
    width, height = photo.size
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    moved = [(x + _off(way, width, random), y + _off(way, height, random)) for x, y in corners]
    return solved([*equations(moved, corners)])


def _off(way: Way, size: int, random: Random) -> float:
    return random.uniform(-way.perspective, way.perspective) * size


def by_camera(view: View, symbols: int) -> float:
    """Return how many of so many symbols of 300 bytes are read from the one picture that a bad camera took of each."""
    codes, random = QrCodes(), Random(11)
    texts = [handoff.split("errand", random.randbytes(300))[0] for _ in range(symbols)]
    return share(codes.see(codes.grey(seen(codes.render(text), view, random))) == [text] for text in texts)


def camera_table(rates: dict[View, float], symbols: int) -> list[str]:
    """Return the rates of the cameras as a table."""
    head = f"| one picture of a symbol of 300 bytes, {symbols} each | read | target | |"
    rows = [f"| {view.name} | {rate:.0%} | ≥ {TARGET:.0%} | {_judged(rate)} |" for view, rate in rates.items()]
    return [head, "|---|---:|---:|---|", *rows]


def _judged(rate: float) -> str:
    return "ok" if rate >= TARGET else "missed"


def size_table(sizes: Sequence[Sizes]) -> list[str]:
    """Return the sizes as a table."""
    head = "| items | request | pictures | answer | pictures | answer read aloud |"
    return [head, "|---:|---:|---:|---:|---:|---|", *(_size_line(s) for s in sizes)]


def _size_line(sizes: Sizes) -> str:
    aloud = spoken.length(sizes.answer)
    spoken_as = f"{aloud['lines']} lines, {aloud['groups']} groups, about {aloud['minutes']} minutes"
    request = f"{len(sizes.errand)} bytes | {_pictures('errand', sizes.errand)}"
    answer = f"{len(sizes.answer)} bytes | {_pictures('answer', sizes.answer)}"
    return f"| {sizes.items} | {request} | {answer} | {spoken_as} |"


def _pictures(kind: str, data: bytes) -> int:
    return len(handoff.split(kind, data))


def rate_table(rates: dict[Way, dict[str, float]], rounds: int) -> list[str]:
    """Return the rates as a table."""
    kinds = list(rates[WAYS[0]])
    head = f"| read of each, {rounds} rounds | {' | '.join(kinds)} | target | |"
    return [head, f"|---|{'---:|' * len(kinds)}---:|---|", *(_rate_line(way, rates[way]) for way in WAYS)]


def _rate_line(way: Way, rate: dict[str, float]) -> str:
    verdict = _judged(min(rate.values())) if way.is_judged else ""
    target = f"≥ {TARGET:.0%}" if way.is_judged else ""
    return f"| {way.name} | {' | '.join(f'{r:.0%}' for r in rate.values())} | {target} | {verdict} |"


if __name__ == "__main__":
    sys.exit(main())
