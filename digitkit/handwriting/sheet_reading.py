"""A photo of filled sheets -> the digits in their boxes: the markers say where each box is, its row which digit it should be."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from digitkit.data import Digits
from digitkit.handwriting import sheet_layout as layout
from digitkit.handwriting.sheet_boxes import MARGIN, SHARP, contents, pixels
from digitkit.preprocessing import make_digit, open_in_colour, prepare, to_grey
from digitkit.reading import Digit, as_network, judge, read
from digitkit.words import in_english

PHOTO_SIZE = 2000  # pixels of the longer side: a box is then still 40 to 100 pixels wide
SMALLEST_SHARE = 0.03  # of the picture's longer side: how long the edges of a marker must be together
SMALLEST_SQUARE = 8  # pixels of a side: of what is smaller, nobody can tell which marker it is
MOST_SQUARES = 1_500  # in a picture, of which the largest are looked at; a photo of a sheet on a desk has about ten
SMALLEST_SCALE = 1.2  # pixels of the photo for each millimetre: digits in smaller boxes have lost their shape


@dataclass(frozen=True)
class Box:
    """One box of a sheet, and what is in it.

    label: the digit that it is for. column: 0 to 7. content: "digit", "empty", "crossed out", or "hidden" if the photo does not
    show it. digit: what the network read there, only if content is "digit".
    """

    label: int
    column: int
    content: str
    digit: Digit | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether what is in it may be no digit at all."""
        return self.digit is not None and self.digit.is_refused

    @property
    def is_wrong(self) -> bool:
        """Whether the network took it for a digit, but for another one than the box is for."""
        return self.digit is not None and not self.is_doubtful and self.digit.label != self.label

    @property
    def is_right(self) -> bool:
        """Whether the network read the digit that the box is for."""
        return self.digit is not None and not self.is_doubtful and self.digit.label == self.label


@dataclass(frozen=True)
class FilledSheet:
    """One sheet in a photo. number: which one. boxes: its 80 boxes, row by row. own_number: what was read in the last row, ""
    if it is empty, "?" if nothing could be read in it. picture: the straightened sheet, (h, w) uint8, 5 pixels a millimetre.
    size: (width, height) of the photo, in the pixels in which the boxes of its digits are given."""

    number: int
    boxes: list
    own_number: str
    picture: np.ndarray = field(repr=False)
    size: tuple = field(default=(0, 0), repr=False)

    @property
    def file_name(self) -> str:
        """How the file with its digits is called: `sheet_07.npz` for sheet 7."""
        return f"sheet_{self.number:02}.npz"

    def count(self, content: str) -> int:
        """How many boxes hold this: "digit", "empty", "crossed out" or "hidden"."""
        return sum(box.content == content for box in self.boxes)

    @property
    def filled(self) -> list:
        """The boxes with a digit, column by column: 0 to 9, again and again, so that any part of them is a fair mix."""
        return sorted((box for box in self.boxes if box.digit), key=lambda box: (box.column, box.label))

    def digits(self) -> Digits:
        """The digits with their labels, in the order of `filled`."""
        images = [box.digit.image for box in self.filled]
        return Digits(np.array(images, np.uint8).reshape(-1, 28, 28), np.array([box.label for box in self.filled], np.uint8))


def read_sheets(picture: object, network: object = None) -> tuple[list[FilledSheet], list[str]]:
    """Read all sheets (see `print_sheets`) in a photo, in any order, turned or tilted.

    picture: a path, the bytes of a file, a PIL image or an array (see `preprocessing.open_in_colour`). network: what
    reads, as for `reading.read`. Returns (sheets, problems): a list of FilledSheet by number, and a sentence for each sheet
    that is in the photo but cannot be read, for three of its four markers must be seen. Both are empty if there is none.
    Raises PictureError if the picture cannot be opened.

    >>> read_sheets(np.full((400, 300), 255, np.uint8))
    ([], [])
    """
    grey = to_grey(open_in_colour(picture, PHOTO_SIZE)[0])
    sheets, problems = [], []
    for number, markers in sorted(find_markers(grey).items()):
        problem = _problem(number, markers)
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
    settings.minMarkerPerimeterRate = _least_perimeter(grey)
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.perspectiveRemovePixelPerCell, settings.errorCorrectionRate = 8, 0.9  # more of what is not sharp is found
    places, markers, _ = cv2.aruco.ArucoDetector(layout.MARKERS, settings).detectMarkers(grey)
    found: dict = {}
    for place, marker in zip(places, [] if markers is None else markers.ravel().tolist(), strict=True):
        number, corner = divmod(marker, 4)
        if number:
            found.setdefault(number, []).append((corner, place[0]))
    return found


def _least_perimeter(grey):
    """How long the edges of a marker must be, as a share of the picture's longer side: so long that few squares are left.

    The detector takes milliseconds for each square, to compare it with all thousand markers, and squared paper has thousands.
    """
    longest = max(grey.shape)
    least = max(SMALLEST_SHARE * longest, 4 * SMALLEST_SQUARE)
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 13, 7)  # as the detector does
    outlines = cv2.findContours(dark, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]
    found = [len(outline) for outline in outlines if len(outline) >= least and _has_four_corners(outline)]
    return (least if len(found) <= MOST_SQUARES else sorted(found)[-MOST_SQUARES] + 1) / longest


def _has_four_corners(outline):
    corners = cv2.approxPolyDP(outline, 0.03 * len(outline), True)
    return len(corners) == 4 and cv2.isContourConvex(corners)


def _problem(number, markers):
    """Why a sheet cannot be read, in a sentence; "" if it can."""
    corners = [corner for corner, _ in markers]
    scale = min(np.linalg.norm(place - np.roll(place, 1, axis=0), axis=1).min() for _, place in markers) / layout.MARKER
    if scale < SMALLEST_SCALE:
        return (
            f"Sheet {number} is too small in the photo: go closer with the camera. "
            "(Did a messenger shrink the photo? Send the file itself.)"
        )
    if len(set(corners)) < len(corners):
        return f"There are two sheets with the number {number}: photograph them one by one, or collect them into two folders."
    if len(corners) < 3:
        places = ["top left", "top right", "bottom right", "bottom left"]
        missing = [place for corner, place in enumerate(places) if corner not in corners]
        return (
            f"{in_english(len(missing)).capitalize()} corners of sheet {number} are cut off or covered, or not sharp "
            f"({', '.join(missing)}): photograph the whole sheet, with all four black squares."
        )
    return ""


def _read_sheet(number, markers, grey, network):
    onto_sheet = np.concatenate([layout.marker_corners(corner) for corner, _ in markers])
    in_photo = np.concatenate([place for _, place in markers])
    place = cv2.findHomography((onto_sheet + MARGIN) * SHARP, in_photo)[0]
    width, height = (SHARP * (side + 2 * MARGIN) for side in layout.FRAME)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    straight = cv2.warpPerspective(grey, place, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = {}
    for (box, where), content in zip(layout.boxes().items(), contents(straight), strict=True):
        inside[box] = content if _is_seen(where, place, grey.shape) else "hidden"
    found = {box: make_digit(*content, box[0], place) for box, content in inside.items() if not isinstance(content, str)}
    judged = dict(zip(found, judge(list(found.values()), network), strict=True))
    boxes = [Box(*box, "digit", judged[box]) if box in judged else Box(*box, content) for box, content in inside.items()]
    last_row = straight[pixels(layout.OWN_BOX, -1)]
    own_number = read(last_row, network).text or ("?" if prepare(last_row)[0] else "")
    return FilledSheet(number, boxes, own_number, straight, grey.shape[::-1])


def _is_seen(box, place, shape):
    """Whether a box (x, y, width, height) lies within the photo."""
    rows, columns = pixels(box)
    corners = np.array([[[x, y] for y in (rows.start, rows.stop) for x in (columns.start, columns.stop)]], np.float64)
    corners = cv2.perspectiveTransform(corners, place)[0]
    return bool((corners >= 0).all() and (corners <= [shape[1] - 1, shape[0] - 1]).all())
