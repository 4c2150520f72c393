"""Handed-in notebooks: whose they are, what they hold, and what `python -m digitkit collect-work` says of them."""

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from digitkit import exercises
from digitkit.cli import main
from digitkit.files import FolderError
from digitkit.handed_in import Guess, Work, as_text, handed_in, read_work, tallies
from digitkit.handed_in.printing import WIDTH
from digitkit.handed_in.work import GUESS, asks
from digitkit.widgets import predict

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
EXTRA = [ROOT / "notebooks" / "extra" / f"{name}.ipynb" for name in ("how_it_learns", "your_class")]
sys.path.insert(0, str(ROOT / "classroom"))

import class_copy  # noqa: E402

RIGHT, WRONG = 20 * (3 * 3 * 16 + 1), 20 * 3 * 3  # of lesson 03, exercise 1
QUESTION = "Which layer has the most parameters?"
LAYERS = ["1 Conv2D", "3 Conv2D", "6 Dense", "7 Dense"]


def clean(number):
    """A lesson as learners get it: nothing was run."""
    notebook = nbformat.read(LESSONS[number - 1], as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def filled_in(number, answers=(), guess=None):
    """A lesson with some checks run, as the kit stores what they say. answers: {check: answer}."""
    notebook = clean(number)
    for place, cell in enumerate(notebook.cells):
        check = class_copy.CHECK.search(cell.source) if cell.cell_type == "code" else None
        if check and f"check_{check[1]}" in answers:
            result = getattr(exercises, f"check_{check[1]}")(answers[f"check_{check[1]}"])
            cell.execution_count = place
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": repr(result)}, execution_count=place)]
    if guess is not None:
        kept = {"question": QUESTION, "choices": LAYERS, "guess": guess, "result": "6 Dense"}
        shown = nbformat.v4.new_output("display_data", {"text/plain": "", GUESS: kept})
        notebook.cells.insert(2, nbformat.v4.new_code_cell("guess.compare(most)", outputs=[shown]))
    return notebook


def hand_in(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture
def room(tmp_path):
    """What three learners handed in of lesson 03, each in a folder, with what computers add."""
    folder = tmp_path / "handed in"
    hand_in(
        folder / "Ada" / "03_train_a_cnn.ipynb", filled_in(3, {"check_parameters": RIGHT, "check_planted_mistake": 3}, LAYERS[2])
    )
    hand_in(folder / "Ben" / "03_train_a_cnn (1).ipynb", filled_in(3, {"check_parameters": WRONG}, LAYERS[0]))
    hand_in(folder / "Çağla" / "my homework.ipynb", filled_in(3, {"check_parameters": WRONG, "check_planted_mistake": ...}))
    for name in ("._03_train_a_cnn.ipynb", ".ipynb_checkpoints/03_train_a_cnn-checkpoint.ipynb", "__MACOSX/03.ipynb"):
        path = folder / "Ada" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0\5\26\7")
    return folder


@pytest.fixture(scope="module")
def executed():
    """The first cells of lesson 02, really run: left as they are, then with a wrong, then with the right answer and a guess."""
    notebook = clean(2)
    places = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    last = next(place for place in places if ".compare(" in notebook.cells[place].source)
    check = next(place for place in places if "check_window(" in notebook.cells[place].source)
    asking = next(
        match[1] for place in places if (match := re.search(r"(\w+) = digitkit\.Predict\(", notebook.cells[place].source))
    )
    client, stages = NotebookClient(notebook, timeout=60), []
    with client.setup_kernel():
        for place in (place for place in places if place <= last):
            client.execute_cell(notebook.cells[place], place)
        stages.append(nbformat.from_dict(notebook))
        for answer, guess in (("answer = 36", ""), ("answer = 21", "16")):
            notebook.cells[check - 1].source = answer
            enter = nbformat.v4.new_code_cell(f"{asking}.answer.value = {guess!r}")  # as the learner's browser does
            notebook.cells.append(enter)
            for place in (check - 1, check, len(notebook.cells) - 1):
                client.execute_cell(notebook.cells[place], place)
            notebook.cells.pop()
            stages.append(nbformat.from_dict(notebook))
    return stages


def test_what_a_lesson_stores_when_it_is_run_is_understood(executed, tmp_path):
    works = []
    for number, notebook in enumerate(executed):
        hand_in(tmp_path / f"{number}.ipynb", notebook)
        works.append(read_work(tmp_path / f"{number}.ipynb"))
    assert {work.lesson for work in works} == {"02"}
    assert [work.answers["check_window"].outcome for work in works] == ["not attempted", "wrong", "right"]
    assert works[1].answers["check_window"].reason == exercises.check_window(36).message
    assert {answer.outcome for work in works for name, answer in work.answers.items() if name != "check_window"} == {"not run"}
    assert [work.guesses[0].guess for work in works] == [None, None, 16]
    assert [work.guesses[0].result for work in works] == [4, 4, 4]
    assert {work.reached for work in works} == {"2 · Slide it"}


@pytest.mark.parametrize("path", [*LESSONS, *EXTRA], ids=lambda path: path.stem)
def test_each_lesson_is_recognised_with_its_exercises_in_order(path):
    work, notebook = read_work(path), nbformat.read(path, as_version=4)
    assert work.lesson == (path.stem[:2] if path in LESSONS else path.stem)
    assert work.title == notebook.cells[0].source.splitlines()[0].lstrip("# ")
    assert list(work.answers) == [f"check_{exercise.name}" for exercise in class_copy.exercises(notebook)]
    assert list(work.exercises.values()) == [exercise.title for exercise in class_copy.exercises(notebook)]
    assert {answer.outcome for answer in work.answers.values()} == {"not attempted"}


@pytest.mark.parametrize("path", [*LESSONS, *EXTRA], ids=lambda path: path.stem)
def test_each_lesson_keeps_a_guess_at_every_question_that_it_asks(path):
    asked = sum("digitkit.Predict(" in cell.source for cell in nbformat.read(path, as_version=4).cells)
    work = read_work(path)
    assert len(work.guesses) == asked > 0
    assert all(asks(work.lesson, guess.question) for guess in work.guesses), "else the projector's page leaves them out"


def test_a_guess_is_looked_for_where_the_widget_keeps_it():
    assert GUESS == predict.GUESS


def test_a_lesson_is_recognised_without_its_heading_and_its_file_name(tmp_path):
    notebook = clean(3)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    hand_in(tmp_path / "Untitled.ipynb", notebook)
    assert read_work(tmp_path / "Untitled.ipynb").lesson == "03"


def test_a_check_counts_as_it_was_run_last(tmp_path):
    notebook = filled_in(3, {"check_parameters": WRONG})
    check = next(cell for cell in notebook.cells if "check_parameters" in cell.source and cell.cell_type == "code")
    better = nbformat.from_dict({**check, "id": "better"})
    better.outputs[0].data["text/plain"], better.execution_count = repr(exercises.check_parameters(RIGHT)), 99
    notebook.cells.insert(0, better)
    hand_in(tmp_path / "a.ipynb", notebook)
    assert read_work(tmp_path / "a.ipynb").answers["check_parameters"].outcome == "right"


def test_a_check_that_stopped_python_is_counted_with_its_error(tmp_path):
    notebook = clean(3)
    check = next(cell for cell in notebook.cells if "check_parameters" in cell.source and cell.cell_type == "code")
    check.outputs = [nbformat.v4.new_output("error", ename="NameError", evalue="name 'parameters' is not defined", traceback=[])]
    hand_in(tmp_path / "a.ipynb", notebook)
    answer = read_work(tmp_path / "a.ipynb").answers["check_parameters"]
    assert (answer.outcome, answer.reason) == ("raised", "NameError: name 'parameters' is not defined")


@pytest.mark.parametrize(
    ("files", "learners"),
    [
        (["ada/03_train_a_cnn.ipynb", "ben/03_train_a_cnn (1).ipynb", "cem/final.ipynb"], ["ada", "ben", "cem"]),
        (["ada_03_train_a_cnn.ipynb", "03_train_a_cnn - Ben O'Neil (2).ipynb", "cem-03.ipynb"], ["ada", "Ben O'Neil", "cem"]),
        (["submitted/ada/03_train/03_train_a_cnn.ipynb", "source/03_train/03_train_a_cnn.ipynb"], ["ada"]),
        (["submitted/ada/lessons/03_train_a_cnn.ipynb", "submitted/ben/lessons/03_train_a_cnn.ipynb"], ["ada", "ben"]),
        (["Ada L_123_assignsubmission_file/03_train_a_cnn.ipynb", "Ben_9_assignsubmission_file_/a.ipynb"], ["Ada L", "Ben"]),
        (["Ada L_123_assignsubmission_file_03_train_a_cnn.ipynb", "Ben_9_assignsubmission_file_03.ipynb"], ["Ada L", "Ben"]),
        (["class 7b/ada/03_train_a_cnn.ipynb", "class 7b/ben/03_train_a_cnn.ipynb"], ["ada", "ben"]),
        (["monday/ada_03_train_a_cnn.ipynb", "monday/ben_03_train_a_cnn.ipynb", "cem_03.ipynb"], ["ada", "ben", "cem"]),
    ],
)
def test_learners_are_recognised_by_their_folders_or_their_files(tmp_path, files, learners):
    for name in files:
        hand_in(tmp_path / name, clean(3))
    assert [learner for learner, _ in handed_in(tmp_path).works] == learners


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["lesson 3/ada", "lesson 3/ben", "lesson 4/ada"], ["ada 03", "ada 04", "ben 03"]),
        (["03/ada", "03/ben", "04/ada"], ["ada 03", "ada 04", "ben 03"]),
        (["lesson 3/ada/03_train_a_cnn", "lesson 3/ben/03", "lesson 4/ada/04"], ["ada 03", "ada 04", "ben 03"]),
        (["ada/final 03", "ben/final 03", "ben/final 04"], ["ada 03", "ben 03", "ben 04"]),
        (["3/my 03", "4/my 03", "4/my 04"], ["3 03", "4 03", "4 04"]),
    ],
)
def test_learners_are_found_again_in_folders_by_lesson(tmp_path, files, found):
    for name in files:
        hand_in(tmp_path / f"{name}.ipynb", clean(4 if re.search("04|lesson 4", name) else 3))
    assert [" ".join(key) for key in handed_in(tmp_path).works] == found


def test_of_several_notebooks_of_a_lesson_the_best_counts_and_that_is_said(room):
    hand_in(room / "Ben" / "again" / "03_train_a_cnn.ipynb", filled_in(3, {"check_parameters": RIGHT}))
    found = handed_in(room)
    assert found.works["Ben", "03"].answers["check_parameters"].outcome == "right"
    assert found.doubles == ["Ben: of 2 notebooks of lesson 03, the one with most done counts, 03_train_a_cnn.ipynb."]


def test_the_table_says_who_is_where_what_failed_and_what_was_guessed(room, capsys):
    assert main(["collect-work", str(room)]) == 0
    shown, complaints = capsys.readouterr()
    assert complaints == ""
    lines = shown.splitlines()
    assert [line.split()[:5] for line in lines[1:4]] == [
        ["Ada", "03", "✓", "✓", "·"],
        ["Ben", "03", "✗", "·", "·"],
        ["Çağla", "03", "✗", "…", "·"],
    ]
    assert re.search(r"Ada .* \d · .+ \(of 8\)", lines[1])
    assert f"2 × ✗ {exercises.check_parameters(WRONG).message[:60]}" in shown
    assert f"03 · {QUESTION}" in shown
    assert re.search(r"1 Conv2D +█+ 1\n +3 Conv2D +0\n +6 Dense +█+ 1  ← it is\n +7 Dense +0\n", shown)
    assert "2 of 3 notebooks hold a guess. It is 6 Dense." in shown
    assert max(map(len, lines)) <= WIDTH


def test_without_names_nobody_can_be_told(room, capsys, tmp_path):
    (room / "Ben" / "broken.ipynb").write_text("{")
    page = tmp_path / "class.html"
    assert main(["collect-work", str(room), "--without-names", "--out", str(page)]) == 1
    shown, complaints = capsys.readouterr()
    assert complaints == "Not read: 1 file. Without --without-names it is said which, and why.\n"
    assert re.findall(r"(?m)^(\d) +03", shown) == ["1", "2", "3"]
    assert not re.search("Ada|Ben|Çağla", shown + complaints + page.read_text(encoding="utf-8"))


def test_no_name_that_a_learner_has_written_is_shown_to_all(capsys, tmp_path):
    """Into a heading, a question, a guess, or into code that Python quotes when it stops."""
    notebook = filled_in(3, guess="Ada Lovelace")
    notebook.cells[0].source = notebook.cells[0].source.replace("# 03 · Train a CNN", "# Ada Lovelace, 8b")
    for cell in notebook.cells:
        cell.source = re.sub(r"(?m)^(#+ Exercise \d|## 2 · ).*$", r"\1 of Ada Lovelace", cell.source)
        if "check_parameters(" in cell.source and cell.cell_type == "code":
            evalue = "name 'ada_lovelace' is not defined"
            cell.outputs = [nbformat.v4.new_output("error", ename="NameError", evalue=evalue, traceback=[])]
    kept = {"question": "How old is Ada Lovelace?", "choices": None, "guess": 14, "result": 15}
    shown = nbformat.v4.new_output("display_data", {"text/plain": "", GUESS: kept})
    notebook.cells.insert(3, nbformat.v4.new_code_cell("guess.compare(15)", outputs=[shown]))
    hand_in(tmp_path / "in" / "ada lovelace 8b 03.ipynb", notebook)
    hand_in(tmp_path / "in" / "ben 03.ipynb", filled_in(3, {"check_parameters": WRONG}, LAYERS[2]))
    hand_in(tmp_path / "in" / "ben 04.ipynb", clean(4))
    hand_in(tmp_path / "in" / "ada lovelace 8b 04.ipynb", clean(4))
    page = tmp_path / "class.html"
    assert [learner for learner, _ in handed_in(tmp_path / "in").works] == ["ada lovelace 8b"] * 2 + ["ben"] * 2
    assert main(["collect-work", str(tmp_path / "in"), "--without-names", "--out", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert not re.search(
        "(?i)ada|lovelace|8b",
        capsys.readouterr().out.partition("The page")[0] + re.sub("(?s)<script>.*|<style>.*?</style>", "", text),
    )
    assert "<h2>03 · Train a CNN</h2>" in text
    assert "Exercise 1: work out a number" in text
    assert "1 × </b>Python stopped with an error." in text
    assert main(["collect-work", str(tmp_path / "in")]) == 0
    shown = capsys.readouterr().out
    assert "name 'ada_lovelace' is not defined" in shown, "the teacher alone sees what Python said"
    assert "How old is Ada Lovelace?" in shown


def test_the_first_slide_of_a_question_does_not_give_the_answer_away(tmp_path):
    hand_in(tmp_path / "in" / "ada 03.ipynb", filled_in(3, guess=LAYERS[0]))
    page = tmp_path / "class.html"
    assert main(["collect-work", str(tmp_path / "in"), "--out", str(page)]) == 0
    first, second = [part for part in page.read_text(encoding="utf-8").split("<section")[1:] if QUESTION in part]
    assert all(layer in first for layer in LAYERS)
    assert re.sub("<[^>]+>", "", second).count("← it is") == 1
    [numbers] = tallies([Work("03", "", "", 8, {}, {}, [Guess("How many?", None, 10, 102)])])
    assert numbers.before == [("10", 1, False)], "a result that nobody has guessed has no row yet"
    assert numbers.bars == [("10", 1, False), ("102", 0, True)]


def test_the_page_for_the_projector_holds_guesses_and_mistakes_but_no_name(room, capsys, tmp_path):
    page = tmp_path / "class.html"
    assert main(["collect-work", str(room), "--out", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.count(QUESTION) == 2, "once without the result, once with it"
    assert text.count("← it is") == 1
    assert exercises.check_parameters(WRONG).message[:60] in text
    assert not re.search("Ada|Ben|Çağla", text)
    assert main(["collect-work", str(room), "--out", str(page)]) == 1
    assert "add --overwrite" in capsys.readouterr().err
    assert main(["collect-work", str(room), "--out", str(page), "--overwrite"]) == 0


def test_a_page_that_is_no_page_is_refused(room, capsys, tmp_path):
    assert main(["collect-work", str(room), "--out", str(tmp_path / "class.pdf")]) == 1
    assert "name a file that ends in .html" in capsys.readouterr().err


def odd(output=None, **of_cell):
    """A notebook of lesson 03 whose first check holds something odd."""
    notebook = filled_in(3, {"check_parameters": WRONG})
    check = next(cell for cell in notebook.cells if "check_parameters" in cell.source and cell.cell_type == "code")
    check.outputs = check.outputs if output is None else [output]
    check.update(of_cell)
    return json.dumps(notebook).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\3\4",
        b"[1, 2]",
        b'{"cells": [{"cell_type": "code"}]}',
        b"\xff\xfe",
        b"[" * 100_000,
        odd(5),
        odd({"output_type": "display_data", "data": None}),
        odd({"output_type": "display_data", "data": {"text/plain": None}}),
        odd({"output_type": "display_data", "data": {GUESS: {"question": "How many?", "choices": 5}}}),
        odd(execution_count="x"),
    ],
    ids=range(11),
)
def test_a_damaged_file_is_named_in_one_sentence_and_the_others_are_read(room, capsys, content):
    (room / "Ben" / "broken.ipynb").write_bytes(content)
    assert main(["collect-work", str(room)]) == 1
    shown, complaints = capsys.readouterr()
    assert complaints == f"{Path('Ben') / 'broken.ipynb'} is damaged, or no notebook.\n"
    assert "3 notebooks of 3 learners." in shown


def test_a_notebook_that_is_no_lesson_and_an_archive_are_named(room, capsys):
    hand_in(room / "Ben" / "maths.ipynb", nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]))
    (room / "all.zip").write_bytes(b"PK")
    assert main(["collect-work", str(room)]) == 1
    complaints = capsys.readouterr().err
    assert "maths.ipynb is none of the kit's lessons." in complaints
    assert "all.zip: unpack it first." in complaints


def test_without_names_an_archive_keeps_its_name_for_itself(tmp_path, capsys):
    (tmp_path / "ada lovelace.zip").write_bytes(b"PK")
    assert main(["collect-work", str(tmp_path), "--without-names"]) == 1
    assert capsys.readouterr().err == f"There are no notebooks (.ipynb) in {tmp_path}: unpack the archives first.\n"


def test_a_folder_without_notebooks_is_one_clear_sentence(tmp_path, capsys):
    assert main(["collect-work", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"There are no notebooks (.ipynb) in {tmp_path}.\n"
    assert main(["collect-work", str(tmp_path / "nowhere")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    with pytest.raises(FolderError):
        handed_in(tmp_path)


def test_what_learners_write_changes_neither_the_terminal_nor_the_page(tmp_path, capsys):
    notebook = clean(3)
    check = next(cell for cell in notebook.cells if "check_parameters" in cell.source and cell.cell_type == "code")
    check.outputs = [nbformat.v4.new_output("error", ename="E", evalue="\x1b[2J<script>alert(1)</script>\n", traceback=[])]
    hand_in(tmp_path / "in" / "ada\x1b[31m_03_train_a_cnn.ipynb", notebook)
    hand_in(tmp_path / "in" / "ada\x1b[31m_03_train_a_cnn (1).ipynb", filled_in(3, guess="<script>alert(1)</script>"))
    (tmp_path / "in" / "\x1b[2J\udcff.ipynb").write_text("{")
    page = tmp_path / "class.html"
    assert main(["collect-work", str(tmp_path / "in"), "--out", str(page)]) == 1
    shown, complaints = capsys.readouterr()
    assert "\x1b" not in shown + complaints
    assert "one with most done" in complaints
    assert "alert(1)" not in page.read_text(encoding="utf-8")


def test_long_names_and_reasons_fit_the_width_of_a_terminal(tmp_path, capsys):
    hand_in(tmp_path / ("Maximiliane-Charlotte " * 4) / "03_train_a_cnn.ipynb", filled_in(3, {"check_parameters": (2, 900)}))
    assert main(["collect-work", str(tmp_path)]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= WIDTH


@pytest.mark.parametrize(
    ("guesses", "labels", "counts"),
    [
        ([10, 100, 10], ["10", "100", "102"], [2, 1, 0]),
        ([0, 10, 20, 30, 50, 60, 70, 90, 100], ["0 to 50", "50 to 100", "100 to 150"], [4, 4, 1]),
        ([*range(90, 110), 1_000_000], ["90 to 95", "95 to 100", "100 to 105", "105 to 110", "over 110"], [5, 5, 5, 5, 1]),
    ],
)
def test_guesses_of_numbers_become_a_few_bars_and_none_is_lost(guesses, labels, counts):
    works = [Work("03", "03 · Train a CNN", "", 8, {}, {}, [Guess("How many?", None, guess, 102)]) for guess in guesses]
    [tally] = tallies(works)
    assert [label for label, _, _ in tally.bars] == labels
    assert [count for _, count, _ in tally.bars] == counts
    assert [is_so for _, _, is_so in tally.bars].count(True) == 1
    assert tally.result == "It is 102."


def tallied(guesses, results):
    """The tally of a question for a number. results: one for each learner, who may have trained a network of their own."""
    works = [Work("03", "", "", 8, {}, {}, [Guess("How many?", None, *pair)]) for pair in zip(guesses, results, strict=True)]
    [tally] = tallies(works)
    return tally


@pytest.mark.parametrize(
    ("guesses", "results"),
    [
        ([8000, *[None] * 8], range(9700, 9790, 10)),
        ([8000, 8000, *[None] * 7], range(9700, 9790, 10)),
        ([1e16], [116]),
        ([1e16, *range(90, 100)], [95] * 11),
        ([-1e99, 1e99, *range(90, 100)], [95] * 12),
        ([5] * 9, [*range(8), 1e16]),
    ],
)
def test_guesses_far_off_and_results_that_differ_make_a_chart_all_the_same(guesses, results):
    tally = tallied(guesses, results)
    for bars in (tally.before, tally.bars):
        assert sum(count for _, count, _ in bars) == tally.guesses == sum(guess is not None for guess in guesses)
        assert len({label for label, _, _ in bars}) == len(bars) <= 12
    assert "← it is" in as_text([("ada", Work("03", "", "", 8, {}, {}, []))], [], [tally])


@pytest.mark.parametrize("written", [1e16, 1e300, float("inf"), 10**400, "many", "1e308", True])
def test_an_odd_guess_is_read_and_does_no_harm(tmp_path, written):
    notebook = clean(3)
    kept = {
        "question": "How many of 1,000 digits will this network read right?",
        "choices": None,
        "guess": written,
        "result": 116,
    }
    shown = nbformat.v4.new_output("display_data", {"text/plain": "", GUESS: kept})
    notebook.cells.insert(2, nbformat.v4.new_code_cell("guess.compare(right)", outputs=[shown]))
    (tmp_path / "ada 03.ipynb").write_text(json.dumps(notebook))
    assert main(["collect-work", str(tmp_path), "--out", str(tmp_path / "class.html")]) == 0


def test_tiny_numbers_can_be_told_apart():
    few, many = tallied([0.0001, 0.0002], [0.0004] * 2), tallied([number / 10_000 for number in range(10)], [0.0004] * 10)
    assert [label for label, _, _ in few.bars] == ["0.0001", "0.0002", "0.0004"]
    assert [label for label, _, _ in many.bars] == [
        "0.0000 to 0.0002",
        "0.0002 to 0.0004",
        "0.0004 to 0.0006",
        "0.0006 to 0.0008",
        "0.0008 to 0.0010",
    ]
    assert tallied([0, 1], [0.0001, 0.0002]).result == "It is from 0.0001 to 0.0002: not the same for everyone."
