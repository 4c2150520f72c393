"""What a test sees of a widget: the words, the pixels and frames of its HTML; and what a browser sends."""

import base64
import io
import re

import numpy as np
from PIL import Image, ImageDraw


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


def drawing(*strokes):
    """Strokes on the sheet, as the browser sends them: a small PNG."""
    sheet = Image.new("L", (280, 280), 255)
    for stroke in strokes:
        ImageDraw.Draw(sheet).line(stroke, fill=17, width=16, joint="curve")
    content = io.BytesIO()
    sheet.save(content, "PNG")
    return content.getvalue()


def send_sketch(pad, content):
    """What the browser sends of a drawing. pad: a PictureInput. content: the bytes of a PNG, empty for a blank sheet."""
    pad.set_state({"sketch": memoryview(content), "sketches": pad.sketches + 1, "sketched": pad.wipes})


def send_picture(pad, content, name="photo.jpg"):
    """What the browser sends after choosing, dropping or pasting a picture."""
    pad.set_state({"content": memoryview(content), "name": name, "count": pad.count + 1})
