"""Pictures of the widgets as they open, for readers who see no widgets, as on GitHub. Arrays and words in, a figure out."""

import textwrap
from collections.abc import Sequence

import numpy as np

from digitkit.colours import SIGNED_WORDS, blue_white_red, greys
from digitkit.plotting.figure import Drawing, reach
from digitkit.plotting.still_parts import (
    EDGE,
    FAINT,
    SOFT,
    WIDTH,
    draw_box,
    draw_frame,
    open_page,
    place_bars,
    place_kernel,
    place_numbers,
    place_picture,
    place_slider,
    write,
)
from digitkit.plotting.training import draw_curves
from digitkit.words import by, counted

MEANINGS = f"{SIGNED_WORDS.capitalize()}; where nothing is below zero, black is zero and white the largest."


def still_of_panel(hint: str, words: tuple[str, str], title: str, names: Sequence) -> Drawing:
    """The panel: a sheet to draw on, a sentence with a remark, and a bar for each name, all empty.

    hint: what stands on the sheet. words: (sentence, remark). title: of the bars.

    >>> still_of_panel("Draw here", ("Show me a digit.", "Draw one."), "How likely", range(10))
    Figure: The panel as it opens: a sheet (“Draw here”), the sentence “Show me a digit.”, and 10 empty bars: How likely.
    """
    told = f"a sheet (“{hint}”), the sentence “{words[0]}”, and {counted(len(names), 'empty bar')}: {title}."
    figure, page = open_page(f"The panel as it opens: {told}", 390)
    draw_box(page, EDGE, EDGE, 300, 300)
    write(page, EDGE + 150, EDGE + 150, hint, colour=SOFT, ha="center", va="center")
    write(page, 350, 16, words[0], size=15, weight="bold")
    write(page, 350, 45, words[1], size=9, colour=SOFT)
    write(page, 350, 82, title, weight="bold")
    place_bars(page, 350, 106, names, None)
    return figure


def still_of_question(question: str, label: str, choices: Sequence[str] | None, empty: str = "") -> Drawing:
    """A question before the result. choices: texts to choose from; None for a field in which `empty` stands.

    >>> still_of_question("Which is larger?", "Your guess:", ["this", "that"])
    Figure: A question to answer before the result: Which is larger? Your guess: this, or that.
    """
    answers = empty if choices is None else ", or ".join(choices)
    asked = textwrap.wrap(question, 85)
    top = 28 + 19 * len(asked)
    told = f"A question to answer before the result: {question} {label} {answers}."
    figure, page = open_page(told, top + 38 + 24 * len(choices or [empty]))
    write(page, EDGE, 14, "\n".join(asked), weight="bold")
    write(page, EDGE, top + 8, label, va="center")
    if choices is None:
        draw_box(page, 112, top - 5, 220, 26)
        write(page, 120, top + 8, empty, colour=SOFT, va="center")
    for row, choice in enumerate(choices or []):
        page.plot(120, top + 8 + 24 * row, "o", color="white", markeredgecolor=SOFT, markersize=9)
        write(page, 134, top + 8 + 24 * row, choice, va="center")
    return figure


def still_of_step(picture: np.ndarray, kernel: np.ndarray, window: tuple, values: np.ndarray, step: int, told: str) -> Drawing:
    """One step of a convolution: the picture with the kernel on it, the products, and the feature map as far as it is known.

    picture, kernel: (rows, columns). window: (top, left), where the kernel lies. values: (rows, columns), the whole feature
    map, of which only the first ones are drawn. step: the number of the last of them, from 0. told: the step in a sentence.

    >>> still_of_step(np.eye(3), np.eye(3), (0, 0), np.array([[3.0]]), 0, "Step 1 of 1.")
    Figure: A convolution step by step: 3×3 numbers, a kernel of 3×3 on them, and the feature map so far. Step 1 of 1.
    """
    parts = f"{by(picture.shape)} numbers, a kernel of {by(kernel.shape)} on them, and the feature map so far"
    figure, page = open_page(f"A convolution step by step: {parts}. {told}", 454)
    top, cell, middle = 52, 300 / max(picture.shape), 202
    colours = blue_white_red if picture.min() < 0 else greys
    write(page, EDGE, top - 32, "input, the kernel on it", weight="bold")
    rows, columns = kernel.shape
    covered = [(window[0] + row, window[1] + column) for row, column in np.ndindex(rows, columns)]
    place_numbers(page, EDGE, top, cell, picture, colours(picture, reach(picture)), covered)
    corner = EDGE + cell * window[1], top + cell * window[0]
    place_kernel(page, *corner, cell, kernel)
    draw_frame(page, *corner, cell * columns, cell * rows)
    products = picture[window[0] : window[0] + rows, window[1] : window[1] + columns] * kernel
    small = 108 / max(kernel.shape)
    write(page, 368, middle - small * rows / 2 - 26, "products", weight="bold")
    place_numbers(page, 368, middle - small * rows / 2, small, products, blue_white_red(products, reach(products)))
    left, right_cell = 530, 250 / max(values.shape)
    so_far = np.where(np.arange(values.size).reshape(values.shape) <= step, values, np.nan)
    write(page, left, top - 32, f"feature map {by(values.shape)}, so far", weight="bold")
    draw_box(page, left, top, right_cell * values.shape[1], right_cell * len(values), FAINT)
    place_numbers(page, left, top, right_cell, so_far, blue_white_red(so_far, reach(values)))
    row, column = divmod(step, values.shape[1])
    draw_frame(page, left + right_cell * column, top + right_cell * row, right_cell, right_cell)
    for x, sign in [(344, "→"), (503, "→")]:
        write(page, x, middle, sign, size=18, ha="center", va="center")
    write(page, 503, middle + 14, "add up", size=9, ha="center")
    write(page, EDGE, 368, textwrap.fill(told, 92))
    write(page, EDGE, 408, MEANINGS, size=9, colour=SOFT)
    return figure


def still_of_layers(layers: list[tuple[str, str, np.ndarray]]) -> Drawing:
    """A network layer by layer, a row each. layers: a list of (title, its shape in words, maps (n, rows, columns) or (n,)).

    Of more than ten layers the first and the last two are drawn, of more than eight maps the first.

    >>> still_of_layers([("Input", "28×28, 1 map", np.zeros((1, 28, 28))), ("Dense", "10 numbers", np.ones(10))])
    Figure: A network layer by layer, with what each makes of a digit: Input (28×28, 1 map), Dense (10 numbers).
    """
    first = layers if len(layers) <= 10 else layers[:8]
    last = layers[max(len(first), len(layers) - 2) :]
    hidden = len(layers) - len(first) - len(last)
    pitch, side, left, across, gap = 52, 44, 260, 8, 30 if hidden else 0
    below = EDGE + pitch * (len(first) + len(last)) + gap
    listed = ", ".join(f"{title} ({shape})" for title, shape, _ in layers)
    figure, page = open_page(f"A network layer by layer, with what each makes of a digit: {listed}.", below + 54)
    if hidden:
        write(page, EDGE, EDGE + pitch * len(first), f"… {counted(hidden, 'more layer')} …", colour=SOFT)
    for row, (title, shape, maps) in enumerate([*first, *last]):
        top = EDGE + pitch * row + (gap if row >= len(first) else 0)
        write(page, EDGE, top + 1, title, weight="bold")
        write(page, EDGE, top + 22, shape, size=9, colour=SOFT)
        colours = blue_white_red if maps.min() < 0 else greys
        if maps.ndim == 1:
            place_picture(page, left, top + 12, pitch * across - 8, 20, colours(maps[np.newaxis], reach(maps)))
            continue
        for index, values in enumerate(maps[:across]):
            place_picture(page, left + pitch * index, top, side, side, colours(values, reach(maps)))
        if len(maps) > across:
            write(page, left + pitch * across + 2, top + 12, f"+ {len(maps) - across}", size=9, colour=SOFT)
    write(page, EDGE, below, MEANINGS, size=9, colour=SOFT)
    return figure


def still_of_training(words: Sequence[str], controls: Sequence[str], history: dict | None, seen: int) -> Drawing:
    """A training to watch. words: (what it is about, the latest sentence). controls: what the buttons and lists say.

    history: as `model.Progress` has it, None before the first training. seen: how many digits one training sees.

    >>> still_of_training(["A network trains.", "Ready for run 1."], ["Train"], None, 1000)
    Figure: A training to watch: A network trains. Ready for run 1. Two empty charts: loss, and accuracy in %.
    """
    charts = "Two empty charts" if history is None else "Two charts"
    figure, page = open_page(f"A training to watch: {' '.join(words)} {charts}: loss, and accuracy in %.", 400)
    write(page, EDGE, 14, textwrap.fill(words[0], 115), size=9)
    x = EDGE
    for text in controls:
        wide = 8 * len(text) + 22
        draw_box(page, x, 54, wide, 28)
        write(page, x + wide / 2, 68, text, size=9, ha="center", va="center")
        x += wide + 10
    write(page, EDGE, 94, textwrap.fill(words[1], 85), weight="bold")
    pair = [figure.add_axes((start, 0.21, 0.38, 0.38)) for start in (0.07, 0.55)]
    empty: dict = {f"{begin}{name}": [] for begin in ("", "val_") for name in ("seen", "loss", "accuracy")}
    draw_curves(pair, history or empty, seen)
    return figure


def still_of_digits(told: str, images: np.ndarray, lines: Sequence[tuple[str, str]]) -> Drawing:
    """Digits to look through. told: a sentence. images: (n, 28, 28). lines: n times what stands below one, the first bold.

    >>> still_of_digits("All 7 mistakes.", np.zeros((1, 28, 28)), [("label 4, read 9", "99 % sure")])
    Figure: Digits to look through: All 7 mistakes. label 4, read 9
    """
    columns, pitch, side = 7, (WIDTH - 2 * EDGE) / 7, 84
    height = 84 + 132 * -(-len(images) // columns)
    figure, page = open_page(f"Digits to look through: {told} {'; '.join(first for first, _ in lines)}", height)
    write(page, EDGE, 14, told, weight="bold")
    for index, (image, (first, second)) in enumerate(zip(images, lines, strict=True)):
        row, column = divmod(index, columns)
        left, top = EDGE + pitch * column, 50 + 132 * row
        place_picture(page, left, top, side, side, greys(image.astype(float), 255))
        write(page, left, top + side + 2, first, size=8, weight="bold")
        write(page, left, top + side + 18, second, size=8, colour=SOFT)
    return figure


def still_of_sliders(
    sliders: Sequence[tuple[str, float, str]], image: np.ndarray, probabilities: np.ndarray, words: Sequence[str]
) -> Drawing:
    """A digit with its bars, and sliders that change it. sliders: (name, place from 0 to 1, what it says) of each.

    image: (28, 28). probabilities: (10,). words: (a sentence about this digit, one about many).

    >>> still_of_sliders([("turn", 0.5, "0°")], np.zeros((28, 28)), np.eye(10)[7], ["Read as 7.", "190 of 200 are right."])
    Figure: Sliders that change a digit: turn. Read as 7. 190 of 200 are right.
    """
    figure, page = open_page(f"Sliders that change a digit: {', '.join(name for name, _, _ in sliders)}. {' '.join(words)}", 340)
    for row, (name, share, text) in enumerate(sliders):
        place_slider(page, 128, 62 + 28 * row, name, share, text)
    write(page, EDGE, 14, textwrap.fill(words[0], 85), weight="bold")
    place_picture(page, 320, 52, 190, 190, greys(image.astype(float), 255))
    place_bars(page, 530, 52, range(10), probabilities, width=140)
    write(page, EDGE, 270, textwrap.fill(words[1], 115), size=9)
    return figure
