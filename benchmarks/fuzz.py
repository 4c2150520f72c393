"""Hostile pictures by the thousand: python benchmarks/fuzz.py [--count 100000] [--seed 20] [--processes 2] [--failures FOLDER]

Mutated files of every format (tests/fuzzing.py) go through `digitkit.read`, one in 40 through the panel, one in 40 through
`collect`, each PDF through `collect`. Each must get an answer or one sentence within 2 seconds of the processor and 500 MB
(tests/bounded.py); of a file of many pages, each page. Prints a table, and writes the inputs that failed to a folder.
"""

import argparse
import os
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import bounded
import fuzzing

WAYS = ["read"] * 38 + ["panel", "collect"]

bounded.SLOWER = 1  # here the promise itself is measured


def main():
    parser = argparse.ArgumentParser(description="Hostile pictures by the thousand.")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many read at once")
    parser.add_argument("--failures", type=Path, default=Path("fuzz_failures"))
    options = parser.parse_args()
    started, found = time.time(), defaultdict(list)
    with ThreadPoolExecutor(options.processes) as readers:
        for outcomes in readers.map(partial(every_few, options), range(options.processes)):
            for row, some in outcomes.items():
                found[row] += some
    print(
        f"python benchmarks/fuzz.py --count {options.count} --seed {options.seed}: {(time.time() - started) / 60:.0f} minutes\n"
    )
    print(f"{'':16} {'inputs':>7} {'read':>7} {'refused':>8} {'slowest':>8} {'largest':>8} {'failed':>7}")
    for name in [*fuzzing.SUFFIXES, *(f"through {way}" for way in dict.fromkeys(WAYS)), "all"]:
        print(line(name, found[name]))


def every_few(options, first):
    """Read every so manieth input, from the first-th on. Returns {row of the table: outcomes}."""
    found, numbers = defaultdict(list), range(first, options.count, options.processes)
    with bounded.Reader() as reader:
        for number, one in zip(numbers, fuzzing.inputs(options.seed, numbers, WAYS), strict=True):
            outcome = reader.outcome(one)
            for row in (one.kind, f"through {one.way}", "all"):
                found[row].append(outcome)
            if outcome.is_failure:
                options.failures.mkdir(parents=True, exist_ok=True)
                (options.failures / f"{options.seed}_{number}_{one.way}{one.suffix}").write_bytes(one.content)
                print(f"{number} {one.kind} {one.way}: {outcome}", file=sys.stderr, flush=True)
            if number % 5000 < options.processes:
                print(f"{number:,} of {options.count:,}", file=sys.stderr, flush=True)
    return found


def line(name, outcomes):
    """A row of the table: how many inputs, how many of them read and refused, seconds, megabytes, failures."""
    sound = [outcome for outcome in outcomes if not outcome.is_failure]
    read, refused = (sum(outcome.answer == answer for outcome in sound) for answer in ("read", "refused"))
    seconds = max((outcome.seconds for outcome in outcomes), default=0)
    megabytes = max((outcome.megabytes for outcome in outcomes), default=0)
    failed = len(outcomes) - len(sound)
    return f"{name:16} {len(outcomes):7,} {read:7,} {refused:8,} {seconds:6.2f} s {megabytes:5.0f} MB {failed:7,}"


if __name__ == "__main__":
    main()
