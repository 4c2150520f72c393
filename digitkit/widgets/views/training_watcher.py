"""Training runs: one of them live, with its curves and kernels, and all of them in one plot and one table."""

import numpy as np

from digitkit.colours import SIGNED_WORDS, blue_white_red
from digitkit.widgets.views.chart import chart
from digitkit.widgets.views.element import Html, element, image_url, joined
from digitkit.widgets.views.parts import soft, tiles
from digitkit.words import counted, rounded_percent

INTRO = (
    "A network trains on {:,} digits and is measured on {:,} others. First as it stands; then change ",
    "one",
    " setting, predict what will happen, and train again.",
)
HEADS = ["Run", "Changed", "Right", "Against run 1", "You predicted", "Epochs", "Seconds"]


def intro(trained_on: int, validated_on: int) -> Html:
    """What this is about. trained_on, validated_on: how many digits."""
    begin, one, end = INTRO
    return element("p", begin.format(trained_on, validated_on), element("b", one), end)


def waiting() -> Html:
    """What stands there until the first training has begun."""
    return element("p", "TensorFlow is starting: a few seconds.")


def training(progress, before: np.ndarray) -> Html:
    """One training run, live or over: how far it is, loss and accuracy, the first kernels at the start and now.

    progress: a `model.Progress`. before: (n, rows, columns), its kernels at the start.
    """
    history, now = progress.history, progress.kernels
    size, epochs, done = progress.epoch_size, progress.epochs, progress.share
    told = f"{rounded_percent(done, 0)} done."
    if done:
        if done < 1:
            told = f"{told[:-1]}, about {counted(round(progress.seconds_left), 'second')} left."
        latest = f"{rounded_percent(history['accuracy'][-1])} of the latest digits read right while training, loss"
        told += f" {latest} {history['loss'][-1]:.2f}."
    told += f" Validation: {rounded_percent(history['val_accuracy'][-1])} right, loss {history['val_loss'][-1]:.2f}."
    reach = float(max(np.abs(before).max(), np.abs(now).max()))
    change = f"The largest change of a number so far: {np.abs(now - before).max():.2f}." if done else "They are still random."
    shown = f"The first 16 of {len(now)} kernels" if len(now) > 16 else "The kernels"
    highest = max([y for name in ("loss", "val_loss") for y in history[name] if np.isfinite(y)], default=2.5)
    legend = (
        "Blue line: the digits it trains on. Orange, dashed: validation digits, measured before the first step and after each "
        f"epoch. {shown} of the first convolution: {SIGNED_WORDS}, full colour at ±{reach:.2f}. {change}"
    )
    return joined(
        element("progress", max=1, value=f"{done:.3f}", aria_label="How much of the training is done"),
        element("p", told),
        tiles(
            _curves("Loss: how wrong it is", history, "loss", 1, size, epochs, (0, min(max(2.5, highest), 6))),
            _curves("Accuracy: % read right", history, "accuracy", 100, size, epochs, (0, 100)),
        ),
        tiles(kernels(before[:16], reach, "Kernels at the start"), kernels(now[:16], reach, "Kernels now")),
        soft(legend),
    )


def _curves(title, history, name, factor, size, epochs, y_span):
    lines = {
        "training": ([seen / size for seen in history["seen"]], [factor * y for y in history[name]]),
        "validation": ([seen / size for seen in history["val_seen"]], [factor * y for y in history[f"val_{name}"]]),
    }
    alt = f"{title}; validation so far: {', '.join(f'{y:.3g}' for y in lines['validation'][1])}"
    return chart(title, lines, "epochs", epochs, y_span, alt)


def kernels(kernels: np.ndarray, reach: float, title: str, columns: int = 8) -> Html:
    """Kernels in rows of eight, blue negative, white zero, red positive. kernels: (n, rows, columns); reach: above 0."""
    count, height, width = kernels.shape
    rows = -(-count // columns)
    places = np.full((rows * columns, height + 1, width + 1), np.nan)
    places[:count, :height, :width] = kernels
    sheet = places.reshape(rows, columns, height + 1, width + 1).transpose(0, 2, 1, 3)
    sheet = sheet.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]
    size = f"width:{10 * sheet.shape[1]}px;height:{10 * sheet.shape[0]}px"
    alt = f"{title}: {count} kernels, from {kernels.min():.2f} to {kernels.max():.2f}"
    picture = element("img", src=image_url(blue_white_red(sheet, reach)), style=size, alt=alt)
    return element("div", element("h4", title), picture)


def runs(runs: list, size: int) -> Html:
    """All training runs in one plot and one table. runs: list of `training_watcher.Run`; size: digits in an epoch."""
    lines = {
        f"run {run.number}": ([seen / size for seen in run.history["seen"]], [100 * y for y in run.history["accuracy"]])
        for run in runs
    }
    low = 80 if min(run.accuracy for run in runs) > 0.9 else 0
    title = "Accuracy while training, all runs, in %"
    alt = f"{title}; on validation digits {', '.join(f'run {run.number} ends at {100 * run.accuracy:.1f}' for run in runs)}"
    x_end = max(run.settings["epochs"] for run in runs)
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in HEADS)))
    table = element("table", head, element("tbody", *(_row(run, runs[0], size) for run in runs)), class_="digitkit-runs")
    return joined(
        tiles(chart(title, lines, "epochs", x_end, (low, 100), alt), element("div", element("h4", "All runs"), table)),
        soft("Every run starts from other random kernels. Run the same settings twice to see how much is chance."),
    )


def _row(run, first, size):
    def cell(text):
        return element("td", text, class_="digitkit-number")

    return element(
        "tr",
        element("th", run.number, scope="row"),
        element("td", f"{run.changed}{', stopped' if run.stopped else ''}"),
        cell(rounded_percent(run.accuracy)),
        cell("–" if run is first else f"{100 * (run.accuracy - first.accuracy):+.1f} points".replace("-", "−")),
        element("td", _verdict(run)),
        cell(f"{run.history['val_seen'][-1] / size:.2g}"),
        cell(f"{run.seconds:.0f}"),
    )


def _verdict(run):
    if not run.guess:
        return "none"
    short, outcome = (text.removesuffix(" than run 1").removesuffix(" as run 1") for text in (run.guess, run.outcome))
    if run.stopped:
        return f"{short}; stopped too early to tell"
    return f"{short}, and so it was" if run.guess == run.outcome else f"{short}; it was {outcome}"
