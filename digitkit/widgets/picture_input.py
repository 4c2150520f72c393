"""The way in for pictures: draw one, or choose, drop, paste or photograph one."""

from collections.abc import Callable

import anywidget
import traitlets

from digitkit import page
from digitkit.widgets.base import STATIC


class PictureInput(anywidget.AnyWidget):
    """Draw a digit, or choose, drop, paste or photograph a picture; the browser shrinks it and turns it upright.

    content: the bytes of a picture file. name: its name. count: goes up by one with each picture; read: the last that was read.
    shown: HTML that covers the sheet, such as a picture; frames: HTML that lies on it, such as a box for each digit. box: which
    button in it was pressed; boxes: goes up by one with each press.
    sketch: the drawing so far as PNG, empty for a blank sheet. sketches: goes up by one with each; sketches_read: the last
    that was read, so that the next may come. rests: goes up by one whenever the pen has rested.
    wipes: one more clears the sheet; sketched: how many there had been when the sketch was drawn. spoken: read out when it
    changes. file, file_name, files: bytes to save, under which name, and once for each number.
    """

    _esm = page.assembled(page.STATIC / "sheet.js", STATIC / "picture_input.js")
    # CBytes, because Bytes would silently refuse the memoryview that arrives; nothing is echoed, which would send it back.
    content = traitlets.CBytes(b"").tag(sync=True, echo_update=False)
    name = traitlets.Unicode("").tag(sync=True, echo_update=False)
    count = traitlets.Int(0).tag(sync=True, echo_update=False)
    read = traitlets.Int(0).tag(sync=True)
    shown = traitlets.Unicode("").tag(sync=True)
    frames = traitlets.Unicode("").tag(sync=True)
    box = traitlets.Int(0).tag(sync=True, echo_update=False)
    boxes = traitlets.Int(0).tag(sync=True, echo_update=False)
    sketch = traitlets.CBytes(b"").tag(sync=True, echo_update=False)
    sketches = traitlets.Int(0).tag(sync=True, echo_update=False)
    sketches_read = traitlets.Int(0).tag(sync=True)
    sketched = traitlets.Int(0).tag(sync=True, echo_update=False)
    rests = traitlets.Int(0).tag(sync=True, echo_update=False)
    wipes = traitlets.Int(0).tag(sync=True)
    spoken = traitlets.Unicode("").tag(sync=True)
    file = traitlets.CBytes(b"").tag(sync=True)
    file_name = traitlets.Unicode("").tag(sync=True)
    files = traitlets.Int(0).tag(sync=True)

    def __repr__(self):
        return "PictureInput()"

    def on_picture(self, react: Callable[[], None]) -> None:
        """Call `react` for each picture. Afterwards, whatever has happened, the browser is told: it waits for that."""

        def answer(_):
            try:
                react()
            finally:
                self.read = self.count

        self.observe(answer, "count")

    def on_sketch(self, react: Callable[[], None]) -> None:
        """Call `react` for each drawing, but for one on a sheet that has been wiped meanwhile. Afterwards the next may come."""

        def answer(_):
            try:
                if self.sketched == self.wipes:
                    react()
            finally:
                self.sketches_read = self.sketches

        self.observe(answer, "sketches")
