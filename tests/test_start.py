"""The learner's own copies of the lessons. What JupyterLab makes of them is in tests/browser/test_start_in_lab.py."""

import json
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

from digitkit.cli import main
from digitkit.files import FolderError
from digitkit.lessons import lesson_to_open, make_lessons

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = [path.relative_to(ROOT / "notebooks") for path in sorted((ROOT / "notebooks").rglob("*.ipynb"))]
LESSON = "02_what_a_convolution_does.ipynb"


@pytest.fixture
def folder(tmp_path):
    made, kept = make_lessons(tmp_path / "my class" / "lessons")
    assert sorted(made) == sorted([*(path.as_posix() for path in NOTEBOOKS), "glossary.md"])
    assert kept == []
    return tmp_path / "my class" / "lessons"


def test_a_copy_is_the_lesson_before_its_first_run(folder):
    assert len(NOTEBOOKS) >= 8
    for path in NOTEBOOKS:
        lesson, copy = (nbformat.read(where / path, as_version=4) for where in (ROOT / "notebooks", folder))
        nbformat.validate(copy)
        assert [(cell.id, cell.source) for cell in copy.cells] == [(cell.id, cell.source) for cell in lesson.cells]
        assert copy.metadata == lesson.metadata
        assert not [cell for cell in copy.cells if cell.metadata or cell.get("outputs") or cell.get("execution_count")]


def test_the_kits_own_lessons_keep_their_outputs(folder):
    lesson = nbformat.read(ROOT / "notebooks" / LESSON, as_version=4)
    assert [cell for cell in lesson.cells if cell.get("outputs")]


def test_the_copies_have_all_that_they_link_to(folder):
    for path in folder.rglob("*.*"):
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_what_the_learner_did_is_never_overwritten_and_what_is_missing_is_added(folder):
    edited, text = folder / LESSON, json.dumps({"cells": [], "mine": True})
    edited.write_text(text)
    (folder / "glossary.md").write_text("")
    (folder / "my notes.ipynb").write_text("mine")
    (folder / "01_meet_the_digits.ipynb").unlink()
    (folder / "03_train_a_cnn.ipynb").rename(folder / "03 of ada.ipynb")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")}
    made, kept = make_lessons(folder)
    assert made == ["01_meet_the_digits.ipynb", "03_train_a_cnn.ipynb"]
    assert len(kept) == len(NOTEBOOKS) - 1
    assert edited.read_text() == text
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {path.name for path in folder.rglob("*.*")} == {path.name for path in before} | set(made)


def test_the_lesson_to_open_is_the_furthest_one_that_was_run(folder):
    assert lesson_to_open(folder) == "01_meet_the_digits.ipynb"
    for name in ("01_meet_the_digits.ipynb", LESSON):
        shutil.copy(ROOT / "notebooks" / name, folder)
    assert lesson_to_open(folder) == LESSON
    (folder / "06_read_your_own_digits.ipynb").unlink()
    (folder / "06_read_your_own_digits.ipynb").mkdir()
    (folder / "07_mine.ipynb").mkdir()
    assert lesson_to_open(folder) == LESSON
    (folder / LESSON).write_bytes(b"\xff damaged")
    assert lesson_to_open(folder) == "01_meet_the_digits.ipynb"


@pytest.mark.parametrize("blocked", ["", "lessons"])
def test_where_no_lesson_can_be_made_is_one_sentence(tmp_path, monkeypatch, capsys, blocked):
    home = tmp_path / "home"
    monkeypatch.setenv("DIGITKIT_HOME", str(home))
    if blocked:
        home.mkdir()
    (home / blocked if blocked else home).write_text("a file, where a folder should be")
    assert main(["start"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(r"The folder .+ cannot be created \(.+\)\.(?: Set DIGITKIT_HOME to .+\.)?\n", captured.err)


def test_without_jupyterlab_there_are_the_lessons_and_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jupyterlab", None)  # as if it were not installed
    assert main(["start"]) == 1
    captured = capsys.readouterr()
    assert captured.out == f"The lessons are in {tmp_path / 'lessons'}: {len(NOTEBOOKS) + 1} files, all new.\n"
    assert re.fullmatch(r"A package that the kit needs is missing .+ python -m digitkit doctor\n", captured.err)


def test_a_full_disk_leaves_no_half_lesson(tmp_path, monkeypatch):
    def refuse(path, *arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(FolderError, match="No space left on device"):
        make_lessons(tmp_path)
    assert not list(tmp_path.rglob("*.*"))
