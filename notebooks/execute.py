"""Run the notebooks from top to bottom and store their real outputs.

    python notebooks/execute.py [name …]

Without names, all are run in order, with an empty folder for the learner's files. What
changes from run to run and teaches nothing (times, widget state, the version of Python)
is not stored. To see the changes: git diff notebooks
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from digitkit.files import visible

FOLDER = Path(__file__).resolve().parent


def main(names):
    lessons = [
        *visible(FOLDER.glob("0*.ipynb")),
        *visible(FOLDER.glob("extra/*.ipynb")),
    ]
    notebooks = [*lessons, FOLDER.parent / "digitkit" / "app.ipynb"]
    chosen = [
        path
        for path in notebooks
        if not names or any(name in path.name for name in names)
    ]
    with tempfile.TemporaryDirectory() as home:
        os.environ["DIGITKIT_HOME"] = home
        for path in chosen:
            started = time.monotonic()
            execute(path)
            print(f"{path.name}: {time.monotonic() - started:.0f} s", flush=True)


def execute(path):
    """Run one notebook in place; an error in a cell leaves the file unchanged."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
    ).execute()
    for cell in notebook.cells:
        cell.metadata = (
            {"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {}
        )
        for output in cell.get("outputs", []):
            # Without its running kernel, a stored widget shows only an error message.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    notebook.metadata = {
        # Voilà shows the title in the browser's tab.
        **{key: value for key, value in notebook.metadata.items() if key == "title"},
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    unfinished = path.with_suffix(".part")
    nbformat.write(notebook, unfinished)
    os.replace(unfinished, path)


if __name__ == "__main__":
    main(sys.argv[1:])
