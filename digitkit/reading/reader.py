"""A picture, or what stands for one, and a network, or what stands for one -> a Reading."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from digitkit.network import Network, NetworkError, load_network, shipped_network
from digitkit.preprocessing import frames, open_image, prepare, small_marks
from digitkit.reading.judged import Reading, judge
from digitkit.reading.search import digits_in
from digitkit.reading.sentences import NO_DIGIT, guesses, left_out

FAR_AWAY = 0.35  # of the picture: a sheet that takes less, and on which nothing is read, was photographed from too far away
TOO_SMALL = 16  # pixels of a picture of 1,000: on a sheet on a table, a digit that is lower than this cannot be told from others


def read(picture: object, network: object = None, without: Collection[str] = ()) -> Reading:
    """Read the digits in a picture.

    picture: a path, the bytes of a file, a PIL image, or an array (see `preprocessing.open_in_colour`).
    network: what reads, a Network or the path of a saved one; the shipped one if left out. without: names of steps to
    leave out (see `preprocessing.SWITCHES`). Returns a Reading; a picture without ink is a Reading with text "" and a reason.
    Raises PictureError if the picture cannot be opened, NetworkError if the network cannot be used.

    >>> from digitkit.data import data_dir
    >>> read(data_dir() / "samples" / "pen_7.jpg").text
    '7'
    """
    reader = as_network(network)
    unread = _frames_unread(picture)
    found, steps, size = prepare(picture, without)
    marks = judge(found, reader) if without else digits_in(found, reader)
    refused = [digit for digit in marks if digit.is_refused]
    accepted = [digit for digit in marks if not digit.is_refused and not _is_part_of_a_letter(digit, refused)]
    if "sheet" in steps and accepted:
        heights = [digit.box[3] * steps["grey"].shape[1] / size[0] for digit in accepted]
        accepted = accepted if np.median(heights) >= TOO_SMALL else []
    if len(refused) > len(accepted) and all(digit.label == 1 for digit in accepted):
        accepted = []  # bare strokes among marks that are no digits are parts of them
    reasons = []
    if not accepted:
        reasons.append(NO_DIGIT)
        if "sheet" in steps and steps["sheet"].size < FAR_AWAY * steps["grey"].size:
            reasons.append("there is a sheet on a table: go closer with the camera")
    else:
        reasons += guesses(accepted)
        boxes = [(*digit.found.corner, *digit.steps["crop"].shape[::-1]) for digit in marks]
        kept = {id(digit) for digit in accepted}
        rest = [box for box, digit in zip(boxes, marks, strict=True) if id(digit) not in kept]
        rest += small_marks(steps["threshold"], boxes)
        reasons += [left_out(rest, np.median([box[3] for box in boxes]))] if rest else []
    reason = "; ".join(reasons + unread) or None
    return Reading("".join(str(digit.label) for digit in accepted), accepted, reason, steps, size, refused)


def as_network(source: object) -> Network:
    """What may be handed over as a network -> a Network: None (the shipped one), a Network, or the path of a saved one.

    Whatever judges digits as a Network does is taken as it is. Raises NetworkError for anything else.

    >>> as_network(None) is as_network(as_network(None))
    True
    """
    if source is None:
        return shipped_network()
    if isinstance(source, (str, Path)):
        return load_network(source)
    if isinstance(source, Network) or (callable(getattr(source, "judge", None)) and not isinstance(source, type)):
        return source  # type: ignore[return-value]
    if hasattr(source, "layers"):
        raise NetworkError("This is a Keras model: export it first, with digitkit.to_network(model).")
    raise NetworkError(f"A network is a Network, a path or a Keras model, not {type(source).__name__}.")


def _frames_unread(picture):
    """A list with one sentence if the picture has more frames than the one that is read, else empty."""
    if isinstance(picture, np.ndarray):
        return []
    image, _ = open_image(picture)
    count = frames(image)
    return [f"only the first of {count} frames was read"] if count > 1 and image.tell() == 0 else []


def _is_part_of_a_letter(digit, refused):
    """Whether a 1 is really the stem of a mark that is not a digit, as in a K whose arms do not touch it."""
    x, y, w, h = digit.box
    return digit.label == 1 and any(
        max(x - other_x - other_w, other_x - x - w) < 0.25 * h and y < other_y + 0.6 * other_h < y + 1.2 * h and other_h > 0.4 * h
        for other_x, other_y, other_w, other_h in (other.box for other in refused)
    )
