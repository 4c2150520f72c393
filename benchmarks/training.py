"""How fast is training, beside its peers? Each command prints a table and keeps it in benchmarks/training/:

    python benchmarks/training.py pytorch --python TORCH_ENVIRONMENT/bin/python    # the shortest training and PyTorch, in turn
    python benchmarks/training.py keras      # the shortest training and Keras's own example up to 99 %, in turn
    python benchmarks/training.py lesson     # the main and the long training of notebook 03
    python benchmarks/training.py tricks     # the shortest training with one thing changed, on the validation digits only
    python benchmarks/training.py sizes      # the main training on 1,000 to 55,000 digits, on the validation digits only
    python benchmarks/training.py plot       # all of it in one picture, benchmarks/pictures/training.png

Every training is a process of its own, see fits.py and fit_pytorch.py. The seeds are fixed: 1 to 5. Keep the computer idle.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from digitkit.plotting.figure import Drawing, plain

HERE = Path(__file__).resolve().parent
FOUND = HERE / "training"
SEEDS = [1, 2, 3, 4, 5]
SIZES = [1_000, 3_000, 10_000, 30_000, 55_000]
TRICKS = ["shortest", "hard labels", "constant learning rate", "constant and smaller", "smaller network", "8 and 16 kernels"]
TRICKS += ["dropout 0.3", "batches of 64"]
UNITS = {"seconds": "s", "validation": "%", "test": "%", "memory": "MB", "epochs": "epochs"}


def run(name, seed, python=sys.executable, size=None, test=False):
    """One training in a fresh process. Returns what it prints: a dict of numbers."""
    script = ["fit_pytorch.py"] if name == "pytorch" else ["fits.py", name]
    options = [*(["--size", str(size)] if size else []), *(["--test"] if test else [])]
    command = [python, HERE / script[0], *script[1:], str(seed), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"{name}{f', {size:,} digits' if size else ''}, seed {seed}: {found}", flush=True)
    return found


def in_turn(names, **options):
    """Every training with each seed, one of each name in turn, so that a busy minute strikes all alike."""
    found = {name: [] for name in names}
    for seed in SEEDS:
        for name in names:
            found[name].append(run(name, seed, **(options if name != "pytorch" else {**options, "python": PYTORCH})))
    return found


def table(found):
    """Medians, with the smallest and the largest; accuracies are means. found: {row: list of dicts of numbers}."""
    columns = [name for name in UNITS if any(name in one for rows in found.values() for one in rows)]
    lines = [f"| {len(SEEDS)} seeds | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for row, ones in found.items():
        cells = []
        for name in columns:
            numbers = [one[name] for one in ones if name in one]
            if not numbers:
                cells.append("")
            elif UNITS[name] == "%":
                spread = f"{min(numbers):.2%} to {max(numbers):.2%}"
                cells.append(f"{statistics.mean(numbers):.2%} ({spread})".replace("%", " %"))
            else:
                spread = f"{min(numbers):.4g} to {max(numbers):.4g}"
                cells.append(f"{statistics.median(numbers):.4g} {UNITS[name]} ({spread})")
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def ratio(found, ours, theirs):
    """The median of the ratios of the pairs, in words."""
    ratios = [one["seconds"] / other["seconds"] for one, other in zip(found[ours], found[theirs], strict=True)]
    return f"{ours} over {theirs}, seconds: median {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


def keep(name, found, *lines):
    model = next((line.partition(":")[2].strip() for line in _cpu() if line.startswith("model name")), platform.processor())
    machine = f"{platform.system()}, {os.cpu_count()} cores, {model}, Python {platform.python_version()}"
    text = "\n\n".join([table(found), *lines, f"{machine}. `python benchmarks/training.py {name}`"])
    print(f"\n{text}")
    FOUND.mkdir(exist_ok=True)
    (FOUND / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FOUND / f"{name}.md").write_text(text + "\n", encoding="utf-8")


def _cpu():
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def plot():
    """Seconds and accuracy of all trainings, and what fewer digits cost."""
    found = {}
    for name in ("pytorch", "keras", "lesson"):
        found = json.loads((FOUND / f"{name}.json").read_text(encoding="utf-8")) | found
    sizes = json.loads((FOUND / "sizes.json").read_text(encoding="utf-8"))
    figure = Drawing("Seconds and accuracy of all trainings.", 9, 3.4)
    left, right = figure.subplots(1, 2)
    names = {
        "shortest": "1 epoch",
        "main": "2 epochs",
        "thorough": "long",
        "pytorch": "PyTorch recipe",
        "keras example": "Keras example",
    }
    for (name, label), marker in zip(names.items(), "osD^v", strict=True):
        seconds, test = ([one[key] for one in found[name]] for key in ("seconds", "test"))
        left.plot(seconds, [100 * number for number in test], marker, label=label, alpha=0.8, markersize=6)
    left.set(
        xscale="log", xlabel="seconds to train (two cores)", ylabel="% of the test digits read right", title="time and accuracy"
    )
    left.legend(frameon=False, fontsize=8)
    digits = [int(size) for size in sizes]
    seconds, wrong = ([statistics.median(one[key] for one in sizes[size]) for size in sizes] for key in ("seconds", "validation"))
    right.plot(digits, [100 * (1 - number) for number in wrong], "o-", label="% read wrong")
    right.plot(digits, seconds, "s--", label="seconds")
    right.set(xscale="log", yscale="log", xlabel="digits trained on", title="cost and use of more digits")
    right.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        plain(axes, grid="both")
    figure.savefig(HERE / "pictures" / "training.png", dpi=96)


def main(what):
    match what:
        case "pytorch":
            found = in_turn(["shortest", "pytorch"], test=True)
            keep(what, found, ratio(found, "shortest", "pytorch"))
        case "keras":
            found = in_turn(["shortest", "keras example"], test=False)
            keep(what, found, ratio(found, "shortest", "keras example"))
        case "lesson":
            keep(what, in_turn(["main", "thorough"], test=True))
        case "tricks":
            found = in_turn(TRICKS)
            keep(what, {name: [{"validation": one["validation"]} for one in ones] for name, ones in found.items()})
        case "sizes":
            keep(what, {str(size): [run("main", seed, size=size) for seed in SEEDS] for size in SIZES})
        case "plot":
            plot()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=["pytorch", "keras", "lesson", "tricks", "sizes", "plot"])
    options.add_argument("--python", default=sys.executable, help="the Python of an environment with PyTorch")
    chosen = options.parse_args()
    PYTORCH = chosen.python
    main(chosen.what)
