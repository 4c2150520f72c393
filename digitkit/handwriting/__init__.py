"""A pupil's own digits, the sheet to write them on, and a class of them: 28×28 images with their labels, and nothing else."""

from digitkit.errors import speak_in_sentences
from digitkit.handwriting.collecting import Collecting, pages, photos
from digitkit.handwriting.contact_sheet import contact_sheet, table
from digitkit.handwriting.digit_file import HandwritingError, from_bytes, load_digits, save_digits, to_bytes
from digitkit.handwriting.my_digit import my_digit
from digitkit.handwriting.sheet_printing import print_sheets
from digitkit.handwriting.sheet_reading import PHOTO_SIZE, Box, FilledSheet, read_sheets
from digitkit.handwriting.whole_class import join, load_class

__all__ = [
    "PHOTO_SIZE",
    "Box",
    "Collecting",
    "FilledSheet",
    "HandwritingError",
    "contact_sheet",
    "from_bytes",
    "join",
    "load_class",
    "load_digits",
    "my_digit",
    "pages",
    "photos",
    "print_sheets",
    "read_sheets",
    "save_digits",
    "table",
    "to_bytes",
]

speak_in_sentences(globals(), __all__)
