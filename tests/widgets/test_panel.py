"""The panel, driven as the front end drives it: by the state messages that a browser sends."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from looked_at import drawing, send_picture, send_sketch
from PIL import Image

import digitkit
from digitkit import handwriting
from digitkit.data import NO_DIGIT, data_dir
from digitkit.network import Network, NetworkError, load_network, save_network
from digitkit.widgets.collected import HISTORY
from digitkit.widgets.panel import Panel

SAMPLES = data_dir() / "samples"
CLASS_SHEET = SAMPLES / "class_sheet.jpg"  # sheet 7: one box is empty, one crossed out, 2026 in the last row
SEVEN = [(70, 60), (200, 60), (130, 240)]
ONE = [(140, 50), (140, 240)]


@pytest.fixture
def panel():
    return Panel()


def send(panel, content, name="photo.jpg"):
    send_picture(panel.picture_input, content, name)


def draw(panel, *strokes, rest=True):
    """What the browser sends while someone draws, and when the pen rests."""
    pad = panel.picture_input
    send_sketch(pad, drawing(*strokes) if strokes else b"")
    if rest:
        pad.set_state({"rests": pad.rests + 1})


def tell(panel, label):
    """A click on one of the buttons after "it was a"."""
    panel.truth.set_state({"chosen": str(label), "count": panel.truth.count + 1})


def click(panel, which):
    """A click on the button of a digit."""
    panel.tokens.set_state({"chosen": str(which), "count": panel.tokens.count + 1})


def tokens(panel):
    """What stands on the buttons for the digits."""
    return re.findall(r">([^<>]+)</button>", panel.tokens.html)


def look_again(panel, number):
    """A click on a thumbnail."""
    panel.history.set_state({"chosen": str(number), "count": panel.history.count + 1})


def open_digits(panel, content):
    file = {"name": "my_digits.npz", "type": "", "size": len(content), "last_modified": 0, "content": memoryview(content)}
    panel.saved.open_button.set_state({"value": [file]})


def test_it_always_looks_the_same_as_text(panel):
    assert repr(panel) == "Panel()"
    assert repr(panel.picture_input) == "PictureInput()"


def test_at_first_it_says_what_to_do_and_that_nothing_is_stored(panel):
    assert "Show me a digit" in panel.answer.value
    assert any("Nothing is stored" in text for text in html_texts(panel))
    assert panel.right.disabled
    assert panel.closer.why.disabled
    assert panel.closer.near.disabled
    tell(panel, 3)
    panel.right.click()
    panel.closer.why.click()
    panel.closer.near.click()
    assert "Say what it was" in panel.score.value


def html_texts(widget):
    """The value of every HTML widget in a widget."""
    own = [widget.value] if type(widget).__name__ == "HTML" else []
    return own + [text for child in getattr(widget, "children", ()) for text in html_texts(child)]


def test_a_picture_is_read_and_every_step_is_shown(panel):
    send(panel, (SAMPLES / "ruled_2.jpg").read_bytes())
    assert "I read 2" in panel.answer.value
    for text in ("1. Grey", "Paper", "Ink or not", "Without lines", "Cut out", "Even stroke", "20×20", "9. 28×28"):
        assert text in panel.strip.html
    assert panel.seen.value.count('<th scope="row">') == 11
    assert panel.picture_input.frames.count("data-choose") == 1
    assert panel.tokens.html == ""
    assert "I read 2" in panel.picture_input.spoken


@pytest.mark.parametrize("path", sorted(set(SAMPLES.iterdir()) - {CLASS_SHEET}), ids=lambda path: path.stem)
def test_it_reads_what_the_library_reads(panel, path):
    panel.show(path.read_bytes(), path.name)
    reading = digitkit.read(path)
    assert panel.collected.shown[1].text == reading.text
    for image, digit in zip(panel.collected.shown[1].images, reading.digits, strict=True):
        assert np.array_equal(image, digit.image)


def test_the_same_picture_may_be_sent_twice(panel):
    for _ in range(2):
        panel.answer.value = ""
        send(panel, (SAMPLES / "pen_7.jpg").read_bytes())
        assert "I read 7" in panel.answer.value


def test_a_sample_can_be_picked(panel):
    index = [label for label, _ in panel.samples.options].index("chalk 9")
    panel.samples.set_state({"index": index})
    assert "I read 9" in panel.answer.value
    assert "Inverted" in panel.strip.html


def test_several_digits_can_be_looked_at_one_by_one(panel):
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    assert "I read 2026, 4 digits" in panel.answer.value
    assert tokens(panel) == ["2", "0", "2", "6"]
    assert panel.picture_input.frames.count("data-choose") == 4
    first = panel.strip.html
    click(panel, 3)
    assert panel.strip.html != first
    assert "digit 4 of 4" in panel.seen.value
    panel.picture_input.set_state({"box": 1, "boxes": 1})  # a click on the second box
    assert "digit 2 of 4" in panel.seen.value
    assert 'aria-checked="true" tabindex="0" data-choose="1"' in panel.tokens.html


def test_a_blank_sheet_holds_no_digit(panel):
    send(panel, (SAMPLES / "blank.jpg").read_bytes())
    assert "I see no digit here." in panel.answer.value
    assert "nothing yet" in panel.seen.value
    assert panel.right.disabled
    assert panel.closer.why.disabled


def test_a_mark_that_is_left_out_is_said(panel):
    assert "There is a mark" not in panel.answer.value
    send(panel, drawing([(60, 60), (220, 220)], [(220, 60), (60, 220)]))
    assert "I see no digit here." in panel.answer.value
    assert "There is a mark, but it does not look like a digit." in panel.answer.value


# ── Drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_half_a_digit_is_no_digit_yet_before_the_pen_rests(panel):
    draw(panel, [(60, 140), (220, 140)], rest=False)
    assert "No digit yet." in panel.answer.value
    assert "a mark that is no digit as the network sees it" in panel.seen.value  # and how likely that is, at once
    draw(panel, [(60, 140), (220, 140)])
    assert "I see no digit here." in panel.answer.value


def test_the_answer_moves_while_someone_draws_and_the_steps_come_when_the_pen_rests(panel):
    draw(panel, ONE, rest=False)
    assert "I read 1" in panel.answer.value
    assert 'digitkit-first"><th scope="row">1<' in panel.seen.value
    assert panel.picture_input.sketches_read == 1
    assert "1. Grey" not in panel.strip.html
    assert panel.picture_input.spoken == ""
    draw(panel, SEVEN)
    assert "I read 7" in panel.answer.value
    assert "1. Grey" in panel.strip.html
    assert panel.picture_input.spoken.startswith("Reading 1: I read 7")
    assert panel.picture_input.sketches_read == 2


def test_one_drawing_is_one_reading_until_the_sheet_is_cleared(panel):
    draw(panel, SEVEN[:2])
    draw(panel, SEVEN)
    assert [shown.text for shown in panel.collected.shown.values()] == ["7"]
    draw(panel)
    assert "Show me a digit" in panel.answer.value
    assert "1. Grey" not in panel.strip.html
    draw(panel, ONE)
    assert [shown.text for shown in panel.collected.shown.values()] == ["7", "1"]


def test_a_drawing_that_was_changed_has_lost_its_truth(panel):
    draw(panel, ONE)
    tell(panel, 1)
    assert "1 of 1" in panel.score.value
    draw(panel, SEVEN)
    assert 'aria-pressed="true"' not in panel.truth.html
    assert "Say what it was" in panel.score.value


def test_a_new_drawing_beside_the_last_is_looked_at(panel):
    draw(panel, [(60, 60), (60, 230)], [(130, 60), (230, 60), (180, 230)])
    assert tokens(panel) == ["1", "7"]
    assert "digit 2 of 2" in panel.seen.value


def test_a_picture_wipes_the_sheet_and_the_drawing_before_it_is_kept(panel):
    draw(panel, SEVEN, rest=False)
    wipes = panel.picture_input.wipes
    send(panel, (SAMPLES / "shadow_5.jpg").read_bytes())
    assert panel.picture_input.wipes == wipes + 1
    assert [shown.text for shown in panel.collected.shown.values()] == ["7", "5"]
    assert "I read 5" in panel.answer.value


def test_a_stroke_that_comes_after_its_sheet_was_wiped_is_not_read(panel):
    pad = panel.picture_input
    draw(panel, SEVEN)
    send(panel, (SAMPLES / "shadow_5.jpg").read_bytes())
    pad.set_state({"sketch": memoryview(drawing(ONE)), "sketches": pad.sketches + 1, "sketched": pad.wipes - 1})
    pad.set_state({"rests": pad.rests + 1})
    assert "I read 5" in panel.answer.value
    assert pad.sketches_read == pad.sketches  # so that the next may come
    assert len(panel.collected.shown) == 2


def test_drawing_on_makes_the_steps_pale_until_the_pen_rests_and_reads_with_all_steps(panel):
    draw(panel, SEVEN)
    leave_out(panel, "stroke width")
    draw(panel, SEVEN, ONE, rest=False)
    assert "digitkit-drawing" in panel._dom_classes
    assert "Read without" not in panel.answer.value
    draw(panel, SEVEN, ONE)
    assert "digitkit-drawing" not in panel._dom_classes
    assert 'aria-pressed="true"' not in panel.strip.html


def test_a_damaged_drawing_does_not_stop_the_next(panel):
    pad = panel.picture_input
    pad.set_state({"sketch": memoryview(drawing(SEVEN)[:200]), "sketches": 1})
    assert "damaged" in panel.answer.value
    assert pad.sketches_read == 1
    draw(panel, SEVEN)
    assert "I read 7" in panel.answer.value


# ── Why, nearest, history, truth ────────────────────────────────────────────────────────────────────────────────────


def test_why_is_answered_by_a_map_and_a_sentence_that_goes_with_the_next_digit(panel):
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    click(panel, 3)
    panel.closer.why.click()
    assert "Why 6?" in panel.closer.reasons.value
    assert "covered" in panel.picture_input.spoken
    click(panel, 0)
    assert panel.closer.reasons.value == ""


def test_the_nearest_training_digits_are_shown_for_the_shipped_network_only(panel):
    panel.show(SAMPLES / "pen_7.jpg")
    panel.closer.near.click()
    assert panel.closer.neighbours.value.count("from the training digits") == 3
    assert "3 of 3 say 7" in panel.picture_input.spoken
    assert panel.closer.near in buttons(panel)
    assert panel.closer.near not in buttons(Panel(Network([*load_network().layers[:-1], changed_last(load_network())])))


def changed_last(network):
    name, settings = network.layers[-1]
    return name, settings | {"bias": settings["bias"] + 1}


def buttons(widget):
    return [widget] if not hasattr(widget, "children") else [one for child in widget.children for one in buttons(child)]


def test_the_score_counts_what_was_said(panel):
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    panel.right.click()
    assert "4 of 4" in panel.score.value
    click(panel, 1)
    tell(panel, 6)  # it was a 6 after all
    assert "3 of 4" in panel.score.value
    assert 'class="digitkit-wrong">1<' in panel.saved.table.value
    send(panel, (SAMPLES / "blank.jpg").read_bytes())
    assert 'aria-pressed="true"' not in panel.truth.html
    tell(panel, 5)  # a digit that was missed
    assert "3 of 5" in panel.score.value
    assert "none" in panel.saved.table.value
    assert panel.history.html.count("✗") == 2


def test_a_thumbnail_shows_its_reading_again_with_what_was_said(panel):
    draw(panel, SEVEN)
    tell(panel, 1)
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    assert 'aria-pressed="true"' not in panel.truth.html
    look_again(panel, 1)
    assert "I read 7" in panel.answer.value
    assert 'data-choose="1" data-toggle aria-pressed="true"' in panel.truth.html
    assert "1. Grey" in panel.strip.html
    assert len(panel.collected.shown) == 2
    assert panel.history.html.count('aria-pressed="true"') == 1
    assert "reading 1: 7, it was a 1" in panel.history.html


def test_only_the_last_pictures_are_kept_but_all_that_was_said_counts(panel):
    for _ in range(HISTORY + 3):
        panel.show(SAMPLES / "tiny_1.png")
        panel.right.click()
    assert panel.history.html.count("data-choose") == HISTORY
    assert sum(shown.picture is not None for shown in panel.collected.shown.values()) == HISTORY
    assert f"{HISTORY + 3} of {HISTORY + 3}" in panel.score.value


def test_a_single_digit_is_saved_and_opened_in_the_singular(panel):
    send(panel, (SAMPLES / "pen_7.jpg").read_bytes())
    panel.right.click()
    panel.saved.save_button.click()
    assert "1 digit saved as my_digits.npz" in panel.saved.message.value
    open_digits(panel, panel.picture_input.file)
    assert "1 digit opened, and" in panel.saved.message.value


def test_a_film_is_read_at_its_first_frame_and_the_panel_says_so(panel):
    content = io.BytesIO()
    seven = Image.open(SAMPLES / "pen_7.jpg").convert("L").resize((200, 200))
    seven.save(content, "GIF", save_all=True, append_images=[Image.new("L", seven.size, 255)])
    send(panel, content.getvalue(), "film.gif")
    assert "I read 7" in panel.answer.value
    assert "Only the first of 2 frames was read." in panel.answer.value


def test_digits_are_saved_as_pixels_and_labels_and_opened_again(panel):
    panel.saved.save_button.click()
    assert "nothing to save" in panel.saved.message.value
    assert panel.picture_input.files == 0
    draw(panel, SEVEN)
    tell(panel, 1)
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    panel.right.click()
    panel.saved.save_button.click()
    assert panel.picture_input.files == 1
    digits = handwriting.from_bytes(panel.picture_input.file)
    assert digits.labels.tolist() == [1, 2, 0, 2, 6]

    another = Panel()
    open_digits(another, panel.picture_input.file)
    assert "4 of 5" in another.score.value
    open_digits(another, b"Dear diary")
    assert "not a file of collected digits" in another.saved.message.value
    assert "4 of 5" in another.score.value
    another.saved.save_button.click()
    assert another.picture_input.file == panel.picture_input.file
    of_someone_else = handwriting.to_bytes(digits.images[:2, ::-1], [7, 7])
    open_digits(another, of_someone_else)
    assert "of 7" in another.score.value
    open_digits(another, of_someone_else)  # a second time, which adds nothing
    assert "of 7" in another.score.value


# ── Followed through the network ────────────────────────────────────────────────────────────────────────────────────


def test_a_digit_is_followed_while_it_is_drawn_and_in_a_photo(tmp_path):
    save_network(load_network(), tmp_path / "mine.npz")
    panel = Panel(compare=tmp_path / "mine.npz")
    draw(panel, SEVEN, rest=False)
    panel.closer.follow.click()
    [layers] = panel.closer.way.children
    layers.set_state({"asked": True})  # what the browser sends once it sees the widget
    assert [network["name"] for network in layers.networks] == ["Shipped network", "mine"]
    drawn = layers.image
    assert np.frombuffer(drawn, np.uint8).reshape(28, 28).any()
    draw(panel, SEVEN, [(255, 40), (255, 230)], rest=False)
    assert layers.image != drawn
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    click(panel, 3)
    assert layers.image == panel.collected.shown[2].images[3].tobytes()
    assert "digitkit-following" in panel._dom_classes
    panel.closer.follow.click()
    assert "digitkit-following" not in panel._dom_classes
    click(panel, 0)
    panel.closer.follow.click()  # what was chosen meanwhile
    assert layers.image == panel.collected.shown[2].images[0].tobytes()


# ── Without a step ──────────────────────────────────────────────────────────────────────────────────────────────────


def leave_out(panel, step):
    """A press on "leave out" below a step."""
    panel.strip.set_state({"chosen": step, "count": panel.strip.count + 1})


def test_a_step_can_be_left_out_and_what_counts_is_the_reading_with_all_steps(panel):
    send(panel, (SAMPLES / "shadow_5.jpg").read_bytes())
    leave_out(panel, "background")
    assert "With all steps: 5." in panel.answer.value
    assert "I read 5" not in panel.answer.value
    assert panel.right.disabled
    tell(panel, 5)
    assert "Say what it was" in panel.score.value
    assert panel.collected.shown[1].text == "5"
    leave_out(panel, "background")
    assert "I read 5" in panel.answer.value
    assert not panel.right.disabled


def test_without_a_step_the_same_digit_is_looked_at_and_said(panel):
    send(panel, (SAMPLES / "two_rows.jpg").read_bytes())
    click(panel, 2)
    leave_out(panel, "centre of mass")
    assert "digit 3 of" in panel.seen.value
    assert "Read without “28×28”. With all steps: 3141592653. I read" in panel.picture_input.spoken


def test_another_picture_is_read_with_all_steps(panel):
    send(panel, (SAMPLES / "chalk_9.jpg").read_bytes())
    leave_out(panel, "polarity")
    send(panel, (SAMPLES / "chalk_9.jpg").read_bytes())
    assert "I read 9" in panel.answer.value
    draw(panel, SEVEN)
    leave_out(panel, "centre of mass")
    assert "With all steps: 7." in panel.answer.value


# ── Fool it ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_five_rounds_are_counted_and_only_what_is_kept_can_be_saved(panel):
    game = panel.fool_it
    game.start.click()
    for number in range(1, 6):
        assert f"Round {number} of 5: draw something" in game.words.value
        assert game.next.disabled
        draw(panel, *([SEVEN] if number < 3 else [[(60, 60), (220, 220)], [(220, 60), (60, 220)]]))
        assert ("fooled! It reads a 7" if number < 3 else "it is not fooled") in game.words.value
        assert game.keep.disabled == (number >= 3)
        game.keep.click()
        game.next.click()
        assert "Show me a digit" in panel.answer.value  # the sheet is blank again
    assert "You fooled it in 2 of 5 rounds." in game.words.value
    assert panel.picture_input.files == 0
    game.save.click()
    assert panel.picture_input.file_name == "my_no_digits.npz"
    kept = handwriting.from_bytes(panel.picture_input.file)
    assert kept.labels.tolist() == [NO_DIGIT]  # the same drawing twice is one
    open_digits(panel, panel.picture_input.file)
    assert "marks that are no digits" in panel.saved.message.value


def test_the_game_counts_the_drawing_as_it_is_and_no_picture(panel):
    game = panel.fool_it
    game.start.click()
    draw(panel, SEVEN)
    assert "Round 1 of 5: fooled!" in panel.answer.value  # in sight on a phone, too
    send(panel, (SAMPLES / "ruled_2.jpg").read_bytes())
    assert "Round 1 of 5: draw something" in game.words.value
    assert game.keep.disabled
    draw(panel)
    draw(panel, SEVEN, rest=False)
    game.next.disabled = False  # the pen has not rested, but the round before had been drawn
    game.next.click()
    assert [digit and digit.label for digit in game.fooled] == [7]
    assert "Round 2 of 5: draw something" in panel.picture_input.spoken
    assert game.next.disabled


def test_without_the_game_a_drawing_is_only_read(panel):
    draw(panel, SEVEN)
    assert "Can you draw something" in panel.fool_it.words.value


# ── Networks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_networks_read_the_same_pixels_side_by_side(tmp_path):
    save_network(load_network(), tmp_path / "before.npz")
    always_one = replace(load_network(), layers=[*load_network().layers[:-1], only_ones(load_network())])
    panel = Panel(tmp_path / "before.npz", compare=always_one)
    panel.show(SAMPLES / "pen_7.jpg")
    assert panel.seen.value.count("digitkit-bars") == 2
    assert "before: 7" in panel.seen.value
    assert "Second network: 1" in panel.seen.value
    draw(panel, SEVEN, rest=False)
    assert "Second network: 1" in panel.seen.value


def only_ones(network):
    name, settings = network.layers[-1]
    bias = np.zeros_like(settings["bias"])
    bias[1] = 50
    return name, {"kernel": np.zeros_like(settings["kernel"]), "bias": bias}


def test_a_model_in_memory_can_read():
    from digitkit.model import build_cnn

    panel = Panel(build_cnn())
    panel.show(SAMPLES / "pen_7.jpg")
    assert "Not calibrated" in panel.answer.value


@pytest.mark.parametrize("network", [7, "nowhere.npz"])
def test_what_is_no_network_is_named(network):
    with pytest.raises(NetworkError, match=r"not int|no weights file"):
        Panel(network)


# ── What cannot be read ─────────────────────────────────────────────────────────────────────────────────────────────


BAD = {
    "a letter": (b"Dear diary", "not a picture that can be read"),
    "nothing": (b"", "empty"),
    "half a photo": ((SAMPLES / "pen_7.jpg").read_bytes()[:9000], "damaged or cut short"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_gets_one_sentence_and_the_panel_lives(panel, name, capsys):
    content, message = BAD[name]
    send(panel, (SAMPLES / "row_2026.jpg").read_bytes())
    send(panel, content)
    assert message in panel.answer.value
    assert message in panel.picture_input.spoken
    assert "1. Grey" not in panel.strip.html
    assert "nothing yet" in panel.seen.value
    assert 'aria-pressed="true"' not in panel.history.html
    assert panel.tokens.html == ""
    send(panel, (SAMPLES / "pen_7.jpg").read_bytes())
    assert "I read 7" in panel.answer.value
    assert "Traceback" not in capsys.readouterr().err


def test_whatever_goes_wrong_the_old_answer_does_not_stay(panel):
    send(panel, (SAMPLES / "pen_7.jpg").read_bytes())
    broken = replace(panel.network, layers=[("Dense", {"kernel": np.zeros((3, 10), np.float32), "bias": np.zeros(10)})])
    panel.network = broken
    send(panel, (SAMPLES / "shadow_5.jpg").read_bytes())
    assert "This picture cannot be read" in panel.answer.value
    assert panel.picture_input.read == panel.picture_input.count
    assert panel.picture_input.shown == ""
    draw(panel, SEVEN, rest=False)
    assert "This picture cannot be read" in panel.answer.value


def test_a_name_cannot_smuggle_in_code(panel):
    send(panel, (SAMPLES / "pen_7.jpg").read_bytes(), name='"><script>alert(1)</script>.jpg')
    assert "<script>" not in panel.picture_input.shown + panel.history.html


def test_a_model_or_weights_are_no_saved_digits(panel, tmp_path):
    """Nobody who uploads a file changes what reads."""
    from digitkit.model import build_cnn

    save_network(load_network(), tmp_path / "weights.npz")
    build_cnn().save(tmp_path / "model.keras")
    before = panel.network
    for name in ("weights.npz", "model.keras"):
        content = (tmp_path / name).read_bytes()
        open_digits(panel, content)
        assert re.search("something other than collected digits|not a file of collected digits", panel.saved.message.value)
        send(panel, content, name)
        assert "not a picture" in panel.answer.value
    assert panel.network is before


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


# ── A class sheet ──


def score(panel):
    return [int(number) for number in re.findall(r"\d+", panel.score.value)]


def test_a_class_sheet_opens_as_a_wall_and_counts_at_once(panel):
    [sheet], _ = handwriting.read_sheets(CLASS_SHEET)
    send(panel, CLASS_SHEET.read_bytes())
    right = sum(not box.is_wrong and not box.is_doubtful for box in sheet.filled)
    assert f"Sheet 7: {right} of 78 digits read right." in panel.answer.value
    assert "2026" in panel.answer.value
    assert score(panel) == [right, 78]
    wall = panel.tokens.html
    assert panel.picture_input.frames.count("data-choose") == 78  # and the photo beside it, with its boxes
    assert wall.count("data-choose") == wall.count("data-toggle") == 78
    assert wall.count('aria-label="empty"') == wall.count('aria-label="crossed out"') == 1
    assert panel.right.disabled  # or every mistake would count as right
    assert "sheet 7" in panel.history.html
    assert f"{right} of 78" in panel.picture_input.spoken


def test_a_click_takes_a_digit_out_and_another_one_puts_it_back(panel):
    send(panel, CLASS_SHEET.read_bytes())
    right, _ = score(panel)
    click(panel, 3)  # the first 3, column by column
    assert score(panel) == [right - 1, 77]
    assert "a 3, read as 3, taken out" in panel.tokens.html
    assert panel.seen.value.count("digit 4 of 78") == 1
    assert 'aria-pressed="true"' not in panel.truth.html
    click(panel, 3)
    assert score(panel) == [right, 78]
    assert ", taken out" not in panel.tokens.html


def test_a_wrong_label_can_be_corrected_and_is_framed(panel):
    send(panel, CLASS_SHEET.read_bytes())
    right, _ = score(panel)
    click(panel, 3)
    tell(panel, 5)
    assert score(panel) == [right - 1, 78]
    assert "a 5, read as 3" in panel.tokens.html
    assert panel.tokens.html.count("digitkit-wrong") == 3  # two digits of this sheet are misread, and now this one
    look_again(panel, 1)
    assert "a 5, read as 3" in panel.tokens.html


def test_what_is_on_the_wall_is_saved(panel):
    send(panel, CLASS_SHEET.read_bytes())
    click(panel, 0)
    click(panel, 1)
    tell(panel, 7)
    panel.saved.save_button.click()
    saved = handwriting.from_bytes(panel.picture_input.file)
    assert saved.labels[:4].tolist() == [7, 2, 3, 4]  # without the 0, and with what is really a 7
    assert len(saved) == 77


def test_a_sheet_is_saved_by_itself_and_under_its_number(panel):
    send(panel, (SAMPLES / "pen_7.jpg").read_bytes())
    panel.right.click()
    send(panel, CLASS_SHEET.read_bytes())
    assert panel.saved.save_button.description == "Save this sheet"
    panel.saved.save_button.click()
    assert panel.picture_input.file_name == "sheet_07.npz"  # as `collect` calls it, so that it takes that file's place
    assert len(handwriting.from_bytes(panel.picture_input.file)) == 78
    assert "78 digits saved as sheet_07.npz" in panel.saved.message.value
    look_again(panel, 1)
    assert panel.saved.save_button.description == "Save my digits"
    panel.saved.save_button.click()
    assert panel.picture_input.file_name == "my_digits.npz"
    assert handwriting.from_bytes(panel.picture_input.file).labels.tolist() == [7]


def test_a_digit_after_a_sheet_is_read_as_ever(panel):
    send(panel, CLASS_SHEET.read_bytes())
    right, _ = score(panel)
    send(panel, (SAMPLES / "pen_7.jpg").read_bytes())
    assert "I read 7" in panel.answer.value
    assert "digitkit-wall" not in panel.tokens.html
    panel.right.click()
    assert score(panel) == [right + 1, 79]


def test_half_a_sheet_is_named_with_what_to_do(panel):
    half = Image.open(CLASS_SHEET).crop((0, 0, 1020, 1200))
    content = io.BytesIO()
    half.save(content, "JPEG")
    send(panel, content.getvalue())
    assert "Two corners of sheet 7 are cut off or covered" in panel.answer.value
    assert "photograph the whole sheet" in panel.picture_input.spoken
