"""MNIST and the sample pictures, read from the kit's own `data` folder: nothing is ever downloaded."""

import functools
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitkit.errors import KitError
from digitkit.files import reason, visible

# SHA-256 of each unzipped file, as published by the projects that redistribute MNIST.
# The unzipped bytes are checked, because gzip packs the same bytes differently from one version to the next.
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

NO_DIGIT = 10  # the label of a mark that is no digit: something to learn from, too
VALIDATION = 5_000  # of the 60,000 images, held out for making choices; no choice is made on the test set


class DataError(KitError):
    """A file of the data set is missing or damaged. The message says which one and what to do."""


@dataclass(frozen=True)
class Digits:
    """Pictures of digits with their labels.

    images: (n, 28, 28) uint8, ink bright (255) on black (0); labels: (n,) uint8, 0 to 9, or NO_DIGIT.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        """A part of the set, for example `digits[:100]`."""
        return Digits(self.images[index], self.labels[index])


@dataclass(frozen=True)
class Mnist:
    """The two halves of MNIST: `train` (60,000 digits) and `test` (10,000 digits by other writers)."""

    train: Digits
    test: Digits


def data_dir() -> Path:
    """The folder that holds `mnist/` and `samples/`.

    In an installed wheel it is `_data` inside the package; in a checkout it is `data` beside the package.

    >>> (data_dir() / "mnist").is_dir()
    True
    """
    package = Path(__file__).resolve().parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "data"


def sample_paths() -> list[Path]:
    """The sample pictures, sorted by name. Raises DataError if their folder is missing.

    >>> len(sample_paths()) >= 12
    True
    """
    folder = data_dir() / "samples"
    try:
        return [path for path in visible(folder.iterdir()) if path.suffix in {".jpg", ".png"}]
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be opened ({reason(error)}). Get the kit again.") from error


def parse_idx(content: bytes) -> np.ndarray:
    """Turn the bytes of an IDX file, the format MNIST came in, into an array.

    An IDX file starts with two zero bytes, a byte for the number type (8 = unsigned byte), a byte for the
    number of dimensions, and the length of each dimension as a 4-byte integer, most significant byte first.
    Then come the numbers themselves. Notebook 01 opens one by hand.

    content: bytes. Returns a read-only uint8 array. Raises DataError if the header and the length disagree.

    >>> parse_idx(bytes([0, 0, 8, 1,  0, 0, 0, 3,  7, 8, 9]))
    array([7, 8, 9], dtype=uint8)
    """
    if content[:3] != bytes([0, 0, 8]) or len(content) < 4:
        raise DataError("This is not an IDX file of unsigned bytes: it does not start with 0, 0, 8.")
    dimensions = content[3]
    header = 4 + 4 * dimensions
    shape = np.frombuffer(content[4:header], dtype=">u4")
    pixels = np.frombuffer(content, dtype=np.uint8)[header:]
    if len(shape) != dimensions or pixels.size != np.prod(shape, dtype=np.int64):
        raise DataError(f"The IDX header promises an array of shape {tuple(map(int, shape))}, but {pixels.size} numbers follow.")
    return pixels.reshape(shape)


def _read_checked(folder, name):
    """The array in `folder/name.gz`, after checking that it is byte for byte the original."""
    path = folder / f"{name}.gz"
    remedy = "Get the kit again, or copy this file from a classmate's kit: it is the same for everyone."
    if not path.is_file():
        raise DataError(f"{path} is missing. {remedy}")
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, gzip.zlib.error) as error:
        raise DataError(f"{path} is damaged or cut short ({error}). {remedy}") from error
    if hashlib.sha256(content).hexdigest() != CHECKSUMS[name]:
        raise DataError(f"{path} is not the original file: its checksum differs. {remedy}")
    return parse_idx(content)


def load_mnist(folder: str | Path | None = None) -> Mnist:
    """Load MNIST from the kit's own files and check every byte of it.

    folder: where the four `.gz` files are; the kit's own `data/mnist` if left out.
    Returns a Mnist with `train` (60,000) and `test` (10,000), each with images (n, 28, 28) uint8, 0 to 255,
    ink bright on black, and labels (n,) uint8; all read-only. Raises DataError if a file is missing, cut short or altered.
    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998.

    >>> load_mnist().train.images.shape
    (60000, 28, 28)
    """
    return _load(Path(folder) if folder is not None else data_dir() / "mnist")


@functools.cache  # its arrays cannot be written to, so all may share them
def _load(folder):
    train = Digits(_read_checked(folder, "train-images-idx3-ubyte"), _read_checked(folder, "train-labels-idx1-ubyte"))
    test = Digits(_read_checked(folder, "t10k-images-idx3-ubyte"), _read_checked(folder, "t10k-labels-idx1-ubyte"))
    return Mnist(train, test)


def hold_out(digits: Digits) -> tuple[Digits, Digits]:
    """Split off the last 5,000 digits for validation. Returns (training digits, validation digits).

    Raises DataError if there are too few digits to split.

    >>> training, validation = hold_out(load_mnist().train)
    >>> len(training), len(validation)
    (55000, 5000)
    """
    if len(digits) <= VALIDATION:
        raise DataError(f"Too few digits ({len(digits)}): {VALIDATION} are held out for validation, so give more than that.")
    return digits[:-VALIDATION], digits[-VALIDATION:]
