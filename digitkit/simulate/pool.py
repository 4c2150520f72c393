"""What the shipped network learns from: MNIST, digits of many hands, and marks that are no digits, made once on all cores."""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import cv2
import numpy as np

from digitkit.data import Digits
from digitkit.preprocessing import prepare
from digitkit.simulate.changes import distort
from digitkit.simulate.examples import as_prepared, drawn_digits, no_digits
from digitkit.simulate.photographs import random_picture
from digitkit.simulate.writing import no_digit, one_digit

PARTS = 20  # that are made on their own: the examples do not depend on how many cores there are


@dataclass(frozen=True)
class TrainingPool:
    """What each epoch is drawn from.

    mnist: Digits, n of them. prepared: (n, 28, 28) uint8, the same as they come out of preprocessing. others: Digits, m of other
    hands, found in pictures, and marks, whose label is 10; m is a multiple of 3.
    """

    mnist: Digits
    prepared: np.ndarray
    others: Digits

    @property
    def epoch_size(self) -> int:
        """How many images an epoch has."""
        return len(self.mnist) + len(self.others) // 3

    def epoch(self, number: int, rng: np.random.Generator, calm: bool = False) -> Digits:
        """Each MNIST digit in one of its two versions, and a third of the others, each time another; two thirds are distorted.

        calm: show more of MNIST's digits as they are, and distort only a third of them. A network that hardly sees an unchanged
        digit reads such digits worse.
        """
        unchanged = rng.uniform(size=(len(self.mnist), 1, 1)) < (0.6 if calm else 0.5)
        others = self.others[number % 3 :: 3]
        images = np.concatenate([np.where(unchanged, self.mnist.images, self.prepared), others.images])
        share = np.full(len(images), 2 / 3)
        if calm:
            share[: len(self.mnist)] = 1 / 3
        redrawn = rng.uniform(size=len(images)) < share
        images[redrawn] = distort(images[redrawn], rng)
        return Digits(images, np.concatenate([self.mnist.labels, others.labels]))


def training_pool(digits: Digits, seed: int) -> TrainingPool:
    """Make the examples from MNIST digits; takes three minutes for 55,000 on two cores. The same seed makes the same examples."""
    parts = np.array_split(np.arange(len(digits)), PARTS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes with threads each would wait for one another
    # New processes know nothing of the caller's: one that is copied while Keras runs in it can hang.
    with ProcessPoolExecutor(min(os.cpu_count() or 1, PARTS), get_context("spawn")) as workers:
        made = list(workers.map(_examples, [digits[part] for part in parts], [[seed, number] for number in range(PARTS)]))
    prepared, others, labels = (np.concatenate(arrays) for arrays in zip(*made, strict=True))
    return TrainingPool(digits, prepared, Digits(others, labels)[: len(others) // 3 * 3])


def _examples(digits, seed):
    """The examples from a part of the digits: (prepared, others, labels of the others)."""
    cv2.setNumThreads(1)
    rng, count = np.random.default_rng(seed), len(digits)
    redrawn = np.where(rng.uniform(size=(count, 1, 1)) < 0.5, digits.images, distort(digits.images, rng))
    prepared = np.stack([as_prepared(image, rng) for image in redrawn])
    drawn, drawn_labels = drawn_digits(2 * count, rng)
    some = rng.choice(count, count // 24, replace=False)
    rendered, which = found_in_pictures([one_digit(image, rng) for image in digits.images[some]], rng)
    marks = no_digits(count, rng, digits.images)
    rendered_marks, _ = found_in_pictures([no_digit(rng) for _ in range(count // 36)], rng)
    rendered, rendered_marks = (np.tile(images, (3, 1, 1)) for images in (rendered, rendered_marks))  # they take longest to make
    others = np.concatenate([drawn, marks, rendered, rendered_marks])
    none = [np.full(len(images), 10, np.uint8) for images in (marks, rendered_marks)]
    labels = np.concatenate([drawn_labels, none[0], np.tile(digits.labels[some][which], 3), none[1]])
    order = rng.permutation(len(others))
    return prepared, others[order], labels[order]


def found_in_pictures(inks: list, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Render each ink as a picture and find it again. Returns (images (m, 28, 28) uint8, which (m,): the ink of each).

    Pictures in which not exactly one mark is found are left out. The pictures are small: harder to read, and faster to render.
    """
    found = [prepare(random_picture(ink, rng, largest=400))[0] for ink in inks]
    which = np.flatnonzero([len(marks) == 1 for marks in found])
    return np.array([found[index][0].image for index in which], np.uint8).reshape(-1, 28, 28), which
