"""What the panel shows of a reading: the answer, a button for each digit, what the network saw, the picture with its boxes."""

import numpy as np

from digitkit.reading import GUESS, NO_DIGIT, SAYS, SURE, Digit, Reading, in_words
from digitkit.widgets.views.element import Html, element, image_url, joined
from digitkit.widgets.views.parts import HOW_LIKELY, bars, note, pixels
from digitkit.words import counted, percent

WELCOME = ("Show me a digit.", "Draw one, or take a photo of one: a dark pen on light paper reads best.")
PRIVACY = (
    "Your pictures are read on this computer or on your notebook server. Nothing is stored or sent on unless you press Save, "
    "and the network does not learn from them."
)
MANY = 20  # digits: more of them become a wall of what the network saw, and their boxes lose their labels
DOUBTS = {"": "", "~": "not sure", "?": "a guess"}  # said by a sign, too, because not everybody sees the colours


def answer(text: str, remark: str = "") -> Html:
    """A sentence in the place of the answer, with a remark in smaller letters below it."""
    return joined(element("p", text, class_="digitkit-answer"), note(remark))


def welcome(task: str = "") -> Html:
    """What stands in the place of the answer at first. task: what there is to do, in the game."""
    return answer(WELCOME[0], task or WELCOME[1])


def privacy() -> Html:
    """What becomes of the pictures."""
    return note(PRIVACY)


def message(text: str) -> Html:
    """What became of saving or opening digits."""
    return element("p", text)


def nothing(title: str, text: str) -> Html:
    """A part of the panel that is still empty, and what will stand there."""
    return joined(element("h4", title), note(text))


def reading_in_words(reading: Reading, calibrated: bool = True, before: str = "") -> Html:
    """The answer in words, and in a remark what was left out. before: something else that the remark begins with."""
    remarks = [before] if before else []
    told = (reading.reason or "").removeprefix(NO_DIGIT).removeprefix("; ")  # the answer itself says that there is none
    if told:
        remarks.append(told[0].upper() + told[1:] + ".")
    if not reading.digits and "threshold" in reading.steps and reading.steps["threshold"].any():
        remarks.append(SAYS["a mark"])
    if reading.digits and not calibrated:
        remarks.append(SAYS["not calibrated"])
    return answer(in_words(reading), " ".join(remarks))


def tokens(reading: Reading, chosen: int) -> Html:
    """A button for each digit, in their rows, coloured by how sure the network is; empty for fewer than two digits.

    Many digits become a wall of what the network saw of each. chosen: which one is looked at.
    """
    digits = reading.digits
    if len(digits) < 2:
        return joined()
    many = len(digits) > MANY
    buttons = [_token(index, digit, chosen, many) for index, digit in enumerate(digits)]
    rows = [
        element("div", *(button for button, digit in zip(buttons, digits, strict=True) if digit.row == row))
        for row in sorted({digit.row for digit in digits})
    ]
    signs = {_doubt(digit) for digit in digits} - {""}
    legend = note(" · ".join(f"{sign} {DOUBTS[sign]}" for sign in DOUBTS if sign in signs)) if signs else ""
    label = "The digits that were read: which one is looked at"
    wall = " digitkit-many" if many else ""
    return element("div", *rows, legend, class_=f"digitkit-tokens{wall}", role="radiogroup", aria_label=label)


def _token(index, digit, chosen, as_picture):
    here, sign = index == chosen, _doubt(digit)
    written = f"{digit.label}{sign}"
    shown = [element("img", src=image_url(digit.image), alt=""), element("b", written)] if as_picture else [written]
    return element(
        "button",
        *shown,
        type="button",
        role="radio",
        aria_checked=str(here).lower(),
        tabindex=0 if here else -1,
        data_choose=index,
        class_={"": None, "~": "digitkit-unsure", "?": "digitkit-guess"}[sign],
        title=percent(digit.confidence),
        aria_label=f"digit {index + 1}: {digit.label}, {percent(digit.confidence)}",
    )


def _doubt(digit):
    return "" if digit.confidence >= SURE else "~" if digit.confidence >= GUESS else "?"


def seen(mark: Digit | None, which: str, networks: list[tuple[str | None, Digit | None, int]]) -> Html:
    """What the network sees, and how likely each digit is. Without a mark, the same places left empty.

    which: what the mark is called in a sentence. networks: for each that reads, (name, the mark as it judged it, how many outputs
    it has); one alone needs no name.
    """
    image = np.zeros((28, 28), np.uint8) if mark is None else mark.image
    alt = "nothing yet" if mark is None else f"28 by 28 pixels: {which} as the network sees it"
    parts = [element("div", element("h4", "What the network sees"), pixels(image, alt), class_="digitkit-seen")]
    for name, judged, outputs in networks:
        title = element("h4", HOW_LIKELY if name is None else f"{name}: {_short(judged)}")
        shares = None if judged is None else judged.shares[:outputs]
        parts.append(element("div", title, bars(shares, outputs), class_="digitkit-probabilities"))
    return element("div", *parts, class_="digitkit-live")


def _short(mark):
    if mark is None:
        return "–"
    return f"no digit, {percent(mark.no_digit)}" if mark.is_refused else f"{mark.label}, {percent(mark.confidence)}"


def picture(picture: np.ndarray, name: str, reading: Reading) -> Html:
    """The picture that was read. picture: (h, w, 3) or (h, w) uint8, upright. name: of the file."""
    count = len(reading.digits)
    found = f"{counted(count, 'digit')} found: {reading.text}" if count else "no digit found"
    return element("img", src=image_url(picture), alt=f"{name}: {found}")


def boxes(reading: Reading, chosen: int = 0) -> Html:
    """A box around each digit, to be laid over the picture; a click on one chooses it. chosen: which digit is looked at."""
    framed = [_box(index, digit, reading, chosen) for index, digit in enumerate(reading.digits)]
    return element("div", *framed, class_="digitkit-crowded") if len(framed) > MANY else joined(*framed)


def _box(index, digit, reading, chosen):
    (width, height), (x, y, w, h) = reading.size, digit.box
    shares = {"left": x / width, "top": y / height, "width": w / width, "height": h / height}
    below = " digitkit-low" if y < 0.12 * height else ""
    this = " digitkit-this" if index == chosen and len(reading.digits) > 1 else ""
    return element(
        "button",
        element("b", digit.label) if len(reading.digits) <= MANY else "",
        type="button",
        tabindex=-1,  # for the mouse: by keyboard, and read aloud, the row of digits below the answer does the same
        data_choose=index,
        class_=f"digitkit-box{below}{this}",
        style=";".join(f"{name}:{100 * share:.2f}%" for name, share in shares.items()),
        aria_label=f"digit {index + 1}: {digit.label}",
    )
