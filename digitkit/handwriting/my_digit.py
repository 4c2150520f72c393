"""The learner's own digit: drawn in notebook 01, looked at in all later ones."""

import cv2
import numpy as np

from digitkit.data import data_dir
from digitkit.files import home_dir, home_path, reason, replacing
from digitkit.handwriting.digit_file import HandwritingError
from digitkit.reading import Digit, read

FILE = "my_digit.png"


def my_digit(drawn: Digit | None = None) -> tuple[np.ndarray, str]:
    """The learner's own digit, and whose it is: as `my_network`, in words for the learner.

    drawn: a digit that was read, such as `panel.digit`; its 28×28 pixels are kept as `my_digit.png` in `home_dir()`, in place of
    an earlier one. Without it, that file is taken, and where there is none, a sample.

    Returns (digit, whose): (28, 28) uint8, ink bright on black, and a text. Raises HandwritingError if the file is not what was
    kept here, FolderError if it cannot be written.

    >>> digit, whose = my_digit()
    >>> digit.shape
    (28, 28)
    """
    path = home_path() / FILE
    if drawn is not None:
        with replacing(home_dir() / FILE) as unfinished:
            unfinished.write_bytes(cv2.imencode(".png", drawn.image)[1].tobytes())
        return drawn.image, "your own, just drawn"
    if not path.exists():
        return read(data_dir() / "samples" / "pen_7.jpg").digits[0].image, "a sample: no digit of yours has been read yet"
    try:
        kept = cv2.imdecode(np.frombuffer(path.read_bytes() or b"nothing", np.uint8), cv2.IMREAD_UNCHANGED)
    except OSError as error:
        raise HandwritingError(
            f"{path} cannot be read ({reason(error)}). Delete it, and draw a digit in notebook 01 again."
        ) from error
    if kept is None or kept.shape != (28, 28) or kept.dtype != np.uint8:
        raise HandwritingError(f"{path} is not the digit that was kept there. Delete it, and draw one in notebook 01 again.")
    return kept, "your own, from notebook 01"
