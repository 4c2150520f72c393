"""How good is it? Counts, confusion, calibration, intervals, robustness."""

from collections.abc import Iterable

import numpy as np
from matplotlib.patches import Rectangle

from digitkit.colours import BLUE, GREY, ORANGE
from digitkit.plotting.figure import Drawing, check_count, plain
from digitkit.words import counted


def show_counts(counts: np.ndarray, xlabel: str = "digit", ylabel: str = "how many") -> Drawing:
    """A bar for each class, with its number inside; the dashed line is their mean. counts: (n,) whole numbers.

    >>> show_counts(np.array([3, 5]))
    Figure: Bars: 0 has 3, 1 has 5; on average 4.
    """
    check_count(counts, "bar")
    listed = ", ".join(f"{label} has {count:,}" for label, count in enumerate(counts))
    figure = Drawing(f"Bars: {listed}; on average {np.mean(counts):,.0f}.", 7, 2.6)
    axes = figure.subplots()
    bars = axes.bar(range(len(counts)), counts, color=BLUE)
    axes.bar_label(bars, [f"{count:,}" for count in counts], label_type="center", color="white", fontsize=9)
    axes.axhline(np.mean(counts), color=ORANGE, linestyle="--", linewidth=1.5)
    axes.set(xticks=range(len(counts)), xlabel=xlabel, ylabel=ylabel)
    plain(axes)
    return figure


def show_confusion(table: np.ndarray, labels: Iterable = range(10), percent: bool = False) -> Drawing:
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
    side = max(0.52 * len(labels) + 0.8, 2.4)  # inches: at least as wide as what is written above it
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
    axes.xaxis.labelpad = 8
    axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    return figure


def show_calibration(counts: np.ndarray, confidence: np.ndarray, accuracy: np.ndarray) -> Drawing:
    """For each bin of answers: how sure the network was (orange) beside how often it was right (blue).

    counts: (bins,) how many answers. confidence, accuracy: (bins,) 0 to 1, NaN in an empty bin.

    >>> show_calibration(np.array([3, 9]), np.array([0.6, 0.9]), np.array([0.5, 1.0]))
    Figure: Sure and right, in 2 bins: 60 % and 50 % of 3 answers, 90 % and 100 % of 9 answers.
    """
    rows = [(n, sure, right) for n, sure, right in zip(counts, confidence, accuracy, strict=True) if n]
    listed = ", ".join(f"{100 * sure:.0f} % and {100 * right:.0f} % of {counted(n, 'answer')}" for n, sure, right in rows)
    figure = Drawing(f"Sure and right, in {len(rows)} bins: {listed}.", 7, 3)
    axes = figure.subplots()
    places = np.arange(len(rows))
    for offset, column, colour, label in [(-0.2, 1, ORANGE, "how sure it was"), (0.2, 2, BLUE, "how often it was right")]:
        heights = [100 * row[column] for row in rows]
        bars = axes.bar(places + offset, heights, 0.36, color=colour, label=label, hatch="//" if column == 1 else None)
        axes.bar_label(bars, [f"{height:.0f}" for height in heights], padding=2, fontsize=9)
    axes.set_xticks(places, [counted(n, "answer") for n, _, _ in rows])
    axes.set(ylabel="%", ylim=(0, 112), xlabel="less sure  →  more sure")
    plain(axes)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.5, ncols=2)  # above, clear of the bars
    return figure


def show_intervals(shares: dict) -> Drawing:
    """Shares with their 95 % intervals, one below the other. shares: {name: (share, low, high)}, all from 0 to 1.

    >>> show_intervals({"before": (0.9, 0.82, 0.95), "after": (0.95, 0.88, 0.98)})
    Figure: Shares with their 95 % intervals: before 90 % (82 % to 95 %), after 95 % (88 % to 98 %).
    """
    check_count(shares, "share")
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
    plain(axes, grid="x")
    return figure


def show_robustness(curves: dict) -> Drawing:
    """Accuracy as a change grows, one panel for each kind of change. curves: {name: (amounts, accuracies 0 to 1)}.

    >>> show_robustness({"moved": ([0, 8], [0.99, 0.5])})
    Figure: Accuracy in %, with the change growing: moved from 99 to 50.
    """
    check_count(curves, "curve")
    listed = ", ".join(f"{name} from {100 * shares[0]:.0f} to {100 * shares[-1]:.0f}" for name, (_, shares) in curves.items())
    figure = Drawing(f"Accuracy in %, with the change growing: {listed}.", 9, 2.7)
    grid = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axes, (name, (amounts, shares)) in zip(grid, curves.items(), strict=True):
        axes.plot(amounts, 100 * np.array(shares), "o-", color=BLUE)
        axes.axhline(10, color=GREY, linestyle="--")
        axes.set(title=name, xticks=amounts, ylim=(0, 105))
        axes.title.set_fontsize(10)
        plain(axes, grid="both")
    grid[0].set_ylabel("% right")
    return figure
