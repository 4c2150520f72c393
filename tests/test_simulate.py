import numpy as np

from digitkit.data import load_mnist
from digitkit.simulate import (
    as_prepared,
    change_stroke_width,
    distort,
    draw_rules,
    drawn_digits,
    no_digits,
    one_digit,
    photograph,
    random_picture,
    write_digits,
)


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


def test_training_examples_have_the_form_of_mnist():
    rng = np.random.default_rng(0)
    images = load_mnist().train.images[:40]
    drawn, labels = drawn_digits(40, rng)
    assert set(labels) <= set(range(10))
    marks = no_digits(60, rng, images)
    assert (marks.reshape(60, -1).max(axis=1) == 0).any()  # a blank one is among them
    inked = (marks > 0).mean(axis=(1, 2))
    assert (inked > 0.5).any()  # and one that is mere noise
    marks = marks[(inked > 0) & (marks[:, 0] == 0).all(axis=1)][:40]  # the others keep MNIST's margin
    for examples in (np.stack([as_prepared(image, rng) for image in images]), drawn, marks):
        assert examples.shape == (40, 28, 28)
        assert examples.dtype == np.uint8
        extents = [max(np.ptp(np.nonzero(example)[0]), np.ptp(np.nonzero(example)[1])) + 1 for example in examples]
        assert set(extents) <= {18, 19, 20}
