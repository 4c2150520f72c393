"""Does the kit work on every Python that it allows, with the newest and with the oldest packages that it allows?

    python benchmarks/places.py newest python3.11 python3.12 python3.13
    python benchmarks/places.py oldest python3.11 python3.12 python3.13

For each Python it makes an environment in a temporary folder (3 GB, most of it TensorFlow), runs all usual tests in it, with the
notebooks, and prints a row of a table. The oldest are the first releases within the bounds of pyproject.toml, those of the tests
too, that have a wheel for that Python; what these need in turn is as new as they allow.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
SHOWN = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "opencv-python": "OpenCV", "jupyterlab": "JupyterLab"}


def requirements():
    """What pyproject.toml asks for on this system, that of the tests included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    asked = map(Requirement, lines)
    return [requirement for requirement in asked if requirement.marker is None or requirement.marker.evaluate()]


def oldest(python, requirement):
    """The first release within a requirement's bounds that has a wheel for this Python, as a line for pip: numpy==1.26.0."""
    pip = [python, "-m", "pip"]
    printed = subprocess.run([*pip, "index", "versions", requirement.name], capture_output=True, text=True, check=True).stdout
    versions = re.search(r"(?m)^Available versions: (.+)$", printed)[1].split(", ")
    for version in sorted(requirement.specifier.filter(versions), key=Version):
        pin = f"{requirement.name}=={version}"
        only_asking = [*pip, "install", "--dry-run", "--no-deps", "--only-binary", ":all:", pin]
        if subprocess.run(only_asking, capture_output=True).returncode == 0:
            return pin
    raise SystemExit(f"No release of {requirement} has a wheel for {python}.")


def try_out(python, packages, folder):
    """Make an environment in a folder, run the tests in it, and return the row of the table."""
    start = time.monotonic()
    subprocess.run([python, "-m", "venv", folder / "env"], check=True)
    own = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pins = folder / "pins.txt"
    pins.write_text("\n".join(oldest(own, asked) for asked in requirements()) if packages == "oldest" else "")
    subprocess.run([own, "-m", "pip", "install", "--quiet", "-c", pins, "-e", f"{ROOT}[test]"], check=True, stderr=sys.stderr)
    installed = time.monotonic()
    result = subprocess.run(
        [own, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True
    )
    for line in result.stdout.splitlines():
        if line.startswith(("FAILED", "ERROR")):  # so that it can be run again by its name
            print(line, file=sys.stderr)
    *_, last = result.stdout.strip().splitlines() or [result.stderr]
    said = subprocess.run([own, "-m", "pip", "list", "--format", "freeze"], capture_output=True, text=True, check=True).stdout
    versions = dict(line.split("==") for line in said.splitlines() if "==" in line)
    return [
        subprocess.check_output([own, "-c", "import platform; print(platform.python_version())"], text=True).strip(),
        packages,
        *(versions[name] for name in SHOWN),
        f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file() and not path.is_symlink()) / 1e9:.1f} GB",
        f"{installed - start:.0f} s",
        re.sub(r"=+|in [\d.]+s.*|\d+ (deselected|warnings?),? ?", "", last).strip().rstrip(","),
        f"{time.monotonic() - installed:.0f} s",
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", choices=["newest", "oldest"])
    parser.add_argument("pythons", nargs="+", metavar="python", help="an interpreter, for example python3.13")
    options = parser.parse_args()
    print("| " + " | ".join(["Python", "packages", *SHOWN.values(), "size", "install", "tests", "they took"]) + " |")
    print("|" + 11 * "---|", flush=True)
    for python in options.pythons:
        with tempfile.TemporaryDirectory() as folder:
            print("| " + " | ".join(try_out(python, options.packages, Path(folder))) + " |", flush=True)


if __name__ == "__main__":
    main()
