"""Is everything the kit needs installed and working? Prints one line per check, and how to fix each failure.

A version number proves nothing, so each package is imported, in its own process.
"""

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = {  # the package's name -> the module to import
    "jupyterlab": "jupyterlab",
    "tensorflow": "tensorflow",
    "keras": "keras",
    "numpy": "numpy",
    "opencv-python": "cv2",
    "pillow": "PIL.Image",
    "matplotlib": "matplotlib.figure",
    "ipywidgets": "ipywidgets",
    "nbval": "nbval",
    "anywidget": "anywidget",
}
FRONT_ENDS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}  # what JupyterLab needs
NEEDED = 1.5  # gigabytes of memory for training


def examine() -> int:
    """Print an OK or FAIL line for each check. Returns 0 if all are OK, else 1."""
    imports = _start_imports()
    checks = [
        ("Python", _python),
        *[(package, lambda package=package: _package(package, imports)) for package in PACKAGES],
        ("Keras settings", _keras_settings),
        ("widgets in JupyterLab", _front_ends),
        ("MNIST", _mnist),
        ("weights", _weights),
        ("reading", _reading),
        ("your own folder", _write_access),
        ("memory", _memory),
    ]
    failed = 0
    for name, check in checks:
        try:
            print(f"OK    {name}: {check()}", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAIL  {name}: {error}", flush=True)
    summary = f"{failed} of {len(checks)} checks failed. Fix them in order and run this again."
    print(summary if failed else "All checks passed.")
    return 1 if failed else 0


def _start_imports():
    """Import each package in a fresh process, so that a broken one does not hide another. All start at once."""
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    return {
        name: subprocess.Popen(
            [sys.executable, "-c", f"import {module}"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=quiet
        )
        for name, module in PACKAGES.items()
        if _is_installed(name)
    }


def _is_installed(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _python():
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise RuntimeError(
            f"this is {platform.python_version()}, but TensorFlow needs 3.11 to 3.13. Create an environment with one of them."
        )
    return platform.python_version()


def _package(name, imports):
    version = _is_installed(name)
    if version is None:
        raise RuntimeError(f"not installed. Run: pip install {name}")
    _, complaints = imports[name].communicate()
    if imports[name].returncode:
        last = (complaints.strip().splitlines() or ["it stops without a message"])[-1]
        raise RuntimeError(f"version {version} is installed, but cannot be imported ({last}). {_fix(name, last)}")
    return version


def _fix(name, complaint):
    if name == "opencv-python" and ".so" in complaint and sys.platform == "linux":
        return "Run: sudo apt-get install libgl1 libglib2.0-0"
    if name in {"tensorflow", "keras"} and os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        return "Remove KERAS_BACKEND from your environment: the kit trains with TensorFlow."
    if name == "tensorflow" and sys.platform == "win32":
        return "Install Microsoft's Visual C++ Redistributable, then run: pip install --force-reinstall tensorflow"
    return f"Run: pip install --force-reinstall {name}"


def _keras_settings():
    folder = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    file = folder / "keras.json"
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        settings = {}
    except (OSError, ValueError):
        raise RuntimeError(f"{file} cannot be read. Delete it: Keras will create a new one.") from None
    backend = os.environ.get("KERAS_BACKEND") or settings.get("backend", "tensorflow")
    if backend != "tensorflow":
        where = "the variable KERAS_BACKEND" if os.environ.get("KERAS_BACKEND") else f'"backend" in {file}'
        raise RuntimeError(f"the backend is {backend}, but the kit trains with TensorFlow. Remove {where}.")
    if settings.get("image_data_format", "channels_last") != "channels_last":
        raise RuntimeError(f'images are {settings["image_data_format"]}. Write "channels_last" in {file}, or delete it.')
    return "TensorFlow, channels last"


def _front_ends():
    """Check that JupyterLab finds the browser side of the widgets, in a version that matches the Python side."""
    version, front_end = _is_installed("ipywidgets"), _is_installed("jupyterlab_widgets")
    if version and int(version.split(".")[0]) == 8 and (front_end is None or int(front_end.split(".")[0]) != 3):
        raise RuntimeError(f"ipywidgets {version} needs jupyterlab_widgets 3, not {front_end}. Run: pip install -U ipywidgets")
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    for package, extension in FRONT_ENDS.items():
        if not any((folder / extension / "package.json").is_file() for folder in folders):
            raise RuntimeError(f"{package} shows nothing in JupyterLab here. Run: pip install --force-reinstall {package}")
    return f"jupyterlab_widgets {front_end}, anywidget {_is_installed('anywidget')}"


def _mnist():
    from digitkit.data import load_mnist

    mnist = load_mnist()
    return f"{len(mnist.train):,} training and {len(mnist.test):,} test digits, checksums match"


def _weights():
    from digitkit.network import load_network

    settings = [value for _, layer in load_network().layers for value in layer.values() if hasattr(value, "size")]
    return f"{sum(array.size for array in settings):,} numbers"


def _reading():
    from digitkit.data import data_dir
    from digitkit.reading import read

    text = read(data_dir() / "samples" / "pen_7.jpg").text
    if text != "7":
        raise RuntimeError(f"the sample pen_7.jpg is read as “{text}”. Get the kit again: its files have changed.")
    return "the sample pen_7.jpg is a 7"


def _write_access():
    from digitkit.files import FolderError, home_dir

    try:
        folder = home_dir()
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except FolderError as error:
        raise RuntimeError(str(error)) from None
    except OSError as error:
        raise RuntimeError(f"cannot write there ({error}). Set DIGITKIT_HOME to a folder you can write to.") from None


def _memory():
    gigabytes = _free_bytes() / 1e9
    if gigabytes < NEEDED:
        raise RuntimeError(f"{gigabytes:.1f} GB are free; training needs {NEEDED}. Close other programs and notebooks.")
    if gigabytes == float("inf"):
        return f"cannot be measured on this system; training needs {NEEDED} GB"
    return f"{gigabytes:.1f} GB free"


def _free_bytes(root="/"):
    """Free memory: the computer's, or what is left of a container's limit, whichever is less."""
    return min(_free_in_all(root), _left_in_container(root))


def _free_in_all(root):
    try:
        with open(f"{root}proc/meminfo", encoding="ascii") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return float("inf")


def _left_in_container(root):
    """A container's memory limit minus its use (Linux control groups, version 2 or 1); infinite without a limit."""
    for limit, used in [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")]:
        try:
            numbers = [(Path(root) / "sys/fs/cgroup" / name).read_text(encoding="ascii").strip() for name in (limit, used)]
            return max(int(numbers[0]) - int(numbers[1]), 0)
        except (OSError, ValueError):  # not there, or "max"
            continue
    return float("inf")
