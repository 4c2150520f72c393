"""The learner's folder, and files that are whole or not there."""

from pathlib import Path

import numpy as np
import pytest

from digitkit.data import Digits
from digitkit.files import FolderError, check_writable, home_dir, home_path, replacing, visible
from digitkit.handwriting import HandwritingError, load_class, load_digits, save_digits
from digitkit.network import NetworkError, load_network, my_network


def test_the_home_is_filled_in(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for written in ("~/digits", "$HOME/digits"):
        monkeypatch.setenv("DIGITKIT_HOME", written)
        assert home_path() == tmp_path / "digits"
    assert not (tmp_path / "digits").exists()
    assert home_dir().is_dir()


def test_reading_needs_no_folder_and_writing_says_what_to_do(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "file" / "home"))
    assert "ships with digitkit" in my_network()[1]
    with pytest.raises(FolderError, match="Set DIGITKIT_HOME to a folder you can write to"):
        home_dir()


@pytest.mark.parametrize("written", ["~nobody-of-this-name/digits", "$NO_SUCH_VARIABLE/digits", "${NO_SUCH_VARIABLE}"])
def test_a_home_that_cannot_be_filled_in_is_named_and_makes_no_folder(monkeypatch, tmp_path, written):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGITKIT_HOME", written)
    for ask in (home_path, home_dir, my_network):
        with pytest.raises(FolderError, match=r"nobody-of-this-name|NO_SUCH_VARIABLE"):
            ask()
    assert not list(tmp_path.iterdir())


LONG = 300 * "x"
DIGITS = Digits(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))


@pytest.mark.parametrize("name", [LONG, "file/below", "zero\0byte"])
def test_names_that_no_file_can_have_are_said_in_one_sentence(monkeypatch, tmp_path, name):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr(Path, "is_file", can_tell_nothing)  # as Python 3.11 answers for a folder that may not be entered
    monkeypatch.setattr(Path, "is_dir", can_tell_nothing)
    path = tmp_path / name
    for write in (lambda: check_writable(path / "digits.npz"), lambda: save_digits(path / "digits.npz", DIGITS)):
        with pytest.raises(FolderError, match=r"There is no folder|cannot be created"):
            write()
    for read in (lambda: load_digits(path), lambda: load_class(path)):
        with pytest.raises(HandwritingError, match="cannot be opened"):
            read()
    with pytest.raises(NetworkError, match="There is no weights file"):
        load_network(path)


def can_tell_nothing(path):
    raise PermissionError(13, "Permission denied", str(path))


def test_a_class_in_a_file_is_named_and_a_missing_one_is_empty(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(HandwritingError, match=r"folder .*file cannot be opened: Not a directory"):
        load_class(tmp_path / "file")
    assert load_class(tmp_path / "none") == {}


def test_hidden_files_are_passed_over():
    assert visible([Path("b"), Path("._a"), Path(".DS_Store"), Path("a")]) == [Path("a"), Path("b")]


def write(path, error):
    with replacing(path) as unfinished:
        unfinished.write_text("ne")
        raise error


def test_a_file_stays_as_it_was_if_writing_fails(tmp_path):
    path = tmp_path / "kept.txt"
    path.write_text("old")
    with pytest.raises(FolderError, match=r"kept\.txt cannot be written \(No space left"):
        write(path, OSError(28, "No space left on device"))
    with pytest.raises(KeyboardInterrupt):
        write(path, KeyboardInterrupt())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_never_replaced(tmp_path):
    with pytest.raises(FolderError, match="is not a file that can be written"):
        write(tmp_path, KeyboardInterrupt())
    assert tmp_path.is_dir()


def test_asking_leaves_nothing_behind(tmp_path):
    path = tmp_path / "later.npz"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("here")
    check_writable(path)
    assert path.read_text() == "here"
    for wrong, why in [(tmp_path, "is a folder"), (tmp_path / "none" / "later.npz", "There is no folder")]:
        with pytest.raises(FolderError, match=why):
            check_writable(wrong)
