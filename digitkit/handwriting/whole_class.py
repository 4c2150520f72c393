"""The digits of a whole class: one file per pupil."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from digitkit.data import NO_DIGIT, Digits
from digitkit.files import home_path, reason, visible
from digitkit.handwriting.digit_file import HandwritingError, load_digits


def load_class(folder: str | Path | None = None) -> dict[str, Digits]:
    """Read the files of a whole class, one per pupil. folder: `class` in your own folder (`home_dir`) if left out.

    Returns {name of the file: Digits}, sorted by name; empty if there are no files yet. Marks that are no digits are left out.
    Raises HandwritingError, with the name, if one of them or the folder cannot be read.
    """
    folder = Path(folder) if folder is not None else home_path() / "class"
    try:
        files = [folder / name for name in os.listdir(folder) if name.endswith(".npz")]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise HandwritingError(f"The folder {folder} cannot be opened: {reason(error)}.") from error
    pupils = {path.stem: load_digits(path) for path in visible(files)}
    only_digits = {name: digits[digits.labels < NO_DIGIT] for name, digits in pupils.items()}
    return {name: digits for name, digits in only_digits.items() if len(digits)}


def join(sets: Iterable[Digits]) -> Digits:
    """Join several sets of digits into one, in order. sets: at least one Digits, for example `load_class().values()`.

    >>> digits = Digits(np.zeros((2, 28, 28), np.uint8), np.array([3, 7], np.uint8))
    >>> join([digits, digits]).labels.tolist()
    [3, 7, 3, 7]
    """
    sets = list(sets)
    return Digits(np.concatenate([digits.images for digits in sets]), np.concatenate([digits.labels for digits in sets]))
