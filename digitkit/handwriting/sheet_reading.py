"""A photo of filled sheets -> the digits in their boxes: the markers say where each box is, its row which digit it should be."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from digitkit.data import Digits
from digitkit.handwriting import sheet_layout as layout
from digitkit.network import Network
from digitkit.preprocessing import crop, ink_strength, make_digit, open_in_colour, paper_brightness, to_grey, unevenness
from digitkit.reading import REFUSED, Digit, as_network, judge, read
from digitkit.words import counted, in_english

PHOTO_SIZE = 2000  # pixels of the longer side: a box is then still 40 to 100 pixels wide
SHARP = 5  # pixels for each millimetre of the straightened sheet
AROUND = 5  # millimetres: how far a digit may reach beyond its box
SPECK = 1.2  # millimetres: what is smaller is a printed dot or dust
EDGE = 0.42  # of the strength of a digit's strokes: where the light of a stroke that is not quite sharp ends
GOOD_PART = 0.2  # of what lies in the box with most of it
FOREIGN = 4  # millimetres: what is larger than this, and mostly outside the boxes, is a finger or the like
DIAGONAL = 0.1  # of its size: how far from its diagonals the strokes of an X may be
SMALLEST_SCALE = 2.0  # pixels of the photo for each millimetre: digits in smaller boxes have lost their shape


@dataclass(frozen=True)
class Box:
    """One box of a sheet, and what is in it.

    label: the digit that it is for. column: 0 to 7. content: "digit", "empty", "crossed out", or "hidden" if the photo does not
    show it. digit: what the network read there. no_digit: the probability that it is none. Both only if content is "digit".
    """

    label: int
    column: int
    content: str
    digit: Digit | None = None
    no_digit: float = 0.0

    @property
    def is_doubtful(self) -> bool:
        """Whether what is in it may be no digit at all."""
        return self.content == "digit" and self.no_digit >= REFUSED

    @property
    def is_wrong(self) -> bool:
        """Whether the network read another digit than the one that the box is for."""
        return self.digit is not None and self.digit.label != self.label


@dataclass(frozen=True)
class FilledSheet:
    """One sheet in a photo. number: which one. boxes: its 80 boxes, row by row. own_number: what was read in the last row, "" if
    it is empty. picture: the straightened sheet, (h, w) uint8, 5 pixels for each millimetre."""

    number: int
    boxes: list
    own_number: str
    picture: np.ndarray = field(repr=False)

    def count(self, content: str) -> int:
        """How many boxes hold this: "digit", "empty", "crossed out" or "hidden"."""
        return sum(box.content == content for box in self.boxes)

    def digits(self) -> Digits:
        """The digits in the order 0 to 9, again and again, so that any part of them is a fair mix."""
        filled = sorted((box for box in self.boxes if box.digit), key=lambda box: (box.column, box.label))
        images = [box.digit.image for box in filled]
        return Digits(np.array(images, np.uint8).reshape(-1, 28, 28), np.array([box.label for box in filled], np.uint8))


def read_sheets(picture: object, network: Network | None = None) -> tuple[list[FilledSheet], list[str]]:
    """Read all sheets (see `print_sheets`) in a photo, in any order, turned or tilted.

    picture: a path, the bytes of a file, a PIL image or an array (see `preprocessing.open_in_colour`). network: what reads; the
    shipped one if left out. Returns (sheets, problems): a list of FilledSheet by number, and a sentence for each sheet that is
    in the photo but cannot be read. Three of its four markers must be seen. Both are empty if there is none.
    Raises PictureError if the picture cannot be opened.

    >>> read_sheets(np.full((400, 300), 255, np.uint8))
    ([], [])
    """
    grey = to_grey(open_in_colour(picture, PHOTO_SIZE)[0])
    sheets, problems = [], []
    for number, markers in sorted(find_markers(grey).items()):
        problem = _problem(number, markers, grey.shape)
        if problem:
            problems.append(problem)
        else:
            sheets.append(_read_sheet(number, markers, grey, as_network(network)))
    return sheets, problems


def find_markers(grey: np.ndarray) -> dict[int, list[tuple[int, np.ndarray]]]:
    """The markers of all sheets in a picture, by the number of the sheet: {number: [(corner, its place (4, 2)), …]}.

    grey: (h, w) uint8.

    >>> find_markers(np.zeros((100, 100), np.uint8))
    {}
    """
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    places, markers, _ = cv2.aruco.ArucoDetector(layout.MARKERS, settings).detectMarkers(grey)
    found: dict = {}
    for place, marker in zip(places, [] if markers is None else markers.ravel().tolist(), strict=True):
        number, corner = divmod(marker, 4)
        if number:
            found.setdefault(number, []).append((corner, place[0]))
    return found


def _problem(number, markers, shape):
    """Why a sheet cannot be read, in a sentence; "" if it can."""
    corners = [corner for corner, _ in markers]
    if len(set(corners)) < len(corners):
        return f"There are two sheets with the number {number}: photograph them one by one."
    if len(corners) < 3:
        gone = ["top left", "top right", "bottom right", "bottom left"]
        missing = [place for corner, place in enumerate(gone) if corner not in corners]
        return (
            f"{in_english(len(missing)).capitalize()} corners of sheet {number} are cut off or covered ({', '.join(missing)}): "
            "photograph the whole sheet, with all four black squares."
        )
    scale = min(np.linalg.norm(place - np.roll(place, 1, axis=0), axis=1).min() for _, place in markers) / layout.MARKER
    if scale < SMALLEST_SCALE:
        return f"Sheet {number} is too small in the photo: go closer with the camera."
    return ""


def _read_sheet(number, markers, grey, network):
    onto_sheet = np.concatenate([layout.marker_corners(corner) for corner, _ in markers])
    in_photo = np.concatenate([place for _, place in markers])
    place = cv2.findHomography(onto_sheet * SHARP, in_photo)[0]
    width, height = (SHARP * side for side in layout.FRAME)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    straight = cv2.warpPerspective(grey, place, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    contents = {}
    for (box, corner), content in zip(layout.boxes().items(), _contents(straight), strict=True):
        contents[box] = content if _is_seen(corner, place, grey.shape) else "hidden"
    found = {box: make_digit(*ink, box[0], place) for box, ink in contents.items() if not isinstance(ink, str)}
    judged = dict(zip(found, judge(list(found.values()), network), strict=True))
    boxes = [Box(*box, "digit", *judged[box]) if box in judged else Box(*box, content) for box, content in contents.items()]
    x, y, width, height = (SHARP * side for side in layout.own_box())
    own = straight[y + SHARP : y + height - SHARP, x + SHARP : x + width - SHARP]
    return FilledSheet(number, boxes, read(own, network).text, straight)


def _is_seen(corner, place, shape):
    """Whether a box lies within the photo. corner: its top left one, in millimetres."""
    x, y = corner
    width, height = layout.BOX
    corners = np.array([[[x, y], [x + width, y], [x + width, y + height], [x, y + height]]], np.float64)
    corners = cv2.perspectiveTransform(SHARP * corners, place)[0]
    return bool((corners >= 0).all() and (corners <= [shape[1] - 1, shape[0] - 1]).all())


def _is_crossed_out(ink):
    """Whether a box is crossed out by a large X: it has ink all along both diagonals, from corner to corner."""
    ink = crop(ink)
    height, width = ink.shape
    if width < 0.7 * SHARP * layout.BOX[0] or height < 0.7 * SHARP * layout.BOX[1]:
        return False
    reach = round(DIAGONAL * max(ink.shape))
    wide = cv2.dilate(ink.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    along = np.linspace(0, 1, 60)
    rows, columns = np.rint(along * (height - 1)).astype(int), np.rint(along * (width - 1)).astype(int)
    return min(wide[rows, columns].mean(), wide[rows, columns[::-1]].mean()) > 0.85


def _contents(straight):
    """What is in each box: "empty", "crossed out", "hidden", or its ink, a mask, with the place of the mask's top left corner.

    A connected piece of ink belongs to the box in which most of it lies, so a digit may reach beyond its box. If another box holds
    a good part of it, two digits touch, and each box keeps its own. What lies mostly outside all boxes may hide what is in one.
    """
    strength = ink_strength(straight, paper_brightness(straight))
    inside, which = _places(straight.shape)
    outside = len(layout.boxes())
    count, parts, stats, _ = cv2.connectedComponentsWithStats(_ink(strength, inside).astype(np.uint8), connectivity=8)
    sizes = np.bincount((parts * (outside + 1) + which).ravel(), minlength=count * (outside + 1)).reshape(count, outside + 1)
    main = np.where(stats[:, 2:4].max(axis=1) < SPECK * SHARP, outside, sizes.argmax(axis=1))
    main[0] = outside
    good = sizes > GOOD_PART * sizes.max(axis=1, keepdims=True)
    good[:, outside] = False
    shared = (good.sum(axis=1) > 1) & (main != outside)
    owner = np.where(shared[parts], np.where(good[parts, which], which, outside), main[parts])
    foreign = (main[parts] == outside) & (stats[:, 2:4].max(axis=1) > FOREIGN * SHARP)[parts] & (parts > 0)
    contents = []
    for index, (x, y) in enumerate(layout.boxes().values()):
        left, top, right, bottom = (SHARP * side for side in (x, y, x + layout.BOX[0], y + layout.BOX[1]))
        around = AROUND * SHARP
        window = np.s_[top - around : bottom + around, left - around : right + around]
        ink = owner[window] == index
        if foreign[top:bottom, left:right].mean() > 0.02:
            contents.append("hidden")
        elif not ink.any():
            contents.append("empty")
        elif _is_crossed_out(ink):
            contents.append("crossed out")
        else:
            here = strength[window]
            contents.append((ink & (here > EDGE * np.percentile(here[ink], 90)), (left - around, top - around)))
    return contents


def _ink(strength, inside):
    """True where there is ink: two thresholds (see `preprocessing.threshold`), the same for the whole sheet, by its darkest
    strokes within the boxes. So an empty box stays empty, however grainy the paper is."""
    floor = max(6 * unevenness(strength), 12.0)
    standing_out = strength[inside & (strength > floor)]
    stroke = np.percentile(standing_out, 85) if standing_out.size else 255.0
    high, low = max(0.4 * stroke, floor), max(0.3 * stroke, 0.7 * floor)
    _, parts = cv2.connectedComponents((strength > low).astype(np.uint8), connectivity=8)
    strong = np.zeros(parts.max() + 1, bool)
    strong[parts[strength > high]] = True
    strong[0] = False
    return strong[parts]


def _places(shape):
    """Where the boxes are on the straightened sheet: (inside, which), inside True away from their dotted edges, which the
    number of the box, 80 outside all of them. Both (h, w)."""
    inside, which = np.zeros(shape, bool), np.full(shape, len(layout.boxes()))
    for index, (x, y) in enumerate(layout.boxes().values()):
        left, top, right, bottom = (SHARP * side for side in (x, y, x + layout.BOX[0], y + layout.BOX[1]))
        which[top:bottom, left:right] = index
        inside[top + SHARP : bottom - SHARP, left + SHARP : right - SHARP] = True
    return inside, which

