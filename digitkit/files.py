"""The learner's own folder, and how the kit writes every file: under a temporary name first, then renamed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def home_path() -> Path:
    """Where the learner's own models and digits are, whether the folder is there or not: to read needs no folder.

    It is `$DIGITKIT_HOME` if that is set, else `my` in a checkout, else `digitkit` in the user's home folder.
    """
    checkout = Path(__file__).resolve().parent.parent
    default = checkout / "my" if (checkout / "pyproject.toml").is_file() else Path.home() / "digitkit"
    return Path(os.environ.get("DIGITKIT_HOME") or default)


def home_dir() -> Path:
    """The folder for the learner's own models and digits, made if it is missing; see `home_path`."""
    folder = home_path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary name to write a file under. Once it is written completely, the file is renamed to `path`.

    An interruption leaves the old file unchanged and no partial file behind.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/guess.txt") as unfinished:
    ...         _ = unfinished.write_text("7")
    ...     [file.name for file in Path(folder).iterdir()]
    ['guess.txt']
    """
    path = Path(path)
    unfinished = path.with_name(f"part-{path.name}")  # a prefix, because Keras goes by the file extension
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
