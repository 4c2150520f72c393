"""Which notebooks were handed in, and by whom: by the folder they are in, or by what else stands in the file's name."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from digitkit.files import FolderError, visible
from digitkit.handed_in.work import Work, WorkError, plain, read_work
from digitkit.words import counted

# What browsers, JupyterLab and course platforms write into names.
ADDED = re.compile(r"[\s_-]*(\(\d+\)|copy[\s_-]*\d*|_\d+_assignsubmission_file_?)$", re.IGNORECASE)
LESSON = re.compile(r"lesson[\s_-]*\d+", re.IGNORECASE)
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
    files = [path for path in visible(folder.rglob("*"), folder) if path.is_file()]
    archives = [path for path in files if path.suffix.lower() == ".zip"]
    found, doubles, unreadable = {}, [], [f"{plain(path.name)}: unpack it first." for path in archives]
    notebooks = [path for path in files if path.suffix.lower() == ".ipynb"]
    if not notebooks:
        raise FolderError(f"There are no notebooks (.ipynb) in {folder}{': unpack the archives first' if archives else ''}.")
    for path in notebooks:
        try:
            found[path] = read_work(path)
        except WorkError as error:
            unreadable.append(f"{plain(path.relative_to(folder))} {error}.")
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
            doubles.append(f"{owner}: of {how_many} of lesson {lesson}, the one with most done counts, {plain(paths[0].name)}.")
    return HandedIn(dict(sorted(works.items(), key=lambda item: _as_in_a_list(*item[0]))), unreadable, doubles)


def _as_in_a_list(owner, lesson):
    """Capitals and accents do not count: Çağla stands between Ben and Dan."""
    return unicodedata.normalize("NFKD", owner.casefold()), lesson


def _how_good(work):
    return work.right, work.reached, sum(answer.outcome != "not run" for answer in work.answers.values())


def _owners(works, folder):
    """Of each file the name of its learner: that of a folder, or, where learners share a folder, the rest of the file's name.

    They share one in which several hold the same lesson under other names, and one of another lesson in which the same names are.
    """
    base = _base(works, folder)
    rests = {path: _rest(path.stem, work) for path, work in works.items()}
    names = {}  # {folder: {lesson: rests}}
    for path, work in works.items():
        names.setdefault(path.parent, {}).setdefault(work.lesson, set()).add(rests[path])
    of_one_lesson = [next(iter(inside.items())) for inside in names.values() if len(inside) == 1]
    shared = [(lesson, beside) for lesson, beside in of_one_lesson if _are_several(beside)]
    owners = {}
    for path, work in works.items():
        folders = [part for part in path.parent.relative_to(base).parts if not _is_of_lesson(part, work)]
        also = len(names[path.parent]) == 1 and any(rests[path] in beside for lesson, beside in shared if lesson != work.lesson)
        is_shared = not folders or also or _are_several(names[path.parent][work.lesson])
        of_folder = _without_additions(folders[0] if folders else base.resolve().name)
        owners[path] = plain(rests[path] if is_shared and rests[path] else of_folder)
    return owners


def _are_several(rests):
    return len(rests) > 1 and "" not in rests


def _is_of_lesson(name, work):
    """Whether a folder has the name of a lesson, such as "lesson 3" or "03_train_a_cnn". A mere number may be a learner's."""
    return bool(LESSON.fullmatch(name)) or not (name.isdecimal() or _rest(name, work))


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
