"""Measure how long each notebook runs and how much memory it takes: python benchmarks/notebook_seconds.py

Runs copies of the notebooks one after another with an empty folder for the learner's files, writes the table
classroom/minutes.md, and copies its figures into the first lines of the teacher's guides. Linux and macOS only.
"""

import os
import platform
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "notebooks"))

from execute import execute  # noqa: E402

WORDS_PER_MINUTE = 120  # slow, since there are pictures and code between the words
MINUTES = {"predictions": 1, "exercises": 5, "questions": 1}  # for each of them, including a word with a neighbour
PEAK_MEMORY = """\
import resource, sys
resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10)  # in MB"""
HEADER = """\
# Minutes

Made by `python benchmarks/notebook_seconds.py`; do not edit it by hand.

**Run** is measured: seconds from the start of the kernel to the end of the last cell, and the most memory that the kernel takes,
on an otherwise idle computer. {machine}.

**Read** and **do** are estimated, not measured with a class: {words} words a minute (without collapsed text), and
{do}. Playing with widgets and class discussion come on top.

| notebook | words | predictions | exercises | quiz questions | run, seconds | memory, MB | read, minutes | do, minutes |
|---|---|---|---|---|---|---|---|---|
"""


def counts(notebook):
    """What a learner has to do in a notebook: the numbers of words, predictions, exercises and quiz questions.

    >>> cell = nbformat.v4.new_markdown_cell("**Predict.** How many?\\n\\n<details><summary>Hint</summary>None.</details>")
    >>> counts(nbformat.v4.new_notebook(cells=[cell]))
    {'words': 3, 'predictions': 1, 'exercises': 0, 'questions': 0}
    """
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return {
        "words": len(re.findall(r"\w\S*", re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL))),
        "predictions": text.count("**Predict"),
        "exercises": sum("digitkit.exercises.check_" in source for source in code),
        "questions": len(re.findall(r"^\*\*\d+\. ", text.partition("## Quiz")[2], re.MULTILINE)),
    }


def measure(path):
    """Run a copy of a notebook in place. Returns (seconds, peak memory of its kernel in MB)."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK_MEMORY))
    nbformat.write(notebook, path)
    started = time.monotonic()
    execute(path)
    seconds = time.monotonic() - started
    return seconds, int(nbformat.read(path, as_version=4).cells[-1].outputs[-1].data["text/plain"])


def estimate_minutes(found):
    """(minutes to read, minutes to do), from what `counts` has found.

    >>> estimate_minutes({"words": 1080, "predictions": 5, "exercises": 3, "questions": 3})
    (9, 23)
    """
    return round(found["words"] / WORDS_PER_MINUTE), sum(found[part] * minutes for part, minutes in MINUTES.items())


def main():
    do = ", ".join(f"{minutes} for each of the {part}" for part, minutes in MINUTES.items()) + ", in minutes"
    machine = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = HEADER.format(machine=machine, words=WORDS_PER_MINUTE, do=do)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGITKIT_HOME"] = str(Path(folder) / "my")
        copies = shutil.copytree(ROOT / "notebooks", Path(folder) / "notebooks")
        for path in sorted(copies.glob("0*.ipynb")):
            found = counts(nbformat.read(path, as_version=4))
            seconds, memory = measure(path)
            read, do = estimate_minutes(found)
            numbers = [*found.values(), round(seconds), memory, read, do]
            table += f"| {path.stem} | " + " | ".join(map(str, numbers)) + " |\n"
            print(f"{path.stem}: {seconds:.0f} s, {memory} MB", flush=True)
            update_guide(
                path.stem,
                f"**Minutes:** read {read} · do {do} · the code runs for {round(seconds)} seconds ([how measured](minutes.md))",
            )
    (ROOT / "classroom" / "minutes.md").write_text(table, encoding="utf-8")


def update_guide(name, line):
    guide = ROOT / "classroom" / f"{name}.md"
    text = guide.read_text(encoding="utf-8")
    guide.write_text(re.sub(r"^\*\*Minutes:\*\*.*$", line, text, flags=re.MULTILINE), encoding="utf-8")


if __name__ == "__main__":
    main()
