"""A closer look at the digit that the panel shows: why it was read so, what looks like it, its way through the network."""

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
import traitlets

from digitkit.data import DataError
from digitkit.explain import nearest, nearest_examples, occlusion
from digitkit.network import Network, NetworkError, shipped_network
from digitkit.reading import Digit
from digitkit.widgets.live_layers import LiveLayers
from digitkit.widgets.views import reasons as view
from digitkit.widgets.views.parts import problem

FOLLOW, BACK = "Follow it through the network", "Back to the steps"


class CloserLook(widgets.VBox):
    """Buttons that explain one digit, and what they show.

    networks: by their names, one or two; the first is the one that read it. say: called with a sentence that is to be read out.
    finish: called first, at each press, so that the digit is that of the drawing as it is. way: the digit's way through the
    networks, empty until it is asked for; it stands elsewhere, beside the sheet. is_following: whether it is shown.
    """

    is_following = traitlets.Bool(False)

    def __init__(self, networks: dict[str, Network], say: Callable[[str], None], finish: Callable[[], None]) -> None:
        self.networks, self._say, self._finish = networks, say, finish
        self.network = network = next(iter(networks.values()))
        self.digit: Digit | None = None
        self._layers: LiveLayers | None = None
        self._followed = b""
        self.follow = widgets.Button(description=FOLLOW)
        self.way = widgets.VBox()
        self.way.add_class("digitkit-way")
        self.why = widgets.Button(description="Why?")
        self.near = widgets.Button(description="Nearest training digits")
        self.reasons, self.neighbours = widgets.HTML(), widgets.HTML()
        # The index of training digits that comes with the kit was made for the network that comes with it.
        has_nearest = nearest.fingerprint(network) == nearest.fingerprint(shipped_network())
        row = widgets.HBox([self.follow, self.why, *[self.near] * has_nearest])
        row.add_class("digitkit-row")
        shown = widgets.VBox([self.reasons, self.neighbours])
        shown.add_class("digitkit-reasons")
        super().__init__([row, shown])
        self.add_class("digitkit-look")
        self.follow.on_click(lambda _: self._follow())
        self.why.on_click(lambda _: self._show_why())
        self.near.on_click(lambda _: self._show_nearest())

    def __repr__(self):
        return "CloserLook()"

    def look_at(self, digit: Digit | None) -> None:
        """The digit that may be asked about from now on, or None; what was shown of the one before goes."""
        self.digit = digit
        self.reasons.value = self.neighbours.value = ""
        self.why.disabled = self.near.disabled = digit is None

    def show_way(self, image: np.ndarray | None) -> None:
        """What goes through the networks from now on: (28, 28) uint8, or None for a blank digit."""
        self._followed = b"" if image is None else image.tobytes()
        if self._layers is not None and self.is_following:
            self._layers.image = self._followed

    def _follow(self):
        self.is_following = not self.is_following
        self.follow.description = BACK if self.is_following else FOLLOW
        if self._layers is None:
            self._layers = LiveLayers(self.networks)
            self.way.children = [self._layers]
        if self.is_following:
            self._layers.image = self._followed

    def _show_why(self):
        self._finish()
        if self.digit is None:
            return
        image, label = self.digit.image, self.digit.label
        before = float(self.digit.probabilities[label])
        kept = occlusion(self.network.probabilities, image, label)
        self.reasons.value = view.why(image, label, before, kept)
        self._say(view.why_words(image, label, before, kept))

    def _show_nearest(self):
        self._finish()
        if self.digit is None:
            return
        try:
            images, labels, distances = nearest_examples(self.digit.image, self.network)
        except (NetworkError, DataError) as error:
            self.neighbours.value = problem(str(error))
            return
        self.neighbours.value = view.nearest(self.digit.label, images, labels, distances)
        self._say(view.nearest_words(self.digit.label, labels))
