"""Slides for the projector: one HTML file that needs nothing else, not even the internet. Keys and clicks turn the pages."""

import base64
import hashlib
from pathlib import Path

from digitkit.widgets.views.element import Html, element, joined

STATIC = Path(__file__).parent.parent / "static" / "slides"


def deck(title: str, slides: list[Html]) -> Html:
    """A page with these slides. Each is a `slide`; printed, each is a sheet of paper.

    >>> "<title>Guesses</title>" in deck("Guesses", [slide("Guesses", element("p", "none yet"))])
    True
    """
    styles, script = (Html((STATIC / name).read_text(encoding="utf-8")) for name in ("slides.css", "slides.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", styles),
    )
    place = element("div", id="place", aria_hidden="true")
    body = element("body", element("main", *slides), place, element("script", script))
    return joined(Html("<!doctype html>\n"), element("html", head, body, lang="en"))


def slide(heading: object, *parts: object, kind: str | None = None) -> Html:
    """One slide. heading: a text or HTML, one line at its top. kind: "title", "stop" or "answer" for another look."""
    return element("section", element("h1" if kind == "title" else "h2", heading), *parts, class_=kind, tabindex="-1")
