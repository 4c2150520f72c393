import io
import pickle
import struct
import time
import tracemalloc
import zipfile

import cv2
import numpy as np
import pytest

from digitkit.data import Digits, data_dir, load_mnist
from digitkit.files import FolderError
from digitkit.handwriting import (
    HandwritingError,
    from_bytes,
    join,
    load_class,
    load_digits,
    my_digit,
    save_digits,
    to_bytes,
)
from digitkit.reading import read


def packed(**arrays):
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def zipped(images, labels=b"", compression=zipfile.ZIP_DEFLATED):
    """An archive with the right names and any bytes inside."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        archive.writestr("images.npy", images)
        archive.writestr("labels.npy", labels)
    return content.getvalue()


def npy(shape, data=b"", descr="|u1", order=False):
    """The bytes of a NumPy file whose header may claim anything."""
    header = repr({"descr": descr, "fortran_order": order, "shape": shape}).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


SOME = load_mnist().train[:50]
GOOD = to_bytes(SOME.images, SOME.labels)
ONE = np.zeros((1, 28, 28), np.uint8)


class Harmful:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


def test_digits_come_back_as_they_were():
    digits = from_bytes(memoryview(GOOD))
    np.testing.assert_array_equal(digits.images, SOME.images)
    np.testing.assert_array_equal(digits.labels, SOME.labels)
    assert digits.images.dtype == digits.labels.dtype == np.uint8


def test_the_file_tells_nothing_but_digits_and_labels():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        assert archive.namelist() == ["images.npy", "labels.npy"]
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert archive.comment == b""
        assert not any(entry.comment for entry in archive.infolist())


def test_the_same_digits_give_the_same_file_at_any_time(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert to_bytes(SOME.images, SOME.labels.astype(int).tolist()) == GOOD


def test_a_view_that_is_not_in_order_in_memory_is_saved_as_it_looks():
    turned = SOME.images.transpose(0, 2, 1)[::-1]
    np.testing.assert_array_equal(from_bytes(to_bytes(turned, SOME.labels)).images, turned)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (ONE.astype(float), [1], "uint8, not .* float64"),
        (ONE[0], [1], r"not \(28, 28\)"),
        (np.zeros((1, 32, 32), np.uint8), [1], r"not \(1, 32, 32\)"),
        (ONE, [1, 2], "1 digit and 2 labels"),
        (ONE, [11], "from 0 to 9, or 10 for what is no digit"),
        (ONE, [-1], "from 0 to 9"),
        (ONE, [1.0], "whole number"),
        (ONE, ["7"], "whole number"),
        (ONE[:0], [], "no digits yet"),
        (np.zeros((10_001, 28, 28), np.uint8), np.zeros(10_001, int), "10,001 digits are too many"),
    ],
)
def test_what_cannot_be_saved_is_named(images, labels, message):
    with pytest.raises(HandwritingError, match=message):
        to_bytes(images, labels)


def test_ten_thousand_digits_of_noise_fit():
    noise = np.random.default_rng(0).integers(0, 256, (10_000, 28, 28), dtype=np.uint8)
    assert len(from_bytes(to_bytes(noise, np.zeros(10_000, int)))) == 10_000


LABEL = npy((1,), b"\x07")
FLAGS = GOOD.index(b"PK\x01\x02") + 8  # of the first array, in the table at the end of the archive
ENCRYPTED = GOOD[:FLAGS] + b"\x01" + GOOD[FLAGS + 1 :]
BAD = {
    "empty": (b"", "is empty"),
    "a photo": (b"\xff\xd8\xff\xe0" + bytes(5000), "not a file of collected digits"),
    "cut short": (GOOD[: len(GOOD) // 2], "damaged"),
    "a bit turned over": (GOOD[:400] + bytes([GOOD[400] ^ 16]) + GOOD[401:], "damaged"),
    "encrypted": (ENCRYPTED, "damaged"),
    "a single array": (npy((1, 28, 28), bytes(784)), "not a file of collected digits"),
    "the weights of a network": (packed(header=np.zeros(3)), "something other"),
    "one array too many": (packed(images=ONE, labels=np.uint8([1]), name=np.array("Ada")), "something other"),
    "a pickle": (pickle.dumps(Harmful()), "not a file of collected digits"),
    "a pickle inside": (packed(images=np.array([Harmful()]), labels=np.uint8([1])), "something other"),
    "other images": (packed(images=np.zeros((1, 28, 28)), labels=np.uint8([1])), "something other"),
    "columns first": (zipped(npy((2, 28, 28), bytes(1568), order=True), npy((2,), bytes(2))), "something other"),
    "other labels": (packed(images=ONE, labels=np.uint8([200])), "from 0 to 9"),
    "no digits": (packed(images=ONE[:0], labels=np.zeros(0, np.uint8)), "no digits yet"),
    "a label missing": (packed(images=ONE, labels=np.zeros(0, np.uint8)), "1 digit and 0 labels"),
    "a shape without its numbers": (zipped(npy((10**12, 28, 28), bytes(784)), LABEL), "damaged"),
    "numbers left over": (zipped(npy((1, 28, 28), bytes(785)), LABEL), "damaged"),
    "a header that is a program": (zipped(npy("__import__('os').abort()", bytes(784)), LABEL), "damaged"),
    "packed in a rare way": (zipped(npy((1, 28, 28), bytes(784)), LABEL, zipfile.ZIP_LZMA), "damaged"),
    "too many digits": (packed(images=np.zeros((10_300, 28, 28), np.uint8), labels=np.zeros(10_300, np.uint8)), "too large"),
    "a large file": (bytes(9_000_000), "too large"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named(name):
    content, message = BAD[name]
    with pytest.raises(HandwritingError, match=message) as caught:
        from_bytes(content)
    assert str(caught.value).count(".") - str(caught.value).count("..") <= 1  # one sentence


def test_any_damaged_byte_gives_digits_or_a_named_error():
    rng = np.random.default_rng(0)
    content = to_bytes(SOME.images[:3], SOME.labels[:3])
    for _ in range(2000):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), rng.integers(1, 4)):
            damaged[place] = rng.integers(256)
        try:
            digits = from_bytes(bytes(damaged))
        except HandwritingError:
            continue
        assert digits.images.shape == (len(digits.labels), 28, 28)


@pytest.mark.parametrize("promised", [100_000_000, 100])
def test_a_zip_bomb_does_not_go_off(promised):
    """100 MB of zeros packed into 100 kB; then the same, claiming to be small."""
    content = zipped(npy((1, 28, 28)) + bytes(100_000_000), LABEL)
    assert len(content) < 140_000
    size = struct.pack("<L", 100_000_128)
    assert content.count(size) == 2  # before the packed bytes, and in the table at the end
    content = content if promised > 100 else content.replace(size, struct.pack("<L", promised))
    tracemalloc.start()
    with pytest.raises(HandwritingError, match=r"too large|damaged"):
        from_bytes(content)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "class" / "pupil_01.npz"
    save_digits(path, SOME)
    np.testing.assert_array_equal(load_digits(path).images, SOME.images)
    assert [entry.name for entry in path.parent.iterdir()] == ["pupil_01.npz"]
    with pytest.raises(HandwritingError):
        save_digits(path, SOME[:0])
    assert len(load_digits(path)) == 50

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(FolderError, match=r"No space left.*Is the disk full"):
        save_digits(path, SOME[:10])
    assert len(load_digits(path)) == 50
    assert [entry.name for entry in path.parent.iterdir()] == ["pupil_01.npz"]


def test_a_file_that_cannot_be_read_is_called_by_its_name(tmp_path):
    (tmp_path / "ada.npz").write_bytes(GOOD[:100])
    with pytest.raises(HandwritingError, match=r"^ada\.npz: This is not"):
        load_digits(tmp_path / "ada.npz")
    with pytest.raises(HandwritingError, match=r"ben\.npz cannot be opened: No such file"):
        load_digits(tmp_path / "ben.npz")


def test_a_class_is_a_folder_of_files(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    assert load_class() == {}
    for name, digits in {"pupil_02": SOME[:5], "pupil_01": SOME[5:7]}.items():
        save_digits(tmp_path / "class" / f"{name}.npz", Digits(digits.images, digits.labels))
    (tmp_path / "class" / "notes.txt").write_text("not a pupil")
    pupils = load_class()
    assert {name: len(digits) for name, digits in pupils.items()} == {"pupil_01": 2, "pupil_02": 5}
    assert list(pupils) == ["pupil_01", "pupil_02"]


def test_what_a_mac_leaves_on_a_stick_is_no_pupil(tmp_path):
    save_digits(tmp_path / "pupil_01.npz", SOME[:2])
    (tmp_path / "._pupil_01.npz").write_bytes(b"\0\5\x16\7" + bytes(100))
    assert list(load_class(tmp_path)) == ["pupil_01"]


def test_sets_are_joined_in_order():
    joined = join(iter([SOME[:3], SOME[10:12]]))
    np.testing.assert_array_equal(joined.images, SOME.images[[0, 1, 2, 10, 11]])
    np.testing.assert_array_equal(joined.labels, SOME.labels[[0, 1, 2, 10, 11]])


def test_the_learners_digit_is_a_sample_until_one_was_drawn_and_then_stays_until_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    sample, whose = my_digit()
    assert "a sample" in whose
    assert sample.shape == (28, 28)
    for name in ("chalk_9", "pen_7"):
        [drawn] = read(data_dir() / "samples" / f"{name}.jpg").digits
        _, whose = my_digit(drawn)
        assert "just drawn" in whose
        kept, whose = my_digit()
        assert whose == "your own, from notebook 01"
        np.testing.assert_array_equal(kept, drawn.image)
    assert [path.name for path in tmp_path.iterdir()] == ["my_digit.png"]


@pytest.mark.parametrize("content", [b"", b"no picture", cv2.imencode(".png", np.zeros((5, 5), np.uint8))[1].tobytes()])
def test_a_file_that_is_not_the_learners_digit_is_named(tmp_path, monkeypatch, content):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    (tmp_path / "my_digit.png").write_bytes(content)
    with pytest.raises(HandwritingError, match=r"my_digit\.png is not the digit .* notebook 01"):
        my_digit()
    (tmp_path / "my_digit.png").unlink()
    (tmp_path / "my_digit.png").mkdir()
    with pytest.raises(HandwritingError, match=r"my_digit\.png cannot be read \(Is a directory\)\. Delete it"):
        my_digit()
