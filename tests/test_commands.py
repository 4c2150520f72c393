"""The commands in README, CONTRIBUTING and the guides. A comment on the line before a shell block says how it is tested:

- `<!-- run -->`: a slow test executes it, word for word;
- `<!-- parse -->`: names and options are checked, against our own parsers and the help of other programs;
- `<!-- CI -->`: .ci/run executes it.
"""

import argparse
import ast
import contextlib
import csv
import importlib.util
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("README.md", "CONTRIBUTING.md", "classroom/*.md", "data/*.md", "benchmarks/**/*.md", "notebooks/**/*.md")
PROSE = sorted({path for place in PLACES for path in ROOT.glob(place) if ".ipynb_checkpoints" not in path.parts})
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # this Python's own programs come first
MARKS = ("run", "parse", "CI")
WINDOWS = ("bat", "powershell")
SHELLS = ("", "sh", "bash", "shell", "console", *WINDOWS)  # a block without a language is a shell block, too
LIBRARIES = (ROOT / "apt.txt").read_text(encoding="utf-8").split()
sys.path.insert(0, str(ROOT / "classroom"))

import class_copy  # noqa: E402

each_file = pytest.mark.parametrize("path", PROSE, ids=lambda path: path.relative_to(ROOT).as_posix())


# ── Reading the prose ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Block:
    """A shell block. line: where it begins. mark: what the comment before it says, or "". folder: where it is to be run."""

    line: int
    mark: str
    folder: str
    text: str


def blocks(text):
    """The shell blocks of a Markdown text, in order. The sentence before one may end in: "in the folder `course`:".

    Windows' backslashes are turned into slashes.
    """
    found, lines, start = [], text.splitlines(), None
    for number, line in enumerate(lines):
        if start is None and (fence := re.match(r"( *)(```+)(.*)$", line)):
            start = number
        elif start is not None and line.strip() == fence[2]:
            if fence[3].strip() in SHELLS:
                mark = re.fullmatch(rf"{fence[1]}<!-- (\w+) -->", lines[start - 1] if start else "")
                before = "\n".join(lines[:start]).removesuffix(mark[0] if mark else "").rstrip()
                folder = re.search(r"[Ii]n\s+the folder `([^`]+)`:$", before)
                inside = "\n".join(line.removeprefix(fence[1]) for line in lines[start + 1 : number])
                inside = inside.replace("\\", "/") if fence[3].strip() in WINDOWS else inside
                found.append(Block(start + 1, mark[1] if mark else "", folder[1] if folder else ".", inside))
            start = None
    return found


def unmarked(text):
    """The lines at which shell blocks begin that do not say how they are tested."""
    return [block.line for block in blocks(text) if block.mark not in MARKS]


def commands(text):
    """The commands of a shell text as lists of words, without comments and NAME=VALUE in front."""
    found = [[]]
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        for word in [*lexer, ";"]:
            if set(word) <= set(";&|"):
                found.append([])
            elif found[-1] or not re.match(r"\w+=", word):
                found[-1].append(word)
    return [words for words in found if words]


def inline(text):
    """The commands that stand in backticks in sentences and tables; the bare name of a program is none."""
    prose = re.sub(r"^( *)(```+).*?^\1\2$", "", text, flags=re.MULTILINE | re.DOTALL)
    starts = ("python -m ", "python benchmarks/", "python classroom/", "python notebooks/", *(f"{name} " for name in OTHERS))
    found = [code for code in re.findall(r"(?<!`)`([^`]+)`", prose) if code.startswith(starts) and code != "python -m digitkit"]
    return [command for code in found for command in commands(code)]


def written(path):
    """All commands of a file, in blocks and in sentences. Those in blocks that are run are tried elsewhere."""
    text = path.read_text(encoding="utf-8")
    return [words for block in blocks(text) if block.mark != "run" for words in commands(block.text)] + inline(text)


# ── Judging a command ───────────────────────────────────────────────────────────────────────────────────────────────

# Programs that are not ours, and how many of the words after their name choose what they do.
OTHERS = {"pip": 1, "jupyter": 1, "nbgrader": 1, "pytest": 0, "ruff": 1, "pre-commit": 1, "git": 1, "conda": 2}


def problem(words):
    """What is wrong with a command, as far as this project alone can say; "" if nothing is."""
    match words:
        case ["python", "-m", "digitkit", *arguments]:
            from digitkit.cli import parser

            return refusal(parser(), arguments)
        case ["python3" | "./.venv/Scripts/python", *arguments]:
            return problem(["python", *arguments])
        case ["python", "-m", "pip", *arguments]:
            return missing("pip", arguments)
        case ["python", "-m", module, *_]:
            return "" if importlib.util.find_spec(module) else f"there is no module {module}"
        case ["python", script, *arguments]:
            return refusal(parser_of(ROOT / script), arguments) if (ROOT / script).is_file() else f"there is no {script}"
        case [".", script]:
            return "" if script == ".venv/bin/activate" else f"nobody makes {script}"
        case [".venv/Scripts/activate"]:  # Windows runs it without the dot
            return ""
        case ["sudo", "apt-get", "install", *packages]:
            return "" if packages == ["python3-venv", *LIBRARIES] else f"apt.txt names {' '.join(LIBRARIES)}"
        case [program, *arguments] if program in OTHERS:
            return missing(program, arguments)
        case _:
            return "this test does not know how to check it"


def refusal(parser, arguments):
    """What an argparse parser has against these arguments."""
    with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(io.StringIO()):
        try:
            parser.parse_args(arguments)
        except SystemExit as left:
            return said.getvalue().strip().splitlines()[-1] if left.code else ""
    return ""


def parser_of(script):
    """A parser with the arguments that a script gives to its own, read from its source: nothing of the script is run."""
    source, parser = script.read_text(encoding="utf-8"), argparse.ArgumentParser(script.name)
    added = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and called(node) == "add_argument"]
    for node in added:
        kept = [word for word in node.keywords if word.arg in {"action", "nargs", "required"}]
        parser.add_argument(*map(ast.literal_eval, node.args), **{word.arg: ast.literal_eval(word.value) for word in kept})
    if not added and "sys.argv" in source:
        parser.add_argument("names", nargs="*")
    return parser


def called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def missing(program, arguments):
    """Files, and optional dependencies of ours, that a command of another program names although they do not exist."""
    for word in arguments[OTHERS[program] :]:
        name, _, extras = word.rstrip("]").partition("[")
        if name in {".", "digitkit"} and (unknown := {*filter(None, extras.split(","))} - {*PROJECT["optional-dependencies"]}):
            return f"pyproject.toml has no {', '.join(unknown)}"
        # What has a slash or a suffix is a path; Jupyter gets its folder as a plain word.
        a_path = "/" in name or name == "." or re.search(r"\.[a-z]+$", name) or program == "jupyter"
        if a_path and not name.startswith("-") and not (ROOT / name).exists():
            return f"there is no {name}"
    return ""


def unknown_to_its_program(words):
    """Sub-commands and options that another program's own help does not know. Programs that are not installed are passed."""
    program, *arguments = words
    if program not in OTHERS or not shutil.which(program, path=PATH):
        return []
    chosen, rest = arguments[: OTHERS[program]], arguments[OTHERS[program] :]
    status, said = help_of(program, *chosen)
    # For a sub-command that it does not have, a program fails, or shows its general help. git ends with 129 after its help.
    if status not in (0, 129) or (chosen and said == help_of(program)[1]):
        return chosen
    options = [word.split("=")[0] for word in rest if word.startswith("-")]
    return [option for option in options if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", said)]


@cache
def help_of(program, *chosen):
    """Exit status and text of a program's help."""
    # git's --help opens a manual page; -h prints.
    command = [shutil.which(program, path=PATH), *chosen, "-h" if program == "git" else "--help"]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace")
    return result.returncode, result.stdout + result.stderr


# ── The tests ───────────────────────────────────────────────────────────────────────────────────────────────────────


@each_file
def test_every_shell_block_says_how_it_is_tested(path):
    assert unmarked(path.read_text(encoding="utf-8")) == []


@each_file
def test_our_own_commands_take_what_the_prose_gives_them(path):
    assert {shlex.join(words): said for words in written(path) if (said := problem(words))} == {}


@pytest.mark.slow
@each_file
def test_other_programs_know_the_options_in_the_prose(path):
    assert {shlex.join(words): unknown for words in written(path) if (unknown := unknown_to_its_program(words))} == {}


@pytest.mark.skipif(sys.platform == "win32", reason=".ci/run is for Linux")
@each_file
def test_what_is_marked_CI_is_what_CI_runs(path):
    for block in blocks(path.read_text(encoding="utf-8")):
        assert block.mark != "CI" or set(block.text.splitlines()) <= run_by_ci(), block.text


@cache
def run_by_ci():
    """The lines that .ci/run executes: its own, and those that it takes from the README."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    [taken] = [line for line in lines if line.startswith("command=$(sed ")]
    command = subprocess.check_output(["bash", "-ec", f'{taken}\nprintf %s "$command"'], cwd=ROOT, text=True)
    assert any('bash -ec "$command"' in line for line in lines)
    return {*lines, *command.splitlines()}


def test_a_block_without_a_mark_is_found():
    command = "```\npython -m digitkit doctor\n```\n"
    assert unmarked(command) == [1]
    assert unmarked(f"Do this:\n\n{command}") == [3]
    assert unmarked(command.replace("```\np", "```sh\np")) == [1]
    assert unmarked(f"<!-- run -->\n\n{command}") == [3], "the mark must be on the line directly before"
    assert unmarked(f"<!-- try -->\n{command}") == [2]
    assert unmarked(f"<!-- run -->\n{command}{command}") == [5], "one mark is for one block"
    assert unmarked("1. Do this:\n\n   ```\n   ls\n   ```\n") == [3]
    for mark in MARKS:
        assert unmarked(f"<!-- {mark} -->\n{command}") == []
    assert unmarked("1. Do this:\n\n   <!-- run -->\n   ```\n   ls\n   ```\n") == []
    assert unmarked('```python\nimport digitkit\n```\n\n```json\n{"text": "7"}\n```\n') == []


def test_a_block_is_read_with_its_folder_and_its_commands():
    text = "1. Now, in\n   the folder `course`:\n\n   <!-- run -->\n   ```\n   ls -l  # all\n   A=1 cat 'a b' && cd ..\n   ```\n"
    [block] = blocks(text)
    assert (block.line, block.mark, block.folder) == (5, "run", "course")
    assert commands(block.text) == [["ls", "-l"], ["cat", "a b"], ["cd", ".."]]
    [block] = blocks("```bat\n.venv\\Scripts\\activate && dir\n```\n")
    assert commands(block.text) == [[".venv/Scripts/activate"], ["dir"]]
    assert commands('pip install -e ".[test]" \\\n  --quiet') == [["pip", "install", "-e", ".[test]", "--quiet"]]
    assert inline("Run `python -m digitkit app`, not `python -m digitkit`.\n\n```\npytest -x\n```\n\n| `pytest -m slow` |") == [
        ["python", "-m", "digitkit", "app"],
        ["pytest", "-m", "slow"],
    ]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("python -m digitkit predict --json photo.jpg", ""),
        ("python -m digitkit predict --jason photo.jpg", "--jason"),
        ("python -m digitkit predict", "required"),
        ("python -m digitkit prediction photo.jpg", "invalid choice"),
        ("python -m digitkit train --seed first", "the seed is a whole number"),
        ("python -m digitcat doctor", "no module"),
        ("python classroom/class_copy.py course", ""),
        ("python classroom/class_copy.py", "required"),
        ("python classroom/class_copy.py --nbgrader course", ""),
        ("python classroom/class_copy.py course --force", "--force"),
        ("python classroom/class_copies.py course", "there is no"),
        ("python benchmarks/real_pictures.py FOLDER --count 10 --sheet wrong.png", ""),
        ("python benchmarks/real_pictures.py --counts 10", "--counts"),
        ("python notebooks/execute.py 03 05", ""),
        ("python notebooks/execute.py --all", "--all"),
        ("python classroom/answers.py everything", "unrecognized"),
        ('pip install -e ".[test]"', ""),
        ('pip install -e ".[tests]"', "pyproject.toml has no tests"),
        ("conda env create -f environment.yaml", "there is no environment.yaml"),
        ("jupyter lab notebook", "there is no notebook"),
        ('pip install "ruff>=0.17,<0.18"', ""),
        ("pytest -m slow", ""),
        (". venv/bin/activate", "nobody makes"),
        ("python3 -m digitkit begin", "invalid choice"),
        ('./.venv/Scripts/python -m pip install -e ".[tests]"', "pyproject.toml has no tests"),
        ("sudo apt-get install libgl1", "apt.txt names"),
        ("rm -r course", "does not know"),
    ],
)
def test_what_a_command_may_not_say(command, said):
    [words] = commands(command)
    found = problem(words)
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "unknown"),
    [
        ("pip wheel --wheel-dir packages .", []),
        ("pip wheel --wheels-dir packages .", ["--wheels-dir"]),
        ("pip instal digitkit", ["instal"]),
        ("nbgrader autograde 01_meet_the_digits --notebook '01*' --forced", ["--forced"]),
        ("nbgrader grade lessons", ["grade"]),
        ("git diff --stat", []),
        ("git diff --stats", ["--stats"]),
    ],
)
def test_what_another_program_does_not_know(command, unknown):
    assert unknown_to_its_program(commands(command)[0]) == unknown


def test_every_system_starts_in_the_same_steps():
    """Only in names do they differ, and Debian needs packages first."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Start\n")[2].partition("\n## ")[0]
    started = [commands(block.text) for block in blocks(text) if block.text.endswith("python -m digitkit start")]
    assert len(started) == 4
    names = ("python", "python3", "./.venv/Scripts/python")
    left_out = (["sudo"], ["."], [".venv/Scripts/activate"])
    for steps in started:
        steps = [["python", *words[1:]] if words[0] in names else words for words in steps if words[:1] not in left_out]
        steps = [words[2:] if words[:3] == ["python", "-m", "pip"] else words for words in steps]
        assert [shlex.join(words) for words in steps] == ["python -m venv .venv", "pip install -e .", "python -m digitkit start"]


# ── The blocks that are run ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_blocks_to_run_work_word_for_word_up_to_the_grades_of_two_pupils(tmp_path):
    """In a copy of the project, with folders of their own for all that they write.

    Before the block that grades, two pupils hand in what they were given: Ada all solved, Ben as it is.
    """
    left_out = shutil.ignore_patterns(".*", "my", "course", "venv", "build", "dist", "__pycache__", "*.egg-info")
    copy = shutil.copytree(ROOT, tmp_path / "digitkit", ignore=left_out)
    environment = os.environ | {
        "PATH": PATH,
        "PYTHONPATH": str(copy),
        "DIGITKIT_HOME": str(tmp_path / "my"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"),  # the settings of whoever runs this must not matter
    }
    for path in PROSE:
        for block in blocks(path.read_text(encoding="utf-8")):
            if block.mark == "run":
                if "nbgrader autograde" in block.text:
                    hand_in(copy, "ada", solved=True)
                    hand_in(copy, "ben", solved=False)
                folder = copy / block.folder
                result = subprocess.run(["bash", "-ec", block.text], cwd=folder, env=environment, capture_output=True, text=True)
                assert result.returncode == 0, f"{path.name}, line {block.line}:\n{result.stdout}{result.stderr}"

    assert {path.name for path in (copy / "lessons").glob("*.ipynb")} == {path.name for path in ALL_LESSONS}
    [grades] = re.findall(r"grades are now in `(.+?)`", (ROOT / "classroom" / "README.md").read_text(encoding="utf-8"))
    with open(copy / grades, newline="") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    points = len(exercises(LESSON))
    scores = {name: float(row["score"]) for (assignment, name), row in rows.items() if assignment == LESSON.stem}
    assert scores == {"ada": points, "ben": 0}
    assert float(rows[LESSON.stem, "ada"]["max_score"]) == points
    graded = nbformat.read(copy / "course" / "autograded" / "ben" / LESSON.stem / LESSON.name, as_version=4)
    outputs = [output for cell in graded.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"], "what is left undone still runs to its end"


ALL_LESSONS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
LESSON = ALL_LESSONS[0]  # the one that the guide grades


def hand_in(copy, name, solved):
    """Put the lesson, as nbgrader released it, where the guide says; with the solutions of the kit's own notebook."""
    notebook = nbformat.read(copy / "course" / "release" / LESSON.stem / LESSON.name, as_version=4)
    for exercise in exercises(LESSON) if solved else []:
        notebook.cells[exercise.place - 1].source += exercise.solution
    folder = copy / "course" / "submitted" / name / LESSON.stem
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / LESSON.name)


def exercises(lesson):
    return class_copy.exercises(nbformat.read(lesson, as_version=4))


# ── GitHub and pre-commit ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def job():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8"))
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML takes the word "on" for True
    [job] = workflow["jobs"].values()
    return job


def test_github_runs_the_readmes_command_on_each_system(job):
    [command] = [block.text for block in blocks((ROOT / "README.md").read_text(encoding="utf-8")) if block.mark == "CI"]
    runs = {step.get("if"): step["run"] for step in job["steps"] if "run" in step}
    assert job["defaults"]["run"]["shell"] == "bash"
    assert runs["runner.os != 'Windows'"] == command
    assert runs["runner.os == 'Windows'"] == command.replace("/bin/", "/Scripts/")
    assert re.search(r"apt-get install --yes ([\w. -]+)", runs["runner.os == 'Linux'"])[1].split() == LIBRARIES


def test_github_takes_three_systems_and_pythons_that_the_project_permits(job):
    matrix = job["strategy"]["matrix"]
    assert not job["strategy"]["fail-fast"]
    assert job["runs-on"] == "${{ matrix.os }}"
    assert [system.split("-")[0] for system in matrix["os"]] == ["ubuntu", "windows", "macos"]
    [python] = [step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert python == "${{ matrix.python }}"
    assert all(isinstance(version, str) for version in matrix["python"]), "without quotes 3.10 is 3.1"
    assert len(list(SpecifierSet(PROJECT["requires-python"]).filter(matrix["python"]))) == len(matrix["python"]) == 2


def test_pre_commit_runs_ruff_on_python_and_notebooks():
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"  # no second place that pins a version
    assert [hook["entry"].split(" -")[0] for hook in repository["hooks"]] == ["ruff check", "ruff format"]
    for hook in repository["hooks"]:
        assert hook["language"] == "python"
        assert {"python", "jupyter"} <= set(hook["types_or"])
        assert hook["additional_dependencies"] == repository["hooks"][0]["additional_dependencies"]
