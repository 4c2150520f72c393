"""Makes a plain `pytest --nbval` strict and the same on every machine."""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
PYTHONPATH = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
# Two tests run at once: threads of one that wait for a core that the other has would slow both down five times.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_configure(config):
    if config.pluginmanager.hasplugin("nbval"):
        config.option.nbval_current_env = True  # a notebook saved under another kernel's name still runs here
        config.option.nbval_sanitize_with = str(ROOT / "tests" / "nbval_sanitize.cfg")
        config.option.nbval_cell_timeout = 240


class _Home:
    path = None
    folder = None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Each test file and each notebook gets an empty folder for the learner's files, so that none depends on another.
    And a notebook gets no network: a lesson must run where there is none.

    This is a hook and not a fixture, because nbval starts a notebook's kernel before any fixture.
    """
    if item.path != _Home.path:
        if _Home.folder is not None:
            _Home.folder.cleanup()
        _Home.path, _Home.folder = item.path, tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        os.environ["DIGITKIT_HOME"] = _Home.folder.name
        offline = [str(ROOT / "tests" / "offline")] if item.path.suffix == ".ipynb" else []
        os.environ["PYTHONPATH"] = os.pathsep.join([*offline, *PYTHONPATH])


def pytest_collection_modifyitems(items):
    """What takes longest begins first, so that nothing waits for it at the end. The usual tests stay in their order."""
    items.sort(key=lambda item: item.path.name != "test_pupils.py")


def pytest_ignore_collect(collection_path, config):
    """What is not collected: copies for a class, which are not ours to test (see classroom/class_copy.py), the learner's own,
    the ._file that a Mac adds to each file on a USB stick, what takes away the network of whoever imports it, and the extra
    notebooks, unless they are named: a slow test runs them, so that the usual ones stay under three minutes."""
    if collection_path in {ROOT / "my", ROOT / "tests" / "offline"} or collection_path.name.startswith("._"):
        return True
    ignored = collection_path / ".gitignore"
    if ignored.is_file() and "class_copy.py" in ignored.read_text(encoding="utf-8"):
        return True
    is_extra = collection_path == ROOT / "notebooks" / "extra"
    return True if is_extra and not any("extra" in argument for argument in config.args) else None
