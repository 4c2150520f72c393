"""A small file of collected digits: what one pupil has written, as 28×28 images with their labels, and nothing else.

No picture, no EXIF, no place, no name and no time goes into it. It is an .npz file, a zip archive of two NumPy arrays:
`images` (n, 28, 28) uint8 and `labels` (n,) uint8. Such files pass from hand to hand, so reading one trusts nothing in it.
"""

import io
import os
import zipfile
from pathlib import Path

import cv2
import numpy as np

from digitkit.data import Digits, hold_out, home_dir, load_mnist
from digitkit.glyphs import draw_glyph
from digitkit.preprocessing import crop, like_mnist
from digitkit.simulate import change_stroke_width, write_digits

MOST = 10_000  # digits in one file
_HEADER = 1_000  # bytes, more than enough for what precedes the numbers in a NumPy file
_LARGEST = MOST * (28 * 28 + 1) + 10 * _HEADER  # bytes of a file in which nothing could be packed any smaller


class HandwritingError(Exception):
    """Digits that cannot be saved, or a file that holds none. The message says why in one sentence."""


def to_bytes(images, labels):
    """Put collected digits into the bytes of a file: the same digits always give the same bytes.

    images: (n, 28, 28) uint8, ink bright on black; labels: n whole numbers from 0 to 9; n from 1 to 10,000.
    Raises HandwritingError for anything else.

    >>> content = to_bytes(np.zeros((2, 28, 28), np.uint8), [3, 7])
    >>> from_bytes(content).labels
    array([3, 7], dtype=uint8)
    """
    images, labels = np.asarray(images), np.asarray(labels)
    _check(images, labels)
    content = io.BytesIO()
    np.savez_compressed(content, images=np.ascontiguousarray(images), labels=labels.astype(np.uint8))
    return content.getvalue()


def from_bytes(content):
    """Read the bytes of a file of collected digits. content: bytes or memoryview. Returns Digits.

    Raises HandwritingError if the file is empty, damaged, too large, or holds anything but digits and labels. Nothing in
    the file is run, and no more of it is unpacked than 10,000 digits need.
    """
    if not len(content):
        raise HandwritingError("This file is empty.")
    if len(content) > _LARGEST:
        raise HandwritingError(f"This file is too large: at most {MOST:,} digits are read from one file.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sorted(archive.namelist()) != ["images.npy", "labels.npy"]:
                raise HandwritingError("This file holds something else than collected digits.")
            images = _unpack(archive, "images.npy", size=28 * 28)
            labels = _unpack(archive, "labels.npy", size=1)
    except HandwritingError:
        raise
    except Exception as error:  # damaged bytes make zipfile and NumPy stop in a dozen different ways
        raise HandwritingError("This is not a file of collected digits, or it is damaged.") from error
    _check(images, labels)
    return Digits(images, labels)


def _unpack(archive, name, size):
    """One array of unsigned bytes from the archive. size: the bytes that each digit may take."""
    entry = archive.getinfo(name)
    if entry.file_size > MOST * size + _HEADER:
        raise HandwritingError(f"This file is too large: at most {MOST:,} digits are read from one file.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError("NumPy packs its files in no other way.")
    # Asked for a number of bytes, zipfile unpacks no more: a zip bomb that promises to be small does not go off either.
    with archive.open(entry) as file:
        content = io.BytesIO(file.read(entry.file_size + 1))
    if np.lib.format.read_magic(content) != (1, 0):
        raise ValueError("NumPy writes small headers in version 1.0.")
    # Only the header is left to NumPy: its reader would make room for any shape that a header claims.
    shape, column_first, dtype = np.lib.format.read_array_header_1_0(content)
    if dtype != np.uint8 or column_first:
        raise HandwritingError("This file holds something else than collected digits.")
    return np.frombuffer(content.read(), np.uint8).reshape(shape)


def _check(images, labels):
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        raise HandwritingError(
            f"Collected digits are images of shape (n, 28, 28) and type uint8, not {images.shape} {images.dtype}."
        )
    if labels.shape != images.shape[:1]:
        raise HandwritingError(f"Each digit needs one label, but there are {len(images)} digits and {labels.size} labels.")
    if not len(images):
        raise HandwritingError("There are no digits yet.")
    if len(images) > MOST:
        raise HandwritingError(f"{len(images):,} digits are too many: one file holds at most {MOST:,}.")
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() > 9:
        raise HandwritingError("Every label must be a whole number from 0 to 9.")


def save_digits(path, digits):
    """Write the digits of one pupil to a file. path: for example `home_dir() / "class" / "pupil_01.npz"`. digits: Digits.

    The file is written under another name first, so that an interruption leaves no half file. A missing folder is made.
    Raises HandwritingError if the digits cannot be saved, see `to_bytes`.
    """
    path, content = Path(path), to_bytes(digits.images, digits.labels)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def load_digits(path):
    """Read the digits of one pupil from a file that `save_digits` or the panel wrote. Returns Digits.

    Raises HandwritingError, with the file's name, if it is missing or cannot be read, see `from_bytes`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise HandwritingError(f"{path.name} cannot be opened: {error.strerror}.") from error
    try:
        return from_bytes(content)
    except HandwritingError as error:
        raise HandwritingError(f"{path.name}: {error}") from error


def load_class(folder=None):
    """Read the files of a whole class, one file a pupil. folder: `class` in your own folder (`home_dir`) if left out.

    Returns {name of the file: Digits}, sorted by name; empty if there are no files yet.
    Raises HandwritingError, with the file's name, if one of them cannot be read.
    """
    folder = Path(folder) if folder is not None else home_dir() / "class"
    return {path.stem: load_digits(path) for path in sorted(folder.glob("*.npz"))}


def join(sets):
    """Put several sets of digits into one, in order. sets: at least one Digits, for example `load_class().values()`.

    >>> digits = Digits(np.zeros((2, 28, 28), np.uint8), np.array([3, 7], np.uint8))
    >>> join([digits, digits]).labels.tolist()
    [3, 7, 3, 7]
    """
    sets = list(sets)
    return Digits(np.concatenate([digits.images for digits in sets]), np.concatenate([digits.labels for digits in sets]))


# ── A pretend class, for trying out what only a real class can answer ────────────────────────────────────────────────

HABITS = {  # what pupils may have learned to write otherwise than MNIST's writers
    0: "5,0 1,2 0,5 1,8 5,10 9,8 10,5 9,2 5,0 | 9,0 1,10",  # a stroke through it, so that nobody takes it for the letter O
    1: "1,4 6,0 6,10",  # a long upstroke
    7: "0,0 10,0 5,10 | 2,5 9,5",  # a bar
}


def pretend_class(pupils=12, each=2, seed=1):
    """A class that does not exist. Each pupil has their own slant, turn, width, pen, and forms of 0, 1 and 7.

    The digits are MNIST validation digits (from the first half of the 5,000) that are written anew with these habits, or
    drawn by code in another form, and made like MNIST as the panel would. each: how many of each digit a pupil writes.
    Returns {name: Digits}, as `load_class` does; a pupil's labels are 0 to 9, 0 to 9, and so on.

    >>> list(pretend_class(pupils=2, each=1))
    ['pretend_01', 'pretend_02']
    """
    _, validation = hold_out(load_mnist().train)
    rng = np.random.default_rng(seed)
    source = validation[: len(validation) // 2]
    return {f"pretend_{number:02}": _pretend_pupil(source, each, rng) for number in range(1, pupils + 1)}


def _pretend_pupil(source, each, rng):
    habits = {label: shape for label, shape in HABITS.items() if rng.uniform() < 0.5}
    slant, turn = rng.normal(0, 0.35), np.deg2rad(rng.normal(0, 6))
    width, pen = np.exp(rng.normal(0, 0.2)), rng.uniform(-0.3, 0.3)
    labels = np.tile(np.arange(10, dtype=np.uint8), each)
    images = []
    for label in labels:
        if label in habits:
            mask = crop(draw_glyph(habits[label], rng))
        else:
            image = source.images[rng.choice(np.flatnonzero(source.labels == label))]
            mask = write_digits([image], [(0, 0, 196)], (196, 196)) > 0.5
        # Nobody writes two digits alike, but one pupil's are more alike than two pupils'.
        mask = _slanted(mask, slant + rng.normal(0, 0.06), turn + rng.normal(0, 0.04), width)
        images.append(change_stroke_width(like_mnist(mask), pen))
    return Digits(np.stack(images), labels)


def _slanted(mask, slant, turn, width):
    """Ink slanted to the right, turned, and made wider or narrower. mask: (h, w) bool. Returns it on a larger sheet."""
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = rotation @ np.array([[1, -slant], [0, 1]]) @ np.diag([width, 1])
    size = np.array(mask.shape[::-1])
    place = 1.5 * size - matrix @ (size / 2)  # the middle of the ink goes to the middle of a sheet three times as large
    ink = cv2.warpAffine(mask.astype(np.uint8) * 255, np.column_stack([matrix, place]), (3 * size).tolist())
    return ink > 127
