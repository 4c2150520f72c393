"""A pupil's own digits and a class of them: 28×28 images with their labels, and nothing else."""

from digitkit.handwriting.digit_file import HandwritingError, from_bytes, load_digits, save_digits, to_bytes
from digitkit.handwriting.whole_class import join, load_class

__all__ = ["HandwritingError", "from_bytes", "join", "load_class", "load_digits", "save_digits", "to_bytes"]
