"""A small file of collected digits: what one pupil has written, as 28×28 images with their labels, and nothing else.

No picture, no EXIF, no place, no name and no time goes into it. It is an .npz file, a zip archive of two NumPy arrays:
`images` (n, 28, 28) uint8 and `labels` (n,) uint8. Such files pass from hand to hand, so reading one trusts nothing in it.
"""

import io
import os
import zipfile
from pathlib import Path

import numpy as np

from digitkit.data import Digits, home_dir

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
