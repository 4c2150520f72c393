"""Arrays and readings -> HTML that the panel shows: the picture with its boxes, the steps, the ten bars."""

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


def answer_html(reading, calibrated=True):
    """The answer in words."""
    note = (
        ""
        if calibrated or not reading.digits
        else '<p class="digitkit-note">Not calibrated: this network was never checked for how sure it may be.</p>'
    )
    return f'<p class="digitkit-answer">{html.escape(in_words(reading))}</p>{note}'


def error_html(message):
    """What is wrong with a picture, for people."""
    return f'<p class="digitkit-error">{html.escape(message)}</p>'


def reading_html(picture, name, reading, chosen=0):
    """Everything a reading shows beside the answer: picture and boxes, what the network sees, the bars, the steps.

    picture: (h, w, 3) uint8, upright. name: of the file. chosen: which digit's steps and bars are shown.
    """
    parts = [_picture_html(picture, name, reading)]
    steps = dict(reading.steps)
    if reading.digits:
        digit = reading.digits[chosen]
        which = f"the digit {digit.label}" if len(reading.digits) == 1 else f"digit {chosen + 1} of {len(reading.digits)}"
        parts.append(
            f'<div class="digitkit-seen"><h4>What the network sees</h4>'
            f'<img class="digitkit-pixels" src="{image_url(digit.image)}" '
            f'alt="28 by 28 pixels: {which} as the network sees it"></div>'
        )
        parts.append(f"<div><h4>How likely each digit is</h4>{_bars_html(digit.probabilities)}</div>")
        steps |= digit.steps
    return f'<div class="digitkit-main">{"".join(parts)}</div>{_strip_html(steps)}'


def _picture_html(picture, name, reading):
    width, height = reading.size
    boxes = []
    for digit in reading.digits:
        x, y, w, h = digit.box
        place = (
            f"left:{100 * x / width:.2f}%;top:{100 * y / height:.2f}%;width:{100 * w / width:.2f}%;height:{100 * h / height:.2f}%"
        )
        below = " digitkit-low" if y < 0.12 * height else ""
        boxes.append(f'<div class="digitkit-box{below}" style="{place}"><b>{digit.label}</b></div>')
    found = f"{len(reading.digits)} digits found: {reading.text}" if reading.digits else "no digit found"
    return (
        f'<div><h4>Your picture</h4><div class="digitkit-picture">'
        f'<img src="{image_url(picture)}" alt="{html.escape(name, quote=True)}: {found}">{"".join(boxes)}</div></div>'
    )


def _bars_html(probabilities):
    rows = []
    for label, chance in enumerate(probabilities):
        first = ' class="digitkit-first"' if label == probabilities.argmax() else ""
        rows.append(
            f'<tr{first}><th scope="row">{label}</th><td><div class="digitkit-bar" style="width:{100 * chance:.1f}%"></div></td>'
            f"<td>{percent(chance)}</td></tr>"
        )
    return f'<table class="digitkit-bars" aria-label="How likely each digit is">{"".join(rows)}</table>'


def _strip_html(steps):
    items = []
    for name, array in steps.items():
        title, text = STEPS[name]
        tiny = ' class="digitkit-pixels"' if max(array.shape) <= 28 else ""
        items.append(
            f'<li><div class="digitkit-frame"><img{tiny} src="{image_url(array, 224)}" alt=""></div>'
            f"<b>{len(items) + 1}. {title}</b><span>{text}</span></li>"
        )
    return f'<ol class="digitkit-strip" aria-label="From your picture to 28 by 28 pixels, step by step">{"".join(items)}</ol>'
