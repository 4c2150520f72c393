"""How training goes: loss and accuracy, and how many numbers each layer learns."""

import time
from collections.abc import Sequence

import numpy as np
from IPython.display import display
from matplotlib.ticker import MaxNLocator

from digitkit.colours import BLUE, ORANGE, SIGNED_MAP
from digitkit.plotting.figure import Drawing, check_count, plain, reach
from digitkit.words import counted, rounded_percent


class LiveTraining:
    """Shows a training while it runs: `digitkit.train(model, digits, watch=LiveTraining())`.

    How much is done and how long it still takes, both curves, and the kernels of the first convolution. All places are laid
    out before the first step, so that nothing moves but what is measured.
    """

    def __init__(self):
        self._handle, self._next = None, 0.0

    def __call__(self, progress):
        started = time.monotonic()
        if started < self._next and progress.share < 1:
            return
        figure = show_training(progress)
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)
        now = time.monotonic()
        self._next = now + 8 * (now - started)  # so that drawing takes a ninth of the time at most


def show_training(progress) -> Drawing:
    """How far a training is and how it goes: time, loss, accuracy, and the first kernels. progress: a `model.Progress`."""
    history, share = progress.history, progress.share
    seconds = counted(round(progress.seconds if share == 1 else progress.seconds_left), "second") if share else ""
    time_told = f"{seconds} in all" if share == 1 else f"about {seconds} left"
    told = f"{rounded_percent(share, 0)} of the training is done, {time_told}" if share else "Training begins"
    accuracy = f"{rounded_percent(history['val_accuracy'][-1])} of the validation digits read right at the last check"
    figure = Drawing(f"{told}: {accuracy}.", 9, 3.3)
    figure.set_layout_engine("none")  # fixed places: nothing may jump while it runs
    bar = figure.add_axes((0.05, 0.87, 0.94, 0.04))
    bar.barh([0], [share], color=BLUE)
    bar.set(xlim=(0, 1), ylim=(-0.4, 0.4), xticks=[], yticks=[])
    bar.set_title(f"{told} · {accuracy}", loc="left", fontsize=10)
    curves = [figure.add_axes((left, 0.15, 0.27, 0.58)) for left in (0.05, 0.38)]
    draw_curves(curves, history, progress.epochs * progress.epoch_size)
    kernels = progress.kernels
    if kernels is not None:
        axes, shown = figure.add_axes((0.71, 0.04, 0.28, 0.69)), kernels[:16]
        tiles = [np.pad(kernel, ((0, 1), (0, 1)), constant_values=np.nan) for kernel in shown]
        tiles += [np.full_like(tiles[0], np.nan)] * (-len(tiles) % 4)
        sheet = np.vstack([np.hstack(tiles[start : start + 4]) for start in range(0, len(tiles), 4)])
        axes.imshow(sheet, cmap=SIGNED_MAP, vmin=-reach(shown), vmax=reach(shown))
        axes.axis("off")
        axes.set_title(f"{len(shown)} kernels now")
    return figure


def draw_curves(pair, history, end):
    """Loss and accuracy into a pair of axes. history: as `model.Progress` has it. end: how many digits will have been seen."""
    for axes, name, title, factor, top in zip(
        pair, ["loss", "accuracy"], ["loss", "accuracy in %"], [1, 100], [2.5, 100], strict=True
    ):
        axes.plot(np.divide(history["seen"], 1000), np.multiply(history[name], factor), color=BLUE, label="training digits")
        validated = np.multiply(history[f"val_{name}"], factor)
        axes.plot(np.divide(history["val_seen"], 1000), validated, "s", color=ORANGE, label="validation digits", clip_on=False)
        axes.set(xlabel="thousand digits seen", title=title, xlim=(-0.02 * end / 1000, 1.02 * end / 1000))
        axes.set_ylim(0, max([top, *validated[np.isfinite(validated)]]))
        plain(axes, grid="both")
    pair[0].legend(frameon=False)


def show_parameters(counts: dict) -> Drawing:
    """How many numbers each layer learns. counts: {layer name: number}.

    >>> show_parameters({"first": 160, "second": 4640})
    Figure: Parameters in each layer: first 160, second 4,640.
    """
    check_count(counts, "layer")
    listed = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    figure = Drawing(f"Parameters in each layer: {listed}.", 7, 0.34 * len(counts) + 0.7)
    axes = figure.subplots()
    bars = axes.barh(list(counts), list(counts.values()), color=BLUE)
    axes.bar_label(bars, [f"{count:,}" for count in counts.values()], padding=4, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlabel("parameters (numbers to learn)")
    axes.margins(x=0.12)
    plain(axes)
    return figure


def show_loss(losses: Sequence) -> Drawing:
    """The loss after each step, a line that should fall. losses: (steps,) floats.

    >>> show_loss([1.0, 0.5, 0.25])
    Figure: The loss falls from 1.00 to 0.25 in 2 steps.
    """
    check_count(losses[:1], "loss")
    course = "falls" if losses[-1] < losses[0] else "goes"
    figure = Drawing(f"The loss {course} from {losses[0]:.2f} to {losses[-1]:.2f} in {len(losses) - 1} steps.", 6, 2.4)
    axes = figure.subplots()
    axes.plot(losses, color=BLUE, linewidth=2)
    axes.set(xlabel="step", ylabel="loss", ylim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True))
    plain(axes, grid="both")
    return figure
