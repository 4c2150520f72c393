import numpy as np
import pytest

from digitkit.data import load_mnist
from digitkit.handwriting import from_bytes, join, to_bytes
from digitkit.network import load_network
from digitkit.preprocessing import crop, like_mnist, stroke_width
from digitkit.simulate import (
    any_writer,
    as_prepared,
    change_stroke_width,
    changes,
    distort,
    draw_rules,
    drawn_digits,
    no_digits,
    one_digit,
    one_drawn_digit,
    photograph,
    pretend_class,
    random_picture,
    write_digits,
)
from digitkit.simulate.characters import CHARACTERS, frame, invented_character, printed_character
from digitkit.simulate.glyphs import NO_DIGITS, blot, draw_glyph, scribble
from digitkit.simulate.penmanship import FORMS, smooth
from digitkit.simulate.pretend_class import HABITS

# ── Shapes drawn by code ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shape", NO_DIGITS.values())
def test_every_shape_lies_on_the_grid_and_leaves_ink(shape):
    for stroke in shape.split("|"):
        points = [tuple(map(float, point.split(","))) for point in stroke.split()]
        assert len(points) > 1
        assert all(0 <= number <= 10 for point in points for number in point)
    ink = draw_glyph(shape, np.random.default_rng(0))
    assert 0.001 < ink.mean() < 0.5


def test_every_digit_has_shapes_and_no_letter_is_a_digit_in_disguise():
    assert sorted(FORMS) == list(range(10))
    assert not set("OolI|SsZzBbqg") & {*NO_DIGITS, *CHARACTERS}


@pytest.mark.parametrize("make", [scribble, blot, frame, invented_character, printed_character])
def test_chance_makes_different_marks_but_the_same_from_the_same_seed(make):
    first, again, other = (make(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


# ── Digits changed ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "nothing", "something"),
    [
        (changes.moved, 0, 3),
        (changes.turned, 0, 30),
        (changes.scaled, 1, 0.7),
        (changes.restroked, 0, 1),
        (changes.noisy, 0, 0.3),
        (lambda images, on: changes.changed(images, invert=on), False, True),
    ],
)
def test_each_change_leaves_the_original_alone(change, nothing, something):
    images = np.zeros((2, 28, 28), np.uint8)
    images[:, 5:20, 10:13] = 200
    before = images.copy()
    assert np.array_equal(change(images, nothing), images)
    changed = change(images, something)
    assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
    assert not np.array_equal(changed, images)
    assert np.array_equal(images, before)


def test_what_leaves_the_picture_does_not_come_back_on_the_other_side():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 3, 27] = 255
    assert changes.moved(image, 1).max() == 0
    assert changes.moved(image, -28).max() == 0
    assert changes.moved(image, 0, -4).max() == 0


def test_each_digit_is_moved_on_its_own_and_by_no_more_than_was_said():
    image = np.zeros((28, 28), np.uint8)
    image[10, 20] = 255
    moved = changes.moved_at_random(np.stack([image] * 500), 2, np.random.default_rng(0))
    assert moved.shape == (500, 28, 28)
    assert moved.dtype == np.uint8
    places = np.argwhere(moved)[:, 1:] - [10, 20]
    assert sorted({tuple(place) for place in places.tolist()}) == [(y, x) for y in range(-2, 3) for x in range(-2, 3)]


@pytest.mark.parametrize(
    ("right", "down", "place"), [(5, 0, (10, 25)), (-5, 0, (10, 15)), (0, 3, (13, 20)), (0, -3, (7, 20)), (-2, 4, (14, 18))]
)
def test_a_digit_moves_where_it_is_sent(right, down, place):
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 10, 20] = 255
    assert np.argwhere(changes.moved(image, right, down)[0]).tolist() == [list(place)]


def test_scaling_keeps_the_middle_and_changes_the_size():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 10:18, 12:16] = 255
    for factor, rows, columns in [(0.5, 4, 2), (1.5, 12, 6)]:
        ink = np.argwhere(changes.scaled(image, factor)[0] > 127)
        assert ink.mean(axis=0) == pytest.approx([13.5, 13.5], abs=0.01)
        assert np.ptp(ink, axis=0) + 1 == pytest.approx([rows, columns], abs=1)


def test_inverted_twice_is_the_original():
    images = np.random.default_rng(0).integers(0, 256, (2, 28, 28), dtype=np.uint8)
    assert changes.inverted(images)[0, 0, 0] == 255 - images[0, 0, 0]
    assert np.array_equal(changes.inverted(changes.inverted(images)), images)


def test_all_changes_together_are_one_after_the_other():
    images = np.zeros((2, 28, 28), np.uint8)
    images[:, 8:20, 11:15] = 220
    step = changes.turned(changes.scaled(changes.restroked(images, 0.5), 0.8), 20)
    step = changes.noisy(changes.moved(step, 3, -2), 0.1)
    expected = changes.inverted(step)
    assert np.array_equal(changes.changed(images, 3, -2, turn=20, size=0.8, thickness=0.5, noise=0.1, invert=True), expected)
    assert np.array_equal(changes.changed(images), images)


def test_the_same_noise_every_time():
    images = np.full((3, 28, 28), 100, np.uint8)
    assert np.array_equal(changes.noisy(images, 0.3), changes.noisy(images, 0.3))


# ── Ink, photographs, training examples ─────────────────────────────────────────────────────────────────────────────────


def test_distorting_is_repeatable_and_changes_every_digit():
    images = load_mnist().train.images[:30]
    once, again = (distort(images, np.random.default_rng(4)) for _ in range(2))
    assert once.dtype == np.uint8
    assert np.array_equal(once, again)
    assert all(not np.array_equal(a, b) for a, b in zip(images, once, strict=True))
    assert 0.6 < once.sum() / images.sum() < 1.6


def test_strokes_grow_and_shrink():
    image = load_mnist().train.images[0]
    assert change_stroke_width(image, 0.8).sum() > image.sum() > change_stroke_width(image, -0.8).sum()
    assert np.array_equal(change_stroke_width(image, 0.0), image)


def test_digits_are_written_where_they_should_be():
    image = load_mnist().train.images[:1]
    ink = write_digits(image, [(60, 10, 100)], (200, 120))
    assert ink.shape == (120, 200)
    assert ink[:, :60].max() == ink[:, 160:].max() == 0
    assert ink[10:110, 60:160].max() == 1
    assert write_digits(image, [(180, -50, 100)], (200, 120)).shape == (120, 200)


def test_a_photograph_shows_ink_darker_and_a_shadow():
    ink = np.zeros((100, 150), np.float32)
    ink[40:60, 40:60] = 1
    picture = photograph(ink, np.random.default_rng(0), rules=draw_rules((150, 100), 30))
    assert picture.shape == (100, 150, 3)
    assert picture[45:55, 45:55].mean() < 0.5 * picture[70:90, 70:80].mean()
    bright, dark = (photograph(ink, np.random.default_rng(0), shadow=shadow).mean() for shadow in (0.0, 0.7))
    assert dark < 0.9 * bright


def test_random_pictures_are_of_many_kinds_and_repeatable():
    image = load_mnist().train.images[0]
    pictures = [random_picture(one_digit(image, rng), rng) for rng in map(np.random.default_rng, range(40))]
    assert {picture.ndim for picture in pictures} == {2, 3}
    sizes = [max(picture.shape) for picture in pictures]
    assert min(sizes) >= 26
    assert max(sizes) <= 1000
    assert max(sizes) > 4 * min(sizes)
    means = [picture.mean() for picture in pictures]
    assert min(means) < 80 < 180 < max(means)
    rng = np.random.default_rng(0)
    assert np.array_equal(random_picture(one_digit(image, rng), rng), pictures[0])


def test_a_drawn_digit_lies_anywhere_on_the_sheet_and_its_line_is_as_thick_as_the_pen():
    def thickness(seed, pen):
        mask = one_drawn_digit(1, np.random.default_rng(seed), pen)((240, 180)) > 0.5
        assert mask.shape == (180, 240)
        rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
        places.append((rows[0], columns[0]))
        assert (rows[0], rows[-1], columns[0], columns[-1]) != (0, 179, 0, 239)
        return stroke_width(crop(mask)) / len(rows)

    places = []
    fine, felt = (np.median([thickness(seed, pen) for seed in range(20)]) for pen in (0.03, 0.3))
    assert fine < 0.08 < 0.2 < felt
    assert np.ptp(places, axis=0).min() > 40


def test_training_examples_have_the_form_of_mnist():
    rng = np.random.default_rng(0)
    images = load_mnist().train.images[:40]
    drawn, labels = drawn_digits(40, rng)
    assert set(labels) <= set(range(10))
    marks = no_digits(120, rng, images)
    assert (marks.reshape(120, -1).max(axis=1) == 0).any()  # a blank one is among them
    inked = (marks > 0).mean(axis=(1, 2))
    assert (inked > 0.5).any()  # and one that is mere noise
    marks = marks[(inked > 0) & (marks[:, 0] == 0).all(axis=1)][:40]  # the others keep MNIST's margin
    for examples in (np.stack([as_prepared(image, rng) for image in images]), drawn, marks):
        assert examples.shape == (40, 28, 28)
        assert examples.dtype == np.uint8
        extents = [max(np.ptp(np.nonzero(example)[0]), np.ptp(np.nonzero(example)[1])) + 1 for example in examples]
        assert set(extents) <= {18, 19, 20}


# ── A pretend class ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def pretend():
    return pretend_class(pupils=6, each=3)


@pytest.mark.slow
def test_a_pretend_class_is_the_same_each_time_and_other_with_another_seed(pretend):
    again, other = pretend_class(pupils=6, each=3), pretend_class(pupils=6, each=3, seed=2)
    assert list(pretend) == [f"pretend_0{number}" for number in range(1, 7)]
    for name, digits in pretend.items():
        np.testing.assert_array_equal(digits.images, again[name].images)
        assert not np.array_equal(digits.images, other[name].images)
        assert digits.labels.tolist() == [*range(10)] * 3


def test_pretend_pupils_can_be_saved_and_read_by_the_network(pretend):
    network = load_network()
    for digits in pretend.values():
        digits = from_bytes(to_bytes(digits.images, digits.labels))
        assert (network.probabilities(digits.images).argmax(axis=1) == digits.labels).mean() > 0.7


def test_each_pretend_pupil_has_a_hand_of_their_own(pretend):
    """A pupil who slants one digit to the right also slants the next; and not all pupils slant alike."""

    def slant(image):
        y, x = np.indices(image.shape) - 13.5
        return -(image * x * y).sum() / (image * y**2).sum()

    upright = [3, 4, 5, 8, 9]
    slants = {name: [slant(d.images[i]) for i in range(30) if i % 10 in upright] for name, d in pretend.items()}
    between = np.std([np.mean(values) for values in slants.values()])
    within = np.mean([np.std(values) for values in slants.values()])
    assert between > within


def test_the_habits_are_forms_that_the_network_does_not_always_know():
    assert {0, 1, 7} == set(HABITS)
    digits = join(pretend_class(pupils=10, each=2, seed=3).values())
    network = load_network()
    right = (network.probabilities(digits.images).argmax(axis=1) == digits.labels) & ~network.refuses(digits.images)
    with_habit = np.isin(digits.labels, list(HABITS))
    assert right[with_habit].mean() < right[~with_habit].mean()


# ── Other hands ──


def image(writer, digit, rng):
    return like_mnist(writer.draw(digit, rng)).astype(np.float32).ravel()


def test_one_hand_writes_alike_and_two_hands_do_not():
    rng = np.random.default_rng(0)
    writers = [any_writer(rng) for _ in range(12)]
    first, second = ([image(writer, 2, rng) for writer in writers] for _ in range(2))
    likeness = np.corrcoef(first, second)[:12, 12:]
    others = likeness[~np.eye(12, dtype=bool)]
    assert np.median(np.diag(likeness)) > np.median(others) + 0.2


@pytest.mark.parametrize("digit", range(10))
def test_most_of_what_any_hand_writes_is_read(digit):
    rng = np.random.default_rng(digit)
    forms = {digit: FORMS[digit]}
    images = np.stack([like_mnist(any_writer(rng, forms).draw(digit, rng)) for _ in range(100)])
    probabilities, _ = load_network().judge(images)
    assert (probabilities.argmax(axis=1) == digit).mean() > 0.85


def test_the_line_passes_through_its_points_and_turns_only_where_it_is_sharp():
    corner = np.array([[0.0, 0.0], [5.0, 0.0], [5.0, 5.0]])
    sharp, round_ = (smooth(corner, np.array([False, turns, False])) for turns in (True, False))
    assert np.abs(sharp - [5, 0]).sum(axis=1).min() == np.abs(round_ - [5, 0]).sum(axis=1).min() == 0
    assert sharp[:, 0].max() == 5
    assert round_[:, 0].max() > 5
