"""A network layer by layer, at work on a given digit, on one that is drawn, or on that of a photo."""

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np

from digitkit.errors import in_sentences
from digitkit.explain import ExplainError, layer_by_layer
from digitkit.explain.layer_words import shape, title
from digitkit.reading import read
from digitkit.widgets.base import Frame, Pictured
from digitkit.widgets.live_layers import LiveLayers
from digitkit.widgets.networks import as_network, name_of
from digitkit.widgets.picture_input import PictureInput
from digitkit.widgets.picture_reading import why_not
from digitkit.widgets.views.parts import problem, soft
from digitkit.words import counted

GIVEN = "You follow the digit that was given. Draw one of your own, and see what each layer makes of it."


class NetworkExplorer(Pictured):
    """A network at work on one digit: every layer with all its maps, down to one value and how it comes about.

    First it follows the given digit, then whatever is drawn on the sheet or shown to it, of several digits in a picture the
    largest. model: a Network, the path of a saved one, None for the shipped one, or a Keras model that `to_network` can
    export. image: (28, 28) uint8, ink bright on black. followed: (28, 28) uint8, the digit that is followed.
    Raises NetworkError if the network cannot be used, ExplainError for any other kind of image.

        digitkit.NetworkExplorer(digitkit.load_network(), digitkit.load_mnist().train.images[0])

    """

    @in_sentences
    def __init__(self, model: object, image: np.ndarray) -> None:
        self.network = as_network(model)
        self.given = np.asarray(image)
        if self.given.shape != (28, 28) or self.given.dtype != np.uint8:
            raise ExplainError(f"A digit of shape (28, 28) and type uint8 is needed, not {self.given.shape} {self.given.dtype}.")
        self.picture_input, self.status = PictureInput(), widgets.HTML()
        self.layers = LiveLayers({name_of(model, "Your network"): self.network})
        way_in = widgets.VBox([self.picture_input, self.status])
        super().__init__([way_in, self.layers, Frame()])
        self.add_class("digitkit-explorers")
        self.add_class("digitkit-follow")
        self.picture_input.on_picture(self._follow_picture)
        self.picture_input.on_sketch(self._follow_sketch)
        self._follow(self.given, GIVEN)

    def __repr__(self):
        return "NetworkExplorer()"

    def still(self):
        from digitkit.plotting import still_of_layers

        layers = layer_by_layer(self.network, self.given)
        return still_of_layers([(title(layer), shape(layer.values), layer.values) for layer in layers])

    def _follow(self, image, sentence):
        self.followed, self.layers.image = image, image.tobytes()
        self._say(sentence, soft(sentence))

    def _follow_picture(self):
        self.picture_input.wipes += 1
        self._look(self.picture_input.content, "picture", lambda digits: max(digits, key=_area), "largest")

    def _follow_sketch(self):
        if self.picture_input.sketch:
            self._look(self.picture_input.sketch, "drawing", lambda digits: digits[-1], "last")  # the last is the new one
        else:
            self._follow(self.given, GIVEN)

    def _look(self, picture: bytes, what: str, choose: Callable, which: str) -> None:
        """Follow one digit of a picture. The shipped network finds it, so that even one that knows nothing can be followed."""
        try:
            reading = read(picture)
        except Exception as error:
            self._say(why_not(error), problem(why_not(error), role=None))
            return
        digits, mark = reading.digits, reading.largest_refused
        if digits:
            one = "the digit" if len(digits) == 1 else f"the {which} of {counted(len(digits), 'digit')}"
            self._follow(choose(digits).image, f"You follow {one} of your {what}.")
        elif mark:
            self._follow(mark.image, f"You follow a mark of your {what} that does not look like a digit.")
        else:
            self._say(sentence := f"There is no digit in your {what}.", problem(sentence, role=None))

    def _say(self, sentence, html):
        self.status.value, self.picture_input.spoken = html, sentence


def _area(digit):
    return digit.box[2] * digit.box[3]
