"""Every step from the picture to 28×28 pixels, side by side; most of them can be left out, to see what they are for."""

from collections.abc import Collection

import numpy as np

from digitkit.widgets.views.element import Html, element, image_url
from digitkit.widgets.views.parts import note
from digitkit.words import STEPS, in_a_row

# What can be left out (see `preprocessing.SWITCHES`), by the step that shows its result.
SWITCH_OF = {
    "sheet": "sheet",
    "inverted": "polarity",
    "paper": "background",
    "without lines": "lines",
    "even stroke": "stroke width",
    "20×20 box": "aspect",
    "28×28": "centre of mass",
}


def strip(steps: dict[str, np.ndarray], without: Collection[str] = (), can_switch: bool = True) -> Html:
    """The steps by name, each with a button that leaves it out.

    steps: {name from STEPS: (h, w) array}; none: what will stand here. without: names of what is left out. can_switch: whether
    there are buttons.
    """
    if not steps:
        return note("Every step from your picture to 28×28 pixels will stand here.")
    shown = [name for name in STEPS if name in steps or SWITCH_OF.get(name) in without]
    items = [_item(number, name, steps.get(name), without, can_switch) for number, name in enumerate(shown, 1)]
    label = "From your picture to 28 by 28 pixels, step by step"
    return element("ol", *items, class_="digitkit-strip", tabindex=0, aria_label=label)


def left_out(without: Collection[str], text: str) -> str:
    """What is left out, and what was read with all steps, in a sentence.

    >>> left_out(["background"], "7")
    'Read without “Paper”. With all steps: 7.'
    """
    names = [f"“{STEPS[step][0]}”" for step, switch in SWITCH_OF.items() if switch in without]
    return f"Read without {in_a_row(names)}. With all steps: {text or 'no digit'}."


def _item(number, name, array, without, can_switch):
    title, text = STEPS[name]
    switch = SWITCH_OF.get(name)
    is_out = switch in without
    if array is None:
        picture = element("span", "left out")
    else:
        tiny = "digitkit-pixels" if max(array.shape) <= 28 else None
        picture = element("img", class_=tiny, src=image_url(array, 224), alt="")
    frame = element("div", picture, class_="digitkit-frame")
    button: Html | str = ""
    if switch and can_switch:
        state = {"aria_pressed": str(is_out).lower(), "aria_label": f"leave out: {title}"}
        button = element("button", "leave out", type="button", data_choose=switch, data_toggle=True, **state)
    explained = element("span", text)
    return element("li", frame, element("b", f"{number}. {title}"), explained, button, class_="digitkit-out" if is_out else None)
