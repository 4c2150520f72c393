"""A guess beside the result: driven as the front end drives it, by the state messages that a browser sends."""

import re

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from digitkit.widgets import predict
from digitkit.widgets.predict import Predict
from digitkit.widgets.views import predict as view


@pytest.fixture(autouse=True)
def a_new_session(monkeypatch):
    monkeypatch.setattr(predict, "_guesses", {})
    monkeypatch.setattr(predict, "_shown", {})


def shown_as_html(predict, result):
    return predict.compare(result)._bundle()["text/html"]


def test_it_always_looks_the_same_as_text():
    assert repr(Predict("How many?")) == "Predict()"


def test_the_guess_survives_when_its_cell_is_run_again():
    Predict("How many?").answer.set_state({"value": "70"})
    Predict("Which one?", ["this", "that"]).answer.set_state({"index": 1})
    assert Predict("How many?").guess == 70
    assert Predict("Which one?", ["this", "that"]).guess == "that"
    assert Predict("Which one?", ["this", "that", "none"]).guess is None
    assert Predict("And how many?").guess is None


def test_a_number_is_kept_and_compared():
    predict = Predict("How many of 10,000 digits will it read right?")
    assert predict.guess is None
    predict.answer.set_state({"value": "8,000"})
    assert predict.guess == 8000
    shown = predict.compare(7877)
    assert repr(shown) == "You guessed 8,000, it is 7,877: close."
    assert "Your guess" in shown_as_html(predict, 7877)
    assert "8,000" in shown_as_html(predict, 7877)


def test_without_a_guess_the_text_is_the_same_for_everyone():
    asked, left_blank, unclear = Predict("How many?"), Predict("How many?"), Predict("How many?")
    left_blank.answer.value = "7"
    left_blank.answer.value = ""
    unclear.answer.value = "no idea"
    texts = {repr(predict.compare(7877)) for predict in (asked, left_blank, unclear)}
    assert texts == {"It is 7,877. You have not guessed yet."}
    assert len({shown_as_html(predict, 7877) for predict in (asked, left_blank, unclear)}) == 1


def test_what_is_no_number_gets_a_hint_that_goes_away():
    predict = Predict("How many?")
    predict.answer.value = "eight"
    assert "Write a number" in predict.note.value
    predict.answer.value = "8"
    assert predict.note.value == ""


@pytest.mark.parametrize(("text", "result", "sentence"), [("98 %", 0.9876, "98 %, it is 98.76 %"), ("98%", 97.5, "it is 97.5 %")])
def test_percent_are_compared_with_percent(text, result, sentence):
    predict = Predict("How accurate?")
    predict.answer.value = text
    assert sentence in repr(predict.compare(result))
    assert "close" in repr(predict.compare(result))


def test_a_choice_is_kept_and_compared():
    predict = Predict("Which is larger?", ["the first", "the second", "neither"])
    assert predict.guess is None
    assert "not guessed yet" in repr(predict.compare("neither"))
    predict.answer.set_state({"index": 1})
    assert predict.guess == "the second"
    assert repr(predict.compare("the second")) == "You guessed the second, and so it is."
    assert repr(predict.compare("neither")) == "You guessed the second, it is neither."


def test_choices_may_be_numbers():
    predict = Predict("About how many?", [10, 100, 1000])
    assert [label for label, _ in predict.answer._options_full] == ["10", "100", "1,000"]
    predict.answer.set_state({"index": 1})
    assert repr(predict.compare(53)) == "You guessed 100, it is 53: less than you thought."


SENTENCES = [
    ((8000, 7877), "You guessed 8,000, it is 7,877: close."),
    ((7877.0, 7877), "You guessed 7,877, it is 7,877: exactly."),
    ((9000, 7877), "You guessed 9,000, it is 7,877: not far off."),
    ((100, 7877), "You guessed 100, it is 7,877: more than you thought."),
    ((3, 0), "You guessed 3, it is 0: less than you thought."),
    ((0, 0), "You guessed 0, it is 0: exactly."),
    ((90.0, np.float32(98.5), " %"), "You guessed 90 %, it is 98.5 %: not far off."),
    (("both", "both"), "You guessed both, and so it is."),
    (("both", "none"), "You guessed both, it is none."),
]


@pytest.mark.parametrize(("values", "sentence"), SENTENCES)
def test_a_guess_and_a_result_make_one_sentence(values, sentence):
    assert view.compared(*values) == sentence
    assert sentence in view.comparison(*values)


def test_as_long_as_nobody_has_guessed_the_result_is_folded_away():
    html = shown_as_html(Predict("How many?"), 7877)
    assert re.search(r"<details><summary[^>]*>Show me</summary><p[^>]*>It is 7,877.</p></details>", html)
    assert "7,877" not in html.replace("It is 7,877.", "")


def test_in_a_notebook_the_output_follows_the_guess_and_keeps_both_for_the_teacher():
    """As a class does it: run all first, then guess. The question's cell may have been run again in the meantime."""
    ask = """guess = digitkit.Predict("Which one?", ["this", "that"])"""
    cells = ["import digitkit", ask, """guess.compare("this")""", ask, """guess.answer.set_state({"index": 1})"""]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    client = NotebookClient(notebook)
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells[:3]):
            client.execute_cell(cell, index)
        [output] = notebook.cells[2].outputs
        assert "Show me" in output.data["text/html"]
        for index in (3, 4):
            client.execute_cell(notebook.cells[index], index)
    [output] = notebook.cells[2].outputs
    assert "Show me" not in output.data["text/html"]
    assert output.data["text/plain"] == "You guessed that, it is this."
    assert output.data[predict.GUESS] == {
        "question": "Which one?",
        "choices": ["this", "that"],
        "guess": "that",
        "result": "this",
    }


def test_a_share_is_kept_in_one_unit_for_the_whole_class():
    """Whether it was guessed in % or not."""
    predict = Predict("How accurate?")
    for entered, guess in (("98 %", 0.98), ("0.98", 0.98)):
        predict.answer.value = entered
        kept = predict.compare(0.9876)._bundle()["application/vnd.digitkit.guess+json"]
        assert (kept["guess"], kept["result"]) == (guess, 0.9876)


def test_results_that_are_no_plain_numbers_are_shown_as_they_are():
    predict = Predict("How accurate?")
    predict.answer.value = "98 %"
    assert repr(predict.compare("all")) == "You guessed 98, it is all."
    assert repr(predict.compare(float("nan"))) == "You guessed 98 %, it is nan %."
    assert predict.compare(float("nan"))._bundle()["application/vnd.digitkit.guess+json"]["result"] == "nan"
    assert Predict("Which?", np.array([1, 2])).compare(-0.0)._bundle()["text/plain"] == "It is 0. You have not guessed yet."


def test_a_number_uncovers_the_result_only_when_it_is_entered():
    assert not Predict("How many?").answer.continuous_update


def test_a_choice_cannot_smuggle_in_code():
    assert "<script>" not in view.comparison("<script>alert(1)</script>", "b")
