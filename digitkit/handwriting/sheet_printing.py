"""The sheet that a pupil writes digits on, to be printed: a PDF of one page for each pupil."""

import io
from pathlib import Path

import numpy as np

from digitkit.errors import InputError
from digitkit.files import check_writable, replacing
from digitkit.handwriting import sheet_layout as layout
from digitkit.words import in_english

INSTRUCTIONS = [
    "Write one digit into each box, the way you always write. No name is needed.",
    "Use a dark pen. Keep inside the box. A box may stay empty.",
    "A mistake? Cross out the whole box with a large X, and go on.",
    "For the photo: flat on a desk, from above, all four black squares in the picture.",
]
MILLIMETRE = 72 / 25.4  # points


def print_sheets(path: str | Path, pupils: int = 30, paper: str = "a4") -> None:
    """Write a PDF with a sheet for each pupil, numbered from 1. path: where to. paper: "a4" or "letter".

    All of it is lines and letters, none of it pixels: it is sharp on every printer. The markers come from ArUco (Garrido-Jurado
    and others, "Automatic generation and detection of highly reliable fiducial markers under occlusion", 2014).

    Raises InputError for fewer than 1 or more than 249 pupils, or an unknown paper, and FolderError for a place that cannot be
    written.

        print_sheets("sheets.pdf", pupils=30)

    """
    if not 1 <= pupils <= layout.MOST_SHEETS:
        raise InputError(f"There can be sheets for 1 to {layout.MOST_SHEETS} pupils, not for {pupils}.")
    if paper not in layout.PAPERS:
        raise InputError(f"The paper is {' or '.join(layout.PAPERS)}, not {paper}.")
    check_writable(path)  # before 30 pages are drawn
    from matplotlib.backends.backend_pdf import PdfPages  # only now: reading a sheet needs no matplotlib

    content = io.BytesIO()  # if the disk is full, matplotlib stops with a sentence about streams
    with PdfPages(content, metadata={"CreationDate": None, "Title": "My digits"}) as pages:
        for number in range(1, pupils + 1):
            pages.savefig(draw_sheet(number, paper))
    with replacing(path) as unfinished:
        unfinished.write_bytes(content.getvalue())


def draw_sheet(number: int, paper: str = "a4"):
    """One sheet as a matplotlib figure as large as the paper. number: from 1. paper: "a4" or "letter"."""
    from matplotlib.figure import Figure

    width, height = layout.PAPERS[paper]
    left, top = (width - layout.FRAME[0]) / 2, (height - layout.FRAME[1]) / 2
    figure = Figure(figsize=(width / 25.4, height / 25.4), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-left, width - left), ylim=(height - top, -top))
    axes.axis("off")
    for corner in range(4):
        _draw_marker(axes, layout.marker_id(number, corner), layout.marker_corners(corner)[0])
    along = layout.LEFT
    axes.text(along, 7, f"My digits · sheet {in_english(number)} ({number})", fontsize=17, weight="bold", va="center")
    for line, text in enumerate(INSTRUCTIONS):
        axes.text(along, 14.5 + 4.6 * line, text, fontsize=8.5, va="center")
    for label in range(layout.LABELS):
        y = layout.TOP + layout.BOX[1] * (label + 0.5)
        axes.text(along - 3, y, in_english(label), fontsize=9.5, ha="right", va="center")
    axes.text(along - 3, layout.OWN_BOX[1] + layout.OWN_BOX[3] / 2, "a number", fontsize=9.5, ha="right", va="center")
    hint = "In the last row: any number you like, but no birthday and no telephone number."
    axes.text(layout.FRAME[0] / 2, 248, hint, fontsize=8.5, ha="center")
    axes.plot(*_dots().T, "o", color="black", markersize=layout.DOT * MILLIMETRE, markeredgewidth=0)
    return figure


def _draw_marker(axes, marker, corner):
    """A marker as black squares: its bits, in a black frame one square wide."""
    from matplotlib.collections import PolyCollection

    size = layout.MARKERS.markerSize + 2
    black = layout.MARKERS.generateImageMarker(marker, size) == 0
    side = layout.MARKER / size
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    squares = [corner + side * (unit + np.array([column, row])) for row, column in zip(*np.nonzero(black), strict=True)]
    # Each square has an edge of a hair's width, or white lines would shine through between them.
    axes.add_collection(PolyCollection(squares, facecolor="black", edgecolor="black", linewidth=0.1))


def _dots():
    """The dots along the edges of all boxes: (n, 2), none twice."""
    dots = set()
    for x, y, width, height in [*layout.boxes().values(), layout.OWN_BOX]:
        left, top, right, bottom = float(x), float(y), float(x + width), float(y + height)
        dots |= {(place, edge) for place in _spread(left, right) for edge in (top, bottom)}
        dots |= {(edge, place) for place in _spread(top, bottom) for edge in (left, right)}
    return np.array(sorted(dots))


def _spread(start, end):
    """Places from start to end, both included, evenly and about as far apart as the dots are."""
    return np.linspace(start, end, round((end - start) / layout.DOT_DISTANCE) + 1).round(3).tolist()
