"""Digits as pictures, as numbers, and beside a network's probabilities."""

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.patches import Rectangle

from digitkit.colours import BLUE, GREY, ORANGE
from digitkit.errors import InputError
from digitkit.plotting.figure import Drawing, check_count, draw_numbers, draw_sheet, ink, plain, written
from digitkit.words import by, counted, rounded_percent


def show_digits(images: np.ndarray, titles: Sequence | None = None, columns: int = 10, highlight: Iterable = ()) -> Drawing:
    """A sheet of digits. images: (n, 28, 28), 0 to 255 or 0 to 1. titles: n texts or labels.

    highlight: indices whose title is orange.

    >>> show_digits(np.zeros((20, 28, 28)), columns=10)
    Figure: 20 digits in 2 rows.
    """
    check_count(images, "digit")
    if np.ndim(images[0]) == 1:
        raise InputError("This is one digit, and a list of digits is needed: put it into square brackets.")
    rows = -(-len(images) // columns)
    count = f"{counted(len(images), 'digit')} in {counted(rows, 'row')}."
    figure = Drawing(count, 0.8 * columns, (0.8 if titles is None else 1.05) * rows)
    size = 11 if titles is None or max(len(str(title)) for title in titles) <= 6 else 9  # points: long titles must not touch
    colours = ink(*images)
    grid, _ = draw_sheet(figure, images, columns, lambda image: colours, titles, size)
    for index in highlight:
        grid.flat[index].title.set_color(ORANGE)
    return figure


def show_digit(image: np.ndarray, label: int) -> Drawing:
    """One digit, a little larger, with its label. image: (28, 28), 0 to 255 or 0 to 1.

    >>> show_digit(np.zeros((28, 28)), 4)
    Figure: A digit with the label 4.
    """
    figure = Drawing(f"A digit with the label {label}.", 2, 2.2)
    axes = figure.subplots()
    axes.imshow(image, **ink(image))
    axes.set_title(f"label {label}", fontsize=11)
    axes.axis("off")
    return figure


def show_digit_and_bars(image: np.ndarray, probabilities: np.ndarray) -> Drawing:
    """One digit beside its ten probabilities. image: (28, 28), 0 to 255 or 0 to 1; probabilities: (10,).

    >>> show_digit_and_bars(np.zeros((28, 28)), np.eye(10)[7])
    Figure: A digit, and ten bars: 7 is the longest with 100 %.
    """
    best = int(np.argmax(probabilities))
    figure = Drawing(f"A digit, and ten bars: {best} is the longest with {rounded_percent(probabilities[best], 0)}.", 7, 2.6)
    left, right = figure.subplots(1, 2, width_ratios=[1, 2])
    left.imshow(image, **ink(image))
    left.axis("off")
    bars = right.bar(range(10), probabilities, color=[BLUE if label == best else GREY for label in range(10)])
    right.bar_label(bars, [f"{share:.0%}" if share >= 0.005 else "" for share in probabilities], fontsize=9)
    right.set(xticks=range(10), ylim=(0, 1.12), xlabel="digit", ylabel="probability")
    plain(right)
    return figure


def show_numbers(maps: list, titles: Sequence | None = None, frame: tuple | None = None) -> Drawing:
    """Small pictures side by side, each with its numbers written into its pixels. maps: list of (h, w).

    A map with numbers below zero runs from blue through white (zero) to red, any other from black (zero) to white.
    frame: (row, column, size) draws an orange square on the first map.

    >>> show_numbers([np.zeros((4, 4)), np.eye(3)], titles=["picture", "kernel"], frame=(0, 1, 3))
    Figure: Numbers as pictures: picture 4×4, kernel 3×3.
    """
    check_count(maps, "picture")
    large = next((by(np.shape(numbers)) for numbers in maps if np.size(numbers) > 28 * 28), None)
    if large:
        raise InputError(f"A picture of {large} numbers is too large to write them into it: take one of at most 28×28.")
    titles = titles or [""] * len(maps)
    sizes = [f"{title} {by(numbers.shape)}".strip() for title, numbers in zip(titles, maps, strict=True)]
    widths = [numbers.shape[1] for numbers in maps]
    columns = sum(widths) + len(maps)
    pixel = min(0.45, 8 / columns)  # inches
    height = pixel * max(numbers.shape[0] for numbers in maps) + 0.5
    figure = Drawing(f"Numbers as pictures: {', '.join(sizes)}.", pixel * columns, height)
    row_of_axes = figure.subplots(1, len(maps), squeeze=False, width_ratios=widths)[0]
    longest = max(len(written(number)) for numbers in maps for number in numbers.flat)
    for axes, title, numbers in zip(row_of_axes, titles, maps, strict=True):
        draw_numbers(axes, numbers, fontsize=pixel * min(27, 95 / longest), signed=numbers.min() < 0)
        axes.set_title(title, fontsize=10)
    if frame:
        row, column, size = frame
        square = Rectangle((column - 0.5, row - 0.5), size, size, fill=False, edgecolor=ORANGE, linewidth=4, clip_on=False)
        figure.axes[0].add_patch(square)
    return figure
