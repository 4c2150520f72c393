"""Any file or array -> one small picture, upright, in colour: the first step of preprocessing."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from digitkit.preprocessing.damage import PictureError, damage_in_words, quiet
from digitkit.preprocessing.grey import to_grey
from digitkit.preprocessing.heic import formats_for, is_heic

WORKING_SIZE = 1000  # pixels of the longer side; a larger picture is shrunk before anything else is done

FORMATS = ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"]  # nothing else reaches a decoder; MPO is opened as JPEG
SMALLEST = 8  # pixels of a side of a picture
MAX_MEGAPIXELS = 50
MAX_MEGAPIXELS_OF_WEBP = 30  # its decoder holds four copies of a picture: of a larger one, over 500 MB
MAX_MEGABYTES = 100
TOO_LARGE = f"This file is over {MAX_MEGABYTES} MB: make it smaller, or split it, and try again."
FILM = 6_000_000  # bytes of a GIF in which frames are counted
MAX_PAGES = 200  # of a TIFF or a PDF from a scanner
_FIRST_BYTES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"GIF8": "GIF", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"RIFF": "WebP"}
_BETTER_SUPPORTED = {"La": "LA", "RGBa": "RGBA", "PA": "RGBA"}  # for rare modes, those that hold the same
_ORIENTATION = 0x0112  # the EXIF tag that says how the camera was held
_TURNS = {  # what brings each of its values upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_picture(source: object) -> tuple[np.ndarray, tuple[int, int]]:
    """Open a picture as it would be seen, in grey: `open_in_colour`, then `to_grey`.

    source: as for `open_in_colour`, which says what is raised.
    Returns (grey, size): grey (h, w) uint8, at most 1,000 pixels a side; size = (width, height) of the upright original.

    >>> open_picture(np.full((60, 40), 255, np.uint8))[1]
    (40, 60)
    """
    colours, size = open_in_colour(source)
    return to_grey(colours), size


def open_in_colour(source: object, longest: int = WORKING_SIZE) -> tuple[np.ndarray, tuple[int, int]]:
    """Open a picture as it would be seen: turned upright, transparent parts on a ground that shows the ink, the first frame only.

    source: a path, the bytes of a file, a PIL image, or an array of shape (h, w), (h, w, 3) or (h, w, 4) with
    uint8 or uint16 numbers or floats from 0 to 1. longest: pixels of the longer side; a larger picture is shrunk.
    Returns (colours, size): colours (h, w, 3) uint8, RGB; size = (width, height) of the upright original.
    Raises PictureError, with one sentence for the user, if it cannot be opened.

    >>> open_in_colour(np.full((60, 40), 255, np.uint8))[0].shape
    (60, 40, 3)
    """
    image, size = open_image(source, longest)
    with damage_in_words(image):
        colours = _in_colour(image, longest)
        turned = _orientation(image) >= 5
    return colours, size[::-1] if turned else size


def thumbnail(source: object, longest: int = 480) -> np.ndarray:
    """A small upright picture in colour, to be shown. source: as for `open_picture`. Returns (h, w, 3) uint8.

    >>> thumbnail(np.zeros((900, 1200, 3), np.uint8)).shape
    (360, 480, 3)
    """
    image, _ = open_image(source)
    with damage_in_words(image):
        return _in_colour(image, longest)


def open_image(source: object, longest: int = WORKING_SIZE) -> tuple[Image.Image, tuple[int, int]]:
    """Open a picture without decoding it yet, where possible. source: as for `open_picture`. longest: pixels that are needed.

    Returns (image, size): a PIL image, perhaps decoded at a smaller size later, and its (width, height) as stored.
    Raises PictureError, with one sentence for the user, if it cannot be opened.

    >>> open_image(np.zeros((60, 40), np.uint8))[1]
    (40, 60)
    """
    if isinstance(source, np.ndarray):
        image = _image_from_array(source)
    elif isinstance(source, Image.Image):
        image = source
    elif isinstance(source, (bytes, bytearray, memoryview)):
        image = _image_from_bytes(bytes(source))
    elif isinstance(source, (str, Path)):
        if not str(source):
            raise PictureError("There is no picture name: write one between the quotation marks.")
        image = _image_from_bytes(read_file(Path(source)))
    else:
        raise PictureError(f"A picture is a path, bytes, a PIL image or an array, not {type(source).__name__}.")
    size = _checked_size(image)
    if image is not source:  # a JPEG is decoded at half or quarter size, which is faster; the caller's own image is left alone
        with damage_in_words(image):
            image.draft("RGB", [max(longest * side // max(size), 1) for side in size])
    return image, size


def _in_colour(image, longest):
    """The image shrunk, turned upright, in colour: (h, w, 3) uint8."""
    turn = _TURNS.get(_orientation(image))
    small = _shrunk(image, longest)
    upright = small if turn is None else small.transpose(turn)
    return np.asarray(_shrunk(_with_colours(upright), longest))


def _orientation(image):
    """How the camera was held, 1 to 8; 1, upright, where the picture does not say it in a way that can be understood."""
    try:
        said = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged EXIF data are no reason not to read the picture
        return 1
    return said if isinstance(said, int) and 1 <= said <= 8 else 1


def _shrunk(image, longest):
    """The image with at most `longest` pixels a side, so that later steps are fast; palette images stay unchanged."""
    factor = longest / max(image.size)
    if image.mode in _BETTER_SUPPORTED:
        image = image.convert(_BETTER_SUPPORTED[image.mode])
    if factor >= 1 or image.mode in {"P", "1"}:
        return image
    if image.mode.startswith("I;16"):  # the one mode that Pillow cannot shrink
        size = [max(round(side * factor), 1) for side in image.size]
        return Image.fromarray(cv2.resize(np.asarray(image).astype(np.uint16), size, interpolation=cv2.INTER_AREA))
    return image.resize([max(round(side * factor), 1) for side in image.size], Image.Resampling.BOX, reducing_gap=2)


def read_file(path: Path) -> bytes:
    """The bytes of a picture file, or of a PDF. Raises PictureError, with one sentence, if it cannot be opened or is too large.

    >>> read_file(Path("nowhere.jpg"))
    Traceback (most recent call last):
    digitkit.preprocessing.damage.PictureError: There is no such file: check its name and folder.
    """
    try:
        if path.is_dir():
            raise PictureError("This is a folder, not a picture: name one picture file in it.")
        if not path.exists():
            raise PictureError("There is no such file: check its name and folder.")
        if not path.is_file():
            raise PictureError("This is a device, not a picture: name a picture file.")
        if path.stat().st_size > MAX_MEGABYTES * 1_000_000:
            raise PictureError(TOO_LARGE)
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"This file cannot be opened ({error.strerror}): check that you may read it.") from error
    except MemoryError as error:
        raise PictureError("There is too little memory for this file: close other programs.") from error


def _image_from_array(array):
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in {2, 3} or (array.ndim == 3 and array.shape[2] not in {3, 4}):
        raise PictureError(f"An array must have the shape (h, w), (h, w, 3) or (h, w, 4), not {array.shape}.")
    if 0 in array.shape:
        raise PictureError("This array is empty: it holds no pixels.")
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise PictureError("This array holds NaN or infinite numbers: fill in or remove them first.")
        if array.min() < 0 or array.max() > 1:
            raise PictureError("An array of floats must hold numbers from 0 to 1: divide by 255 if they go up to 255.")
        array = np.rint(array * 255).astype(np.uint8)
    elif array.dtype == np.uint16:
        array = (array // 257).astype(np.uint8)
    elif array.dtype == bool:
        array = array.astype(np.uint8) * 255
    elif array.dtype != np.uint8:
        raise PictureError(f"An array must hold uint8, uint16 or float numbers, not {array.dtype}.")
    return Image.fromarray(np.ascontiguousarray(array))


def _image_from_bytes(content):
    if not content:
        raise PictureError("This file is empty: save or copy the picture again.")
    if len(content) > MAX_MEGABYTES * 1_000_000:
        raise PictureError(TOO_LARGE)
    try:
        with quiet():  # of a bomb too: our own limit, checked later, is lower
            image = Image.open(io.BytesIO(content), formats=FORMATS + formats_for(content))
    except Image.DecompressionBombError as error:
        raise PictureError(f"This picture has far too many pixels: the limit is {MAX_MEGAPIXELS} megapixels.") from error
    except Exception as error:
        if is_heic(content):
            raise PictureError(
                "This HEIC photo cannot be read here: set the phone's camera to JPEG (“most compatible”) and take it again."
            ) from error
        for first_bytes, name in _FIRST_BYTES.items():
            if content.startswith(first_bytes):
                raise PictureError(
                    f"This {name} is cut short, or stored in a form that is not read here: save it again, as JPEG or PNG."
                ) from error
        raise PictureError("This is not a picture that can be read: use JPEG, PNG, HEIC, GIF, BMP, TIFF or WebP.") from error
    return image


def _checked_size(image):
    width, height = image.size
    limit = MAX_MEGAPIXELS_OF_WEBP if image.format == "WEBP" else MAX_MEGAPIXELS
    if width * height > limit * 1_000_000:
        raise PictureError(
            f"This picture has {width * height / 1e6:.0f} megapixels; the limit is {limit}. Make it smaller first."
        )
    if min(width, height) < SMALLEST:
        raise PictureError(
            f"This picture is {width}×{height} pixels, too small to hold a digit: {SMALLEST}×{SMALLEST} is the least."
        )
    return image.size


def _with_colours(image):
    """Any mode as RGB. Numbers of more than 8 bits become grey levels; see-through parts get a ground that shows the ink."""
    if image.mode.startswith(("I", "F")):
        numbers = np.nan_to_num(np.asarray(image, dtype=np.float64))
        brightest = 65535 if image.mode.startswith("I;16") else max(numbers.max(), 1)
        return Image.fromarray(np.rint(np.clip(numbers / brightest, 0, 1) * 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        colours, alpha = rgba.convert("L"), rgba.getchannel("A")
        visible = np.asarray(alpha) > 127
        seen = np.asarray(colours)[visible]
        light_ink = 0 < visible.mean() < 0.5 and seen.mean() > 170 and np.mean(seen < 100) < 0.01  # else a sheet with dark ink
        ground = Image.new("RGBA", image.size, "black" if light_ink else "white")  # white ink would vanish on white
        return Image.alpha_composite(ground, rgba).convert("RGB")
    if image.mode == "LAB":
        return image.getchannel("L").convert("RGB")  # its lightness
    return image.convert("RGB")


def frames(image: Image.Image) -> int:
    """How many frames or pages an opened picture has; 1 if it does not say. A phone's JPEG with a preview is one picture.

    >>> frames(Image.new("L", (8, 8)))
    1
    """
    if image.format not in {"GIF", "PNG", "TIFF", "WEBP", "AVIF"}:
        return 1
    with quiet(image):
        at = image.tell()
        try:
            file = getattr(image, "fp", None)
            if image.format == "GIF" and file:
                image = _beginning(file)
            return max(int(getattr(image, "n_frames", 1)), 1)
        except Exception:  # damaged after the first frame, which may still be read
            with contextlib.suppress(Exception):
                image.seek(at)
            return 1


def _beginning(file):
    """The first frames of a GIF as an image of its own: to count all in a large one, each is looked for in turn."""
    place = file.tell()
    file.seek(0)
    content = file.read(FILM)
    file.seek(place)
    return Image.open(io.BytesIO(content), formats=["GIF"])


def tiff_pages(content: bytes, longest: int) -> Iterator[Image.Image]:
    """Each page of a TIFF by itself, not decoded yet, so that a damaged one does not spoil the next.

    content: the bytes of the file. longest: pixels that are needed. Raises PictureError if it cannot be opened or has too many.

    >>> content = io.BytesIO()
    >>> Image.new("L", (8, 8)).save(content, "TIFF", save_all=True, append_images=[Image.new("L", (9, 9))])
    >>> [page.size for page in tiff_pages(content.getvalue(), 100)]
    [(8, 8), (9, 9)]
    """
    count = frames(open_image(content, longest)[0])
    if count > MAX_PAGES:
        raise PictureError(f"This file has {count:,} pages; at most {MAX_PAGES} are read from one: split it.")
    for number in range(count):
        image, _ = open_image(content, longest)
        with damage_in_words(image):
            image.seek(number)
        yield image
