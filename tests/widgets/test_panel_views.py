from dataclasses import replace

import numpy as np
from looked_at import pixels, words

from digitkit.data import data_dir
from digitkit.preprocessing import thumbnail
from digitkit.reading import read
from digitkit.widgets.views.element import image_url
from digitkit.widgets.views.history import confusion
from digitkit.widgets.views.panel import boxes, picture, reading_in_words, seen, tokens
from digitkit.widgets.views.reasons import why, why_words
from digitkit.widgets.views.strip import left_out, strip
from digitkit.words import STEPS


def test_an_image_travels_inside_its_address():
    assert pixels(image_url(np.eye(300) * 255, longest=100)).shape == (100, 100)


def test_every_step_that_can_occur_has_a_name_and_a_sentence():
    for sample in ("chalk_9.jpg", "ruled_2.jpg"):
        reading = read(data_dir() / "samples" / sample)
        assert set(reading.steps | reading.digits[0].steps) <= set(STEPS)


def test_boxes_lie_on_their_digits_and_every_picture_has_a_text():
    path = data_dir() / "samples" / "two_rows.jpg"
    reading = read(path)
    framed = boxes(reading, chosen=2)
    assert framed.count("data-choose") == 10
    html = picture(thumbnail(path), path.name, reading) + framed + strip(reading.steps)
    x, y, _, _ = reading.digits[0].box
    assert f"left:{100 * x / 800:.2f}%;top:{100 * y / 600:.2f}%" in html
    assert "10 digits found: 3141592653" in html
    assert html.count("<img") == html.count(' alt="')


def test_one_digit_is_not_called_digits():
    path = data_dir() / "samples" / "pen_7.jpg"
    assert "1 digit found: 7" in picture(thumbnail(path), path.name, read(path))


def test_what_was_left_out_stands_below_the_answer_once():
    reading = read(data_dir() / "samples" / "pen_7.jpg")
    unread = "only the first of 3 frames was read"
    assert "Only the first of 3 frames was read." in reading_in_words(replace(reading, reason=unread))
    marks = "2 marks were left out: they are no digits"
    assert f"{marks}; {unread}." in reading_in_words(replace(reading, reason=f"{marks}; {unread}"))
    none = replace(reading, text="", digits=[], reason=f"no digit found; {unread}")
    assert "Only the first of 3 frames was read. There is a mark" in reading_in_words(none)
    assert "o digit found" not in reading_in_words(replace(none, reason="no digit found"))


def corner_seven():
    """A 7 in the lower right, as an array: its corner is at the top right of its ink."""
    image = np.zeros((28, 28), np.uint8)
    image[12, 12:25] = image[12:27, 24] = 255
    return image


def test_the_reason_names_the_part_of_the_digit_and_what_it_costs():
    kept = np.full((28, 28), 0.9)
    kept[13, 23] = 0.2
    assert why_words(corner_seven(), 7, 0.95, kept) == (
        "The part at the top right counts most: with 5×5 pixels covered there, 7 falls from 95.0 % to 20.0 %."
    )


def test_the_map_is_red_where_ink_is_needed_and_blue_where_it_is_in_the_way():
    kept = np.full((28, 28), 0.5)
    kept[13, 23], kept[20, 24] = 0.1, 0.9
    html = why(corner_seven(), 7, 0.5, kept)
    colours = pixels(html).astype(int)
    assert colours[13, 23, 0] > colours[13, 23, 2] + 50
    assert colours[20, 24, 2] > colours[20, 24, 0] + 50
    assert colours[0, 0].tolist() == [0, 0, 0]  # the digit is white on black, as everywhere
    assert colours[26, 24].min() > 90
    assert "Red: needed for the 7" in html


def test_the_confusion_table_holds_only_what_occurs_and_counts_the_missed():
    html = confusion([(7, 7), (7, 7), (7, 1), (4, None)])
    assert html.count("<tr>") == 3
    assert [label in html for label in ('scope="col">1<', 'scope="col">7<', 'scope="col">none<')] == [True] * 3
    assert 'class="digitkit-right">2<' in html
    assert html.count('class="digitkit-wrong">1<') == 2


def test_a_comparison_shows_the_bars_of_both_networks():
    digit = read(data_dir() / "samples" / "pen_7.jpg").digits[0]
    other = replace(digit, label=1, confidence=0.6)
    html = seen(digit, "the digit 7", [("before", digit, 11), ("<after>", other, 10)])
    assert html.count("digitkit-bars") == 2
    assert "&lt;after&gt;: 1, 60.0 %" in html


def test_each_digit_is_a_button_in_its_row_and_marked_by_how_sure_the_network_is():
    reading = read(data_dir() / "samples" / "two_rows.jpg")
    sure, unsure, guess = (
        replace(digit, confidence=share) for digit, share in zip(reading.digits, (0.95, 0.7, 0.3), strict=False)
    )
    html = tokens(replace(reading, digits=[sure, unsure, guess, *reading.digits[3:]]), chosen=1)
    assert [words(row).split()[:5] for row in html.split("<div>")[1:]] == [["3", "1~", "4?", "1", "5"], ["9", "2", "6", "5", "3"]]
    assert "~ not sure · ? a guess" in html
    assert html.count('aria-checked="true"') == 1
    assert tokens(replace(reading, digits=reading.digits[:1]), 0) == ""


def test_many_digits_become_a_wall_of_what_the_network_saw():
    reading = read(data_dir() / "samples" / "two_rows.jpg")
    many = replace(reading, digits=reading.digits * 3)
    assert tokens(many, 0).count("<img") == 30
    assert "<b>" not in boxes(many)


def test_no_digit_has_a_bar_of_its_own_and_what_is_unlikely_has_no_number():
    reading = read(data_dir() / "samples" / "pen_7.jpg")
    mark = replace(reading.digits[0], no_digit=0.97)
    html = seen(mark, "a mark", [(None, mark, 11)])
    assert '<tr class="digitkit-first"><th scope="row">no digit</th>' in html
    assert "97.0 %" in html
    assert "under 0.1 %" not in html
    assert np.isclose(mark.shares.sum(), 1)


def test_a_step_that_is_left_out_can_be_put_back():
    reading = read(data_dir() / "samples" / "ruled_2.jpg", without=["lines", "polarity"])
    html = strip(reading.steps, {"lines", "polarity"})
    for switch in ("lines", "polarity"):
        assert f'data-choose="{switch}" data-toggle aria-pressed="true"' in html
    assert html.count("digitkit-out") == 2
    assert left_out({"lines", "polarity"}, "2") == "Read without “Inverted” and “Without lines”. With all steps: 2."
