"""Every layer of one network or two, at work on a digit that may change many times a second."""

import anywidget
import traitlets

from digitkit import page
from digitkit.network import Network
from digitkit.widgets.base import STATIC

MODULES = ["sheet", "numbers", "network", "weights", "words", "grids", "arithmetic", "live_layers"]


class LiveLayers(anywidget.AnyWidget):
    """Every layer of a network with all its maps, down to one value and how it comes about; two stand side by side.

    named: networks by their names, one or two. image: the digit that is followed, 28×28 pixels as 784 bytes, ink bright on black;
    empty: a blank one. The browser computes the layers. networks: what it needs for that, sent when it has asked: as soon
    as the widget is on the screen for the first time.
    Raises ExplainError if a network's numbers are no numbers (NaN).

        layers = LiveLayers({"Shipped network": digitkit.load_network(), "my_cnn": digitkit.my_network()[0]})
        layers.image = digit.tobytes()

    """

    _esm = page.as_script(page.constants()) + page.assembled(
        *(page.STATIC / f"{name}.js" for name in MODULES), STATIC / "following.js"
    )
    networks: traitlets.List[dict] = traitlets.List().tag(sync=True)
    asked = traitlets.Bool(False).tag(sync=True)
    image = traitlets.CBytes(b"").tag(sync=True)

    def __init__(self, named: dict[str, Network]) -> None:
        self._told = []
        for name, network in named.items():
            told = page.described(network)
            self._told.append({"name": name, "header": told.header, "words": told.words, "weights": told.weights})
        super().__init__()

    def __repr__(self):
        return "LiveLayers()"

    @traitlets.observe("asked")
    def _send_networks(self, _):
        self.networks = self._told

    @traitlets.validate("image")
    def _check_image(self, proposal):
        if len(proposal.value) not in {0, 784}:
            raise traitlets.TraitError(f"A digit has 784 bytes, 28 rows of 28, not {len(proposal.value)}.")
        return proposal.value
