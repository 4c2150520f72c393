"""The last readings, and what was written against what was read. marks: pairs (what it was, what was read or None)."""

from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.panel import nothing
from digitkit.widgets.views.parts import note

MARKS = {True: "✓", False: "✗", None: ""}


def history(items: dict[int, tuple[str, str, str, bool | None]], current: int | None = None) -> Html:
    """The last readings as a row of thumbnails, the newest first.

    items: {number: (thumbnail address, text, truth in words or "", right)}.
    right: True, False, or None as long as nobody has said. current: the number of the one that is shown.
    """
    if not items:
        return nothing("Your last readings", "They will stand here: a click shows one again.")
    buttons = []
    for number, (address, text, truth, right) in sorted(items.items(), reverse=True):
        shown = (element("img", src=address, alt=""), element("span", f"{_shortened(text) or '–'} {MARKS[right]}"))
        spoken = f"reading {number}: {text or 'no digit'}{', ' + truth if truth else ''}"
        state = {"data_choose": number, "aria_label": spoken, "aria_pressed": str(number == current).lower()}
        buttons.append(element("li", element("button", *shown, type="button", **state)))
    return joined(element("h4", "Your last readings"), element("ol", *buttons, class_="digitkit-history"))


def _shortened(text):
    return text[:3] + "…" if text.isdigit() and len(text) > 4 else text


def truth_buttons(truth: int | None, is_asleep: bool) -> Html:
    """Buttons to say what a digit really was. truth: what was said. is_asleep: whether there is nothing to correct."""
    buttons = [
        element(
            "button",
            label,
            type="button",
            data_choose=label,
            data_toggle=True,
            aria_pressed=str(label == truth).lower(),
            aria_label=f"it was a {label}",
            disabled=is_asleep,
        )
        for label in range(10)
    ]
    label = element("span", "or it was a:")
    return element("div", label, *buttons, class_="digitkit-truth", role="group", aria_label="What it really was")


def score_words(marks: list[tuple[int, int | None]]) -> str:
    """The running score.

    >>> score_words([(7, 7), (4, 9)])
    'Your handwriting: 1 of 2 read right.'
    """
    right = sum(truth == read for truth, read in marks)
    return f"Your handwriting: {right} of {len(marks)} read right." if marks else "Say what it was: your score is kept here."


def confusion(marks: list[tuple[int, int | None]]) -> Html:
    """What was written against what was read, only with the rows and columns that occur."""
    if not marks:
        return nothing("Written and read", "Say what your digits were, and a table of what was read as what grows here.")
    written = sorted({truth for truth, _ in marks})
    read = sorted({answer for _, answer in marks if answer is not None}) + [None] * any(answer is None for _, answer in marks)
    head = element("tr", element("td"), *(element("th", "none" if answer is None else answer, scope="col") for answer in read))
    rows = [
        element("tr", element("th", truth, scope="row"), *(_cell(truth, answer, marks.count((truth, answer))) for answer in read))
        for truth in written
    ]
    return joined(
        element("h4", "Written and read"),
        note("Rows: what you wrote. Columns: what was read. Blue is right, orange is wrong."),
        element("table", head, *rows, class_="digitkit-confusion", aria_label="Written and read"),
    )


def _cell(truth, answer, count):
    if not count:
        return element("td")
    return element("td", count, class_="digitkit-right" if truth == answer else "digitkit-wrong")
