"""A network layer by layer, with what each layer makes of one digit."""

import ipywidgets as widgets
import numpy as np

from digitkit.explain import layer_by_layer
from digitkit.widgets.base import Clickable, Frame
from digitkit.widgets.views import network_explorer as view


class NetworkExplorer(widgets.VBox):
    """A network layer by layer, with what each layer makes of one digit, down to one value and the pixels that feed it.

    model: a Network, or a Keras model, Sequential or functional. image: (28, 28) uint8. chosen: (layer, map, place), what
    is shown. Raises ExplainError for a model that does not take digits or does not tell its layers.

        digitkit.NetworkExplorer(digitkit.load_network(), digitkit.load_mnist().train.images[0])

    """

    def __init__(self, model: object, image: np.ndarray) -> None:
        self.image = np.asarray(image)
        self.layers = layer_by_layer(model, image)
        self.list, self.maps, self.value = Clickable(), Clickable(), Clickable()
        right = widgets.VBox([self.maps, self.value])
        right.add_class("digitkit-right")
        sides = widgets.HBox([self.list, right])
        sides.add_class("digitkit-wrap")
        sides.add_class("digitkit-sides")
        super().__init__([Frame(), sides])
        self.add_class("digitkit-explorers")
        for part in (self.list, self.maps, self.value):
            part.observe(self._show_chosen, "count")
        kinds = [layer.kind for layer in self.layers]
        self.show(kinds.index("Conv2D") if "Conv2D" in kinds else 0)

    def __repr__(self):
        return "NetworkExplorer()"

    def show(self, layer: int, unit: int | None = None, place: tuple[int, int] | None = None) -> None:
        """Show one layer, one of its maps, and one place in it; if left out, where the largest value is.

        layer: number of the layer, 0 for the digit. unit: number of the map. place: (row, column).
        """
        shown = self.layers[layer]
        if unit is None:
            unit = int(np.unravel_index(shown.values.argmax(), shown.values.shape)[0]) if shown.values.ndim == 3 else 0
        values = view.value_grid(shown.values, unit)
        self.chosen = (layer, unit, place or np.unravel_index(np.nanargmax(values), values.shape))
        entering = sum(other.values.size for other in self.layers if other.name in shown.sources)
        self.list.html = view.layers(self.layers, layer)
        self.maps.html = view.maps(shown, entering, unit)
        self.value.html, self.value.status = view.value(shown, unit, self.chosen[2], self.image)

    def _show_chosen(self, change):
        what, *numbers = change.owner.chosen.split()
        layer, unit, _ = self.chosen
        values = self.layers[layer].values
        if what == "layer":
            self.show(int(numbers[0]))
        elif what == "map":
            self.show(layer, min(view.map_number(values, *map(int, numbers)), len(values) - 1))
        else:
            self.show(layer, unit, tuple(map(int, numbers)))
