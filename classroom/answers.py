"""Write the answer key from the notebooks' own solutions: python classroom/answers.py"""

import re
from pathlib import Path

import nbformat
from class_copy import NOTEBOOKS, exercises

from digitkit.lessons import lesson_files
from digitkit.outputs import prepare_outputs

KEY = Path(__file__).with_name("answers.md")
CHOICE = re.compile(r"<summary>(\w\) .+?)</summary>\s*(.+?)\s*</details>", re.DOTALL)


def quiz(notebook):
    """The questions of a notebook's quiz with their right answers: a list of (question, answer, why).

    >>> text = "## Quiz\\n\\n**1. What is it?**\\n<details><summary>a) It is.</summary>\\n\\n✓ Right. So.\\n\\n</details>"
    >>> quiz(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)]))
    [('1. What is it?', 'a) It is.', 'So.')]
    """
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown").partition("## Quiz")[2]
    parts = re.split(r"^\*\*(\d+\. .+?)\*\*$", text, flags=re.MULTILINE)[1:]
    return [
        (question, answer, re.sub(r"^✓ Right[.,:]? *", "", why))
        for question, choices in zip(parts[::2], parts[1::2], strict=True)
        for answer, why in CHOICE.findall(choices)
        if why.startswith("✓")
    ]


def answer_key():
    """The whole answer key as Markdown text."""
    lines = [
        "# Answer key",
        "",
        "For teachers. Made from the notebooks by `python classroom/answers.py`; do not edit it by hand.",
    ]
    for path in (path for path in lesson_files(NOTEBOOKS) if path.suffix == ".ipynb"):
        notebook = nbformat.read(path, as_version=4)
        if not exercises(notebook):  # the concept test, which has a key of its own
            continue
        lines += ["", "##" + notebook.cells[0].source.splitlines()[0].lstrip("#")]
        for exercise in exercises(notebook):
            lines += ["", f"### {exercise.title}", "", "```python", exercise.solution, "```"]
            lines += ["", exercise.reason] if exercise.reason else []
        lines += ["", "### Quiz", ""]
        lines += [
            f"- **{question}** {answer} *{why}*" if why else f"- **{question}** {answer}"
            for question, answer, why in quiz(notebook)
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    prepare_outputs()
    KEY.write_text(answer_key(), encoding="utf-8")
    print(KEY)
