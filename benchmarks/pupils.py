"""Pupils out of order: python benchmarks/pupils.py [--minutes 60] [--seed 100] [--notebooks 03 04 …]

Each notebook is run in each way of tests/pupils.py, over and over, each time in another order by chance: shuffled, each cell
twice, interrupted half-way, on from the middle after a restart, jumping back and forth, with exercises undone, half done and
wrong; then each widget is used. Prints a table, and each fault as soon as it is found. Linux only.
"""

import argparse
import itertools
import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from pupils import LESSONS, WAYS, Room, sitting


def main():
    parser = argparse.ArgumentParser(description="Pupils out of order.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=100, help="the first of as many as there is time for")
    parser.add_argument("--notebooks", nargs="*", default=[""], help="parts of their names")
    options = parser.parse_args()
    chosen = [path for path in LESSONS if any(part in path.stem for part in options.notebooks)]
    end, found = time.time() + 60 * options.minutes, defaultdict(Counter)
    with Room() as room:
        for seed, path, way in rounds(chosen, options.seed):
            if time.time() > end:
                break
            said, seconds = room.seat(sitting(path, way, seed))
            for row in (path.stem, way, "all"):
                found[row] += Counter(one.kind for one in said) + Counter(sittings=1, cells=len(seconds))
            for one in said:
                if one.kind == "fault":
                    print(f"{path.stem}, {way}, seed {seed}, cell {one.cell}: {one.said}", file=sys.stderr, flush=True)
    print(f"python benchmarks/pupils.py --minutes {options.minutes:g} --seed {options.seed}\n")
    print(f"{'':26} {'sittings':>9} {'cells':>7} {'own errors':>11} {'sentences':>10} {'faults':>7}")
    for name in [*(path.stem for path in chosen), *WAYS, "all"]:
        row = found[name]
        print(f"{name:26} {row['sittings']:9,} {row['cells']:7,} {row['own']:11,} {row['sentence']:10,} {row['fault']:7,}")


def rounds(paths, seed):
    """(seed, path, way): with one seed after the other, each notebook in each way, mixed."""
    for number in itertools.count(seed):
        each = list(itertools.product([number], paths, WAYS))
        yield from random.Random(number).sample(each, len(each))


if __name__ == "__main__":
    main()
