"""What a test sees of a widget: the words, the pixels and frames of its HTML; and what a browser sends."""

import base64
import io
import re

import numpy as np
from PIL import Image


def words(html):
    """What a person reads of a piece of HTML."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def pixels(html):
    """The one picture of a piece of HTML, (h, w) or (h, w, channels)."""
    [content] = re.findall(r"data:image/png;base64,([^\"]+)", html)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


def frames(svg):
    return [tuple(map(float, found)) for found in re.findall(r'<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"', svg)]


def choose(picture, words):
    """What the browser sends when something in a picture is clicked, or reached with the arrow keys."""
    picture.set_state({"chosen": words, "count": picture.count + 1})
