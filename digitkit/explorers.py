"""Widgets to explore with: a guess to compare, a convolution step by step, a network layer by layer.

They wire `explain` (arrays) to `diagrams` (HTML), and compute nothing themselves.
"""

import html
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets

from digitkit import diagrams
from digitkit.data import load_mnist
from digitkit.experiments import Frame, Slider
from digitkit.explain import ExplainError, layer_by_layer, shrink, stages

STATIC = Path(__file__).with_name("static")
UPRIGHT_EDGES = ((1, 0, -1), (2, 0, -2), (1, 0, -1))
_guesses = {}  # of this session: (question, choices) -> what was entered


class Clickable(anywidget.AnyWidget):
    """HTML in which something can be chosen, by mouse or by keyboard (see `static/explorers.js`).

    html: what is shown. status: the same in a sentence, read out when it changes. chosen: what was chosen last;
    count: goes up by one with each choice. answered: the count that html belongs to.
    """

    _esm = STATIC / "explorers.js"
    _css = STATIC / "explorers.css"
    html = traitlets.Unicode("").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    count = traitlets.Int(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __repr__(self):
        return "Clickable()"

    @traitlets.observe("count")
    def _answer(self, change):
        self.answered = change.new


class Predict(widgets.VBox):
    """Predict first: asks for a guess, keeps it, and in a later cell shows it beside the result.

    question: a sentence. choices: what to choose from; a number is asked for if left out. The same question asked again
    in one session, as when its cell is run once more, still holds the guess.

        guess = digitkit.Predict("How many of 10,000 digits will it read right?")
        guess
        guess.compare(7877)

    """

    def __init__(self, question, choices=None):
        self._asked = question, choices and tuple(choices)
        if choices is None:
            self.answer = widgets.Text(placeholder="a number", description="Your guess:")
        else:
            options = [(diagrams.in_text(choice), choice) for choice in choices]
            self.answer = widgets.RadioButtons(options=options, value=None, description="Your guess:")
        self.note = widgets.HTML()
        super().__init__([Frame(), widgets.HTML(f"<b>{html.escape(question)}</b>"), self.answer, self.note])
        self.answer.observe(self._keep, "value")
        self.answer.value = _guesses.get(self._asked, self.answer.value)

    def __repr__(self):
        return "Predict()"

    @property
    def guess(self):
        """What was guessed: a float, or one of the choices; None as long as there is no guess."""
        return diagrams.parse_number(self.answer.value) if isinstance(self.answer, widgets.Text) else self.answer.value

    def compare(self, result):
        """Guess and result side by side. result: a number or one of the choices. Returns a Comparison, for a notebook to show.

        A guess in % is compared with a result in %, or with a share from 0 to 1.
        """
        in_percent = isinstance(self.answer, widgets.Text) and "%" in self.answer.value and self.guess is not None
        return Comparison(self.guess, 100 * result if in_percent and abs(result) <= 1 else result, " %" if in_percent else "")

    def _keep(self, change):
        _guesses[self._asked] = change.new
        clear = self.guess is not None or not self.answer.value
        self.note.value = "" if clear else "Write a number, such as 8000 or 97 %."


class Comparison:
    """A guess beside the result, as a notebook shows it. Without a guess it is the same text for everyone."""

    def __init__(self, guess, result, unit=""):
        self._shown = (guess, result, unit)

    def __repr__(self):
        return diagrams.compared(*self._shown)

    def _repr_html_(self):
        return diagrams.comparison_html(*self._shown)


class ConvolutionStepper(widgets.VBox):
    """One convolution, step by step: window × kernel = products → sum; then ReLU and 2×2 pooling.

    image: a digit, (28, 28) uint8, which is shrunk so that its numbers can be read, or any small (rows, columns) of
    numbers; a seven if left out. kernel: (3, 3) numbers; one that answers to upright edges if left out.
    Raises ExplainError for any other shape.

        digitkit.ConvolutionStepper()

    """

    def __init__(self, image=None, kernel=None):
        image = load_mnist().train.images[15] if image is None else np.asarray(image)
        kernel = np.asarray(UPRIGHT_EDGES if kernel is None else kernel, dtype=float)
        if kernel.shape != (3, 3):
            raise ExplainError(f"The kernel has 3 rows of 3 numbers here, not the shape {kernel.shape}.")
        if image.ndim != 2 or not image.size or max(image.shape) > 28:
            raise ExplainError(f"A picture of at most 28×28 numbers is needed, not one of the shape {image.shape}.")
        self.image = shrink(image) if image.shape == (28, 28) and image.dtype == np.uint8 else image.astype(float)
        self.kernel = [
            widgets.FloatText(value, description=f"kernel row {row} column {column}", step=1, layout={"width": "62px"})
            for (row, column), value in np.ndenumerate(kernel)
        ]
        self.stride = widgets.IntText(1, description="Stride:", layout={"width": "110px"}, style={"description_width": "initial"})
        self.padding = widgets.ToggleButtons(
            options=[("none (valid)", "valid"), ("zeros around (same)", "same")],
            description="Padding:",
            style={"button_width": "170px", "description_width": "60px"},
            layout={"width": "max-content"},
        )
        self.operation = widgets.ToggleButtons(
            options=diagrams.OPERATIONS,
            description="Show:",
            style={"button_width": "112px", "description_width": "60px"},
            layout={"width": "max-content"},
        )
        self.back = widgets.Button(description="◀ Back", layout={"width": "90px"})
        self.forward = widgets.Button(description="Step ▶", layout={"width": "90px"})
        self.play = widgets.ToggleButton(description="Play", layout={"width": "90px"})
        # The clock of ipywidgets, without its buttons, which have no names.
        self.clock = widgets.Play(min=1, max=1, interval=700, layout={"display": "none"})
        self.step = Slider(label="step", value=1, min=1, max=1)
        self.picture = Clickable()
        numbers = widgets.GridBox(self.kernel, layout={"grid_template_columns": "repeat(3, 66px)", "width": "206px"})
        numbers.add_class("digitkit-kernel")
        title = widgets.HTML("Kernel (change its numbers):")
        steps = widgets.HBox([self.back, self.forward, self.play, self.clock, self.step])
        settings = widgets.VBox([self.stride, self.padding, self.operation, steps])
        controls = widgets.HBox([widgets.VBox([title, numbers]), settings])
        super().__init__([Frame(), controls, self.picture])
        for box in (steps, controls):
            box.add_class("digitkit-wrap")
        self.add_class("digitkit-explorers")
        for setting in [*self.kernel, self.stride, self.padding, self.operation, self.step]:
            setting.observe(self._draw, "value")
        self.back.on_click(lambda _: self._move(-1))
        self.forward.on_click(lambda _: self._move(1))
        self.picture.observe(self._go_to_chosen, "count")
        widgets.link((self.clock, "value"), (self.step, "value"))
        widgets.link((self.clock, "playing"), (self.play, "value"))
        self._draw()

    def __repr__(self):
        return "ConvolutionStepper()"

    def _draw(self, _=None):
        kernel = np.array([number.value for number in self.kernel]).reshape(3, 3)
        operation = self.operation.value
        try:
            result = stages(self.image, kernel, self.stride.value, self.padding.value)
            self._maps = dict(zip(diagrams.OPERATIONS, [result.feature_map, result.rectified, result.pooled], strict=True))
            if not self._maps[operation].size:
                raise ExplainError("Pooling is impossible: this feature map has no room for a 2×2 window.")
        except ExplainError as problem:
            self.picture.html, self.picture.status = diagrams.problem_html(str(problem)), ""
            return
        self.clock.max = self.step.max = self._maps[operation].size  # with this the clock, and so the step, stays within
        drawing = diagrams.stepper_html(result, self.image, kernel, self.stride.value, operation, int(self.step.value) - 1)
        self.picture.html, self.picture.status = drawing

    def _move(self, steps):
        self.step.value = min(max(self.step.value + steps, 1), self.step.max)

    def _go_to_chosen(self, _):
        operation, row, column = self.picture.chosen.split()
        self.operation.value = operation
        self.step.value = int(row) * self._maps[operation].shape[1] + int(column) + 1


class NetworkExplorer(widgets.VBox):
    """A network layer by layer, with what each layer makes of one digit, down to one value and the pixels that feed it.

    model: a Network, or a Keras model, Sequential or functional. image: (28, 28) uint8. chosen: (layer, map, place), what
    is shown. Raises ExplainError for a model that does not take digits or does not tell its layers.

        digitkit.NetworkExplorer(digitkit.load_network(), digitkit.load_mnist().train.images[0])

    """

    def __init__(self, model, image):
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

    def show(self, layer, unit=None, place=None):
        """Show one layer, one of its maps, and one place in it; if left out, where the largest value is.

        layer: number of the layer, 0 for the digit. unit: number of the map. place: (row, column).
        """
        shown = self.layers[layer]
        if unit is None:
            unit = int(np.unravel_index(shown.values.argmax(), shown.values.shape)[0]) if shown.values.ndim == 3 else 0
        values = diagrams.value_grid(shown.values, unit)
        self.chosen = (layer, unit, place or np.unravel_index(np.nanargmax(values), values.shape))
        entering = sum(other.values.size for other in self.layers if other.name in shown.sources)
        self.list.html = diagrams.layers_html(self.layers, layer)
        self.maps.html = diagrams.maps_html(shown, entering, unit)
        self.value.html, self.value.status = diagrams.value_html(shown, unit, self.chosen[2], self.image)

    def _show_chosen(self, change):
        what, *numbers = change.owner.chosen.split()
        layer, unit, _ = self.chosen
        values = self.layers[layer].values
        if what == "layer":
            self.show(int(numbers[0]))
        elif what == "map":
            self.show(layer, min(diagrams.map_number(values, *map(int, numbers)), len(values) - 1))
        else:
            self.show(layer, unit, tuple(map(int, numbers)))
