"""Does a test fail when a line of the kit is changed?  python benchmarks/mutants.py [PACKAGE …] [--sample 30] [--log FILE]

Each mutant is one small change of one module: a comparison, a sum, a number, a text, a removed argument, statement or `not`.
It is judged by the tests that run its line, the fastest first, in a process of its own; nothing on the disk is changed. Prints
a table, and before it each mutant that no test noticed. The changes are those of mutmut (`pip install mutmut==3.8.1`) and a
few more; its own runner would leave out constants and whatever has a decorator, which is every check of an exercise.
"""

import argparse
import contextlib
import functools
import gc
import importlib
import json
import math
import multiprocessing
import os
import random
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

import coverage
import pytest
from mutations import ROOT, Changed, mutants_of

TESTS = {  # what is about a package, in the folder of the tests
    "network": [
        "test_network.py",
        "test_faults.py::test_weights_that_are_none_are_named_by_whatever_takes_them",
        "test_conversion.py",
    ],
    "exercises": ["test_exercises.py"],
    "reading": ["test_reading.py", "test_sheet.py"],
    "conversion": ["test_conversion.py", "test_explain.py"],
    "preprocessing": ["test_preprocessing.py", "test_sheet.py"],
}
WARM = [  # imported once, before the forks
    *("numpy", "numpy.random", "cv2", "PIL.Image", "PIL.ImageOps", "pi_heif", "pillow_heif"),
    *("IPython", "nbformat", "anywidget", "matplotlib.pyplot"),
]
USES_KERAS = {"network", "exercises", "conversion"}
PYTEST = ["-q", "-x", "-o", "addopts=--doctest-modules", "-m", "not slow", "-p", "no:cacheprovider", "--assert", "plain"]
OUTCOMES = ["killed", "timeout", "survived", "no test"]
MEMORY = 24 << 30  # TensorFlow maps much more than it uses


class Watching:
    """A pytest plugin that notes which lines each test runs, and how long it takes."""

    def __init__(self, package):
        self.now, self.seconds, self.users = "", {}, defaultdict(set)
        self.coverage = coverage.Coverage(data_file=None, source=[str(ROOT / "digitkit" / package)], config_file=False)

    def pytest_collection_modifyitems(self, items):
        for item in items:
            for name in item.fixturenames if hasattr(item, "fixturenames") else ():
                self.users[f"{item.path.name}:{name}"].add(item.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        for name, module in sys.modules.items():
            for thing in vars(module).values() if name.startswith("digitkit.") else ():
                if isinstance(thing, functools._lru_cache_wrapper):
                    thing.cache_clear()  # what an earlier test left there, this one would not run
        self.now = item.nodeid
        self.coverage.switch_context(self.now)
        started = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - started
        self.coverage.switch_context("")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        if fixturedef.scope == "function":
            return (yield)
        self.coverage.switch_context(f"{request.path.name if request.scope != 'session' else ''}:{fixturedef.argname}")
        result = yield
        self.coverage.switch_context(self.now)
        return result


def watched(package, answer):
    """Run the tests once, with nothing changed, and send (exit code, seconds of each test, {file: {line: tests}})."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (for the rest of the process)
    plugin = Watching(package)
    plugin.coverage.start()
    code = pytest.main([*PYTEST, *_files(package)], plugins=[plugin])
    plugin.coverage.stop()
    data, lines = plugin.coverage.get_data(), {}
    for file in data.measured_files():
        lines[file] = {}
        for line, contexts in data.contexts_by_lineno(file).items():
            tests = set()
            for context in contexts:
                tests |= {context} if context in plugin.seconds else plugin.users.get(context, set())
            lines[file][line] = sorted(tests), "" in contexts
    answer.put((int(code), dict(plugin.seconds), lines))


def _files(package):
    return [*(str(ROOT / "tests" / name) for name in TESTS[package]), str(ROOT / "digitkit" / package)]


def tests_for(mutant, seconds, lines, most):
    """The tests that run a mutant's statement, the fastest first; for what runs at the import, all that run its module.

    seconds: of each test. most: how many of them all may take together.
    """
    of_file = lines.get(str(mutant.path), {})
    first, last = mutant.lines
    here = [of_file[line] for line in range(first, last + 1) if line in of_file]
    at_import = any(imported for _, imported in here)
    tests = {test for found, _ in (of_file.values() if at_import else here) for test in found}
    chosen, together = [], 0.0
    for test in sorted(tests, key=seconds.get):
        together += seconds[test]
        if together > most:
            break
        chosen.append(test)
    return chosen


def started(mutant, tests, allowed):
    """Fork a process that imports a mutant and runs its tests; its id. allowed: seconds of the processor."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + allowed), resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    code = 1
    try:
        code = int(pytest.main([*PYTEST, *tests], plugins=[Changed(mutant)]))
    finally:
        os._exit(code)


def ended(running):
    """Wait until one of the running processes ends: its id and what became of its mutant."""
    while True:
        for child, until in running.items():
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)  # what a test has started
                if os.WIFSIGNALED(status):
                    return child, "timeout"
                return child, "survived" if os.WEXITSTATUS(status) == 0 else "killed"
            if time.time() > until:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)


def judged(mutants, seconds, lines, most, processes, until):
    """Yields (mutant, "killed", "survived", "timeout" or "no test") as each is known; begins none after a time."""
    running, which, waiting = {}, {}, list(mutants)
    while running or (waiting and time.time() < until):
        if waiting and len(running) < processes and time.time() < until:
            mutant = waiting.pop(0)
            tests = tests_for(mutant, seconds, lines, most)
            if not tests:
                yield mutant, "no test"
                continue
            allowed = 10 + 6 * sum(seconds[test] for test in tests)
            child = started(mutant, tests, allowed)
            running[child], which[child] = time.time() + 4 * allowed, mutant
            continue
        child, outcome = ended(running)
        del running[child]
        yield which.pop(child), outcome


def killed_before(log):
    """The mutants of which a log says nothing but that they were killed; several may look alike."""
    lines = log.read_text(encoding="utf-8").splitlines() if log and log.is_file() else []
    outcomes = defaultdict(set)
    for outcome, mutant in map(json.loads, lines):
        outcomes[json.dumps(mutant)].add(outcome)
    return {mutant for mutant, seen in outcomes.items() if seen <= {"killed", "timeout"}}


def watched_elsewhere(package):
    """`watched`, in a process of its own, so that nothing of the kit is imported in this one."""
    fork = multiprocessing.get_context("fork")
    answer = fork.Queue()
    process = fork.Process(target=watched, args=(package, answer))
    process.start()
    code, seconds, lines = answer.get()
    process.join()
    if code:
        sys.exit(f"The tests of {package} fail without any change: mend them first.")
    return seconds, lines


def row(name, count, found, minutes):
    """A row of the table."""
    counts = " ".join(f"{found[outcome]:9,}" for outcome in OUTCOMES)
    return f"{name:14} {count:8,} {found.total():7,} {counts} {minutes:8.0f}"


def main():
    parser = argparse.ArgumentParser(description="Does a test fail when a line of the kit is changed?")
    parser.add_argument("packages", nargs="*", default=list(TESTS), metavar="PACKAGE", help=f"of {', '.join(TESTS)}")
    parser.add_argument("--sample", type=int, help="at most so many mutants of each module, by chance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf, help="of tests for one mutant, the fastest first")
    parser.add_argument("--minutes", type=float, default=math.inf, help="for a package: after them no further mutant is tried")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument(
        "--log", type=Path, help="a file of what became of each mutant; what it says was killed is not tried again"
    )
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    table = []
    for package in options.packages:
        for name in [*WARM, *(["tensorflow", "keras"] if package in USES_KERAS else [])]:
            importlib.import_module(name)
        gc.freeze()
        chance, chosen, count = random.Random(options.seed), [], 0
        for path in sorted((ROOT / "digitkit" / package).glob("*.py")):
            mutants = mutants_of(path)
            count += len(mutants)
            chosen += chance.sample(mutants, min(options.sample or len(mutants), len(mutants)))
        seconds, lines = watched_elsewhere(package)
        before = killed_before(options.log)
        left = [mutant for mutant in chosen if json.dumps(mutant.told) not in before]
        chance.shuffle(left)
        print(f"{package}: {len(seconds)} tests, {sum(seconds.values()):.0f} s; {len(left)} mutants", file=sys.stderr, flush=True)
        found, begun = Counter(killed=len(chosen) - len(left)), time.time()
        until = begun + 60 * options.minutes
        for mutant, outcome in judged(left, seconds, lines, options.seconds, options.processes, until):
            found[outcome] += 1
            if outcome in {"survived", "no test"}:
                where = f"{mutant.path.relative_to(ROOT / 'digitkit')}:{mutant.lines[0]}"
                print(f"{outcome}  {where}  {mutant.kind}\n    - {mutant.before}\n    + {mutant.after}", flush=True)
            if options.log:
                with options.log.open("a", encoding="utf-8") as log:
                    print(json.dumps([outcome, mutant.told]), file=log)
        table.append(row(package, count, found, (time.time() - begun) / 60))
    print(f"\n{'':14} {'mutants':>8} {'tried':>7} {' '.join(f'{name:>9}' for name in OUTCOMES)} {'minutes':>8}")
    print("\n".join(table))


if __name__ == "__main__":
    main()
