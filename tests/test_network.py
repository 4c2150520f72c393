import json
import os
import warnings

import numpy as np
import pytest

import digitkit
from digitkit.data import load_mnist
from digitkit.errors import InputError
from digitkit.network import Network, NetworkError, average_pool, convolve, load_network, max_pool, save_network, softmax


def convolve_by_hand(image, kernel, bias):
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    result = np.zeros((rows, columns, kernel.shape[3]))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
            for channel in range(kernel.shape[3]):
                result[row, column, channel] = (window * kernel[..., channel]).sum() + bias[channel]
    return result


def test_a_convolution_of_no_images_gives_no_maps():
    assert convolve(np.zeros((0, 9, 9, 1)), np.ones((3, 3, 1, 4)), np.zeros(4)).shape == (0, 7, 7, 4)


def test_no_images_have_no_answers():
    assert load_network().probabilities(np.zeros((0, 28, 28), np.uint8)).shape == (0, 10)


def test_convolve_is_the_double_loop():
    rng = np.random.default_rng(0)
    images, kernel, bias = rng.normal(size=(2, 9, 7, 3)), rng.normal(size=(3, 2, 3, 4)), rng.normal(size=4)
    expected = np.stack([convolve_by_hand(image, kernel, bias) for image in images])
    assert np.allclose(convolve(images, kernel, bias), expected)
    assert np.allclose(convolve(images, kernel, bias, stride=2), expected[:, ::2, ::2])


def test_same_padding_keeps_the_size():
    images = np.random.default_rng(0).normal(size=(1, 7, 8, 2))
    same = convolve(images, np.ones((3, 3, 2, 1)), np.zeros(1), padding="same")
    assert same.shape == (1, 7, 8, 1)
    assert np.allclose(same[:, 1:-1, 1:-1], convolve(images, np.ones((3, 3, 2, 1)), np.zeros(1)))


def test_max_pool_keeps_the_largest_and_ignores_a_row_left_over():
    images = np.arange(25.0).reshape(1, 5, 5, 1)
    assert max_pool(images, (2, 2), 2)[0, :, :, 0].tolist() == [[6, 8], [16, 18]]


def test_padding_is_never_the_largest_value_and_does_not_count_for_the_mean():
    negative = -np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    assert max_pool(negative, (2, 2), 2, padding="same")[0, :, :, 0].tolist() == [[-1, -3], [-7, -9]]
    assert average_pool(negative, (2, 2), 2, padding="same")[0, :, :, 0].tolist() == [[-3, -4.5], [-7.5, -9]]


def test_softmax_survives_huge_scores():
    assert np.allclose(softmax(np.array([1e4, 0.0])), [1, 0])


def test_the_shipped_network_reads_mnist():
    validation = load_mnist().train[-1000:]
    assert (load_network().probabilities(validation.images).argmax(axis=1) == validation.labels).mean() >= 0.99


def test_probabilities_add_up_and_follow_the_temperature():
    network = load_network()
    images = load_mnist().train.images[:20]
    probabilities = network.probabilities(images)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert np.allclose(probabilities, softmax(network.logits(images)[:, :10] / network.temperature), atol=1e-6)
    confidence = probabilities * (1 - network.no_digit(images))[:, np.newaxis]
    assert np.allclose(confidence, softmax(network.logits(images) / network.temperature)[:, :10], atol=1e-6)
    uncalibrated = Network(network.layers)
    assert np.allclose(uncalibrated.probabilities(images), softmax(network.logits(images)[:, :10]), atol=1e-6)


@pytest.mark.parametrize(
    "images", [np.zeros((28, 28), np.uint8), np.zeros((1, 27, 28), np.uint8), np.zeros((1, 28, 28), np.float32)]
)
def test_images_of_another_form_are_refused(images):
    with pytest.raises(NetworkError, match=r"shape \(n, 28, 28\) and type uint8"):
        load_network().logits(images)


def test_a_network_comes_back_from_its_file_unchanged(tmp_path):
    network = Network(load_network().layers, temperature=1.5, about={"trained by": "Ada", "epochs": 2})
    save_network(network, tmp_path / "copy.npz")
    copy = load_network(tmp_path / "copy.npz")
    images = load_mnist().train.images[:10]
    assert np.array_equal(copy.logits(images), network.logits(images))
    assert (copy.temperature, copy.about) == (network.temperature, network.about)
    assert [path.name for path in tmp_path.iterdir()] == ["copy.npz"]


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "mine.npz"
    save_network(load_network(), path)
    before = path.read_bytes()
    with pytest.raises(InputError, match="not JSON serializable"):
        save_network(Network(load_network().layers, about={"impossible": object()}), path)
    assert path.read_bytes() == before


def test_weights_that_are_no_numbers_are_named_and_never_read(tmp_path):
    def spoilt(settings):
        return {key: np.nan * value if isinstance(value, np.ndarray) else value for key, value in settings.items()}

    layers = [(name, spoilt(settings)) for name, settings in load_network().layers]
    network, file = Network(layers), tmp_path / "nan.npz"
    save_network(network, file)
    images = np.zeros((2, 28, 28), np.uint8)
    for use in (lambda: load_network(file), lambda: network.logits(images), lambda: network.probabilities(images)):
        with pytest.raises(NetworkError, match="training has gone wrong"):
            use()
    for use in (lambda: digitkit.read(digitkit.data_dir() / "samples" / "pen_7.jpg", network), lambda: digitkit.Panel(network)):
        with pytest.raises(NetworkError, match="training has gone wrong"):
            use()


@pytest.mark.parametrize("too_large", [[3e38, -3e38], [1e300, -1e300], [-np.inf]])
def test_weights_too_large_to_count_with_are_one_sentence_and_no_warning(too_large, tmp_path):
    (name, first), *others = load_network().layers
    bias = np.resize(np.array(too_large), len(first["bias"]))
    save_network(Network([(name, {**first, "bias": bias}), *others]), tmp_path / "large.npz")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(NetworkError, match="training has gone wrong"):
            load_network(tmp_path / "large.npz")


def test_a_network_shown_in_a_notebook_does_not_fill_the_page():
    assert len(repr(load_network())) < 100


def test_a_network_tells_how_many_outputs_it_has():
    network = load_network()
    *others, (name, last) = network.layers
    ten = Network([*others, (name, {"kernel": last["kernel"][:, :10], "bias": last["bias"][:10]})])
    assert (network.outputs, ten.outputs) == (11, 10)


def test_bad_weights_files_are_named(tmp_path):
    with pytest.raises(NetworkError, match=r"There is no weights file .*or use the shipped one"):
        load_network(tmp_path / "missing.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(NetworkError, match="not a digitkit weights file, or it is damaged"):
        load_network(tmp_path / "text.npz")
    np.savez(tmp_path / "other.npz", numbers=np.ones(3))
    with pytest.raises(NetworkError, match="not a digitkit weights file"):
        load_network(tmp_path / "other.npz")
    header = json.dumps({"layers": [["LSTM", {}]], "temperature": None, "about": {}})
    np.savez(tmp_path / "future.npz", header=np.array(header))
    with pytest.raises(NetworkError, match="LSTM"):
        load_network(tmp_path / "future.npz")
    whole = tmp_path / "whole.npz"
    save_network(load_network(), whole)
    (tmp_path / "half.npz").write_bytes(whole.read_bytes()[:200_000])
    with pytest.raises(NetworkError, match="damaged"):
        load_network(tmp_path / "half.npz")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"version": 2}, "has the form 2. Get the newest digitkit"),
        ({"temperature": 0.0}, "holds no network"),
        ({"temperature": float("inf")}, "holds no network"),
    ],
)
def test_a_header_that_this_kit_cannot_follow_is_refused(tmp_path, changed, said):
    path = tmp_path / "mine.npz"
    save_network(load_network(), path)
    with np.load(path) as archive:
        parts = dict(archive)
    parts["header"] = np.array(json.dumps(json.loads(str(parts["header"])) | changed))
    np.savez(path, **parts)
    with pytest.raises(NetworkError, match=said):
        load_network(path)


class Harmful:
    """Whoever unpickles it runs its code: here it makes a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("where", ["header", "0.kernel"])
def test_code_in_a_weights_file_is_not_run(tmp_path, where):
    header = np.array(json.dumps({"layers": [["Dense", {}]], "temperature": None, "about": {}}))
    np.savez(tmp_path / "evil.npz", **{"header": header, where: np.array([Harmful(tmp_path / "it was run")], dtype=object)})
    with pytest.raises(NetworkError, match="not a digitkit weights file"):
        load_network(tmp_path / "evil.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["evil.npz"]
