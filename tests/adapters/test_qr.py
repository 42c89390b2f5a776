# SPDX-License-Identifier: Apache-2.0
"""Symbols are drawn as promised and read back from pixels, also from poor ones; bad pictures are refused."""

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from console.actions.handoff import transfer
from console.adapters.qr import QrCodes
from console.adapters.qr.files import MAX_PICTURE_BYTES
from console.domain.errors import ConsoleError, Misused, Refused
from console.domain.handoff.frames import Collector, split
from console.wording import explain

CODE = "4821-9930"
FULL_FRAME = split("request", Random(1).randbytes(290))[0]
TEXTS = [CODE, FULL_FRAME, "  two  blanks  ", "Zürich", "\x1d(01)", "\0a", "otpauth://totp/x?secret=ABC"]


def opened(picture: bytes) -> Image.Image:
    """Return the picture as grey pixels."""
    return Image.open(BytesIO(picture)).convert("L")


def saved(image: Image.Image, form: str = "PNG", **options: int) -> bytes:
    """Return the picture's file."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def png(width: int, height: int, pixels: bytes) -> bytes:
    """Return a PNG that claims this size, whatever its pixels."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(pixels)),
        (b"IEND", b""),
    ]
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_drawn_is_read_again_to_the_letter(text: str) -> None:
    assert QrCodes().scan(QrCodes().render(text)) == [text]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=120))
def test_every_printable_ascii_text_is_read_again(text: str) -> None:
    assert QrCodes().scan(QrCodes().render(text)) == [text]


DEGRADED: dict[str, Callable[[Image.Image], bytes]] = {
    "turned 3 degrees": lambda image: saved(image.rotate(3, Image.Resampling.BICUBIC, expand=True, fillcolor=255)),
    "turned upside down": lambda image: saved(image.rotate(180)),
    "blurred": lambda image: saved(image.filter(ImageFilter.GaussianBlur(2))),
    "JPEG 50": lambda image: saved(image, "JPEG", quality=50),
    "smaller": lambda image: saved(image.resize((image.width * 3 // 8, image.height * 3 // 8))),
    "larger": lambda image: saved(image.resize((image.width * 17 // 10, image.height * 17 // 10))),
    "pale": lambda image: saved(image.point(lambda value: 90 + value // 3)),
    "inverted": lambda image: saved(image.point(lambda value: 255 - value)),
    "all at once": lambda image: saved(
        image.rotate(3, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        .filter(ImageFilter.GaussianBlur(1))
        .resize((image.width * 3 // 4, image.height * 3 // 4)),
        "JPEG",
        quality=50,
    ),
}


@pytest.mark.parametrize("damage", DEGRADED.values(), ids=DEGRADED.keys())
@pytest.mark.parametrize("text", [CODE, FULL_FRAME], ids=["code", "frame"])
def test_a_poor_picture_is_still_read(damage: Callable[[Image.Image], bytes], text: str) -> None:
    assert QrCodes().scan(damage(opened(QrCodes().render(text)))) == [text]


def test_an_object_crosses_in_pictures_also_several_in_one() -> None:
    data = Random(2).randbytes(350)
    texts = split("approval", data, frame_bytes=100)
    images = [opened(QrCodes().render(text)) for text in texts]
    width = max(image.width for image in images)
    sheet = Image.new("L", (width * len(images), width), 255)
    for place, image in enumerate(images):
        sheet.paste(image, (place * width, 0))
    collector = Collector()
    for text in QrCodes().scan(saved(sheet)):
        collector.add(text)
    assert collector.data() == data


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_a_page_holds_every_symbol(count: int) -> None:
    texts = split("errand", Random(count).randbytes(295 * count))
    page = QrCodes().page(texts)
    assert sorted(QrCodes().scan(page)) == sorted(texts)
    small = opened(page)
    small.thumbnail((1280, 1280))
    assert sorted(QrCodes().scan(saved(small, "JPEG", quality=50))) == sorted(texts)


def test_a_full_frame_keeps_the_size_that_cameras_read() -> None:
    assert opened(QrCodes().render(FULL_FRAME)).width <= (73 + 2 * 4) * 8


def test_a_symbol_has_large_modules_a_quiet_zone_and_two_tones() -> None:
    image = opened(QrCodes().render(CODE))
    assert image.width == image.height == (21 + 2 * 4) * 8
    assert {tone for _, tone in image.getcolors() or []} == {0, 255}
    assert Image.eval(image, lambda value: 255 - value).getbbox() == (32, 32, 200, 200)


def test_the_same_text_gives_the_same_bytes() -> None:
    assert QrCodes().render(CODE) == QrCodes().render(CODE)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_pictures_of_every_mode_are_read(mode: str) -> None:
    image = opened(QrCodes().render(CODE))
    if mode == "I;16":
        wide = b"".join(struct.pack("<H", tone * 257) for tone in image.tobytes())
        image = Image.frombytes("I;16", image.size, wide)
    else:
        image = image.convert(mode)
    assert QrCodes().scan(saved(image)) == [CODE]


def test_a_symbol_on_a_transparent_ground_is_read() -> None:
    image = opened(QrCodes().render(CODE))
    clear = Image.new("RGBA", image.size, (0, 0, 0, 0))
    clear.putalpha(image.point(lambda value: 255 - value))
    assert QrCodes().scan(saved(clear)) == [CODE]


def test_a_picture_without_a_symbol_gives_an_empty_list() -> None:
    assert QrCodes().scan(saved(Image.new("L", (300, 300), 255))) == []


GARBAGE = {
    "nothing": b"",
    "text": b"hello",
    "zeros": bytes(1000),
    "gif": saved(Image.new("L", (8, 8)), "GIF"),
    "bmp": saved(Image.new("L", (8, 8)), "BMP"),
    "tiff": saved(Image.new("L", (8, 8)), "TIFF"),
    "png, head only": b"\x89PNG\r\n\x1a\n",
    "png, no size": png(0, 0, b""),
    "png, short of pixels": png(50, 50, b"\0"),
    "png, cut": QrCodes().render(CODE)[:150],
    "png, broken sum": QrCodes().render(CODE).replace(b"IDAT", b"IDAX"),
    "jpeg, head only": b"\xff\xd8\xff",
    "jpeg, noise": b"\xff\xd8\xff" + bytes(range(256)) * 4,
    "jpeg, cut": saved(Image.new("L", (300, 300)), "JPEG")[:200],
}


def test_which_of_several_pictures_is_broken_is_told() -> None:
    sent = {"1.png": QrCodes().render(CODE), "2.png": QrCodes().render(CODE)[:150]}
    with pytest.raises(Refused, match="picture_unreadable") as refused:
        transfer.texts(QrCodes(), sent)
    assert explain(refused.value).what == "2.png is not a PNG or JPEG that can be read."


@pytest.mark.parametrize("picture", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_refused(picture: bytes) -> None:
    with pytest.raises(Refused, match="picture_unreadable"):
        QrCodes().scan(picture)


SAMPLES = [QrCodes().render(CODE), saved(opened(QrCodes().render(CODE)), "JPEG")]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=6)), max_size=4))
def test_a_damaged_file_raises_nothing_but_our_errors(picture: bytes, damage: list[tuple[int, bytes]]) -> None:
    for place, patch in damage:
        picture = picture[:place] + patch + picture[place + len(patch) :]
    try:
        assert QrCodes().scan(picture) in ([], [CODE])
    except ConsoleError as error:
        assert error.code in ("picture_unreadable", "picture_too_large", "pdf_unreadable", "pdf_reader_missing")


def test_a_picture_that_would_unpack_to_fill_the_memory_is_refused() -> None:
    with pytest.raises(Refused, match="picture_too_large"):
        QrCodes().scan(png(60_000, 60_000, b""))


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(Refused, match="picture_too_large"):
        QrCodes().scan(bytes(MAX_PICTURE_BYTES + 1))


def test_a_text_that_no_symbol_holds_is_refused() -> None:
    assert QrCodes().render("x" * 2331)
    with pytest.raises(Refused, match="code_too_long"):
        QrCodes().render("x" * 2332)
    with pytest.raises(Misused, match="code_empty"):
        QrCodes().render("")


def test_a_frame_of_a_motion_jpeg_needs_no_tables_of_its_own() -> None:
    picture = saved(opened(QrCodes().render(FULL_FRAME)), "JPEG", quality=80)
    bare = bytearray(picture)
    while (at := bare.find(b"\xff\xc4")) >= 0:  # the Huffman tables, which cameras leave out
        del bare[at : at + 2 + int.from_bytes(bare[at + 2 : at + 4], "big")]
    assert len(bare) < len(picture)
    assert QrCodes().see(QrCodes().grey(bytes(bare))) == [FULL_FRAME]


def test_the_libraries_are_loaded_only_when_needed() -> None:
    ask = "import sys, console.adapters.qr; print({'PIL', 'qrcode', 'zxingcpp'} & sys.modules.keys())"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
