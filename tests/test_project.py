"""The project as a whole: what is installed and what is shipped."""

import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import nbformat
import pytest
import yaml

from digitkit.conversion import save_model, to_keras
from digitkit.files import home_dir
from digitkit.lessons import make_lessons
from digitkit.network import load_network, save_network

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_conda_and_binder_install_what_pyproject_says():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda, [pip] = [d for d in dependencies if isinstance(d, str)], [d for d in dependencies if isinstance(d, dict)]
    assert [name.split("=")[0] for name in conda] == ["python", "pip"]
    version = tuple(map(int, conda[0].split("=")[1].split(".")))
    assert (3, 11) <= version < (3, 14)
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert pip["pip"] == ["-e ."]


def test_nothing_is_too_large():
    for path in ROOT.glob("d*/**/*"):
        assert not path.is_file() or path.stat().st_size < 12_000_000, path
    for path in (ROOT / "digitkit" / "weights").glob("*.npz"):
        assert path.stat().st_size < 1_000_000
    for path in NOTEBOOKS:
        assert path.stat().st_size < 1_000_000


def test_the_training_log_is_beside_the_weights():
    log = (ROOT / "digitkit" / "weights" / "digits.log").read_text(encoding="utf-8")
    assert "python -m digitkit train" in log
    assert re.search(r"seed: \d+", log)
    assert float(re.search(r"test digits, opened once: ([\d.]+)%", log)[1]) >= 99.5


@pytest.mark.slow
def test_the_wheel_carries_data_weights_and_lessons(tmp_path):
    """Build the wheel, install it elsewhere, and far from the checkout read a sample and make the learner's lessons."""
    source = shutil.copytree(
        ROOT,
        tmp_path / "source",
        ignore=shutil.ignore_patterns(".git", "my", ".venv", "venv", "__pycache__", "tests"),
    )
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, source], check=True)
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < 16_000_000
    # The packages that it depends on are taken from this environment: this is about what the wheel itself holds.
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True).strip()
    import numpy

    (Path(site) / "dependencies.pth").write_text(str(Path(numpy.__file__).parent.parent))
    program = (
        "import digitkit, digitkit.lessons; r = digitkit.read(digitkit.data_dir() / 'samples' / 'pen_7.jpg'); "
        "print(digitkit.__file__); print(r.text, len(digitkit.load_mnist().train), digitkit.home_dir()); "
        "digitkit.lessons.make_lessons(digitkit.home_dir() / 'lessons')"
    )
    environment_variables = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PATH": "/usr/bin:/bin"}
    result = subprocess.run([python, "-c", program], cwd=tmp_path, env=environment_variables, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    file, line = result.stdout.splitlines()
    assert str(environment) in file
    assert line == f"7 60000 {tmp_path / 'digitkit'}"
    made, _ = make_lessons(tmp_path / "of the checkout")
    assert len(list((tmp_path / "digitkit" / "lessons").rglob("*.*"))) == len(made)
    for name in made:
        assert (tmp_path / "digitkit" / "lessons" / name).read_bytes() == (tmp_path / "of the checkout" / name).read_bytes()
    assert Path(site, "digitkit", "jupyter", "labconfig", "default_setting_overrides.json").is_file()


def test_each_promise_about_safety_names_a_test_that_exists():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 8
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        for path, name in named:
            assert f"\ndef {name}(" in (ROOT / path).read_text(encoding="utf-8"), name


@pytest.mark.slow
def test_a_copy_of_the_last_notebook_runs_offline_and_once_more(tmp_path, monkeypatch):
    """As a learner runs it, outside the checkout, where notebook 03 has saved a network.

    The second time, each cell whose output is compared must say the same as the first time.
    """
    folder = shutil.copytree(ROOT / "notebooks", tmp_path / "my class 7b" / "the notebooks")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests" / "offline"))
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "my own digits"))
    reach_out = "import urllib.request; urllib.request.urlopen('http://192.0.2.1', timeout=5)"
    assert "this computer is offline" in subprocess.run([sys.executable, "-c", reach_out], capture_output=True, text=True).stderr
    save_network(load_network(), home_dir() / "my_network.npz")
    save_model(to_keras(load_network()), home_dir() / "my_model.keras")
    monkeypatch.syspath_prepend(str(folder))
    import execute

    [path] = folder.glob("06*.ipynb")
    said = []
    for _ in range(2):
        execute.execute(path)
        said.append(compared_outputs(path))
    assert said[0] == said[1]


def compared_outputs(path):
    """The outputs of a notebook's cells, except those that may differ from run to run. No cell may have failed."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    kept = [cell for cell in cells if "nbval-ignore-output" not in cell.metadata.get("tags", [])]
    return [output.get("text") or output.data.get("text/plain") for cell in kept for output in cell.outputs]
