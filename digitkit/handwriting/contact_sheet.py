"""What was cut out of class sheets, to be looked through: all boxes on one picture, and a table."""

from collections import Counter
from collections.abc import Iterable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitkit.colours import BLUE, GREY, ORANGE
from digitkit.handwriting import sheet_layout as layout
from digitkit.handwriting.sheet_reading import FilledSheet
from digitkit.preprocessing import make_digit
from digitkit.reading import Digit
from digitkit.words import counted

CELL = 44  # pixels: a digit of 28 with room for its frame, and for what it was read as
IN_A_ROW = 6  # sheets
LEGEND = {
    "digit": "as its row says",
    "wrong": "read as the small digit",
    "doubtful": "perhaps no digit",
    "empty": "empty",
    "crossed out": "crossed out",
    "hidden": "hidden, or not in the photo",
}


def contact_sheet(sheets: Iterable[FilledSheet]) -> Image.Image:
    """All boxes of some sheets in one picture, with a legend: what is doubtful, empty or crossed out is marked by its form, too.

    sheets: at least one. Returns a PIL image in RGB.

    >>> contact_sheet([FilledSheet(7, [], "", np.zeros((1, 1), np.uint8))]).size
    (720, 604)
    """
    sheets = list(sheets)
    columns = min(IN_A_ROW, len(sheets))
    wide, tall = (layout.COLUMNS + 1) * CELL, (layout.LABELS + 1) * CELL + 16
    rows = -(-len(sheets) // columns)
    picture = Image.new("RGB", (max(columns * wide + 12, 720), rows * tall + 2 * CELL + 16), "white")
    pen = ImageDraw.Draw(picture)
    for index, sheet in enumerate(sheets):
        row, column = divmod(index, columns)
        _draw_sheet(picture, pen, sheet, column * wide, row * tall + 8)
    _draw_legend(picture, pen, rows * tall + 16)
    return picture


def _draw_sheet(picture, pen, sheet, x, y):
    title = f"Sheet {sheet.number}: {counted(sheet.count('digit'), 'digit')}"
    pen.text((x + CELL, y), title, fill="black", font=ImageFont.load_default(14))
    for label in range(layout.LABELS):
        middle = (x + CELL - 10, y + CELL * (label + 1.2))
        pen.text(middle, str(label), fill="black", font=ImageFont.load_default(15), anchor="rm")
    for box in sheet.boxes:
        kind = "doubtful" if box.is_doubtful else "wrong" if box.is_wrong else box.content
        _draw_box(picture, pen, kind, box.digit, x + CELL * (box.column + 1), y + CELL * (box.label + 0.7))


def _draw_box(picture, pen, kind, digit, x, y):
    """One box, its top left corner at (x, y). kind: a name in the legend. digit: what was read in it, or None."""
    x, y = round(x), round(y)
    frame = (x + 1, y + 1, x + CELL - 2, y + CELL - 2)
    beside = {"font": ImageFont.load_default(15), "stroke_width": 3, "stroke_fill": "white"}
    if digit is not None:
        picture.paste(Image.fromarray(255 - digit.image), (x + 6, y + 6))
    match kind:
        case "wrong":
            pen.rectangle(frame, outline=ORANGE, width=2)
            pen.text((x + CELL - 5, y + CELL - 6), str(digit.label), fill=ORANGE, anchor="rs", **beside)
        case "doubtful":
            pen.ellipse(frame, outline=BLUE, width=2)
            pen.text((x + CELL - 5, y + CELL - 6), "?", fill=BLUE, anchor="rs", **beside)
        case "empty":
            pen.line((x + 16, y + CELL / 2, x + CELL - 16, y + CELL / 2), fill=GREY, width=2)
        case "crossed out":
            pen.line((x + 12, y + 12, x + CELL - 12, y + CELL - 12), fill=GREY, width=2)
            pen.line((x + CELL - 12, y + 12, x + 12, y + CELL - 12), fill=GREY, width=2)
        case "hidden":
            pen.rectangle((x + 8, y + 8, x + CELL - 9, y + CELL - 9), fill=GREY)


def _draw_legend(picture, pen, y):
    ink = np.zeros((40, 28), np.uint8)
    cv2.polylines(ink, [np.array([[2, 3], [25, 3], [8, 37]])], False, 1, 4)
    sample = Digit(1, 1.0, np.zeros(10), make_digit(ink > 0, (0, 0), 0, np.eye(3)))
    for index, (kind, meaning) in enumerate(LEGEND.items()):
        row, column = divmod(index, 3)
        _draw_box(
            picture, pen, kind, sample if kind in {"digit", "wrong", "doubtful"} else None, 12 + 236 * column, y + row * CELL
        )
        pen.text((18 + CELL + 236 * column, y + row * CELL + 14), meaning, fill="black", font=ImageFont.load_default(14))


def table(sheets: Iterable[FilledSheet]) -> str:
    """A table of sheets: what is in the boxes of each, what the network reads wrong, and the number of the pupil's own.

    Of the digits, those that are neither right nor doubtful (perhaps no digit) are read wrong. The last line is the sum.

    >>> print(table([FilledSheet(7, [], "42", np.zeros((1, 1), np.uint8))]))
    sheet  digits  right  doubtful  empty  crossed out  hidden  own number  read wrong
        7       0      0         0      0            0       0          42
      all       0      0         0      0            0       0
    """
    heads = ["sheet", "digits", "right", "doubtful", "empty", "crossed out", "hidden", "own number", "read wrong"]
    rows, sums = [heads], np.zeros(6, int)
    for sheet in sheets:
        wrong = Counter(f"{box.label} as {box.digit.label}" for box in sheet.boxes if box.is_wrong)
        read = ", ".join(f"{name} ({count} times)" if count > 1 else name for name, count in wrong.items())
        counts = [sheet.count("digit"), sum(box.is_right for box in sheet.boxes), sum(box.is_doubtful for box in sheet.boxes)]
        counts += [sheet.count(content) for content in ("empty", "crossed out", "hidden")]
        rows.append([*map(str, [sheet.number, *counts, sheet.own_number or "-"]), read])
        sums += counts
    rows.append(["all", *map(str, sums), "", ""])
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads) - 1)]
    lines = [
        "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in rows
    ]
    return "\n".join(lines)
