"""What several views show alike: a sentence, a problem, the pixels of a digit, bars."""

import numpy as np

from digitkit.widgets.views.element import Html, element, image_url
from digitkit.words import percent

HOW_LIKELY = "How likely each is"
OUTPUTS = [*range(10), "no digit"]
LEAST_SHARE = 0.001  # what is less likely gets a bar, but no number


def sentence(text: str) -> Html:
    """A sentence that screen readers read out when it changes."""
    return element("p", text, class_="digitkit-said", role="status")


def problem(message: str, role: str | None = "alert") -> Html:
    """What is impossible or went wrong, and why. role: None where a screen reader is told in another way."""
    return element("p", message, class_="digitkit-problem", role=role)


def soft(*texts: object) -> Html:
    """An explanation in softer letters."""
    return element("p", *texts, class_="digitkit-soft")


def note(text: str) -> Html:
    """A remark in small letters."""
    return element("p", text, class_="digitkit-note")


def pixels(image: np.ndarray, alt: str) -> Html:
    """A digit, each of its pixels a square. alt: what it shows, in words."""
    # Decoded at once, so that it does not flicker while someone draws.
    return element("img", class_="digitkit-pixels", decoding="sync", src=image_url(image), alt=alt)


def tiles(*parts: object) -> Html:
    """Parts side by side, as many in a row as there is room for."""
    return element("div", *parts, class_="digitkit-tiles")


def bars(shares: np.ndarray | None = None, count: int = 10) -> Html:
    """How likely each digit is, as bars with their numbers; what is under 0.1 % has none.

    shares: (10,), or (11,) with "no digit" last. None: as many empty bars as `count` says.
    """
    if shares is None:
        return bar_table(HOW_LIKELY, [bar(name, 0, "–") for name in OUTPUTS[:count]])
    first = shares.argmax()
    rows = [
        bar(OUTPUTS[index], share, percent(share) if share >= LEAST_SHARE else "", index == first)
        for index, share in enumerate(shares)
    ]
    return bar_table(HOW_LIKELY, rows)


def bar_table(label: str, rows: list[Html], wide: bool = False) -> Html:
    """Bars below each other. rows: as `bar` makes them. wide: with room for words before the bars."""
    return element("table", *rows, class_="digitkit-bars digitkit-wide" if wide else "digitkit-bars", aria_label=label)


def bar(name: object, share: float, text: str, first: bool = False) -> Html:
    """One row of a `bar_table`: its name, a bar as long as the share (0 to 1), and a text. first: the one to look at."""
    drawn = element("div", class_="digitkit-bar", style=f"--share:{100 * share:.1f}%")
    cells = element("th", name, scope="row"), element("td", drawn), element("td", text)
    return element("tr", *cells, class_="digitkit-first" if first else None)
