"""The panel as a picture."""

from digitkit.widgets.base import Pictured
from digitkit.widgets.views.panel import WELCOME
from digitkit.widgets.views.parts import HOW_LIKELY, OUTPUTS

HINT = "Draw a digit here"  # as `sheet.js` writes it on the sheet


class PanelStill(Pictured):
    """What a reader sees of the panel where no widgets are shown: as it opens, whatever has been drawn since."""

    def still(self):
        from digitkit.plotting import still_of_panel

        return still_of_panel(HINT, WELCOME, HOW_LIKELY, OUTPUTS)
