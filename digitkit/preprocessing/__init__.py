"""Any picture of handwriting -> digits of 28×28 pixels, made the way MNIST was made.

LeCun, Bottou, Bengio and Haffner ("Gradient-based learning applied to document recognition", 1998) scaled each black
and white digit into a box of 20×20 pixels, keeping its shape; the grey levels come from that shrinking alone. Then they
placed it in 28×28 with its centre of mass in the middle. A network trained on such digits reads others only if they
are made the same way. Notebook 06 walks through every step: opening, sheet, ink, lines, pieces, MNIST form, candidates.
"""

from digitkit.errors import speak_in_sentences
from digitkit.preprocessing.candidates import SWITCHES, FoundDigit, join, make_digit, prepare, segments
from digitkit.preprocessing.damage import PictureError, in_a_sentence
from digitkit.preprocessing.grey import to_grey
from digitkit.preprocessing.ink import (
    enlarge,
    grain_floor,
    hysteresis,
    ink_strength,
    is_light_on_dark,
    paper_brightness,
    threshold,
    unevenness,
)
from digitkit.preprocessing.lines import remove_frames, remove_lines
from digitkit.preprocessing.mnist_form import centre, centre_of_mass, crop, even_stroke, fit_into_box, like_mnist, stroke_width
from digitkit.preprocessing.opening import (
    MAX_PAGES,
    SMALLEST,
    WORKING_SIZE,
    frames,
    open_image,
    open_in_colour,
    open_picture,
    read_file,
    thumbnail,
    tiff_pages,
)
from digitkit.preprocessing.order import reading_order
from digitkit.preprocessing.pieces import find_digits, small_marks
from digitkit.preprocessing.sheet import find_sheet, paper_map, straighten

__all__ = [
    "MAX_PAGES",
    "SMALLEST",
    "SWITCHES",
    "WORKING_SIZE",
    "FoundDigit",
    "PictureError",
    "centre",
    "centre_of_mass",
    "crop",
    "enlarge",
    "even_stroke",
    "find_digits",
    "find_sheet",
    "fit_into_box",
    "frames",
    "grain_floor",
    "hysteresis",
    "in_a_sentence",
    "ink_strength",
    "is_light_on_dark",
    "join",
    "like_mnist",
    "make_digit",
    "open_image",
    "open_in_colour",
    "open_picture",
    "paper_brightness",
    "paper_map",
    "prepare",
    "read_file",
    "reading_order",
    "remove_frames",
    "remove_lines",
    "segments",
    "small_marks",
    "straighten",
    "stroke_width",
    "threshold",
    "thumbnail",
    "tiff_pages",
    "to_grey",
    "unevenness",
]

speak_in_sentences(globals(), __all__)
