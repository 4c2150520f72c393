"""A guess, and how it is compared with the result."""

import math

from digitkit.widgets.views.element import Html, element
from digitkit.words import in_text, is_number

# Written into the elements, because a Comparison is shown without any widget that could bring a style sheet.
CARD = "border:1px solid var(--jp-border-color1, #bdbdbd);border-radius:6px;padding:6px 14px;min-width:7em"


def question(text: str) -> Html:
    """What is asked."""
    return element("b", text)


def compared(guess: object, result: object, unit: str = "") -> str:
    """A guess and what it turned out to be, in one sentence that never scolds.

    >>> compared(8000, 7877)
    'You guessed 8,000, it is 7,877: close.'
    """
    if guess is None:
        return f"It is {in_text(result)}{unit}. You have not guessed yet."
    sentence = f"You guessed {in_text(guess)}{unit}, it is {in_text(result)}{unit}"
    if not (is_number(guess) and is_number(result)):
        return f"You guessed {in_text(guess)}, and so it is." if guess == result else f"{sentence}."
    if guess == result:
        return f"{sentence}: exactly."
    if math.isnan(result):
        return f"{sentence}."
    apart = abs(guess - result) / abs(result) if result else math.inf
    if apart <= 0.25:
        return f"{sentence}: {'close' if apart <= 0.05 else 'not far off'}."
    return f"{sentence}: {'more' if result > guess else 'less'} than you thought."


def comparison(guess: object, result: object, unit: str = "") -> Html:
    """A guess and the result side by side, and below them one sentence. guess: None if nothing was guessed; the result is then
    folded away."""
    colour = "color:var(--jp-ui-font-color1, #222)"
    if guess is None:
        advice = element("p", "Guess first, in the box above; or open this.", style="margin:0 0 2px")
        button = element("summary", "Show me", style="cursor:pointer")
        told = element("p", f"It is {in_text(result)}{unit}.", style="margin:4px 0 0 1em")
        return element("div", advice, element("details", button, told), style=colour)
    boxes = [("Your guess", in_text(guess) + unit), ("The result", in_text(result) + unit)]
    cards = [
        element(
            "div",
            element("div", title, style="font-size:13px"),
            element("div", text, style="font-size:22px;font-weight:600"),
            style=CARD,
        )
        for title, text in boxes
    ]
    row = element("div", *cards, style="display:flex;flex-wrap:wrap;gap:12px")
    sentence = element("p", compared(guess, result, unit), style="font-size:16px;margin:8px 0 0")
    return element("div", row, sentence, style=colour)
