"""Does the kit have everything it needs? One line for each check; a failed one says how to fix it."""

import importlib.metadata
import os
import platform
import sys
import tempfile

PACKAGES = [
    "jupyterlab",
    "tensorflow",
    "keras",
    "numpy",
    "opencv-python",
    "pillow",
    "matplotlib",
    "ipywidgets",
    "nbval",
    "anywidget",
]


def examine():
    """Print an OK or FAIL line for each check. Returns 0 if all are OK, else 1."""
    checks = [
        ("Python", _python),
        *[(package, lambda package=package: _package(package)) for package in PACKAGES],
        ("OpenCV's system libraries", _opencv),
        ("MNIST", _mnist),
        ("weights", _weights),
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
    print(
        "All checks passed." if not failed else f"{failed} of {len(checks)} checks failed. Fix them in order and run this again."
    )
    return 1 if failed else 0


def _python():
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise RuntimeError(
            f"this is {platform.python_version()}, but TensorFlow needs 3.11 to 3.13. Create an environment with one of these."
        )
    return platform.python_version()


def _package(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise RuntimeError(f"not installed. Run: pip install {name}") from None


def _opencv():
    try:
        import cv2
    except ImportError as error:
        library = str(error).split(":")[0]
        fix = (
            "sudo apt-get install libgl1 libglib2.0-0"
            if sys.platform == "linux"
            else "pip install --force-reinstall opencv-python"
        )
        raise RuntimeError(f"{library} is missing. Run: {fix}") from None
    return f"cv2 {cv2.__version__}"


def _mnist():
    from digitkit.data import load_mnist

    mnist = load_mnist()
    return f"{len(mnist.train):,} training and {len(mnist.test):,} test digits, checksums match"


def _weights():
    from digitkit.network import load_network

    network = load_network()
    return (
        f"{sum(array.size for _, settings in network.layers for array in settings.values() if hasattr(array, 'size')):,} numbers"
    )


def _write_access():
    from digitkit.files import home_dir

    try:
        folder = home_dir()
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError as error:
        raise RuntimeError(f"cannot write there ({error}). Set DIGITKIT_HOME to a folder you can write to.") from None


def _memory():
    gigabytes = _free_bytes() / 1e9
    if gigabytes < 1.5:
        raise RuntimeError(f"{gigabytes:.1f} GB are free; training needs 1.5. Close other programs and notebooks.")
    return f"{gigabytes:.1f} GB free" if gigabytes < float("inf") else "cannot be measured on this system; training needs 1.5 GB"


def _free_bytes():
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return float("inf")
