"""A photo of a filled sheet that nobody has written: for trying out what only a real class can answer."""

from collections.abc import Collection, Mapping, Sequence

import cv2
import numpy as np

from digitkit.handwriting import sheet_layout as layout
from digitkit.handwriting.sheet_printing import draw_sheet
from digitkit.simulate import photograph, write_digits

SHARP = 8  # pixels for each millimetre


def printed(number: int, paper: str = "a4") -> np.ndarray:
    """The ink of an empty sheet: (h, w) float32, 0 white, 1 black, 8 pixels for each millimetre of the paper.

    >>> printed(1).shape
    (2376, 1680)
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = draw_sheet(number, paper)
    figure.set_dpi(25.4 * SHARP)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return 1 - np.asarray(canvas.buffer_rgba())[..., 1] / np.float32(255)


def fill_in(
    blank: np.ndarray,
    images: Mapping,
    rng: np.random.Generator,
    crossed_out: Collection = (),
    own_number: Sequence = (),
) -> np.ndarray:
    """A sheet filled in with a pen, flat: (h, w, 3) uint8, 8 pixels for each millimetre of the paper.

    blank: the ink of the empty sheet, see `printed`. images: {(label, column): (28, 28) uint8}, what is written in which box.
    crossed_out: those boxes that are then crossed out. own_number: images for the last row, from left to right.
    rng: numpy.random.Generator, for the size and place of each digit, the pen, the paper and the light.

    >>> fill_in(printed(1), {(3, 0): np.eye(28, dtype=np.uint8) * 255}, np.random.default_rng(0)).shape
    (2376, 1680, 3)
    """
    height, width = blank.shape
    frame = (np.array([width, height]) / SHARP - layout.FRAME) / 2  # millimetres from the corner of the paper to the frame's
    boxes = layout.boxes()
    places = [boxes[box] for box in images]
    x, y, along, tall = layout.OWN_BOX
    places += [(x + 16 * index, y, 16, tall) for index in range(len(own_number))]
    tallest, pen = rng.uniform(9, 14), rng.uniform(0.4, 0.9)  # millimetres
    frames = []
    for x, y, along, tall in places:
        side = tallest * rng.uniform(0.85, 1.1) * 28 / 20  # a digit of MNIST is 20 pixels tall in a frame of 28
        corner = frame + np.array([x + along / 2, y + tall / 2]) + rng.uniform(-1.2, 1.2, 2) - side / 2
        frames.append((*np.rint(SHARP * corner).astype(int).tolist(), round(SHARP * side)))
    ink = write_digits([*images.values(), *own_number], frames, (width, height))
    for box in crossed_out:
        x, y, along, tall = boxes[box]
        for line in ([[x, y], [x + along, y + tall]], [[x + along, y], [x, y + tall]]):
            start, end = np.rint(SHARP * (frame + line + rng.uniform(-1.5, 1.5, (2, 2)))).astype(int).tolist()
            cv2.line(ink, start, end, 1.0, round(SHARP * pen), cv2.LINE_AA)
    colour = np.clip(rng.uniform(15, 90) + rng.uniform(-1, 1, 3) * [25, 20, 60], 0, 255)
    paper = rng.uniform(215, 250) + rng.uniform(-1, 1, 3) * [4, 4, 10]
    light, shadow = rng.uniform(0, 0.4), rng.choice([0.0, rng.uniform(0.15, 0.45)])
    return photograph(ink, rng, colour, paper, blank, (30, 30, 30), light=light, shadow=shadow, blur=0)
