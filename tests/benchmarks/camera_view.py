# SPDX-License-Identifier: Apache-2.0
"""A symbol on a screen as a bad camera sees it: moiré, motion, perspective, glare, little contrast, noise, JPEG."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image, ImageChops, ImageFilter

SHARE = 0.8
"""How much of the picture's height the symbol fills."""
GREY = 190


@dataclass(frozen=True)
class View:
    """One camera in one situation. Angles in degrees, noise as standard deviation of 256 tones."""

    name: str
    size: tuple[int, int]
    perspective: float
    tilt: float
    motion: int
    contrast: float
    noise: float
    quality: int
    glare: bool


HD, FULL = (1280, 720), (1920, 1080)
VIEWS = (
    View("720p, strongly spoilt", HD, 0.07, 6, 2, 0.65, 9, 70, glare=False),
    View("720p, as bad as it gets", HD, 0.12, 15, 2, 0.5, 14, 50, glare=True),
    View("1080p, strongly spoilt", FULL, 0.07, 6, 3, 0.65, 9, 70, glare=False),
    View("1080p, as bad as it gets", FULL, 0.12, 15, 3, 0.5, 14, 50, glare=True),
)


def seen(symbol: bytes, view: View, random: Random) -> bytes:
    """Return the JPEG that the camera delivers of a symbol (PNG)."""
    image = on_screen(Image.open(BytesIO(symbol)).convert("L"), view)
    image = leaned(image, view.perspective, random)
    image = image.rotate(random.uniform(-view.tilt, view.tilt), Image.Resampling.BICUBIC, fillcolor=GREY)
    image = moved(image, view.motion, random)
    if view.glare:
        image = dazzled(image, random)
    middle = 118
    image = image.point(lambda tone: int(middle + (tone - 128) * view.contrast))
    noise = Image.effect_noise(image.size, view.noise)
    image = Image.blend(image, noise, 0.5).point(lambda tone: min(255, max(0, 2 * tone - 128)))
    file = BytesIO()
    image.save(file, "JPEG", quality=view.quality)
    return file.getvalue()


def on_screen(symbol: Image.Image, view: View) -> Image.Image:
    """Return what the camera sees of a screen: its grid of pixels meets the camera's own, which is moiré."""
    grid = Image.new("L", (3, 3), 255)
    for at in range(3):
        grid.putpixel((2, at), 120)
        grid.putpixel((at, 2), 150)
    large = symbol.resize((symbol.width * 3, symbol.height * 3), Image.Resampling.NEAREST)
    tiled = Image.new("L", large.size)
    strip = Image.new("L", (large.width, 3))
    for x in range(0, large.width, 3):
        strip.paste(grid, (x, 0))
    for y in range(0, large.height, 3):
        tiled.paste(strip, (0, y))
    lit = ImageChops.multiply(large, tiled)
    width, height = view.size
    side = int(height * SHARE)
    room = Image.new("L", (width, height), GREY)
    # Sampled, not averaged: a camera's pixels lie between those of the screen.
    step, left, top = lit.width / side, (width - side) // 2, (height - side) // 2
    across = (step, 0, 0, 0, step, 0)
    room.paste(lit.transform((side, side), Image.Transform.AFFINE, across, Image.Resampling.BILINEAR), (left, top))
    return room


def moved(image: Image.Image, pixels: int, random: Random) -> Image.Image:
    """Return the picture of a hand that moves by so many pixels while it is taken."""
    angle = random.uniform(0, math.pi)
    steps = [(round(at * math.cos(angle)), round(at * math.sin(angle))) for at in range(pixels + 1)]
    mean = image
    for number, (x, y) in enumerate(steps[1:], 2):
        mean = Image.blend(mean, ImageChops.offset(image, x, y), 1 / number)
    return mean.filter(ImageFilter.GaussianBlur(0.6))


def dazzled(image: Image.Image, random: Random) -> Image.Image:
    """Return the picture with a lamp's reflection somewhere on the symbol."""
    side = image.height // 4
    spot = ImageChops.invert(Image.radial_gradient("L").resize((side, side)))
    mask = Image.new("L", image.size, 0)
    x, y = (random.randint(n // 3, n * 2 // 3 - side // 2) for n in image.size)
    mask.paste(spot.point(lambda tone: tone * 2 // 3), (x, y))
    return Image.composite(Image.new("L", image.size, 255), image, mask)


def leaned(image: Image.Image, share: float, random: Random) -> Image.Image:
    """Return the picture under a perspective whose corners are off by up to a share of its sides."""
    width, height = image.size
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    moved_to = [
        (x + random.uniform(-share, share) * width / 2, y + random.uniform(-share, share) * height / 2)
        for x, y in corners
    ]
    numbers = solved([*equations(moved_to, corners)])
    return image.transform(image.size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BILINEAR, fillcolor=GREY)


def equations(source: Sequence[tuple[float, float]], target: Sequence[tuple[float, float]]) -> Iterator[list[float]]:
    """Yield the rows of the linear equations that a perspective through four points solves."""
    for (x, y), (u, v) in zip(source, target, strict=True):
        yield [x, y, 1, 0, 0, 0, -u * x, -u * y, u]
        yield [0, 0, 0, x, y, 1, -v * x, -v * y, v]


def solved(rows: list[list[float]]) -> list[float]:
    """Return the solution of as many equations as unknowns (Gauss and Jordan, the largest pivot first)."""
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(size):
            if other != at and not math.isclose(rows[other][at], 0, abs_tol=1e-12):
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[-1] for row in rows]
