"""The learner's own copies of the lessons, and JupyterLab to work on them: `python -m digitkit start`."""

import contextlib
import errno
import json
import os
import re
import sys
import warnings
from pathlib import Path
from typing import Any

from digitkit.files import FolderError, check_writable, home_dir, make_folder, own_places, reason, replacing, visible
from digitkit.words import counted, in_a_row

FIRST = "01_meet_the_digits.ipynb"
RUN = re.compile(r'"execution_count": *\d')  # a notebook with a cell that was run
SETTINGS = str(Path(__file__).with_name("jupyter"))  # what JupyterLab does unless the user has chosen something else


def lessons_dir() -> Path:
    """The folder of the kit's own lessons: `_lessons` in an installed wheel, `notebooks` in a checkout.

    >>> (lessons_dir() / "01_meet_the_digits.ipynb").is_file()
    True
    """
    package = Path(__file__).resolve().parent
    installed = package / "_lessons"
    return installed if installed.is_dir() else package.parent / "notebooks"


def lesson_files(folder: Path) -> list[Path]:
    """The notebooks and texts in a folder of lessons and in the folders below it, sorted.

    What begins with a dot is no lesson: checkpoints, and the ._name that a Mac writes beside each file on a USB stick.

    >>> [path.name for path in lesson_files(lessons_dir())][:2]
    ['01_meet_the_digits.ipynb', '02_what_a_convolution_does.ipynb']
    """
    return visible((path for path in folder.rglob("*") if path.suffix in {".ipynb", ".md"}), folder)


def clear(notebook: dict[str, Any]) -> dict[str, Any]:
    """A notebook, as JSON, as it is before its first run: without outputs, numbers and tags; texts and ids stay.

    It is changed in place, and returned.

    >>> cell = {"cell_type": "code", "id": "a", "source": "1", "outputs": [1], "execution_count": 1, "metadata": {"tags": ["b"]}}
    >>> clear({"cells": [cell]})["cells"]
    [{'cell_type': 'code', 'id': 'a', 'source': '1', 'outputs': [], 'execution_count': None, 'metadata': {}}]
    """
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def make_lessons(folder: Path) -> tuple[list[str], list[str]]:
    """Copy the lessons into a folder, as they are before their first run. A file that is there already is never touched.

    Returns the names of the files that were made, and of those that were kept. Raises FolderError if one cannot be written.
    """
    made, kept, source = [], [], lessons_dir()
    for path in lesson_files(source):
        name = path.relative_to(source).as_posix()
        copy = folder / name
        if os.path.lexists(copy):
            kept.append(name)
            continue
        make_folder(copy.parent)
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = json.dumps(clear(json.loads(text)), ensure_ascii=False, indent=1) + "\n"
        with replacing(copy) as unfinished:
            unfinished.write_text(text, encoding="utf-8", newline="\n")
        made.append(name)
    return made, kept


def in_words(made: list[str], kept: list[str]) -> str:
    """What `make_lessons` did, as the end of a sentence.

    >>> in_words(["01.ipynb", "glossary.md"], []), in_words([], ["01.ipynb"])
    (': 2 files, all new', ', as you left them')
    >>> in_words(["glossary.md"], ["01.ipynb", "02.ipynb"])
    '. New: glossary.md. As you left them: 2 files'
    """
    if not made:
        return ", as you left them"
    return f". New: {in_a_row(made)}. As you left them: {counted(len(kept), 'file')}" if kept else f": {len(made)} files, all new"


def lesson_to_open(folder: Path) -> str:
    """The name of the furthest of the lessons in a folder that was run, or else of the first.

    >>> lesson_to_open(Path("nowhere"))
    '01_meet_the_digits.ipynb'
    """
    furthest = FIRST
    for name in (path.name for path in lesson_files(lessons_dir()) if path.name.startswith("0")):
        with contextlib.suppress(OSError):  # none of that name, or one that cannot be read
            if RUN.search((folder / name).read_text(encoding="utf-8", errors="replace")):
                furthest = name
    return furthest


def start() -> None:
    """Make the learner's copies where they are missing, say so, and run JupyterLab on them until Ctrl+C.

    It shows the learner's folder: the copies are in `lessons`, and beside it what the lessons make. On the first start it opens
    the first lesson, later the furthest that was run. Raises FolderError if the folder, or JupyterLab's own, cannot be written.
    """
    home = home_dir().absolute()
    made, kept = make_lessons(home / "lessons")
    check_writable(home / "lessons" / FIRST)  # or nothing that is done in them could be saved
    print(f"The lessons are in {home / 'lessons'}{in_words(made, kept)}.")
    from jupyterlab.labapp import LabApp  # only now, because it takes a second

    print("JupyterLab opens in your browser. Ctrl+C in this window ends it.", flush=True)
    os.environ.update(own_places())
    os.environ["DIGITKIT_HOME"] = str(home)  # a lesson runs in another folder, from where a relative name leads elsewhere
    # In JupyterLab's terminal, too, `python` is to be this one, even if its environment was not activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    # Else JupyterLab asks, before anything else, whether it may fetch news. What the user has chosen there still counts.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [SETTINGS, os.environ.get("JUPYTER_CONFIG_PATH")]))
    warnings.showwarning = lambda *told, **more: None  # Voilà, which JupyterLab loads, turns on those that are for programmers
    settings = [
        f"--ServerApp.root_dir={home}",
        f"--LabApp.default_url=/lab/tree/lessons/{lesson_to_open(home / 'lessons')}",
        "--ServerApp.answer_yes=True",  # to the question whether Ctrl+C was meant
        "--ServerApp.allow_root=True",  # in a container everybody is
        "--Application.log_level=CRITICAL",  # its addresses, and why it cannot start
    ]
    try:
        LabApp.launch_instance(settings)
    except OSError as error:
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC}:
            raise
        what = f"{error.filename or 'its files'} ({reason(error)})"
        raise FolderError(f"JupyterLab cannot write {what}. Set HOME to a folder you can write to.") from error
