"""Why a digit was read as what it was: the occlusion map, and the nearest training digits."""

from collections.abc import Sequence

import numpy as np

from digitkit.colours import NEGATIVE, POSITIVE
from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.parts import note, pixels
from digitkit.words import percent

LEAST_LOSS = 0.02  # of the probability: what costs less when it is covered is no reason


def why_words(image: np.ndarray, label: int, before: float, kept: np.ndarray) -> str:
    """The occlusion map in a sentence.

    image: (28, 28) uint8. label: what was read. before: its probability, 0 to 1. kept: (28, 28), the same when covered there.

    >>> why_words(np.eye(28, dtype=np.uint8), 7, 0.98, np.full((28, 28), 0.97))
    'Whichever 5×5 pixels are covered, it stays at least 97.0 % for 7: no single part decides.'
    """
    row, column = np.unravel_index(kept.argmin(), kept.shape)
    least = kept[row, column]
    if before - least < LEAST_LOSS:
        return f"Whichever 5×5 pixels are covered, it stays at least {percent(least)} for {label}: no single part decides."
    place = ("at the top", "in the middle", "at the bottom")[_third(row, image.any(axis=1))]
    place += (" left", "", " right")[_third(column, image.any(axis=0))]
    return (
        f"The part {place} counts most: with 5×5 pixels covered there, {label} falls from {percent(before)} to {percent(least)}."
    )


def _third(place, inked):
    """In which third of the ink a row or column lies: 0, 1 or 2. inked: (28,) bool, which rows or columns hold ink."""
    first, last = np.flatnonzero(inked)[[0, -1]]
    return int(np.clip((place - first) * 3 // (last - first + 1), 0, 2))


def why(image: np.ndarray, label: int, before: float, kept: np.ndarray) -> Html:
    """The occlusion map over the digit, and what it says; see `why_words`."""
    loss = before - kept
    share = np.clip(loss / max(np.abs(loss).max(), 0.1), -1, 1)[..., np.newaxis]  # tiny losses stay dark
    digit = 0.4 * image[..., np.newaxis]
    colours = digit + 0.85 * np.abs(share) * (np.where(share > 0, POSITIVE, NEGATIVE) - digit)
    legend = (
        f"Red: needed for the {label}. Blue: {label} becomes likelier when this is covered. Black and grey: it makes little "
        "difference."
    )
    return joined(
        element("h4", f"Why {label}?"),
        pixels(colours, f"28 by 28 pixels, coloured by what covering them does to the {label}"),
        element("div", element("p", why_words(image, label, before, kept)), note(legend)),
    )


def nearest_words(label: int, labels: Sequence[int]) -> str:
    """The nearest examples in a sentence. label: what was read. labels: (3,).

    >>> nearest_words(7, [7, 7, 2])
    'The three training digits that look most alike to the network are a 7, a 7 and a 2: 2 of 3 say 7.'
    """
    first, second, third = labels
    return (
        f"The three training digits that look most alike to the network are a {first}, a {second} and a {third}: "
        f"{sum(int(other) == label for other in labels)} of 3 say {label}."
    )


def nearest(label: int, images: np.ndarray, labels: Sequence[int], distances: Sequence[float]) -> Html:
    """The nearest training examples. images: (3, 28, 28) uint8. labels, distances: (3,)."""
    items = [
        element(
            "li",
            pixels(image, f"a {other} from the training digits"),
            element("b", other),
            element("span", f"distance {distance:.1f}"),
        )
        for image, other, distance in zip(images, labels, distances, strict=True)
    ]
    words = element("div", element("p", nearest_words(label, labels)))
    return joined(element("h4", "Nearest training digits"), element("ol", *items), words)
