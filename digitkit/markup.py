"""Arrays and readings -> HTML that the panel shows: the answer, the bars, the picture with its boxes, the steps, the reasons."""

import base64
import html
import io

import numpy as np
from PIL import Image

from digitkit.reader import in_words, percent

STEPS = {
    "grey": ("Grey", "colour goes, brightness stays"),
    "inverted": ("Inverted", "the ink was brighter than the paper"),
    "paper": ("Paper", "the light on the sheet, as if without ink"),
    "ink": ("Ink", "how much of that light is swallowed"),
    "without lines": ("Without lines", "printed lines are taken out"),
    "threshold": ("Ink or not", "two thresholds decide"),
    "crop": ("Cut out", "the smallest rectangle around the ink"),
    "even stroke": ("Even stroke", "as thick as the strokes in MNIST"),
    "20×20 box": ("20×20", "shrunk into a box, shape kept"),
    "28×28": ("28×28", "centre of mass in the middle"),
}
NEEDED, AGAINST = (178, 24, 43), (33, 102, 172)  # the red and the blue of every signed figure in the kit
LEAST_LOSS = 0.02  # of the probability: what costs less when it is covered is no reason


# ── Pictures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_bytes(array):
    """An array of any step as grey levels to look at: bool or 0 to 255 -> (h, w) uint8.

    >>> as_bytes(np.array([[True, False]]))
    array([[255,   0]], dtype=uint8)
    """
    return array.astype(np.uint8) * 255 if array.dtype == bool else np.clip(np.rint(array), 0, 255).astype(np.uint8)


def image_url(array, longest=None):
    """An array as a PNG inside a `data:` address, shrunk so that its longer side is at most `longest` pixels."""
    image = Image.fromarray(as_bytes(array))
    if longest and max(image.size) > longest:
        image.thumbnail((longest, longest), Image.Resampling.BOX)
    content = io.BytesIO()
    image.save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode("ascii")


def _pixels_html(image, alt):
    # Decoded at once, so that it does not flicker while someone draws.
    return f'<img class="digitkit-pixels" decoding="sync" src="{image_url(image)}" alt="{html.escape(alt, quote=True)}">'


# ── The answer, the 28×28 pixels and the bars ───────────────────────────────────────────────────────────────────────


def answer_html(reading, calibrated=True):
    """The answer in words, and in a note what was left out."""
    notes = []
    if reading.digits and reading.reason:
        notes.append(reading.reason[0].upper() + reading.reason[1:] + ".")
    elif not reading.digits and "threshold" in reading.steps and reading.steps["threshold"].any():
        notes.append("There is a mark, but it does not look like a digit.")
    if reading.digits and not calibrated:
        notes.append("Not calibrated: this network was never checked for how sure it may be.")
    return said_html(in_words(reading), " ".join(notes))


def said_html(answer, note=""):
    """A sentence in the place of the answer, with a note in smaller letters below it."""
    return f'<p class="digitkit-answer">{html.escape(answer)}</p><p class="digitkit-note">{html.escape(note)}</p>'


def nothing_html(title, text):
    """A part of the panel that is still empty, and what will stand there."""
    return f'<h4>{title}</h4><p class="digitkit-note">{text}</p>'


def error_html(message):
    """What is wrong with a picture, for people."""
    return f'<p class="digitkit-error">{html.escape(message)}</p>'


def seen_html(digit=None, which="", networks=()):
    """What the network sees, and how likely each digit is. Without a digit, the same places left empty.

    digit: a Digit. which: its name in a sentence. networks: of a comparison, pairs (name, Digit as that network read it);
    then each has its own bars.
    """
    image = np.zeros((28, 28), np.uint8) if digit is None else digit.image
    alt = "nothing yet" if digit is None else f"28 by 28 pixels: {which} as the network sees it"
    parts = [f'<div class="digitkit-seen"><h4>What the network sees</h4>{_pixels_html(image, alt)}</div>']
    for name, its in networks or [(None, digit)]:
        title = "How likely each digit is" if name is None else f"{html.escape(name)}: {_short(its)}"
        bars = bars_html(None if its is None else its.probabilities)
        parts.append(f'<div class="digitkit-chances"><h4>{title}</h4>{bars}</div>')
    return f'<div class="digitkit-live">{"".join(parts)}</div>'


def _short(digit):
    return "–" if digit is None else f"{digit.label}, {percent(digit.confidence)}"


def bars_html(probabilities=None):
    """The probabilities of the ten digits as bars, each with its number. probabilities: (10,), or None for empty bars."""
    rows = []
    for label, chance in enumerate(np.zeros(10) if probabilities is None else probabilities):
        first = ' class="digitkit-first"' if probabilities is not None and label == probabilities.argmax() else ""
        rows.append(
            f'<tr{first}><th scope="row">{label}</th><td><div class="digitkit-bar" style="width:{100 * chance:.1f}%"></div></td>'
            f"<td>{'–' if probabilities is None else percent(chance)}</td></tr>"
        )
    return f'<table class="digitkit-bars" aria-label="How likely each digit is">{"".join(rows)}</table>'


# ── The picture with its boxes, and the steps ───────────────────────────────────────────────────────────────────────


def picture_html(picture, name, reading, chosen=0):
    """The picture with a box around each digit; a click on one chooses it.

    picture: (h, w, 3) uint8, upright. name: of the file. chosen: which digit is looked at.
    """
    width, height = reading.size
    boxes = []
    for index, digit in enumerate(reading.digits):
        x, y, w, h = digit.box
        place = (
            f"left:{100 * x / width:.2f}%;top:{100 * y / height:.2f}%;width:{100 * w / width:.2f}%;height:{100 * h / height:.2f}%"
        )
        below = " digitkit-low" if y < 0.12 * height else ""
        this = " digitkit-this" if index == chosen and len(reading.digits) > 1 else ""
        # For the mouse: by keyboard, and read aloud, a row of buttons above the picture does the same.
        boxes.append(
            f'<button type="button" tabindex="-1" data-choose="{index}" class="digitkit-box{below}{this}" style="{place}" '
            f'aria-label="digit {index + 1}: {digit.label}"><b>{digit.label}</b></button>'
        )
    found = f"{len(reading.digits)} digits found: {reading.text}" if reading.digits else "no digit found"
    return (
        f'<h4>Your picture</h4><div class="digitkit-picture">'
        f'<img src="{image_url(picture)}" alt="{html.escape(name, quote=True)}: {found}">{"".join(boxes)}</div>'
    )


def strip_html(steps):
    """Every step from the picture to 28×28 pixels, by name. steps: {name from STEPS: (h, w) array}."""
    items = []
    for name, array in steps.items():
        title, text = STEPS[name]
        tiny = ' class="digitkit-pixels"' if max(array.shape) <= 28 else ""
        items.append(
            f'<li><div class="digitkit-frame"><img{tiny} src="{image_url(array, 224)}" alt=""></div>'
            f"<b>{len(items) + 1}. {title}</b><span>{text}</span></li>"
        )
    return (
        f'<h4>From your picture to 28×28 pixels</h4><ol class="digitkit-strip" tabindex="0" '
        f'aria-label="From your picture to 28 by 28 pixels, step by step">{"".join(items)}</ol>'
    )


# ── Why, and the nearest examples ───────────────────────────────────────────────────────────────────────────────────


def why_words(image, label, before, kept):
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


def why_html(image, label, before, kept):
    """The occlusion map over the digit, and what it says; see `why_words`."""
    loss = before - kept
    share = np.clip(loss / max(np.abs(loss).max(), 0.1), -1, 1)[..., np.newaxis]  # tiny losses stay pale
    paper = 255 - 0.4 * image[..., np.newaxis]
    colours = paper + 0.85 * np.abs(share) * (np.where(share > 0, NEEDED, AGAINST) - paper)
    return (
        f"<h4>Why {label}?</h4>{_pixels_html(colours, f'28 by 28 pixels, coloured by what covering them does to the {label}')}"
        f"<div><p>{why_words(image, label, before, kept)}</p>"
        f'<p class="digitkit-note">Red: needed for the {label}. Blue: {label} becomes likelier when this is covered. '
        f"White and grey: it makes little difference.</p></div>"
    )


def nearest_words(label, labels):
    """The nearest examples in a sentence. label: what was read. labels: (3,).

    >>> nearest_words(7, [7, 7, 2])
    'The three training digits that look most alike to the network are a 7, a 7 and a 2: 2 of 3 say 7.'
    """
    first, second, third = labels
    return (
        f"The three training digits that look most alike to the network are a {first}, a {second} and a {third}: "
        f"{sum(int(other) == label for other in labels)} of 3 say {label}."
    )


def nearest_html(label, images, labels, distances):
    """The nearest training examples. images: (3, 28, 28) uint8. labels, distances: (3,)."""
    items = "".join(
        f"<li>{_pixels_html(image, f'a {other} from the training digits')}<b>{other}</b><span>distance {distance:.1f}</span></li>"
        for image, other, distance in zip(images, labels, distances, strict=True)
    )
    return f"<h4>Nearest training digits</h4><ol>{items}</ol><div><p>{nearest_words(label, labels)}</p></div>"


# ── History and truth ───────────────────────────────────────────────────────────────────────────────────────────────


def history_html(items, current=None):
    """The last readings as a row of thumbnails, the newest first.

    items: {number: (thumbnail address, text, truth in words or "", right)}.
    right: True, False, or None as long as nobody has said. current: the number of the one that is shown.
    """
    if not items:
        return nothing_html("Your last readings", "They will stand here: a click shows one again.")
    buttons = []
    for number, (address, text, truth, right) in sorted(items.items(), reverse=True):
        mark = {True: "✓", False: "✗", None: ""}[right]
        spoken = f"reading {number}: {text or 'no digit'}{', ' + truth if truth else ''}"
        buttons.append(
            f'<li><button type="button" data-choose="{number}" aria-label="{spoken}" '
            f'aria-pressed="{str(number == current).lower()}"><img src="{address}" alt="">'
            f"<span>{_shortened(text) or '–'} {mark}</span></button></li>"
        )
    return f'<h4>Your last readings</h4><ol class="digitkit-history">{"".join(buttons)}</ol>'


def _shortened(text):
    return text if len(text) <= 4 else text[:3] + "…"


def score_words(marks):
    """The running score. marks: pairs (what it was, what was read or None).

    >>> score_words([(7, 7), (4, 9)])
    'Your handwriting: 1 of 2 read right.'
    """
    right = sum(truth == read for truth, read in marks)
    return f"Your handwriting: {right} of {len(marks)} read right." if marks else "Say what it was: your score is kept here."


def confusion_html(marks):
    """What was written against what was read, only with the rows and columns that occur. marks: as in `score_words`."""
    if not marks:
        return nothing_html("Written and read", "Say what your digits were, and a table of what was read as what grows here.")
    written = sorted({truth for truth, _ in marks})
    read = sorted({answer for _, answer in marks if answer is not None}) + [None] * any(answer is None for _, answer in marks)
    head = "".join(f'<th scope="col">{"none" if answer is None else answer}</th>' for answer in read)
    rows = []
    for truth in written:
        cells = []
        for answer in read:
            count = sum(mark == (truth, answer) for mark in marks)
            kind = "" if not count else ' class="digitkit-right"' if truth == answer else ' class="digitkit-wrong"'
            cells.append(f"<td{kind}>{count or ''}</td>")
        rows.append(f'<tr><th scope="row">{truth}</th>{"".join(cells)}</tr>')
    return (
        "<h4>Written and read</h4>"
        '<p class="digitkit-note">Rows: what you wrote. Columns: what was read. Blue is right, orange is wrong.</p>'
        f'<table class="digitkit-confusion" aria-label="Written and read"><tr><td></td>{head}</tr>{"".join(rows)}</table>'
    )
