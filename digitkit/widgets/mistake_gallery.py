"""The mistakes of a network, to look through."""

import ipywidgets as widgets
import numpy as np

from digitkit import metrics
from digitkit.data import Digits
from digitkit.errors import InputError, in_sentences
from digitkit.widgets.base import Frame, Pictured
from digitkit.widgets.views import mistake_gallery as view
from digitkit.widgets.views.parts import sentence
from digitkit.words import counted, percent

ALL = "all"  # mistakes, where else a pair of label and answer stands
PAGE = 20  # digits that are shown at once


class MistakeGallery(Pictured):
    """Look through the mistakes of a network: the worst ones first, or those of one cell of the confusion matrix.

    digits: Digits. probabilities: (n, 10), what the network says of each. Raises InputError if the two do not fit.

        digitkit.MistakeGallery(digits, network.probabilities(digits.images))

    """

    @in_sentences
    def __init__(self, digits: Digits, probabilities: np.ndarray) -> None:
        self.digits, self.probabilities = digits, np.asarray(probabilities)
        if self.probabilities.shape != (len(digits), 10) or not len(digits):
            shape = self.probabilities.shape
            raise InputError(f"{len(digits)} digits need probabilities of shape ({len(digits)}, 10), not {shape}.")
        table = metrics.confusion_matrix(digits.labels, self.probabilities.argmax(axis=1))
        self.cells = {place: self._cell(place, int(count), table) for place, count in np.ndenumerate(table)}
        self.pairs = widgets.Dropdown(
            options=self._pairs(table), description="Show:", style={"description_width": "initial"}, layout={"width": "340px"}
        )
        self.said, self.pictures = widgets.HTML(), widgets.HTML()
        self.more = widgets.Button(description=f"{PAGE} more")
        heads = [widgets.HTML("label ↓ read →")] + [widgets.HTML(f"{answer}") for answer in range(10)]
        rows = [[widgets.HTML(f"{label}")] + [self.cells[label, answer] for answer in range(10)] for label in range(10)]
        for head in (heads[0], *(row[0] for row in rows)):
            head.add_class("digitkit-head")
        matrix = widgets.Box([*heads, *(child for row in rows for child in row)])
        matrix.add_class("digitkit-matrix")
        matrix.layout.display = "grid"
        super().__init__([Frame(), widgets.HTML(view.intro()), matrix, self.pairs, self.said, self.pictures, self.more])
        self.add_class("digitkit-experiment")
        self.pairs.observe(self._open, "value")
        self.more.on_click(lambda _: self._show(self._shown + PAGE))
        self._open()

    def __repr__(self):
        return "MistakeGallery()"

    def still(self):
        from digitkit.plotting import still_of_digits

        shown = self._found[:14]
        return still_of_digits(self._in_words(shown), self.digits.images[shown], [below[:2] for below in self._below(shown)])

    def _cell(self, place, count, table):
        label, answer = place
        words = f"{label} read as {answer}: {counted(count, 'digit')}"
        cell = widgets.Button(description=f"{count}" if count else "·", tooltip=words, disabled=not count)
        most = np.where(np.eye(10, dtype=bool), 0, table).max()
        strength = "many" if count > 2 * most / 3 else "some" if count > most / 3 else "few"
        cell.add_class(f"digitkit-{'none' if not count else 'right' if label == answer else strength}")
        cell.on_click(lambda _: setattr(self.pairs, "value", place))
        return cell

    def _pairs(self, table):
        """What can be shown, each with its name: all mistakes, then the mistakes of each kind, then what was read right."""
        places = [tuple(map(int, place)) for place in np.argwhere(table)]
        places.sort(key=lambda place: (place[0] == place[1], -table[place]))
        wrong = int(table.sum() - np.trace(table))
        return [(f"all {wrong:,} mistakes", ALL), *((self.cells[place].tooltip, place) for place in places)]

    def _open(self, change=None):
        place = self.pairs.value
        labels = self.digits.labels
        if place == ALL:
            self._found = metrics.surest_mistakes(labels, self.probabilities)
        else:
            self._found = metrics.read_as(labels, self.probabilities, *place)
            self.cells[place].add_class("digitkit-open")
        if change is not None and change.old != ALL:
            self.cells[change.old].remove_class("digitkit-open")
        self._show(PAGE)

    def _show(self, count):
        shown = self._found[:count]
        self._shown = len(shown)
        self.said.value = sentence(self._in_words(shown))
        self.pictures.value = view.pictures(self.digits.images[shown], self._below(shown))
        self.more.layout.display = "none" if self._shown == len(self._found) else "inline-flex"

    def _in_words(self, shown):
        place, count = self.pairs.value, len(self._found)
        name = self.pairs.label[0].upper() + self.pairs.label[1:]
        order = "the surest first" if place == ALL or place[0] != place[1] else "the least sure first"
        extent = f", {len(shown)} of them shown" if len(shown) < count else ""
        return f"{name}, {order}{extent}." if count else f"No mistake: all {len(self.digits):,} read right."

    def _below(self, shown):
        """What stands below each digit."""
        return [
            [
                f"label {self.digits.labels[index]}, read {self.probabilities[index].argmax()}",
                f"{percent(self.probabilities[index].max())} sure",
                f"digit {index}",
            ]
            for index in shown
        ]
