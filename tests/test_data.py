import gzip
import shutil

import numpy as np
import pytest

from digitkit.data import CHECKSUMS, DataError, data_dir, load_mnist, parse_idx, sample_paths
from digitkit.files import home_dir


def test_mnist_is_whole_and_in_its_original_form():
    mnist = load_mnist()
    assert mnist.train.images.shape == (60_000, 28, 28)
    assert mnist.test.images.shape == (10_000, 28, 28)
    assert mnist.train.images.dtype == mnist.train.labels.dtype == np.uint8
    assert mnist.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.train.images[0, 0].max() == 0 < mnist.train.images[0].max()  # ink bright on black


def test_a_part_of_the_digits_keeps_images_and_labels_together():
    digits = load_mnist().train[100:103]
    assert len(digits) == len(digits.images) == len(digits.labels) == 3


@pytest.fixture
def copied_mnist(tmp_path):
    return shutil.copytree(data_dir() / "mnist", tmp_path / "mnist")


def test_a_missing_file_is_named(copied_mnist):
    (copied_mnist / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte\.gz is missing\. Get the kit again"):
        load_mnist(copied_mnist)


def test_a_truncated_file_is_named(copied_mnist):
    file = copied_mnist / "t10k-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:100_000])
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz is damaged or cut short"):
        load_mnist(copied_mnist)


def test_a_damaged_file_is_named(copied_mnist):
    file = copied_mnist / "t10k-images-idx3-ubyte.gz"
    content = bytearray(file.read_bytes())
    content[1000:1100] = bytes(100)
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz"):
        load_mnist(copied_mnist)


def test_one_altered_label_is_noticed(copied_mnist):
    file = copied_mnist / "train-labels-idx1-ubyte.gz"
    content = bytearray(gzip.decompress(file.read_bytes()))
    content[-1] = (content[-1] + 1) % 10
    file.write_bytes(gzip.compress(bytes(content)))
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte\.gz is not the original file: its checksum differs"):
        load_mnist(copied_mnist)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", bytes([0, 0, 8]), bytes([0, 0, 8, 2, 0, 0, 0, 1]), bytes([0, 0, 8, 1, 0, 0, 0, 9, 1, 2])]
)
def test_what_is_no_idx_file_is_refused(content):
    with pytest.raises(DataError):
        parse_idx(content)


def test_the_checksums_are_those_in_the_readme():
    readme = (data_dir() / "README.md").read_text(encoding="utf-8")
    for name, checksum in CHECKSUMS.items():
        assert f"| {name} |" in readme
        assert checksum in readme


def test_home_is_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "mine"))
    assert home_dir() == tmp_path / "mine"
    assert home_dir().is_dir()


def test_there_are_samples():
    names = [path.name for path in sample_paths()]
    assert len(names) >= 12
    assert "blank.jpg" in names
