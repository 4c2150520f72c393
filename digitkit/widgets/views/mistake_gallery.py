"""Digits in rows, with a few words below each."""

import numpy as np

from digitkit.widgets.views.element import Html, element, image_url


def intro() -> Html:
    """How to read the table."""
    return element(
        "p",
        "Rows: the label. Columns: what the network read. Grey: read right. Orange: misread, the darker the more often. "
        "Choose a cell to see its digits, or choose from the list.",
    )


def pictures(images: np.ndarray, lines: list[list[str]]) -> Html:
    """Digits with a few short lines below each. images: (n, 28, 28) uint8. lines: n lists of texts, the first one bold."""
    items = []
    for image, (first, *others) in zip(images, lines, strict=True):
        below = [piece for other in others for piece in (element("br"), other)][1:]
        picture = element("img", src=image_url(image), alt=", ".join([first, *others]))
        items.append(element("li", picture, element("b", first), *below))
    return element("ol", *items, class_="digitkit-pictures")
