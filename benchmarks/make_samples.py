"""Make the pictures in data/samples from MNIST test digits: python benchmarks/make_samples.py

Every picture comes from one seed, so the same command reproduces the same pictures.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from digitkit.data import data_dir, load_mnist
from digitkit.handwriting.pretend_photo import fill_in, printed
from digitkit.handwriting.sheet_layout import boxes
from digitkit.simulate import Desk, draw_rules, on_a_desk, photograph, several_digits, sheet_on_a_desk, write_digits

SHEET = (800, 600)
CENTRED = (190, 90, 420)  # x, y and height of one large digit's frame on that sheet


def main():
    rng = np.random.default_rng(3)
    test = load_mnist().test

    def pick(text):
        """For each digit the most typical of six chosen at random: the one nearest to the mean of its class."""
        chosen = []
        for digit in text:
            of_class = test.images[test.labels == int(digit)].astype(np.float32)
            six = of_class[rng.choice(len(of_class), 6, replace=False)]
            nearest = np.square(six - of_class.mean(axis=0)).sum(axis=(1, 2)).argmin()
            chosen.append(six[nearest].astype(np.uint8))
        return np.stack(chosen)

    def one(digit, place=CENTRED):
        return write_digits(pick(digit), [place], SHEET)

    def row(text, y, height, step, left=40):
        places = [(left + step * i + int(rng.integers(-8, 9)), y + int(rng.integers(-14, 15)), height) for i in range(len(text))]
        return write_digits(pick(text), places, SHEET)

    column = write_digits(pick("352"), [(300, 15, 190), (315, 205, 190), (295, 395, 190)], SHEET)
    chalk = {"pen": (225, 225, 218), "paper": (52, 62, 56)}
    pictures = {
        "pen_7.jpg": photograph(one("7"), rng),
        "pencil_3.jpg": photograph(one("3"), rng, pen=(150, 148, 146), light=0.8, blur=1.6),
        "shadow_5.jpg": photograph(one("5"), rng, light=0.5, shadow=0.55),
        "ruled_2.jpg": photograph(one("2"), rng, rules=draw_rules(SHEET, 90)),
        "squared_8.jpg": photograph(one("8"), rng, rules=draw_rules(SHEET, 60, squares=True), light=0.6),
        "marker_4.jpg": photograph(one("4", (110, 10, 580)), rng, pen=(180, 30, 40)),
        "small_6.jpg": photograph(one("6", (520, 330, 110)), rng, light=0.8),
        "chalk_9.jpg": photograph(one("9"), rng, **chalk),
        "row_2026.jpg": photograph(row("2026", 200, 200, 180), rng),
        "two_rows.jpg": photograph(np.maximum(row("31415", 60, 170, 145), row("92653", 330, 170, 145)), rng, shadow=0.4),
        "column_352.jpg": photograph(column, rng, pen=(35, 60, 150)),
        "blank.jpg": photograph(np.zeros(SHEET[::-1], np.float32), rng, light=0.8),
        "drawing_0.png": _drawing(one("0"), 0, 255),
        "screen_5.png": _drawing(one("5"), 255, 0),
        "tiny_1.png": pick("1")[0],
    }
    folder = data_dir() / "samples"
    folder.mkdir(exist_ok=True)
    for name, pixels in pictures.items():
        _save(Image.fromarray(pixels), folder / name)
    _save(Image.fromarray(photograph(one("4"), rng)).transpose(Image.Transpose.ROTATE_90), folder / "sideways_4.jpg", turned=True)
    oak, own = Desk((150, 104, 62), "wood", 8), np.random.default_rng(20)
    desk = sheet_on_a_desk(several_digits(pick("427"), own), oak, own, longest=800)
    _save(Image.fromarray(desk), folder / "desk_427.jpg")
    _save(Image.fromarray(_class_sheet(test, oak)), folder / "class_sheet.jpg")


def _class_sheet(test, desk):
    """Sheet seven, filled in: one box is empty, one is crossed out, and a number stands in the last row."""
    own = np.random.default_rng(47)
    written = {box: test.images[own.choice(np.flatnonzero(test.labels == box[0]))] for box in boxes() if box != (6, 2)}
    number = [test.images[own.choice(np.flatnonzero(test.labels == digit))] for digit in (2, 0, 2, 6)]
    sheet = fill_in(printed(7), written, own, crossed_out=[(4, 5)], own_number=number)
    return on_a_desk(sheet, desk, own, (1600, 1200), largest_turn=12)


def _drawing(ink, ink_grey, paper_grey):
    return np.rint(paper_grey + ink * (ink_grey - paper_grey)).astype(np.uint8)


def _save(image, path: Path, turned=False):
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6  # "turn me by 90° clockwise", as written by a phone held sideways
    content = io.BytesIO()
    image.save(content, "JPEG" if path.suffix == ".jpg" else "PNG", quality=82, optimize=True, exif=exif)
    path.write_bytes(content.getvalue())
    print(f"{path.name:16} {len(content.getvalue()) / 1000:6.1f} kB")


if __name__ == "__main__":
    main()
