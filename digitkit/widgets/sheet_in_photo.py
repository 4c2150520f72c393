"""A class sheet in a picture, as the panel shows it: as a reading of all its digits."""

from digitkit.handwriting import FilledSheet, read_sheets
from digitkit.network import Network
from digitkit.preprocessing import PictureError
from digitkit.reading import Reading
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
