"""The panel, driven as the front end drives it: by the state messages that a browser sends."""

import datetime
import io

import numpy as np
import pytest
from PIL import Image

from digitkit.data import data_dir
from digitkit.network import Network, load_network
from digitkit.panel import Panel

SAMPLES = data_dir() / "samples"


@pytest.fixture
def panel():
    return Panel()


def send(panel, content, name="photo.jpg"):
    """What the browser sends after choosing, dropping or pasting a picture."""
    state = {"content": memoryview(content), "name": name, "count": panel.picture_input.count + 1}
    panel.picture_input.set_state(state)


def upload(panel, content, name="photo.jpg"):
    """What the browser sends from the plain upload button."""
    modified = int(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).timestamp() * 1000)
    file = {"name": name, "type": "image/jpeg", "size": len(content), "last_modified": modified, "content": memoryview(content)}
    panel.upload.set_state({"value": [file]})


def test_it_always_looks_the_same_as_text(panel):
    assert repr(panel) == "Panel()"
    assert repr(panel.picture_input) == "PictureInput()"


def test_at_first_it_says_what_to_do(panel):
    assert "Show me a digit" in panel.answer.value
    assert "not stored" in panel.answer.value


@pytest.mark.parametrize("way", [send, upload])
def test_a_picture_is_read_and_every_step_is_shown(panel, way):
    way(panel, (SAMPLES / "ruled_2.jpg").read_bytes())
    assert "I read 2" in panel.answer.value
    for text in ("1. Grey", "Paper", "Ink or not", "Without lines", "Cut out", "Even stroke", "20×20", "9. 28×28"):
        assert text in panel.details.value
    assert panel.details.value.count('<th scope="row">') == 10
    assert 'class="digitkit-box"' in panel.details.value
    assert panel.chosen.layout.display == "none"


def test_the_same_picture_may_be_sent_twice(panel):
    for way in (send, send, upload, upload):
        panel.answer.value = ""
        way(panel, (SAMPLES / "pen_7.jpg").read_bytes())
        assert "I read 7" in panel.answer.value


def test_a_sample_can_be_picked(panel):
    index = [label for label, _ in panel.samples.options].index("chalk 9")
    panel.samples.set_state({"index": index})
    assert "I read 9" in panel.answer.value
    assert "Inverted" in panel.details.value


def test_several_digits_can_be_looked_at_one_by_one(panel):
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    assert "I read 2026, 4 digits" in panel.answer.value
    assert [label for label, _ in panel.chosen.options] == ["2", "0", "2", "6"]
    assert panel.chosen.layout.display == "flex"
    assert panel.details.value.count('class="digitkit-box"') == 4
    first = panel.details.value
    panel.chosen.set_state({"index": 3})
    assert panel.details.value != first
    assert "digit 4 of 4" in panel.details.value


def test_a_blank_sheet_holds_no_digit(panel):
    send(panel, (SAMPLES / "blank.jpg").read_bytes())
    assert "I see no digit here." in panel.answer.value
    assert "What the network sees" not in panel.details.value


BAD = {
    "a letter": (b"Dear diary", "not a picture that can be read"),
    "nothing": (b"", "empty"),
    "half a photo": ((SAMPLES / "pen_7.jpg").read_bytes()[:9000], "damaged or cut short"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("way", [send, upload])
def test_what_cannot_be_read_gets_one_sentence_and_the_panel_lives(panel, way, name, capsys):
    content, message = BAD[name]
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    way(panel, content)
    assert message in panel.answer.value
    assert panel.details.value == ""
    assert panel.chosen.layout.display == "none"
    way(panel, (SAMPLES / "pen_7.jpg").read_bytes())
    assert "I read 7" in panel.answer.value
    assert "Traceback" not in capsys.readouterr().err


def test_a_name_cannot_smuggle_in_code(panel):
    send(panel, (SAMPLES / "pen_7.jpg").read_bytes(), name='"><script>alert(1)</script>.jpg')
    assert "<script>" not in panel.details.value


def test_a_network_that_was_never_calibrated_says_so():
    panel = Panel(Network(load_network().layers))
    panel.show(SAMPLES / "pen_7.jpg")
    assert "Not calibrated" in panel.answer.value


def test_transparent_and_palette_pictures_are_shown():
    panel = Panel()
    image = Image.open(SAMPLES / "drawing_0.png")
    ink = 255 - np.asarray(image)
    rgba = Image.fromarray(np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink]))
    for picture in (rgba, image.convert("P")):
        content = io.BytesIO()
        picture.save(content, "PNG")
        send(panel, content.getvalue(), "drawing.png")
        assert "I read 0" in panel.answer.value
