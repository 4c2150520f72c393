"""Hostile pictures: seeds in every format, made from the kit's own samples, and mutations that know how the formats are built."""

import io
import itertools
import struct
import zlib
from collections.abc import Iterator
from functools import cache

import numpy as np
import pillow_heif
from bounded import Input
from PIL import Image, ImageCms, PngImagePlugin

from digitkit.data import data_dir

SUFFIXES = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "GIF": ".gif",
    "BMP": ".bmp",
    "TIFF": ".tif",
    "WebP": ".webp",
    "AVIF": ".avif",
    "HEIC": ".heic",
    "PDF": ".pdf",
    "bytes": ".jpg",
}
TURNS = [kind for kind in SUFFIXES if kind != "PDF"] * 20 + ["PDF"]  # a PDF takes longest
NUMBERS = [0, 1, 2, 7, 8, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a picture file."""
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def orientation(value: int = 6) -> bytes:
    """EXIF data that say how the camera was held, and what else a phone writes."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = value, "a phone", "2026:01:01 00:00:00"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    return exif.tobytes()


@cache
def seeds() -> dict[str, list[bytes]]:
    """Sound pictures of each format, small, so that many can be read in a minute."""
    sample = Image.open(data_dir() / "samples" / "pen_7.jpg").convert("RGB")
    grey, colour = sample.convert("L").resize((96, 72)), sample.resize((96, 72))
    numbers = np.asarray(grey)
    deep = Image.fromarray(numbers.astype(np.uint16) * 257)
    clear = Image.merge("RGBA", [*colour.split(), Image.fromarray(255 - numbers)])
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "a seven")
    info.add_text("Comment", "seven " * 50, zip=True)
    info.add_itxt("Author", "a pupil", "en", "Author", zip=True)
    film = {"save_all": True, "append_images": [grey.rotate(90), grey.rotate(180)], "duration": 50}
    tiff = {
        name: encoded(colour, "TIFF", compression=name) for name in ("raw", "tiff_lzw", "jpeg", "packbits", "tiff_adobe_deflate")
    }
    return {
        "JPEG": [
            encoded(colour, "JPEG", exif=orientation(), icc_profile=profile, comment=b"seven"),
            encoded(grey, "JPEG", progressive=True, dpi=(300, 300)),
            encoded(colour.convert("CMYK"), "JPEG"),
        ],
        "PNG": [
            encoded(colour, "PNG", pnginfo=info, exif=orientation(), icc_profile=profile),
            encoded(grey.convert("1"), "PNG"),
            encoded(colour.quantize(16), "PNG", transparency=3),
            encoded(deep, "PNG"),
            encoded(clear, "PNG"),
            encoded(grey, "PNG", **film),
        ],
        "GIF": [
            encoded(grey, "GIF"),
            encoded(colour.quantize(64), "GIF", transparency=2, comment=b"seven"),
            encoded(grey, "GIF", **film),
        ],
        "BMP": [encoded(image, "BMP") for image in (colour, grey, grey.convert("1"), clear)] + [_packed_bmp(grey)],
        "TIFF": [
            *tiff.values(),
            encoded(grey.convert("1"), "TIFF", compression="group4"),
            encoded(deep, "TIFF"),
            encoded(Image.fromarray(numbers.astype(np.float32) / 255), "TIFF"),
            encoded(Image.fromarray(numbers.astype(np.int32) << 16), "TIFF"),
            encoded(colour.convert("CMYK"), "TIFF"),
            encoded(_lab(colour), "TIFF"),
            encoded(clear, "TIFF", exif=orientation(), icc_profile=profile),
            encoded(grey, "TIFF", save_all=True, append_images=[grey.rotate(90), deep]),
        ],
        "WebP": [
            encoded(colour, "WEBP", exif=orientation(), icc_profile=profile),
            encoded(clear, "WEBP", lossless=True),
            encoded(colour, "WEBP", **film),
        ],
        "AVIF": [encoded(colour, "AVIF", exif=orientation(), speed=10), encoded(grey, "AVIF", **film)],
        "HEIC": [_heic(colour), _heic(clear)],
        "PDF": [encoded(grey, "PDF"), encoded(colour, "PDF", save_all=True, append_images=[grey])],
        "bytes": [
            b"Dear diary, today I wrote a 7.",
            bytes(300),
            b"\x89PNG\r\n\x1a\n",
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        ],
    }


@cache
def sheets() -> dict[str, list[bytes]]:
    """The class sheet, small, in the formats that photos and scanners make of it."""
    photo = Image.open(data_dir() / "samples" / "class_sheet.jpg").convert("L").resize((600, 800))
    two = {"save_all": True, "append_images": [photo.rotate(180)]}
    return {
        "JPEG": [encoded(photo, "JPEG", quality=40)],
        "PNG": [encoded(photo.quantize(16), "PNG")],
        "TIFF": [encoded(photo.convert("RGB"), "TIFF", compression="jpeg", **two)],
        "HEIC": [_heic(photo.convert("RGB"))],
        "PDF": [encoded(photo, "PDF", quality=40, **two)],
    }


def _lab(image):
    return ImageCms.profileToProfile(image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")


def _packed_bmp(grey):
    """A BMP of 256 colours whose rows are packed: for each run of pixels its length and its colour."""
    width, height = grey.size
    rows = np.asarray(grey)[::-1]
    packed = b"".join(b"".join(bytes([1, value]) for value in row) + b"\0\0" for row in rows) + b"\0\1"
    palette = b"".join(bytes([value, value, value, 0]) for value in range(256))
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(packed), 2835, 2835, 256, 0)
    return struct.pack("<2sIHHI", b"BM", 54 + 1024 + len(packed), 0, 0, 54 + 1024) + header + palette + packed


def _heic(image):
    content = io.BytesIO()
    pillow_heif.from_pillow(image).save(content, quality=50, exif=orientation())
    return content.getvalue()


# ── How the formats are built: parts, and what holds them together ──────────────────────────────────────────────────


def parts(kind: str, content: bytes) -> list[bytes]:
    """A file cut where its format begins something new: chunks, segments, boxes, blocks. Joined they are the file again."""
    cuts = {"PNG": _chunks, "JPEG": _segments, "WebP": _riff, "AVIF": _boxes, "HEIC": _boxes, "GIF": _blocks, "TIFF": _directory}
    places = sorted({0, *cuts.get(kind, _quarters)(content), len(content)})
    places = [place for place in places if place <= len(content)]
    return [content[start:end] for start, end in itertools.pairwise(places)]


def _quarters(content):
    return [2, 14, 54, len(content) // 4, len(content) // 2]


def _chunks(content):
    place = 8
    while place + 8 <= len(content):
        yield place
        place += 12 + struct.unpack_from(">I", content, place)[0]


def _segments(content):
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        yield place
        place += 2 + struct.unpack_from(">H", content, place + 2)[0]


def _riff(content):
    place = 12
    while place + 8 <= len(content):
        yield place
        length = struct.unpack_from("<I", content, place + 4)[0]
        place += 8 + length + length % 2


def _boxes(content, start=0, end=None):
    end = len(content) if end is None else end
    while start + 8 <= end:
        yield start
        length, name = struct.unpack_from(">I4s", content, start)
        if name in {b"meta", b"iprp", b"ipco", b"moov", b"trak", b"mdia"}:
            yield from _boxes(content, start + (12 if name == b"meta" else 8), min(start + length, end))
        if length < 8:
            return
        start += length


def _blocks(content):
    yield from (6, 13)
    yield from (place for place in range(13, len(content)) if content[place : place + 1] in {b"\x21", b"\x2c"})


def _directory(content):
    order = "<" if content[:2] == b"II" else ">"
    place = struct.unpack_from(order + "I", content.ljust(8), 4)[0]
    if place + 2 <= len(content):
        yield from (place + 2 + 12 * entry for entry in range(struct.unpack_from(order + "H", content, place)[0] + 1))


def joined(kind: str, pieces: list[bytes]) -> bytes:
    """Parts as a file whose lengths and check sums are right, where the format has such, so that decoders look further."""
    if kind == "PNG":
        pieces = [pieces[0], *map(_sound_chunk, pieces[1:])]
    content = b"".join(pieces)
    if kind == "WebP" and len(content) > 8:
        content = content[:4] + struct.pack("<I", (len(content) - 8) & 0xFFFFFFFF) + content[8:]
    return content


def _sound_chunk(chunk):
    inside = chunk[8:-4]
    return struct.pack(">I", len(inside)) + chunk[4:8] + inside + struct.pack(">I", zlib.crc32(chunk[4:8] + inside))


# ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def inputs(seed: int, numbers: range, ways: list[str]) -> Iterator[Input]:
    """Hostile inputs, the formats in turn and the ways by chance; the same for the same seed and number."""
    for number in numbers:
        rng = np.random.default_rng([seed, number])
        kind = TURNS[number % len(TURNS)]
        way = "collect" if kind == "PDF" else ways[rng.integers(len(ways))]  # nothing else reads a PDF
        sound = seeds()[kind] + (sheets().get(kind, []) if way != "read" else [])
        yield Input(kind, way, SUFFIXES[kind], mutated(rng, kind, sound[rng.integers(len(sound))]))


def mutated(rng: np.random.Generator, kind: str, content: bytes) -> bytes:
    """A sound file of a format, changed in one to four ways."""
    for _ in range(rng.integers(1, 5)):
        change = CHANGES[rng.integers(len(CHANGES))]
        content = change(rng, kind, content) if len(content) > 16 else rng.bytes(200)
    return content[:3_000_000]


def _flip(rng, kind, content):
    changed = bytearray(content)
    for place in rng.integers(len(content), size=rng.integers(1, 9)):
        changed[place] ^= 1 << rng.integers(8)
    return bytes(changed)


def _number(rng, kind, content, reach=None):
    """A number somewhere, mostly near the beginning, where sizes stand, becomes one that is hard to bear."""
    reach = reach or (len(content) if rng.random() < 0.4 else min(len(content), 120))
    form = [">I", "<I", ">H", "<H", "B"][rng.integers(5)]
    value = NUMBERS[rng.integers(len(NUMBERS))] & (256 ** struct.calcsize(form) - 1)
    place = int(rng.integers(max(reach - 4, 1)))
    return content[:place] + struct.pack(form, value) + content[place + struct.calcsize(form) :]


def _cut_short(rng, kind, content):
    return content[: rng.integers(1, len(content))]


def _cut_out(rng, kind, content):
    start, end = sorted(rng.integers(len(content), size=2))
    return content[:start] + content[end:]


def _noise(rng, kind, content):
    start, length = int(rng.integers(len(content))), int(rng.integers(1, 60))
    return content[:start] + rng.bytes(length) + content[start + length * int(rng.integers(2)) :]


def _splice(rng, kind, content):
    """The beginning of one file and the end of another, perhaps of another format: what two programs take for two things."""
    other_kind = list(seeds())[rng.integers(len(seeds()))]
    other = seeds()[other_kind][rng.integers(len(seeds()[other_kind]))]
    if rng.random() < 0.3:
        return content + other
    return content[: rng.integers(len(content))] + other[rng.integers(len(other)) :]


def _repeat(rng, kind, content):
    pieces = parts(kind, content)
    which, times = rng.integers(len(pieces)), int(rng.choice([2, 3, 10, 200]))
    return joined(kind, [*pieces[:which], *[pieces[which]] * times, *pieces[which + 1 :]])


def _leave_out(rng, kind, content):
    pieces = parts(kind, content)
    which = rng.integers(len(pieces))
    return joined(kind, pieces[:which] + pieces[which + 1 :])


def _swap(rng, kind, content):
    pieces = parts(kind, content)
    one, other = rng.integers(len(pieces), size=2)
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return joined(kind, pieces)


def _inside(rng, kind, content):
    """A change within one part, whose length and check sum are right afterwards."""
    pieces = parts(kind, content)
    which = rng.integers(len(pieces))
    if len(pieces[which]) > 16:
        change = [_flip, _number, _cut_out, _noise][rng.integers(4)]
        pieces[which] = change(rng, kind, pieces[which])
    return joined(kind, pieces)


def _number_inside(rng, kind, content):
    pieces = parts(kind, content)
    which = rng.integers(len(pieces))
    if len(pieces[which]) >= 4:
        pieces[which] = _number(rng, kind, pieces[which], len(pieces[which]))
    return joined(kind, pieces)


CHANGES = [
    _flip,
    _number,
    _cut_short,
    _cut_out,
    _noise,
    _splice,
    _repeat,
    _leave_out,
    _swap,
    _inside,
    _inside,
    _number_inside,
    _number_inside,
]
