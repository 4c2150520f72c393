"""A small file of collected digits: what one pupil has written, as 28×28 images with their labels, and nothing else.

It contains no photo, EXIF data, place, name or time. It is an .npz file, a zip archive of two NumPy arrays:
`images` (n, 28, 28) uint8 and `labels` (n,) uint8. Such files are passed around, so reading one trusts nothing in it.
"""

import io
import zipfile
from pathlib import Path

import numpy as np

from digitkit.data import NO_DIGIT, Digits
from digitkit.errors import KitError
from digitkit.files import make_folder, reason, replacing
from digitkit.words import counted

MAX_DIGITS = 10_000  # digits in one file
_HEADER = 1_000  # bytes, more than enough for the header of a NumPy file
_MAX_BYTES = MAX_DIGITS * (28 * 28 + 1) + 10 * _HEADER  # bytes of a file in which nothing could be compressed


class HandwritingError(KitError):
    """Digits that cannot be saved, or a file that holds none. The message says why in one sentence."""


def to_bytes(images: np.ndarray, labels: np.ndarray) -> bytes:
    """Turn collected digits into the bytes of a file: the same digits always give the same bytes.

    images: (n, 28, 28) uint8, ink bright on black; labels: n whole numbers from 0 to 9, or NO_DIGIT; n from 1 to 10,000.
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


def from_bytes(content: bytes | memoryview) -> Digits:
    """Read the bytes of a file of collected digits. content: bytes or memoryview. Returns Digits.

    Raises HandwritingError if the file is empty, damaged, too large, or holds anything but digits and labels. No code
    in the file is run, and no more of it is unpacked than 10,000 digits need.
    """
    if not len(content):
        raise HandwritingError("This file is empty.")
    if len(content) > _MAX_BYTES:
        raise HandwritingError(f"This file is too large: at most {MAX_DIGITS:,} digits are read from one file.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sorted(archive.namelist()) != ["images.npy", "labels.npy"]:
                raise HandwritingError("This file holds something other than collected digits.")
            images = _unpack(archive, "images.npy", size=28 * 28)
            labels = _unpack(archive, "labels.npy", size=1)
    except HandwritingError:
        raise
    except Exception as error:  # damaged bytes make zipfile and NumPy raise a dozen different errors
        raise HandwritingError("This is not a file of collected digits, or it is damaged.") from error
    _check(images, labels)
    return Digits(images, labels)


def _unpack(archive, name, size):
    """One array of unsigned bytes from the archive. size: bytes per digit."""
    entry = archive.getinfo(name)
    if entry.file_size > MAX_DIGITS * size + _HEADER:
        raise HandwritingError(f"This file is too large: at most {MAX_DIGITS:,} digits are read from one file.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError("NumPy compresses its files in no other way.")
    # zipfile unpacks no more bytes than it is asked for, so a zip bomb that claims to be small is harmless too.
    with archive.open(entry) as file:
        content = io.BytesIO(file.read(entry.file_size + 1))
    if np.lib.format.read_magic(content) != (1, 0):
        raise ValueError("NumPy writes small headers in version 1.0.")
    # NumPy parses only the header: its reader would allocate memory for any shape that a header claims.
    shape, column_first, dtype = np.lib.format.read_array_header_1_0(content)
    if dtype != np.uint8 or column_first:
        raise HandwritingError("This file holds something other than collected digits.")
    return np.frombuffer(content.read(), np.uint8).reshape(shape)


def _check(images, labels):
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        raise HandwritingError(
            f"Collected digits are images of shape (n, 28, 28) and type uint8, not {images.shape} {images.dtype}."
        )
    if labels.shape != images.shape[:1]:
        raise HandwritingError(
            f"Each digit needs one label, but there are {counted(len(images), 'digit')} and {counted(labels.size, 'label')}."
        )
    if not len(images):
        raise HandwritingError("There are no digits yet.")
    if len(images) > MAX_DIGITS:
        raise HandwritingError(f"{len(images):,} digits are too many: one file holds at most {MAX_DIGITS:,}.")
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() > NO_DIGIT:
        raise HandwritingError("Every label must be a whole number from 0 to 9, or 10 for what is no digit.")


def save_digits(path: str | Path, digits: Digits) -> None:
    """Write the digits of one pupil to a file. path: for example `home_dir() / "class" / "pupil_01.npz"`. digits: Digits.

    An interruption leaves no partial file. A missing folder is created.
    Raises HandwritingError for digits that cannot be saved, see `to_bytes`, and FolderError for a place that cannot be written.
    """
    path, content = Path(path), to_bytes(digits.images, digits.labels)
    make_folder(path.parent)
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)


def load_digits(path: str | Path) -> Digits:
    """Read the digits of one pupil from a file that `save_digits` or the panel wrote. Returns Digits.

    Raises HandwritingError, with the file's name, if it is missing or cannot be read, see `from_bytes`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise HandwritingError(f"{path.name} cannot be opened: {reason(error)}.") from error
    try:
        return from_bytes(content)
    except HandwritingError as error:
        raise HandwritingError(f"{path.name}: {error}") from error
