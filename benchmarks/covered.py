"""Which lines and branches of each package the usual tests run:  python benchmarks/covered.py [FILE.json]

Runs the tests in one process with pytest-cov (`pip install pytest-cov`), without the browser tests, the slow ones and the
notebooks, and prints a table. What runs in another process is not counted: kernels, commands, workers, the panel's server.
FILE.json: what `coverage json` wrote of an earlier run, to print its table again.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ["tests", "digitkit", "classroom", "--ignore=tests/browser"]


def measured(file):
    """Run the tests; their coverage goes to a JSON file."""
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", "--cov=digitkit", "--cov-branch", f"--cov-report=json:{file}"]
    subprocess.run([sys.executable, "-m", "pytest", *options, *TESTS], cwd=ROOT, check=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = Path(sys.argv[1] if len(sys.argv) > 1 else f"{folder}/coverage.json")
        if len(sys.argv) == 1:
            measured(file)
        files = json.loads(file.read_text(encoding="utf-8"))["files"]
    packages = {}
    for name, found in files.items():
        parts = Path(name).parts
        package = parts[1] if len(parts) > 2 else "modules beside them"
        packages.setdefault(package, Counter()).update({key: n for key, n in found["summary"].items() if isinstance(n, int)})
    packages = dict(sorted(packages.items())) | {"all": sum(packages.values(), Counter())}
    print(f"{'':20} {'lines':>7} {'run':>7} {'branches':>9} {'taken':>7}")
    for package, count in packages.items():
        lines, run, branches, taken = (
            count[key] for key in ("num_statements", "covered_lines", "num_branches", "covered_branches")
        )
        print(f"{package:20} {lines:7,} {run / lines:7.1%} {branches:9,} {taken / branches if branches else 1:7.1%}")


if __name__ == "__main__":
    main()
