"""Make slides of each lesson's stop points: python classroom/slides.py [FOLDER]

For each lesson one HTML file that opens in any browser, without the internet: the question of the lesson, what to guess at each
*Predict* and, one slide later, the answer; the stops of the guide; the quiz; the recap. All of it is taken from the notebooks,
as they are stored, and from the guides in this folder. Arrow keys, a presenter's remote or a click turn the pages.
"""

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import mistune
import nbformat
from answers import CHOICE

from digitkit.files import FolderError, make_folder, replacing
from digitkit.outputs import prepare_outputs
from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.slides import deck, slide

CLASSROOM = Path(__file__).resolve().parent
NOTEBOOKS = CLASSROOM.parent / "notebooks"
LESSONS = [*sorted(NOTEBOOKS.glob("0*.ipynb")), NOTEBOOKS / "extra" / "how_it_learns.ipynb"]  # all that have a guide
WORDS = 64  # of explanation on a slide, at most, and half as many beside a figure: more is not read in class
LINES = 9  # of an output
markdown = mistune.create_markdown(escape=False, plugins=["table"])


@dataclass
class Section:
    """A section of a notebook: its heading, and its texts (strings) and code cells, in order."""

    title: str
    parts: list = field(default_factory=list)


@dataclass(frozen=True)
class Stop:
    """Where the guide says to stop. section: its number. before: whether that is at the section's beginning.

    when: in a few words. task: what to do or ask there. answer: what comes out, or "".
    """

    section: str
    before: bool
    when: str
    task: str
    answer: str


def slides_of(notebook, guide):
    """The slides of a lesson: a list of HTML. guide: the text of the teacher's guide."""
    first, *sections = _sections(notebook)
    waiting = _stops(guide, sections)
    replies = iter(_replies(guide))
    question = re.search(r"(?m)^\*\*(.+)\*\*$", "\n".join(first.parts))
    slides = [slide(first.title, element("p", question[1], class_="question"), kind="title")]
    for section in sections:
        here = [stop for stop in waiting if section.title.startswith(f"{stop.section} ·")]
        made = _of_section(section, replies)
        early = [slide for stop in here if stop.before for slide in _of_stop(stop, section, None)]
        slides += made[:1] + early + made[1:] if made else early  # between the question and its answer
        exercise = next((place for place, part in enumerate(section.parts) if _is_text(part) and "### Exercise" in part), None)
        figure = _figure(section.parts[:exercise]) or _figure(section.parts)  # what an exercise shows is for later
        slides += [late for stop in here if not stop.before for late in _of_stop(stop, section, figure)]
        if section.title == "Recap":
            lines = "\n".join(section.parts).partition("**Next")[0]
            slides.append(slide("Recap", _html(lines)))
    return slides


def _sections(notebook):
    sections = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            sections[-1].parts.append(cell)
            continue
        for text in re.split(r"(?m)^(?=##? )", cell.source):
            heading = re.match(r"##? (.+)\n*", text)
            if heading:
                sections.append(Section(heading[1]))
            rest = text[heading.end() :] if heading else text
            if rest.strip():
                sections[-1].parts.append(rest.strip())
    return sections


def _stops(guide, sections):
    """The stops of a guide. One that names neither section nor exercise belongs to the section of the one before."""
    found, section = [], "1"
    text = guide.partition("## Where to stop")[2].partition("\n## ")[0]
    for when, task in re.findall(r"(?m)^\d\. \*\*(.+?)\*\*(.*(?:\n {2,}.+)*)", text):
        said = " ".join(f"{when} {task}".split())
        exercise = re.search(r"[Ee]xercise \d", said)
        holding = [part for part in sections if exercise and f"### {exercise[0]}" in "\n".join(filter(_is_text, part.parts))]
        named = re.search(r"[Ss]ection (\d)", said) or (holding and re.match(r"(\d)", holding[0].title))
        section = named[1] if named else section
        task, _, answer = re.sub(r"\s*\([^()]*section \d[^()]*\)\.?", "", " ".join(task.split())).partition(" (")
        is_last = answer.endswith(")")  # brackets in the middle belong to the task
        task, answer = (task, answer[:-1]) if is_last else (f"{task} ({answer}" if answer else task, "")
        found.append(
            Stop(section, when.startswith("Before"), re.sub(r" of section \d", "", when).rstrip("."), _sentence(task), answer)
        )
    return found


def _sentence(text):
    text = text.strip(" :,")
    return text[:1].upper() + text[1:]


def _replies(guide):
    """The answers to each *Predict*, in the order of the notebook."""
    rows = re.findall(r"(?m)^\| (.+) \|$", guide.partition("## Predict")[2].partition("\n## ")[0])[1:]
    return [row.split(" | ")[2] for row in rows]


def _of_stop(stop, section, figure):
    heading = f"Stop · {section.title}"
    words = element("div", _html(stop.when)), element("div", _html(stop.task), class_="question"), *([figure] if figure else [])
    slides = [slide(heading, *words, kind="stop")]
    if stop.answer:
        slides.append(slide(heading, *words, element("div", _html(stop.answer), class_="reply"), kind="stop"))
    return slides


def _of_section(section, replies):
    slides = []
    for place, part in enumerate(section.parts):
        if _is_text(part) and "**Predict" in part:
            before, after = section.parts[:place], section.parts[place + 1 :]
            slides += _of_prediction(section.title, part, before, after, next(replies, ""))
        elif _is_text(part) and re.match(r"\*\*\d\. ", part):
            slides += _of_question(part)
    return slides


def _of_prediction(heading, text, before, after, reply):
    """Two slides: what to guess, with the last figure seen so far; then what it was."""
    context, _, question = text.rpartition("**Predict")
    question = re.sub(r"(?<=[?.])\s*\(.*\)$", "", question.partition("**")[2].strip())  # without what explains the code
    choices = []
    if asked := _asked(after):  # the widget's question is the one to answer; what else the text says leads to it
        context, (question, choices) = f"{context}\n\n{_without(question, asked[0])}", asked
    figure = _figure(before)
    told = _short(context, WORDS // 2 if figure else WORDS, last=True)
    question = element("div", _html(question), class_="question")
    offered = element("ul", *(element("li", str(choice)) for choice in choices), class_="choices") if choices else ""
    slides = [slide(f"Predict · {heading}", _html(told), question, offered, figure or "")]
    cells = _until_text(after)
    explained = next((part for part in after[len(cells) :] if _is_text(part)), "").partition("**Predict")[0]
    explained = explained[max(explained.find("**Look closer"), 0) :]
    shown = _figure(cells[::-1]) or _results(cells)
    told = _short(explained, WORDS // 2 if "<figure" in shown or "long" in shown else WORDS)
    said = element("div", _html(reply), class_="reply")
    return [*slides, slide(heading, question, said, shown, _html(told), kind="answer")]


def _of_question(text):
    """Two slides: a question of the quiz with its answers; then the right one, and why."""
    question = re.match(r"\*\*(.+?)\*\*", text)[1]
    choices = CHOICE.findall(text)
    lines = element("div", _html(question), class_="question")
    listed = element("div", *(_html(answer) for answer, _ in choices), class_="options")
    right, why = next((answer, why) for answer, why in choices if why.startswith("✓"))
    told = element("div", _html(right), class_="reply"), _html(why)
    return [slide("Quiz", lines, listed), slide("Quiz", lines, *told, kind="answer")]


def _is_text(part):
    return isinstance(part, str)


def _asked(after):
    """Question and choices of a `digitkit.Predict` directly below, as the text beside its picture tells them, or None."""
    if not after or _is_text(after[0]) or "digitkit.Predict(" not in after[0].source:
        return None
    alt = " ".join(output.metadata["image/png"]["alt"] for output in after[0].outputs if "image/png" in output.get("data", {}))
    told = re.search(r"before the result: (.+) Your guess: (.+)\.$", alt)
    return (told[1], [] if told[2] == "a number" else told[2].split(", or ")) if told else None


def _without(text, question):
    """A text without its last sentence, if that asks in other words for the same.

    >>> _without("Here are ten. How many are white?", "How many of the ten are white?"), _without("Is it?", "How large?")
    ('Here are ten.', 'Is it?')
    """
    last = re.search(r"[^.?!]*\?$", text)
    said = set(re.findall(r"\w+", last[0].lower())) if last else set()
    same = said & set(re.findall(r"\w+", question.lower()))
    return text[: last.start()] if last and 2 * len(same) >= len(said) else text


def _until_text(parts):
    """What comes up to the next text that follows an output."""
    cells, has_output = [], False
    for part in parts:
        if _is_text(part):
            if has_output:
                break
        else:
            has_output = has_output or bool(_is_result(part)) or ".compare(" in part.source
        cells.append(part)
    return cells


def _is_result(cell):
    """Whether a cell shows something other than a guess or a check."""
    return cell.outputs and not re.search(r"digitkit\.Predict\(|\.compare\(|check_\w+\(", cell.source)


def _figure(parts):
    """The last figure of these parts, with its text alternative; None if there is none."""
    for cell in reversed([part for part in parts if not _is_text(part) and _is_result(part)]):
        for output in reversed(cell.outputs):
            if "Figure: " in output.get("data", {}).get("text/plain", "") and "image/png" in output.data:
                source = "data:image/png;base64," + "".join(output.data["image/png"].split())
                return element("figure", element("img", src=source, alt=output.metadata["image/png"]["alt"]))
    return None


def _results(cells):
    """What the first cell with an output says, where there is no figure; the cell itself, too, if it is short."""
    cell = next((cell for cell in cells if not _is_text(cell) and _is_result(cell)), None)
    if cell is None:
        return ""
    said = "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)
    lines = said.rstrip().splitlines()[:LINES]
    result = element("pre", "\n".join(lines), class_="result" if len(lines) < 4 else "result long")
    return joined(element("pre", cell.source), result) if "\n" not in cell.source and len(cell.source) < 60 else result


def _short(text, words, last=False):
    """As many whole sentences as fit, from the beginning or the end. Lists and tables stay whole; what leads on to a cell goes.

    >>> _short("One two. Three four. Five:", 2), _short("One two. Three four.", 2, last=True)
    ('One two.', 'Three four.')
    """
    paragraphs = [part for part in re.split(r"\n{2,}", text.strip()) if part and not part.startswith(("#", "<"))]
    sentences = [
        (place, sentence)
        for place, part in enumerate(paragraphs)
        for sentence in ([part] if re.match(r"\||1\.|-", part) else re.split(r"(?<=[.!?])\s+(?=[\w*\"“`(])", part))
        if not sentence.startswith("*(") and not sentence.endswith(":" if last else (":", "?"))
    ]
    kept = []
    for place, sentence in reversed(sentences) if last else sentences:
        words -= len(re.findall(r"\w+", sentence))
        if words < 0:
            break
        kept.append((place, sentence))
    kept = kept[::-1] if last else kept
    return "\n\n".join(
        " ".join(sentence for at, sentence in kept if at == place) for place in dict.fromkeys(at for at, _ in kept)
    )


def _html(text):
    """Markdown as HTML. Links become their words, since a slide is clicked to go on; a number at the beginning makes no list."""
    text = re.sub(r"^(\d+)\. ", r"\1\\. ", re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text))
    return Html(markdown(text.replace(" × ", "\u00a0×\u00a0")).strip())  # 4 × 4 stays on one line


def main(arguments=None):
    prepare_outputs()
    parser = argparse.ArgumentParser(description="Make slides of each lesson's stop points, for the projector.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("slides"), help="where to write them (default: slides)")
    folder = parser.parse_args(arguments).folder
    try:
        make_folder(folder)
        for path in LESSONS:
            notebook = nbformat.read(path, as_version=4)
            made = slides_of(notebook, (CLASSROOM / f"{path.stem}.md").read_text(encoding="utf-8"))
            target = folder / f"{path.stem}.html"
            with replacing(target) as unfinished:
                unfinished.write_text(deck(path.stem, made), encoding="utf-8", newline="\n")
            print(f"{target}   {len(made)} slides")
    except FolderError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
