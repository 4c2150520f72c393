"""How training goes: loss and accuracy, and how many numbers each layer learns."""

from collections.abc import Sequence

import numpy as np
from IPython.display import display

from digitkit.colours import BLUE, ORANGE
from digitkit.plotting.figure import Drawing, plain
from digitkit.words import counted, rounded_percent


def show_curves(history: dict) -> Drawing:
    """Loss and accuracy after each epoch, on training and on validation digits. history: {name: list of floats}.

    >>> show_curves({"loss": [2.3], "val_loss": [2.2], "accuracy": [0.1], "val_accuracy": [0.2]})
    Figure: Loss and accuracy after 1 epoch: validation accuracy 20.0 %.
    """
    epochs = np.arange(1, len(history["loss"]) + 1)
    last = rounded_percent(history["val_accuracy"][-1])
    figure = Drawing(f"Loss and accuracy after {counted(len(epochs), 'epoch')}: validation accuracy {last}.", 8, 3)
    for axes, name in zip(figure.subplots(1, 2), ["loss", "accuracy"], strict=True):
        axes.plot(epochs, history[name], "o-", color=BLUE, label="training digits")
        axes.plot(epochs, history[f"val_{name}"], "s--", color=ORANGE, label="validation digits")
        axes.set(xlabel="epoch", title=name, xticks=epochs)
        plain(axes, grid="both")
        axes.legend(frameon=False)
    return figure


class LiveCurve:
    """Redraws the curves in place after each epoch: `digitkit.train(model, digits, watch=LiveCurve())`."""

    def __init__(self):
        self._handle = None

    def __call__(self, history):
        figure = show_curves(history)
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)


def show_parameters(counts: dict) -> Drawing:
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
    plain(axes)
    return figure


def show_loss(losses: Sequence) -> Drawing:
    """The loss after each step, a line that should fall. losses: (steps,) floats.

    >>> show_loss([1.0, 0.5, 0.25])
    Figure: The loss falls from 1.00 to 0.25 in 2 steps.
    """
    course = "falls" if losses[-1] < losses[0] else "goes"
    figure = Drawing(f"The loss {course} from {losses[0]:.2f} to {losses[-1]:.2f} in {len(losses) - 1} steps.", 6, 2.4)
    axes = figure.subplots()
    axes.plot(losses, color=BLUE, linewidth=2)
    axes.set(xlabel="step", ylabel="loss", ylim=(0, None))
    plain(axes, grid="both")
    return figure
