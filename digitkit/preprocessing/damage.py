"""Whatever a damaged picture makes a decoder do or say -> one sentence for the user, and nothing else."""

import contextlib
import logging
import os
import threading
import warnings
from collections.abc import Iterator

from PIL import Image

from digitkit.errors import InputError

logging.getLogger("PIL").addHandler(logging.NullHandler())  # or what it logs is printed where nobody asked for a log
_ONE_AT_A_TIME = threading.RLock()  # of those that put the standard error away, or one would give back what it took from another


class PictureError(InputError):
    """The picture cannot be used. The message says why and what to do."""


def in_a_sentence(error: Exception) -> str:
    """Why a picture was not read, where a command goes on with the next one.

    >>> in_a_sentence(PictureError("This file is empty.")), in_a_sentence(ValueError("shapes"))
    ('This file is empty.', 'This picture cannot be read (ValueError).')
    """
    return str(error) if isinstance(error, PictureError) else f"This picture cannot be read ({type(error).__name__})."


@contextlib.contextmanager
def damage_in_words(image: Image.Image) -> Iterator[None]:
    """Decode in here: any exception that a decoder stops with becomes a PictureError; see also `quiet`.

    >>> with damage_in_words(Image.new("L", (8, 8))):
    ...     raise SyntaxError("broken PNG file")
    Traceback (most recent call last):
    digitkit.preprocessing.damage.PictureError: This picture is damaged or cut short: save or copy it again.
    """
    try:
        with quiet(image):
            yield
    except PictureError:
        raise
    except Exception as error:
        ended = isinstance(error, (AssertionError, AttributeError)) and getattr(image, "fp", "") is None  # by `with`, undecoded
        if ended or "closed" in str(error):
            raise PictureError("This image has been closed: open it once more.") from error
        if isinstance(error, MemoryError):
            raise PictureError(
                "There is too little memory for this picture: close other programs, or make it smaller."
            ) from error
        if "not available" in str(error):  # Pillow was built without the decoder for this kind of file
            raise PictureError("This picture is stored in a form that is not read here: save it as JPEG or PNG.") from error
        raise PictureError("This picture is damaged or cut short: save or copy it again.") from error


@contextlib.contextmanager
def quiet(image: Image.Image | None = None) -> Iterator[None]:
    """No warnings in here: they are in words that are not for learners. Those of TIFF's decoder are not even Python's."""
    with warnings.catch_warnings(), _without_stderr() if getattr(image, "format", None) == "TIFF" else contextlib.nullcontext():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _without_stderr():
    with _ONE_AT_A_TIME:
        try:
            kept = os.dup(2)
        except OSError:  # there is none, as in a program without a terminal
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
