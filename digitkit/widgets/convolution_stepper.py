"""One convolution, step by step."""

import ipywidgets as widgets
import numpy as np

from digitkit.data import load_mnist
from digitkit.errors import in_sentences
from digitkit.explain import ExplainError, shrink, stages
from digitkit.widgets.base import Clickable, Frame, Pictured, Slider
from digitkit.widgets.views import convolution_stepper as view
from digitkit.widgets.views.parts import problem

LATER = "padding, stride, ReLU, pooling"  # what a lesson explains after the convolution itself
UPRIGHT_EDGES = ((1, 0, -1), (2, 0, -2), (1, 0, -1))


class ConvolutionStepper(Pictured):
    """One convolution, step by step: the kernel on the picture, products → sum; under "More" ReLU and 2×2 pooling.

    image: a digit, (28, 28) uint8, which is shrunk so that its numbers can be read, or any small (rows, columns) of
    numbers; a seven if left out. kernel: (3, 3) numbers; one that answers to upright edges if left out.
    Raises ExplainError for any other shape.

        digitkit.ConvolutionStepper()

    """

    @in_sentences
    def __init__(self, image: np.ndarray | None = None, kernel: np.ndarray | None = None) -> None:
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
        self.more = widgets.ToggleButton(description=f"More: {LATER}", layout={"width": "200px"})
        self.more.add_class("digitkit-more")
        choices = {"style": {"button_width": "188px"}, "layout": {"width": "206px"}}
        self.padding = widgets.ToggleButtons(
            options=[("none (valid)", "valid"), ("zeros around (same)", "same")], description="Padding:", **choices
        )
        self.stride = widgets.IntText(1, description="Stride:", layout={"width": "110px"}, style={"description_width": "initial"})
        self.operation = widgets.ToggleButtons(options=view.OPERATIONS, description="Show:", **choices)
        self.back = widgets.Button(description="◀ Back", layout={"width": "90px"})
        self.forward = widgets.Button(description="Step ▶", layout={"width": "90px"})
        self.play = widgets.ToggleButton(description="Play", layout={"width": "90px"})
        # The clock of ipywidgets, without its buttons, which have no names.
        self.clock = widgets.Play(min=1, max=1, interval=700, layout={"display": "none"})
        self.step = Slider(label="step", value=1, min=1, max=1)
        self.picture = Clickable()
        super().__init__([Frame(), *self._laid_out()])
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

    def still(self):
        """The convolution, at the step that is shown, or at its first one where ReLU or pooling is shown."""
        from digitkit.plotting import still_of_step

        if self._result is None:
            return None
        convolution, *_ = view.OPERATIONS
        step = int(self.step.value) - 1 if self.operation.value == convolution else 0
        values, stride = self._result.feature_map, self.stride.value
        kernel = self._kernel_now()
        _, told = view.step_by_step(self._result, self.image, kernel, stride, convolution, step)
        window = tuple(stride * place for place in np.unravel_index(step, values.shape))
        return still_of_step(self._result.padded, kernel, window, values, step, told)

    def _kernel_now(self):
        return np.array([number.value for number in self.kernel]).reshape(3, 3)

    def _laid_out(self):
        """The buttons; below them the picture, and beside it what can be changed."""
        numbers = widgets.GridBox(self.kernel, layout={"grid_template_columns": "repeat(3, 66px)", "width": "206px"})
        numbers.add_class("digitkit-kernel")
        self.later = widgets.VBox([self.padding, self.stride, self.operation], layout={"display": "none"})
        self.more.observe(self._open_or_close, "value")
        settings = widgets.VBox([widgets.HTML("Kernel (change its numbers):"), numbers, self.more, self.later])
        steps = widgets.HBox([self.back, self.forward, self.play, self.clock, self.step])
        body = widgets.HBox([self.picture, settings])
        body.add_class("digitkit-beside")
        for box in (steps, body):
            box.add_class("digitkit-wrap")
        return steps, body

    def _open_or_close(self, change):
        self.later.layout.display = "flex" if change.new else "none"
        # The name tells a screen reader whether it is open.
        self.more.description = f"Hide {LATER}" if change.new else f"More: {LATER}"
        if not change.new:  # what is hidden changes nothing any more
            self.operation.value, self.stride.value, self.padding.value = view.OPERATIONS[0], 1, "valid"

    def _draw(self, _=None):
        kernel, self._result = self._kernel_now(), None
        operation = self.operation.value
        try:
            result = stages(self.image, kernel, self.stride.value, self.padding.value)
            self._maps = dict(zip(view.OPERATIONS, [result.feature_map, result.rectified, result.pooled], strict=True))
            if not self._maps[operation].size:
                raise ExplainError("Pooling is impossible: this feature map has no room for a 2×2 window.")
        except ExplainError as error:
            self.picture.html, self.picture.status = problem(str(error)), ""
            return
        self._result = result
        self.clock.max = self.step.max = self._maps[operation].size  # with this the clock, and so the step, stays within
        drawing = view.step_by_step(result, self.image, kernel, self.stride.value, operation, int(self.step.value) - 1)
        self.picture.html, self.picture.status = drawing

    def _move(self, steps):
        self.step.value = min(max(self.step.value + steps, 1), self.step.max)

    def _go_to_chosen(self, _):
        operation, row, column = self.picture.chosen.split()
        self.operation.value = operation
        self.step.value = int(row) * self._maps[operation].shape[1] + int(column) + 1
