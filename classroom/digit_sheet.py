"""Draw the sheet for writing digits, to be photographed: python classroom/digit_sheet.py

Writes digit_sheet.pdf beside this file: A4, black on white, as vector graphics, so it prints sharply on every printer.
The boxes are dotted: each dot is far smaller than a digit, so digitkit leaves the dots out as specks.
"""

from pathlib import Path

from matplotlib.figure import Figure

PAPER = (210, 297)  # millimetres, A4
SIDE = 20  # millimetres, the side of a box
COLUMNS = 8
LEFT, TOP = 30, 72  # millimetres from the left and the upper edge to the first box
DOT_DISTANCE, DOT = 2, 0.3  # millimetres
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
INSTRUCTIONS = [
    "1. Write one digit into each box, the way you always write: zeros in the first row.",
    "2. Use a dark pen. Fill the box well, but stay clear of the dots.",
    "3. Hold the camera straight above the boxes, in even light, without flash.",
    "4. Photograph all the rows at once, or one row: then cover the others with blank paper.",
]


def boxes():
    """Where the boxes are: a list of (digit, x, y), the upper left corner in millimetres from that of the paper.

    >>> boxes()[0], len(boxes())
    ((0, 30, 72), 80)
    """
    return [(digit, LEFT + SIDE * column, TOP + SIDE * digit) for digit in range(10) for column in range(COLUMNS)]


def draw_sheet():
    """The sheet as a matplotlib figure of A4 size."""
    figure = Figure(figsize=[side / 25.4 for side in PAPER], facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, PAPER[0]), ylim=(PAPER[1], 0))
    axes.axis("off")
    right, bottom = LEFT + SIDE * COLUMNS, TOP + SIDE * 10
    along = [(x, y) for y in range(TOP, bottom + 1, SIDE) for x in range(LEFT, right + 1, DOT_DISTANCE)]
    down = [(x, y) for x in range(LEFT, right + 1, SIDE) for y in range(TOP, bottom + 1, DOT_DISTANCE)]
    axes.plot(*zip(*along, *down, strict=True), "o", color="black", markersize=DOT * 72 / 25.4, markeredgewidth=0)
    axes.text(LEFT, 22, "My digits", fontsize=18, weight="bold", va="center")
    for number, line in enumerate(INSTRUCTIONS):
        axes.text(LEFT, 35 + 8 * number, line, fontsize=10, va="center")
    for digit, name in enumerate(NAMES):
        axes.text(LEFT - 4, TOP + SIDE * (digit + 0.5), name, fontsize=9, ha="right", va="center")
    return figure


if __name__ == "__main__":
    target = Path(__file__).with_name("digit_sheet.pdf")
    draw_sheet().savefig(target, metadata={"CreationDate": None})
    print(target)
