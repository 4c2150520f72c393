"""The learner's folder, and files that are whole or not there."""

from pathlib import Path

import pytest

from digitkit.files import FolderError, check_writable, home_dir, home_path, replacing, visible
from digitkit.network import my_network


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
