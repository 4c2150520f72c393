"""What the panel shows of a reading: the answer, what the network saw, the picture with its boxes, every step."""

import numpy as np

from digitkit.reading import NO_DIGIT, SAYS, Digit, Reading, in_words
from digitkit.widgets.views.element import Html, element, image_url, joined
from digitkit.widgets.views.parts import bars, note, pixels
from digitkit.words import STEPS, counted, percent

WELCOME = ("Show me a digit.", "Draw one, or take a photo of one: a dark pen on light paper reads best.")
PRIVACY = (
    "Your pictures are read on this computer or on your notebook server. Nothing is stored or sent on unless you press Save, "
    "and the network does not learn from them."
)


def answer(text: str, remark: str = "") -> Html:
    """A sentence in the place of the answer, with a remark in smaller letters below it."""
    return joined(element("p", text, class_="digitkit-answer"), note(remark))


def welcome() -> Html:
    """What stands in the place of the answer at first."""
    return answer(*WELCOME)


def privacy() -> Html:
    """What becomes of the pictures."""
    return note(PRIVACY)


def message(text: str) -> Html:
    """What became of saving or opening digits."""
    return element("p", text)


def nothing(title: str, text: str) -> Html:
    """A part of the panel that is still empty, and what will stand there."""
    return joined(element("h4", title), note(text))


def reading_in_words(reading: Reading, calibrated: bool = True) -> Html:
    """The answer in words, and in a remark what was left out."""
    remarks = []
    told = (reading.reason or "").removeprefix(NO_DIGIT).removeprefix("; ")  # the answer itself says that there is none
    if told:
        remarks.append(told[0].upper() + told[1:] + ".")
    if not reading.digits and "threshold" in reading.steps and reading.steps["threshold"].any():
        remarks.append(SAYS["a mark"])
    if reading.digits and not calibrated:
        remarks.append(SAYS["not calibrated"])
    return answer(in_words(reading), " ".join(remarks))


def seen(digit: Digit | None = None, which: str = "", networks: list[tuple[str | None, Digit | None]] | None = None) -> Html:
    """What the network sees, and how likely each digit is. Without a digit, the same places left empty.

    which: the digit's name in a sentence. networks: of a comparison, pairs (name, Digit as that network read it); then
    each has its own bars.
    """
    image = np.zeros((28, 28), np.uint8) if digit is None else digit.image
    alt = "nothing yet" if digit is None else f"28 by 28 pixels: {which} as the network sees it"
    parts = [element("div", element("h4", "What the network sees"), pixels(image, alt), class_="digitkit-seen")]
    for name, its in networks or [(None, digit)]:
        title = element("h4", "How likely each digit is" if name is None else f"{name}: {_short(its)}")
        parts.append(element("div", title, bars(None if its is None else its.probabilities), class_="digitkit-probabilities"))
    return element("div", *parts, class_="digitkit-live")


def _short(digit):
    return "–" if digit is None else f"{digit.label}, {percent(digit.confidence)}"


def picture(picture: np.ndarray, name: str, reading: Reading, chosen: int = 0) -> Html:
    """The picture with a box around each digit; a click on one chooses it.

    picture: (h, w, 3) uint8, upright. name: of the file. chosen: which digit is looked at.
    """
    boxes = [_box(index, digit, reading, chosen) for index, digit in enumerate(reading.digits)]
    count = len(reading.digits)
    found = f"{counted(count, 'digit')} found: {reading.text}" if count else "no digit found"
    shown = element("img", src=image_url(picture), alt=f"{name}: {found}")
    return joined(element("h4", "Your picture"), element("div", shown, *boxes, class_="digitkit-picture"))


def _box(index, digit, reading, chosen):
    (width, height), (x, y, w, h) = reading.size, digit.box
    shares = {"left": x / width, "top": y / height, "width": w / width, "height": h / height}
    below = " digitkit-low" if y < 0.12 * height else ""
    this = " digitkit-this" if index == chosen and len(reading.digits) > 1 else ""
    return element(
        "button",
        element("b", digit.label),
        type="button",
        tabindex=-1,  # for the mouse: by keyboard, and read aloud, a row of buttons above the picture does the same
        data_choose=index,
        class_=f"digitkit-box{below}{this}",
        style=";".join(f"{name}:{100 * share:.2f}%" for name, share in shares.items()),
        aria_label=f"digit {index + 1}: {digit.label}",
    )


def strip(steps: dict[str, np.ndarray]) -> Html:
    """Every step from the picture to 28×28 pixels, by name. steps: {name from STEPS: (h, w) array}."""
    items = []
    for index, (step, array) in enumerate(steps.items(), 1):
        title, text = STEPS[step]
        tiny = "digitkit-pixels" if max(array.shape) <= 28 else None
        frame = element("div", element("img", class_=tiny, src=image_url(array, 224), alt=""), class_="digitkit-frame")
        items.append(element("li", frame, element("b", f"{index}. {title}"), element("span", text)))
    label = "From your picture to 28 by 28 pixels, step by step"
    shown = element("ol", *items, class_="digitkit-strip", tabindex=0, aria_label=label)
    return joined(element("h4", "From your picture to 28×28 pixels"), shown)
