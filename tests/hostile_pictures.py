"""Pictures made to harm: small files that unpack to huge ones, headers that lie, and what a picture may be besides a picture."""

import io
import struct
import zipfile
import zlib
from functools import cache

import numpy as np
from fuzzing import encoded, seeds
from PIL import Image

HUGE = 300_000_000  # bytes that a bomb unpacks to


def chunk(name: bytes, inside: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(inside)) + name + inside + struct.pack(">I", zlib.crc32(name + inside))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 0, pixels: bytes | None = None) -> bytes:
    """A PNG that claims to have this size. pixels: packed; if left out, those of a white picture of 60×60."""
    pixels = zlib.compress((b"\0" + b"\xff" * 60) * 60) if pixels is None else pixels
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@cache
def zeros(count: int) -> bytes:
    """So many zeros, packed into a thousandth."""
    packer = zlib.compressobj(1)
    block = bytes(1_000_000)
    return (
        b"".join(packer.compress(block) for _ in range(count // len(block)))
        + packer.compress(bytes(count % len(block)))
        + packer.flush()
    )


def jpeg(*segments: bytes) -> bytes:
    """The small photo of a 7 with more segments in front."""
    photo = seeds()["JPEG"][1]
    return photo[:2] + b"".join(segments) + photo[2:]


def segment(marker: int, inside: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(inside) + 2) + inside


def exif(*entries: tuple, after: int = 0, behind: bytes = b"") -> bytes:
    """EXIF data as a JPEG's segment. entries: (tag, type, count, value or place). after: the place of what comes next."""
    directory = struct.pack("<H", len(entries) & 0xFFFF) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return segment(0xE1, (b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", after) + behind)[:65_000])


def resized(content: bytes, width: int, height: int) -> bytes:
    """A file that says, wherever its format keeps it, that it has another size than it has: 96×72."""
    for form in (">HH", "<HH", ">II", "<II"):
        for sides in ((96, 72), (72, 96)):  # a JPEG tells its height first
            sizes = (width, height) if sides == (96, 72) else (height, width)
            limit = 256 ** struct.calcsize(form[:2])
            told = struct.pack(form, *(min(size, limit - 1) for size in sizes))
            content = content.replace(struct.pack(form, *sides), told)
    return content


def tiff(width: int, height: int, *entries: tuple, after: int = 0) -> bytes:
    """A TIFF of one strip that claims this size. entries: (tag, value) that add to the usual ones or replace them."""
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: width * height} | dict(entries)
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in sorted(tags))
    return b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", after) + bytes(4000)


def gif(frames: int, width: int = 60, height: int = 60) -> bytes:
    """Frames of one pixel each on a screen of this size."""
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0" + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(3) + b"\xff" * 3 + frame * frames + b";"


@cache
def film(kind: str, frames: int) -> bytes:
    """A film or a file of many pages, each of 16×16."""
    pages = [Image.new("L", (16, 16), number % 256) for number in range(frames)]
    return encoded(pages[0], kind, save_all=True, append_images=pages[1:])


def flat(mode: str, kind: str, width: int = 7000, height: int = 7000, **options: object) -> bytes:
    """A picture of one colour, of 49 megapixels: nearly the most that is read."""
    return encoded(Image.new(mode, (width, height), 1), kind, **options)


def floats(value: float) -> bytes:
    """A TIFF of 32-bit floats with a few odd ones in it."""
    numbers = np.linspace(0, 1, 60 * 60, dtype=np.float32).reshape(60, 60)
    numbers[20:30, 20:30] = value
    return encoded(Image.fromarray(numbers), "TIFF")


def archive(content: bytes) -> bytes:
    """A zip archive whose first bytes are something else."""
    packed = io.BytesIO(content)
    with zipfile.ZipFile(packed, "a") as zipped:
        zipped.writestr("run_me.py", "raise SystemExit('a picture was run')")
    return packed.getvalue()


def seed(kind: str, which: int = 0) -> bytes:
    """A sound picture of a 7."""
    return seeds()[kind][which]


def wordless_heic() -> bytes:
    """A HEIC whose second part, the camera's data, is of a kind that is no word."""
    return seed("HEIC").replace(b"Exif", b"\xff\xff\xff\x7f", 1)


READ, REFUSED = "read", "refused"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 60 60\n%%EndComments\n(%pipe%touch run) (w) file\nshowpage\n"
SVG = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'

# name: (suffix, how it is made, what should come of it; None: either)
CASES = {
    # ── More pixels than they seem ──
    "PNG of 3,600 megapixels": (".png", lambda: png(60_000, 60_000), REFUSED),
    "PNG of 2^31 columns": (".png", lambda: png(2**31 - 1, 1), REFUSED),
    "PNG of 200 megapixels, in full": (".png", lambda: png(20_000, 10_000, depth=1, pixels=zeros(25_010_000)), REFUSED),
    **{
        f"{kind} that says it has {width}×{height}": (suffix, lambda k=kind, w=width, h=height: resized(seed(k), w, h), None)
        for kind, suffix in [
            ("JPEG", ".jpg"),
            ("GIF", ".gif"),
            ("BMP", ".bmp"),
            ("TIFF", ".tif"),
            ("WebP", ".webp"),
            ("AVIF", ".avif"),
            ("HEIC", ".heic"),
        ]
        for width, height in [(65_500, 65_500), (8, 65_535)]
    },
    "PDF page as wide as a street": (".pdf", lambda: seed("PDF").replace(b"/MediaBox [ 0 0", b"/MediaBox [ -9999999999 0"), None),
    # ── Bombs that are no pixels ──
    "ICC profile that unpacks to 300 MB": (".png", lambda: png(60, 60, chunk(b"iCCP", b"p\0\0" + zeros(HUGE))), None),
    "text that unpacks to 300 MB": (".png", lambda: png(60, 60, chunk(b"zTXt", b"t\0\0" + zeros(HUGE))), None),
    "200 texts that unpack to a megabyte each": (
        ".png",
        lambda: png(60, 60, *[chunk(b"zTXt", b"t\0\0" + zeros(1_000_000))] * 200),
        None,
    ),
    "international text of 300 MB": (".png", lambda: png(60, 60, chunk(b"iTXt", b"t\0\1\0\0\0" + zeros(HUGE))), None),
    "ICC profile in pieces 0 of 0": (".jpg", lambda: jpeg(*[segment(0xE2, b"ICC_PROFILE\0\0\0" + b"x" * 9)] * 9), READ),
    # ── Frames and pages ──
    "GIF of 20,000 frames": (".gif", lambda: gif(20_000), READ),
    "animated PNG of 2,000 frames": (".png", lambda: film("PNG", 2000), READ),
    "animated PNG that promises 2^31 frames": (
        ".png",
        lambda: png(60, 60, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
        None,
    ),
    "TIFF whose pages go in a circle": (".tif", lambda: tiff(60, 60, after=8), None),
    "TIFF whose second page has 3,600 megapixels": (".tif", lambda: second_page_is_huge(), None),
    "WebP of 2,000 frames": (".webp", lambda: film("WEBP", 2000), READ),
    "AVIF of 300 frames": (".avif", lambda: film("AVIF", 300), READ),
    # ── Absurd EXIF, and words that are no text ──
    "HEIC whose second part is of a kind that is no word": (".heic", wordless_heic, REFUSED),
    "the same behind a box that says it is another": (
        ".heic",
        lambda: wordless_heic().replace(b"miaf", b"miaf\0\0\0\x10free\0\0\0\x08meta", 1),
        None,
    ),
    "EXIF of 65,535 entries": (".jpg", lambda: jpeg(exif(*[(0x9000, 2, 1, 0)] * 5000)), READ),
    "EXIF with four thousand million orientations": (".jpg", lambda: jpeg(exif((0x0112, 3, 2**32 - 1, 8))), READ),
    "EXIF that goes in a circle": (".jpg", lambda: jpeg(exif((0x8769, 4, 1, 8), (0x8825, 4, 1, 8), after=8)), READ),
    "EXIF orientation 65,535": (".jpg", lambda: jpeg(exif((0x0112, 3, 1, 65_535))), READ),
    "EXIF orientation of minus infinity": (".jpg", lambda: jpeg(exif((0x0112, 11, 1, 0xFF800000))), READ),
    "TIFF with a tag of 4 GB": (".tif", lambda: tiff(60, 60, (34675, 2**32 - 1)), None),
    # ── Strange sizes ──
    "one row": (".png", lambda: flat("L", "PNG", 50_000, 1), REFUSED),
    "one column": (".png", lambda: flat("L", "PNG", 1, 50_000), REFUSED),
    "nothing wide": (".png", lambda: png(0, 60), REFUSED),
    # ── Strange pixels ──
    "16 bits": (".png", lambda: seed("PNG", 3), READ),
    "32 bits": (".tif", lambda: seed("TIFF", 8), READ),
    **{f"floats with {value}": (".tif", lambda v=value: floats(v), READ) for value in (np.nan, np.inf, -1e38)},
    "CMYK": (".jpg", lambda: seed("JPEG", 2), READ),
    "Lab": (".tif", lambda: seed("TIFF", 10), READ),
    "fully transparent": (".png", lambda: encoded(Image.new("RGBA", (60, 60), (9, 9, 9, 0)), "PNG"), READ),
    "a palette without colours": (".png", lambda: png(60, 60, colour=3), None),
    # ── Two things at once, and no pictures ──
    "JPEG that is a zip archive": (".jpg", lambda: archive(seed("JPEG", 1)), READ),
    "JPEG with a script behind it": (".jpg", lambda: seed("JPEG", 1) + b"<script>alert(7)</script>", READ),
    "GIF that is JavaScript": (".gif", lambda: seed("GIF").replace(b"GIF89a", b"GIF89a", 1) + b"*/=1;alert(7)", READ),
    "PNG that a PDF follows": (".pdf", lambda: seed("PNG") + seed("PDF"), None),
    "PDF that calls itself a JPEG": (".jpg", lambda: seed("PDF"), REFUSED),
    "JPEG that calls itself a PDF": (".pdf", lambda: seed("JPEG"), None),
    "TIFF that calls itself a HEIC": (".heic", lambda: seed("TIFF"), READ),
    "HEIC by its first bytes, JPEG by the rest": (".heic", lambda: seed("HEIC")[:24] + seed("JPEG"), REFUSED),
    "PostScript with a command in it": (".jpg", lambda: EPS, REFUSED),
    "SVG that asks for another file": (".png", lambda: SVG, REFUSED),
    "20 MB of zeros": (".bmp", lambda: bytes(20_000_000), REFUSED),
    "101 MB": (".jpg", lambda: seed("JPEG") + bytes(101_000_000), REFUSED),
}

# The same, but with so many pixels, bytes or pages that it takes seconds.
LARGE = {
    "PNG of 60×60, whose pixels go on": (".png", lambda: png(60, 60, pixels=zeros(HUGE)), None),
    "GIF of 49 megapixels and one pixel": (".gif", lambda: gif(1, 7000, 7000), READ),
    "100,000 texts": (".png", lambda: png(60, 60, *[chunk(b"tEXt", b"t\0seven")] * 100_000), None),
    "255 pieces of an ICC profile": (
        ".jpg",
        lambda: jpeg(*[segment(0xE2, b"ICC_PROFILE\0" + bytes([n, 255]) + bytes(60_000)) for n in range(1, 256)]),
        READ,
    ),
    "comments of 60 MB": (".jpg", lambda: jpeg(*[segment(0xFE, bytes(65_000))] * 920), READ),
    "GIF of 1,000,000 frames": (".gif", lambda: gif(1_000_000), None),
    "TIFF of 2,000 pages": (".tif", lambda: film("TIFF", 2000), None),
    "PDF of 1,000 pages": (".pdf", lambda: film("PDF", 1000), REFUSED),
    "EXIF of 60 MB": (
        ".png",
        lambda: png(60, 60, chunk(b"eXIf", b"II*\0" + struct.pack("<I", 8) + b"\xff\xff" + bytes(60_000_000))),
        None,
    ),
    "8 rows of 6,000,000": (".png", lambda: flat("L", "PNG", 6_000_000, 8), READ),
    "8 columns of 6,000,000": (".png", lambda: flat("L", "PNG", 8, 6_000_000), READ),
    "JPEG, 65,500 wide": (".jpg", lambda: flat("L", "JPEG", 65_500, 700), READ),
    "GIF, 65,535 wide": (".gif", lambda: flat("P", "GIF", 65_535, 700), READ),
    "AVIF that says it has 49 megapixels": (".avif", lambda: resized(seed("AVIF"), 7000, 7000), None),
    "49 MP PNG with colour and transparency": (".png", lambda: flat("RGBA", "PNG"), READ),
    "49 MP PNG of 16 bits": (".png", lambda: flat("I;16", "PNG"), READ),
    "49 MP JPEG, progressive, CMYK": (".jpg", lambda: flat("CMYK", "JPEG", progressive=True), READ),
    "49 MP GIF": (".gif", lambda: flat("P", "GIF"), READ),
    "29 MP WebP with transparency": (".webp", lambda: flat("RGBA", "WEBP", 6000, 4900), READ),
    "49 MP WebP": (".webp", lambda: flat("RGB", "WEBP"), REFUSED),
    "49 MP TIFF of floats": (".tif", lambda: flat("F", "TIFF", compression="tiff_adobe_deflate"), READ),
    "49 MP TIFF, CMYK": (".tif", lambda: flat("CMYK", "TIFF", compression="tiff_lzw"), READ),
    "49 MP TIFF with colour and transparency": (".tif", lambda: flat("RGBA", "TIFF", compression="tiff_lzw"), READ),
}


def second_page_is_huge():
    """A TIFF whose first page is sound."""
    first = tiff(60, 60)
    return tiff(60, 60, after=len(first))[: len(first)] + _directory(60_000, 60_000)


def _directory(width, height):
    content = tiff(width, height, (278, height), (279, 2**31))
    return content[8 : len(content) - 4000]
