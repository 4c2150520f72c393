"""Arrays -> figures. Each function takes arrays, draws one figure and returns it; nothing is computed or shown here.

A notebook shows the figure that a cell ends with. Colours: blue is the thing to look at, orange the thing to compare
it with (they differ for colour-blind eyes too); signed numbers run from blue over white (zero) to red.
"""

import io

import numpy as np
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from digitkit.markup import STEPS, as_bytes

BLUE, ORANGE, GREY = "#0b6bcb", "#d95f02", "#8c9bab"


class Drawing(Figure):
    """A matplotlib figure that a notebook shows by itself, with a text that says what it shows."""

    def __init__(self, alt, width=8.0, height=3.0):
        super().__init__(figsize=(width, height), layout="constrained", facecolor="white")
        self.alt = alt

    def __repr__(self):
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=96)
        return {"image/png": content.getvalue(), "text/plain": repr(self)}, {"image/png": {"alt": self.alt}}


def show_digits(images, titles=None, columns=10, highlight=()):
    """A sheet of digits. images: (n, 28, 28). titles: n texts or labels. highlight: indices whose title is orange.

    >>> show_digits(np.zeros((20, 28, 28)), columns=10)
    Figure: 20 digits in 2 rows.
    """
    rows = -(-len(images) // columns)
    figure = Drawing(f"{len(images)} digits in {rows} rows.", 0.8 * columns, (0.8 if titles is None else 1.05) * rows)
    for index, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        axes.axis("off")
        if index < len(images):
            axes.imshow(images[index], cmap="gray", vmin=0, vmax=255)
            if titles is not None:
                axes.set_title(titles[index], fontsize=11, color=ORANGE if index in highlight else "black")
    return figure


def show_digit_and_bars(image, probabilities):
    """One digit beside its ten probabilities. image: (28, 28); probabilities: (10,).

    >>> show_digit_and_bars(np.zeros((28, 28)), np.eye(10)[7])
    Figure: A digit, and ten bars: 7 is the longest with 100 %.
    """
    best = int(np.argmax(probabilities))
    figure = Drawing(f"A digit, and ten bars: {best} is the longest with {probabilities[best]:.0%}.".replace("%", " %"), 7, 2.6)
    left, right = figure.subplots(1, 2, width_ratios=[1, 2])
    left.imshow(image, cmap="gray", vmin=0, vmax=255)
    left.axis("off")
    bars = right.bar(range(10), probabilities, color=[BLUE if label == best else GREY for label in range(10)])
    right.bar_label(bars, [f"{chance:.0%}" if chance >= 0.005 else "" for chance in probabilities], fontsize=9)
    right.set(xticks=range(10), ylim=(0, 1.12), xlabel="digit", ylabel="probability")
    right.spines[["top", "right"]].set_visible(False)
    return figure


def show_steps(steps, columns=6):
    """The steps of preprocessing, in order, each with its name. steps: {name: array}, as in `Reading.steps`.

    >>> show_steps({"grey": np.zeros((9, 9))})
    Figure: 1 step from picture to digit: Grey.
    """
    titles = [STEPS[name][0] if name in STEPS else name for name in steps]
    count = f"{len(steps)} step{'s' if len(steps) != 1 else ''}"
    rows = -(-len(steps) // columns)
    figure = Drawing(f"{count} from picture to digit: {', '.join(titles)}.", 1.7 * min(columns, len(steps)) + 0.6, 1.8 * rows)
    grid = figure.subplots(rows, min(columns, len(steps)), squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for number, (axes, title, array) in enumerate(zip(grid.flat, titles, steps.values(), strict=False), start=1):
        axes.imshow(
            as_bytes(array), cmap="gray", vmin=0, vmax=255, interpolation="nearest" if max(array.shape) < 60 else "antialiased"
        )
        axes.set_title(f"{number}. {title}" if len(steps) > 1 else title, fontsize=10)
    return figure


def show_boxes(picture, digits):
    """A picture with a box and a label around each digit. picture: (h, w) or (h, w, 3); digits: as in `Reading.digits`.

    >>> show_boxes(np.zeros((60, 80)), [])
    Figure: A picture with 0 digits boxed, in reading order: none.
    """
    labels = " ".join(str(digit.label) for digit in digits) or "none"
    figure = Drawing(
        f"A picture with {len(digits)} digits boxed, in reading order: {labels}.", 5, 5 * picture.shape[0] / picture.shape[1]
    )
    axes = figure.subplots()
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.axis("off")
    for digit in digits:
        x, y, width, height = digit.box
        axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=ORANGE, linewidth=2.5))
        axes.text(
            x,
            y - 4,
            digit.label,
            color="white",
            fontsize=12,
            fontweight="bold",
            bbox={"facecolor": ORANGE, "edgecolor": ORANGE, "pad": 2},
        )
    return figure


def show_curves(history):
    """Loss and accuracy after each epoch, on training and on validation digits. history: {name: list of floats}.

    >>> show_curves({"loss": [2.3], "val_loss": [2.2], "accuracy": [0.1], "val_accuracy": [0.2]})
    Figure: Loss and accuracy after 1 epoch: validation accuracy 20.0 %.
    """
    epochs = np.arange(1, len(history["loss"]) + 1)
    last = f"{history['val_accuracy'][-1]:.1%}".replace("%", " %")
    plural = "s" if len(epochs) != 1 else ""
    figure = Drawing(f"Loss and accuracy after {len(epochs)} epoch{plural}: validation accuracy {last}.", 8, 3)
    for axes, name in zip(figure.subplots(1, 2), ["loss", "accuracy"], strict=True):
        axes.plot(epochs, history[name], "o-", color=BLUE, label="training digits")
        axes.plot(epochs, history[f"val_{name}"], "s--", color=ORANGE, label="validation digits")
        axes.set(xlabel="epoch", title=name, xticks=epochs)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    return figure


class LiveCurve:
    """Draws the curves anew after each epoch, in place: `digitkit.train(model, digits, watch=LiveCurve())`."""

    def __init__(self):
        self._handle = None

    def __call__(self, history):
        figure = show_curves(history)
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)


def show_parameters(counts):
    """How many numbers each layer learns. counts: {layer name: number}.

    >>> show_parameters({"first": 160, "second": 4640})
    Figure: Parameters in each layer: first 160, second 4,640.
    """
    listed = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    figure = Drawing(f"Parameters in each layer: {listed}.", 7, 0.34 * len(counts) + 0.7)
    axes = figure.subplots()
    bars = axes.barh(list(counts), list(counts.values()), color=BLUE)
    axes.bar_label(bars, [f"{count:,}" for count in counts.values()], padding=4, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlabel("parameters (numbers to learn)")
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def show_kernels(kernels, titles=None, columns=8):
    """Kernels as small maps: blue is negative, white is zero, red is positive. kernels: (n, rows, columns).

    >>> show_kernels(np.zeros((16, 3, 3)))
    Figure: 16 kernels of 3×3 numbers; blue is negative, white zero, red positive, up to ±0.00.
    """
    reach = float(np.abs(kernels).max())
    rows = -(-len(kernels) // columns)
    size = "×".join(str(length) for length in kernels.shape[1:])
    text = f"{len(kernels)} kernels of {size} numbers; blue is negative, white zero, red positive, up to ±{reach:.2f}."
    figure = Drawing(text, 0.9 * columns + 0.8, (0.9 if titles is None else 1.15) * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for index, (axes, kernel) in enumerate(zip(grid.flat, kernels, strict=False)):
        shown = axes.imshow(kernel, cmap="RdBu_r", vmin=-reach or -1, vmax=reach or 1)
        if titles is not None:
            axes.set_title(titles[index], fontsize=9)
    figure.colorbar(shown, ax=grid, shrink=0.8)
    return figure
