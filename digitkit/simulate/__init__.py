"""Digits and other marks made by code: drawn, changed, and rendered as photographs, scans and drawings.

A network must see more than tidy scans, and pictures that the kit generates come with a label for free.
"""

from digitkit.errors import speak_in_sentences
from digitkit.simulate.changes import change_stroke_width, changed, distort, moved_at_random
from digitkit.simulate.desks import Desk, on_a_desk, sheet_on_a_desk
from digitkit.simulate.examples import as_prepared, drawn_digits, no_digits, written
from digitkit.simulate.glyphs import draw_glyph
from digitkit.simulate.paper import paper_example, paper_examples
from digitkit.simulate.penmanship import Writer, any_writer
from digitkit.simulate.photographs import draw_rules, photograph, random_picture
from digitkit.simulate.pretend_class import pretend_class
from digitkit.simulate.writing import SMALLEST_FRAME, no_digit, one_digit, one_drawn_digit, several_digits, write_digits

__all__ = [
    "SMALLEST_FRAME",
    "Desk",
    "Writer",
    "any_writer",
    "as_prepared",
    "change_stroke_width",
    "changed",
    "distort",
    "draw_glyph",
    "draw_rules",
    "drawn_digits",
    "moved_at_random",
    "no_digit",
    "no_digits",
    "on_a_desk",
    "one_digit",
    "one_drawn_digit",
    "paper_example",
    "paper_examples",
    "photograph",
    "pretend_class",
    "random_picture",
    "several_digits",
    "sheet_on_a_desk",
    "write_digits",
    "written",
]

speak_in_sentences(globals(), __all__)
