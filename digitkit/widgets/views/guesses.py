"""What a class has guessed, and where it got stuck, as slides for the projector. No name is on them."""

from collections.abc import Sequence

from digitkit.widgets.views.element import Html, element
from digitkit.widgets.views.slides import deck, slide

Bars = Sequence[tuple[str, int, bool]]  # what was guessed, how often, whether it is so


def guess_slides(question: str, before: Bars, bars: Bars, count: str, result: str, heading: str) -> list[Html]:
    """Two slides: the guesses at one question, then the same with the result.

    before: the bars of the first slide, which does not give the result away. count: how many guesses, in words.
    result: a sentence; without one there is only the first slide.
    """
    asked = element("p", question, class_="question")
    slides = [slide(heading, asked, _chart(before), element("p", count))]
    if result:
        slides.append(slide(heading, asked, _chart(bars), element("p", result, class_="reply"), kind="answer"))
    return slides


def mistake_slide(heading: str, exercise: str, outcomes: str, reasons: Sequence[tuple[int, str]]) -> Html:
    """One slide: what the check of an exercise answered most often. reasons: pairs (how often, what it said)."""
    said = [element("li", element("b", f"{count} × "), reason) for count, reason in reasons]
    return slide(heading, element("p", exercise, class_="question"), element("p", outcomes), element("ul", *said))


def class_page(title: str, slides: list[Html]) -> Html:
    """The page with all these slides, after one that says what they are."""
    said = element("p", "What was guessed before anybody knew, and where it got stuck.", class_="question")
    note = element("p", "Arrow keys or a click: on. Nobody’s name is on these pages.")
    return deck(title, [slide(title, said, note, kind="title"), *slides])


def _chart(bars):
    """Rows of a table: label, bar, number. The one that is so is orange and has an arrow, the others are blue."""
    most = max(number for _, number, _ in bars) or 1
    rows = []
    for label, number, is_so in bars:
        bar = element("span", class_="bar", style=f"width:{80 * number / most:.1f}%")
        arrow = " ← it is" if is_so else ""
        cells = element("th", element("span", label), scope="row"), element("td", bar, element("span", f" {number}{arrow}"))
        rows.append(element("tr", *cells, class_="so" if is_so else None))
    return element("table", *rows, class_="bars")
