"""A network as one HTML file: without a server, it reads what is drawn on it and shows every layer at work.

Its modules in `static/` are plain JavaScript; the drawing sheet, the colours, the bars and the layers at work are those of the
notebook's widgets.
"""

from digitkit.page.assembling import SHARED_STYLES, STATIC, assembled
from digitkit.page.describing import Described, as_script, constants, described
from digitkit.page.exporting import export_page

__all__ = ["SHARED_STYLES", "STATIC", "Described", "as_script", "assembled", "constants", "described", "export_page"]
