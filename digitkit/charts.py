"""Numbers -> HTML that the experiments show: training runs as charts and tables, digits in rows, changed digits."""

import html
import itertools

import numpy as np

from digitkit.diagrams import SIGNED_WORDS, blue_white_red
from digitkit.markup import bars_html, image_url
from digitkit.reader import percent

# A line is told from the next by its colour, its dashes, and the name at its end.
PENS = [("#0b6bcb", ""), ("#d95f02", "7 4"), ("#1b8a5a", "2 3"), ("#b5539c", "10 3 2 3"), ("#8a7400", "4 2"), ("#7d8794", "1 4")]


def kernels_html(kernels, reach, title, columns=8):
    """Kernels in rows of eight, blue negative, white zero, red positive. kernels: (n, rows, columns); reach: above 0."""
    count, height, width = kernels.shape
    rows = -(-count // columns)
    places = np.full((rows * columns, height + 1, width + 1), np.nan)
    places[:count, :height, :width] = kernels
    sheet = places.reshape(rows, columns, height + 1, width + 1).transpose(0, 2, 1, 3)
    sheet = sheet.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]
    size = f"width:{10 * sheet.shape[1]}px;height:{10 * sheet.shape[0]}px"
    alt = f"{title}: {count} kernels, from {kernels.min():.2f} to {kernels.max():.2f}"
    return f'<div><h4>{title}</h4><img src="{image_url(blue_white_red(sheet, reach))}" style="{size}" alt="{alt}"></div>'


def chart_html(title, lines, x_label, x_end, y_span, alt):
    """A small line chart, each line named at the right, as high as its end.

    lines: {name: (xs, ys)}. x runs from 0 to x_end, a whole number, and y over y_span, (low, high). What is no finite number is
    left out; what lies outside is drawn on the edge.
    """
    left, top, width, height = 46, 8, 220, 140

    def place(x, y):
        share = (min(max(y, y_span[0]), y_span[1]) - y_span[0]) / (y_span[1] - y_span[0])
        return left + width * x / x_end, top + height * (1 - share)

    parts, names = [], []
    for tick in _ticks(*y_span):
        _, y = place(0, tick)
        parts.append(f'<line class="digitkit-tick" x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in range(x_end + 1):
        parts.append(f'<text x="{place(tick, 0)[0]:.1f}" y="{top + height + 16}" text-anchor="middle">{tick}</text>')
    for index, (name, (xs, ys)) in enumerate(lines.items()):
        colour, dashes = PENS[index % len(PENS)]
        points = [place(x, y) for x, y in zip(xs, ys, strict=True) if np.isfinite(y)]
        if points:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            stroke = f'stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dashes}"'
            parts.append(f'<polyline points="{path}" fill="none" {stroke}/>')
            marked = points if len(points) < 10 else points[-1:]
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in marked]
            names.append([points[-1][1], name, stroke])
    names.sort()
    for above, below in itertools.pairwise(names):
        below[0] = max(below[0], above[0] + 14)  # so that no name covers another
    beside = left + width + 8
    for y, name, stroke in names:
        parts.append(f'<line x1="{beside}" x2="{beside + 20}" y1="{y:.1f}" y2="{y:.1f}" {stroke}/>')
        parts.append(f'<text class="digitkit-name" x="{beside + 25}" y="{y + 4:.1f}">{html.escape(name)}</text>')
    parts.append(f'<text x="{left + width / 2}" y="{top + height + 33}" text-anchor="middle">{x_label}</text>')
    size = 'width="400" height="186" viewBox="0 0 400 186"'
    return f'<div><h4>{title}</h4><svg {size} role="img" aria-label="{html.escape(alt, quote=True)}">{"".join(parts)}</svg></div>'


def _ticks(low, high):
    """At most seven round numbers from low to high."""
    rough = (high - low) / 6
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough - 1e-9)
    return [round(number * step, 6) for number in range(int(np.ceil(low / step - 1e-9)), int(high / step + 1e-9) + 1)]


def said_html(text):
    """A sentence that screen readers read out when it changes."""
    return f'<p class="digitkit-said" role="status">{html.escape(text)}</p>'


def training_html(history, before, now, size, epochs):
    """One training run, live or over: how far it is, loss and accuracy, the first kernels at the start and now.

    history: as `trials.train_trial` makes it. before, now: (n, 3, 3) kernels. size: digits in an epoch.
    """
    done = history["seen"][-1] / (size * epochs) if history["seen"] else 0
    told = f"{100 * done:.0f} % done."
    if history["seen"]:
        latest = f"{100 * history['accuracy'][-1]:.1f} % of the latest digits read right while training, loss"
        told += f" {latest} {history['loss'][-1]:.2f}."
    told += f" Validation: {100 * history['val_accuracy'][-1]:.1f} % right, loss {history['val_loss'][-1]:.2f}."
    reach = float(max(np.abs(before).max(), np.abs(now).max()))
    change = f"The largest change of a number so far: {np.abs(now - before).max():.2f}." if done else "They are still random."
    shown = f"The first 16 of {len(now)} kernels" if len(now) > 16 else "The kernels"
    highest = max([y for name in ("loss", "val_loss") for y in history[name] if np.isfinite(y)], default=2.5)
    charts = [
        _history_chart("Loss: how wrong it is", history, "loss", 1, size, epochs, (0, min(max(2.5, highest), 6))),
        _history_chart("Accuracy: % read right", history, "accuracy", 100, size, epochs, (0, 100)),
    ]
    strips = [kernels_html(before[:16], reach, "Kernels at the start"), kernels_html(now[:16], reach, "Kernels now")]
    return (
        f'<progress max="1" value="{done:.3f}" aria-label="How much of the training is done"></progress><p>{told}</p>'
        f'<div class="digitkit-tiles">{"".join(charts)}</div><div class="digitkit-tiles">{"".join(strips)}</div>'
        f'<p class="digitkit-soft">Blue line: the digits it learns from, while dropout handicaps it. Orange, dashed: validation '
        f"digits, measured after each epoch without dropout. {shown} of the first convolution: {SIGNED_WORDS}, "
        f"full colour at ±{reach:.2f}. {change}</p>"
    )


def _history_chart(title, history, name, factor, size, epochs, y_span):
    lines = {
        "training": ([seen / size for seen in history["seen"]], [factor * y for y in history[name]]),
        "validation": ([seen / size for seen in history["val_seen"]], [factor * y for y in history[f"val_{name}"]]),
    }
    alt = f"{title}; validation so far: {', '.join(f'{y:.3g}' for y in lines['validation'][1])}"
    return chart_html(title, lines, "epochs", epochs, y_span, alt)


def runs_html(runs, size):
    """All training runs in one plot and one table. runs: list of `experiments.Run`; size: digits in an epoch."""
    lines = {
        f"run {run.number}": ([s / size for s in run.history["val_seen"]][1:], [100 * y for y in run.history["val_accuracy"]][1:])
        for run in runs
    }
    low = 10 * np.floor(min(y for _, ys in lines.values() for y in ys) / 10)
    title = "Validation accuracy of all runs, in %"
    alt = f"{title}: {', '.join(f'{name} ends at {ys[-1]:.1f}' for name, (_, ys) in lines.items())}"
    x_end = max(run.settings["epochs"] for run in runs)
    rows = "".join(
        f'<tr><th scope="row">{run.number}</th><td>{run.changed}{", stopped" if run.stopped else ""}</td>'
        f'<td class="digitkit-number">{100 * run.accuracy:.1f} %</td>'
        f'<td class="digitkit-number">{_difference(run, runs[0])}</td><td>{_verdict(run)}</td>'
        f'<td class="digitkit-number">{run.history["val_seen"][-1] / size:.2g}</td>'
        f'<td class="digitkit-number">{run.seconds:.0f}</td></tr>'
        for run in runs
    )
    heads = ["Run", "Changed", "Right", "Against run 1", "You predicted", "Epochs", "Seconds"]
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    note = "Every run starts from other random kernels. Run the same settings twice to see how much is chance."
    return (
        f'<div class="digitkit-tiles">{chart_html(title, lines, "epochs", x_end, (min(low, 90), 100), alt)}<div>'
        f'<h4>All runs</h4><table class="digitkit-runs"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>'
        f'<p class="digitkit-soft">{note}</p>'
    )


def _difference(run, first):
    return "–" if run is first else f"{100 * (run.accuracy - first.accuracy):+.1f} points".replace("-", "−")


def _verdict(run):
    if not run.guess:
        return "none"
    short, outcome = (text.removesuffix(" than run 1").removesuffix(" as run 1") for text in (run.guess, run.outcome))
    if run.stopped:
        return f"{short}; stopped too early to tell"
    return f"{short}, and so it was" if run.guess == run.outcome else f"{short}; it was {outcome}"


def pictures_html(images, lines):
    """Digits with a few short lines below each. images: (n, 28, 28) uint8. lines: n lists of texts, the first one bold."""
    items = []
    for image, (first, *others) in zip(images, lines, strict=True):
        alt = html.escape(", ".join([first, *others]), quote=True)
        below = "<br>".join(map(html.escape, others))
        items.append(f'<li><img src="{image_url(image)}" alt="{alt}"><b>{html.escape(first)}</b>{below}</li>')
    return f'<ol class="digitkit-pictures">{"".join(items)}</ol>'


def changes_in_words(right=0, down=0, turn=0, size=1.0, thickness=0.0, noise=0.0, invert=False):
    """What `metrics.changed` does, in words.

    >>> changes_in_words(right=-3, turn=20, invert=True)
    'moved 3 pixels to the left, turned by 20° anticlockwise, inverted'
    """
    words = []
    for pixels, ahead, back in [(right, "to the right", "to the left"), (down, "down", "up")]:
        if pixels:
            words.append(f"moved {abs(pixels)} pixel{'s' if abs(pixels) != 1 else ''} {ahead if pixels > 0 else back}")
    if turn:
        words.append(f"turned by {abs(turn)}° {'anticlockwise' if turn > 0 else 'clockwise'}")
    if size != 1:
        words.append(f"{100 * size:.0f} % of its size")
    if thickness:
        words.append(f"strokes {abs(thickness):.1f} {'thicker' if thickness > 0 else 'thinner'}")
    if noise:
        words.append(f"noise of {noise:.2f}")
    if invert:
        words.append("inverted")
    return ", ".join(words) or "unchanged"


def changed_digit_html(before, after, label, probabilities, no_digit, words):
    """A digit before and after a change, with the network's ten bars. before, after: (28, 28) uint8. no_digit: 0 to 1."""
    answer = int(probabilities.argmax())
    says = f"The {label}, {words}: read as {answer}, {percent(probabilities[answer])}."
    if no_digit >= 0.5:
        says += f" But the network doubts that this is a digit at all: {percent(no_digit)}."
    pictures = [("As it was", before), ("As it is now", after)]
    images = "".join(
        f'<div><h4>{title}</h4><img class="digitkit-pixels" src="{image_url(image)}" alt="{title}: a {label}"></div>'
        for title, image in pictures
    )
    bars = f"<div><h4>How likely each digit is</h4>{bars_html(probabilities)}</div>"
    return f'{said_html(says)}<div class="digitkit-tiles">{images}{bars}</div>'


def changed_accuracy_html(right, unchanged, total, interval, words):
    """How many of some digits are read right when all of them are changed in the same way. interval: (low, high), 0 to 1."""
    rows = "".join(
        f'<tr{mark}><th scope="row">{name}</th><td><div class="digitkit-bar" style="width:{100 * count / total:.1f}%"></div></td>'
        f"<td>{100 * count / total:.1f} %</td></tr>"
        for name, count, mark in [("unchanged", unchanged, ""), ("changed", right, ' class="digitkit-first"')]
    )
    low, high = (f"{100 * end:.0f}" for end in interval)
    return (
        f"<h4>{total} digits, all {words}</h4><p>{right} of {total} are read right. With other digits it might as well be "
        f"{low} to {high} %; pure guessing gives 10 %.</p>"
        f'<table class="digitkit-bars digitkit-wide" aria-label="Accuracy">{rows}</table>'
    )
