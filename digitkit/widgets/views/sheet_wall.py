"""A class sheet as a wall of digits: each box in its row, mistakes framed, and what a click does."""

from digitkit.handwriting import FilledSheet
from digitkit.handwriting.contact_sheet import LEGEND
from digitkit.handwriting.sheet_layout import LABELS
from digitkit.widgets.views.element import Html, element, image_url, joined
from digitkit.widgets.views.panel import answer
from digitkit.words import counted

SIGNS = {"empty": "–", "crossed out": "✕", "hidden": "▒"}


def told(number: int, marks: list[tuple[int, int | None]]) -> str:
    """What was read on a sheet, in a sentence. number: of the sheet. marks: pairs (what it was, what was read or None).

    >>> told(7, [(3, 3), (4, 9)])
    'Sheet 7: 1 of 2 digits read right.'
    """
    return f"Sheet {number}: {sum(truth == read for truth, read in marks)} of {counted(len(marks), 'digit')} read right."


def sheet_in_words(sheet: FilledSheet, marks: list[tuple[int, int | None]], reason: str | None) -> Html:
    """The answer for a sheet, and what can be done with it. marks: as for `told`. reason: what else is in the photo, or None."""
    remarks = ["A click on a digit below takes it out, or puts it back; the row “or it was a” corrects it."]
    remarks += [f"A number of your own: {sheet.own_number}."] if sheet.own_number else []
    remarks += [f"{reason[0].upper()}{reason[1:]}."] if reason else []
    return answer(told(sheet.number, marks), " ".join(remarks))


def wall(sheet: FilledSheet, truths: dict[int, int], chosen: int) -> Html:
    """The wall. truths: {which digit: what it is}, without those that were taken out. chosen: which digit is looked at."""
    buttons = {
        (box.label, box.column): _digit(box, index, truths.get(index), index == chosen) for index, box in enumerate(sheet.filled)
    }
    rows = []
    for label in range(LABELS):
        row = [box for box in sheet.boxes if box.label == label]
        cells = [buttons[label, box.column] if box.digit else _nothing(box) for box in row]
        rows.append(element("tr", element("th", label, scope="row"), *(element("td", cell) for cell in cells)))
    legend = "Framed: read as the small digit. Round: perhaps no digit. Struck through: taken out."
    return joined(
        element("table", *rows, class_="digitkit-wall", aria_label=f"The digits of sheet {sheet.number}"),
        element("p", legend, class_="digitkit-note"),
    )


def _digit(box, index, truth, is_chosen):
    wrong = truth is not None and not box.is_doubtful and box.digit.label != truth
    states = {"wrong": wrong, "doubtful": box.is_doubtful, "out": truth is None, "this": is_chosen}
    told = f"a {box.label if truth is None else truth}, read as {box.digit.label}"
    told += ", perhaps no digit" if box.is_doubtful else ""
    return element(
        "button",
        element("img", src=image_url(255 - box.digit.image), alt=""),
        element("b", box.digit.label) if wrong else "",
        type="button",
        data_choose=index,
        data_toggle=True,
        class_=" ".join(f"digitkit-{name}" for name, holds in states.items() if holds),
        aria_pressed=str(truth is not None).lower(),
        aria_label=f"row {box.label}, number {box.column + 1}: {told}{', taken out' if truth is None else ''}",
    )


def _nothing(box):
    words = LEGEND[box.content]
    return element("span", SIGNS[box.content], role="img", aria_label=words, title=words)
