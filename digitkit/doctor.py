"""Is everything the kit needs installed and working? Prints one line per check, and how to fix each failure.

A version number proves nothing, so each package is imported, in its own process.
"""

import importlib.metadata
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
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
    "pypdfium2": "pypdfium2",
    "voila": "voila.app",
}
FRONT_ENDS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}  # what JupyterLab needs
NEEDED = 1.5  # gigabytes of memory for training
PATIENCE = 180  # seconds for all imports together; TensorFlow's first one takes long behind a virus scanner
READS = {"numpy", "opencv-python", "pillow"}  # without these nothing can be read, and importing them could end this process


def examine() -> int:
    """Print an OK or FAIL line for each check. Returns 0 if all are OK, else 1."""
    imports, deadline = _start_imports(), time.monotonic() + PATIENCE
    broken: set[str] = set()
    checks = [
        ("Python", _python),
        *[(package, lambda package=package: _package(package, imports, deadline)) for package in PACKAGES],
        ("Keras settings", _keras_settings),
        ("widgets in JupyterLab", _front_ends),
        ("MNIST", lambda: _unless(broken, _mnist)),
        ("weights", lambda: _unless(broken, _weights)),
        ("reading", lambda: _unless(broken, _reading)),
        ("your own folder", _write_access),
        ("memory", _memory),
    ]
    for name, check in checks:
        try:
            line = f"OK    {name}: {check()}"
        except Exception as error:
            broken.add(name)
            line = f"FAIL  {name}: {error}"
        print(line, flush=True)
    summary = f"{len(broken)} of {len(checks)} checks failed. Fix them in order and run this again."
    print(summary if broken else "All checks passed.")
    return 1 if broken else 0


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


def _package(name, imports, deadline):
    version = _is_installed(name)
    if version is None:
        raise RuntimeError(f"not installed. Run: pip install {name}")
    process = imports[name]
    try:
        _, complaints = process.communicate(timeout=max(deadline - time.monotonic(), 0.1))
        last = (complaints.strip().splitlines() or ["it stops without a message"])[-1]
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        last = f"it has not ended after {PATIENCE} seconds"
    if process.returncode:
        raise RuntimeError(
            f"version {version} is installed, but cannot be imported ({last}). {_fix(name, last, process.returncode)}"
        )
    return version


def _fix(name, complaint, status):
    if name == "tensorflow" and status in {-signal.SIGILL, 0xC000001D}:  # Unix and Windows say so of an unknown instruction
        return "This computer's processor is too old for TensorFlow: all notebooks but 03 and 05 still work."
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
        settings = dict(json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        settings = {}
    except (OSError, ValueError, TypeError):
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


def _unless(broken, check):
    if broken & READS:
        raise RuntimeError("cannot be checked before the packages above are mended.")
    return check()


def _mnist():
    from digitkit.data import load_mnist

    mnist = load_mnist()
    return f"{len(mnist.train):,} training and {len(mnist.test):,} test digits, checksums match"


def _weights():
    import numpy as np

    from digitkit.explain import nearest_examples
    from digitkit.network import load_network
    from digitkit.preprocessing.sheet import paper_map

    network = load_network()
    paper_map(np.zeros((28, 28, 3), np.uint8))
    nearest_examples(np.zeros((28, 28), np.uint8), network)
    settings = [value for _, layer in network.layers for value in layer.values() if hasattr(value, "size")]
    return f"{sum(array.size for array in settings):,} numbers; the sheet finder and the nearest digits are there"


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
    gigabytes = free_bytes() / 1e9
    if gigabytes < NEEDED:
        raise RuntimeError(f"{gigabytes:.1f} GB are free; training needs {NEEDED}. Close other programs and notebooks.")
    if gigabytes == float("inf"):
        return f"cannot be measured on this system; training needs {NEEDED} GB"
    return f"{gigabytes:.1f} GB free"


def free_bytes(root="/"):
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
    """What is left of the memory limits of this process's control groups (Linux, version 1 and 2); infinite without a limit.

    A group is bound by the limits of the groups around it too. What it only keeps of files in case they are read again
    counts as used, but is free to be taken.
    """
    left = float("inf")
    for mounted, names in [
        ("sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file ")),
        ("sys/fs/cgroup/memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ")),
    ]:
        mount = Path(root) / mounted
        group = mount / _own_group(root, "memory" if mounted.endswith("memory") else "")
        for place in [group, *(above for above in group.parents if above.is_relative_to(mount))]:
            try:
                limit, used = [int((place / name).read_text(encoding="ascii")) for name in names[:2]]
            except (OSError, ValueError):  # not there, or "max"
                continue
            left = min(left, max(limit - used + _number_after(names[2], place / "memory.stat"), 0))
    return left


def _own_group(root, controller):
    """The path of this process's control group. A line of the file says, for example, 4:memory:/docker/12ab."""
    try:
        lines = (Path(root) / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    parts = [line.split(":", 2) for line in lines]
    return next((path.strip("/") for _, controllers, path in parts if controller in controllers.split(",")), "")


def _number_after(name, file):
    try:
        return next(int(line[len(name) :]) for line in file.read_text(encoding="ascii").splitlines() if line.startswith(name))
    except (OSError, ValueError, StopIteration):
        return 0
