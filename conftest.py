"""Makes a plain `pytest --nbval` strict and the same on every machine."""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent


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

    This is a hook and not a fixture, because nbval starts a notebook's kernel before any fixture.
    """
    if item.path != _Home.path:
        if _Home.folder is not None:
            _Home.folder.cleanup()
        _Home.path, _Home.folder = item.path, tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        os.environ["DIGITKIT_HOME"] = _Home.folder.name


def pytest_ignore_collect(collection_path):
    """A course for nbgrader (see classroom/class_copy.py) holds class copies and learners' work, which are not ours to test."""
    return True if (collection_path / "nbgrader_config.py").exists() else None
