"""The rules for every notebook, so that each reads like the others: short cells, one frame, exercises with hints, a quiz."""

import ast
import re
import statistics
from pathlib import Path

import nbformat
import pytest

import digitkit

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
APP = ROOT / "digitkit" / "app.ipynb"
EXTRAS = sorted(path for path in (ROOT / "notebooks" / "extra").glob("*.ipynb") if path.stem != "concept_test")
DETAILS = re.compile(r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", re.DOTALL)
EXPLAINED = "ConvolutionStepper|NetworkExplorer|TrainingWatcher|MistakeGallery|RobustnessSliders|Panel"
WIDGETS = re.compile(rf"digitkit\.({EXPLAINED})\(")
WIDGET = re.compile(rf"({EXPLAINED}|Predict)\(\)")  # as text


def prose(cells):
    """The text of a notebook, without collapsed parts and code."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(r"<details>.*?</details>|```.*?```", "", text, flags=re.DOTALL)


def exercises(cells):
    """Each exercise as (placeholder, check, help): the cell with the dots, the cell with the check, and hints and solution."""
    checks = [index for index, cell in enumerate(cells) if cell.cell_type == "code" and "exercises.check_" in cell.source]
    return [cells[index - 1 : index + 2] for index in checks]


def is_figure(output):
    """Whether an output is a picture, other than the one of a widget."""
    return "image/png" in output.get("data", {}) and not is_widget(output)


def is_widget(output):
    """Whether an output is a widget of the kit."""
    return bool(WIDGET.fullmatch(output.get("data", {}).get("text/plain", "")))


def solution(text):
    return re.search(r"<summary>Solution</summary>\n\n```python\n(.+?)```", text, re.DOTALL)[1]


def questions(cells):
    """The quiz, a cell for each question: its answers, as pairs (answer, explanation)."""
    return [
        DETAILS.findall(cell.source) for cell in cells if cell.cell_type == "markdown" and re.match(r"\*\*\d\. ", cell.source)
    ]


@pytest.mark.parametrize("path", [*NOTEBOOKS, *EXTRAS], ids=lambda path: path.stem)
class TestNotebook:
    @pytest.fixture
    def cells(self, path):
        return nbformat.read(path, as_version=4).cells

    def test_it_was_run_from_top_to_bottom_without_an_error(self, cells):
        code = [cell for cell in cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
        assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]

    def test_its_cells_are_short(self, cells):
        lengths = sorted(len(cell.source.splitlines()) for cell in cells if cell.cell_type == "code")
        assert lengths[-1] <= 20
        assert statistics.median(lengths) <= 4
        assert lengths[int(0.9 * len(lengths))] <= 12

    def test_it_can_be_read_in_a_lesson(self, cells):
        words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", prose(cells))
        assert 600 <= len(words) <= 1100

    def test_its_headings_are_in_order(self, path, cells):
        headings = re.findall(r"(?m)^(#+) (.+)$", prose(cells))
        names = [title.split(" · ")[0] for marks, title in headings if marks == "#"]
        assert names == ["Extra" if path in EXTRAS else path.name[:2]]
        *sections, quiz, recap = [title for marks, title in headings if marks == "##"]
        assert [title.split(" · ")[0] for title in sections] == [str(number) for number in range(1, len(sections) + 1)]
        assert (quiz, recap) == ("Quiz", "Recap")
        assert {marks for marks, _ in headings} == {"#", "##", "###"}
        tasks = [title for marks, title in headings if marks == "###" and title.startswith("Exercise")]
        assert [re.match(r"Exercise (\d): ", title)[1] for title in tasks] == [str(n) for n in range(1, len(tasks) + 1)]
        assert len(tasks) == len(exercises(cells)) >= (1 if path.stem == "your_class" else 3)

    def test_it_has_the_frame_of_a_lesson(self, cells):
        text = prose(cells)
        for part in (
            "After this notebook you can",
            "minutes",
            "[glossary](",
            "**Predict",
            "**Look closer",
            "**Next:**",
        ):
            assert part in text, part

    def test_a_guess_is_asked_for_and_compared(self, cells):
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
        asked = [index for index, source in enumerate(sources) if "digitkit.Predict(" in source]
        compared = [index for index, source in enumerate(sources) if ".compare(" in source]
        assert asked
        assert len(asked) == len(compared)
        assert all(first < then for first, then in zip(asked, compared, strict=True))

    def test_its_code_is_what_a_learner_can_follow(self, cells):
        """No comprehension in a comprehension, none with two loops, no @ for a product of matrices."""
        comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        for cell in cells:
            if cell.cell_type == "code":
                for node in ast.walk(ast.parse(cell.source)):
                    assert not isinstance(node, ast.MatMult), cell.source
                    if isinstance(node, comprehensions):
                        inside = [other for other in ast.walk(node) if isinstance(other, comprehensions)]
                        assert inside == [node], cell.source
                        assert len(node.generators) == 1, cell.source

    def test_its_exercises_have_a_placeholder_hints_and_a_solution(self, cells):
        for placeholder, check, answer in exercises(cells):
            assert "..." in placeholder.source, check.source
            [output] = check.outputs
            assert output.data["text/plain"].startswith("… Not attempted yet."), check.source
            titles = [title for title, _ in DETAILS.findall(answer.source)]
            assert titles[:2] == ["Hint 1", "Hint 2"], check.source
            assert titles[-1] == "Solution", check.source

    def test_its_solutions_pass_their_checks(self, path, cells, monkeypatch):
        """Every exercise is solved by its own solution, in the notebook's own words."""
        monkeypatch.chdir(path.parent)
        for placeholder, check, answer in exercises(cells):
            before = [cell.source for cell in cells[: cells.index(placeholder)] if cell.cell_type == "code"]
            names = {}
            exec(needed_for("\n".join([placeholder.source, solution(answer.source), f"result = {check.source}"]), before), names)
            assert names["result"].outcome == "right", check.source

    def test_each_wrong_answer_in_its_quiz_is_explained(self, cells):
        assert 2 <= len(questions(cells)) <= 4
        for answers in questions(cells):
            assert [answer[:2] for answer, _ in answers] == ["a)", "b)", "c)"], answers
            signs = [text.split()[:2] for _, text in answers]  # not by colour alone
            assert len([first for first in signs if first[0] == "✓" and first[1].startswith("Right")]) == 1, answers
            assert len([first for first in signs if first[0] == "✗"]) == 2, answers
            assert all(len(text) > 20 for _, text in answers), answers
        right = [answer[:2] for answers in questions(cells) for answer, text in answers if text.startswith("✓")]
        assert len(set(right)) > 1, "the right answers all have the same letter"

    def test_each_figure_has_a_text_beside_it(self, cells):
        figures = [index for index, cell in enumerate(cells) if any(is_figure(o) for o in cell.get("outputs", []))]
        assert figures
        for index in figures:
            [shown] = [output for output in cells[index].outputs if is_figure(output)]
            assert shown.data["text/plain"] == "Figure: " + shown.metadata["image/png"]["alt"]
            later = next(near for near in range(index + 1, len(cells)) if cells[near].cell_type == "markdown" or near in figures)
            beside = [cells[index - 1], cells[later]]
            assert any(cell.cell_type == "markdown" for cell in beside), cells[index].source

    def test_each_widget_has_words_for_print(self, cells):
        for index, cell in enumerate(cells):
            if cell.cell_type == "code" and WIDGETS.search(cell.source):
                assert any("*(In print" in cells[near].source for near in (index - 1, index + 1)), cell.source

    def test_it_names_no_path_of_this_machine(self, path):
        assert not re.search(r"(?<![\w.])/(tmp|home|root|work|Users)/", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [*NOTEBOOKS, *EXTRAS, APP], ids=lambda path: path.stem)
def test_each_widget_has_a_picture_of_it_for_readers_who_see_no_widgets(path):
    """At most 60 kB each and 250 kB together, as stored, so that notebooks stay small."""
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    shown = [output for cell in code for output in cell.outputs if is_widget(output)]
    # A lesson may ask in one line and show in the next, but what it makes is shown once.
    assert len(shown) == sum("digitkit.Predict(" in cell.source or bool(WIDGETS.search(cell.source)) for cell in code) > 0
    for output in shown:
        assert "image/png" in output.data, f"{output.data['text/plain']} has no picture: run notebooks/execute.py"
        assert len(output.data["image/png"]) <= 60_000, output.data["text/plain"]
        assert len(output.metadata["image/png"]["alt"]) > 15, output.data["text/plain"]
    assert sum(len(output.data["image/png"]) for output in shown) <= 250_000


def needed_for(program, before):
    """The program, preceded only by the cells that define what it uses. before: the cells' code, first to last."""
    parts, wanted = [program], _used_and_made(program)[0]
    for source in reversed(before):
        used, made = _used_and_made(source)
        if made & wanted:
            parts.insert(0, source)
            wanted = (wanted - made) | used
    return "\n".join(parts)


def _used_and_made(source):
    """The names that a piece of code uses but does not define, and the names that it defines."""
    used, made = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.alias):
            made.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.FunctionDef):
            made.add(node.name)
    return used - made, made


def test_every_check_belongs_to_one_exercise():
    """test_exercises tests that each of them distinguishes at least three mistakes."""
    used = [
        re.search(r"check_\w+", check.source)[0]
        for path in [*NOTEBOOKS, *EXTRAS]
        for _, check, _ in exercises(nbformat.read(path, as_version=4).cells)
    ]
    assert sorted(used) == sorted(name for name in digitkit.exercises.__all__ if name.startswith("check_"))


def test_the_glossary_holds_each_new_word_once():
    """A word is bold where it is introduced, and there only; bold sentences, numbers and the lesson's own labels do not count."""
    bold = set()
    for path in [*NOTEBOOKS, *EXTRAS]:
        for term in re.findall(r"\*\*(.+?)\*\*", prose(nbformat.read(path, as_version=4).cells)):
            if not re.search(r"[.?:]$|^[\d.]+$", term):
                bold.add((term.casefold(), path.name))
    lines = (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8").splitlines()
    form = r"- \*\*(.+?)\*\* \(\[(\d\d|extra)\]\((\2\w+\.ipynb|extra/\w+\.ipynb)\)\): (.+)\."
    entries = [re.fullmatch(form, line) for line in lines if line[:1] == "-"]
    terms = [entry[1].casefold() for entry in entries]
    assert {(entry[1].casefold(), Path(entry[3]).name) for entry in entries} == bold
    assert len(entries) == len(bold)
    assert terms == sorted(terms)


def test_the_concept_test_asks_for_each_wrong_belief_and_its_key_explains_each_wrong_answer():
    cells = nbformat.read(ROOT / "notebooks" / "extra" / "concept_test.ipynb", as_version=4).cells
    asked = {}
    for text in (cell.source for cell in cells):
        for number, answers in re.findall(r"(?ms)^\*\*(\d+)\. .+?\*\*\n\n(- .+?)(?=\n\n|\Z)", text):
            asked[int(number)] = re.findall(r"(?m)^- ([abcd])\) ", answers)
    assert list(asked) == list(range(1, 13))
    key = (ROOT / "classroom" / "concept_test_key.md").read_text(encoding="utf-8")
    explained = re.findall(r"(?ms)^## (\d+): ([abcd]).+?\n\n.+?\n\n(- .+?)\n(?=\n|\Z)", key)
    assert [int(number) for number, _, _ in explained] == list(asked)
    for number, right, answers in explained:
        wrong = re.findall(r"(?m)^- ([abcd])\) .{20,}$", answers)
        assert sorted([right, *wrong]) == asked[int(number)], number
