"""Digits made harder to read, one slider for each change."""

import ipywidgets as widgets

from digitkit import metrics
from digitkit.data import DataError, Digits
from digitkit.errors import in_sentences
from digitkit.network import Network
from digitkit.simulate.changes import changed
from digitkit.widgets.base import Frame, Pictured, Slider
from digitkit.widgets.views import robustness_sliders as view

EXAMINED = 200  # digits on which the accuracy is measured: so few that the answer follows a slider


class RobustnessSliders(Pictured):
    """Move, turn, scale, thicken, blur with noise or invert a digit, and see what the network makes of it.

    The first 200 of the digits are changed in the same way, and the accuracy on them follows. network: a NumPy Network.
    digits: Digits, at least one. Raises DataError if there is none.

        digitkit.RobustnessSliders(digitkit.load_network(), validation)

    """

    @in_sentences
    def __init__(self, network: Network, digits: Digits) -> None:
        if not len(digits):
            raise DataError("There is no digit to change: give at least one.")
        self.network, self.digits = network, digits[:EXAMINED]
        self._unchanged = self._right(self.digits.images)
        self.which = Slider(label="which digit", min=0, max=len(self.digits) - 1)
        self.sliders = {
            "right": Slider(label="to the right", min=-14, max=14, unit=" pixels"),
            "down": Slider(label="down", min=-14, max=14, unit=" pixels"),
            "turn": Slider(label="turn to the left", min=-90, max=90, step=5, unit="°"),
            "size": Slider(label="size", value=1, min=0.4, max=1.6, step=0.1, unit="×"),
            "thickness": Slider(label="thicker strokes", min=-1, max=1, step=0.1),
            "noise": Slider(label="noise", min=0, max=0.6, step=0.05),
            "invert": widgets.Checkbox(description="invert: dark ink on bright paper", indent=False),
        }
        self._start = {name: slider.value for name, slider in self.sliders.items()}
        self.reset_button = widgets.Button(description="Reset")
        self.digit, self.accuracy = widgets.HTML(), widgets.HTML()
        for slider in (self.which, *self.sliders.values()):
            slider.observe(self._follow, "value")
        self.reset_button.on_click(lambda _: self.reset())
        columns = list(self.sliders.values())
        controls = widgets.HBox([widgets.VBox([self.which, *columns[:3]]), widgets.VBox([*columns[3:], self.reset_button])])
        controls.add_class("digitkit-wrap")
        super().__init__([Frame(), controls, self.digit, self.accuracy])
        self.add_class("digitkit-experiment")
        self._paused = False
        self._follow()

    def __repr__(self):
        return "RobustnessSliders()"

    def reset(self) -> None:
        """Every slider back to where nothing is changed; the chosen digit stays."""
        self._paused = True  # one answer at the end, not one for each slider
        for name, value in self._start.items():
            self.sliders[name].value = value
        self._paused = False
        self._follow()

    def still(self):
        from digitkit.plotting import still_of_sliders

        sliders = [slider for slider in (self.which, *self.sliders.values()) if isinstance(slider, Slider)]
        places = [(slider.value - slider.min) / (slider.max - slider.min or 1) for slider in sliders]
        texts = [f"{slider.value:g}{slider.unit}" for slider in sliders]
        labels = [slider.label for slider in sliders]
        image, *judged = self._seen
        words = [view.digit_in_words(*judged), view.accuracy_in_words(*self._counted)]
        return still_of_sliders(list(zip(labels, places, texts, strict=True)), image, judged[1], words)

    def _follow(self, change=None):
        if self._paused:
            return
        settings = {name: slider.value for name, slider in self.sliders.items()}
        settings |= {name: int(settings[name]) for name in ("right", "down", "turn")}
        words = view.changes_in_words(**settings)
        chosen = self.digits[[int(self.which.value)]]
        after = changed(chosen.images, **settings)
        probabilities, refused = self.network.probabilities(after)[0], bool(self.network.refuses(after)[0])
        self._seen = after[0], chosen.labels[0], probabilities, refused, words
        self.digit.value = view.changed_digit(chosen.images[0], after[0], chosen.labels[0], probabilities, refused, words)
        if change is None or change.owner is not self.which:
            total, right = len(self.digits), self._right(changed(self.digits.images, **settings))
            interval = metrics.confidence_interval(right, total)
            self._counted = right, total, interval
            self.accuracy.value = view.changed_accuracy(right, self._unchanged, total, interval, words)

    def _right(self, images):
        return int((self.network.probabilities(images).argmax(axis=1) == self.digits.labels).sum())
