"""Are photos of class sheets read rightly?

    python benchmarks/sheets.py                     on the report list of desks, with MNIST test digits
    python benchmarks/sheets.py --desks tune        on the list to tune on, with validation digits
    python benchmarks/sheets.py --wrong wrong       the photos that were not read rightly, into a folder

Sheets are the pages of the PDF that `python -m digitkit sheet` writes, filled in by code and photographed by code: on a desk,
turned by any angle, tilted by up to 25°, with shadows, fingers, blur, 2 to 12 megapixels, JPEG quality 70 to 95.
Shares are printed with their 95 % interval (Wilson, 1927). A printer, a phone and a class are not in it.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import cv2
import desks as benchmark_desks
import numpy as np
import pypdfium2
from real_pictures import share

from digitkit.data import Digits, hold_out, load_mnist
from digitkit.handwriting import print_sheets, read_sheets
from digitkit.handwriting.pretend_photo import SHARP, fill_in
from digitkit.handwriting.sheet_layout import boxes
from digitkit.preprocessing import like_mnist
from digitkit.simulate import (
    any_writer,
    change_stroke_width,
    on_a_desk,
    pretend_class,
    several_digits,
    sheet_on_a_desk,
    write_digits,
)

BOXES = list(boxes())


class Photographer:
    """Fills in sheets and takes photos of them. which: the list of desks, and with it the digits, "tune" or "report"."""

    def __init__(self, which, seed):
        mnist = load_mnist()
        self.digits = mnist.test if which == "report" else hold_out(mnist.train)[1]
        self.desks = list(getattr(benchmark_desks, which.upper()).values())
        self.rng = np.random.default_rng(seed)
        self.pages = {paper: _pages(paper) for paper in ("a4", "letter")}
        labels = np.arange(2000) % 10
        drawn = [like_mnist(any_writer(self.rng).draw(label, self.rng)) for label in labels.tolist()]
        self.drawn = Digits(np.stack(drawn), labels)
        # A pretend pupil's pen may be thinner than anything that a camera sees on paper.
        self.hands = [
            Digits(np.stack([change_stroke_width(image, 0.4) for image in its.images]), its.labels)
            for its in pretend_class(pupils=30, each=8, seed=seed).values()
        ]

    def page(self, number):
        paper = "a4" if self.rng.uniform() < 0.7 else "letter"
        page = self.pages[paper][number - 1]
        return 1 - page.render(scale=SHARP * 25.4 / 72, grayscale=True).to_numpy().astype(np.float32) / 255

    def filled(self, number):
        """A filled sheet, flat, and what is on it: {box: (content, image)}."""
        rng = self.rng
        empty = rng.choice(80, rng.integers(0, 9), replace=False)
        crossed = np.setdiff1d(rng.choice(80, rng.integers(0, 6), replace=False), empty)
        hand = {"MNIST": self.digits, "drawn": self.drawn, "hands": self.hands[number % len(self.hands)]}[source(number)]
        written = {}
        for index, box in enumerate(BOXES):
            image = hand.images[rng.choice(np.flatnonzero(hand.labels == box[0]))]
            written[box] = ("empty" if index in empty else "crossed out" if index in crossed else "digit", image)
        images = {box: image for box, (content, image) in written.items() if content != "empty"}
        own = self.digits.images[rng.integers(0, len(self.digits), rng.integers(0, 9))]
        return fill_in(self.page(number), images, rng, [BOXES[index] for index in crossed], own), written

    def photo(self, sheet, megapixels=None):
        """The sheet on the next desk, as JPEG."""
        rng = self.rng
        self.desks.append(self.desks.pop(0))
        longest = int(np.sqrt((megapixels or rng.uniform(2, 12)) * 1e6 / 0.75))
        size = (longest, int(0.75 * longest)) if rng.uniform() < 0.5 else (int(0.75 * longest), longest)
        quality = int(rng.integers(70, 96))
        return _jpeg(on_a_desk(sheet, self.desks[0], rng, size, largest_turn=180, quality=quality), quality)


def source(number):
    """Where the digits of a sheet are from: MNIST, code that draws them in rarer forms, or one pretend pupil."""
    return ["MNIST", "drawn", "hands"][number % 3]


def _pages(paper):
    with tempfile.TemporaryDirectory() as folder:
        print_sheets(Path(folder) / "sheets.pdf", 40, paper)
        return pypdfium2.PdfDocument((Path(folder) / "sheets.pdf").read_bytes())


def _jpeg(picture, quality):
    return cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def is_assigned(box, image):
    """Whether what was found in a box is what was written there: their pictures, slightly blurred, correlate."""
    wanted = like_mnist(write_digits([image], [(0, 0, 196)], (196, 196)) > 0.5)
    found, wanted = (cv2.GaussianBlur(one.astype(np.float32), (0, 0), 1.5).ravel() for one in (box.digit.image, wanted))
    return np.corrcoef(found, wanted)[0, 1] > 0.5


def whole(photographer, count, keep):
    """Photos in which all four corners show."""
    found, assigned, contents, hidden = [], [], [], 0
    digits: dict = {"MNIST": [], "drawn": [], "hands": []}
    for index in range(count):
        number = index % 40 + 1
        sheet, written = photographer.filled(number)
        photo = photographer.photo(sheet)
        sheets, problems = read_sheets(photo)
        good = [one.number for one in sheets] == [number]
        found.append(good)
        by_box = {(box.label, box.column): box for box in sheets[0].boxes} if good else {}
        right = good
        for box, (content, image) in written.items():
            seen = by_box.get(box)
            if seen and seen.content == "hidden":  # by a finger: what is in it, nobody can say
                hidden += 1
                continue
            contents.append((content, bool(seen and seen.content == content)))
            if content == "digit":
                digits[source(number)].append(bool(seen and seen.is_right))
                right = right and bool(seen and seen.digit and is_assigned(seen, image))
        assigned.append(right)
        if not right:
            keep(f"whole {index} sheet {number}", photo, problems)
    print_share("sheet found, number right", found)
    print_share("  and all boxes rightly assigned", assigned)
    for content in ("empty", "crossed out", "digit"):
        print_share(f"boxes: {content}, named as such", [right for kind, right in contents if kind == content])
    print(f"boxes called hidden, by fingers, and counted nowhere: {hidden} of {80 * count}")
    for name, right in digits.items():
        print_share(f"boxes: digit read right, {name}", right)


def difficult(photographer, count, keep):
    """A corner missing, two sheets, the back side, another paper: refused with the right reason, or read rightly."""
    kinds = {"one corner missing": _one_corner, "two corners missing": _two_corners, "two sheets": _two_sheets}
    kinds |= {"back side": _back_side, "another paper": _other_paper}
    everything = []
    for name, kind in kinds.items():
        right = []
        for index in range(count // len(kinds)):
            photo, is_right = kind(photographer)
            sheets, problems = read_sheets(photo)
            good = is_right(sheets, problems)
            right.append(good)
            if not good:
                keep(f"{name} {index}", photo, [*problems, *[f"sheet {one.number} was read" for one in sheets]])
        print_share(f"  {name}", right)
        everything += right
    print_share("difficult photos: right, or rightly refused", everything)


def _covered(photographer, corners):
    """A photo in which some corners of the sheet are hidden by a dark paper; who reads must see the other boxes rightly."""
    number = int(photographer.rng.integers(1, 41))
    sheet, written = photographer.filled(number)
    height, width = sheet.shape[:2]
    for corner in corners:
        x, y = (0 if corner in {0, 3} else width - 1), (0 if corner in {0, 1} else height - 1)
        reach = int(photographer.rng.uniform(0.12, 0.16) * height)
        cv2.circle(sheet, (x, y), reach, (60, 60, 60), -1)
    return photographer.photo(sheet), number, written


def _one_corner(photographer):
    photo, number, written = _covered(photographer, [int(photographer.rng.integers(4))])
    return photo, lambda sheets, problems: [one.number for one in sheets] == [number] and _mostly_right(sheets[0], written)


def _two_corners(photographer):
    corners = photographer.rng.choice(4, 2, replace=False).tolist()
    photo, number, _ = _covered(photographer, corners)
    return photo, lambda sheets, problems: not sheets and len(problems) == 1 and f"Two corners of sheet {number}" in problems[0]


def _mostly_right(sheet, written):
    """Whether every box that was taken for a digit holds the one that was written there, but for those that are covered."""
    filled = [(box, written[box.label, box.column]) for box in sheet.boxes if box.content == "digit"]
    return sum(is_assigned(box, image) for box, (_, image) in filled) >= len(filled) - 4 and len(filled) > 50


def _two_sheets(photographer):
    rng = photographer.rng
    numbers = rng.choice(np.arange(1, 41), 2, replace=False).tolist()
    (first, one), (second, other) = (photographer.filled(number) for number in numbers)
    height, width = (max(sheet.shape[axis] for sheet in (first, second)) for axis in (0, 1))
    desk = np.full((height, 2 * width + 80, 3), 90, np.uint8)
    desk[: first.shape[0], : first.shape[1]] = first
    desk[: second.shape[0], width + 80 : width + 80 + second.shape[1]] = second
    photo = photographer.photo(desk, megapixels=rng.uniform(6, 12))
    wanted = dict(zip(numbers, (one, other), strict=True))
    return (
        photo,
        lambda sheets, problems: (
            {sheet.number for sheet in sheets} == set(numbers)
            and all(
                is_assigned(box, wanted[sheet.number][box.label, box.column][1])
                for sheet in sheets
                for box in sheet.boxes
                if box.digit
            )
        ),
    )


def _back_side(photographer):
    number = int(photographer.rng.integers(1, 41))
    sheet, _ = photographer.filled(number)
    paper = np.median(sheet, axis=(0, 1))
    back = paper + 0.06 * (sheet[:, ::-1].astype(np.float32) - paper)  # the ink shines through a little, mirrored
    return photographer.photo(np.clip(back, 0, 255).astype(np.uint8)), lambda sheets, problems: not sheets and not problems


def _other_paper(photographer):
    rng = photographer.rng
    images = photographer.digits.images[rng.integers(0, len(photographer.digits), rng.integers(1, 8))]
    photo = sheet_on_a_desk(several_digits(images, rng), photographer.desks[0], rng, longest=1600)
    photographer.desks.append(photographer.desks.pop(0))
    return _jpeg(photo, 88), lambda sheets, problems: not sheets and not problems


def seconds(photographer):
    """Times of photos of 12 megapixels, as files: one, the median of nine, and thirty, one after another."""
    photos = [photographer.photo(photographer.filled(number)[0], megapixels=12) for number in range(1, 31)]
    read_sheets(photos[0])
    times = []
    for photo in photos[:9]:
        start = time.perf_counter()
        read_sheets(photo)
        times.append(time.perf_counter() - start)
    start = time.perf_counter()
    for photo in photos:
        read_sheets(photo)
    print(f"one photo of 12 megapixels: {statistics.median(times):.2f} s; thirty: {time.perf_counter() - start:.1f} s")


def print_share(name, right):
    print(f"{name:46} {share(right)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--desks", choices=["tune", "report"], default="report")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--wrong", type=Path, help="a folder for the photos that were not read rightly")
    options = parser.parse_args()

    def keep(name, photo, problems):
        print(f"    not right: {name}: {' '.join(problems) or 'nothing said'}")
        if options.wrong:
            options.wrong.mkdir(exist_ok=True)
            (options.wrong / f"{name}.jpg").write_bytes(photo)

    photographer = Photographer(options.desks, options.seed)
    whole(photographer, options.count, keep)
    difficult(photographer, options.count, keep)
    seconds(photographer)


if __name__ == "__main__":
    main()
