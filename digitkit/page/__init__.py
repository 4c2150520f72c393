"""A network as one HTML file: without a server, it reads what is drawn on it and shows every layer at work.

Its modules in `static/` are plain JavaScript; the drawing sheet, the colours and the bars are those of the notebook's widgets.
"""

from digitkit.page.assembling import SHARED_STYLES, STATIC, assembled
from digitkit.page.exporting import export_page

__all__ = ["SHARED_STYLES", "STATIC", "assembled", "export_page"]
