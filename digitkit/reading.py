"""Picture in, reading out: which digits are there, where, and how sure the network is."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from digitkit.network import Network, NetworkError, load_network, shipped_network
from digitkit.preprocessing import FoundDigit, frames, join, open_image, prepare, reading_order, segments, small_marks
from digitkit.words import counted, in_a_row, percent

SURE = 0.9  # at this confidence or above, the answer is given without reservation
GUESS = 0.5  # below this confidence, the answer is called a guess
NO_DIGIT = "no digit found"
FAR_AWAY = 0.35  # of the picture: a sheet that takes less, and on which nothing is read, was photographed from too far away
TOO_SMALL = 16  # pixels of a picture of 1,000: on a sheet on a table, a digit that is lower than this cannot be told from others
LONGEST_ROW = 8  # times as wide as tall: a piece that is longer is no row of digits that touch
EACH_PART = 0.9  # how sure the network must be, on average, of the parts of a piece that is cut
EACH_PART_ALONE = 0.95  # the same for a piece that does not stand among other digits: it may be a letter or a sign
CUT = (
    0.05  # what each part costs, beside the network's doubt: a crumb of ink that happens to look like a digit is not worth a cut
)
SPLIT = 0.5  # a piece is cut, or joined to another, only if the network is less, or more, confident of the whole than this


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    label: 0 to 9. confidence: 0 to 1, the probability of that label, times that of being a digit at all.
    probabilities: (10,) float. found: the piece of the picture it was read from. no_digit: 0 to 1, the probability of being none.
    """

    label: int
    confidence: float
    probabilities: np.ndarray = field(repr=False)
    found: FoundDigit
    no_digit: float = 0.0

    @property
    def is_refused(self):
        """Whether "no digit" is more probable than every digit: it is then not read."""
        return self.no_digit >= self.confidence

    @property
    def box(self):
        """(x, y, width, height) in pixels of the upright picture."""
        return self.found.box

    @property
    def row(self):
        """The row it stands in, 0 for the topmost."""
        return self.found.row

    @property
    def image(self):
        """What the network saw: (28, 28) uint8, ink bright on black."""
        return self.found.image

    @property
    def steps(self):
        """{name: array}, from the cut-out ink to 28×28."""
        return self.found.steps


@dataclass(frozen=True)
class Reading:
    """The result of reading one picture.

    text: all digits in reading order, without separator, "" if there are none. digits: list of Digit in that order.
    reason: why there are none, which are guesses, what was left out, that only the first of several frames was read; else None.
    steps: {name: (h, w) array} for the whole picture. size: (width, height) of the upright picture.
    """

    text: str
    digits: list
    reason: str | None
    steps: dict = field(repr=False)
    size: tuple = field(repr=False)


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
    marks = judge(found, reader)
    if not without:
        marks = _in_order(_cut_touching(_join_broken(marks, reader), reader))
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
        reasons += _guesses(accepted)
        boxes = [(*digit.found.corner, *digit.steps["crop"].shape[::-1]) for digit in marks]
        kept = {id(digit) for digit in accepted}
        rest = [box for box, digit in zip(boxes, marks, strict=True) if id(digit) not in kept]
        rest += small_marks(steps["threshold"], boxes)
        reasons += [_left_out(rest, np.median([box[3] for box in boxes]))] if rest else []
    reason = "; ".join(reasons + unread) or None
    return Reading("".join(str(digit.label) for digit in accepted), accepted, reason, steps, size)


def _guesses(digits):
    """A list with one sentence if the network is hardly sure of some digits, else empty: "the 7 (41 %) is a guess"."""
    guesses = [f"the {digit.label} ({percent(digit.confidence)})" for digit in digits if digit.confidence < GUESS]
    return [in_a_row(guesses) + (" are guesses" if len(guesses) > 1 else " is a guess")] if guesses else []


def _left_out(boxes, height):
    """What was not read, by kind: "left out: 2 points and a stroke". height: of a typical digit, in the same pixels."""
    kinds = ["point" if max(w, h) < 0.3 * height else "stroke" if max(w, h) > 2.5 * min(w, h) else "sign" for _, _, w, h in boxes]
    names = {"point": ("a point", "points"), "stroke": ("a stroke", "strokes"), "sign": ("a sign or letter", "signs or letters")}
    counts = {kind: kinds.count(kind) for kind in names if kind in kinds}
    parts = [names[kind][0] if count == 1 else f"{count} {names[kind][1]}" for kind, count in counts.items()]
    return "left out: " + in_a_row(parts)


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


def judge(found: list, network: Network) -> list[Digit]:
    """Classify pieces of ink. found: a list of FoundDigit. network: a Network. Returns a Digit for each piece."""
    if not found:
        return []
    judged = []
    for piece, probabilities, no_digit in zip(found, *network.judge(np.stack([piece.image for piece in found])), strict=True):
        label = int(probabilities.argmax())
        judged.append(Digit(label, float(probabilities[label] * (1 - no_digit)), probabilities, piece, float(no_digit)))
    return judged


def _join_broken(marks, network):
    """Join two pieces where the network is more confident of the whole than of both parts (the product of their confidences).

    A confident digit is left alone by what stands beside it, as a minus does; a piece below another may be its lower half.
    """
    for one, other in combinations(range(len(marks)), 2):
        first, second = marks[one], marks[other]
        both = first.confidence * second.confidence
        sure = 0.97 if _one_under_the_other(first.box, second.box) else 0.8
        beside = max(first.box[0], second.box[0]) >= min(first.box[0] + first.box[2], second.box[0] + second.box[2])
        alone = beside and max(first.confidence, second.confidence) > SURE
        if both < sure and not alone and _near(first.box, second.box):
            [joined] = judge([join(first.found, second.found)], network)
            if joined.confidence > max(both, SPLIT):
                rest = [mark for index, mark in enumerate(marks) if index not in {one, other}]
                return _join_broken([*rest, joined], network)
    return marks


def _in_order(marks):
    """The marks in reading order, each with its row: joining and cutting may have changed both."""
    ordered = []
    for index, row in reading_order([digit.box for digit in marks]):
        ordered.append(replace(marks[index], found=replace(marks[index].found, row=row)))
    return ordered


def _cut_touching(marks, network):
    """Cut one piece into digits that touch, where the network is confident of each of them, but not of the whole.

    A part that is a single stroke proves nothing: an n would become 17, a V would become 11. Only among other digits it does.
    """
    heights = np.array([digit.box[3] for digit in marks if digit.confidence > SURE])
    result = []
    for mark in marks:
        whole, pieces = mark.confidence, [mark]
        _, _, width, height = mark.box
        company = ((heights > 0.6 * height) & (heights < 1.6 * height)).sum()
        if whole < SPLIT and (0.6 if company >= 2 else 0.9) * height < width < LONGEST_ROW * height:
            parts = best_path(segments(mark.found), network)
            together = np.prod([digit.confidence for digit in parts])
            shapes = sum(digit.label != 1 for digit in parts)  # more than a bare stroke
            needed = max(2 - company, len(parts) > 2) if company else len(parts)  # an edge of the paper can be cut into 1111
            each = EACH_PART if company >= 2 else EACH_PART_ALONE
            if len(parts) > 1 and shapes >= needed and together > max(whole, each ** len(parts)):
                pieces = parts
        result += pieces
    return result


def best_path(candidates: dict, network: Network) -> list[Digit]:
    """The row of candidates, each beginning where the one before ends, that the network believes most.

    The costs of a path add up: for each digit, the logarithm of how improbable it is, and CUT. So the best path to a place is
    the best one to some place before it, and one candidate more (dynamic programming: Bellman, 1957; for digits LeCun and
    others, 1998).

    candidates: as `preprocessing.segments` gives them. network: a Network. Returns a list of Digit; [] if no row of
    candidates leads from the left edge to the last place where one of them ends.

    >>> best_path({}, as_network(None))
    []
    """
    if not candidates:
        return []
    judged = dict(zip(candidates, judge(list(candidates.values()), network), strict=True))
    best: dict = {0: (0.0, [])}  # for each place, the lowest cost to get there, and the marks on the way
    last = max(end for _, end in judged)
    for place in range(1, last + 1):
        ways = [
            (best[start][0] - np.log(max(mark.confidence, 1e-3)) + CUT, [*best[start][1], mark])
            for (start, end), mark in judged.items()
            if end == place and start in best
        ]
        if ways:
            best[place] = min(ways, key=lambda way: way[0])
    return best.get(last, (0, []))[1]


def _is_part_of_a_letter(digit, refused):
    """Whether a 1 is really the stem of a mark that is not a digit, as in a K whose arms do not touch it."""
    x, y, w, h = digit.box
    return digit.label == 1 and any(
        max(x - other_x - other_w, other_x - x - w) < 0.25 * h and y < other_y + 0.6 * other_h < y + 1.2 * h and other_h > 0.4 * h
        for other_x, other_y, other_w, other_h in (other.box for other in refused)
    )


def _near(box, other):
    """Whether two boxes could be pieces of one digit: close together, and together not much larger than the larger."""
    x, y = min(box[0], other[0]), min(box[1], other[1])
    width = max(box[0] + box[2], other[0] + other[2]) - x
    height = max(box[1] + box[3], other[1] + other[3]) - y
    return width <= 1.5 * height and height <= 2.2 * max(box[3], other[3]) and width <= 2.2 * max(box[2], other[2], 0.4 * height)


def _one_under_the_other(box, other):
    shared_rows = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    shared_columns = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    return -0.15 * max(box[3], other[3]) < shared_rows < 0.2 * min(box[3], other[3]) and shared_columns > 0


def in_words(reading: Reading) -> str:
    """The answer as a sentence for people.

    >>> in_words(Reading("", [], "no digit found", {}, (28, 28)))
    'I see no digit here.'
    """
    if not reading.digits:
        return "I see no digit here."
    if len(reading.digits) > 1:
        least = min(reading.digits, key=lambda digit: digit.confidence)
        doubt = "" if least.confidence >= SURE else f" I am least sure of the {least.label} ({percent(least.confidence)})."
        return f"I read {reading.text}, {counted(len(reading.digits), 'digit')}.{doubt}"
    digit = reading.digits[0]
    if digit.confidence >= SURE:
        return f"I read {digit.label}, {percent(digit.confidence)} sure."
    first, second = np.argsort(digit.probabilities)[:-3:-1]
    if digit.probabilities[first] >= SURE:  # so the doubt is not about which digit it is
        return f"Perhaps {first}, perhaps not a digit at all."
    return f"Between {first} and {second}: look at the bars."
