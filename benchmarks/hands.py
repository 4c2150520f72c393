"""How well are other hands read than MNIST's?

    python benchmarks/hands.py                       forms that are rare in MNIST, drawn by code, in shapes not trained on
    python benchmarks/hands.py FOLDER [--sheet wrong.png]   digits by other hands, from the .npz files of a folder

A file holds `images` (n, 176, 22) uint8, the ink as bits (`np.unpackbits(images, axis=2)`), `label` (n,) and, if it is known
who wrote what, `writer` (n,). Each digit is read as dark ink on white paper. Shares have their 95 % interval (Wilson, 1927).
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from real_pictures import contact_sheet, share

from digitkit.reading import read
from digitkit.simulate import any_writer

EACH = 400  # digits of a form
FEWEST = 20  # digits of a writer, to be ranked
FORMS = {  # {digit: {name: form}}, as in `simulate.penmanship`
    "0, slashed": {
        0: {
            "long": "5,0.2 2,1 0.4,4.6 1,8.6 4.6,10 8.4,8.4 9.4,4.6 8,1 5.4,0.2 | 7.6,-0.4 2.6,10.4",
            "flat": "5,0 0.6,4.8 5,10 9.4,5.2 5,0 | 9.6,1.6 0.4,8.6",
            "inside": "4,0.6 1.4,4 2,8.6 5.6,10 8.2,6.6 7.8,2 5,0.2 | 6.6,2.4 3.4,7.6",
        }
    },
    "1 with upstroke or flag": {
        1: {
            "bent": "0.6,6 5,1.4 6.2,0! 6.2,10",
            "slanted": "1.6,4 6.4,0! 5.4,10",
            "long": "0.4,8.4 6,0! 7,10",
            "with a foot": "2.2,3.4 3.6,2.6 5.8,0.2! 6,10 | 3,10 9,9.8",
        }
    },
    "9, curled": {
        9: {
            "wide": "7.6,1 4,0.2 2.2,2.4 3.6,4.6 6.8,3.8 8,0.8! 8.4,6 7,9.4 3.6,10 1.4,8.6",
            "deep": "8.2,2.2 6,0 2.4,1.2 2.4,4.2 5.6,5.2 8,3 8.2,1.4! 8,8 4.6,9.9 2.6,9.4",
        }
    },
    "7, barred, with a curved stem": {
        7: {
            "round": "1,0.8 3,0.2 8.6,0.4 6.4,4 5,7 4.6,10 | 2.4,4.6 8,5",
            "pointed": "0.4,0.4 9,0! 6.6,3 5,6.4 4.6,10 | 3,6 8.6,5.4",
            "with a serif": "0.6,2 1,0.6! 8.6,0.4! 6,4.4 5,10 | 2.8,5 8.2,4.4",
        }
    },
    "4, open or in one stroke": {
        4: {
            "high": "2.4,0 1.2,6! 9,5.4 | 7.2,1.6 7,10",
            "low": "3,0 1,6! 9,6.4 | 6.4,3.6 5.6,10",
            "round": "3.6,0 0.8,5.8 3,6.4 6.6,4.6 8.4,2! 6.4,10.2",
            "lightning": "4.4,0 1.2,6! 8,5.2! 5.2,10",
        }
    },
    "8 of two rings": {
        8: {
            "uneven": "5.6,0 3,1 3.2,3.6 5.4,4.4 7.4,2.8 6.8,0.6 5.2,0 | 5,4.8 2.2,5.8 1.6,8.4 4.4,10 7.6,9.2 8.2,6.4 5.6,4.8",
            "even": "5,0 3,2.2 5,4.4 7,2.2 5,0 | 5,5 2,7.4 5,10 8,7.4 5,5",
        }
    },
}


def on_paper(ink):
    """Dark ink on white paper. ink: (h, w) bool."""
    return np.pad(np.where(ink, 0, 255).astype(np.uint8), 30, constant_values=255)


def measure(inks, labels):
    """What is read: (right (n,) bool, texts, sure and wrong (n,) bool, images of what the network saw)."""
    readings = [read(on_paper(ink)) for ink in inks]
    texts = [reading.text for reading in readings]
    right = np.array([text == str(label) for text, label in zip(texts, labels, strict=True)])
    sure = np.array([max((digit.confidence for digit in reading.digits), default=0) > 0.9 for reading in readings])
    return right, texts, sure & ~right, [reading.digits[0].image if reading.digits else None for reading in readings]


def report(name, right, texts, wrong_and_sure):
    print(f"{name:34} {share(right)}   refused {np.mean([not text for text in texts]):.1%}, ", end="")
    print(f"wrong above 90 %: {wrong_and_sure.mean():.2%}")


def by_form():
    rng = np.random.default_rng(16)
    for name, forms in FORMS.items():
        [digit] = forms
        right, texts, sure, _ = measure([any_writer(rng, forms).draw(digit, rng) for _ in range(EACH)], [digit] * EACH)
        report(name, right, texts, sure)
        print(
            "    read as", Counter(text or "nothing" for text, good in zip(texts, right, strict=True) if not good).most_common(5)
        )


def by_hand(folder, sheet):
    missed = []
    for path in sorted(folder.glob("*.npz")):
        stored = np.load(path)
        inks, labels = np.unpackbits(stored["images"], axis=2).astype(bool), stored["label"]
        right, texts, sure, seen = measure(inks, labels)
        report(path.stem, right, texts, sure)
        print("    by digit", " ".join(f"{digit}: {right[labels == digit].mean():.1%}" for digit in range(10)))
        mistakes = Counter(f"{labels[which]} as {texts[which] or 'nothing'}" for which in np.flatnonzero(~right))
        print("   ", ", ".join(f"{name} ({count})" for name, count in mistakes.most_common(12)))
        writers = stored.get("writer", np.zeros(0))
        shares = sorted(right[writers == one].mean() for one in set(writers) if (writers == one).sum() >= FEWEST)
        if len(shares) > 1:
            worst = shares[: max(1, len(shares) // 10)]
            print(f"    worst tenth of {len(shares)} writers with {FEWEST} digits or more: {np.mean(worst):.1%}")
        missed += [
            {"picture": on_paper(inks[which]), "digit": seen[which], "label": str(labels[which]), "text": texts[which]}
            for which in np.flatnonzero(~right)
        ]
    if sheet and missed:
        contact_sheet(missed, sheet)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path, help="a folder of .npz files")
    options.add_argument("--sheet", type=Path, help="write what is not read right as a PNG")
    chosen = options.parse_args()
    if chosen.folder:
        by_hand(chosen.folder, chosen.sheet)
    else:
        by_form()
