"""Which notebooks were handed in, and by whom: by the folder they are in, or by what else stands in the file's name."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from digitkit.files import FolderError
from digitkit.handed_in.work import Work, WorkError, plain, read_work
from digitkit.words import counted

# What browsers, JupyterLab and course platforms write into names.
ADDED = re.compile(r"[\s_-]*(\(\d+\)|copy[\s_-]*\d*|_\d+_assignsubmission_file_?)$", re.IGNORECASE)
NBGRADER = ("submitted", "autograded")  # its folders that hold a folder for each learner


@dataclass(frozen=True)
class HandedIn:
    """What a folder holds. works: {(learner, lesson): Work}.

    unreadable: a sentence for each file that holds no lesson; doubles: one for each lesson that somebody handed in twice.
    """

    works: dict[tuple[str, str], Work]
    unreadable: list[str]
    doubles: list[str]


def handed_in(folder: Path) -> HandedIn:
    """All notebooks in a folder and the folders in it. Of several that a learner handed in of a lesson, the best one counts.

    Raises FolderError if there is no such folder, or no notebook in it.
    """
    if not folder.is_dir():
        raise FolderError(f"There is no folder {folder}: name the folder that holds the handed-in notebooks.")
    folder = folder / "submitted" if (folder / "submitted").is_dir() else folder
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_hidden(path.relative_to(folder))]
    found, doubles, unreadable = {}, [], [f"{path.name}: unpack it first." for path in files if path.suffix.lower() == ".zip"]
    notebooks = [path for path in files if path.suffix.lower() == ".ipynb"]
    if not notebooks:
        raise FolderError(" ".join([f"There are no notebooks (.ipynb) in {folder}.", *unreadable]))
    for path in notebooks:
        try:
            found[path] = read_work(path)
        except WorkError as error:
            unreadable.append(f"{path.relative_to(folder)} {error}.")
    works: dict[tuple[str, str], Work] = {}
    seen: dict[tuple[str, str], list[Path]] = {}
    owners = _owners(found, folder)
    for path, work in sorted(found.items(), key=lambda item: _how_good(item[1]), reverse=True):
        key = owners[path], work.lesson
        works.setdefault(key, work)
        seen.setdefault(key, []).append(path)
    for (owner, lesson), paths in seen.items():
        if len(paths) > 1:
            how_many = counted(len(paths), "notebook")
            doubles.append(f"{owner}: of {how_many} of lesson {lesson}, the one with most done counts, {paths[0].name}.")
    return HandedIn(dict(sorted(works.items(), key=lambda item: _as_in_a_list(*item[0]))), unreadable, doubles)


def _as_in_a_list(owner, lesson):
    """Capitals and accents do not count: Çağla stands between Ben and Dan."""
    return unicodedata.normalize("NFKD", owner.casefold()), lesson


def _is_hidden(path):
    """Checkpoints, and what a Mac adds to a stick or into a zip."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _how_good(work):
    return work.right, work.reached, sum(answer.outcome != "not run" for answer in work.answers.values())


def _owners(works, folder):
    """Of each file the name of its learner. A folder in which several hold the same lesson under other names is no learner's."""
    base = _base(works, folder)
    rests = {path: _rest(path.stem, work) for path, work in works.items()}
    owners = {}
    for path, work in works.items():
        beside = {rests[other] for other in works if other.parent == path.parent and works[other].lesson == work.lesson}
        is_shared = path.parent == base or (len(beside) > 1 and "" not in beside)
        inside = path.parent.relative_to(base).parts
        of_folder = _without_additions(inside[0] if inside else base.resolve().name)
        owners[path] = plain(rests[path] if is_shared and rests[path] else of_folder)
    return owners


def _base(works, folder):
    """The folder that holds the learners' folders: this one, or the only one in it."""
    while folder.name not in NBGRADER and works:
        inside = {path.relative_to(folder).parts[:2] for path in works}
        if len({parts[0] for parts in inside}) > 1 or any(len(parts) < 2 for parts in inside) or len(inside) < 2:
            return folder
        if all((folder / Path(*parts)) in works for parts in inside):
            return folder
        folder = folder / next(iter(inside))[0]
    return folder


def _rest(stem, work):
    """What stands in a file's name besides the lesson's: the learner's, or "".

    >>> lesson = Work("03", "03 · Train a CNN", "", 8, {}, {}, [])
    >>> [_rest(stem, lesson) for stem in ("ada_03_train_a_cnn", "03_train_a_cnn (1)", "Ben 03")]
    ['ada', '', 'Ben']
    """
    stem = _without_additions(stem)
    words = r"[\W_]*".join(re.findall(r"[^\W_]+", work.title))
    for pattern in (words, rf"(?<!\d){work.lesson}(?!\d)"):
        rest, count = re.subn(pattern, "", stem, count=1, flags=re.IGNORECASE)
        if count:
            return _without_additions(rest)
    return stem


def _without_additions(name):
    while (shorter := ADDED.sub("", name)) != name:
        name = shorter
    return name.strip(" _-")
