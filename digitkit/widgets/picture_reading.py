"""What the panel reads in a picture: a class sheet, as a reading of all its digits, or else whatever digits there are."""

from collections.abc import Collection

import numpy as np

from digitkit.handwriting import PHOTO_SIZE, FilledSheet, read_sheets
from digitkit.network import Network, NetworkError
from digitkit.preprocessing import SMALLEST, WORKING_SIZE, PictureError, open_image, open_in_colour, thumbnail
from digitkit.reading import Reading, read
from digitkit.words import counted


def sheet_in(picture: object, network: Network) -> tuple[FilledSheet, Reading] | None:
    """The class sheet in a picture and its digits as a Reading, or None if there is none. Of several, the first by number.

    picture: as for `reading.read`. Raises PictureError if a sheet in it cannot be read, or if the picture cannot be opened.
    """
    sheets, problems = read_sheets(picture, network)
    if not sheets:
        if problems:
            raise PictureError(problems[0])
        return None
    first = sheets[0]
    left_out = [f"{counted(len(sheets), 'sheet')} are in this photo, this is the first"] if len(sheets) > 1 else []
    left_out += [problem.rstrip(".") for problem in problems]
    digits = [box.digit for box in first.filled]
    return first, Reading(f"sheet {first.number}", digits, "; ".join(left_out) or None, {"sheet": first.picture}, first.size)


def read_picture(
    picture: object, network: Network, without: Collection[str] = (), may_be_sheet: bool = True
) -> tuple[np.ndarray, Reading, FilledSheet | None]:
    """A small picture to be shown, its reading, and the class sheet in it, or None.

    picture: as for `reading.read`. without: steps to leave out; a class sheet is then read as any other picture. may_be_sheet:
    whether to look for one. Whatever goes wrong is raised: see `why_not`.
    """
    image, _ = open_image(picture)
    # All pixels of a picture are decoded once, but a JPEG, cheaply, at the size that is asked for, and of a GIF the frames are
    # counted before.
    source = picture if image.format in {"JPEG", "MPO", "GIF"} else image
    may_be_sheet = may_be_sheet and not without
    colours, _ = open_in_colour(source, PHOTO_SIZE if may_be_sheet else WORKING_SIZE)
    is_strip = min(colours.shape[:2]) < SMALLEST  # by now
    found = sheet_in(colours, network) if may_be_sheet and not is_strip else None
    sheet, reading = found or (None, read(image, network, without))
    return thumbnail(image if is_strip else colours), reading, sheet


def why_not(error: Exception) -> str:
    """Why a picture cannot be read, in a sentence for the learner.

    >>> why_not(ValueError())
    'This picture cannot be read (ValueError): try another one.'
    """
    return (
        str(error)
        if isinstance(error, (PictureError, NetworkError))
        else f"This picture cannot be read ({type(error).__name__}): try another one."
    )
