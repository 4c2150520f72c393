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
    count = f"{len(images)} digit{'s' if len(images) != 1 else ''} in {rows} row{'s' if rows != 1 else ''}."
    figure = Drawing(count, 0.8 * columns, (0.8 if titles is None else 1.05) * rows)
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


def show_kernels(kernels, titles=None, columns=8, shared=True):
    """Kernels as small maps: blue is negative, white is zero, red is positive. kernels: (n, rows, columns).

    shared: one range of colours for all, so that kernels can be compared; otherwise each has its own, to see its shape.

    >>> show_kernels(np.zeros((16, 3, 3)))
    Figure: 16 kernels of 3×3 numbers; blue is negative, white zero, red positive, up to ±0.00.
    """
    reach = float(np.abs(kernels).max())
    rows = -(-len(kernels) // columns)
    size = "×".join(str(length) for length in kernels.shape[1:])
    scale = f"up to ±{reach:.2f}" if shared else "each on its own scale"
    text = f"{len(kernels)} kernels of {size} numbers; blue is negative, white zero, red positive, {scale}."
    figure = Drawing(text, 0.9 * columns + (0.8 if shared else 0), (0.9 if titles is None else 1.15) * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for index, (axes, kernel) in enumerate(zip(grid.flat, kernels, strict=False)):
        limit = _reach(kernels if shared else kernel)
        shown = axes.imshow(kernel, cmap="RdBu_r", vmin=-limit, vmax=limit)
        if titles is not None:
            axes.set_title(titles[index], fontsize=9)
    figure.get_layout_engine().set(wspace=0.1, hspace=0.1)
    if shared:
        figure.colorbar(shown, ax=grid, shrink=0.8)
    return figure


def show_kernel_table(kernels, shared=True):
    """The kernels of any layer: a row for each kernel, a column for each map it looks at; blue is negative, red positive.

    kernels: (n, maps, rows, columns), as `explain.kernels` gives them. shared: one range of colours for all; otherwise
    each row, which is one kernel, has its own.

    >>> show_kernel_table(np.zeros((4, 16, 3, 3)))
    Figure: 4 kernels of 16×3×3 numbers, a row for each; blue is negative, white zero, red positive, up to ±0.00.
    """
    reach = float(np.abs(kernels).max())
    size = "×".join(str(length) for length in kernels.shape[1:])
    scale = f"up to ±{reach:.2f}" if shared else "each on its own scale"
    count, maps, height, width = kernels.shape
    # One picture with thin gaps: a hundred small axes would take seconds to draw.
    limit = _reach(kernels) if shared else 1
    values = kernels if shared else np.stack([kernel / _reach(kernel) for kernel in kernels])
    gaps = np.pad(values, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    picture = gaps.transpose(0, 2, 1, 3).reshape(count * (height + 1), maps * (width + 1))[:-1, :-1]
    text = f"{count} kernels of {size} numbers, a row for each; blue is negative, white zero, red positive, {scale}."
    pixel = min(0.14, 8 / picture.shape[1])  # inches
    figure = Drawing(text, max(pixel * picture.shape[1], 2) + 1.6, max(pixel * picture.shape[0], 1) + 0.7)
    axes = figure.subplots()
    axes.set_facecolor("#9aa3ad")
    shown = axes.imshow(picture, cmap="RdBu_r", vmin=-limit, vmax=limit)
    axes.set_xticks(np.arange(maps) * (width + 1) + (width - 1) / 2, range(maps))
    axes.set_yticks(np.arange(count) * (height + 1) + (height - 1) / 2, range(count))
    axes.set(xlabel="map of the layer before", ylabel="kernel")
    axes.tick_params(length=0, labelsize=8)
    axes.spines[:].set_visible(False)
    if shared:
        figure.colorbar(shown, ax=axes, shrink=0.8)
    return figure


def show_numbers(maps, titles=None, frame=None):
    """Small pictures side by side, each with its numbers written into its pixels. maps: list of (h, w).

    A map with numbers below zero runs from blue over white (zero) to red, any other from black (zero) to white.
    frame: (row, column, size) draws an orange square on the first map.

    >>> show_numbers([np.zeros((4, 4)), np.eye(3)], titles=["picture", "kernel"], frame=(0, 1, 3))
    Figure: Numbers as pictures: picture 4×4, kernel 3×3.
    """
    titles = titles or [""] * len(maps)
    sizes = [f"{title} {'×'.join(map(str, numbers.shape))}".strip() for title, numbers in zip(titles, maps, strict=True)]
    widths = [numbers.shape[1] for numbers in maps]
    columns = sum(widths) + len(maps)
    pixel = min(0.45, 8 / columns)  # inches
    height = pixel * max(numbers.shape[0] for numbers in maps) + 0.5
    figure = Drawing(f"Numbers as pictures: {', '.join(sizes)}.", pixel * columns, height)
    row_of_axes = figure.subplots(1, len(maps), squeeze=False, width_ratios=widths)[0]
    for axes, title, numbers in zip(row_of_axes, titles, maps, strict=True):
        _draw_numbers(axes, numbers, fontsize=24 * pixel, signed=numbers.min() < 0)
        axes.set_title(title, fontsize=10)
    if frame:
        row, column, size = frame
        square = Rectangle((column - 0.5, row - 0.5), size, size, fill=False, edgecolor=ORANGE, linewidth=4, clip_on=False)
        figure.axes[0].add_patch(square)
    return figure


def _draw_numbers(axes, numbers, fontsize, signed):
    """One map with its numbers written into its pixels, white on dark ones."""
    reach = _reach(numbers)
    axes.imshow(numbers, cmap="RdBu_r" if signed else "gray", vmin=-reach if signed else 0, vmax=reach)
    axes.set(xticks=[], yticks=[], anchor="N")
    for (row, column), number in np.ndenumerate(numbers):
        dark = abs(number) > 0.6 * reach if signed else number < 0.5 * reach
        style = {"fontsize": fontsize, "color": "white" if dark else "black"}
        axes.text(column, row, f"{number:.{2 if abs(number) < 1 else 4}g}", ha="center", va="center", **style)


def _reach(numbers):
    """How far the colours must reach on either side of zero; not zero itself, which would be no range at all."""
    return float(np.abs(numbers).max()) or 1.0


def show_counts(counts, xlabel="digit", ylabel="how many"):
    """A bar for each class, with its number inside; the dashed line is their mean. counts: (n,) whole numbers.

    >>> show_counts(np.array([3, 5]))
    Figure: Bars: 0 has 3, 1 has 5; on average 4.
    """
    listed = ", ".join(f"{label} has {count:,}" for label, count in enumerate(counts))
    figure = Drawing(f"Bars: {listed}; on average {np.mean(counts):,.0f}.", 7, 2.6)
    axes = figure.subplots()
    bars = axes.bar(range(len(counts)), counts, color=BLUE)
    axes.bar_label(bars, [f"{count:,}" for count in counts], label_type="center", color="white", fontsize=9)
    axes.axhline(np.mean(counts), color=ORANGE, linestyle="--", linewidth=1.5)
    axes.set(xticks=range(len(counts)), xlabel=xlabel, ylabel=ylabel)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def show_feature_maps(feature_maps, titles, kernels=None):
    """Feature maps side by side, the kernel of each above it: blue is negative, white zero, red positive.

    Each map has its own range of colours. feature_maps, kernels: lists of (h, w).

    >>> show_feature_maps([np.zeros((26, 26))], ["edge"])
    Figure: Feature maps, blue negative, white zero, red positive: edge from 0.0 to 0.0.
    """
    named = zip(titles, feature_maps, strict=True)
    spans = [f"{title} from {np.min(numbers):.1f} to {np.max(numbers):.1f}" for title, numbers in named]
    text = f"Feature maps, blue negative, white zero, red positive: {', '.join(spans)}."
    rows = 1 if kernels is None else 2
    figure = Drawing(text, 1.5 * len(feature_maps), 1.55 * rows + 0.25)
    grid = figure.subplots(rows, len(feature_maps), squeeze=False)
    for axes, numbers in zip(grid[-1], feature_maps, strict=True):
        axes.imshow(numbers, cmap="RdBu_r", vmin=-_reach(numbers), vmax=_reach(numbers))
        axes.set(xticks=[], yticks=[])
    if kernels is not None:
        for axes, kernel in zip(grid[0], kernels, strict=True):
            _draw_numbers(axes, kernel, fontsize=9, signed=True)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(title, fontsize=10)
    return figure


def show_loss(losses):
    """The loss after each step, a line that should fall. losses: (steps,) floats.

    >>> show_loss([1.0, 0.5, 0.25])
    Figure: The loss falls from 1.00 to 0.25 in 2 steps.
    """
    course = "falls" if losses[-1] < losses[0] else "goes"
    figure = Drawing(f"The loss {course} from {losses[0]:.2f} to {losses[-1]:.2f} in {len(losses) - 1} steps.", 6, 2.4)
    axes = figure.subplots()
    axes.plot(losses, color=BLUE, linewidth=2)
    axes.set(xlabel="step", ylabel="loss", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)
    return figure


def show_confusion(table, labels=range(10), percent=False):
    """A table of how each digit was read: row = label, column = answer. Grey: right; the more orange, the more mistakes.

    table: (n, n), counts, or with percent=True the shares of each row, 0 to 1.

    >>> show_confusion(np.array([[9, 1], [0, 10]]), labels=[4, 9])
    Figure: A table of labels (rows) and answers (columns); the largest mistake is 4 read as 9: 1.
    """
    labels = list(labels)
    wrong = np.where(np.eye(len(labels), dtype=bool), 0, table)
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    text = f"{100 * wrong[row, column]:.1f} %" if percent else f"{wrong[row, column]}"
    mistake = f"the largest mistake is {labels[row]} read as {labels[column]}: {text}" if wrong.any() else "there is no mistake"
    side = 0.52 * len(labels) + 0.8
    figure = Drawing(f"A table of labels (rows) and answers (columns); {mistake}.", side, side)
    axes = figure.subplots()
    axes.imshow(wrong, cmap="Oranges", vmin=0, vmax=1.6 * wrong.max() or 1)
    for (row, column), value in np.ndenumerate(table):
        if row == column:
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color="#dfe4ea"))
        shown = f"{100 * value:.1f}" if percent else f"{value}"
        axes.text(column, row, shown if value else "·", ha="center", va="center", fontsize=9 if percent else 10)
    axes.set(xticks=range(len(labels)), yticks=range(len(labels)), xticklabels=labels, yticklabels=labels)
    axes.set(xlabel="what the network read", ylabel="label" + (" (each row adds up to 100 %)" if percent else ""))
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    return figure


def show_calibration(counts, confidence, accuracy):
    """For each bin of answers: how sure the network was (orange) beside how often it was right (blue).

    counts: (bins,) how many answers. confidence, accuracy: (bins,) 0 to 1, NaN in an empty bin.

    >>> show_calibration(np.array([3, 9]), np.array([0.6, 0.9]), np.array([0.5, 1.0]))
    Figure: Sure and right, in 2 bins: 60 % and 50 % of 3 answers, 90 % and 100 % of 9 answers.
    """
    rows = [(n, sure, right) for n, sure, right in zip(counts, confidence, accuracy, strict=True) if n]
    listed = ", ".join(
        f"{100 * sure:.0f} % and {100 * right:.0f} % of {n} answer{'s' if n != 1 else ''}" for n, sure, right in rows
    )
    figure = Drawing(f"Sure and right, in {len(rows)} bins: {listed}.", 7, 3)
    axes = figure.subplots()
    places = np.arange(len(rows))
    for offset, column, colour, label in [(-0.2, 1, ORANGE, "how sure it was"), (0.2, 2, BLUE, "how often it was right")]:
        heights = [100 * row[column] for row in rows]
        bars = axes.bar(places + offset, heights, 0.36, color=colour, label=label, hatch="//" if column == 1 else None)
        axes.bar_label(bars, [f"{height:.0f}" for height in heights], padding=2, fontsize=9)
    axes.set_xticks(places, [f"{n:,} answer{'s' if n != 1 else ''}" for n, _, _ in rows])
    axes.set(ylabel="%", ylim=(0, 112), xlabel="less sure  →  more sure")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, ncols=2)  # above, clear of the bars
    return figure


def show_intervals(shares):
    """Shares with their 95 % intervals, one below the other. shares: {name: (share, low, high)}, all from 0 to 1.

    >>> show_intervals({"before": (0.9, 0.82, 0.95), "after": (0.95, 0.88, 0.98)})
    Figure: Shares with their 95 % intervals: before 90 % (82 % to 95 %), after 95 % (88 % to 98 %).
    """
    percent = {name: [f"{100 * number:.0f} %" for number in numbers] for name, numbers in shares.items()}
    listed = ", ".join(f"{name} {share} ({low} to {high})" for name, (share, low, high) in percent.items())
    figure = Drawing(f"Shares with their 95 % intervals: {listed}.", 7, 0.5 * len(shares) + 0.7)
    axes = figure.subplots()
    for place, (name, (share, low, high)) in enumerate(shares.items()):
        axes.plot([100 * low, 100 * high], [place, place], color=BLUE, linewidth=5, alpha=0.4, solid_capstyle="butt")
        axes.plot(100 * share, place, "o", color=BLUE, markersize=9)
        axes.annotate(percent[name][0], (100 * share, place), (0, 8), textcoords="offset points", ha="center", fontsize=9)
    axes.set_yticks(range(len(shares)), list(shares))
    axes.set(ylim=(len(shares) - 0.4, -0.7), xlabel="% read right; the bar is the 95 % interval")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", alpha=0.3)
    return figure


def show_robustness(curves):
    """Accuracy as a change grows, one panel for each kind of change. curves: {name: (amounts, accuracies 0 to 1)}.

    >>> show_robustness({"moved": ([0, 8], [0.99, 0.5])})
    Figure: Accuracy in %, with the change growing: moved from 99 to 50.
    """
    listed = ", ".join(f"{name} from {100 * shares[0]:.0f} to {100 * shares[-1]:.0f}" for name, (_, shares) in curves.items())
    figure = Drawing(f"Accuracy in %, with the change growing: {listed}.", 9, 2.7)
    grid = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axes, (name, (amounts, shares)) in zip(grid, curves.items(), strict=True):
        axes.plot(amounts, 100 * np.array(shares), "o-", color=BLUE)
        axes.axhline(10, color=GREY, linestyle="--")
        axes.set(title=name, xticks=amounts, ylim=(0, 105))
        axes.title.set_fontsize(10)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    grid[0].set_ylabel("% right")
    return figure


def show_activations(maps, titles=None, shared=True, columns=8):
    """Feature maps after ReLU: black is zero, the brighter the stronger. maps: (n, rows, columns), nothing negative.

    shared: one range of colours for all, so that maps can be compared; otherwise each map has its own.

    >>> show_activations(np.zeros((16, 26, 26)))
    Figure: 16 feature maps of 26×26; black is zero, bright is strong, all on one scale.
    """
    top = float(np.max(maps)) or 1
    rows = -(-len(maps) // columns)
    size = "×".join(map(str, maps[0].shape))
    scale = "all on one scale" if shared else "each on its own scale"
    text = f"{len(maps)} feature maps of {size}; black is zero, bright is strong, {scale}."
    figure = Drawing(text, 0.95 * columns + (0.8 if shared else 0), (0.95 if titles is None else 1.2) * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for index, (axes, values) in enumerate(zip(grid.flat, maps, strict=False)):
        shown = axes.imshow(values, cmap="inferno", vmin=0, vmax=top if shared else float(values.max()) or 1)
        if titles is not None:
            axes.set_title(titles[index], fontsize=9)
    if shared:
        figure.colorbar(shown, ax=grid, shrink=0.8, label="strength")
    return figure


def show_heat(images, maps, titles, label, limits=None):
    """Digits in grey, and over each a map: clear is low, orange is high. images: list of (28, 28); maps: list of (28, 28).

    limits: (low, high) for the colours of all maps, with a colour bar; without it each map goes from 0 to its own maximum.
    label: what the colours mean.

    >>> show_heat([np.zeros((28, 28))], [np.ones((28, 28))], ["a 4"], "heat")
    Figure: Digits with a map over each, orange where it is high: a 4 (heat).
    """
    figure = Drawing(
        f"Digits with a map over each, orange where it is high: {', '.join(map(str, titles))} ({label}).",
        1.75 * len(images) + (1.2 if limits else 0),
        2.1,
    )
    row_of_axes = figure.subplots(1, len(images), squeeze=False)[0]
    for axes, image, heat, title in zip(row_of_axes, images, maps, titles, strict=True):
        low, high = limits or (0, float(np.max(heat)) or 1)
        axes.imshow(255 - image.astype(float), cmap="gray", vmin=-255, vmax=255)
        shown = axes.imshow(heat, cmap="Oranges", vmin=low, vmax=high, alpha=np.clip((heat - low) / (high - low), 0, 0.85))
        axes.set_title(title, fontsize=10)
        axes.axis("off")
    if limits:
        figure.colorbar(shown, ax=row_of_axes, label=label, shrink=0.85)
    return figure


def show_digit(image, label):
    """One digit, a little larger, with its label. image: (28, 28).

    >>> show_digit(np.zeros((28, 28)), 4)
    Figure: A digit with the label 4.
    """
    figure = Drawing(f"A digit with the label {label}.", 2, 2.2)
    axes = figure.subplots()
    axes.imshow(image, cmap="gray", vmin=0, vmax=255)
    axes.set_title(f"label {label}", fontsize=11)
    axes.axis("off")
    return figure
