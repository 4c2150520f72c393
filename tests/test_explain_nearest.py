from dataclasses import replace

import numpy as np
import pytest

from digitkit.data import hold_out, load_mnist
from digitkit.explain.nearest import SHIPPED_INDEX, fingerprint, hidden, make_index, nearest_examples
from digitkit.network import Network, NetworkError, load_network, save_network

TRAINING, VALIDATION = hold_out(load_mnist().train)


@pytest.fixture(scope="module")
def small():
    """A network of another kind: 6 numbers in its last hidden layer, some of them below zero."""
    rng = np.random.default_rng(0)
    first = {"kernel": rng.normal(0, 0.05, (784, 6)).astype(np.float32), "bias": np.zeros(6, np.float32)}
    last = {"kernel": rng.normal(0, 1, (6, 10)).astype(np.float32), "bias": np.zeros(10, np.float32)}
    return Network([("Flatten", {}), ("Dense", first), ("Dense", last)])


@pytest.fixture(scope="module")
def small_index(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "nearest.npz"
    make_index(small, path)
    return path


def test_the_shipped_index_belongs_to_the_shipped_network():
    with np.load(SHIPPED_INDEX) as archive:
        assert str(archive["fingerprint"]) == fingerprint(load_network()), "Run: python -m digitkit.explain.nearest"


@pytest.mark.slow
def test_the_neighbours_of_a_digit_nearly_always_have_its_label():
    network = load_network()
    labels = [nearest_examples(image, network)[1] for image in VALIDATION.images[:150]]
    assert (np.array(labels) == VALIDATION.labels[:150, np.newaxis]).mean() > 0.97


def test_a_training_digit_of_the_index_is_its_own_nearest():
    with np.load(SHIPPED_INDEX) as archive:
        which = archive["which"][::100]
    for image, label in zip(TRAINING.images[which], TRAINING.labels[which], strict=True):
        images, labels, distances = nearest_examples(image)
        np.testing.assert_array_equal(images[0], image)
        assert labels[0] == label
        assert distances[0] < 0.2 * distances[1]


def test_the_three_are_the_nearest_of_all_with_all_their_bits(small, small_index):
    with np.load(small_index) as archive:
        places = hidden(small, TRAINING.images[archive["which"]])
    assert places.min() < 0
    for image in VALIDATION.images[:50]:
        images, labels, distances = nearest_examples(image, small, small_index)
        assert images.shape == (3, 28, 28)
        assert images.dtype == labels.dtype == np.uint8
        exact = np.sort(np.linalg.norm(places - hidden(small, image[np.newaxis]), axis=1))[:3]
        np.testing.assert_allclose(distances, exact, atol=0.01 * np.ptp(places))
        shown = np.linalg.norm(hidden(small, images) - hidden(small, image[np.newaxis]), axis=1)
        np.testing.assert_allclose(distances, shown, atol=0.01 * np.ptp(places))


def test_an_index_holds_two_hundred_training_digits_of_each_label(small_index):
    with np.load(small_index) as archive, np.load(SHIPPED_INDEX) as shipped:
        which = archive["which"]
        np.testing.assert_array_equal(which, shipped["which"])
    assert len(np.unique(which)) == 2000
    assert which.max() < 55_000
    assert np.bincount(TRAINING.labels[which]).tolist() == [200] * 10


def test_an_index_of_another_network_is_noticed(small):
    with pytest.raises(NetworkError, match=r"made with another network.*make_index"):
        nearest_examples(VALIDATION.images[0], small)


@pytest.mark.parametrize("change", ["a weight", "a setting", "an order"])
def test_the_smallest_change_gives_another_fingerprint(change):
    network = load_network()
    layers = [(name, dict(settings)) for name, settings in network.layers]
    if change == "a weight":
        layers[0][1]["kernel"] = layers[0][1]["kernel"].copy()
        layers[0][1]["kernel"].flat[3] *= 1.0001
    elif change == "a setting":
        layers[0][1]["padding"] = "same"
    else:
        layers[0], layers[1] = layers[1], layers[0]
    assert fingerprint(replace(network, layers=layers)) != fingerprint(network)


def test_a_network_that_was_saved_and_loaded_keeps_its_index(small, small_index, tmp_path):
    save_network(small, tmp_path / "mine.npz")
    before = nearest_examples(VALIDATION.images[0], small, small_index)
    after = nearest_examples(VALIDATION.images[0], load_network(tmp_path / "mine.npz"), small_index)
    np.testing.assert_array_equal(before[2], after[2])


@pytest.mark.slow
def test_a_new_index_in_the_same_place_is_read_again(small, tmp_path):
    path = tmp_path / "nearest.npz"
    make_index(load_network(), path)
    with pytest.raises(NetworkError):
        nearest_examples(VALIDATION.images[0], small, path)
    make_index(small, path)
    assert len(nearest_examples(VALIDATION.images[0], small, path)[0]) == 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["nearest.npz"]


def test_what_is_no_index_or_no_digit_is_named(tmp_path):
    with pytest.raises(NetworkError, match=r"no index .*lost\.npz"):
        nearest_examples(VALIDATION.images[0], index=tmp_path / "lost.npz")
    broken = tmp_path / "broken.npz"
    broken.write_bytes(SHIPPED_INDEX.read_bytes()[:1000])
    with pytest.raises(NetworkError, match="is not an index"):
        nearest_examples(VALIDATION.images[0], index=broken)
    with pytest.raises(NetworkError, match=r"not \(1, 20, 20\)"):
        nearest_examples(np.zeros((20, 20), np.uint8))
