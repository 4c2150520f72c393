"""HTML and SVG, made in one place: whatever is not HTML already is escaped here, and nowhere else."""

import base64
import html
import io
import zlib

import numpy as np
from PIL import Image

from digitkit.colours import as_bytes

VOID = {"br", "img", "input", "meta"}  # these have nothing inside, so HTML does not close them


class Html(str):
    """Text that is HTML already, so that `element` does not escape it again."""


def element(tag: str, *children: object, **attributes: object) -> Html:
    """One element of HTML or SVG.

    children: texts, which are escaped, and elements, which are not. attributes: `_` stands for `-`, and `class_` for
    `class`; a value of None or False leaves the attribute out, True gives it no value.

    >>> element("p", "3 < 5, ", element("b", "surely"), class_="digitkit-note", data_choose=7, hidden=False)
    '<p class="digitkit-note" data-choose="7">3 &lt; 5, <b>surely</b></p>'
    """
    written = "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(str(value))}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{tag}{written}>" if tag in VOID else f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*parts: object) -> Html:
    """Several texts and elements, one after the other.

    >>> joined("a & b", element("br"))
    'a &amp; b<br>'
    """
    return Html("".join(part if isinstance(part, Html) else html.escape(str(part)) for part in parts))


def image_url(array: np.ndarray, longest: int | None = None) -> str:
    """An array as a PNG inside a `data:` address, shrunk so that its longer side is at most `longest` pixels.

    array: (h, w) bool or 0 to 255, or (h, w, 3 or 4) 0 to 255.
    """
    image = Image.fromarray(as_bytes(array))
    if longest and max(image.size) > longest:
        image.thumbnail((longest, longest), Image.Resampling.BOX)
    content = io.BytesIO()
    image.save(content, "PNG", compress_type=zlib.Z_RLE)  # in a third of the time that the usual way takes, and no larger
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode("ascii")
