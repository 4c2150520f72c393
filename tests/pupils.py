"""A pupil at a notebook: its cells in any order, its exercises undone or wrong; whatever is shown in red is written down.

Each sitting has a process of its own, forked from one that has loaded TensorFlow and IPython: so each begins as a kernel does.
"""

import ast
import contextlib
import io
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbformat
from test_house_rules import APP, EXTRAS, NOTEBOOKS, ROOT, exercises, solution

from digitkit.errors import KitError

PACKAGE = str(ROOT / "digitkit") + os.sep
LESSONS = [*NOTEBOOKS, *EXTRAS, APP]
LATER = -1
PATIENCE = 240  # seconds by the clock: how long a cell may take on a busy computer

# What takes long is made shorter, but stays what it is: fewer digits, fewer steps, fewer photos, fewer pupils.
TRAINING, VALIDATION, TEST = 2500, 500, 500
SHORTER = {
    "images[labels == digit][:10]": "images[labels == digit][:2]",
    "images[labels == 7][:50]": "images[labels == 7][:8]",
    "[:20]": "[:6]",
    "training.images[:30], titles=training.labels[:30]": "training.images[:6], titles=training.labels[:6]",
    "validation[:300]": "validation[:60]",
    "range(501)": "range(101)",
    "(0, 5, 50, 500)": "(0, 5, 50, 100)",
    "exciting_image(model, 1, unit)": "exciting_image(model, 1, unit, steps=5)",
    "np.tile([1, 4, 6, 7, 9], 20)": "np.tile([1, 4, 6, 7, 9], 4)",
    "np.repeat([0.03, 0.3], 50)": "np.repeat([0.03, 0.3], 10)",
    "pictures[:10] + pictures[50:60]": "pictures[:2] + pictures[10:12]",
    'list("AEFHKMNRTX") * 10': 'list("AEFHKMNRTX")',
    "pupils=30, each=8": "pupils=9, each=4",
}

WRONG = ["None", "'seven'", "'3,5'", "-1", "10**30", "2.5", "True", "float('nan')", "[]", "[3, None]", "(1, 2, 3)", "{'a': 1}"]
WRONG += ["[[1, 2], [3]]", "print", "lambda *given: given[-1]", "object()", "[...]", "range(6)", "3 + 2j", "b'7'", "{3}"]
ARRAYS = [
    "zeros((2, 3))",
    "array([1, 2, 300])",
    "array('seven')",
    "ones((28, 28)) > 0",
    "full((3, 3), float('nan'))",
    "array([])",
]
WRONG += [f"__import__('numpy').{array}" for array in ARRAYS]
BODIES = ["return None", "pass", "raise ValueError('no')", "return 1 / 0", "return 'seven'", "return {0}[0]", "return len({0})"]
BODIES += [
    "{0}[:] = 0; return {0}",
    "return {0}.astype(str)",
    "return {0} * float('nan')",
    "return {0}.tolist()",
    "return next(iter([]))",
]


@dataclass(frozen=True)
class Said:
    """What a cell showed in red.

    cell: its number, LATER for a widget that is used after all cells. kind: "own" (its own lines are wrong), "sentence" (the kit
    says what to do), or "fault". said: the last line, or all of a fault.
    """

    cell: int
    kind: str
    said: str


@dataclass(frozen=True)
class Sitting:
    """One pupil at one notebook.

    cells: (number, source) in the order in which they are run. same: the numbers of those whose output is the same each time.
    pauses: seconds after which a cell is interrupted, one for each cell, None for no interruption.
    """

    name: str
    way: str
    cells: list
    same: frozenset
    pauses: list


# ── What a pupil does ───────────────────────────────────────────────────────────────────────────────────────────────


def sitting(path: Path, way: str, seed: int) -> Sitting:
    """One pupil at the notebook, in one of WAYS, all by chance but with a seed."""
    chance = random.Random(f"{path.stem} {way} {seed}")
    cells = nbformat.read(path, as_version=4).cells
    answers = {cells.index(placeholder): solution(help.source) for placeholder, _, help in exercises(cells)}
    code = [(number, _shorter(cell.source)) for number, cell in enumerate(cells) if cell.cell_type == "code"]
    same = frozenset(number for number, _ in code if "nbval-ignore-output" not in cells[number].metadata.get("tags", []))
    run = WAYS[way](code, answers, chance)
    pauses = [chance.choice([None, 0.01, 0.1, 0.4, 1.5]) if way == "interrupted" else None for _ in run]
    return Sitting(path.stem, way, run, same if way == "twice" else frozenset(), pauses)


def _shorter(source):
    for long, short in SHORTER.items():
        source = source.replace(long, short)
    return source


def _shuffled(code, answers, chance):
    """Twice through the notebook, each time in another order: in the second, most names are there."""
    return [cell for _ in range(2) for cell in chance.sample(code, len(code))]


def _twice(code, answers, chance):
    return [cell for cell in code for _ in range(2)]


def _interrupted(code, answers, chance):
    """Each cell twice or more, most of them stopped half-way (■)."""
    return [cell for cell in code for _ in range(chance.randrange(2, 4))]


def _from_the_middle(code, answers, chance):
    """As after a restart: on from where the pupil was, then what came before, then on again."""
    middle = chance.randrange(len(code))
    return code[middle:] + code[:middle] + code[chance.randrange(middle, len(code)) :]


def _jumping(code, answers, chance):
    """On the whole from top to bottom, but cells are left out, and earlier ones run again."""
    run = []
    for place, cell in enumerate(code):
        run += [] if chance.random() < 0.15 else [cell]
        run += [code[chance.randrange(place + 1)]] if chance.random() < 0.3 else []
    return run


def _answering(code, answers, chance):
    """In order, with each exercise undone, solved, half done, or wrong, and most of them tried twice."""
    run = []
    for number, source in code:
        if number not in answers:
            run.append((number, source))
            continue
        tries = [source, *(_an_answer(answers[number], chance) for _ in range(chance.randrange(1, 4)))]
        for tried in tries:
            run += [(number, tried), code[[place for place, _ in code].index(number) + 1]]
    return run


def _an_answer(right, chance):
    """What a pupil may write in place of the dots. right: the notebook's own solution."""
    kind = chance.choice(["half", "wrong", "wrong", "wrong", "right"])
    if kind == "half":
        return right[: chance.randrange(1, len(right))]
    if kind == "wrong":
        return _a_wrong_answer(right, chance)
    return right


def _a_wrong_answer(right, chance):
    statement = ast.parse(right).body[-1]
    if isinstance(statement, ast.FunctionDef) and chance.random() < 0.7:
        body = chance.choice(BODIES).format(statement.args.args[0].arg)
        return f"def {statement.name}({ast.unparse(statement.args)}):\n    {body}"
    name = statement.name if isinstance(statement, ast.FunctionDef) else ast.unparse(statement.targets[0])
    return f"{name} = {chance.choice(WRONG)}"


WAYS = {
    "shuffled": _shuffled,
    "twice": _twice,
    "interrupted": _interrupted,
    "from the middle": _from_the_middle,
    "jumping": _jumping,
    "answering": _answering,
}


# ── The room, a process that has loaded what takes long, and sends a copy of itself to each sitting ──────────────────────


class Room:
    """Runs one sitting after the other. with Room() as room: said, seconds = room.seat(one)"""

    def __enter__(self):
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,))
        self._process.start()
        theirs.close()
        return self

    def __exit__(self, *_):
        self._connection.close()
        self._process.join(10)
        self._process.kill()

    def seat(self, one: Sitting) -> tuple[list[Said], list]:
        """Run a sitting. Returns what was shown in red, and [(number of a cell, seconds)]."""
        self._connection.send(one)
        return self._connection.recv()


def _work(connection):
    import anywidget  # noqa: F401
    import cv2
    import IPython  # noqa: F401
    import ipywidgets  # noqa: F401
    import nbformat  # noqa: F401

    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    cv2.setNumThreads(1)
    import keras  # noqa: F401  # but not `digitkit.model`, which starts TensorFlow's threads: no copy would have them

    from digitkit import data, handwriting, reading, simulate, widgets  # noqa: F401
    from digitkit.widgets import panel, training_watcher  # noqa: F401

    data.load_mnist()
    fork = multiprocessing.get_context("fork")
    while True:
        try:
            one = connection.recv()
        except EOFError:
            return
        ours, theirs = fork.Pipe()
        process = fork.Process(target=_sit, args=(one, theirs))
        process.start()
        theirs.close()
        said, seconds, cell = [], [], one.cells[0][0]
        try:
            while ours.poll(PATIENCE):
                kind, *what = ours.recv()
                if kind == "cell":
                    seconds.append(tuple(what))
                    cell = what[0]
                elif kind == "said":
                    said.append(what[0])
                else:
                    break
            else:
                said.append(Said(cell, "fault", f"no answer for {PATIENCE} seconds after this cell"))
        except EOFError:
            process.join()
            said.append(Said(cell, "fault", f"the kernel died after this cell, exit code {process.exitcode}"))
        process.kill()
        process.join()
        connection.send((said, seconds))


def _sit(one, connection):
    """In the process of one sitting: run its cells as a kernel does, then use each widget."""
    with tempfile.TemporaryDirectory() as home, open(Path(home) / "errors.txt", "w+b") as errors:
        os.environ["DIGITKIT_HOME"] = str(Path(home) / "my")
        os.chdir(home)
        os.dup2(errors.fileno(), 2)
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        _take_fewer_digits()
        _draw_roughly()
        shell, cell = _shell(lambda error, shown: say(*_judged(error, shown))), 0

        def say(kind, said):
            connection.send(("said", Said(cell, kind, said)))

        shown = {}
        for (cell, source), pause in zip(one.cells, one.pauses, strict=True):
            started, sys.stdout = time.monotonic(), io.StringIO()
            with contextlib.suppress(KeyboardInterrupt):  # where it comes between two steps of IPython itself
                signal.setitimer(signal.ITIMER_REAL, pause or 0)
                shell.run_cell(source, store_history=True)
                signal.setitimer(signal.ITIMER_REAL, 0)
            _pass_on(errors, say)
            output = re.sub(r"Out\[\d+\]: ", "", sys.stdout.getvalue())
            if cell in one.same and shown.setdefault(cell, output) != output:
                say("fault", f"the second time it shows something else: {shown[cell]} and then {output}")
            connection.send(("cell", cell, time.monotonic() - started))
        cell = LATER
        for error in _use_the_widgets():
            say("fault", "".join(traceback.format_exception(error)))
        _pass_on(errors, say)
        connection.send(("end",))
        connection.close()
        os._exit(0)


def _take_fewer_digits():
    from digitkit import data

    whole = data.load_mnist()
    few = data.Mnist(whole.train[: TRAINING + VALIDATION], whole.test[:TEST])
    data._load, data.VALIDATION = lambda folder: few, VALIDATION


def _draw_roughly():
    from digitkit.plotting import Drawing

    whole = Drawing.savefig

    def savefig(figure, content, **settings):
        figure.set_layout_engine("none")  # which takes most of the time
        whole(figure, content, **settings | {"dpi": 24})

    Drawing.savefig = savefig


def _shell(shown):
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def _showtraceback(self, etype, evalue, stb):
            shown(evalue, stb)

    shell = Shell.instance()
    shell.display_formatter.active_types = shell.display_formatter.format_types
    warnings.showwarning = _warned
    return shell


def _warned(message, category, filename, lineno, file=None, line=None):
    """A warning is the cell's own, unless a step inside the kit led to it."""
    steps = [step for step in traceback.extract_stack() if step.filename.startswith(PACKAGE)]
    if steps:
        print(f"{category.__name__}: {message}, from {steps[-1].filename}:{steps[-1].lineno}", file=sys.stderr)


def _pass_on(errors, say):
    """Say what stands on the standard error since the last time."""
    sys.stderr.flush()
    if errors.seek(0, os.SEEK_END):
        errors.seek(0)
        told = errors.read().decode("utf-8", "replace")
        say("own" if "KeyboardInterrupt" in told else "fault", f"on the standard error: {told}")
        errors.truncate(0)
        errors.seek(0)


def _judged(error, shown):
    """(kind, said) of an exception. shown: the traceback as lines."""
    steps = traceback.extract_tb(error.__traceback__)
    said = f"{type(error).__name__}: {error}"
    interrupted = isinstance(error, KeyboardInterrupt) or isinstance(error.__context__, KeyboardInterrupt)
    if interrupted or not any(step.filename.startswith(PACKAGE) for step in steps):
        return "own", said
    if isinstance(error, KitError) and len(str(error).splitlines()) == 1 and PACKAGE not in "".join(shown):
        return "sentence", said
    return "fault", "".join(traceback.format_exception(error))


def _use_the_widgets():
    """Press, move and fill in everything; yields what was raised."""
    import ipywidgets

    for widget in list(ipywidgets.widgets.widget._instances.values()):
        try:
            _use(widget)
        except Exception as error:
            yield error


def _use(widget):
    import ipywidgets

    from digitkit.widgets.base import Slider

    if getattr(widget, "layout", None) is not None and widget.layout.display == "none":
        return
    if isinstance(widget, ipywidgets.Button) and not widget.disabled and widget.description != "Train":
        widget.click()
    elif isinstance(widget, Slider):
        widget.value = widget.max
    elif isinstance(widget, ipywidgets.Text):
        widget.value = "12,5 %"
    elif isinstance(widget, (ipywidgets.RadioButtons, ipywidgets.Dropdown, ipywidgets.ToggleButtons)) and widget.options:
        widget.index = len(widget.options) - 1
    elif isinstance(widget, (ipywidgets.ToggleButton, ipywidgets.Checkbox)):
        widget.value = not widget.value
