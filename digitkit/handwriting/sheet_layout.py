"""Where everything is on the sheet that a pupil writes digits on. All places are in millimetres from its frame's top left.

The frame is what the four corner markers span. It is the same on A4 and on Letter paper, in the middle of the page, so a
photo can be read without knowing the paper.
"""

import cv2
import numpy as np

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}  # width and height
FRAME = (180, 255)
MARKER = 14  # the side of a corner marker
LABELS, COLUMNS = 10, 8
BOX = (20, 18)  # width and height of the box for one digit
LEFT, TOP = 19, 34  # of the first box
OWN_BOX = (19, 219, 160, 18)  # x, y, width and height of the long box for a number of one's own
DOT, DOT_DISTANCE = (
    0.36,
    1.5,
)  # the edges of the boxes are dotted: pale from a distance, and still there in a black-and-white copy
MARKERS = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_6X6_1000)  # each of 36 squares, any two differ in nine of them or more
MOST_SHEETS = 249  # four markers for each sheet, numbers from 1


def boxes() -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """The boxes for single digits: {(label, column): (x, y, width, height)}, row by row.

    >>> len(boxes()), boxes()[3, 0]
    (80, (19, 88, 20, 18))
    """
    width, height = BOX
    return {
        (label, column): (LEFT + width * column, TOP + height * label, width, height)
        for label in range(LABELS)
        for column in range(COLUMNS)
    }


def marker_corners(corner: int) -> np.ndarray:
    """The four corners of a marker, clockwise from its own top left. corner: 0 to 3, clockwise from the frame's top left.

    Returns (4, 2) float32.

    >>> marker_corners(2)[2].tolist()
    [180.0, 255.0]
    """
    x = (FRAME[0] - MARKER) if corner in {1, 2} else 0
    y = (FRAME[1] - MARKER) if corner in {2, 3} else 0
    return np.array([[x, y], [x + MARKER, y], [x + MARKER, y + MARKER], [x, y + MARKER]], np.float32)


def marker_id(number: int, corner: int) -> int:
    """Which of the thousand markers stands in a corner of a sheet. number: from 1. corner: 0 to 3. Its own corner and number
    can be told from each marker alone: `divmod(marker, 4)`.

    >>> marker_id(7, 2), divmod(30, 4)
    (30, (7, 2))
    """
    return 4 * number + corner
