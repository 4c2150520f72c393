"""The slides of the lessons' stop points, made from notebooks and guides."""

import html
import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "classroom"))

import answers  # noqa: E402
import slides  # noqa: E402

LESSONS = slides.LESSONS


def words(text):
    """What can be read of HTML or Markdown."""
    return "".join(re.findall(r"\w+", html.unescape(re.sub(r"<[^>]+>|\]\([^)]*\)", "", text))))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
class TestLesson:
    @pytest.fixture
    def notebook(self, path):
        return nbformat.read(path, as_version=4)

    @pytest.fixture
    def guide(self, path):
        return (ROOT / "classroom" / f"{path.stem}.md").read_text(encoding="utf-8")

    @pytest.fixture
    def made(self, notebook, guide):
        return slides.slides_of(notebook, guide)

    def test_it_begins_with_the_lessons_question_and_ends_with_its_recap(self, notebook, made):
        title, _, rest = notebook.cells[0].source.partition("\n")
        assert words(title) in words(made[0])
        assert words(re.search(r"\*\*(.+)\*\*", rest)[1]) in words(made[0])
        assert "Recap" in made[-1]

    def test_each_answer_comes_one_slide_after_its_question(self, guide, made):
        replies = slides._replies(guide)
        questions = [place for place, slide in enumerate(made) if "<h2>Predict" in slide]
        assert len(questions) == len(replies)
        for place, reply in zip(questions, replies, strict=True):
            answer = next(later for later in range(place + 1, len(made)) if 'class="answer"' in made[later])
            assert words(reply) in words(made[answer])
            assert words(reply) not in words("".join(made[: place + 1])) or len(words(reply)) < 12
            assert all('class="stop"' in made[between] for between in range(place + 1, answer))

    def test_each_stop_of_the_guide_is_there_and_what_comes_out_is_on_the_next_slide(self, guide, made):
        text = guide.partition("## Where to stop")[2].partition("\n## ")[0]
        asked = len(re.findall(r"(?m)^\d\. ", text))
        answered = len(re.findall(r"\)\n(?=\d\. |\n|\Z)", re.sub(r"\(section \d\)", "", text)))
        stops = [slide for slide in made if 'class="stop"' in slide]
        assert len([slide for slide in stops if 'class="reply"' not in slide]) == asked >= 3
        assert len([slide for slide in stops if 'class="reply"' in slide]) == answered

    def test_each_question_of_the_quiz_is_followed_by_its_answer(self, notebook, made):
        quiz = [slide for slide in made if "<h2>Quiz" in slide]
        right = answers.quiz(notebook)
        assert len(quiz) == 2 * len(right)
        for asked, answered, (question, answer, _) in zip(quiz[::2], quiz[1::2], right, strict=True):
            assert words(question) in words(asked)
            assert 'class="reply"' not in asked
            assert words(answer) in words(answered.partition('class="reply"')[2])

    def test_each_figure_keeps_its_text_and_nothing_comes_from_elsewhere(self, made):
        figures = [tag for slide in made for tag in re.findall(r"<img [^>]+>", slide)]
        assert figures
        assert all(re.search(r'alt="[^"]{15,}', tag) and 'src="data:image/png;base64,' in tag for tag in figures)
        assert not re.search(r"(src|href)=\"(?!data:)", "".join(made))


def test_one_command_makes_a_file_for_each_lesson(tmp_path, capsys):
    assert slides.main([str(tmp_path / "new" / "slides")]) == 0
    assert sorted(path.name for path in (tmp_path / "new" / "slides").iterdir()) == [f"{path.stem}.html" for path in LESSONS]
    assert len(capsys.readouterr().out.splitlines()) == len(LESSONS)


def test_where_no_folder_can_be_made_one_sentence_says_so(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert slides.main([str(tmp_path / "file")]) == 1
    assert "cannot be created" in capsys.readouterr().err
