"""How many pictures are read right, and can the confidence be trusted?

    python benchmarks/real_pictures.py                       on pictures rendered from the MNIST test digits
    python benchmarks/real_pictures.py --desks report        on photos of a sheet on a desk, rendered as well
    python benchmarks/real_pictures.py FOLDER [--sheet wrong.png]   on a folder of pictures with a labels.csv

labels.csv has the columns file, label (digits in reading order, or "none") and kind; others are ignored. The same network
is also given each picture in two simpler ways: squashed to 28×28 and inverted, as most demos do it, and prepared by a
recipe of 20 lines. Shares are printed with their 95 % interval (Wilson, 1927).
"""

import argparse
import csv
from pathlib import Path

import cv2
import desks as benchmark_desks
import numpy as np

from digitkit.colours import as_bytes
from digitkit.data import hold_out, load_mnist
from digitkit.metrics import confidence_interval
from digitkit.network import load_network
from digitkit.preprocessing import open_picture, thumbnail
from digitkit.reading import read
from digitkit.simulate import SMALLEST_FRAME, no_digit, one_digit, random_picture, several_digits, sheet_on_a_desk

# ── Pictures and their answers: each a dict with name, kind, label ("" if there is nothing to read) and picture ─────────


def from_folder(folder):
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            label = row["label"] if row["label"].isdigit() else ""
            yield {"name": row["file"], "kind": row["kind"], "label": label, "picture": folder / row["file"]}


def rendered(count, seed=11):
    """`count` single digits, a tenth as many pictures of several, a tenth as many without any. All from the test digits."""
    test, rng = load_mnist().test, np.random.default_rng(seed)
    for index in rng.choice(len(test), count, replace=count > len(test)):
        picture = random_picture(one_digit(test.images[index], rng), rng)
        yield {"name": f"test digit {index}", "kind": "one digit", "label": str(test.labels[index]), "picture": picture}
    for number in range(count // 10):
        chosen = rng.integers(0, len(test), int(rng.integers(2, 8)))
        text = "".join(str(test.labels[index]) for index in chosen)
        picture = random_picture(several_digits(test.images[chosen], rng), rng, smallest=2 * SMALLEST_FRAME * len(chosen))
        yield {"name": f"several {number}", "kind": "several digits", "label": text, "picture": picture}
    for number in range(count // 10):
        picture = random_picture(no_digit(rng), rng)
        yield {"name": f"no digit {number}", "kind": "no digit", "label": "", "picture": picture}


def on_desks(which, count, seed=12):
    """`count` photos of a sheet with one to ten digits on a desk: of validation digits to tune on, of test digits to report."""
    mnist, rng = load_mnist(), np.random.default_rng(seed)
    digits = mnist.test if which == "report" else hold_out(mnist.train)[1]
    desks = getattr(benchmark_desks, which.upper())
    for number in range(count):
        name = list(desks)[number % len(desks)]
        chosen = rng.integers(0, len(digits), int(rng.integers(1, 11)))
        images = digits.images[chosen]
        written = one_digit(images[0], rng) if len(images) == 1 else several_digits(images, rng)
        text = "".join(str(digits.labels[index]) for index in chosen)
        longest = int(rng.choice([800, 1200, 1800]))
        picture = sheet_on_a_desk(written, desks[name], rng, longest)
        yield {"name": f"{name} {number}", "kind": name, "label": text, "picture": picture}


# ── Two simpler readers with the same network ───────────────────────────────────────────────────────────────────────


def squash(picture, network):
    """What most demos do: squash to 28×28, invert."""
    grey, _ = open_picture(picture)
    small = cv2.resize(grey, (28, 28), interpolation=cv2.INTER_AREA)
    return str(network.probabilities(255 - small[np.newaxis])[0].argmax())


def recipe(picture, network):
    """Polarity from the border, background removed, Otsu, 20-pixel box, centre of mass."""
    grey, _ = open_picture(picture)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = grey if np.median(border) < 127 else 255 - grey
    small = cv2.resize(ink, (200, 200), interpolation=cv2.INTER_AREA)
    ink = cv2.subtract(ink, cv2.resize(cv2.medianBlur(small, 101), ink.shape[::-1]))
    level, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    rows, columns = np.nonzero(ink > level)
    if not len(rows):
        return ""
    digit = np.where(ink > level, ink, 0)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    factor = 20 / max(digit.shape)
    digit = cv2.resize(digit, [max(round(side * factor), 1) for side in digit.shape[::-1]], interpolation=cv2.INTER_AREA)
    digit = cv2.normalize(digit, None, 0, 255, cv2.NORM_MINMAX)
    y, x = (round(14 - float(n)) for n in (np.argwhere(digit >= 0) * digit.reshape(-1, 1)).sum(axis=0) / digit.sum())
    y, x = min(max(y, 0), 28 - digit.shape[0]), min(max(x, 0), 28 - digit.shape[1])
    image = np.zeros((28, 28), np.uint8)
    image[y : y + digit.shape[0], x : x + digit.shape[1]] = digit
    return str(network.probabilities(image[np.newaxis])[0].argmax())


# ── Measures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def share(right):
    """A share with its 95 % interval (Wilson, 1927), as text."""
    low, high = confidence_interval(int(np.sum(right)), len(right))
    return f"{np.sum(right):5} of {len(right):5} = {np.mean(right):7.2%}  ({low:.1%} to {high:.1%})"


def calibration_error(confidence, right, bins=15):
    """Mean distance between confidence and accuracy in bins of equal size (Naeini et al., 2015)."""
    order = np.argsort(confidence)
    return sum(
        abs(confidence[part].mean() - right[part].mean()) * len(part) for part in np.array_split(order, bins) if len(part)
    ) / len(order)


def measure(pictures, sheet=None):
    network = load_network()
    results = []
    for entry in pictures:
        reading = read(entry["picture"], network)
        one = len(entry["label"]) == 1
        results.append(
            entry
            | {
                "text": reading.text,
                "confidence": [digit.confidence for digit in reading.digits],
                "digit": reading.digits[0].image if reading.digits else None,
                "squash": squash(entry["picture"], network) if one else None,
                "recipe": recipe(entry["picture"], network) if one else None,
            }
        )
        if not isinstance(entry["picture"], Path):
            results[-1]["picture"] = entry["picture"] if reading.text != entry["label"] else None
    report(results)
    if sheet:
        contact_sheet([r for r in results if r["text"] != r["label"]], sheet)


def report(results):
    groups = {
        "single digits": [r for r in results if len(r["label"]) == 1],
        "several digits": [r for r in results if len(r["label"]) > 1],
        "no digit": [r for r in results if not r["label"]],
    }
    for name, group in groups.items():
        if group:
            print(f"{name:36} {share([r['text'] == r['label'] for r in group])}")
    singles = groups["single digits"]
    if singles:
        print(f"{'  of them refused':36} {share([not r['text'] for r in singles])}")
        for name, key in [("  squashed and inverted", "squash"), ("  recipe of 20 lines", "recipe")]:
            print(f"{name:36} {share([r[key] == r['label'] for r in singles])}")
    for kind in sorted({r["kind"] for r in results}):
        print(f"{'  ' + kind:36} {share([r['text'] == r['label'] for r in results if r['kind'] == kind])}")
    if singles:
        report_calibration(singles)
    print(f"{'all, whole string':36} {share([r['text'] == r['label'] for r in results])}")
    wrong = [r for r in results if r["text"] != r["label"]]
    print(f"\n{len(wrong)} misread:" if len(wrong) <= 60 else f"\n{len(wrong)} misread, the first 60:")
    for r in wrong[:60]:
        sure = " ".join(f"{c:.0%}" for c in r["confidence"])
        print(f"  {r['name']}: {r['label'] or 'nothing'} read as {r['text'] or 'nothing'}  {sure}")


def report_calibration(singles):
    read_as_one = [r for r in singles if len(r["confidence"]) == 1]
    confidence = np.array([r["confidence"][0] for r in read_as_one])
    right = np.array([r["text"] == r["label"] for r in read_as_one])
    print(f"\n{len(right)} single digits with a confidence (95 % intervals, from 1,000 bootstrap samples):")
    interval = bootstrap_interval(calibration_error, confidence, right, ".2%")
    print(f"  calibration error  {calibration_error(confidence, right):.2%}  {interval}")
    print(f"  Brier score        {brier(confidence, right):.4f}  {bootstrap_interval(brier, confidence, right, '.4f')}")
    print(f"  wrong answers shown above 90 %: {(~right & (confidence > 0.9)).sum()}")
    order = np.argsort(-confidence)
    for cover in (1.0, 0.98, 0.95, 0.9, 0.8):
        print(f"  answering the most confident {cover:4.0%}: wrong {share(~right[order[: int(cover * len(order))]])}")


def brier(confidence, right):
    """Mean squared distance between confidence and outcome (Brier, 1950)."""
    return np.mean((confidence - right) ** 2)


def bootstrap_interval(measure, confidence, right, form):
    """The 95 % interval of a measure by the bootstrap (Efron, 1979), as text."""
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(right), len(right)) for _ in range(1000)]
    low, high = np.percentile([measure(confidence[draw], right[draw]) for draw in draws], [2.5, 97.5])
    return f"({low:{form}} to {high:{form}})"


def contact_sheet(wrong, path):
    """A PNG of what was misread: each picture, what the network saw of it, label → answer."""
    cell, columns = 150, 6
    sheet = np.full(((-(-len(wrong) // columns) or 1) * (cell + 20), 2 * cell * columns, 3), 90, np.uint8)
    for index, r in enumerate(wrong):
        top, left = (index // columns) * (cell + 20), (index % columns) * 2 * cell
        images = [thumbnail(r["picture"], cell)] + ([as_bytes(r["digit"])] if r["digit"] is not None else [])
        for number, image in enumerate(images):
            image = np.dstack([image] * 3) if image.ndim == 2 else image
            factor = cell / max(image.shape)
            image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)[:cell, :cell]
            sheet[top : top + image.shape[0], left + number * cell : left + number * cell + image.shape[1]] = image
        text = f"{r['label'] or 'none'} -> {r['text'] or 'none'}"
        cv2.putText(sheet, text, (left, top + cell + 15), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 0), 1)
    cv2.imwrite(str(path), sheet[:, :, ::-1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder with a labels.csv; without it, rendered pictures")
    parser.add_argument("--desks", choices=["tune", "report"], help="photos of a sheet on a desk, from one of the two lists")
    parser.add_argument("--count", type=int, help="how many single digits to render (default: 5000; 500 with --desks)")
    parser.add_argument("--sheet", type=Path, help="where to write a contact sheet of what was misread (PNG)")
    options = parser.parse_args()
    if options.folder:
        pictures = from_folder(options.folder)
    elif options.desks:
        pictures = on_desks(options.desks, options.count or 500)
    else:
        pictures = rendered(options.count or 5000)
    measure(pictures, options.sheet)
