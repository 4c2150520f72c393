"""A closer look at the digit that the panel shows: why it was read so, what looks like it, its way through the network."""

from collections.abc import Callable

import ipywidgets as widgets

from digitkit.explain import nearest, nearest_examples, occlusion
from digitkit.network import Network, NetworkError, shipped_network
from digitkit.reading import Digit
from digitkit.widgets.views import reasons as view
from digitkit.widgets.views.parts import problem


class CloserLook(widgets.VBox):
    """Buttons that explain one digit, and what they show.

    network: the one that read it. say: called with a sentence that is to be read out. before: called first, at each press.
    """

    def __init__(self, network: Network, say: Callable[[str], None], before: Callable[[], None]) -> None:
        self.network, self._say, self._before = network, say, before
        self.digit: Digit | None = None
        self.why = widgets.Button(description="Why?")
        self.near = widgets.Button(description="Nearest training digits")
        self.reasons, self.neighbours = widgets.HTML(), widgets.HTML()
        # The index of training digits that comes with the kit was made for the network that comes with it.
        has_nearest = nearest.fingerprint(network) == nearest.fingerprint(shipped_network())
        row = widgets.HBox([self.why, *[self.near] * has_nearest])
        row.add_class("digitkit-row")
        shown = widgets.VBox([self.reasons, self.neighbours])
        shown.add_class("digitkit-reasons")
        super().__init__([row, shown])
        self.add_class("digitkit-look")
        self.why.on_click(lambda _: self._show_why())
        self.near.on_click(lambda _: self._show_nearest())

    def __repr__(self):
        return "CloserLook()"

    def look_at(self, digit: Digit | None) -> None:
        """The digit that may be asked about from now on, or None; what was shown of the one before goes."""
        self.digit = digit
        self.reasons.value = self.neighbours.value = ""
        self.why.disabled = self.near.disabled = digit is None

    def _show_why(self):
        self._before()
        if self.digit is None:
            return
        image, label = self.digit.image, self.digit.label
        before = float(self.digit.probabilities[label])
        kept = occlusion(self.network.probabilities, image, label)
        self.reasons.value = view.why(image, label, before, kept)
        self._say(view.why_words(image, label, before, kept))

    def _show_nearest(self):
        self._before()
        if self.digit is None:
            return
        try:
            images, labels, distances = nearest_examples(self.digit.image, self.network)
        except NetworkError as error:
            self.neighbours.value = problem(str(error))
            return
        self.neighbours.value = view.nearest(self.digit.label, images, labels, distances)
        self._say(view.nearest_words(self.digit.label, labels))
