"""Reads hostile pictures in a process of its own, which a hanging or crashing decoder cannot take the tests down with."""

import contextlib
import io
import multiprocessing
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SECONDS = 2.0  # of the processor, for one picture: what is promised, and measured by `benchmarks/fuzz.py` and `limits.py`
SLOWER = 4  # times as slow as that may be the computer that runs the tests, which time nothing
MEGABYTES = 500
PATIENCE = 60  # seconds by the clock: how long a process may be silent before it is ended
MOST_MEMORY = 4e9  # bytes; what asks for more gets a MemoryError, and this computer lives
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # in the process to come: two threads that wait would count twice
SENTENCE = re.compile(r"[A-Z“].{15,260}[.?)]")


class Input(NamedTuple):
    """What is handed over, and how. way: "read", "panel" or "collect". suffix: of the file, such as ".png"."""

    kind: str
    way: str
    suffix: str
    content: bytes


@dataclass(frozen=True)
class Outcome:
    """What came of one input. answer: "read", "refused", or what went wrong.

    said: what the user was told. seconds: of the processor. megabytes: by how much the memory in use rose at most.
    """

    answer: str
    said: str
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def is_failure(self) -> bool:
        """Whether it was neither an answer nor one sentence, or took too long or too much."""
        return self.answer not in {"read", "refused"} or self.seconds > SLOWER * SECONDS or self.megabytes > MEGABYTES


class Reader:
    """Reads one input after the other. A process that crashes or is silent for long is ended, and another takes its place.

    with Reader() as reader: outcome = reader.outcome(one)
    """

    def __init__(self):
        self._process = self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    def outcome(self, one: Input) -> Outcome:
        """What comes of an input."""
        if self._process is None:
            self._start()
        outcome = self._asked(one)
        if outcome.is_failure:
            self._end()
        return outcome

    def _start(self):
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _asked(self, one):
        try:
            self._connection.send((one.way, one.suffix, one.content))
            if self._connection.poll(PATIENCE):
                return Outcome(*self._connection.recv())
        except (EOFError, OSError):
            self._process.join()
            return Outcome("crashed", f"exit code {self._process.exitcode}")
        return Outcome("silent", f"nothing for {PATIENCE} seconds")

    def _end(self):
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
            self._process = None


# ── In the process ──────────────────────────────────────────────────────────────────────────────────────────────────


def _work(connection):
    import cv2

    cv2.setNumThreads(1)  # many processors would count many seconds
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "errors.txt", "w+b") as errors:
        os.dup2(errors.fileno(), 2)  # what libraries in C say, which no learner should see
        ways = {"read": _read, "panel": _panel(), "collect": _collect}
        _warm_up(ways, Path(folder))
        _limit_memory()
        while True:
            try:
                way, suffix, content = connection.recv()
            except EOFError:
                return
            path = Path(folder) / f"picture{suffix}"
            _reset_peak()
            before, started = _memory("VmRSS"), time.process_time()
            try:
                answer, said = ways[way](path, content)
            except Exception as error:
                answer, said = f"{type(error).__module__}.{type(error).__name__}", str(error)[:500]
            seconds, megabytes = time.process_time() - started, _memory("VmHWM") - before
            if way == "collect":
                seconds /= max(said.count(path.name), 1)  # a file of many pages has as many photos
            if "cannot be read (" in said:
                answer = "an error in words"
            elif answer == "refused" and not all(map(_is_sentence, said.splitlines())):
                answer = "no sentence"
            if errors.seek(0, os.SEEK_END):
                errors.seek(0)
                answer, said = f"noise on the standard error ({answer})", errors.read().decode("utf-8", "replace")[:500]
                errors.truncate(0)
            connection.send((answer, said, seconds, megabytes))


def _is_sentence(line):
    """Whether a user was told what is wrong. That memory is short is no answer to a small file."""
    return SENTENCE.fullmatch(line.split("   ")[-1]) and "memory" not in line


def _warm_up(ways, folder):
    """Loads the network and the fonts, which belong to no picture."""
    from digitkit.data import data_dir

    for sample in ("pen_7", "class_sheet", "desk_427"):
        path = data_dir() / "samples" / f"{sample}.jpg"
        for way in ways.values():
            way(folder / path.name, path.read_bytes())


def _read(path, content):
    import digitkit
    from digitkit.preprocessing import PictureError

    try:
        digitkit.read(content)
    except PictureError as error:
        return "refused", str(error)
    return "read", ""


def _panel():
    from digitkit.widgets.panel import Panel

    panel = Panel()

    def way(path, content):
        """As the browser sends it."""
        pad = panel.picture_input
        pad.set_state({"content": memoryview(content), "name": path.name, "count": pad.count + 1})
        said = re.sub(r"<[^>]+>", "", panel.answer.value).strip()
        if panel.picture_input.shown:
            return "read", said
        return "refused", said

    return way


def _collect(path, content):
    """As the teacher does it, by the command."""
    from digitkit.__main__ import main

    path.write_bytes(content)
    out, err = io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["collect", str(path), "--out", str(Path(folder) / "class")])
    if status == 0:
        return "read", out.getvalue()
    return "refused", err.getvalue()


def _limit_memory():
    with contextlib.suppress(ImportError, ValueError):
        import resource

        used = _memory("VmSize") * 1e6
        resource.setrlimit(resource.RLIMIT_AS, (int(used + MOST_MEMORY), resource.RLIM_INFINITY))


def _memory(name):
    """Of this process, in megabytes: in use (VmRSS), at most since it was reset (VmHWM), reserved (VmSize)."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name)) / 1000
    import psutil

    return psutil.Process().memory_info().rss / 1e6  # elsewhere only what is left in use afterwards is seen


def _reset_peak():
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
